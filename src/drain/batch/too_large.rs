//! Jobs that wait and can't start while nodes are closed.

use crate::model::{BatchJob, Capacity, JobState, TooLarge};

/// Most jobs that are told.
const MOST: usize = 10;

/// Waiting jobs for which there are not enough cores open together at some time, although there are
/// when all nodes are open; largest first, of equal ones by identity.
pub(super) fn too_large(jobs: &[BatchJob], curve: &[Capacity]) -> Vec<TooLarge> {
    let waiting = jobs.iter().filter(|it| it.state == JobState::Queued);
    let mut sorted: Vec<(u64, &str)> =
        waiting.filter_map(|job| Some((job.cores?, job.id.as_str()))).collect();
    sorted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let told = |(cores, job): (u64, &str)| {
        let fits = |it: &Capacity| whole(it.largest) >= cores;
        let from = curve.iter().position(|it| !fits(it))?;
        let to_s = curve[from..].iter().find(|it| fits(it)).map(|it| it.at_s);
        Some(TooLarge { job: job.to_owned(), cores, from_s: curve[from].at_s, to_s })
    };
    sorted.into_iter().filter_map(told).take(MOST).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cores of a cluster; half a core is rounding"
)]
fn whole(cores: f64) -> u64 {
    (cores + 0.5) as u64
}
