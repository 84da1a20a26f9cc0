//! What comes of jobs when the scheduler's state is restored from a backup, and how it is done.
//!
//! The restored table and what runs on the nodes are two views of the same jobs that were one when
//! the backup was made. Each job is put into a class by how they differ now, the system's rules say
//! what it does with that class, and everything else follows: events, lost work, jobs that may run
//! twice, advice, and the steps to take.

mod advice;
mod classes;
mod events;
mod fates;
mod log;
mod order;
mod runbook;
#[cfg(test)]
mod testing;

use crate::model::{
    BatchJob, BatchTask, DuplicateRun, Fate, JobFate, RestoreClass, RestorePlan, RestoreShape,
    RestoreSystem, Site, Work,
};

pub use events::line;
pub use log::compare;

/// The restored table and what the nodes run.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// Jobs of the restored table.
    pub jobs: &'a [BatchJob],
    /// Tasks of the restored table, where it tells them.
    pub tasks: &'a [BatchTask],
    /// Tasks as the nodes have them now, running and ended.
    pub live: &'a [BatchTask],
    /// Jobs as somebody saw them last, for what nodes don't tell: owners, submit times, ends.
    pub seen: &'a [BatchJob],
    /// When the restore was complete, if it was: what was submitted after that is left alone.
    pub restored_at: Option<i64>,
    /// Whether jobs without a flag of their own are restarted, where that is known.
    pub requeue: Option<bool>,
}

/// Plans a restore. Every job of the tables is in the plan once, in whatever order they stand
/// there; of several records of one job the first counts.
#[must_use]
pub fn plan(
    (system, shape): (RestoreSystem, RestoreShape),
    tables: &Tables<'_>,
    site: &Site,
) -> RestorePlan {
    let found = classes::classify(system, tables);
    let mut jobs: Vec<JobFate> =
        found.iter().map(|entry| fates::fate(system, entry, tables)).collect();
    jobs.sort_by_cached_key(|job| order::key(&job.id));
    let events = match system {
        RestoreSystem::HpcPack => events::predicted(&found),
        RestoreSystem::Slurm => Vec::new(),
    };
    let mut plan = RestorePlan {
        system,
        shape,
        stopped: jobs.iter().fold(Work::default(), |sum, job| sum.plus(job.stopped)),
        duplicates: jobs.iter().filter_map(duplicate).collect(),
        reused_ids: reused_ids(&jobs),
        jobs,
        events,
        runbook: Vec::new(),
    };
    plan.runbook = runbook::steps(&plan, site);
    plan
}

/// A job that is known to have finished or may have, and is not given up.
fn duplicate(job: &JobFate) -> Option<DuplicateRun> {
    let is_certain = match job.class {
        RestoreClass::FinishedSince => true,
        RestoreClass::Vanished => false,
        _ => return None,
    };
    let by_itself = match job.fate {
        Fate::Requeued | Fate::RequeuedOrFailed | Fate::Stays => true,
        Fate::Cancelled => false,
        _ => return None,
    };
    Some(DuplicateRun { id: job.id.clone(), is_certain, by_itself })
}

/// The highest number of the table and of all, where the table's is lower.
fn reused_ids(jobs: &[JobFate]) -> Option<(u64, u64)> {
    let highest = |is: fn(&JobFate) -> bool| {
        jobs.iter().filter(|job| is(job)).filter_map(|job| order::number(&job.id)).max()
    };
    let recorded = highest(|job| job.state_word.is_some())?;
    let given = highest(|job| matches!(job.class, RestoreClass::Orphan | RestoreClass::Forgotten))?;
    (given > recorded).then_some((recorded, given))
}

#[cfg(test)]
mod tests;
