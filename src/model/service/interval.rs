//! A time that is only known to lie between bounds.

use std::fmt;
use std::ops::Add;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The longest time that a profile may state: a century, in seconds.
const LONGEST_S: f64 = 3_155_760_000.0;

/// Seconds: least, mean and most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Least.
    pub min: f64,
    /// Mean.
    pub mean: f64,
    /// Most.
    pub max: f64,
}

impl Interval {
    /// A time that is known.
    #[must_use]
    pub fn exact(seconds: f64) -> Self {
        Self { min: seconds, mean: seconds, max: seconds }
    }

    /// Any time between two with equal chance.
    #[must_use]
    pub fn between(min: f64, max: f64) -> Self {
        Self { min, mean: f64::midpoint(min, max), max }
    }

    /// The same later by so many seconds; a negative number is earlier, and never before 0.
    #[must_use]
    pub fn later(self, seconds: f64) -> Self {
        let at = |time: f64| (time + seconds).max(0.0);
        Self { min: at(self.min), mean: at(self.mean), max: at(self.max) }
    }

    /// Whether it is no time at all.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.max <= 0.0
    }
}

impl Add for Interval {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { min: self.min + other.min, mean: self.mean + other.mean, max: self.max + other.max }
    }
}

/// What a file may state: `5`, `[4, 6]` or `[4, 4.5, 6]`, in seconds.
const EXPECTED: &str =
    "seconds: a number, [least, most] or [least, mean, most], in that order, from 0 to a century";

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntervalVisitor)
    }
}

struct IntervalVisitor;

impl<'de> Visitor<'de> for IntervalVisitor {
    type Value = Interval;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    #[expect(clippy::cast_precision_loss, reason = "what is too large for it is refused")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<Interval, E> {
        self.visit_f64(number as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "what is too large for it is refused")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<Interval, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Interval, E> {
        ordered(&[number])
            .ok_or_else(|| E::custom(format!("{number} is no time: write {EXPECTED}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Interval, A::Error> {
        let mut numbers: Vec<f64> = Vec::new();
        while let Some(number) = sequence.next_element()? {
            numbers.push(number);
        }
        ordered(&numbers)
            .ok_or_else(|| A::Error::custom(format!("{numbers:?} is no time: write {EXPECTED}")))
    }
}

fn ordered(numbers: &[f64]) -> Option<Interval> {
    let fits = numbers.iter().all(|it| (0.0..=LONGEST_S).contains(it)) && numbers.is_sorted();
    match numbers {
        _ if !fits => None,
        [one] => Some(Interval::exact(*one)),
        [min, max] => Some(Interval::between(*min, *max)),
        [min, mean, max] => Some(Interval { min: *min, mean: *mean, max: *max }),
        _ => None,
    }
}

/// Reads a number of seconds, or another measure, from 0 to a century.
///
/// # Errors
/// Anything else.
pub fn longest_s<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if (0.0..=LONGEST_S).contains(&number) {
        return Ok(number);
    }
    Err(D::Error::custom(format!("{number} is outside 0 to {LONGEST_S}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Interval, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn one_two_and_three_numbers_are_read() {
        assert_eq!(read("5"), Ok(Interval::exact(5.0)));
        assert_eq!(read("[4, 6]"), Ok(Interval { min: 4.0, mean: 5.0, max: 6.0 }));
        assert_eq!(read("[4, 4.5, 6]"), Ok(Interval { min: 4.0, mean: 4.5, max: 6.0 }));
    }

    #[test]
    fn what_is_no_time_is_told() {
        for text in ["-1", "[6, 4]", "[]", "[1, 2, 3, 4]", "[1, -2]", "1e300", "\"5\"", "true"] {
            assert!(read(text).unwrap_err().contains("[least, most]"), "{text}");
        }
    }

    #[test]
    fn intervals_add_and_never_begin_before_the_loss() {
        let sum = Interval::between(1.0, 3.0) + Interval::exact(2.0);
        assert_eq!(sum, Interval { min: 3.0, mean: 4.0, max: 5.0 });
        assert_eq!(sum.later(-4.0), Interval { min: 0.0, mean: 0.0, max: 1.0 });
    }
}
