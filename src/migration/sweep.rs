//! One quantity over a range of values.

use thiserror::Error;

use super::forecast;
use super::key::apply;
use super::setup::SpecificationError;
use crate::model::{Key, Specification, Trial};

/// Ranges this wide and wider are spaced by factors.
const WIDE: f64 = 10.0;
/// Nobody reads more rows.
const MOST_STEPS: u32 = 10_000;

/// How the values of a range lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// At equal distances.
    Linear,
    /// At equal factors; both ends are above 0.
    Log,
}

impl Spacing {
    /// Equal factors where both ends are above 0 and at least a factor of ten apart.
    #[must_use]
    pub fn of(from: f64, to: f64) -> Self {
        let is_wide = from.min(to) > 0.0 && from.max(to) >= WIDE * from.min(to);
        if is_wide { Self::Log } else { Self::Linear }
    }
}

/// Why a range can't be swept.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SweepError {
    /// A range without values.
    #[error("{from}..{to} in {steps} steps is no range: give finite ends and 1 to 10000 steps")]
    Range {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// How many.
        steps: u32,
    },
    /// A value that makes no sense.
    #[error("{key} {value}", key = key.name())]
    Value {
        /// Of what.
        key: Key,
        /// The value.
        value: f64,
        /// Why not.
        source: SpecificationError,
    },
}

/// The values of a range, both ends among them; one step is the first end alone.
///
/// # Errors
/// When an end is not finite, a factor is asked for across 0, or there are no or too many steps.
pub fn values(from: f64, to: f64, steps: u32, spacing: Spacing) -> Result<Vec<f64>, SweepError> {
    let is_positive = spacing == Spacing::Linear || from.min(to) > 0.0;
    let is_finite = from.is_finite() && to.is_finite() && (to - from).is_finite();
    if !is_finite || !is_positive || !(1..=MOST_STEPS).contains(&steps) {
        return Err(SweepError::Range { from, to, steps });
    }
    let last = steps - 1;
    let value = |step: u32| {
        let share = f64::from(step) / f64::from(last.max(1));
        match spacing {
            _ if step == 0 => from,
            _ if step == last => to,
            Spacing::Linear => from + (to - from) * share,
            Spacing::Log => from * (to / from).powf(share),
        }
    };
    Ok((0..steps).map(value).collect())
}

/// A forecast for each value of a quantity, in the unit of its key, in the order of the values.
///
/// # Errors
/// When a value makes no sense, such as a working set beyond the VM's memory.
pub fn sweep(spec: &Specification, key: Key, values: &[f64]) -> Result<Vec<Trial>, SweepError> {
    let row = |&value: &f64| {
        forecast(&apply(spec, key, value))
            .map(|forecast| Trial { value, forecast })
            .map_err(|source| SweepError::Value { key, value, source })
    };
    values.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::busy;
    use std::error::Error;

    #[test]
    fn values_hold_both_ends() {
        let linear = values(10.0, 20.0, 5, Spacing::Linear).unwrap();
        assert_eq!(linear, [10.0, 12.5, 15.0, 17.5, 20.0]);
        let log = values(1.0, 1000.0, 4, Spacing::Log).unwrap();
        for (value, expected) in log.iter().zip([1.0, 10.0, 100.0, 1000.0]) {
            assert!((value / expected - 1.0).abs() < 1e-12);
        }
        assert_eq!(values(3.0, 9.0, 1, Spacing::Log).unwrap(), [3.0]);
        assert_eq!(values(9.0, 3.0, 2, Spacing::Linear).unwrap(), [9.0, 3.0]);
    }

    #[test]
    fn wide_ranges_are_spaced_by_factors() {
        assert_eq!(Spacing::of(1.0, 10.0), Spacing::Log);
        assert_eq!(Spacing::of(10.0, 1.0), Spacing::Log);
        assert_eq!(Spacing::of(1.0, 9.9), Spacing::Linear);
        assert_eq!(Spacing::of(0.0, 100.0), Spacing::Linear);
    }

    #[test]
    fn no_range_is_an_error() {
        for (from, to, steps) in [(f64::NAN, 1.0, 2), (0.0, f64::INFINITY, 2), (1.0, 2.0, 0)] {
            assert!(values(from, to, steps, Spacing::Linear).is_err());
        }
        assert!(values(0.0, 5.0, 3, Spacing::Log).is_err());
        assert!(values(0.0, 5.0, u32::MAX, Spacing::Linear).is_err());
    }

    #[test]
    fn more_bandwidth_is_never_slower() {
        let range = values(5e7, 1e9, 12, Spacing::Log).unwrap();
        let rows = sweep(&busy(), Key::Bandwidth, &range).unwrap();
        assert_eq!(rows.iter().map(|row| row.value).collect::<Vec<_>>(), range);
        let ends: Vec<_> = rows.iter().map(|row| row.forecast.total_ms).collect();
        assert!(ends.windows(2).all(|pair| pair[1] <= pair[0] + 100.0), "{ends:?}");
    }

    #[test]
    fn a_value_beyond_memory_is_named() {
        let error = sweep(&busy(), Key::WorkingSet, &[1e8, 1e12]).unwrap_err();
        assert!(error.to_string().starts_with("working-set 1000000000000"), "{error}");
        assert!(error.source().unwrap().to_string().contains("more than"), "{error:?}");
    }
}
