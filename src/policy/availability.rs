//! Which nodes can talk over which network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{ClusterLayout, ClusterNetwork, Member, NetworkState, NodeName};

/// Nodes that can use the same networks; what holds for one pair of two classes holds for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeClass {
    /// Networks that they can use, by place in the layout's list.
    pub usable: NetworkSet,
    /// The nodes, by name.
    pub nodes: Arc<[NodeName]>,
}

/// A set of places in the layout's list of networks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkSet(Vec<u64>);

impl NetworkSet {
    fn insert(&mut self, place: usize) {
        let word = place / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (place % 64);
    }

    /// Networks in both sets, in order.
    pub fn common(&self, other: &Self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & b).enumerate();
        words.filter(|(_, word)| *word != 0).flat_map(|(at, word)| {
            let bits = (0..64).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| at * 64 + bit)
        })
    }
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

/// Classes of nodes by the networks they can use, in order of their first node.
#[must_use]
pub fn node_classes(layout: &ClusterLayout) -> Vec<NodeClass> {
    let mut usable: BTreeMap<&NodeName, NetworkSet> =
        layout.nodes.iter().map(|node| (node, NetworkSet::default())).collect();
    for (place, network) in layout.networks.iter().enumerate() {
        for member in network.members.iter().filter(|member| carries(member)) {
            usable.entry(&member.node).or_default().insert(place);
        }
    }
    let mut classes: BTreeMap<NetworkSet, Vec<NodeName>> = BTreeMap::new();
    for (node, set) in usable {
        classes.entry(set).or_default().push(node.clone());
    }
    let class = |(usable, nodes): (_, Vec<NodeName>)| NodeClass { usable, nodes: nodes.into() };
    let mut classes: Vec<NodeClass> = classes.into_iter().map(class).collect();
    classes.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    classes
}
