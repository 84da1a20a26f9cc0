//! Every two parts lost together.

use std::collections::BTreeMap;

use super::Found;
use super::field::{Atom, Field};
use super::solver::{Change, Effect, Solver, add, take};
use crate::failover::PartKind;

/// What sort of part it is; networks and switches are each their own.
type Sort = (Option<PartKind>, Option<Atom>);

/// Parts of nodes that are alike in sort and in what their loss does.
type Type = (Sort, Change);

/// Double failures by sorts, whether they are of one node, and outcome.
type Groups = BTreeMap<(Sort, Sort, bool, usize), (usize, [Atom; 2])>;

/// Parts of one type, by node, with how many the node has.
struct Alike {
    parts: usize,
    nodes: BTreeMap<usize, (usize, Atom)>,
}

/// Pairs of parts of which one is a part of the other, which are no failure of two.
pub(super) fn left_out(field: &Field<'_>) -> usize {
    let pairs = |node: usize| {
        let own: Vec<Atom> = field.parts_of(node).collect();
        let within =
            |at: usize| own[at + 1..].iter().filter(|it| field.is_within(own[at], **it)).count();
        (0..own.len()).map(within).sum::<usize>()
    };
    (0..field.seats.len()).map(pairs).sum()
}

pub(super) fn all(field: &Field<'_>, solver: &mut Solver<'_>) -> Vec<Found> {
    let types = types(field, solver);
    let mut groups = Groups::new();
    shared(field, solver, &types, &mut groups);
    one_node(field, solver, &mut groups);
    two_nodes(&types, solver, &mut groups);
    let groups = groups.into_iter().map(|((.., outcome), (count, atoms))| Found {
        atoms: atoms.to_vec(),
        count,
        outcome,
    });
    groups.collect()
}

fn types(field: &Field<'_>, solver: &mut Solver<'_>) -> BTreeMap<Type, Alike> {
    let mut types: BTreeMap<Type, Alike> = BTreeMap::new();
    for node in 0..field.seats.len() {
        for atom in field.parts_of(node) {
            let change = solver.change(node, &[atom]);
            let new = || Alike { parts: 0, nodes: BTreeMap::new() };
            let alike = types.entry((field.kind(atom), change)).or_insert_with(new);
            alike.parts += 1;
            alike.nodes.entry(node).or_insert((0, atom)).0 += 1;
        }
    }
    types
}

fn put(groups: &mut Groups, key: (Sort, Sort, bool, usize), count: usize, atoms: [Atom; 2]) {
    if count > 0 {
        groups.entry(key).or_insert((0, atoms)).0 += count;
    }
}

/// A network or switch with another, and with each part of a node.
fn shared(
    field: &Field<'_>,
    solver: &mut Solver<'_>,
    types: &BTreeMap<Type, Alike>,
    groups: &mut Groups,
) {
    let shared = field.shared();
    for (at, one) in shared.iter().enumerate() {
        for other in &shared[at + 1..] {
            let effect = solver.effect_of(&[*one, *other]);
            let key = (field.kind(*one), field.kind(*other), false, solver.solve(effect));
            put(groups, key, 1, [*one, *other]);
        }
        let touched = field.touched(*one);
        let effect = solver.effect_of(&[*one]);
        with_touched(field, solver, (*one, &touched, &effect), groups);
        for ((sort, change), alike) in types {
            let on = touched.iter().filter_map(|node| alike.nodes.get(node));
            let others = alike.parts - on.map(|(parts, _)| parts).sum::<usize>();
            let is_other = |node: &&usize| touched.binary_search(node).is_err();
            let Some(example) = alike.nodes.keys().find(is_other) else { continue };
            let Some((_, example)) = alike.nodes.get(example) else { continue };
            let mut effect = effect.clone();
            add(&mut effect, *change, 1);
            let key = (field.kind(*one), *sort, false, solver.solve(effect));
            put(groups, key, others, [*one, *example]);
        }
    }
}

/// A network or switch with the parts of nodes that it touches.
fn with_touched(
    field: &Field<'_>,
    solver: &mut Solver<'_>,
    (one, touched, effect): (Atom, &[usize], &Effect),
    groups: &mut Groups,
) {
    let mut alike: BTreeMap<(Sort, Change, Change), (usize, Atom)> = BTreeMap::new();
    for node in touched {
        let alone = solver.change(*node, &[one]);
        for atom in field.parts_of(*node) {
            let both = solver.change(*node, &[one, atom]);
            alike.entry((field.kind(atom), alone, both)).or_insert((0, atom)).0 += 1;
        }
    }
    for ((sort, alone, both), (count, example)) in alike {
        let mut effect = effect.clone();
        take(&mut effect, alone);
        add(&mut effect, both, 1);
        let key = (field.kind(one), sort, false, solver.solve(effect));
        put(groups, key, count, [one, example]);
    }
}

/// Two parts of one node.
fn one_node(field: &Field<'_>, solver: &mut Solver<'_>, groups: &mut Groups) {
    for node in 0..field.seats.len() {
        let own: Vec<Atom> = field.parts_of(node).collect();
        for (at, one) in own.iter().enumerate() {
            for other in &own[at + 1..] {
                if field.is_within(*one, *other) {
                    continue;
                }
                let mut effect = Effect::new();
                add(&mut effect, solver.change(node, &[*one, *other]), 1);
                let (a, b) = (field.kind(*one), field.kind(*other));
                let key = (a.min(b), a.max(b), true, solver.solve(effect));
                put(groups, key, 1, [*one, *other]);
            }
        }
    }
}

/// Parts of two nodes, which do not touch each other.
fn two_nodes(types: &BTreeMap<Type, Alike>, solver: &mut Solver<'_>, groups: &mut Groups) {
    for (at, ((sort, change), one)) in types.iter().enumerate() {
        for ((other_sort, other_change), other) in types.iter().skip(at) {
            let is_same = std::ptr::eq(one, other);
            let (few, many) =
                if one.nodes.len() <= other.nodes.len() { (one, other) } else { (other, one) };
            let on_one_node = few
                .nodes
                .iter()
                .filter_map(|(node, (parts, _))| Some(parts * many.nodes.get(node)?.0));
            let all = one.parts * other.parts - on_one_node.sum::<usize>();
            let count = if is_same { all / 2 } else { all };
            let Some(example) = example(one, other).filter(|_| count > 0) else { continue };
            let mut effect = Effect::new();
            add(&mut effect, *change, 1);
            add(&mut effect, *other_change, 1);
            let sorts = [*sort.min(other_sort), *sort.max(other_sort)];
            put(groups, (sorts[0], sorts[1], false, solver.solve(effect)), count, example);
        }
    }
}

/// A part of each on two nodes.
fn example(one: &Alike, other: &Alike) -> Option<[Atom; 2]> {
    one.nodes.iter().take(2).find_map(|(node, (_, atom))| {
        let peer = other.nodes.iter().find(|(peer, _)| *peer != node)?;
        Some([*atom, peer.1.1])
    })
}
