//! Nodes that lost their master, and their work.

use std::collections::BTreeMap;

use super::Quiet;
use crate::model::NodeName;

/// CPU usage of a node over the short interval that ends here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CpuSample {
    /// Seconds since the node lost its master.
    pub at_s: f64,
    /// Percent of one CPU.
    pub percent: f64,
}

/// A job on orphaned nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct OrphanJob {
    /// Its name.
    pub name: String,
    /// Its nodes.
    pub nodes: Vec<NodeName>,
    /// When it ends if nothing happens, in seconds since the loss; absent: not known.
    pub ends_s: Option<f64>,
}

/// How file servers are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Without the master.
    Direct,
    /// The master is the file server.
    MasterServes,
    /// The master forwards packets to the file server.
    MasterForwards,
}

/// When a node reboots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reboot {
    /// At this time, by what was measured.
    At(f64),
    /// Not before this time: at it, if the node stays as idle as it was at the end.
    IfIdleFrom(f64),
    /// It is busy at the end: not before this time, if it falls idle then.
    AfterIdle(f64),
    /// Never by itself.
    ByHand,
}

impl Reboot {
    /// The earliest time at which it may be.
    #[must_use]
    pub fn earliest_s(self) -> f64 {
        match self {
            Self::At(at) | Self::IfIdleFrom(at) | Self::AfterIdle(at) => at,
            Self::ByHand => f64::INFINITY,
        }
    }
}

/// What becomes of an orphaned node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFate {
    /// The node.
    pub node: NodeName,
    /// When it reboots.
    pub reboot: Reboot,
    /// The last time at which busy CPUs set the timer back.
    pub last_busy_s: Option<f64>,
    /// How often they did.
    pub resets: usize,
    /// The last sample.
    pub last_sample_s: f64,
    /// Times from one sample to the next that are longer than usual: what is told at their end is
    /// taken for all of them.
    pub gaps: Vec<(f64, f64)>,
}

/// What becomes of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobFate {
    /// It ends before the first of its nodes reboots.
    Lives,
    /// This node reboots at this time, before the job ends.
    Dies(NodeName, f64),
    /// It needs files that are gone with the master.
    Hangs,
    /// Its end, or a node of it, is not known.
    Unknown,
}

/// What a loss of the master does with and without run-to-completion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlastRadius {
    /// Nodes that lose their master.
    pub nodes: usize,
    /// Nodes that compute something when they lose it.
    pub busy_nodes: usize,
    /// Jobs.
    pub jobs: usize,
    /// Jobs that die with run-to-completion.
    pub jobs_lost: usize,
    /// Jobs of which it can't be told.
    pub jobs_unknown: usize,
}

/// What becomes of nodes that lost their master.
#[derive(Clone, Debug, PartialEq)]
pub struct Orphans {
    /// When a node counts as idle; none where nodes stay up until somebody reboots them.
    pub quiet: Option<Quiet>,
    /// How files are reached.
    pub route: Route,
    /// The nodes, by name.
    pub nodes: Vec<NodeFate>,
    /// The jobs, by name.
    pub jobs: BTreeMap<String, JobFate>,
    /// Counts.
    pub radius: BlastRadius,
}
