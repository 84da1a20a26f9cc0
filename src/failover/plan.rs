//! What a cluster does in a scenario.

use std::collections::BTreeSet;

use super::changes::{changes, partitions};
use super::cluster::Losses;
use super::story::story;
use super::{Cluster, Detection, storage};
use crate::model::{
    Assignment, ClusterLayout, FailoverPlan, LostPart, NodeName, PairChange, RedirectedIo,
    Scenario, Timeline,
};

/// What is left of a cluster while some parts are lost.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) left: ClusterLayout,
    pub(super) after: Assignment,
    pub(super) io: Vec<RedirectedIo>,
}

impl State {
    pub(super) fn of(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Self {
        let left = cluster.left(lost);
        let after = cluster.then(&left);
        let io = storage::redirected(cluster, &left, &Losses::of(lost));
        Self { left, after, io }
    }
}

/// Plans a scenario: what is lost at its end, what carries what then, and what happens when.
///
/// Networks keep role, metric, name and place; states are judged among the survivors. Traffic moves
/// when a loss is noticed, and back at once when the part returns or, with a hold, when it has been
/// back for so long. A hold ends early where it would leave two nodes without a network.
#[must_use]
pub fn plan(cluster: &Cluster<'_>, scenario: &Scenario, detection: &Detection<'_>) -> FailoverPlan {
    let lost = lost_at_end(scenario);
    let State { left, after, io } = State::of(cluster, &lost);
    let at_once = || Timeline { moments: story(cluster, &scenario.events, detection, 0) };
    let held =
        || Timeline { moments: story(cluster, &scenario.events, detection, scenario.hold_ms) };
    let without_hold = (scenario.hold_ms > 0).then(at_once);
    let before = storage::redirected(cluster, cluster.layout, &Losses::default());
    FailoverPlan {
        stopped_io: storage::stopped(&before, &io).into_iter().collect(),
        lost: lost.into_iter().collect(),
        before_nodes: cluster.layout.nodes.len(),
        before: cluster.assignment.clone(),
        changes: pair_changes(cluster, &left),
        partitions: partitions(&left, &cluster.preference),
        left,
        after,
        redirected_io: io,
        profile: detection.profile,
        timeline: held(),
        without_hold,
    }
}

/// Pairs of survivors for which something changes when this layout is left.
#[must_use]
pub(super) fn pair_changes(cluster: &Cluster<'_>, left: &ClusterLayout) -> Vec<PairChange> {
    changes(cluster.layout, left, &cluster.preference)
}

/// Groups of survivors that can reach each other over networks of role 1 and 3 when these are lost,
/// when there is more than one.
#[must_use]
pub fn groups(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Vec<Vec<NodeName>> {
    partitions(&cluster.left(lost), &cluster.preference)
}

fn lost_at_end(scenario: &Scenario) -> BTreeSet<LostPart> {
    let mut lost = BTreeSet::new();
    for event in &scenario.events {
        if event.returns {
            lost.remove(&event.part);
        } else {
            lost.insert(event.part.clone());
        }
    }
    lost
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests;
