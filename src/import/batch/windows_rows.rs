//! One line of a table of Windows HPC Server.

use csv::StringRecord;

use super::error::At;
use super::hosts::is_host_name;
use super::time::{When, duration, of_windows};
use super::{BatchError, Reading};
use crate::model::{BatchJob, BatchTask, HostShare, JobState, NodeName, Priority};

/// Priorities by name, with the numbers that Windows HPC Server has for them.
const PRIORITIES: [(&str, i64); 5] = [
    ("Lowest", 0),
    ("BelowNormal", 1000),
    ("Normal", 2000),
    ("AboveNormal", 3000),
    ("Highest", 4000),
];

/// A line and where it stands.
pub(super) struct Row<'a> {
    pub(super) columns: &'a [String],
    pub(super) record: &'a StringRecord,
    pub(super) origin: &'a str,
    pub(super) line: u64,
}

impl Row<'_> {
    /// The place of the line, for errors.
    pub(super) fn path(&self) -> String {
        format!("line {}", self.line)
    }

    /// The text in a column; an empty one is none.
    fn text(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|it| it == column)?;
        self.record.get(place).map(str::trim).filter(|it| !it.is_empty())
    }

    fn wrong(&self, column: &str, expected: impl Into<String>) -> BatchError {
        let value = self.text(column).unwrap_or_default();
        At { origin: self.origin, path: &self.path() }.wrong(column, value, expected)
    }

    /// A whole number that stands for a job or a task.
    fn id(&self, column: &str) -> Result<String, BatchError> {
        let text = self.text(column).unwrap_or_default();
        let number = text.parse::<u64>().ok().filter(|it| it.to_string() == text);
        number.map(|it| it.to_string()).ok_or_else(|| self.wrong(column, "a number"))
    }

    fn state(&self) -> Result<(JobState, String), BatchError> {
        let word = self.text("state").unwrap_or_default();
        let state = state(word).ok_or_else(|| {
            self.wrong("state", "a state of Windows HPC Server, such as Running or Queued")
        })?;
        Ok((state, word.to_owned()))
    }

    fn seconds(&self, column: &str) -> Result<Option<u64>, BatchError> {
        let wrong = || self.wrong(column, "a time such as 1.02:03:04");
        self.text(column).map(|text| duration(text).ok_or_else(wrong)).transpose()
    }

    fn count(&self, column: &str) -> Result<Option<u64>, BatchError> {
        let wrong = |_| self.wrong(column, "a count");
        self.text(column).map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn when(&self, column: &str, reading: &Reading) -> Result<When, BatchError> {
        let Some(text) = self.text(column) else { return Ok(When::Never) };
        of_windows(text, reading).ok_or_else(|| match &reading.date_format {
            Some(format) => {
                self.wrong(column, format!("a time as the date format {format} has it"))
            }
            None => self.wrong(
                column,
                "a time in ISO 8601: say with --date-format how dates are written, such as \
                 \"%m/%d/%Y %I:%M:%S %p\"",
            ),
        })
    }

    fn node(&self, column: &str, name: &str) -> Result<NodeName, BatchError> {
        let right = is_host_name(name);
        if right { Ok(NodeName::new(name)) } else { Err(self.wrong(column, "the name of a node")) }
    }
}

/// A job, and whether a time of it was taken to be in the reading's zone.
///
/// # Errors
/// The first value that is wrong.
pub(super) fn job(row: &Row<'_>, reading: &Reading) -> Result<(BatchJob, bool), BatchError> {
    let (state, word) = row.state()?;
    let mut job = BatchJob::new(row.id("id")?, state, word);
    job.name = row.text("name").map(str::to_owned);
    job.owner = row.text("owner").map(str::to_owned);
    job.priority = row.text("priority").map(|text| priority(row, text)).transpose()?;
    let times = [row.when("submittime", reading)?, row.when("starttime", reading)?];
    [job.submitted, job.started] = times.map(When::at);
    job.elapsed_s = row.seconds("runtime")?;
    job.cores = row.count("cores")?;
    job.error = row.text("error").map(str::to_owned);
    let mut seen = std::collections::BTreeSet::new();
    let separators = [',', ';', ' '];
    for name in row.text("node").unwrap_or_default().split(separators).filter(|it| !it.is_empty()) {
        if seen.insert(name) {
            job.hosts.push(HostShare { node: row.node("node", name)?, cores: None });
        }
    }
    Ok((job, times.iter().any(|it| matches!(it, When::Assumed(_)))))
}

/// A task on its node.
///
/// # Errors
/// The first value that is wrong.
pub(super) fn task(row: &Row<'_>) -> Result<BatchTask, BatchError> {
    let (state, state_word) = row.state()?;
    if state.holds_hosts() && row.text("node").is_none() {
        return Err(row.wrong("node", "the name of the node on which the task runs"));
    }
    let id = row.text("taskid").unwrap_or_default();
    let parts = id.split('.').all(|it| it.parse::<u32>().is_ok_and(|n| n.to_string() == it));
    if !parts {
        return Err(row.wrong("taskid", "a number, or numbers joined by points"));
    }
    Ok(BatchTask {
        job: row.id("jobid")?,
        task: Some(id.to_owned()),
        node: row.text("node").map(|name| row.node("node", name)).transpose()?,
        state,
        state_word,
        cores: row.count("cores")?,
        elapsed_s: row.seconds("runtime")?,
    })
}

fn priority(row: &Row<'_>, text: &str) -> Result<Priority, BatchError> {
    let named = PRIORITIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    let rank = named.map(|(_, rank)| *rank).or_else(|| text.parse().ok());
    let rank = rank.filter(|it| (0..=4000).contains(it));
    let wrong = || row.wrong("priority", "Lowest to Highest, or a number from 0 to 4000");
    Ok(Priority { rank: rank.ok_or_else(wrong)?, word: text.to_owned() })
}

/// States of jobs and tasks by their names.
fn state(word: &str) -> Option<JobState> {
    Some(match word.to_ascii_lowercase().as_str() {
        "configuring" => JobState::Draft,
        "submitted" => JobState::Submitted,
        "validating" => JobState::Validating,
        "externalvalidation" => JobState::ExternalValidation,
        "queued" => JobState::Queued,
        "dispatching" | "running" => JobState::Running,
        "finishing" => JobState::Finishing,
        "finished" => JobState::Finished,
        "failed" => JobState::Failed,
        "canceled" | "cancelled" => JobState::Canceled,
        "canceling" | "cancelling" => JobState::Canceling,
        _ => return None,
    })
}
