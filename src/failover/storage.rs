//! Whose storage is reached through whom.

use std::collections::{BTreeMap, BTreeSet};

use super::Cluster;
use super::cluster::Losses;
use crate::model::{ClusterLayout, NodeName, RedirectedIo};
use crate::policy;

/// Nodes with a path of their own, by target; all targets without a name are taken for one.
type Paths<'a> = BTreeMap<Option<&'a str>, BTreeSet<&'a NodeName>>;

/// Nodes that lost their own path to a storage target. Their I/O goes over the CSV network to the
/// first other node, by name, that has one (redirected I/O).
pub(super) fn redirected(
    cluster: &Cluster<'_>,
    left: &ClusterLayout,
    losses: &Losses<'_>,
) -> Vec<RedirectedIo> {
    let before = paths(cluster.layout, &Losses::default());
    let after = paths(left, losses);
    let usable = usable(left);
    let mut redirected: BTreeMap<_, Vec<NodeName>> = BTreeMap::new();
    for (target, nodes) in before {
        let none = BTreeSet::new();
        let still = after.get(&target).unwrap_or(&none);
        let survivors = nodes.into_iter().filter(|node| usable.contains_key(*node));
        for node in survivors.filter(|node| !still.contains(node)) {
            let csv = |owner: &NodeName| {
                let common: Vec<usize> = usable.get(owner)?.common(usable.get(node)?).collect();
                cluster.preference.between(&common).csv
            };
            let through = still.iter().find_map(|owner| Some(((*owner).clone(), csv(owner)?)));
            redirected.entry((target, through)).or_default().push(node.clone());
        }
    }
    let all = redirected.into_iter().map(|((target, through), nodes)| RedirectedIo {
        nodes,
        target: target.map(str::to_owned),
        through,
    });
    all.collect()
}

fn paths<'a>(layout: &'a ClusterLayout, losses: &Losses<'_>) -> Paths<'a> {
    let mut paths = Paths::new();
    for member in layout.networks.iter().flat_map(|network| &network.members) {
        for session in &member.storage {
            let nodes = paths.entry(session.target.as_deref()).or_default();
            if member.up && !losses.storage.contains(member.node.as_str()) {
                nodes.insert(&member.node);
            }
        }
    }
    paths
}

fn usable(left: &ClusterLayout) -> BTreeMap<NodeName, policy::NetworkSet> {
    let classes = policy::node_classes(left).into_iter();
    let nodes = |class: policy::NodeClass| {
        let usable = class.usable;
        class.nodes.iter().map(|node| (node.clone(), usable.clone())).collect::<Vec<_>>()
    };
    classes.flat_map(nodes).collect()
}
