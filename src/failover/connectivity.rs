//! Which one or two losses leave some pair of surviving nodes without a network.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::{Class, Classes, PartKind};
use super::web::{Piece, Seams, Solution, solve};

/// Smallest sets of losses that part nodes which can talk now.
#[derive(Clone, Debug, Default)]
pub struct Cuts<'a> {
    /// The classes of nodes that the cuts speak of.
    pub classes: Vec<Class<'a>>,
    /// Losses that part some pair alone.
    pub single: Vec<Cut<'a>>,
    /// Pairs of losses that part some pair which no single loss parts.
    pub double: Vec<Cut<'a>>,
}

/// Losses that part pairs of nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    /// What is lost, one or two.
    pub losses: Vec<Lost<'a>>,
    /// Classes of the nodes that each lost part belongs to; empty for networks and switches.
    pub holders: Vec<BTreeSet<usize>>,
    /// Whether two lost parts belong to one node.
    pub same_node: bool,
    /// Parted pairs of nodes, by their classes; a class twice: nodes of it among themselves.
    pub pairs: BTreeSet<(usize, usize)>,
}

/// Something that is lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost<'a> {
    /// A network, by its place in the layout's list.
    Network(usize),
    /// A switch that several nodes use, by identity.
    Switch(&'a str),
    /// A part of one node.
    Part {
        /// What it is.
        kind: PartKind,
        /// Its names on the nodes that may lose it.
        names: Vec<&'a str>,
    },
}

/// Finds the losses that leave two surviving nodes without a network of role 1 or 3 that both can
/// use. Pairs that have none now are in no cut; a lost node is in no pair.
///
/// Lost are: a network; an interface of hardware (a bond survives while one port does); a card,
/// with all its ports; a switch. Software (a bond, a bridge, a VLAN) fails only with what is below.
/// A loss that another loss covers is left out: where the loss of a network parts a pair, its
/// members and their cards are not named.
///
/// Each pair of node classes is a small web of paths, one for each common network; a smallest cut
/// is found by taking a path that still holds and losing each of the parts it stands on. Webs that
/// are alike are solved once, so neither pairs of failures nor pairs of nodes are enumerated.
#[must_use]
pub fn cuts<'a>(classes: Classes<'a>) -> Cuts<'a> {
    let mut solved: BTreeMap<(usize, usize, Seams), Solution> = BTreeMap::new();
    let mut single = BTreeMap::new();
    let mut double = BTreeMap::new();
    let lost: Vec<Vec<Lost<'a>>> =
        classes.classes.iter().map(|class| lost_parts(class, &classes)).collect();
    for (left, a) in classes.classes.iter().enumerate() {
        for (right, b) in classes.classes.iter().enumerate().skip(left) {
            if left == right && a.nodes.len() < 2 {
                continue;
            }
            let shapes = [&classes.shapes[a.shape], &classes.shapes[b.shape]];
            let key = (a.shape, b.shape, seams(a, b));
            let solution = solved.entry(key).or_insert_with_key(|key| solve(shapes, &key.2));
            let tell = |cuts: &[Vec<Piece>], found: &mut BTreeMap<_, Cut<'a>>| {
                for pieces in cuts {
                    add(found, pieces, (left, right), &lost);
                }
            };
            tell(&solution.single, &mut single);
            tell(&solution.double, &mut double);
        }
    }
    let (single, double) = (single.into_values().collect(), double.into_values().collect());
    Cuts { classes: classes.classes, single, double }
}

fn seams(a: &Class<'_>, b: &Class<'_>) -> Seams {
    let mut seams = Vec::new();
    for (left, switch) in &a.shared {
        let same = b.shared.iter().filter(|(_, other)| other == switch);
        seams.extend(same.map(|(right, _)| (*left, *right)));
    }
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

type Found<'a> = BTreeMap<(Vec<Lost<'a>>, bool), Cut<'a>>;

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
    let new = || Cut {
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

#[cfg(test)]
mod tests;
