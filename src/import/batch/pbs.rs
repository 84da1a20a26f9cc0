//! Jobs of PBS and TORQUE out of their attributes.

use super::attributes::Attributes;
use super::error::At;
use super::hosts::{asked, shares};
use super::time::When;
use super::{BatchError, Reading};
use crate::model::{BatchDump, BatchJob, HostShare, JobPart, JobState, Limit, Priority};

/// Adds a job.
///
/// # Errors
/// The first attribute that is wrong.
pub(super) fn add_job(
    dump: &mut BatchDump,
    id: &str,
    attributes: &Attributes,
    (at, reading): (At<'_>, &Reading),
) -> Result<(), BatchError> {
    let word = attributes.required("job_state", at)?;
    let exit = match attributes.number("Exit_status", at)? {
        None => attributes.number("exit_status", at)?,
        some => some,
    };
    let mut job = BatchJob::new(id, state(word, exit), word);
    job.name = attributes.text("Job_Name").map(str::to_owned);
    job.owner = attributes.text("Job_Owner").map(owner);
    job.priority =
        attributes.number("Priority", at)?.map(|rank| Priority { rank, word: rank.to_string() });
    job.submitted = time(dump, attributes, &["ctime", "qtime"], (at, reading))?;
    job.started = time(dump, attributes, &["stime", "start_time"], (at, reading))?;
    job.elapsed_s = attributes.seconds("resources_used.walltime", at)?;
    let limit = attributes.seconds("Resource_List.walltime", at)?;
    job.limit = limit.map_or(Limit::None, Limit::Seconds);
    job.requeue = attributes.truth("Rerunable", at)?;
    job.hosts = hosts(attributes, at)?;
    job.cores = cores(attributes, &job.hosts, at)?;
    job.part_of = part_of(id);
    job.error = attributes.text("comment").map(str::to_owned);
    dump.jobs.push(job);
    Ok(())
}

/// `user` of `user@submit.host`.
fn owner(text: &str) -> String {
    text.split_once('@').map_or(text, |(user, _)| user).to_owned()
}

/// The first of these times that is told.
fn time(
    dump: &mut BatchDump,
    attributes: &Attributes,
    keys: &[&str],
    (at, reading): (At<'_>, &Reading),
) -> Result<Option<i64>, BatchError> {
    for key in keys {
        let when = attributes.when(key, at, reading)?;
        if matches!(when, When::Assumed(_)) {
            dump.note(format!("times without a zone are taken as {}", reading.zone_name));
        }
        if let Some(time) = when.at() {
            return Ok(Some(time));
        }
    }
    Ok(None)
}

fn hosts(attributes: &Attributes, at: At<'_>) -> Result<Vec<HostShare>, BatchError> {
    let Some(text) = attributes.text("exec_host") else { return Ok(Vec::new()) };
    shares(text, attributes.text("exec_vnode")).map_err(|why| at.wrong("exec_host", text, why))
}

/// Cores by the hosts, else as asked for.
fn cores(
    attributes: &Attributes,
    hosts: &[HostShare],
    at: At<'_>,
) -> Result<Option<u64>, BatchError> {
    let held = hosts.iter().try_fold(0_u64, |sum, host| sum.checked_add(host.cores?));
    if let Some(cores) = held.filter(|_| !hosts.is_empty()) {
        return Ok(Some(cores));
    }
    for key in ["Resource_List.ncpus", "Resource_List.procs"] {
        if let Some(cores) = attributes.count(key, at)? {
            return Ok(Some(cores));
        }
    }
    Ok(attributes.text("Resource_List.nodes").and_then(asked))
}

/// The array of `123[7].server`; `123[].server` is the array itself.
fn part_of(id: &str) -> Option<JobPart> {
    let (number, rest) = id.split_once('[')?;
    let (index, server) = rest.split_once(']')?;
    let job = format!("{number}[]{server}");
    Some(JobPart::Array { job, index: index.to_owned() })
}

/// The states of PBS and TORQUE by their letters.
fn state(letter: &str, exit: Option<i64>) -> JobState {
    match letter {
        "Q" | "W" | "T" => JobState::Queued,
        "H" => JobState::Held,
        "R" | "B" => JobState::Running,
        "S" | "U" => JobState::Suspended,
        "E" => JobState::Finishing,
        "F" | "C" | "X" | "M" => match exit {
            None | Some(0) => JobState::Finished,
            Some(_) => JobState::Failed,
        },
        _ => JobState::Unknown,
    }
}
