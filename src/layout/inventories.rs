//! One inventory per node, whatever was given.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::model::{Conflict, NodeInventory, NodeName};

/// One inventory per node, by node name, and the nodes that had several.
pub(super) struct Chosen<'a> {
    pub(super) inventories: Vec<&'a NodeInventory>,
    pub(super) conflicts: Vec<Conflict>,
}

/// Chooses the newest inventory of each node. Inventories that tell the same, at whatever time they
/// were taken, are no conflict; where times are missing or equal the content decides, so that the
/// order in which they were given never does.
pub(super) fn choose(inventories: &[NodeInventory]) -> Chosen<'_> {
    let mut by_node: BTreeMap<&NodeName, Vec<&NodeInventory>> = BTreeMap::new();
    for inventory in inventories {
        let same = by_node.entry(&inventory.node).or_default();
        if !same.contains(&inventory) {
            same.push(inventory);
        }
    }
    let mut chosen = Chosen { inventories: Vec::new(), conflicts: Vec::new() };
    for (node, same) in by_node {
        let Some(newest) = same.iter().copied().max_by(|a, b| age_then_content(a, b)) else {
            continue;
        };
        let inventories = distinct(&same);
        if inventories > 1 {
            let used = newest.taken_at.clone();
            chosen.conflicts.push(Conflict { node: node.clone(), inventories, used });
        }
        chosen.inventories.push(newest);
    }
    chosen
}

/// How many of a node's inventories tell something of their own.
fn distinct(same: &[&NodeInventory]) -> usize {
    if same.len() < 2 {
        return same.len();
    }
    let undated =
        |inventory: &&NodeInventory| NodeInventory { taken_at: None, ..(*inventory).clone() };
    let mut all: Vec<NodeInventory> = Vec::new();
    for inventory in same.iter().map(undated) {
        if !all.contains(&inventory) {
            all.push(inventory);
        }
    }
    all.len()
}

fn age_then_content(a: &NodeInventory, b: &NodeInventory) -> Ordering {
    a.taken_at.cmp(&b.taken_at).then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;

    fn inventory(node: &str, taken_at: Option<&str>) -> NodeInventory {
        let mut inventory = NodeInventory::empty(NodeName::new(node), Source::Netlink);
        inventory.taken_at = taken_at.map(str::to_owned);
        inventory
    }

    #[test]
    fn the_newest_inventory_of_a_node_wins_in_any_order() {
        let mut old = inventory("n1", Some("2026-01-01T00:00:00Z"));
        old.resolvers.push(std::net::Ipv4Addr::LOCALHOST.into());
        let new = inventory("n1", Some("2026-01-02T00:00:00Z"));
        for given in [[old.clone(), new.clone()], [new.clone(), old]] {
            let chosen = choose(&given);
            assert_eq!(chosen.inventories, [&new]);
            assert_eq!(chosen.conflicts[0].inventories, 2);
        }
    }

    #[test]
    fn inventories_that_differ_in_their_time_alone_are_no_conflict() {
        let times = ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-01T00:00:00Z"];
        let mut given = times.map(|time| inventory("n1", Some(time)));
        assert_eq!(choose(&given).inventories, [&given[1]]);
        assert!(choose(&given).conflicts.is_empty());
        given[2].resolvers.push(std::net::Ipv4Addr::LOCALHOST.into());
        assert_eq!(choose(&given).conflicts[0].inventories, 2);
    }

    #[test]
    fn the_same_inventory_twice_is_no_conflict() {
        let given = [inventory("n1", None), inventory("n1", None), inventory("n0", None)];
        let chosen = choose(&given);
        assert_eq!(chosen.inventories.len(), 2);
        assert_eq!(chosen.inventories[0].node, NodeName::new("n0"));
        assert!(chosen.conflicts.is_empty());
    }
}
