//! Values whose shape varies by version of Slurm.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::import::batch::time::{When, epoch};

/// Slurm's `NO_VAL` and `INFINITE` in 16, 32 and 64 bits; the first two only stand in for numbers of
/// their own width.
const NO_VAL: [u64; 2] = [0xffff_fffe, 0xffff_ffff_ffff_fffe];
const INFINITE: [u64; 2] = [0xffff_ffff, 0xffff_ffff_ffff_ffff];

/// A number, or that there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Number {
    /// None is set.
    #[default]
    Unset,
    /// Without bound.
    Infinite,
    /// This one.
    Is(i64),
}

impl Number {
    /// A number from 0 on.
    pub(super) fn count(self) -> Option<u64> {
        match self {
            Self::Is(number) => u64::try_from(number).ok(),
            Self::Unset | Self::Infinite => None,
        }
    }

    fn of_u64<E: Error>(number: u64) -> Result<Self, E> {
        match number {
            it if NO_VAL.contains(&it) => Ok(Self::Unset),
            it if INFINITE.contains(&it) => Ok(Self::Infinite),
            it => i64::try_from(it).map(Self::Is).map_err(|_| {
                E::custom(format_args!("{it} is larger than any number that Slurm writes"))
            }),
        }
    }
}

/// A time in seconds since the epoch; 0 is none.
///
/// # Errors
/// The number, if it is before 1970 or after 9999.
pub(super) fn moment(number: Number) -> Result<Option<i64>, i64> {
    match number {
        Number::Is(seconds) => epoch(seconds).map(When::at).ok_or(seconds),
        Number::Unset | Number::Infinite => Ok(None),
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or an object with set, infinite and number")
    }

    fn visit_unit<E: Error>(self) -> Result<Number, E> {
        Ok(Number::Unset)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Number::of_u64(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number::Is(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        if number.fract() != 0.0 || !(0.0..9e15).contains(&number) {
            return Err(E::custom(format_args!("{number} is not a whole number")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and within the range of integers"
        )]
        Ok(Number::Is(number as i64))
    }

    /// Since 23.11 some keys are text where they may be infinite.
    fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
        match text.to_ascii_uppercase().as_str() {
            "" | "N/A" | "UNKNOWN" => Ok(Number::Unset),
            "UNLIMITED" | "INFINITE" => Ok(Number::Infinite),
            text => match text.parse() {
                Ok(number) => Ok(Number::Is(number)),
                Err(_) => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
            },
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        let (mut set, mut infinite, mut number) = (None, None, Number::Unset);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "set" => set = Some(map.next_value::<bool>()?),
                "infinite" => infinite = Some(map.next_value::<bool>()?),
                "number" => number = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(match (infinite, set) {
            (Some(true), _) => Number::Infinite,
            (_, Some(true)) => number,
            (_, Some(false)) => Number::Unset,
            (_, None) => return Err(Error::missing_field("set")),
        })
    }
}

/// A word or a list of words; words joined by `+` stand apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordsVisitor)
    }
}

struct WordsVisitor;

impl<'de> Visitor<'de> for WordsVisitor {
    type Value = Words;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word or a list of words")
    }

    fn visit_unit<E: Error>(self) -> Result<Words, E> {
        Ok(Words::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
        let words = text.split('+').map(str::trim).filter(|it| !it.is_empty());
        Ok(Words(words.map(str::to_owned).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Words, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = seq.next_element::<String>()? {
            words.push(word);
        }
        Ok(Words(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Result<Number, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_have_many_shapes() {
        let cases = [
            ("60", Number::Is(60)),
            ("-2", Number::Is(-2)),
            ("null", Number::Unset),
            ("4294967294", Number::Unset),
            ("4294967295", Number::Infinite),
            ("18446744073709551615", Number::Infinite),
            ("\"UNLIMITED\"", Number::Infinite),
            ("\"12\"", Number::Is(12)),
            (r#"{"set": true, "infinite": false, "number": 60}"#, Number::Is(60)),
            (r#"{"set": false, "infinite": true, "number": 0}"#, Number::Infinite),
            (r#"{"set": false, "infinite": false, "number": 0}"#, Number::Unset),
            (r#"{"number": 5, "set": true}"#, Number::Is(5)),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let cases = [
            ("9223372036854775808", "larger than any number"),
            ("1e300", "not a whole number"),
            ("1.5", "not a whole number"),
            ("\"soon\"", "invalid value: string \"SOON\""),
            ("[]", "expected a number or an object"),
            ("{}", "missing field `set`"),
            (r#"{"set": 1}"#, "expected a boolean"),
        ];
        for (text, said) in cases {
            let error = number(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
