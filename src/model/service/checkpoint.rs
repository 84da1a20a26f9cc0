//! How often a job saves itself.

/// What checkpoints cost and what they are against; times in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckpointPlan {
    /// Time that one takes.
    pub cost_s: f64,
    /// Mean time between failures of one node.
    pub mtbf_s: f64,
    /// Nodes whose failure kills the job, the master among them where it does.
    pub nodes: u64,
    /// Time from a failure until the job computes again.
    pub restart_s: f64,
}

/// How often to save, and what that costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckpointAdvice {
    /// Mean time between failures of the job.
    pub job_mtbf_s: f64,
    /// Young's interval.
    pub young_s: f64,
    /// Daly's interval.
    pub daly_s: f64,
    /// Time that the job takes beyond its work, as a share of the work, at Daly's interval.
    pub overhead: f64,
    /// Work lost by a failure on average, and the restart, at Daly's interval.
    pub expected_loss_s: f64,
    /// Work that a failure loses at most, at Daly's interval.
    pub worst_loss_s: f64,
}
