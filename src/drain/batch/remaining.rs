//! How much longer a job runs that has run for a while.

use super::law::Law;

/// A job that runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Running {
    /// Seconds since its start.
    pub(super) elapsed_s: f64,
    /// Seconds that it may run.
    pub(super) limit_s: f64,
}

impl Running {
    /// The longest that it can go on, seconds. A job beyond its limit is about to be ended.
    #[must_use]
    pub(super) fn bound_s(&self) -> f64 {
        (self.limit_s - self.elapsed_s).max(0.0)
    }

    /// Chance that it is over within so many seconds.
    #[must_use]
    pub(super) fn over_within(&self, law: &Law, s: f64) -> f64 {
        self.over_within_of(law, self.alive(law), s)
    }

    /// The same where the part of all jobs that runs as long is known already.
    #[must_use]
    pub(super) fn over_within_of(&self, law: &Law, alive: f64, s: f64) -> f64 {
        if alive > 0.0 { (1.0 - law.alive(self.share(s)) / alive).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// Part of all jobs that runs as long as it has.
    #[must_use]
    pub(super) fn alive(&self, law: &Law) -> f64 {
        law.alive(self.share(0.0))
    }

    /// Share of its limit that it has run in so many seconds.
    fn share(&self, s: f64) -> f64 {
        if self.limit_s > 0.0 { (self.elapsed_s + s) / self.limit_s } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::quantile::mean;

    const HOUR: f64 = 3600.0;

    fn after(hours: f64) -> Running {
        Running { elapsed_s: hours * HOUR, limit_s: 24.0 * HOUR }
    }

    /// A limit of 24 hours, into which one job of five runs; by the formula
    /// L[(1−p)(1−a)²/2 + p(1−a)]/S(a).
    #[test]
    fn what_is_left_of_a_job_shrinks_slower_than_time_goes() {
        let law = Law::uniform(0.2);
        let table = [(0.0, 14.40), (6.0, 11.25), (12.0, 8.00), (18.0, 4.50), (23.0, 0.93)];
        for (elapsed, expected) in table {
            let job = after(elapsed);
            let hours = mean(|s| job.over_within(&law, s), job.bound_s()) / HOUR;
            assert!((hours - expected).abs() < 0.01, "{elapsed}: {hours}");
        }
    }

    #[test]
    fn chances_grow_to_certainty_at_the_limit() {
        let law = Law::uniform(0.2);
        let job = after(12.0);
        assert!(job.over_within(&law, 0.0).abs() < 1e-12);
        assert!((job.over_within(&law, 6.0 * HOUR) - (1.0 - 0.4 / 0.6)).abs() < 1e-12);
        assert!(job.over_within(&law, 11.99 * HOUR) < 0.7);
        assert!((job.over_within(&law, 12.0 * HOUR) - 1.0).abs() < 1e-12);
        assert!((job.bound_s() - 12.0 * HOUR).abs() < 1e-9);
    }

    #[test]
    fn a_job_beyond_its_limit_is_over() {
        let law = Law::uniform(0.2);
        for job in [after(24.0), after(30.0), Running { elapsed_s: 0.0, limit_s: 0.0 }] {
            assert!((job.over_within(&law, 0.0) - 1.0).abs() < 1e-12);
            assert!(job.bound_s().abs() < 1e-12);
        }
    }
}
