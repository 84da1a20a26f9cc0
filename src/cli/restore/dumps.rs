//! The dumps that are given for one side of a restore.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::bail;

use crate::import::{Reading, read_batch};
use crate::model::{BatchDump, BatchFormat, BatchJob, BatchTask, RestoreSystem};

/// The dumps of one side.
pub(super) struct Dumps {
    pub(super) dumps: Vec<BatchDump>,
}

impl Dumps {
    /// Reads them.
    ///
    /// # Errors
    /// A file that can't be read, or that is of another system or holds no jobs and tasks.
    pub(super) fn read(
        paths: &[PathBuf],
        system: RestoreSystem,
        reading: &Reading,
    ) -> anyhow::Result<Self> {
        let mut dumps = Vec::new();
        for path in paths {
            let dump = read_batch(path, reading)?;
            let (format, found) = (dump.format.name(), dump.format.system());
            if found != system.batch() {
                bail!(
                    "{}: is {format} of {}, not of {}",
                    dump.origin,
                    found.name(),
                    system.batch().name()
                );
            }
            if !TELLS_JOBS.contains(&dump.format) {
                bail!("{}: is {format}, which tells neither jobs nor tasks", dump.origin);
            }
            dumps.push(dump);
        }
        Ok(Self { dumps })
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = &BatchJob> {
        self.dumps.iter().flat_map(|dump| &dump.jobs)
    }

    pub(super) fn tasks(&self) -> impl Iterator<Item = &BatchTask> {
        self.dumps.iter().flat_map(|dump| &dump.tasks)
    }

    /// Checks that there is a table of jobs, and that no job stands in two files.
    ///
    /// # Errors
    /// When it is not so.
    pub(super) fn need_jobs(&self) -> anyhow::Result<()> {
        if self.dumps.iter().all(|dump| dump.format == BatchFormat::WindowsTasks) {
            bail!("--backup tells tasks only: give the jobs of the restored table too");
        }
        let mut places = BTreeMap::new();
        for dump in &self.dumps {
            for job in &dump.jobs {
                if let Some(first) = places.insert(&job.id, &dump.origin) {
                    bail!("{}: job {} stands in {first} already", dump.origin, job.id);
                }
            }
        }
        Ok(())
    }

    /// Checks that what nodes run is told.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn need_tasks(&self, system: RestoreSystem) -> anyhow::Result<()> {
        let tells = |dump: &BatchDump| {
            system != RestoreSystem::HpcPack || dump.format == BatchFormat::WindowsTasks
        };
        if !self.dumps.iter().any(tells) {
            bail!(
                "--live tells jobs only: give the tasks on the nodes too (JobId, TaskId, Node, State)"
            );
        }
        Ok(())
    }

    /// What each file was taken for, and the notes of their readers.
    pub(super) fn notes(&self) -> Vec<String> {
        let told = |dump: &BatchDump| {
            let (jobs, tasks) = (dump.jobs.len(), dump.tasks.len());
            let number = if dump.format == BatchFormat::WindowsTasks { tasks } else { jobs };
            let what = if dump.format == BatchFormat::WindowsTasks { "tasks" } else { "jobs" };
            format!("{} was taken for {}: {number} {what}", dump.origin, dump.format.name())
        };
        let notes = self.dumps.iter().flat_map(|dump| dump.notes.clone());
        let mut all: Vec<String> = self.dumps.iter().map(told).collect();
        for note in notes {
            if !all.contains(&note) {
                all.push(note);
            }
        }
        all
    }
}

const TELLS_JOBS: [BatchFormat; 4] = [
    BatchFormat::SlurmJobs,
    BatchFormat::SlurmAccounting,
    BatchFormat::WindowsJobs,
    BatchFormat::WindowsTasks,
];

/// Of several tellings of one task on one node the first is kept.
pub(super) fn keep_first(tasks: &mut Vec<BatchTask>) {
    let mut seen = BTreeSet::new();
    tasks.retain(|task| seen.insert((task.job.clone(), task.task.clone(), task.node.clone())));
}
