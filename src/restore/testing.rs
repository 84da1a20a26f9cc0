//! Jobs and tasks for tests.

use crate::model::{BatchJob, BatchTask, HostShare, JobState, NodeName};

/// A job with one host, or none.
pub(super) fn job(id: &str, state: JobState, host: Option<&str>) -> BatchJob {
    let mut job = BatchJob::new(id, state, format!("{state:?}"));
    job.hosts.extend(host.map(|it| HostShare { node: NodeName::new(it), cores: None }));
    job
}

/// A task of an hour on ten cores.
pub(super) fn task(job: &str, task: &str, node: &str, state: JobState) -> BatchTask {
    BatchTask {
        job: job.to_owned(),
        task: Some(task.to_owned()),
        node: Some(NodeName::new(node)),
        state,
        state_word: format!("{state:?}"),
        cores: Some(10),
        elapsed_s: Some(3600),
    }
}
