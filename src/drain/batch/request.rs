//! What is asked for.

use crate::model::{BatchJob, BatchNode, DrainMode, DrainOrder, NodeName};

/// Emptying nodes of a batch system in turn.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// All nodes of the cluster.
    pub nodes: &'a [BatchNode],
    /// Jobs that run and wait.
    pub jobs: &'a [BatchJob],
    /// Jobs of the past, of which it is learnt how long jobs run; may be empty.
    pub history: &'a [BatchJob],
    /// Nodes that take turns, each once.
    pub hosts: Vec<NodeName>,
    /// Nodes among them that had their turn before.
    pub done: Vec<NodeName>,
    /// Whether nodes that are not among `nodes` have left the cluster for another one, and count as
    /// done; otherwise they are none of it.
    pub leaves: bool,
    /// The moment that the dumps were made at, seconds since the epoch.
    pub now: i64,
    /// What must stay in use.
    pub keep: Keep,
    /// The most that may be closed at once, whatever may be kept.
    pub window: Option<usize>,
    /// How they are emptied.
    pub mode: DrainMode,
    /// Which is next.
    pub order: DrainOrder,
    /// Seconds that each is away once it is empty.
    pub away_s: f64,
    /// Whether other jobs follow those that end.
    pub queue: Queue,
    /// Share of all jobs that runs into its limit, 0 to 1; only counts without a history.
    pub at_limit: f64,
    /// Limit in seconds of jobs that have none, or whose dump does not tell it.
    pub default_limit_s: Option<u64>,
    /// When all must be back, seconds from now.
    pub deadline_s: Option<f64>,
}

/// What must stay in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keep {
    /// So large a share of the nodes is not closed, 0 to 1, at every instant.
    Open(f64),
    /// So large a share of the cores is busy on average, 0 to 1, at every instant.
    Busy(f64),
}

/// Whether other jobs follow those that end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Queue {
    /// If any job waits now.
    #[default]
    AsNow,
    /// Always.
    Full,
    /// Never.
    Empty,
}
