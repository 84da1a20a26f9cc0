//! The JSON of Slurm: `squeue`, `scontrol show jobs`, `scontrol show nodes`, `sacct`, since 20.11.
//!
//! Shapes that vary: a state is a word (nodes until 22.05, with flags beside it; jobs until 23.02)
//! or a list of words; a number is a number or `{"set", "infinite", "number"}`; sacct keeps states
//! and times in objects of their own. `job_resources` varies most and is not read.

mod jobs;
mod nodes;
mod values;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::BatchError;
use super::unique::Unique;
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat};
use jobs::Record;
use nodes::Node;
use values::{Number, moment};

#[derive(Deserialize)]
struct Dump {
    jobs: Option<Vec<Record>>,
    nodes: Option<Vec<Node>>,
    #[serde(default)]
    last_update: Number,
    #[serde(default)]
    errors: Option<Vec<Trouble>>,
    meta: Option<IgnoredAny>,
}

/// What Slurm says when it could not do what it was asked for.
#[derive(Deserialize)]
struct Trouble {
    #[serde(alias = "error")]
    description: Option<String>,
}

/// Reads the dump.
///
/// # Errors
/// JSON that is broken or of something else, and the first value that is wrong.
pub(super) fn read(source: Source<'_>) -> Result<BatchDump, BatchError> {
    let origin = source.origin;
    if !source.text.trim_start().starts_with('{') {
        return Err(unknown(origin, "a JSON array"));
    }
    let dump: Dump = source.whole().read()?;
    let accounting = dump.jobs.iter().flatten().any(Record::is_accounting);
    let format = match (&dump.jobs, &dump.nodes) {
        (Some(_), _) if accounting => BatchFormat::SlurmAccounting,
        (Some(_), _) => BatchFormat::SlurmJobs,
        (None, Some(_)) => BatchFormat::SlurmNodes,
        (None, None) if dump.meta.is_some() => return Err(refused(origin, dump.errors)),
        (None, None) => return Err(unknown(origin, "a JSON object without jobs and nodes")),
    };
    let mut read = BatchDump::new(origin, format);
    read.taken_at = moment(dump.last_update).ok().flatten();
    if let Some(trouble) = trouble(dump.errors) {
        read.note(format!("Slurm reports an error in {origin}: {trouble}"));
    }
    let (mut ids, mut names) = (Unique::default(), Unique::default());
    for (place, job) in dump.jobs.into_iter().flatten().enumerate() {
        let path = format!("jobs[{place}]");
        let job = job.read(super::error::At { origin, path: &path })?;
        ids.once(origin, &job.id, &path)?;
        read.jobs.push(job);
    }
    for (place, node) in dump.nodes.into_iter().flatten().enumerate() {
        let path = format!("nodes[{place}]");
        let node = node.read(super::error::At { origin, path: &path })?;
        names.once(origin, node.name.as_str(), &path)?;
        read.nodes.push(node);
    }
    Ok(read)
}

fn trouble(errors: Option<Vec<Trouble>>) -> Option<String> {
    errors?.into_iter().find_map(|it| it.description)
}

fn unknown(origin: &str, found: &str) -> BatchError {
    BatchError::Unknown { origin: origin.to_owned(), found: found.to_owned() }
}

fn refused(origin: &str, errors: Option<Vec<Trouble>>) -> BatchError {
    let said = trouble(errors).map_or(String::new(), |it| format!(" ({it})"));
    unknown(origin, &format!("an answer of Slurm with neither jobs nor nodes{said}"))
}
