//! The paths between two nodes and the smallest cuts through them.

use super::classes::PartKind;
use super::view::{Part, View};
use crate::model::Bits;

/// Something that a pair of nodes may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// A common network, by its number among these.
    Network(usize),
    /// A switch that both use, by its places in both views.
    Seam(usize, usize),
    /// A part that one of them uses, by its place in the view.
    Own { right: bool, part: usize },
}

/// Paths between two nodes, one for each common network: a path holds while on both sides a leg
/// does, and a leg while none of its pieces is lost.
pub(super) struct Web<'v> {
    left: &'v View,
    /// Absent where only what the left one can lose is asked for.
    right: Option<&'v View>,
    /// Switches that both use.
    seams: Vec<(usize, usize)>,
}

impl<'v> Web<'v> {
    pub(super) fn between(left: &'v View, right: &'v View, seams: Vec<(usize, usize)>) -> Self {
        Self { left, right: Some(right), seams }
    }

    /// The paths from a node to any that shares these networks, and none of its switches.
    pub(super) fn from(view: &'v View) -> Self {
        Self { left: view, right: None, seams: Vec::new() }
    }

    /// Switches of both whose loss leaves no path.
    pub(super) fn single_seams(&self) -> Vec<Piece> {
        let seams = self.seams.iter().map(|(left, right)| Piece::Seam(*left, *right));
        seams.filter(|seam| self.holding(0, &[*seam]).is_none()).collect()
    }

    /// Pieces, other than a network, whose loss leaves no path; not the card of an interface that
    /// does so already.
    pub(super) fn single(&self) -> Vec<Piece> {
        let own = self.pieces_on(0).filter(|piece| !matches!(piece, Piece::Network(_)));
        let mut found: Vec<Piece> =
            own.filter(|piece| self.holding(0, &[*piece]).is_none()).collect();
        for on in [false, true] {
            if found.iter().any(|piece| self.is(*piece, PartKind::Interface, on)) {
                found.retain(|piece| !self.is(*piece, PartKind::Card, on));
            }
        }
        found
    }

    fn is(&self, piece: Piece, kind: PartKind, on: bool) -> bool {
        matches!(piece, Piece::Own { right, .. } if right == on)
            && self.part(piece, on).is_some_and(|part| part.kind == kind)
    }

    /// Pairs of pieces whose loss leaves no path, of those that no other piece covers. Cuts
    /// through parts of both nodes are left out where one through parts of one node does as well.
    pub(super) fn double(&self) -> Vec<[Piece; 2]> {
        let mut found: Vec<[Piece; 2]> = Vec::new();
        for one in self.pieces_on(0) {
            let Some(next) = self.holding(0, &[one]) else { continue };
            for other in self.pieces_on(next) {
                if self.holding(next, &[one, other]).is_none() {
                    found.push([one.min(other), one.max(other)]);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|cut| !cut.iter().any(|piece| self.is_covered(*piece)));
        let is_mixed = |cut: &[Piece; 2]| matches!(cut, [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a != b);
        if !found.iter().all(is_mixed) {
            found.retain(|cut| !is_mixed(cut));
        }
        found
    }

    /// The first network, of those from `first` on, that holds when `lost` is.
    fn holding(&self, first: usize, lost: &[Piece]) -> Option<usize> {
        let legs = |right: bool| {
            let part = |at: usize| lost.get(at).and_then(|piece| self.part(*piece, right));
            [part(0), part(1)].map(|part| part.map(|part| &part.legs))
        };
        let (left, right) = (legs(false), legs(true));
        let falls = |network: usize| {
            lost.contains(&Piece::Network(network))
                || falls(self.left, network, left)
                || self.right.is_some_and(|view| falls(view, network, right))
        };
        (first..self.left.networks.len()).find(|network| !falls(*network))
    }

    /// Pieces of which one must be lost before a network is.
    fn pieces_on(&self, network: usize) -> impl Iterator<Item = Piece> {
        let parts = move |view: &'v View| view.on.get(network).into_iter().flatten();
        let left = parts(self.left).map(|part| {
            let seam = self.seams.iter().find(|seam| seam.0 == *part);
            let own = Piece::Own { right: false, part: *part };
            seam.map_or(own, |seam| Piece::Seam(seam.0, seam.1))
        });
        let is_told = move |part: usize| {
            self.left.parts.get(part).is_some_and(|part| part.networks.contains(network))
        };
        let right = self.right.into_iter().flat_map(parts).filter_map(move |part| {
            match self.seams.iter().find(|seam| seam.1 == *part) {
                Some(seam) if is_told(seam.0) => None,
                Some(seam) => Some(Piece::Seam(seam.0, seam.1)),
                None => Some(Piece::Own { right: true, part: *part }),
            }
        });
        [Piece::Network(network)].into_iter().chain(left).chain(right)
    }

    /// Whether the loss of another piece takes every leg that the loss of this one does. Of two
    /// that take the same legs the first in order stays.
    pub(super) fn is_covered(&self, piece: Piece) -> bool {
        let network = match piece {
            Piece::Network(_) if self.seams.is_empty() => return false,
            Piece::Network(network) => Some(network),
            Piece::Seam(part, _) | Piece::Own { right: false, part } => {
                self.left.parts.get(part).and_then(|part| part.networks.iter().next())
            }
            Piece::Own { part, .. } => {
                let part = self.right.and_then(|view| view.parts.get(part));
                part.and_then(|part| part.networks.iter().next())
            }
        };
        let mut others = network.into_iter().flat_map(|network| self.pieces_on(network));
        others.any(|other| other != piece && self.covers(other, piece))
    }

    fn covers(&self, one: Piece, other: Piece) -> bool {
        let empty = Bits::default();
        let legs = [false, true].map(|right| {
            let legs = |piece| self.legs(piece, right).unwrap_or(&empty);
            (legs(one), legs(other))
        });
        legs.iter().all(|(more, less)| less.is_subset(more))
            && (one < other || legs.iter().any(|(more, less)| more != less))
    }

    fn legs(&self, piece: Piece, right: bool) -> Option<&Bits> {
        let view = if right { self.right? } else { self.left };
        match piece {
            Piece::Network(network) => view.networks.get(network),
            _ => self.part(piece, right).map(|part| &part.legs),
        }
    }

    /// The part of one side that a piece is.
    fn part(&self, piece: Piece, right: bool) -> Option<&Part> {
        let place = match piece {
            Piece::Seam(part, _) if !right => part,
            Piece::Seam(_, part) if right => part,
            Piece::Own { right: on, part } if on == right => part,
            _ => return None,
        };
        if right { self.right?.parts.get(place) } else { self.left.parts.get(place) }
    }
}

/// Whether every leg of a network stands on one of two lost parts, each given by its legs.
fn falls(view: &View, network: usize, lost: [Option<&Bits>; 2]) -> bool {
    let Some(legs) = view.networks.get(network) else { return false };
    match lost {
        [Some(one), Some(other)] => legs.is_within(one, other),
        [Some(one), None] | [None, Some(one)] => legs.is_subset(one),
        [None, None] => false,
    }
}
