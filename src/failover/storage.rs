//! Whose storage is reached through whom.

use std::collections::{BTreeMap, BTreeSet};

use super::Cluster;
use super::cluster::Losses;
use crate::model::{Bits, ClusterLayout, NodeName, RedirectedIo};
use crate::policy;

/// Nodes with sessions to a target, and those whose own path to it works.
#[derive(Default)]
struct Paths<'a> {
    wanted: BTreeSet<&'a NodeName>,
    own: BTreeSet<&'a NodeName>,
}

/// Nodes without a path of their own to a storage target that they have sessions to. Their I/O goes
/// over the CSV network to the first other node, by name, that has one (redirected I/O). All targets
/// without a name are taken for one.
pub(super) fn redirected(
    cluster: &Cluster<'_>,
    left: &ClusterLayout,
    losses: &Losses<'_>,
) -> Vec<RedirectedIo> {
    let paths = paths(left, losses);
    if paths.values().all(|it| it.wanted == it.own) {
        return Vec::new();
    }
    let usable = usable(left);
    let mut redirected: BTreeMap<_, Vec<NodeName>> = BTreeMap::new();
    for (target, Paths { wanted, own }) in paths {
        for node in wanted.difference(&own) {
            let csv = |owner: &NodeName| {
                let common: Vec<usize> = usable.get(owner)?.common(usable.get(*node)?).collect();
                cluster.preference.between(&common).csv
            };
            let through = own.iter().find_map(|owner| Some(((*owner).clone(), csv(owner)?)));
            redirected.entry((target, through)).or_default().push((*node).clone());
        }
    }
    let all = redirected.into_iter().map(|((target, through), nodes)| RedirectedIo {
        nodes,
        target: target.map(str::to_owned),
        through,
    });
    all.collect()
}

/// Nodes whose I/O to some target stops in the state after and not in that before, by name.
pub(super) fn stopped(before: &[RedirectedIo], after: &[RedirectedIo]) -> BTreeSet<NodeName> {
    let stops = |all: &[RedirectedIo]| -> BTreeSet<(Option<String>, NodeName)> {
        let stopped = all.iter().filter(|it| it.through.is_none());
        stopped
            .flat_map(|it| it.nodes.iter().map(|node| (it.target.clone(), node.clone())))
            .collect()
    };
    stops(after).difference(&stops(before)).map(|(_, node)| node.clone()).collect()
}

fn paths<'a>(left: &'a ClusterLayout, losses: &Losses<'_>) -> BTreeMap<Option<&'a str>, Paths<'a>> {
    let mut paths: BTreeMap<Option<&str>, Paths<'_>> = BTreeMap::new();
    for member in left.networks.iter().flat_map(|network| &network.members) {
        for session in &member.storage {
            let nodes = paths.entry(session.target.as_deref()).or_default();
            nodes.wanted.insert(&member.node);
            if policy::carries(member) && !losses.storage.contains(member.node.as_str()) {
                nodes.own.insert(&member.node);
            }
        }
    }
    paths
}

fn usable(left: &ClusterLayout) -> BTreeMap<NodeName, Bits> {
    let classes = policy::node_classes(left).into_iter();
    let nodes = |class: policy::NodeClass| {
        let usable = class.usable;
        class.nodes.iter().map(|node| (node.clone(), usable.clone())).collect::<Vec<_>>()
    };
    classes.flat_map(nodes).collect()
}
