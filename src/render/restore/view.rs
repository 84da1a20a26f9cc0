//! The view that JSON is made of.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::words;
use crate::model::{JobFate, LogComparison, LogDifference, RestoreClass, RestorePlan, Step};
use crate::restore::line;

/// Schema of the JSON that `restore` prints.
pub const RESTORE_SCHEMA: &str = "netplan-cluster/restore/1";

/// A plan with what is said beside it.
#[derive(Clone, Copy, Debug)]
pub struct RestoreReport<'a> {
    /// The plan.
    pub plan: &'a RestorePlan,
    /// A real event log beside the prediction.
    pub log: Option<&'a LogComparison>,
    /// What a reader must know before trusting it.
    pub notes: &'a [String],
}

/// What comes of jobs in a restore, and how it is done.
#[derive(Clone, Debug, Serialize)]
pub struct RestoreView {
    /// Always [`RESTORE_SCHEMA`].
    pub schema: &'static str,
    /// `hpcpack-2008r2` or `slurm`.
    pub system: &'static str,
    /// `full-system`, `single-head` or `ha-cluster`.
    pub shape: &'static str,
    /// How many jobs are in each class; classes without a job too.
    pub classes: Counts,
    /// How many jobs the scheduler cancels.
    pub cancelled_jobs: usize,
    /// How many tasks on nodes it stops.
    pub stopped_tasks: u64,
    /// Core-hours that the stopped tasks had worked, of those that could be measured.
    pub destroyed_core_hours: f64,
    /// Stopped tasks whose cores or time are not known.
    pub unmeasured_tasks: u64,
    /// Lines that the scheduler will log, in order; empty where the system logs none.
    pub events: Vec<String>,
    /// Jobs that may run twice.
    pub duplicates: Vec<DuplicateView>,
    /// Highest numbers of jobs, where new jobs would get numbers that were given out already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reused_ids: Option<ReusedIdsView>,
    /// Whether something runs, and none of it ran by the backup.
    pub backup_older_than_all_work: bool,
    /// Every job, in order of identity.
    pub jobs: Vec<JobView>,
    /// What to do, in order.
    pub runbook: Vec<StepView>,
    /// A real log beside the prediction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationView>,
    /// What a reader must know before trusting it.
    pub notes: Vec<String>,
}

/// Counts by name, in their order.
#[derive(Clone, Debug)]
pub struct Counts(pub Vec<(&'static str, usize)>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// A job that may run twice.
#[derive(Clone, Debug, Serialize)]
pub struct DuplicateView {
    /// Identity.
    pub id: String,
    /// `certain`: its work is done; `possible`: it may be.
    pub risk: &'static str,
    /// `restart`: the scheduler starts it by itself; `requeue`: only a requeue does.
    pub by: &'static str,
}

/// Numbers that would be given out again.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ReusedIdsView {
    /// Highest number in the restored table.
    pub recorded: u64,
    /// Highest number that was given out.
    pub given: u64,
}

/// A job.
#[derive(Clone, Debug, Serialize)]
pub struct JobView {
    /// Identity.
    pub id: String,
    /// Class.
    pub class: &'static str,
    /// What the scheduler does.
    pub action: &'static str,
    /// State in the restored table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Priority as the system writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// When it was submitted, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted: Option<String>,
    /// Tasks that are stopped.
    pub stopped_tasks: u64,
    /// Core-hours that these had worked.
    pub core_hours: f64,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

/// A step of the runbook.
#[derive(Clone, Debug, Serialize)]
pub struct StepView {
    /// Place in the order, from 1.
    pub step: usize,
    /// Where it is done.
    #[serde(rename = "where")]
    pub place: String,
    /// What to type, a command on each line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// What must hold before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// What to do.
    pub text: String,
}

/// A real log beside the prediction.
#[derive(Clone, Debug, Serialize)]
pub struct VerificationView {
    /// Whether there is no difference.
    pub agrees: bool,
    /// Lines about restores that were found.
    pub lines: usize,
    /// Restores that the log tells of; the last one is compared.
    pub restores: usize,
    /// Whether the log has its newest line first.
    pub newest_first: bool,
    /// All differences.
    pub differences: Vec<DifferenceView>,
}

/// A difference.
#[derive(Clone, Debug, Serialize)]
pub struct DifferenceView {
    /// `missing`, `unexpected`, `count` or `order`.
    pub kind: &'static str,
    /// Line of the log, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What differs.
    pub text: String,
}

/// The view of a plan.
#[must_use]
pub fn restore(report: &RestoreReport<'_>) -> RestoreView {
    let plan = report.plan;
    RestoreView {
        schema: RESTORE_SCHEMA,
        system: plan.system.name(),
        shape: plan.shape.name(),
        classes: classes(plan),
        cancelled_jobs: words::cancelled(plan),
        stopped_tasks: plan.stopped.tasks,
        destroyed_core_hours: words::hours(plan.stopped),
        unmeasured_tasks: plan.stopped.unmeasured,
        events: plan.events.iter().map(line).collect(),
        duplicates: duplicates(plan),
        reused_ids: plan.reused_ids.map(|(recorded, given)| ReusedIdsView { recorded, given }),
        backup_older_than_all_work: plan.is_older_than_all_work(),
        jobs: plan.jobs.iter().map(job).collect(),
        runbook: (1..).zip(&plan.runbook).map(|(step, it)| step_view(step, it)).collect(),
        verification: report.log.map(verification),
        notes: report.notes.to_vec(),
    }
}

fn classes(plan: &RestorePlan) -> Counts {
    let count = |class| plan.jobs.iter().filter(|job| job.class == class).count();
    Counts(RestoreClass::ALL.map(|class| (class.name(), count(class))).to_vec())
}

fn duplicates(plan: &RestorePlan) -> Vec<DuplicateView> {
    let all = plan.duplicates.iter().map(|it| DuplicateView {
        id: it.id.clone(),
        risk: if it.is_certain { "certain" } else { "possible" },
        by: if it.by_itself { "restart" } else { "requeue" },
    });
    all.collect()
}

fn job(job: &JobFate) -> JobView {
    JobView {
        id: job.id.clone(),
        class: job.class.name(),
        action: words::action(job.fate),
        state: job.state_word.clone(),
        owner: job.owner.clone(),
        priority: job.priority.as_ref().map(|it| it.word.clone()),
        submitted: job.submitted.and_then(time),
        stopped_tasks: job.stopped.tasks,
        core_hours: words::hours(job.stopped),
        advice: words::advice(job.advice).map(|(name, _)| name),
    }
}

/// A moment in UTC.
pub(super) fn time(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|it| it.to_string())
}

fn step_view(step: usize, it: &Step) -> StepView {
    let Step { place, text, command, guard } = it.clone();
    StepView { step, place, command, guard, text }
}

fn verification(log: &LogComparison) -> VerificationView {
    let view = |it: &LogDifference| {
        let (kind, line, text) = words::difference(it);
        DifferenceView { kind, line, text }
    };
    VerificationView {
        agrees: log.differences.is_empty(),
        lines: log.found,
        restores: log.runs,
        newest_first: log.newest_first,
        differences: log.differences.iter().map(view).collect(),
    }
}
