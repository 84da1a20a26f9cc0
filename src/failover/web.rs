//! The paths between two nodes and the smallest cuts through them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::classes::{PartKind, Shape, Side};

/// Switches that two classes share, by their numbers in both shapes.
pub(super) type Seams = Vec<(usize, usize)>;

/// Something that a pair of nodes may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    /// A network, by place.
    Network(usize),
    /// A switch that both use, by its numbers on the left and on the right.
    Seam(usize, usize),
    /// A part that one of them uses.
    Own { right: bool, number: usize },
}

/// The smallest cuts of a web, of one size.
#[derive(Clone, Debug, Default)]
pub(super) struct Solution {
    pub(super) single: Vec<Vec<Piece>>,
    pub(super) double: Vec<Vec<Piece>>,
}

pub(super) fn solve(shapes: [&Shape; 2], seams: &Seams) -> Solution {
    let web = Web::of(shapes, seams);
    if web.paths.is_empty() {
        return Solution::default();
    }
    let single = web.single(shapes);
    let double = if single.is_empty() { web.double() } else { Vec::new() };
    Solution { single, double }
}

/// Paths between two nodes, one for each common network: a path holds while on both sides a leg
/// does, and a leg while none of its pieces is lost.
#[derive(Default)]
struct Web {
    /// Pieces and the legs that stand on each.
    pieces: BTreeMap<Piece, BTreeSet<usize>>,
    /// Pieces of each leg.
    legs: Vec<Vec<Piece>>,
    /// Legs of each path, on the left and on the right.
    paths: Vec<[Range<usize>; 2]>,
}

impl Web {
    fn of([left, right]: [&Shape; 2], seams: &Seams) -> Self {
        let mut web = Self::default();
        for side in &left.sides {
            let other = right.sides.binary_search_by_key(&side.network, |side| side.network);
            let Some(other) = other.ok().and_then(|at| right.sides.get(at)) else { continue };
            let ours = web.side(side, |number| {
                let seam = seams.iter().find(|seam| seam.0 == number);
                seam.map_or(Piece::Own { right: false, number }, |(a, b)| Piece::Seam(*a, *b))
            });
            let theirs = web.side(other, |number| {
                let seam = seams.iter().find(|seam| seam.1 == number);
                seam.map_or(Piece::Own { right: true, number }, |(a, b)| Piece::Seam(*a, *b))
            });
            web.paths.push([ours, theirs]);
        }
        web
    }

    fn side(&mut self, side: &Side, piece: impl Fn(usize) -> Piece) -> Range<usize> {
        let start = self.legs.len();
        for leg in &side.legs {
            let own = leg.iter().map(|number| piece(*number));
            let pieces: Vec<Piece> = own.chain([Piece::Network(side.network)]).collect();
            for piece in &pieces {
                self.pieces.entry(*piece).or_default().insert(self.legs.len());
            }
            self.legs.push(pieces);
        }
        start..self.legs.len()
    }

    /// The first path that holds when `lost` is.
    fn holding(&self, lost: &[Piece]) -> Option<&[Range<usize>; 2]> {
        let leg_holds = |leg: &Vec<Piece>| !leg.iter().any(|piece| lost.contains(piece));
        self.paths
            .iter()
            .find(|path| path.iter().all(|side| self.legs[side.clone()].iter().any(leg_holds)))
    }

    /// Pieces of which one must be lost before the path is.
    fn pieces_of(&self, path: &[Range<usize>; 2]) -> BTreeSet<Piece> {
        let legs = path.iter().flat_map(|side| &self.legs[side.clone()]);
        legs.flatten().copied().collect()
    }

    /// Pieces whose loss leaves no path: the network where there is only one, else all, but not the
    /// card of an interface that does so already.
    fn single(&self, shapes: [&Shape; 2]) -> Vec<Vec<Piece>> {
        let Some(first) = self.holding(&[]) else { return Vec::new() };
        let mut found: Vec<Piece> = self.pieces_of(first).into_iter().collect();
        found.retain(|piece| self.holding(&[*piece]).is_none());
        if let Some(Piece::Network(place)) = found.first() {
            return vec![vec![Piece::Network(*place)]];
        }
        let is = |piece: &Piece, wanted: PartKind, on: bool| match *piece {
            Piece::Own { right, number } => {
                right == on && shapes[usize::from(right)].kinds.get(number) == Some(&wanted)
            }
            _ => false,
        };
        let all = found.clone();
        for on in [false, true] {
            if all.iter().any(|piece| is(piece, PartKind::Interface, on)) {
                found.retain(|piece| !is(piece, PartKind::Card, on));
            }
        }
        found.into_iter().map(|piece| vec![piece]).collect()
    }

    /// Pairs of pieces whose loss leaves no path, of those that no other piece covers. Cuts
    /// through parts of both nodes are left out where one through parts of one node does as well.
    fn double(&self) -> Vec<Vec<Piece>> {
        let uncovered: BTreeSet<Piece> =
            self.pieces.keys().copied().filter(|piece| !self.is_covered(*piece)).collect();
        let choices = |lost: &[Piece]| -> Vec<Piece> {
            let pieces = self.holding(lost).map(|path| self.pieces_of(path)).unwrap_or_default();
            pieces.intersection(&uncovered).copied().collect()
        };
        let mut found: BTreeSet<[Piece; 2]> = BTreeSet::new();
        for one in choices(&[]) {
            for other in choices(&[one]) {
                if self.holding(&[one, other]).is_none() {
                    found.insert([one.min(other), one.max(other)]);
                }
            }
        }
        let is_mixed = |cut: &[Piece; 2]| matches!(cut, [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a != b);
        if !found.iter().all(is_mixed) {
            found.retain(|cut| !is_mixed(cut));
        }
        found.into_iter().map(Vec::from).collect()
    }

    /// Whether the loss of another piece takes every leg that the loss of this one does. Of two
    /// that take the same legs the first in order stays.
    fn is_covered(&self, piece: Piece) -> bool {
        let Some(legs) = self.pieces.get(&piece) else { return true };
        self.pieces.iter().any(|(other, more)| {
            *other != piece && legs.is_subset(more) && (legs.len() < more.len() || *other < piece)
        })
    }
}
