//! What each system does with each class of jobs.

use super::classes::Entry;
use super::{Tables, advice};
use crate::model::{BatchTask, Fate, JobFate, RestoreClass, RestoreSystem, Work};

/// A job with what comes of it.
pub(super) fn fate(system: RestoreSystem, entry: &Entry<'_>, tables: &Tables<'_>) -> JobFate {
    let fate = match system {
        RestoreSystem::HpcPack => windows(entry),
        RestoreSystem::Slurm => slurm(entry, tables.requeue),
    };
    let told = entry.record.or(entry.seen);
    let or_seen = |record: Option<String>, seen: Option<String>| record.or(seen);
    let seen = entry.seen;
    JobFate {
        id: entry.id.to_owned(),
        class: entry.class,
        fate,
        state_word: entry.record.map(|job| job.state_word.clone()),
        owner: or_seen(
            told.and_then(|job| job.owner.clone()),
            seen.and_then(|job| job.owner.clone()),
        ),
        priority: told.and_then(|job| job.priority.clone()),
        submitted: told.and_then(|job| job.submitted),
        stopped: stopped(system, entry),
        advice: advice::advice(entry.class, fate),
    }
}

/// Restore mode of Windows HPC Server cancels what runs or waits by the table, and stops whatever
/// runs on nodes, with a record or without.
fn windows(entry: &Entry<'_>) -> Fate {
    let runs = !entry.running.is_empty();
    match entry.class {
        RestoreClass::New => Fate::Untouched,
        RestoreClass::Unspecified => Fate::Unspecified,
        RestoreClass::Forgotten => Fate::Forgotten,
        RestoreClass::Orphan => Fate::Stopped,
        RestoreClass::Keep if runs => Fate::Stopped,
        RestoreClass::Keep => Fate::Unchanged,
        RestoreClass::Match | RestoreClass::Moved | RestoreClass::StartedSince => {
            Fate::CancelledAndStopped
        }
        RestoreClass::Vanished | RestoreClass::Queued | RestoreClass::FinishedSince => {
            Fate::Cancelled
        }
    }
}

/// Slurm compares when nodes register: what runs as recorded goes on, what runs otherwise is
/// aborted, and what should run and does not is requeued, or fails if it must not be requeued.
fn slurm(entry: &Entry<'_>, default: Option<bool>) -> Fate {
    let runs = !entry.running.is_empty();
    let requeue = entry.record.and_then(|job| job.requeue).or(default);
    let by_flag = |yes, no, open| match requeue {
        Some(true) => yes,
        Some(false) => no,
        None => open,
    };
    let waits = entry.record.is_some_and(|job| job.state.waits());
    match entry.class {
        RestoreClass::New => Fate::Untouched,
        RestoreClass::Unspecified => Fate::Unspecified,
        RestoreClass::Forgotten => Fate::Forgotten,
        RestoreClass::Match => Fate::Kept,
        RestoreClass::Queued => Fate::Stays,
        RestoreClass::Orphan => Fate::Stopped,
        RestoreClass::Keep if runs => Fate::Stopped,
        RestoreClass::Keep => Fate::Unchanged,
        RestoreClass::StartedSince => Fate::AbortedThenQueued,
        RestoreClass::Moved => {
            by_flag(Fate::AbortedThenQueued, Fate::AbortedThenFailed, Fate::AbortedThenEither)
        }
        RestoreClass::FinishedSince if waits => Fate::Stays,
        RestoreClass::FinishedSince | RestoreClass::Vanished => {
            by_flag(Fate::Requeued, Fate::Failed, Fate::RequeuedOrFailed)
        }
    }
}

/// The tasks of the job that are stopped.
fn stopped(system: RestoreSystem, entry: &Entry<'_>) -> Work {
    let stops = |task: &BatchTask| match (system, entry.class) {
        (_, RestoreClass::New) => false,
        (RestoreSystem::HpcPack, _) => true,
        (_, RestoreClass::Unspecified) => false,
        (_, RestoreClass::Match) => !entry.nodes.is_empty() && !entry.knows_node_of(task),
        _ => true,
    };
    let tasks = entry.running.iter().filter(|task| stops(task));
    tasks.map(|task| work(task)).fold(Work::default(), Work::plus)
}

fn work(task: &BatchTask) -> Work {
    let core_s = task.cores.zip(task.elapsed_s).map(|(a, b)| u128::from(a) * u128::from(b));
    Work { tasks: 1, core_s: core_s.unwrap_or(0), unmeasured: u64::from(core_s.is_none()) }
}
