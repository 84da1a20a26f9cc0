//! Plans that empty the nodes of a batch system in turn.

use super::NodeName;

/// How nodes are emptied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrainMode {
    /// No new jobs; those that run go on to their end.
    #[default]
    Drain,
    /// A reservation from the moment on when the limit of the last job ends; until then jobs start
    /// that are over by then.
    Reserve,
    /// Jobs that may be started anew are stopped and queued again; the others go on to their end.
    Requeue,
}

/// Which node is next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrainOrder {
    /// The one whose cores stand idle least while the last of its jobs is waited for.
    #[default]
    LeastWaste,
    /// As they were named.
    List,
}

/// Quantiles of a moment, seconds from now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// One time in twenty it is earlier.
    pub p5: f64,
    /// Half of the times.
    pub p50: f64,
    /// One time in twenty it is later.
    pub p95: f64,
    /// It is never later.
    pub bound: f64,
}

impl Times {
    /// So many seconds later.
    #[must_use]
    pub fn after(self, s: f64) -> Self {
        Self { p5: self.p5 + s, p50: self.p50 + s, p95: self.p95 + s, bound: self.bound + s }
    }
}

/// What a way of emptying nodes comes to, on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DrainCost {
    /// When all are back, seconds from now.
    pub finish_s: f64,
    /// Work that closed nodes could have done and did not, in seconds of the whole cluster.
    pub lost_cluster_s: f64,
}

/// A node's turn.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTurn {
    /// Which.
    pub node: NodeName,
    /// When it takes no more jobs, on average; 0 also for one that was closed before.
    pub start_s: f64,
    /// When its last job is over.
    pub empty: Times,
    /// When it is back: half of the times.
    pub back_s: f64,
    /// Jobs on it now.
    pub jobs: usize,
    /// Whether it was closed before this plan.
    pub had_begun: bool,
}

/// What is expected at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// Seconds from now.
    pub at_s: f64,
    /// Share of all nodes that are not closed, 0 to 1.
    pub open: f64,
    /// Share of all cores that are busy, 0 to 1.
    pub busy: f64,
    /// Cores of the largest job that may start at all.
    pub largest: f64,
    /// Cores of open nodes that have not had their turn.
    pub before_cores: f64,
    /// Cores of nodes that have had it.
    pub after_cores: f64,
}

/// A node that has no turn in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    /// Which.
    pub node: NodeName,
    /// Why not.
    pub why: NoTurn,
}

/// Why a node has no turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTurn {
    /// It is out of use already: its states, as the batch system writes them.
    Out(String),
    /// Jobs on it that nothing ends.
    Endless(Vec<String>),
    /// It has jobs that the dump of jobs does not tell of.
    UnknownJobs,
}

/// A job that waits and needs more than is left while nodes are closed.
#[derive(Clone, Debug, PartialEq)]
pub struct TooLarge {
    /// Its identity.
    pub job: String,
    /// Cores that it needs.
    pub cores: u64,
    /// From when on there are not as many open together, seconds from now.
    pub from_s: f64,
    /// Until when; absent: to the end of the plan and beyond.
    pub to_s: Option<f64>,
}

/// Why a plan can't be carried out as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum DrainObstacle {
    /// No node may be closed: so many may be out, and so many are already.
    NoWindow {
        /// Nodes that may be out at once.
        allowed: usize,
        /// Nodes that are out already.
        out: usize,
    },
    /// No number of nodes at once keeps enough cores busy; what one at a time leaves.
    TooBusy {
        /// Least share of cores that is busy, with one node at a time.
        least: f64,
    },
    /// It ends too late, one time in twenty at least.
    Late {
        /// The deadline, seconds from now.
        deadline_s: f64,
        /// The fewest nodes at once with which it would not; absent: none.
        window: Option<usize>,
    },
}

/// Where the law of how long jobs run is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LawSource {
    /// So many jobs of the past.
    History(usize),
    /// An assumption: this share of all jobs runs into its limit, the others end anywhere before.
    Prior(f64),
}

/// A plan that empties nodes in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchDrain {
    /// How they are emptied.
    pub mode: DrainMode,
    /// Nodes that may be closed at once by this plan.
    pub window: usize,
    /// All nodes of the cluster.
    pub nodes: usize,
    /// Cores of all nodes.
    pub cores: f64,
    /// Nodes out of use that have no turn.
    pub out: usize,
    /// Named nodes that had their turn before.
    pub done: Vec<NodeName>,
    /// Whether nodes leave for another server, so that no job can use both sides.
    pub leaves: bool,
    /// What stands in its way; empty when nothing does.
    pub obstacles: Vec<DrainObstacle>,
    /// Named nodes without a turn.
    pub unplanned: Vec<Unplanned>,
    /// One for each other named node, in the order of their turns.
    pub hosts: Vec<HostTurn>,
    /// When the last is back; absent without a turn.
    pub finish: Option<Times>,
    /// Share of all cores that is busy, on average until half of the times all are back.
    pub mean_capacity: f64,
    /// Work that closed nodes could have done and did not, in seconds of the whole cluster.
    pub lost_cluster_s: f64,
    /// Work thrown away with stopped jobs, in seconds of the whole cluster.
    pub stopped_cluster_s: f64,
    /// The least that any order takes with this window.
    pub fluid_s: f64,
    /// All nodes at once.
    pub full_drain: DrainCost,
    /// Waves of the window.
    pub waves: DrainCost,
    /// What is expected over time.
    pub curve: Vec<Capacity>,
    /// Waiting jobs that can't start meanwhile, largest first.
    pub too_large: Vec<TooLarge>,
    /// Where the law of how long jobs run is from.
    pub law: LawSource,
    /// Whether other jobs follow those that end.
    pub queue_is_full: bool,
    /// What was taken for granted.
    pub notes: Vec<String>,
}

/// A step of the way, to be taken by hand: nothing is ever run.
#[derive(Clone, Debug, PartialEq)]
pub struct DrainStep {
    /// When, seconds from now; absent: before or after all others.
    pub at_s: Option<f64>,
    /// The node that it is about.
    pub node: Option<NodeName>,
    /// What must hold before: a command that succeeds then.
    pub guard: Option<String>,
    /// The command; absent where it depends on the site.
    pub command: Option<String>,
    /// What it does.
    pub text: String,
}

/// What becomes of a node that is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrainPurpose {
    /// It is rebooted, or something else that takes its time, and serves again.
    Return,
    /// It moves to another batch server.
    Move {
        /// The server's name.
        server: String,
    },
}
