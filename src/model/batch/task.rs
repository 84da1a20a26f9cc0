//! A task on a node.

use super::{BatchJob, JobState};
use crate::model::NodeName;

/// What one node runs, or ran, of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchTask {
    /// Identity of its job.
    pub job: String,
    /// Identity within the job; `None` where a node tells of jobs only.
    pub task: Option<String>,
    /// The node, by exact name; `None` for one that never ran.
    pub node: Option<NodeName>,
    /// State.
    pub state: JobState,
    /// State as the system writes it.
    pub state_word: String,
    /// Cores it occupies.
    pub cores: Option<u64>,
    /// How long it has run.
    pub elapsed_s: Option<u64>,
}

impl BatchTask {
    /// The tasks of a job at a time: one for each of its hosts, nothing for one without hosts.
    #[must_use]
    pub fn of_job(job: &BatchJob, now: Option<i64>) -> Vec<Self> {
        let elapsed_s = now.map_or(job.elapsed_s, |now| job.elapsed_at(now));
        let task = |host: &super::HostShare| Self {
            job: job.id.clone(),
            task: None,
            node: Some(host.node.clone()),
            state: job.state,
            state_word: job.state_word.clone(),
            cores: host.cores,
            elapsed_s,
        };
        job.hosts.iter().map(task).collect()
    }
}
