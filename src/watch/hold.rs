//! Traffic while networks that came back are held: they carry nothing until they have proved
//! steady, unless some nodes have nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use super::history::Seat;
use crate::model::{ClusterLayout, PairException, Policy, Traffic};
use crate::policy;

/// Traffic with `held` seats passed over, and the seats that are held in the end.
pub(super) fn pass_over(
    layout: &ClusterLayout,
    policy: &Policy,
    usual: &Traffic,
    mut held: BTreeMap<Seat, Duration>,
) -> (Traffic, BTreeMap<Seat, Duration>) {
    while !held.is_empty() {
        let traffic = policy::assign(&without(layout, &held), policy).traffic;
        let needed = needed(&held, usual, &traffic);
        if needed.is_empty() {
            return (Traffic { heartbeat: usual.heartbeat.clone(), ..traffic }, held);
        }
        for seat in needed {
            held.remove(&seat);
        }
    }
    (usual.clone(), held)
}

/// The layout as if the seats were down.
fn without(layout: &ClusterLayout, held: &BTreeMap<Seat, Duration>) -> ClusterLayout {
    let mut layout = layout.clone();
    for network in &mut layout.networks {
        let Some(subnet) = network.key() else { continue };
        for member in &mut network.members {
            member.up &= !held.contains_key(&Seat { subnet, node: member.node.clone() });
        }
    }
    layout
}

/// Held seats of nodes that would be left without a network that they have.
fn needed(held: &BTreeMap<Seat, Duration>, usual: &Traffic, passed: &Traffic) -> Vec<Seat> {
    if passed.csv.is_none() && usual.csv.is_some() {
        return held.keys().cloned().collect();
    }
    let cut_off = |it: &&PairException| it.csv.is_none() && !is_known(usual, it);
    let cut_off: Vec<&PairException> = passed.exceptions.iter().filter(cut_off).collect();
    let concerned = |seat: &&Seat| {
        cut_off.iter().any(|it| it.nodes.contains(&seat.node) || it.peers.contains(&seat.node))
    };
    held.keys().filter(concerned).cloned().collect()
}

/// Whether the pairs have no network in any case.
fn is_known(usual: &Traffic, cut_off: &PairException) -> bool {
    let same = |it: &PairException| {
        let covers = |nodes: &[_], of: &[_]| of.iter().all(|node| nodes.contains(node));
        it.csv.is_none()
            && (covers(&it.nodes, &cut_off.nodes) && covers(&it.peers, &cut_off.peers)
                || covers(&it.nodes, &cut_off.peers) && covers(&it.peers, &cut_off.nodes))
    };
    usual.csv.is_none() || usual.exceptions.iter().any(same)
}
