//! Events that the scheduler of Windows HPC Server logs in restore mode.

use super::classes::Entry;
use super::order;
use crate::model::{JobState, NodeName, RestoreClass, RestoreEvent};

/// States of which jobs are cancelled, in the order in which the scheduler tells them.
pub(super) const STATES: [(&str, JobState); 4] = [
    ("Running", JobState::Running),
    ("Queued", JobState::Queued),
    ("Submitted", JobState::Submitted),
    ("Validating", JobState::Validating),
];

/// The events of a restore: its beginning, a line for each state also where there is no job, a line
/// for each task without a record, its end.
pub(super) fn predicted<'a>(entries: &'a [Entry<'a>]) -> Vec<RestoreEvent> {
    let met = || entries.iter().filter(|entry| entry.class != RestoreClass::New);
    let mut events = vec![RestoreEvent::Started];
    for (state, recorded) in STATES {
        let jobs = met().filter(|entry| entry.record.is_some_and(|job| job.state == recorded));
        let count = u64::try_from(jobs.count()).unwrap_or(u64::MAX);
        events.push(RestoreEvent::Cancelled { state, count });
    }
    let tasks = |entry: &'a Entry<'a>| {
        let orphans = entry.running.iter().copied().filter(move |task| entry.is_orphan(task));
        orphans.filter_map(|task| Some((&task.job, task.task.as_deref()?, task.node.as_ref()?)))
    };
    let mut orphans: Vec<(&String, &str, &NodeName)> = met().flat_map(tasks).collect();
    orphans.sort_by_cached_key(|(job, task, node)| {
        (order::key(job), order::task_key(task), (*node).clone())
    });
    events.extend(orphans.into_iter().map(|(job, task, node)| RestoreEvent::Orphan {
        job: job.clone(),
        task: task.to_owned(),
        node: node.clone(),
    }));
    events.push(RestoreEvent::Complete);
    events
}

/// The line of an event as the scheduler logs it.
#[must_use]
pub fn line(event: &RestoreEvent) -> String {
    let (source, text) = match event {
        RestoreEvent::Started => {
            ("SchedulerService", "The scheduler has started in restore mode.".to_owned())
        }
        RestoreEvent::Cancelled { state, count } => {
            ("SchedulerService", format!("{count} {state} jobs were canceled during restore."))
        }
        RestoreEvent::Orphan { job, task, node } => (
            "RC",
            format!("Task {job}.{task} is not running node {node} any more. Tries to cancel it"),
        ),
        RestoreEvent::Complete => ("SchedulerService", "Scheduler restore complete.".to_owned()),
    };
    format!("{{Warning}} [{source}] {text}")
}
