//! Jobs of `squeue`, `scontrol show jobs` and `sacct`.

use serde::Deserialize;

use super::values::{Number, Words, moment};
use crate::import::batch::BatchError;
use crate::import::batch::error::At;
use crate::import::batch::hostlist::expand;
use crate::model::{BatchJob, HostShare, JobPart, JobState, Limit, NodeName, Priority};

/// A job of any of the commands; only what is read.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct Record {
    job_id: u64,
    name: Option<String>,
    user_name: Option<String>,
    user: Option<String>,
    #[serde(default)]
    job_state: Option<Words>,
    state: Option<State>,
    #[serde(default)]
    priority: Number,
    #[serde(default)]
    submit_time: Number,
    #[serde(default)]
    start_time: Number,
    #[serde(default)]
    time_limit: Option<Number>,
    time: Option<Times>,
    nodes: Option<String>,
    #[serde(default)]
    cpus: Number,
    required: Option<Required>,
    tres: Option<Tres>,
    requeue: Option<bool>,
    hold: Option<bool>,
    #[serde(default)]
    array_job_id: Number,
    #[serde(default)]
    array_task_id: Number,
    array_task_string: Option<String>,
    array: Option<Array>,
    #[serde(default)]
    het_job_id: Number,
    #[serde(default)]
    het_job_offset: Number,
    het: Option<Het>,
    state_description: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct State {
    current: Words,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Times {
    #[serde(default)]
    elapsed: Number,
    #[serde(default)]
    start: Number,
    #[serde(default)]
    submission: Number,
    #[serde(default)]
    limit: Option<Number>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Required {
    #[serde(default, rename = "CPUs")]
    cpus: Number,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Tres {
    #[serde(default)]
    allocated: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Resource {
    r#type: Option<String>,
    #[serde(default)]
    count: Number,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Array {
    #[serde(default)]
    job_id: Number,
    #[serde(default)]
    task_id: Number,
    task: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Het {
    #[serde(default)]
    job_id: Number,
    #[serde(default)]
    job_offset: Number,
}

impl Record {
    /// Whether sacct wrote it.
    pub(super) fn is_accounting(&self) -> bool {
        self.state.is_some()
    }

    /// The job in the words of all systems.
    ///
    /// # Errors
    /// The first value that is wrong.
    pub(super) fn read(self, at: At<'_>) -> Result<BatchJob, BatchError> {
        let words = self.job_state.as_ref().or(self.state.as_ref().map(|it| &it.current));
        let words = words.filter(|it| !it.0.is_empty()).ok_or_else(|| at.missing("job_state"))?;
        let state = held(state(&words.0), self.hold, self.priority);
        let mut job = BatchJob::new(self.job_id.to_string(), state, words.0.join("+"));
        let time = |key: &str, number: Number| {
            let wrong = |it: i64| at.wrong(key, &it.to_string(), "a time in seconds since 1970");
            moment(number).map_err(wrong)
        };
        job.submitted = match &self.time {
            Some(times) => time("time.submission", times.submission)?,
            None => time("submit_time", self.submit_time)?,
        };
        // The start of a job that waits is when Slurm expects it to begin.
        let started = match &self.time {
            Some(times) => time("time.start", times.start)?,
            None => time("start_time", self.start_time)?,
        };
        job.started = started.filter(|_| !job.state.waits());
        job.elapsed_s = self.time.as_ref().and_then(|it| it.elapsed.count());
        job.limit = self.limit();
        job.priority = self.priority.count().and_then(|rank| {
            Some(Priority { rank: i64::try_from(rank).ok()?, word: rank.to_string() })
        });
        job.cores = self.cores();
        job.hosts = self.hosts(job.cores, at)?;
        job.part_of = self.part_of();
        job.requeue = self.requeue;
        let some = |text: Option<String>| text.filter(|it| !it.is_empty());
        job.error = some(self.state_description);
        job.name = some(self.name);
        job.owner = some(self.user_name).or(some(self.user));
        Ok(job)
    }

    /// Limits are in minutes.
    fn limit(&self) -> Limit {
        let limit = self.time.as_ref().and_then(|it| it.limit).or(self.time_limit);
        match limit {
            None | Some(Number::Unset) => Limit::Unknown,
            Some(Number::Infinite) => Limit::None,
            Some(minutes) => minutes
                .count()
                .and_then(|it| it.checked_mul(60))
                .map_or(Limit::Unknown, Limit::Seconds),
        }
    }

    fn cores(&self) -> Option<u64> {
        let allocated = self.tres.iter().flat_map(|it| &it.allocated);
        let cpu = allocated.filter(|it| it.r#type.as_deref() == Some("cpu"));
        let cpu = cpu.filter_map(|it| it.count.count()).max();
        let required = self.required.as_ref().and_then(|it| it.cpus.count());
        self.cpus.count().or(cpu).or(required)
    }

    /// The hosts, with cores where they can only be equal: how they are spread is in `job_resources`.
    fn hosts(&self, cores: Option<u64>, at: At<'_>) -> Result<Vec<HostShare>, BatchError> {
        let text = self.nodes.as_deref().unwrap_or_default();
        let names = expand(text).map_err(|why| at.wrong("nodes", text, why))?;
        let count = u64::try_from(names.len()).unwrap_or(u64::MAX).max(1);
        let each = cores.filter(|it| it.is_multiple_of(count)).map(|it| it / count);
        let mut seen = std::collections::BTreeSet::new();
        let mut hosts = Vec::with_capacity(names.len());
        for name in names {
            if !seen.insert(name.clone()) {
                return Err(at.wrong("nodes", text, format!("a list that names {name} once")));
            }
            hosts.push(HostShare { node: NodeName::new(name), cores: each });
        }
        Ok(hosts)
    }

    fn part_of(&self) -> Option<JobPart> {
        let array = self.array.as_ref();
        let array_job = self.array_job_id.count().or(array.and_then(|it| it.job_id.count()));
        if let Some(job) = array_job.filter(|it| *it > 0) {
            let task = self.array_task_id.count().or(array.and_then(|it| it.task_id.count()));
            let waiting = self.array_task_string.clone().or(array.and_then(|it| it.task.clone()));
            let index = task.map(|it| it.to_string()).or(waiting).unwrap_or_default();
            return Some(JobPart::Array { job: job.to_string(), index });
        }
        let het = self.het.as_ref();
        let het_job = self.het_job_id.count().or(het.and_then(|it| it.job_id.count()));
        let offset = self.het_job_offset.count().or(het.and_then(|it| it.job_offset.count()));
        let job = het_job.filter(|it| *it > 0)?.to_string();
        Some(JobPart::Heterogeneous { job, offset: offset.unwrap_or(0) })
    }
}

/// A job that waits with priority 0 is held, as `squeue` itself tells it.
fn held(state: JobState, hold: Option<bool>, priority: Number) -> JobState {
    let waits_for_release = hold.unwrap_or(priority == Number::Is(0));
    if state == JobState::Queued && waits_for_release { JobState::Held } else { state }
}

/// The state of all the words: what is going on outweighs the base state.
fn state(words: &[String]) -> JobState {
    let states = words.iter().map(|word| of_word(word));
    let rank = |state: &JobState| match state {
        JobState::Finishing => 3,
        JobState::Held => 2,
        JobState::Unknown => 0,
        _ => 1,
    };
    // Of equals the first is the base state.
    states.rev().max_by_key(rank).unwrap_or(JobState::Unknown)
}

fn of_word(word: &str) -> JobState {
    // sacct writes `CANCELLED by 1000`.
    match word.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
        "PENDING" | "REQUEUED" | "REQUEUE_FED" | "EXPEDITING" => JobState::Queued,
        "REQUEUE_HOLD" | "SPECIAL_EXIT" | "RESV_DEL_HOLD" => JobState::Held,
        "RUNNING" | "CONFIGURING" | "SIGNALING" | "RESIZING" | "POWER_UP_NODE" => JobState::Running,
        "SUSPENDED" | "STOPPED" => JobState::Suspended,
        "COMPLETING" | "STAGE_OUT" | "UPDATE_DB" => JobState::Finishing,
        "COMPLETED" => JobState::Finished,
        "CANCELLED" | "REVOKED" => JobState::Canceled,
        "FAILED" | "TIMEOUT" | "NODE_FAIL" | "BOOT_FAIL" | "DEADLINE" | "OUT_OF_MEMORY"
        | "LAUNCH_FAILED" | "RECONFIG_FAIL" | "PREEMPTED" => JobState::Failed,
        _ => JobState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_outweighs_the_base_state() {
        let cases: [(&[&str], JobState); 8] = [
            (&["RUNNING"], JobState::Running),
            (&["COMPLETED", "COMPLETING"], JobState::Finishing),
            (&["COMPLETING", "CANCELLED"], JobState::Finishing),
            (&["PENDING", "REQUEUE_HOLD"], JobState::Held),
            (&["CANCELLED by 1000"], JobState::Canceled),
            (&["RUNNING", "SIGNALING"], JobState::Running),
            (&["SOMETHING_NEW"], JobState::Unknown),
            (&["SOMETHING_NEW", "RUNNING"], JobState::Running),
        ];
        for (words, expected) in cases {
            let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(state(&words), expected, "{words:?}");
        }
    }
}
