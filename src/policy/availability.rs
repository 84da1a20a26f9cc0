//! Which nodes can talk over which network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{Bits, ClusterLayout, ClusterNetwork, Member, NetworkState, NodeName};

/// Nodes that can use the same networks; what holds for one pair of two classes holds for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeClass {
    /// Networks that they can use, by place in the layout's list.
    pub usable: Bits,
    /// The nodes, by name.
    pub nodes: Arc<[NodeName]>,
}

/// Whether traffic of `member` gets anywhere. A faked adapter is up, but leads nowhere.
#[must_use]
pub fn carries(member: &Member) -> bool {
    member.up && !member.faked
}

/// State of a network, and whether at least two nodes can use it (with one node in the layout:
/// whether that node can). Follows the descriptions of `CLUSTER_NETWORK_STATE`.
pub(super) fn state(layout: &ClusterLayout, network: &ClusterNetwork) -> (NetworkState, bool) {
    let nodes: BTreeSet<&NodeName> = network.members.iter().map(|member| &member.node).collect();
    let carrying = network.members.iter().filter(|member| carries(member));
    let talking: BTreeSet<&NodeName> = carrying.map(|member| &member.node).collect();
    if layout.nodes.len() == 1 {
        let up = network.members.iter().any(|member| member.up);
        let state = if up { NetworkState::Up } else { NetworkState::Unavailable };
        return (state, !talking.is_empty());
    }
    match talking.len() {
        0 => (NetworkState::Unavailable, false),
        1 => (NetworkState::Down, false),
        some if some < nodes.len() => (NetworkState::Partitioned, true),
        _ => (NetworkState::Up, true),
    }
}

/// The same for `network` as it is left of `whole` in `left`, which is left of a layout of so many
/// nodes. One node of several that is left alone keeps the networks that others were on; a network
/// that only it is on leads nowhere, as before.
pub(super) fn state_left(
    left: &ClusterLayout,
    network: &ClusterNetwork,
    (nodes, whole): (usize, &ClusterNetwork),
) -> (NetworkState, bool) {
    let (state, available) = state(left, network);
    let is_alone = nodes > 1 && left.nodes.len() == 1;
    if is_alone && whole.members.iter().all(|member| left.nodes.contains(&member.node)) {
        let state = if state == NetworkState::Up { NetworkState::Down } else { state };
        return (state, false);
    }
    (state, available)
}

/// Classes of nodes by the networks they can use, in order of their first node.
#[must_use]
pub fn node_classes(layout: &ClusterLayout) -> Vec<NodeClass> {
    let mut usable: BTreeMap<&NodeName, Bits> =
        layout.nodes.iter().map(|node| (node, Bits::default())).collect();
    for (place, network) in layout.networks.iter().enumerate() {
        for member in network.members.iter().filter(|member| carries(member)) {
            usable.entry(&member.node).or_default().insert(place);
        }
    }
    let mut classes: BTreeMap<Bits, Vec<NodeName>> = BTreeMap::new();
    for (node, set) in usable {
        classes.entry(set).or_default().push(node.clone());
    }
    let class = |(usable, nodes): (_, Vec<NodeName>)| NodeClass { usable, nodes: nodes.into() };
    let mut classes: Vec<NodeClass> = classes.into_iter().map(class).collect();
    classes.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    classes
}
