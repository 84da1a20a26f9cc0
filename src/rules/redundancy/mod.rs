//! Rules on redundancy of networks, interfaces, cards and switches (RED).

mod bond_ports_share_device;
mod cut;
mod double_failure_partitions;
mod faked_path_only;
mod no_common_network;
mod partial_network;
mod shared_device;
mod shared_switch;
mod single_adapter;
mod single_cluster_network;
mod single_failure_partitions;
mod single_interface_pair;
mod uniform_nic_model;
mod unknown;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::phrase::tell_hidden;
use super::{Report, Rule, Site};
use crate::failover::NodeParts;
use crate::model::{Fact, NodeName};

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &single_adapter::RULE,
    &single_interface_pair::RULE,
    &no_common_network::RULE,
    &single_cluster_network::RULE,
    &partial_network::RULE,
    &single_failure_partitions::RULE,
    &double_failure_partitions::RULE,
    &shared_device::RULE,
    &shared_switch::RULE,
    &uniform_nic_model::RULE,
    &bond_ports_share_device::RULE,
    &faked_path_only::RULE,
];

/// Tells where sessions are not known of nodes on networks that would be of use by them alone.
fn tell_hidden_storage(site: &Site<'_>, report: &mut Report) {
    let unused = || site.networks().filter(|on| !on.is_used());
    let open: BTreeSet<&NodeName> =
        unused().flat_map(|on| &on.network.members).map(|member| &member.node).collect();
    tell_hidden(site, report, Fact::StorageSessions, |node, _| open.contains(node));
}

/// Nodes of which `key` is the same, each group by name.
fn groups<'a, K: Ord>(
    site: &Site<'a>,
    key: impl Fn(&NodeParts<'a>) -> K,
) -> Vec<(K, Vec<&'a NodeName>)> {
    let mut groups: BTreeMap<K, Vec<&NodeName>> = BTreeMap::new();
    for node in &site.parts().nodes {
        groups.entry(key(node)).or_default().push(node.node);
    }
    groups.into_iter().collect()
}
