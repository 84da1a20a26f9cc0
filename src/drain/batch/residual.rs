//! What still runs on a core at any time, when the queue never empties.

use super::as_f64;
use super::law::Law;

/// Steps of the table.
const STEPS: usize = 1024;

/// How much longer a job goes on that is met at any time, where each job is followed at once by
/// another: a distribution, as a table.
///
/// With the part of jobs that still runs S and its integral `area`, a job with limit L that is met is
/// over within t with the chance `area(t/L)/area(1)`: the residual life of renewal theory.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Residual {
    step_s: f64,
    over: Vec<f64>,
}

/// Which end of a job counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// When it is done.
    Done,
    /// When its limit ends it at the latest.
    Limit,
}

impl Residual {
    /// Of limits in seconds, each with its weight: its share of the cores. `None` without any.
    #[must_use]
    pub(super) fn new(law: &Law, limits: &[(f64, f64)], end: End) -> Option<Self> {
        let weight: f64 = limits.iter().map(|it| it.1).sum();
        let longest = limits.iter().map(|it| it.0).fold(0.0, f64::max);
        if weight <= 0.0 || longest <= 0.0 {
            return None;
        }
        let step_s = longest / as_f64(STEPS);
        let over = |step: usize| {
            let s = step_s * as_f64(step);
            let of_limit = |(limit, it): &(f64, f64)| it / weight * over_at(law, s / limit, end);
            limits.iter().map(of_limit).sum()
        };
        Some(Self { step_s, over: (0..=STEPS).map(over).collect() })
    }

    /// Chance that it is over within so many seconds.
    #[must_use]
    pub(super) fn over_within(&self, s: f64) -> f64 {
        let place = (s / self.step_s).clamp(0.0, as_f64(STEPS));
        let below = floor(place);
        let (from, to) = (self.over[below], self.over[(below + 1).min(STEPS)]);
        from + (to - from) * (place - as_f64(below))
    }

    /// The longest that it can be, seconds.
    #[must_use]
    pub(super) fn bound_s(&self) -> f64 {
        self.step_s * as_f64(STEPS)
    }

    /// How long it is on average, seconds; as long as such a job has run already.
    #[must_use]
    pub(super) fn mean_s(&self) -> f64 {
        let left = |it: &[f64]| 1.0 - f64::midpoint(it[0], it[1]);
        self.over.windows(2).map(left).sum::<f64>() * self.step_s
    }
}

/// Chance that a job that is met is over after a share of its limit more.
fn over_at(law: &Law, share: f64, end: End) -> f64 {
    let over = law.area(match end {
        End::Done => share,
        End::Limit => 1.0 - share,
    }) / law.mean();
    if end == End::Done { over } else { 1.0 - over }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in the table, from 0 to its length"
)]
fn floor(place: f64) -> usize {
    place as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    /// Jobs of one length are met anywhere in it; both ends are the same.
    #[test]
    fn jobs_of_one_length_are_met_anywhere_in_it() {
        let law = Law::uniform(1.0);
        for end in [End::Done, End::Limit] {
            let residual = Residual::new(&law, &[(8.0 * HOUR, 3.0)], end).unwrap();
            assert!((residual.over_within(2.0 * HOUR) - 0.25).abs() < 1e-9);
            assert!((residual.mean_s() / HOUR - 4.0).abs() < 1e-6);
            assert!((residual.bound_s() / HOUR - 8.0).abs() < 1e-9);
        }
    }

    /// The mean is E[X²]/2E[X]: of a uniform length up to L it is L/3; up to the limit, 2L/3.
    #[test]
    fn long_jobs_are_met_more_often() {
        let law = Law::uniform(0.0);
        let mean = |end| Residual::new(&law, &[(24.0, 1.0)], end).unwrap().mean_s();
        assert!((mean(End::Done) - 8.0).abs() < 1e-3);
        assert!((mean(End::Limit) - 16.0).abs() < 1e-3);
    }

    #[test]
    fn limits_are_mixed_by_their_cores() {
        let law = Law::uniform(1.0);
        let mixed = Residual::new(&law, &[(1.0, 1.0), (4.0, 3.0)], End::Done).unwrap();
        assert!((mixed.over_within(1.0) - (0.25 + 0.75 * 0.25)).abs() < 1e-9);
        assert!(
            (mixed.over_within(9.0) - 1.0).abs() < 1e-9 && mixed.over_within(-1.0).abs() < 1e-9
        );
        assert_eq!(Residual::new(&law, &[], End::Done), None);
        assert_eq!(Residual::new(&law, &[(0.0, 1.0)], End::Done), None);
    }
}
