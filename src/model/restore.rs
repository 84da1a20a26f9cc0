//! What comes of jobs when the scheduler's state is restored from a backup.

use super::{BatchSystem, NodeName, Priority, SlurmConfig};

/// A system of which the rules of a restore are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreSystem {
    /// Windows HPC Server 2008 R2, in restore mode.
    HpcPack,
    /// Slurm, with `StateSaveLocation` from a backup.
    Slurm,
}

impl RestoreSystem {
    /// All, with their names on the command line.
    pub const ALL: [(&'static str, Self); 2] =
        [("hpcpack-2008r2", Self::HpcPack), ("slurm", Self::Slurm)];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HpcPack => "hpcpack-2008r2",
            Self::Slurm => "slurm",
        }
    }

    /// The batch system that it is, whose dumps tell of it.
    #[must_use]
    pub fn batch(self) -> BatchSystem {
        match self {
            Self::HpcPack => BatchSystem::HpcPack,
            Self::Slurm => BatchSystem::Slurm,
        }
    }
}

/// What the scheduler is made of, and so how it is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreShape {
    /// The whole head node is restored.
    FullSystem,
    /// The state alone, on the only head node.
    SingleHead,
    /// The state alone, below head nodes that take over from each other.
    HaCluster,
}

impl RestoreShape {
    /// All, with their names on the command line.
    pub const ALL: [(&'static str, Self); 3] = [
        ("full-system", Self::FullSystem),
        ("single-head", Self::SingleHead),
        ("ha-cluster", Self::HaCluster),
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FullSystem => "full-system",
            Self::SingleHead => "single-head",
            Self::HaCluster => "ha-cluster",
        }
    }
}

/// What is special about a cluster that is restored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Azure nodes were deployed, and changed since the backup.
    pub azure: bool,
    /// There are WCF broker nodes.
    pub wcf: bool,
    /// The head node has the role of a compute or broker node too.
    pub head_runs_compute: bool,
    /// What `slurm.conf` says.
    pub slurm: Option<SlurmConfig>,
    /// Time that counts as now, in seconds since 1970, where it is told: ages of jobs are counted to
    /// it instead of to the time at which a step is taken.
    pub now: Option<i64>,
}

/// How the restored table and the nodes stand to each other over one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestoreClass {
    /// The table says that it ended, or was never submitted.
    Keep,
    /// It runs where the table says.
    Match,
    /// It runs, and on none of the nodes of which the table knows.
    Moved,
    /// The table says that it waits, and it runs.
    StartedSince,
    /// The table says that it runs, and no node has it.
    Vanished,
    /// It waits, and no node has it.
    Queued,
    /// It runs, and the table has no record of it.
    Orphan,
    /// The table says that it runs or waits, and it ended since.
    FinishedSince,
    /// It does not run, and the table has no record of it.
    Forgotten,
    /// It was submitted after the restore was complete.
    New,
    /// Its state is one of which the rules of the system say nothing.
    Unspecified,
}

impl RestoreClass {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Keep,
        Self::Match,
        Self::Moved,
        Self::StartedSince,
        Self::Vanished,
        Self::Queued,
        Self::Orphan,
        Self::FinishedSince,
        Self::Forgotten,
        Self::New,
        Self::Unspecified,
    ];

    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Match => "match",
            Self::Moved => "moved",
            Self::StartedSince => "started_since",
            Self::Vanished => "vanished",
            Self::Queued => "queued",
            Self::Orphan => "orphan",
            Self::FinishedSince => "finished_since",
            Self::Forgotten => "forgotten",
            Self::New => "new",
            Self::Unspecified => "unspecified",
        }
    }
}

/// What the scheduler does about a job when it starts with the restored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Its record stays as it is, and nothing of it runs.
    Unchanged,
    /// It goes on running.
    Kept,
    /// It goes on waiting.
    Stays,
    /// Its record becomes cancelled.
    Cancelled,
    /// Its record becomes cancelled, and its tasks are stopped.
    CancelledAndStopped,
    /// Its tasks are stopped; its record, if there is one, stays as it is.
    Stopped,
    /// Its tasks are aborted, and it waits to run again.
    AbortedThenQueued,
    /// Its tasks are aborted, and it fails.
    AbortedThenFailed,
    /// Its tasks are aborted; it waits to run again or fails, as its flag says, which is not known.
    AbortedThenEither,
    /// It waits to run again.
    Requeued,
    /// It fails.
    Failed,
    /// It waits to run again or fails, as its flag says, which is not known.
    RequeuedOrFailed,
    /// Nobody knows of it any more.
    Forgotten,
    /// It is left alone.
    Untouched,
    /// The rules say nothing of it.
    Unspecified,
}

/// One job, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFate {
    /// Identity.
    pub id: String,
    /// How table and nodes stand to each other.
    pub class: RestoreClass,
    /// What the scheduler does.
    pub fate: Fate,
    /// State in the restored table, as the system writes it.
    pub state_word: Option<String>,
    /// Owner, by the table, else by what was told of the live job.
    pub owner: Option<String>,
    /// Priority.
    pub priority: Option<Priority>,
    /// When it was submitted.
    pub submitted: Option<i64>,
    /// Tasks of it that are stopped.
    pub stopped: Work,
    /// What to do about it.
    pub advice: JobAdvice,
}

/// Tasks that are stopped and what they had done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How many tasks.
    pub tasks: u64,
    /// Cores times seconds, of those of which both are known.
    pub core_s: u128,
    /// Tasks of which cores or time are not known.
    pub unmeasured: u64,
}

impl Work {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            tasks: self.tasks.saturating_add(other.tasks),
            core_s: self.core_s.saturating_add(other.core_s),
            unmeasured: self.unmeasured.saturating_add(other.unmeasured),
        }
    }
}

/// What to do about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobAdvice {
    /// Nothing.
    Nothing,
    /// Requeue it: it never ran.
    Requeue,
    /// Requeue it from its beginning: it was stopped while it ran.
    RequeueFromStart,
    /// Look first: it may have finished.
    LookFirst,
    /// Do not requeue it: it finished.
    DoNotRequeue,
    /// Hold it at once: it would run again although it finished.
    Hold,
    /// Hold it at once and look: it would run again although it may have finished.
    HoldAndLook,
    /// Have its owner submit it again: there is no record.
    SubmitAgain,
    /// Tell its owner: it ended, and there is no record of it.
    TellOwner,
    /// See after the restore what became of it.
    Watch,
}

/// A job that may run, or be run, although its work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateRun {
    /// The job.
    pub id: String,
    /// Whether its work is known to be done.
    pub is_certain: bool,
    /// Whether the scheduler starts it by itself; else only a requeue does.
    pub by_itself: bool,
}

/// An event that the scheduler of Windows HPC Server logs in restore mode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestoreEvent {
    /// It began.
    Started,
    /// Jobs of a state were cancelled.
    Cancelled {
        /// State, in the scheduler's word.
        state: &'static str,
        /// How many.
        count: u64,
    },
    /// A task without a record is stopped.
    Orphan {
        /// Job.
        job: String,
        /// Task.
        task: String,
        /// Node.
        node: NodeName,
    },
    /// It is complete.
    Complete,
}

/// A step of a runbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it is done.
    pub place: String,
    /// What to do, in words.
    pub text: String,
    /// What to type, a command on each line.
    pub command: Option<String>,
    /// What must hold before it.
    pub guard: Option<String>,
}

/// What a restore does, and how it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestorePlan {
    /// The system.
    pub system: RestoreSystem,
    /// How it is restored.
    pub shape: RestoreShape,
    /// Every job of the table and of the nodes once, in order of identity.
    pub jobs: Vec<JobFate>,
    /// Events that the scheduler will log, in order; none where the system logs no such.
    pub events: Vec<RestoreEvent>,
    /// All that is stopped.
    pub stopped: Work,
    /// Jobs that may run twice, in order of identity.
    pub duplicates: Vec<DuplicateRun>,
    /// Highest numbers of jobs in the table and on the nodes, where new jobs would get numbers that
    /// were given out already.
    pub reused_ids: Option<(u64, u64)>,
    /// What to do, in order.
    pub runbook: Vec<Step>,
}

impl RestorePlan {
    /// Whether something runs, and none of it ran by the table: the backup is older than the oldest
    /// running job.
    #[must_use]
    pub fn is_older_than_all_work(&self) -> bool {
        let any =
            |classes: [RestoreClass; 2]| self.jobs.iter().any(|it| classes.contains(&it.class));
        any([RestoreClass::StartedSince, RestoreClass::Orphan])
            && !any([RestoreClass::Match, RestoreClass::Moved])
    }
}

/// How a real log differs from the prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogDifference {
    /// A predicted event that is not there.
    Missing {
        /// The event.
        event: RestoreEvent,
    },
    /// An event that was not predicted.
    Unexpected {
        /// Line of the log, from 1.
        line: usize,
        /// What it says.
        text: String,
    },
    /// Another count of jobs.
    Count {
        /// Line of the log, from 1.
        line: usize,
        /// State.
        state: &'static str,
        /// Predicted.
        predicted: u64,
        /// Found.
        found: u64,
    },
    /// An event that comes too late.
    Order {
        /// Line of the log, from 1.
        line: usize,
        /// The event.
        event: RestoreEvent,
        /// What stands before it and should follow.
        after: RestoreEvent,
    },
}

/// What a real log says beside the prediction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogComparison {
    /// Events of the restore that were found.
    pub found: usize,
    /// How many restores the log tells of; the last one is compared.
    pub runs: usize,
    /// Whether the log has its newest event first, as Event Viewer exports it.
    pub newest_first: bool,
    /// All differences.
    pub differences: Vec<LogDifference>,
}
