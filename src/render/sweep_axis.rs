//! The axis of the values that are swept.

use std::ops::Range;

use super::measure::{rate, size, time, whole};
use super::sweep::Swept;
use super::value::{binary, plain, shortened};
use crate::migration::Spacing;
use crate::model::Unit;

impl Swept<'_> {
    /// How the values are told on their axis.
    pub(super) fn label(&self, value: f64) -> String {
        let value = shortened(value, true);
        match (self.spacing, self.key.unit()) {
            (Spacing::Linear, _) => plain(value),
            (Spacing::Log, Unit::Bytes) => size(value),
            (Spacing::Log, Unit::BytesPerS) => rate(value),
            (Spacing::Log, Unit::WritesPerS) => whole(value),
            (Spacing::Log, Unit::Ms) => time(value),
            (Spacing::Log, Unit::Share) => format!("{} %", plain(value * 100.0)),
        }
    }

    /// What the thousand is for a unit.
    pub(super) fn axis_base(&self) -> f64 {
        let is_binary = matches!(self.key.unit(), Unit::Bytes | Unit::BytesPerS);
        if is_binary { 1024.0 } else { 1000.0 }
    }

    /// The unit of an axis, and how much of the key's unit it is. Where values lie at factors each
    /// tick has the unit that suits it.
    pub(super) fn axis(&self) -> (String, f64) {
        match (self.spacing, self.key.unit()) {
            (Spacing::Log, Unit::WritesPerS) => (", pages/s".to_owned(), 1.0),
            (Spacing::Log, _) => (String::new(), 1.0),
            (Spacing::Linear, _) => self.unit(),
        }
    }

    /// The unit that suits the largest value, and how much of the key's unit it is.
    fn unit(&self) -> (String, f64) {
        let most = self.trials.iter().fold(0.0, |most: f64, it| most.max(it.value));
        let (unit, factor) = binary(most);
        match self.key.unit() {
            Unit::Bytes => (format!(", {unit}"), factor),
            Unit::BytesPerS => (format!(", {unit}/s"), factor),
            Unit::WritesPerS => (", pages/s".to_owned(), 1.0),
            Unit::Ms if most < 2000.0 => (", ms".to_owned(), 1.0),
            Unit::Ms => (", s".to_owned(), 1000.0),
            Unit::Share => (", %".to_owned(), 0.01),
        }
    }
}

/// Most ticks that find room.
const MOST_TICKS: usize = 12;

/// Ones, twos and fives within a range; where these are many, fewer.
pub(super) fn ticks(range: &Range<f64>, thousand: f64) -> Vec<f64> {
    let within = |steps: &[f64]| -> Vec<f64> {
        let powers = (-5..9).map(|power| thousand.powi(power));
        let all = powers.flat_map(|power| steps.iter().map(move |step| step * power));
        all.filter(|it| (range.start * 0.999..=range.end * 1.001).contains(it)).collect()
    };
    let fine = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];
    [&fine[..], &[1.0, 10.0, 100.0], &[1.0]]
        .into_iter()
        .map(within)
        .find(|it| it.len() <= MOST_TICKS)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(&(4.0..60.0), 1000.0), [5.0, 10.0, 20.0, 50.0]);
        assert_eq!(ticks(&(1024.0..4096.0), 1024.0), [1024.0, 2048.0]);
        assert_eq!(ticks(&(0.1..1e6), 1000.0).len(), 8);
        assert!(ticks(&(1e-9..1e12), 1000.0).len() <= MOST_TICKS);
    }
}
