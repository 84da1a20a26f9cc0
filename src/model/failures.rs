//! What comes of losing each part in turn, and what mends the worst. Networks are places in the
//! layout's list.

use std::sync::Arc;

use super::{LostPart, Metric, Role};

/// What happens when each part is lost alone, or each two together.
#[derive(Clone, Debug, Default)]
pub struct Failures {
    /// The failures, that which hurts most first: whether anything is left, then by pairs of nodes
    /// that are cut off, groups of survivors, nodes whose storage I/O stops, whether one node is left alone, whether CSV
    /// and migration collide cluster-wide, pairs between which they do, nodes whose storage I/O is
    /// redirected, pairs whose traffic moves, and detection time.
    pub failures: Vec<Failure>,
    /// Counts over all of them.
    pub summary: FailureSummary,
}

/// Losses that happen at once.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is lost; an example where `count` is more than one.
    pub lost: Vec<LostPart>,
    /// How many failures are like it.
    pub count: usize,
    /// What comes of it.
    pub outcome: Arc<FailureOutcome>,
    /// How long it takes until all of it is noticed, in ms; absent when some of it never is.
    pub detection_ms: Option<u64>,
}

impl Failure {
    /// What is greater hurts more; see [`Failures::failures`].
    #[must_use]
    pub fn harm(&self) -> impl Ord + use<> {
        let it = &self.outcome;
        let cut_off = (it.nothing_left, it.parted, it.groups, it.stopped);
        let meeting = (it.alone, it.collides(), it.colliding);
        (cut_off, meeting, it.redirected, it.moved, self.detection_ms.unwrap_or(u64::MAX))
    }
}

/// What comes of a failure, among the survivors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureOutcome {
    /// Whether no node survives, or no survivor has a network for CSV and heartbeat where some had
    /// one.
    pub nothing_left: bool,
    /// Whether one of several nodes survives.
    pub alone: bool,
    /// Survivors whose I/O to some storage target stops, and did not before.
    pub stopped: usize,
    /// Other survivors whose I/O to some storage target goes through another node, and did not
    /// before.
    pub redirected: usize,
    /// Pairs of nodes that lose the last network between them.
    pub parted: usize,
    /// Groups of survivors that reach each other, over others too; more than one is a partition,
    /// also where it was one before.
    pub groups: usize,
    /// Pairs of nodes between which CSV and migration share a network then, and did not before.
    pub colliding: usize,
    /// Pairs of nodes for which CSV or the first choice of migration changes.
    pub moved: usize,
    /// CSV network, cluster-wide.
    pub csv: Option<usize>,
    /// Live migration networks that are available, cluster-wide, first choice first.
    pub live_migration: Vec<usize>,
}

impl FailureOutcome {
    /// Whether something is left, all survivors that could talk still can, and all reach each other,
    /// be it over others.
    #[must_use]
    pub fn is_survived(&self) -> bool {
        !self.is_parted() && !self.nothing_left
    }

    /// Whether survivors lose the last network between them, or can't reach each other at all.
    #[must_use]
    pub fn is_parted(&self) -> bool {
        self.parted > 0 || self.groups > 1
    }

    /// Whether CSV and live migration are on one network, cluster-wide.
    #[must_use]
    pub fn collides(&self) -> bool {
        self.csv.is_some() && self.csv == self.live_migration.first().copied()
    }

    /// Whether there is a network for migration that does not carry CSV, cluster-wide.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.csv.is_some() && !self.live_migration.is_empty() && !self.collides()
    }
}

/// Counts over all failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailureSummary {
    /// How many failures there are.
    pub failures: usize,
    /// After how many of them all survivors that could talk still can and nobody is parted, as
    /// [`FailureOutcome::is_survived`] says; those that leave nothing are not survived.
    pub survived_without_partition: usize,
    /// How many of them leave nothing: no node, or no network for CSV and heartbeat.
    pub nothing_left: usize,
    /// How many of them leave one node alone, with its networks.
    pub alone: usize,
    /// After how many of them storage I/O of some survivor stops.
    pub storage_stopped: usize,
    /// After how many of the others storage I/O of some survivor goes through another node.
    pub storage_redirected: usize,
    /// How many further pairs of parts were left out, since one is a part of the other.
    pub left_out: usize,
    /// After how many of them migration has a network apart from CSV, cluster-wide.
    pub migration_apart: usize,
    /// After how many of them no pair of nodes newly shares one network for both.
    pub no_pair_collides: usize,
    /// Longest detection time of those that are noticed, in ms.
    pub worst_detection_ms: u64,
    /// How many of them are never noticed in full.
    pub undetected: usize,
}

/// What is worst about a failure, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// Survivors lose the last network between them.
    Partition,
    /// Storage I/O of survivors stops.
    Storage,
    /// CSV and migration share a network.
    Collision,
}

/// A change to a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Another metric.
    Metric {
        /// The network.
        network: usize,
        /// Its new metric.
        metric: Metric,
    },
    /// The order of migration that avoids the network of CSV.
    AvoidCsv,
    /// A network is no longer excluded from migration.
    Include {
        /// The network.
        network: usize,
    },
    /// Another role.
    Role {
        /// The network.
        network: usize,
        /// Its new role.
        role: Role,
    },
    /// A further network that every node is on, through a card and a switch of its own.
    Network,
    /// A further path to the storage for every node that has one, through a card, a network and a
    /// switch of its own.
    StoragePath,
}

/// A change that takes the harm out of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What the failure does now.
    pub harm: Harm,
    /// The change.
    pub edit: Edit,
}
