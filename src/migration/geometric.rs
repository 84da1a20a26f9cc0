//! The textbook: every round sends what was dirtied during the one before, at a constant rate.

use super::policy::Loop;
use super::setup::Setup;
use super::wire::as_f64;
use crate::model::{Forecast, Outcome, Round};

/// Nobody waits for more rounds.
const MOST_ROUNDS: u32 = 1000;

/// A geometric series V·λ^i, λ = dirty rate / bandwidth, until what is left fits the threshold,
/// which is then sent while the VM stands still (Liu et al. 2011, and most spreadsheets).
///
/// Sizes in bytes, rates in bytes a millisecond. It knows no page that is written twice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// Bytes of each round, the last one while the VM stands still.
    pub(super) rounds: Vec<f64>,
    /// Whether what is left ever fits the threshold.
    pub(super) converges: bool,
}

/// The series of a volume.
pub(super) fn series(volume: f64, bandwidth: f64, dirty: f64, threshold: f64) -> Series {
    let ratio = dirty / bandwidth;
    let mut rounds = vec![volume];
    let mut left = volume * ratio;
    while left > threshold && ratio < 1.0 && rounds.len() < MOST_ROUNDS as usize {
        rounds.push(left);
        left *= ratio;
    }
    let converges = left <= threshold;
    rounds.push(left);
    Series { rounds, converges }
}

/// The series of a specification: what is used of the memory, every write a new dirty page.
pub(super) fn run(setup: &Setup<'_>) -> Forecast {
    let spec = setup.spec;
    let used = as_f64(spec.pages().saturating_sub(spec.zero_pages)) * setup.page;
    let writes: f64 = spec.groups.iter().map(|it| it.writes_per_s / 1000.0).sum();
    let threshold = setup.rate * setup.limit_ms;
    let series = series(used, setup.rate, writes * setup.page, threshold);
    let (last, copied) = match series.rounds.split_last() {
        Some((last, copied)) => (*last, copied),
        None => (0.0, &series.rounds[..]),
    };
    let precopy: f64 = copied.iter().sum();
    let downtime = if series.converges { last } else { 0.0 };
    let downtime_ms = if series.converges { last / setup.link + setup.fixed_ms } else { 0.0 };
    Forecast {
        name: spec.name.clone(),
        outcome: if series.converges { Outcome::Converged } else { Outcome::Stalled },
        total_ms: precopy / setup.rate + downtime_ms,
        downtime_ms,
        blackout_ms: downtime_ms,
        transferred_bytes: precopy + downtime,
        precopy_bytes: precopy,
        downtime_bytes: downtime,
        normal_pages: (precopy + downtime) / setup.page,
        zero_pages: 0.0,
        dirty_sync_count: u32::try_from(series.rounds.len()).unwrap_or(u32::MAX),
        threshold_bytes: threshold,
        plateau_pages: (!series.converges).then_some(last.min(used) / setup.page),
        rounds: rounds(setup, &series.rounds, used),
        assumptions: vec![
            "the geometric series is for comparison only: it takes every write for a new dirty \
             page, which overstates what is sent again"
                .to_owned(),
        ]
        .into_iter()
        .chain(ignored(setup))
        .collect(),
    }
}

/// What of the specification the series knows nothing of.
fn ignored(setup: &Setup<'_>) -> Option<String> {
    let (spec, preset) = (setup.spec, &setup.preset);
    let has_steps = !preset.steps.is_empty() || preset.doubling.is_some();
    let all = [
        (has_steps || matches!(preset.runs, Loop::Rounds(_)), "what the policy does"),
        (setup.time_limit.is_some(), "the time limit"),
        (preset.auto_converge.is_some(), "auto-converge"),
        (spec.xbzrle.is_some(), "xbzrle"),
        (spec.multifd_channels.is_some_and(|it| it > 0), "multifd"),
        (setup.postcopy_after.is_some(), "post-copy"),
        (!setup.changes.is_empty(), "phases"),
    ];
    let told: Vec<&str> = all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    (!told.is_empty()).then(|| format!("the series ignores {}", told.join(", ")))
}

/// Rounds of so many bytes; no more can be dirty than what is used.
fn rounds(setup: &Setup<'_>, bytes: &[f64], used: f64) -> Vec<Round> {
    let mut start_ms = 0.0;
    let mut rounds = Vec::new();
    for (iteration, pair) in (0..).zip(bytes.windows(2)) {
        let (duration_ms, left) = (pair[0] / setup.rate, pair[1].min(used));
        rounds.push(Round {
            iteration,
            start_ms,
            duration_ms,
            sent_pages: pair[0] / setup.page,
            sent_bytes: pair[0],
            newly_dirty_pages: left / setup.page,
            known_dirty_pages: left / setup.page,
            throttle_percent: 0.0,
            expected_downtime_ms: left / setup.rate,
        });
        start_ms += duration_ms;
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::series;
    use crate::migration::forecast;
    use crate::migration::samples::hopeless;
    use crate::model::Engine;

    #[test]
    fn no_more_is_dirty_than_is_used_and_what_is_ignored_is_told() {
        let mut spec = hopeless();
        spec.engine = Engine::Geometric;
        spec.time_limit_ms = Some(60_000.0);
        let it = forecast(&spec).unwrap();
        let used = crate::migration::wire::as_f64(spec.pages() - spec.zero_pages);
        assert!(it.plateau_pages.unwrap() <= used && it.rounds[0].known_dirty_pages <= used);
        assert!(it.assumptions.contains(&"the series ignores the time limit".to_owned()));
        assert!(it.assumptions.iter().all(|it| !it.contains("KVM")), "{:?}", it.assumptions);
    }

    #[test]
    fn the_reference_series() {
        let series = series(1024.0, 112.0, 30.0, 50.0);
        let sum: f64 = series.rounds.iter().sum();
        assert_eq!(series.rounds.len(), 4);
        assert!((sum - 1391.434).abs() < 1e-3, "{sum}");
        assert!((sum / 112.0 - 12.4235).abs() < 1e-4);
        assert!((series.rounds[3] / 112.0 - 0.17571).abs() < 1e-5);
        assert!(series.converges);
    }

    #[test]
    fn a_rate_above_the_bandwidth_never_converges() {
        assert!(!series(1024.0, 30.0, 30.0, 1.0).converges);
        assert!(series(1024.0, 30.0, 0.0, 1.0).converges);
    }
}
