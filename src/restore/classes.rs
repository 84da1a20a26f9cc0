//! How the restored table and the nodes stand to each other, job by job.

use std::collections::{BTreeMap, BTreeSet};

use super::Tables;
use crate::model::{BatchJob, BatchTask, JobState, NodeName, RestoreClass, RestoreSystem};

/// All that is known of a job, and its class.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a str,
    pub(super) class: RestoreClass,
    /// Its record in the restored table.
    pub(super) record: Option<&'a BatchJob>,
    /// How somebody saw it last.
    pub(super) seen: Option<&'a BatchJob>,
    /// Nodes that the record knows of.
    pub(super) nodes: BTreeSet<&'a NodeName>,
    /// Tasks that the record knows of; empty where the table tells no tasks.
    pub(super) tasks: BTreeSet<&'a str>,
    /// Tasks that run.
    pub(super) running: Vec<&'a BatchTask>,
    /// Whether a node, or who saw it last, says that it ended.
    ended: bool,
}

impl Entry<'_> {
    /// Whether the record knows of the node of a task.
    pub(super) fn knows_node_of(&self, task: &BatchTask) -> bool {
        task.node.as_ref().is_some_and(|node| self.nodes.contains(node))
    }

    /// Whether a task has no record: its job has none, or only others.
    pub(super) fn is_orphan(&self, task: &BatchTask) -> bool {
        let Some(id) = task.task.as_deref() else { return self.record.is_none() };
        self.record.is_none() || (!self.tasks.is_empty() && !self.tasks.contains(id))
    }
}

/// Every job of the tables once, in order of identity as text.
///
/// A job without a record is an orphan if a node runs it. One with a record is put first by the
/// state recorded: what ended or was never submitted is kept, and states of which the system's rules
/// say nothing stay unspecified. What runs by the table matches if a node it knows of runs it, or if
/// it knows of none; has moved if only others run it; finished if somebody says so; else vanished.
/// What waits by the table has started, has finished, or still waits.
pub(super) fn classify<'a>(system: RestoreSystem, tables: &Tables<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = gather(tables).into_values().collect();
    for entry in &mut entries {
        entry.class = class(system, entry, tables.restored_at);
    }
    entries
}

fn gather<'a>(tables: &Tables<'a>) -> BTreeMap<&'a str, Entry<'a>> {
    let mut all: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
    for job in tables.jobs {
        let entry = all.entry(&job.id).or_insert_with(|| empty(&job.id));
        if entry.record.is_none() {
            entry.record = Some(job);
            entry.nodes.extend(job.hosts.iter().map(|host| &host.node));
        }
    }
    for task in tables.tasks {
        // A task of a job that the table does not have is no record of that job.
        if let Some(entry) = all.get_mut(task.job.as_str()) {
            entry.tasks.extend(task.task.as_deref());
            entry.nodes.extend(task.node.iter().filter(|_| task.state.holds_hosts()));
        }
    }
    for task in tables.live {
        let entry = all.entry(&task.job).or_insert_with(|| empty(&task.job));
        if task.state.holds_hosts() {
            entry.running.push(task);
        }
        entry.ended |= task.state.is_terminal();
    }
    for job in tables.seen {
        let entry = all.entry(&job.id).or_insert_with(|| empty(&job.id));
        entry.seen = entry.seen.or(Some(job));
        entry.ended |= job.state.is_terminal();
    }
    all
}

fn empty(id: &str) -> Entry<'_> {
    Entry {
        id,
        class: RestoreClass::Forgotten,
        record: None,
        seen: None,
        nodes: BTreeSet::new(),
        tasks: BTreeSet::new(),
        running: Vec::new(),
        ended: false,
    }
}

fn class(system: RestoreSystem, entry: &Entry<'_>, restored_at: Option<i64>) -> RestoreClass {
    let submitted = entry.seen.or(entry.record).and_then(|job| job.submitted);
    if submitted.zip(restored_at).is_some_and(|(submitted, restored)| submitted >= restored) {
        return RestoreClass::New;
    }
    let (runs, ended) = (!entry.running.is_empty(), entry.ended);
    let Some(record) = entry.record else {
        return if runs { RestoreClass::Orphan } else { RestoreClass::Forgotten };
    };
    match recorded(system, record.state) {
        Recorded::Over => RestoreClass::Keep,
        Recorded::Unspecified => RestoreClass::Unspecified,
        Recorded::Running if runs => {
            let known = entry.nodes.is_empty()
                || entry.running.iter().any(|task| entry.knows_node_of(task));
            if known { RestoreClass::Match } else { RestoreClass::Moved }
        }
        Recorded::Waiting if runs => RestoreClass::StartedSince,
        Recorded::Running | Recorded::Waiting if ended => RestoreClass::FinishedSince,
        Recorded::Running => RestoreClass::Vanished,
        Recorded::Waiting => RestoreClass::Queued,
    }
}

enum Recorded {
    Over,
    Running,
    Waiting,
    Unspecified,
}

/// What a recorded state is to the system's rules. Those of Windows HPC Server name seven states;
/// of `ExternalValidation`, `Finishing`, `Failed` and `Canceling` they say nothing.
fn recorded(system: RestoreSystem, state: JobState) -> Recorded {
    match (system, state) {
        (_, JobState::Draft | JobState::Finished | JobState::Canceled) => Recorded::Over,
        (_, JobState::Running) => Recorded::Running,
        (_, JobState::Submitted | JobState::Validating | JobState::Queued) => Recorded::Waiting,
        (RestoreSystem::HpcPack, _) | (_, JobState::Unknown) => Recorded::Unspecified,
        (_, JobState::Failed) => Recorded::Over,
        (_, JobState::Held | JobState::ExternalValidation) => Recorded::Waiting,
        (_, JobState::Suspended | JobState::Finishing | JobState::Canceling) => Recorded::Running,
    }
}
