//! For which pairs of nodes traffic changes between two states, and which nodes are cut off.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{Bits, ClusterLayout, NodeName, PairChange};
use crate::policy::{self, NodeClass, Preference};

/// Nodes that can use the same networks before, and the same after.
struct Both<'a> {
    before: &'a Bits,
    after: &'a Bits,
    nodes: Arc<[NodeName]>,
}

/// Pairs of nodes that are in both states and whose traffic differs, by classes of nodes.
pub(super) fn changes(
    before: &ClusterLayout,
    after: &ClusterLayout,
    preference: &Preference,
) -> Vec<PairChange> {
    let classes = [policy::node_classes(before), policy::node_classes(after)];
    let both = both(&classes);
    let mut changes = Vec::new();
    for (number, one) in both.iter().enumerate() {
        for other in &both[number..] {
            let is_lone = std::ptr::eq(one, other) && one.nodes.len() < 2;
            let is_same = one.before == one.after && other.before == other.after;
            if !is_lone && !is_same {
                changes.extend(change(one, other, preference));
            }
        }
    }
    changes
}

fn change(one: &Both<'_>, other: &Both<'_>, preference: &Preference) -> Option<PairChange> {
    let common = |one: &Bits, other| one.common(other).collect::<Vec<usize>>();
    let before = preference.between(&common(one.before, other.before));
    let after = preference.between(&common(one.after, other.after));
    let (nodes, peers) = (Arc::clone(&one.nodes), Arc::clone(&other.nodes));
    (before != after).then_some(PairChange { nodes, peers, before, after })
}

/// Classes of the nodes that are in both states, by their first node.
fn both(classes: &[Vec<NodeClass>; 2]) -> Vec<Both<'_>> {
    let [before, after] = [by_node(&classes[0]), by_node(&classes[1])];
    let mut together: BTreeMap<(&Bits, &Bits), Vec<NodeName>> = BTreeMap::new();
    for (node, old) in &before {
        if let Some(new) = after.get(node) {
            together.entry((old, new)).or_default().push((*node).clone());
        }
    }
    let both = together.into_iter().map(|((before, after), nodes)| Both {
        before,
        after,
        nodes: nodes.into(),
    });
    let mut both: Vec<Both<'_>> = both.collect();
    both.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    both
}

fn by_node<'c>(classes: &'c [NodeClass]) -> BTreeMap<&'c NodeName, &'c Bits> {
    let of_class = |class: &'c NodeClass| class.nodes.iter().map(|node| (node, &class.usable));
    classes.iter().flat_map(of_class).collect()
}

/// Groups of nodes that can reach each other over networks of role 1 and 3, over other nodes too,
/// when there is more than one; by their first node.
pub(super) fn partitions(left: &ClusterLayout, preference: &Preference) -> Vec<Vec<NodeName>> {
    let classes = policy::node_classes(left);
    let mut groups: Vec<Vec<NodeName>> = Vec::new();
    let mut open: BTreeSet<usize> = (0..classes.len()).collect();
    while let Some(first) = open.pop_first() {
        let (mut group, mut next) = (Vec::new(), vec![first]);
        while let Some(at) = next.pop() {
            let talks = |other: &usize| talk(&classes[at], &classes[*other], preference);
            let near: Vec<usize> = open.iter().copied().filter(talks).collect();
            open.retain(|it| !near.contains(it));
            next.extend(near);
            group.push(at);
        }
        groups.extend(members(&group, &classes, preference));
    }
    for group in &mut groups {
        group.sort();
    }
    groups.sort();
    if groups.len() > 1 { groups } else { Vec::new() }
}

/// The nodes of a group of classes: each by itself where it is one class that can't even talk
/// among its own.
fn members(group: &[usize], classes: &[NodeClass], preference: &Preference) -> Vec<Vec<NodeName>> {
    let nodes = |at: &usize| classes[*at].nodes.iter().cloned();
    match group {
        [at] if !talk(&classes[*at], &classes[*at], preference) => {
            nodes(at).map(|node| vec![node]).collect()
        }
        _ => vec![group.iter().flat_map(nodes).collect()],
    }
}

fn talk(one: &NodeClass, other: &NodeClass, preference: &Preference) -> bool {
    preference.carries_csv(one.usable.common(&other.usable))
}
