//! A node of a batch system.

use crate::model::NodeName;

/// A node as its batch system has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchNode {
    /// Exact name.
    pub name: NodeName,
    /// What it is good for, each once, in order.
    pub status: Vec<NodeStatus>,
    /// States as the system writes them.
    pub state_words: Vec<String>,
    /// Cores that jobs may use.
    pub cores: Option<u64>,
    /// Cores that jobs use.
    pub cores_used: Option<u64>,
    /// Jobs on it, each once, where the dump tells.
    pub jobs: Vec<String>,
    /// Why it is out of use.
    pub reason: Option<String>,
}

impl BatchNode {
    /// Whether the batch system starts further jobs on it, or would as soon as there is room.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let open = |status: &NodeStatus| matches!(status, NodeStatus::Idle | NodeStatus::Busy);
        !self.status.is_empty() && self.status.iter().all(open)
    }

    /// Whether it is in a state.
    #[must_use]
    pub fn is(&self, status: NodeStatus) -> bool {
        self.status.contains(&status)
    }
}

/// What a node is good for; a node may be in several of these at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeStatus {
    /// Up, without a job.
    Idle,
    /// Up, with jobs on some or all cores.
    Busy,
    /// Takes no further job; jobs on it go on.
    Draining,
    /// Takes no further job, and has none.
    Drained,
    /// Kept for a reservation.
    Reserved,
    /// In maintenance, or being rebooted on purpose.
    Maintenance,
    /// Switched off, or on its way up or down.
    PoweredDown,
    /// Not usable, whatever else.
    Down,
    /// A word that is not known.
    Unknown,
}
