//! A job.

use crate::model::NodeName;

/// A job as its batch system's table has it.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchJob {
    /// Identity by which the system knows it: `123` (Slurm, Windows), `123.server` (PBS).
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Who owns it, as the system writes it.
    pub owner: Option<String>,
    /// State.
    pub state: JobState,
    /// State as the system writes it.
    pub state_word: String,
    /// Priority.
    pub priority: Option<Priority>,
    /// When it was submitted.
    pub submitted: Option<i64>,
    /// When it started, last time.
    pub started: Option<i64>,
    /// How long it has run, by the dump's own words.
    pub elapsed_s: Option<u64>,
    /// How long it may run.
    pub limit: Limit,
    /// Hosts it runs on, by exact name, each once, in the order of the dump.
    pub hosts: Vec<HostShare>,
    /// Cores on all hosts.
    pub cores: Option<u64>,
    /// Whether the system may start it again from the beginning.
    pub requeue: Option<bool>,
    /// The array or heterogeneous job that it is a part of.
    pub part_of: Option<JobPart>,
    /// Error text of the system.
    pub error: Option<String>,
}

impl BatchJob {
    /// A job of which nothing but its identity and state is known.
    #[must_use]
    pub fn new(id: impl Into<String>, state: JobState, state_word: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            owner: None,
            state,
            state_word: state_word.into(),
            priority: None,
            submitted: None,
            started: None,
            elapsed_s: None,
            limit: Limit::Unknown,
            hosts: Vec::new(),
            cores: None,
            requeue: None,
            part_of: None,
            error: None,
        }
    }

    /// How long it has run at a time: as the dump says, else since its start if it runs.
    #[must_use]
    pub fn elapsed_at(&self, now: i64) -> Option<u64> {
        let since = |start: i64| u64::try_from(now.saturating_sub(start)).unwrap_or(0);
        let runs = matches!(self.state, JobState::Running | JobState::Finishing);
        self.elapsed_s.or_else(|| self.started.filter(|_| runs).map(since))
    }
}

/// State of a job or task in any batch system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobState {
    /// Still being written; not submitted (`Configuring` of Windows HPC Server).
    Draft,
    /// Submitted, not looked at yet.
    Submitted,
    /// Being checked by the system.
    Validating,
    /// Being checked by a filter of the site.
    ExternalValidation,
    /// Waiting for resources.
    Queued,
    /// Waiting for somebody to let it go.
    Held,
    /// Running, or about to on hosts that are its own.
    Running,
    /// Stopped for a while, its hosts being kept.
    Suspended,
    /// Its work is done and is being cleaned up.
    Finishing,
    /// Being cancelled.
    Canceling,
    /// Ended well.
    Finished,
    /// Ended with an error, a time-out, or with its node.
    Failed,
    /// Cancelled.
    Canceled,
    /// A word that is not known.
    Unknown,
}

impl JobState {
    /// Whether nothing will happen to it any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Canceled)
    }

    /// Whether it has hosts of its own.
    #[must_use]
    pub fn holds_hosts(self) -> bool {
        matches!(self, Self::Running | Self::Suspended | Self::Finishing | Self::Canceling)
    }

    /// Whether it waits for its turn.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(
            self,
            Self::Submitted
                | Self::Validating
                | Self::ExternalValidation
                | Self::Queued
                | Self::Held
        )
    }
}

/// How long a job may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many seconds.
    Seconds(u64),
    /// For ever.
    None,
    /// The dump does not tell.
    Unknown,
}

/// A priority: what the system writes, and its rank, higher going first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    /// Higher goes first.
    pub rank: i64,
    /// As the system writes it.
    pub word: String,
}

/// A job's share of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostShare {
    /// Exact name.
    pub node: NodeName,
    /// Cores there, if known.
    pub cores: Option<u64>,
}

/// The array or heterogeneous job that a job is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobPart {
    /// An element of an array, or what is left of one that has not started.
    Array {
        /// The array's identity.
        job: String,
        /// Index, or the indices that wait, such as `0-99%8`.
        index: String,
    },
    /// A component of a heterogeneous job.
    Heterogeneous {
        /// The leader's identity.
        job: String,
        /// Offset, from 0.
        offset: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_the_start_counts_only_while_it_runs() {
        let mut job = BatchJob::new("1", JobState::Running, "RUNNING");
        job.started = Some(100);
        assert_eq!((job.elapsed_at(160), job.elapsed_at(40)), (Some(60), Some(0)));
        job.elapsed_s = Some(7);
        assert_eq!(job.elapsed_at(160), Some(7));
        (job.elapsed_s, job.state) = (None, JobState::Queued);
        assert_eq!(job.elapsed_at(160), None);
    }
}
