//! What hurts most, as a view.

use std::time::Duration;

use serde::Serialize;

use super::remedy::RemedyView;
use super::view::{FAILOVER_SCHEMA, names};
use super::words;
use crate::failover::{self, Cluster};
use crate::model::{Failure, Failures, NodeName, Profile};

/// What happens when each part is lost alone, or each two together.
#[derive(Clone, Debug, Serialize)]
pub struct AllView {
    /// Always [`FAILOVER_SCHEMA`].
    pub schema: &'static str,
    /// How many parts are lost at once.
    pub lost_at_once: u8,
    /// By what losses are noticed.
    pub profile: &'static str,
    /// The failures, that which hurts most first.
    pub failures: Vec<FailureView>,
    /// Counts over all of them.
    pub summary: SummaryView,
    /// What would mend the worst failure that a change of networks can mend; absent when it is not
    /// asked for, null when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Option<RemedyView>>,
}

/// Losses that happen at once.
#[derive(Clone, Debug, Serialize)]
pub struct FailureView {
    /// What is lost, as `--lose` takes it; an example where `count` is more than one.
    pub lost: Vec<String>,
    /// How many failures are like it.
    pub count: usize,
    /// Traffic then.
    pub after: AfterView,
    /// Groups of survivors that can reach each other, when there is more than one.
    pub partitions: Vec<Vec<String>>,
    /// Whether no node, or no network for CSV, is left.
    pub nothing_left: bool,
    /// Whether one of several nodes is left.
    pub alone: bool,
    /// Pairs of nodes that lose the last network between them.
    pub parted_pairs: usize,
    /// Whether CSV and live migration are on one network, cluster-wide.
    pub collision: bool,
    /// Pairs of nodes between which they newly are.
    pub colliding_pairs: usize,
    /// Pairs of nodes whose traffic moves.
    pub moved_pairs: usize,
    /// Nodes whose storage I/O stops.
    pub storage_stopped_nodes: usize,
    /// Others whose storage I/O goes through another node then.
    pub storage_redirected_nodes: usize,
    /// Time until all of it is noticed, in seconds; null when some of it never is.
    pub detection_s: Option<f64>,
}

/// Traffic of the cluster as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct AfterView {
    /// CSV and preferred heartbeat network.
    pub csv: Option<String>,
    /// Live migration networks that are available, first choice first.
    pub live_migration: Vec<String>,
}

/// Counts over all failures.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryView {
    /// How many failures there are.
    pub failures: usize,
    /// After how many of them something is left, all survivors that could talk still can, and nobody
    /// is parted, be it from before.
    pub survived_without_partition: usize,
    /// After how many of them migration has a network apart from CSV, cluster-wide.
    pub migration_apart: usize,
    /// After how many of them no pair of nodes newly shares one network for both.
    pub no_pair_collides: usize,
    /// How many of them leave no node, or no network for CSV.
    pub nothing_left: usize,
    /// How many of them leave one node alone.
    pub alone: usize,
    /// After how many of them storage I/O of some survivor stops.
    pub storage_stopped: usize,
    /// After how many of the others that of some survivor goes through another node.
    pub storage_redirected: usize,
    /// Further pairs of parts that were left out, since one is a part of the other.
    pub left_out: usize,
    /// Longest detection time of those that are noticed, in seconds.
    pub worst_detection_s: f64,
    /// How many of them are never noticed in full.
    pub undetected: usize,
}

/// The view of all failures; `remedy` is what would mend the worst, where it was asked for.
#[must_use]
pub fn failures(
    cluster: &Cluster<'_>,
    all: &Failures,
    (k, profile): (u8, Profile),
    remedy: Option<Option<RemedyView>>,
) -> AllView {
    let summary = &all.summary;
    AllView {
        schema: FAILOVER_SCHEMA,
        lost_at_once: k,
        profile: profile.name(),
        failures: all.failures.iter().map(|one| failure(cluster, one)).collect(),
        summary: SummaryView {
            failures: summary.failures,
            survived_without_partition: summary.survived_without_partition,
            migration_apart: summary.migration_apart,
            no_pair_collides: summary.no_pair_collides,
            nothing_left: summary.nothing_left,
            alone: summary.alone,
            storage_stopped: summary.storage_stopped,
            storage_redirected: summary.storage_redirected,
            left_out: summary.left_out,
            worst_detection_s: seconds(summary.worst_detection_ms),
            undetected: summary.undetected,
        },
        remedy,
    }
}

fn failure(cluster: &Cluster<'_>, failure: &Failure) -> FailureView {
    let outcome = &failure.outcome;
    FailureView {
        lost: failure.lost.iter().map(|part| words::part_text(cluster, part)).collect(),
        count: failure.count,
        after: AfterView {
            csv: outcome.csv.map(|place| words::name(cluster, place)),
            live_migration: words::names(cluster, &outcome.live_migration),
        },
        partitions: partitions(cluster, failure).iter().map(|nodes| names(nodes)).collect(),
        nothing_left: outcome.nothing_left,
        alone: outcome.alone,
        parted_pairs: outcome.parted,
        collision: outcome.collides(),
        colliding_pairs: outcome.colliding,
        moved_pairs: outcome.moved,
        storage_stopped_nodes: outcome.stopped,
        storage_redirected_nodes: outcome.redirected,
        detection_s: failure.detection_ms.map(seconds),
    }
}

/// Groups of survivors where a failure parts some.
pub(super) fn partitions(cluster: &Cluster<'_>, failure: &Failure) -> Vec<Vec<NodeName>> {
    if !failure.outcome.is_parted() {
        return Vec::new();
    }
    failover::groups(cluster, &failure.lost.iter().cloned().collect())
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}
