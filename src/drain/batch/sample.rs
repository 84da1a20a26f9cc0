//! A distribution function, looked at once.

use super::as_f64;

/// Cells between the places that are looked at.
const CELLS: usize = 96;
/// The last place is a hair before the end, since chances may jump to 1 there.
const BEFORE_END: f64 = 1.0 - 1e-12;

/// What a distribution function on 0 to an end is at places that lie closer together near 0 (at the
/// cubes of even steps), since most jobs are far shorter than the longest; straight lines between.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    end: f64,
    over: Vec<f64>,
}

impl Sample {
    pub(super) fn of(over: impl Fn(f64) -> f64, end: f64) -> Self {
        let at = |cell: usize| over((place(cell) * end).min(end * BEFORE_END));
        Self { end, over: (0..=CELLS).map(at).collect() }
    }

    /// The chance at a place.
    pub(super) fn over(&self, s: f64) -> f64 {
        if s < 0.0 {
            return 0.0;
        }
        if s >= self.end {
            return 1.0;
        }
        let cell = self.cell(s);
        let (from, to) = (place(cell) * self.end, place(cell + 1) * self.end);
        let part = ((s - from) / (to - from)).clamp(0.0, 1.0);
        self.over[cell] + (self.over[cell + 1] - self.over[cell]) * part
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cell, from 0 to their number"
    )]
    fn cell(&self, s: f64) -> usize {
        (((s / self.end).cbrt() * as_f64(CELLS)) as usize).min(CELLS - 1)
    }

    /// Mean and variance: integrals of what is not over, and of twice the place times it.
    pub(super) fn moments(&self) -> (f64, f64) {
        let (mut mean, mut square) = (0.0, 0.0);
        for (cell, pair) in self.over.windows(2).enumerate() {
            let (from, to) = (place(cell) * self.end, place(cell + 1) * self.end);
            let left = 1.0 - f64::midpoint(pair[0], pair[1]);
            mean += (to - from) * left;
            square += (to * to - from * from) * left;
        }
        (mean, (square - mean * mean).max(0.0))
    }
}

/// Where a cell begins, as a share of the whole.
fn place(cell: usize) -> f64 {
    (as_f64(cell) / as_f64(CELLS)).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_law_has_its_mean_and_its_variance() {
        let law = |s: f64| 1.0 - (-s).exp();
        let sample = Sample::of(law, 40.0);
        let (mean, variance) = sample.moments();
        assert!((mean - 1.0).abs() < 0.005 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        for s in [0.0, 0.3, 1.0, 5.0, 39.0] {
            assert!((sample.over(s) - law(s)).abs() < 0.005, "{s}");
        }
        assert!(sample.over(-1.0).abs() < 1e-12 && (sample.over(40.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_jump_at_the_end_is_kept() {
        let sample = Sample::of(|s| if s < 10.0 { 0.5 } else { 1.0 }, 10.0);
        assert!((sample.moments().0 - 5.0).abs() < 1e-6);
        assert!((sample.over(9.9) - 0.5).abs() < 1e-9);
        assert!(Sample::of(|_| 1.0, 0.0).moments().0.abs() < 1e-12);
    }
}
