//! Cuts as they are found, those that are told alike together.

use std::collections::{BTreeMap, BTreeSet};

use super::Pairs;
use super::classes::{Class, Classes};
use super::connectivity::{Cut, Lost};
use crate::model::Bits;

/// Something lost.
pub(super) struct Loss {
    /// Its number in order.
    pub(super) lost: usize,
    /// Classes that it is a part of; none for networks and switches of several nodes.
    pub(super) holders: Bits,
}

/// Cuts, by what is lost.
pub(super) struct Found<'a> {
    /// Everything that may be lost, in order.
    lost: Vec<Lost<'a>>,
    /// Numbers of networks by place.
    networks: BTreeMap<usize, usize>,
    /// Numbers of each class's parts.
    parts: Vec<Vec<usize>>,
    cuts: BTreeMap<(Vec<usize>, bool), Draft>,
}

#[derive(Default)]
struct Draft {
    holders: Vec<Bits>,
    pairs: Pairs,
}

impl<'a> Found<'a> {
    pub(super) fn new(classes: &Classes<'a>) -> Self {
        let parts: Vec<Vec<Lost<'a>>> =
            classes.classes.iter().map(|class| lost_parts(class, classes)).collect();
        let sides = classes.shapes.iter().flat_map(|shape| &shape.sides);
        let places: BTreeSet<usize> = sides.map(|side| side.network).collect();
        let mut all: BTreeSet<&Lost<'a>> = parts.iter().flatten().collect();
        let of_networks: Vec<Lost<'a>> = places.iter().map(|it| Lost::Network(*it)).collect();
        all.extend(&of_networks);
        let numbers: BTreeMap<&Lost<'a>, usize> =
            all.iter().enumerate().map(|(number, lost)| (*lost, number)).collect();
        let number = |lost: &Lost<'a>| numbers.get(lost).copied().unwrap_or_default();
        let networks = places.iter().copied().zip(of_networks.iter().map(number)).collect();
        let of_parts = parts.iter().map(|parts| parts.iter().map(number).collect()).collect();
        let lost = all.into_iter().cloned().collect();
        Self { lost, networks, parts: of_parts, cuts: BTreeMap::new() }
    }

    /// A network by its place.
    pub(super) fn network(&self, place: usize) -> Loss {
        let lost = self.networks.get(&place).copied().unwrap_or_default();
        Loss { lost, holders: Bits::default() }
    }

    /// A part of a class by its number; a switch of several nodes belongs to none.
    pub(super) fn part(&self, class: usize, number: usize) -> Loss {
        let parts = self.parts.get(class);
        let lost = parts.and_then(|parts| parts.get(number)).copied().unwrap_or_default();
        let is_own = matches!(self.lost.get(lost), Some(Lost::Part { .. }));
        Loss { lost, holders: is_own.then_some(class).into_iter().collect() }
    }

    /// Adds a cut that parts the class `one` from `others`. The lost parts belong to one node where
    /// that is said.
    pub(super) fn add(
        &mut self,
        mut losses: Vec<Loss>,
        of_one: bool,
        (one, others): (usize, &Bits),
    ) {
        if others.is_empty() {
            return;
        }
        losses.sort_by_key(|loss| (loss.lost, loss.holders.iter().next()));
        let of_one = of_one && losses.iter().all(|loss| !loss.holders.is_empty());
        let key = (losses.iter().map(|loss| loss.lost).collect(), of_one);
        let draft = self.cuts.entry(key).or_default();
        draft.pairs.insert_row(one, others);
        draft.holders.resize_with(losses.len(), Bits::default);
        for (holders, loss) in draft.holders.iter_mut().zip(losses) {
            holders.add(&loss.holders);
        }
    }

    /// The cuts of one loss, and those of two.
    pub(super) fn done(self) -> (Vec<Cut<'a>>, Vec<Cut<'a>>) {
        let lost = self.lost;
        let cut = |((losses, same_node), draft): ((Vec<usize>, bool), Draft)| Cut {
            losses: losses.into_iter().filter_map(|number| lost.get(number).cloned()).collect(),
            holders: draft.holders,
            same_node,
            pairs: draft.pairs,
        };
        self.cuts.into_iter().map(cut).partition(|cut| cut.losses.len() == 1)
    }
}

/// What the loss of each part of a class is called.
fn lost_parts<'a>(class: &Class<'a>, classes: &Classes<'a>) -> Vec<Lost<'a>> {
    let kinds = classes.shapes.get(class.shape).map_or(&[][..], |shape| &shape.kinds);
    let lost = |(number, kind)| {
        let shared = class.shared.iter().find(|(part, _)| *part == number);
        if let Some(switch) = shared.and_then(|(_, switch)| classes.switches.get(*switch)) {
            return Lost::Switch(switch);
        }
        let names = class.names.iter().filter_map(|names| names.get(number).copied());
        let names: BTreeSet<&str> = names.collect();
        Lost::Part { kind, names: names.into_iter().collect() }
    };
    kinds.iter().copied().enumerate().map(lost).collect()
}
