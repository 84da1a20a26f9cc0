//! How long jobs run.

use super::as_f64;

/// Most knots of a law that is made of a history.
const KNOTS: usize = 256;
/// Jobs that used this share of their limit ran into it: schedulers end them some seconds early or
/// late.
const AT_LIMIT: f64 = 0.999;

/// How long jobs run, as a share of their limit: the part of all jobs that still runs, piecewise
/// linear from 1 at the start; what is left at the limit ends there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Law {
    knots: Vec<Knot>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Knot {
    /// Share of the limit, 0 to 1.
    share: f64,
    /// Part of all jobs that still runs then.
    alive: f64,
    /// Integral of that part up to here.
    area: f64,
}

impl Law {
    /// Nothing is known but which part of all jobs, 0 to 1, runs into its limit: the others end at
    /// any time with the same chance.
    #[must_use]
    pub(super) fn uniform(at_limit: f64) -> Self {
        Self::through(&[(0.0, 1.0), (1.0, at_limit.clamp(0.0, 1.0))])
    }

    /// What past jobs did: of each the share of its limit that it used. `None` without any.
    ///
    /// Half a job is added at the limit, so that no running job is taken to be over for certain only
    /// because none of the past ran as long.
    #[must_use]
    pub(super) fn of_history(shares: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut shares: Vec<f64> = shares.into_iter().filter(|it| it.is_finite()).collect();
        shares.sort_by(f64::total_cmp);
        let below = shares.partition_point(|share| *share < AT_LIMIT);
        let alive = |ended: usize| 1.0 - as_f64(ended) / (as_f64(shares.len()) + 0.5);
        let steps = KNOTS.min(below);
        let knot = |step: usize| {
            let ended = step * below / steps;
            (shares[ended - 1].max(0.0), alive(ended))
        };
        let start = std::iter::once((0.0, 1.0));
        let points: Vec<_> =
            start.chain((1..=steps).map(knot)).chain([(1.0, alive(below))]).collect();
        (!shares.is_empty()).then(|| Self::through(&points))
    }

    /// Through points of share and part that still runs, by share.
    fn through(points: &[(f64, f64)]) -> Self {
        let mut knots: Vec<Knot> = Vec::with_capacity(points.len());
        for &(share, alive) in points {
            let area = knots.last().map_or(0.0, |last| {
                last.area + (share - last.share) * f64::midpoint(last.alive, alive)
            });
            knots.push(Knot { share, alive, area });
        }
        Self { knots }
    }

    /// Part of all jobs that still runs after a share of its limit; none at the limit.
    #[must_use]
    pub(super) fn alive(&self, share: f64) -> f64 {
        if share < 1.0 { self.at(share.max(0.0)).alive } else { 0.0 }
    }

    /// Integral of [`Self::alive`] up to a share: what jobs run of it on average.
    #[must_use]
    pub(super) fn area(&self, share: f64) -> f64 {
        self.at(share.clamp(0.0, 1.0)).area
    }

    /// Share of their limit that jobs run on average.
    #[must_use]
    pub(super) fn mean(&self) -> f64 {
        self.area(1.0)
    }

    fn at(&self, share: f64) -> Knot {
        let after = self.knots.partition_point(|knot| knot.share <= share);
        let after = after.clamp(1, self.knots.len() - 1);
        let (from, to) = (self.knots[after - 1], self.knots[after]);
        let width = to.share - from.share;
        let within = if width > 0.0 { (share - from.share) / width } else { 1.0 };
        let alive = from.alive + (to.alive - from.alive) * within;
        let area = from.area + (share - from.share) * f64::midpoint(from.alive, alive);
        Knot { share, alive, area }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value} {expected}");
    }

    #[test]
    fn without_a_history_the_end_is_anywhere_or_at_the_limit() {
        let law = Law::uniform(0.2);
        near(law.alive(0.0), 1.0);
        near(law.alive(0.5), 0.6);
        near(law.alive(1.0), 0.0);
        near(law.mean(), 0.6);
        near(law.area(0.5), 0.4);
    }

    #[test]
    fn a_history_gives_its_own_mean_and_its_part_at_the_limit() {
        let shares = (0..1000).map(|it| f64::from(it) / 2000.0).chain([1.0; 250]);
        let law = Law::of_history(shares).unwrap();
        assert!((law.mean() - (0.8 * 0.25 + 0.2)).abs() < 0.003);
        assert!((law.alive(0.999_9) - 0.2).abs() < 0.001);
        assert!((law.alive(0.25) - 0.6).abs() < 0.003);
    }

    #[test]
    fn one_past_job_and_none_are_no_trouble() {
        assert_eq!(Law::of_history([]), None);
        assert_eq!(Law::of_history([f64::NAN]), None);
        let law = Law::of_history([0.5]).unwrap();
        assert!(law.alive(0.75) > 0.0 && law.alive(1.0) <= 0.0);
        near(Law::of_history([7.0]).unwrap().alive(0.9), 1.0);
        near(Law::of_history([0.0, 0.0]).unwrap().alive(0.0), 0.2);
    }
}
