//! When the last of several turns is over, with what is uncertain.

use super::quantile::quantile;
use crate::model::Times;

/// Places and weights that stand for a normal distribution (Gauss and Hermite, five of each).
const NORMAL: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_721),
    (-1.355_626_179_974_266, 0.222_075_922_005_613),
    (0.0, 0.533_333_333_333_333),
    (1.355_626_179_974_266, 0.222_075_922_005_613),
    (2.856_970_013_872_806, 0.011_257_411_327_721),
];

/// Quantiles of a moment whose distribution is known but for a shift, which is normal with a mean of
/// 0 and a variance.
pub(super) fn times(over: impl Fn(f64) -> f64, variance: f64, bound: f64) -> Times {
    let deviation = variance.max(0.0).sqrt();
    let shifted = |s: f64| -> f64 {
        if deviation > 0.0 {
            NORMAL.iter().map(|(place, weight)| weight * over(s - place * deviation)).sum()
        } else {
            over(s)
        }
    };
    let at = |chance| quantile(shifted, bound, chance);
    Times { p5: at(0.05), p50: at(0.5), p95: at(0.95), bound }
}

/// A distribution function as a table of moments and chances, straight lines between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    points: Vec<(f64, f64)>,
}

impl Table {
    /// Adds a later moment.
    pub(super) fn push(&mut self, s: f64, over: f64) {
        self.points.push((s, over));
    }

    /// Chance that it is over at a moment: none before the first in the table, certain after the
    /// last.
    #[must_use]
    pub(super) fn over(&self, s: f64) -> f64 {
        let after = self.points.partition_point(|it| it.0 <= s);
        match (after.checked_sub(1).map(|it| self.points[it]), self.points.get(after)) {
            (None, _) => 0.0,
            (Some(_), None) => 1.0,
            (Some(from), Some(to)) => from.1 + (to.1 - from.1) * (s - from.0) / (to.0 - from.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even() -> Table {
        let mut table = Table::default();
        for (s, over) in [(10.0, 0.0), (20.0, 0.5), (30.0, 1.0)] {
            table.push(s, over);
        }
        table
    }

    #[test]
    fn a_table_is_read_between_its_points() {
        let table = even();
        for (s, over) in [(5.0, 0.0), (15.0, 0.25), (30.0, 1.0), (99.0, 1.0)] {
            assert!((table.over(s) - over).abs() < 1e-12);
        }
        let times = times(|s| table.over(s), 0.0, 30.0);
        assert!((times.p5 - 11.0).abs() < 1e-6 && (times.p95 - 29.0).abs() < 1e-6);
    }

    #[test]
    fn a_shift_widens_what_is_known() {
        let table = even();
        let (sharp, wide) =
            (times(|s| table.over(s), 0.0, 90.0), times(|s| table.over(s), 25.0, 90.0));
        assert!((sharp.p50 - wide.p50).abs() < 0.5);
        assert!(wide.p5 < sharp.p5 && wide.p95 > sharp.p95);
    }
}
