//! Plans by which hosts are emptied of their virtual machines.

use super::{Advice, Forecast, NodeName, Outcome, Specification};

/// How many migrations may run at once; absent is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In the whole cluster.
    pub parallel: Option<usize>,
    /// Away from one host.
    pub per_source: Option<usize>,
    /// To one host.
    pub per_target: Option<usize>,
}

/// How many migrations a plan runs at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace {
    /// In the whole cluster.
    pub parallel: usize,
    /// Away from one host.
    pub per_source: usize,
    /// To one host.
    pub per_target: usize,
}

/// What a pace leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The pace.
    pub pace: Pace,
    /// When all is done, milliseconds.
    pub total_ms: f64,
    /// Migrations that do not reach their end.
    pub failed: usize,
    /// Most migrations that ran at the same time.
    pub at_once: usize,
}

/// How hosts are emptied.
#[derive(Clone, Debug, PartialEq)]
pub struct EvacuationPlan {
    /// Migrations in the order in which they start.
    pub moves: Vec<Move>,
    /// Machines that no host can take, by name.
    pub unplaceable: Vec<Unplaceable>,
    /// Machines that stay for another reason, by name.
    pub stays: Vec<Stay>,
    /// Hosts that are left.
    pub leaving: Vec<NodeName>,
    /// Hosts that machines may go to.
    pub targets: Vec<HostLoad>,
    /// The pace that was chosen, and what it leads to.
    pub chosen: Tried,
    /// All paces that were tried, the slowest first; the first is one at a time.
    pub tried: Vec<Tried>,
    /// When all is done if the next wave starts only when all of one is done, milliseconds.
    pub waves_ms: f64,
    /// Networks that carry the moves, by place in the layout's list; empty where a rate was told.
    pub networks: Vec<usize>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

impl EvacuationPlan {
    /// When all is done, one at a time, milliseconds.
    #[must_use]
    pub fn single_ms(&self) -> f64 {
        self.tried.first().map_or(0.0, |it| it.total_ms)
    }

    /// Whether every running machine leaves its host.
    #[must_use]
    pub fn holds(&self) -> bool {
        let is_harmless = |it: &Stay| matches!(it.reason, StayReason::Stopped);
        self.unplaceable.is_empty()
            && self.stays.iter().all(is_harmless)
            && self.moves.iter().all(|it| it.outcome.is_moved())
    }
}

/// A migration of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Place of the machine in the workload.
    pub machine: usize,
    /// The host that it leaves.
    pub from: NodeName,
    /// The host that it goes to.
    pub to: NodeName,
    /// The network that carries it, by place in the layout's list; absent where a rate was told.
    pub network: Option<usize>,
    /// Since the beginning, milliseconds.
    pub start_ms: f64,
    /// When it is over, milliseconds.
    pub end_ms: f64,
    /// Downtime, milliseconds.
    pub downtime_ms: f64,
    /// How it ends.
    pub outcome: Outcome,
}

/// A machine that no host can take.
#[derive(Clone, Debug, PartialEq)]
pub struct Unplaceable {
    /// Place of the machine in the workload.
    pub machine: usize,
    /// Why each host can't, those with the same reason together.
    pub reasons: Vec<(Rejection, Vec<NodeName>)>,
}

/// Why a host can't take a machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejection {
    /// It is left or out itself.
    Leaving,
    /// It does not take part in the cluster.
    Offline,
    /// No file tells how much memory it has.
    UnknownMemory,
    /// It has less memory than the machine, whatever else runs there.
    TooSmall {
        /// What may be used of it, bytes.
        usable: u64,
    },
    /// Too little is free, also after other machines went elsewhere.
    Full {
        /// What is free in the plan, bytes.
        free: u64,
    },
    /// A machine of the same group runs there.
    AntiAffinity {
        /// The group.
        group: String,
        /// Place of that machine in the workload.
        with: usize,
    },
    /// No network joins it with the machine's host.
    NoWay(String),
    /// The machine does not converge over what joins them.
    TooSlow {
        /// Payload that a migration gets, bytes a second.
        bytes_s: u64,
    },
}

/// A machine that stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay {
    /// Place of the machine in the workload.
    pub machine: usize,
    /// Why.
    pub reason: StayReason,
}

/// Why a machine stays.
#[derive(Clone, Debug, PartialEq)]
pub enum StayReason {
    /// It is stopped: it holds no memory and stands through a reboot.
    Stopped,
    /// It must not be moved.
    Pinned(String),
    /// Its memory does not converge, also alone over the fastest way there is.
    NotConverging(Box<Hopeless>),
}

/// A migration that goes nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Hopeless {
    /// The migration over the fastest way.
    pub spec: Specification,
    /// What it comes to.
    pub forecast: Forecast,
    /// The cheapest changes that make it converge.
    pub advice: Vec<Advice>,
}

/// Memory of a host before and after a plan, bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLoad {
    /// The host.
    pub node: NodeName,
    /// All of it.
    pub memory: u64,
    /// What must stay free.
    pub reserve: u64,
    /// In use before.
    pub before: u64,
    /// The most that is in use at any time.
    pub peak: u64,
    /// In use after.
    pub after: u64,
    /// Machines that it takes in.
    pub takes: usize,
}

/// How every host of a cluster is emptied, rebooted and filled again in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct RollingPlan {
    /// Hosts in the order in which they are emptied.
    pub turns: Vec<HostReturn>,
    /// Hosts that can't be emptied, by name.
    pub blocked: Vec<Blocked>,
    /// Migrations in the order in which they start.
    pub moves: Vec<Move>,
    /// All hosts.
    pub hosts: Vec<HostLoad>,
    /// When the last host is filled again, milliseconds.
    pub total_ms: f64,
    /// The pace that was chosen, and what it leads to.
    pub chosen: Tried,
    /// All paces that were tried; the first is one at a time.
    pub tried: Vec<Tried>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

impl RollingPlan {
    /// When all is done, one migration at a time, milliseconds.
    #[must_use]
    pub fn single_ms(&self) -> f64 {
        self.tried.first().map_or(0.0, |it| it.total_ms)
    }

    /// Whether every host has its turn, and every machine is at home in the end.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.blocked.is_empty() && self.moves.iter().all(|it| it.outcome.is_moved())
    }
}

/// The turn of a host, milliseconds since the beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct HostReturn {
    /// The host.
    pub node: NodeName,
    /// Machines that leave it and return.
    pub machines: usize,
    /// Their memory.
    pub bytes: u64,
    /// When the first one is told to leave.
    pub start_ms: f64,
    /// When the last one has left.
    pub empty_ms: f64,
    /// When it has been rebooted.
    pub back_ms: f64,
    /// When all have returned.
    pub full_ms: f64,
}

/// A host that can't be emptied.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked {
    /// The host.
    pub node: NodeName,
    /// Machines that no other host can take.
    pub unplaceable: Vec<Unplaceable>,
    /// Machines that stay for another reason.
    pub stays: Vec<Stay>,
    /// Machines whose migration does not end beside the others, by place in the workload.
    pub stuck: Vec<usize>,
}

/// In which order hosts have their turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnOrder {
    /// Those with least memory to move first, of equal ones by name.
    #[default]
    LeastMoved,
    /// As they are listed.
    Listed,
}
