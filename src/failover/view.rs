//! A class of nodes as seen by those that share some networks with it.

use std::collections::BTreeMap;

use super::classes::{PartKind, Shape};
use crate::model::Bits;

/// How nodes of one shape stand on those of their networks that others share.
///
/// Left out are parts, other than switches, that only one of these networks stands on: its loss
/// covers theirs.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Legs of each network.
    pub(super) networks: Vec<Bits>,
    /// Parts, by number.
    pub(super) parts: Vec<Part>,
    /// Parts that a leg of each network stands on, by place in `parts`.
    pub(super) on: Vec<Vec<usize>>,
}

/// A part of a node and what stands on it.
#[derive(Debug)]
pub(super) struct Part {
    /// Its number in the shape.
    pub(super) number: usize,
    pub(super) kind: PartKind,
    /// Legs that stand on it.
    pub(super) legs: Bits,
    /// Networks of these legs.
    pub(super) networks: Bits,
}

impl View {
    /// Views a shape at networks that it has, by place and in order.
    pub(super) fn of(shape: &Shape, common: &[usize]) -> Self {
        let mut view = Self::default();
        let mut parts: BTreeMap<usize, (Bits, Bits)> = BTreeMap::new();
        let mut next = 0;
        for (at, place) in common.iter().enumerate() {
            let side = shape.sides.binary_search_by_key(place, |side| side.network);
            let side = side.ok().and_then(|side| shape.sides.get(side));
            let mut own = Bits::default();
            for leg in side.into_iter().flat_map(|side| &side.legs) {
                for number in leg {
                    let (legs, networks) = parts.entry(*number).or_default();
                    legs.insert(next);
                    networks.insert(at);
                }
                own.insert(next);
                next += 1;
            }
            view.networks.push(own);
        }
        let known = parts.into_iter().filter_map(|(number, (legs, networks))| {
            let kind = *shape.kinds.get(number)?;
            Some(Part { number, kind, legs, networks })
        });
        let matters = |part: &Part| part.kind == PartKind::Switch || part.networks.len() > 1;
        view.parts = known.filter(matters).collect();
        view.on = (0..common.len()).map(|at| view.parts_on(at)).collect();
        view
    }

    fn parts_on(&self, network: usize) -> Vec<usize> {
        let parts = self.parts.iter().enumerate();
        parts.filter(|(_, part)| part.networks.contains(network)).map(|(at, _)| at).collect()
    }

    /// Place in `parts` of a part by its number.
    pub(super) fn place(&self, number: usize) -> Option<usize> {
        self.parts.binary_search_by_key(&number, |part| part.number).ok()
    }

    /// Networks that fall with a part.
    pub(super) fn taken_by(&self, part: &Part) -> Bits {
        let networks = self.networks.iter().enumerate();
        networks.filter(|(_, legs)| legs.is_subset(&part.legs)).map(|(at, _)| at).collect()
    }
}
