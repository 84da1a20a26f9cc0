//! Cuts found the slow way, class by class and piece by piece, to compare with.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::classes::{Class, Classes, PartKind, Shape, Side};
use super::Lost;

/// A cut of the slow way.
pub(super) struct Slow<'a> {
    pub(super) losses: Vec<Lost<'a>>,
    pub(super) holders: Vec<BTreeSet<usize>>,
    pub(super) same_node: bool,
    pub(super) pairs: BTreeSet<(usize, usize)>,
}

/// Cuts of one loss and of two.
pub(super) fn slow<'a>(classes: &Classes<'a>) -> (Vec<Slow<'a>>, Vec<Slow<'a>>) {
    let mut solved: BTreeMap<(usize, usize, Seams), Solution> = BTreeMap::new();
    let mut single = BTreeMap::new();
    let mut double = BTreeMap::new();
    let lost: Vec<Vec<Lost<'a>>> =
        classes.classes.iter().map(|class| lost_parts(class, classes)).collect();
    for (left, a) in classes.classes.iter().enumerate() {
        for (right, b) in classes.classes.iter().enumerate().skip(left) {
            if left == right && a.nodes.len() < 2 {
                continue;
            }
            let shapes = [&classes.shapes[a.shape], &classes.shapes[b.shape]];
            let key = (a.shape, b.shape, seams(shapes, a, b));
            let solution = solved.entry(key).or_insert_with_key(|key| solve(shapes, &key.2));
            let tell = |cuts: &[Vec<Piece>], found: &mut BTreeMap<_, Slow<'a>>| {
                for pieces in cuts {
                    add(found, pieces, (left, right), &lost);
                }
            };
            tell(&solution.single, &mut single);
            tell(&solution.double, &mut double);
        }
    }
    (single.into_values().collect(), double.into_values().collect())
}

/// Switches that both use on networks that both have.
fn seams([left, right]: [&Shape; 2], a: &Class<'_>, b: &Class<'_>) -> Seams {
    let carries = |ours: &Shape, theirs: &Shape, part: usize| {
        let common = ours
            .sides
            .iter()
            .filter(|side| theirs.sides.iter().any(|other| other.network == side.network));
        common.flat_map(|side| &side.legs).any(|leg| leg.contains(&part))
    };
    let mut seams = Vec::new();
    for (at, switch) in &a.shared {
        let same = b.shared.iter().filter(|(_, other)| other == switch);
        seams.extend(same.map(|(other, _)| (*at, *other)));
    }
    seams.retain(|(one, other)| carries(left, right, *one) && carries(right, left, *other));
    seams
}

/// What the loss of each part of a class is called.
fn lost_parts<'a>(class: &Class<'a>, classes: &Classes<'a>) -> Vec<Lost<'a>> {
    let kinds = classes.shapes[class.shape].kinds.iter().enumerate();
    kinds
        .map(|(number, kind)| {
            let shared = class.shared.iter().find(|(part, _)| *part == number);
            if let Some((_, switch)) = shared {
                return Lost::Switch(classes.switches[*switch]);
            }
            let names = class.names.iter().filter_map(|names| names.get(number).copied());
            let names: BTreeSet<&str> = names.collect();
            Lost::Part { kind: *kind, names: names.into_iter().collect() }
        })
        .collect()
}

type Found<'a> = BTreeMap<(Vec<Lost<'a>>, bool), Slow<'a>>;

fn add<'a>(found: &mut Found<'a>, pieces: &[Piece], pair: (usize, usize), lost: &[Vec<Lost<'a>>]) {
    let class = |right: bool| if right { pair.1 } else { pair.0 };
    let mut named: Vec<(Lost<'a>, Option<usize>)> = pieces
        .iter()
        .map(|piece| match *piece {
            Piece::Network(place) => (Lost::Network(place), None),
            Piece::Seam(left, _) => (lost[pair.0][left].clone(), None),
            Piece::Own { right, number } => {
                (lost[class(right)][number].clone(), Some(class(right)))
            }
        })
        .collect();
    named.sort();
    let same_node = match &*named {
        [(Lost::Part { .. }, _), (Lost::Part { .. }, _)] => matches!(
            pieces,
            [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a == b
        ),
        _ => false,
    };
    let losses: Vec<Lost<'a>> = named.iter().map(|(lost, _)| lost.clone()).collect();
    let new = || Slow {
        losses: losses.clone(),
        holders: vec![BTreeSet::new(); losses.len()],
        same_node,
        pairs: BTreeSet::new(),
    };
    let cut = found.entry((losses.clone(), same_node)).or_insert_with(new);
    cut.pairs.insert(pair);
    for (holders, (lost, class)) in cut.holders.iter_mut().zip(&named) {
        if matches!(lost, Lost::Part { .. }) {
            holders.extend(class);
        }
    }
}

/// Switches that two classes share, by their numbers in both shapes.
type Seams = Vec<(usize, usize)>;

/// Something that a pair of nodes may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// A network, by place.
    Network(usize),
    /// A switch that both use, by its numbers on the left and on the right.
    Seam(usize, usize),
    /// A part that one of them uses.
    Own { right: bool, number: usize },
}

/// The smallest cuts of a web, of one size.
#[derive(Clone, Debug, Default)]
struct Solution {
    single: Vec<Vec<Piece>>,
    double: Vec<Vec<Piece>>,
}

fn solve(shapes: [&Shape; 2], seams: &Seams) -> Solution {
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
