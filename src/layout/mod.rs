//! Which interfaces count, and which cluster networks they form.
//!
//! Source of the rules: Microsoft's description of cluster networks (one per distinct subnet, one
//! interface per node and network before 2016), extended to what Linux hosts have.

mod candidates;
mod facts;
mod formation;
mod inventories;
mod naming;

use crate::model::{ClusterLayout, ClusterNetwork, NetworkPolicy, NodeInventory, NodeName, Policy};

pub use candidates::{Candidate, subnets, usable_addresses};

/// Forms the cluster networks of `inventories` under `policy`.
///
/// In this order: one inventory per node is chosen, each interface is judged, subnets that share
/// an interface become one network, networks are enumerated and named, and one interface of each
/// node is taken to count (several under scheme 2012). The result does not depend on the order of
/// `inventories`.
#[must_use]
pub fn form(inventories: &[NodeInventory], policy: &Policy) -> ClusterLayout {
    let chosen = inventories::choose(inventories);
    let mut skipped = Vec::new();
    let mut candidates = Vec::new();
    for inventory in &chosen.inventories {
        candidates::judge(inventory, &policy.interfaces, &mut candidates, &mut skipped);
    }
    let networks = formation::networks(candidates, policy, &mut skipped);
    skipped.sort();
    ClusterLayout {
        nodes: chosen.inventories.iter().map(|inventory| inventory.node.clone()).collect(),
        networks,
        skipped,
        conflicts: chosen.conflicts,
        gaps: chosen.inventories.iter().flat_map(|inventory| gaps(inventory)).collect(),
    }
}

/// The one inventory of each node that [`form`] uses, by node name.
#[must_use]
pub fn chosen(inventories: &[NodeInventory]) -> Vec<&NodeInventory> {
    inventories::choose(inventories).inventories
}

/// What the policy sets for a network: each property by the first of its subnets that sets it,
/// since subnets with entries of their own may have been merged.
#[must_use]
pub fn settings(network: &ClusterNetwork, policy: &Policy) -> NetworkPolicy {
    naming::settings(&network.subnets, policy)
}

fn gaps(inventory: &NodeInventory) -> impl Iterator<Item = (NodeName, crate::model::Gap)> + '_ {
    inventory.gaps.iter().map(|gap| (inventory.node.clone(), gap.clone()))
}
