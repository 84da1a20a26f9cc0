//! Pairs of nodes in groups: what holds for one pair of two groups holds for all.

use std::collections::BTreeMap;

use super::plan::{Choice, Plan};
use crate::model::NodeName;

/// Nodes that are alike before and after.
pub(super) type Group<'a> = Vec<&'a NodeName>;

/// Every pair of groups of nodes that both plans know; a group stands with itself when it has
/// several nodes.
pub(super) fn pairs<'a>(before: &'a Plan, after: &'a Plan) -> Vec<(Group<'a>, Group<'a>)> {
    let groups = groups(before, after);
    let mut pairs = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let peers = groups.iter().enumerate().skip(number);
        let apart = peers.filter(|(other, _)| *other != number || group.len() > 1);
        pairs.extend(apart.map(|(_, peers)| (group.clone(), peers.clone())));
    }
    pairs
}

/// Nodes by the exceptions they are in, on either side.
fn groups<'a>(before: &'a Plan, after: &'a Plan) -> Vec<Group<'a>> {
    let (old, new) = (exceptions_of(before), exceptions_of(after));
    let none = Vec::new();
    let mut groups: BTreeMap<_, Group<'a>> = BTreeMap::new();
    let known = after.layout.nodes.iter().filter(|node| before.layout.nodes.contains(node));
    for node in known {
        let key = (old.get(node).unwrap_or(&none), new.get(node).unwrap_or(&none));
        groups.entry(key).or_default().push(node);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort();
    groups
}

/// For each node the exceptions it is in, and on which side.
fn exceptions_of(plan: &Plan) -> BTreeMap<&NodeName, Vec<(usize, bool)>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (number, exception) in plan.traffic().exceptions.iter().enumerate() {
        for (side, nodes) in [(false, &exception.nodes), (true, &exception.peers)] {
            for node in nodes.iter() {
                found.entry(node).or_default().push((number, side));
            }
        }
    }
    found
}

/// What two nodes use between them.
pub(super) fn choice(plan: &Plan, a: &NodeName, b: &NodeName) -> Choice {
    let joins = |nodes: &[NodeName], peers: &[NodeName]| {
        nodes.binary_search(a).is_ok() && peers.binary_search(b).is_ok()
            || nodes.binary_search(b).is_ok() && peers.binary_search(a).is_ok()
    };
    let mut exceptions = plan.traffic().exceptions.iter();
    let exception = exceptions.find(|it| joins(&it.nodes, &it.peers));
    exception.map_or_else(|| plan.usual(), |it| (it.csv, it.live_migration.first().copied()))
}
