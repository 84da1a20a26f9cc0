//! Sizes, rates, times and shares as people write them.
//!
//! Letter case is free where it decides nothing; it decides between bits and bytes.

mod rate;

use thiserror::Error;

pub use rate::{WriteRate, parse_rate, parse_write_rate};

/// Text that is no quantity of the kind that is asked for; says why, and what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// No number at its beginning.
    #[error("it does not begin with a number: write {accepted}")]
    NoNumber {
        /// What is accepted.
        accepted: &'static str,
    },
    /// Less than nothing.
    #[error("it is negative: write {accepted}")]
    Negative {
        /// What is accepted.
        accepted: &'static str,
    },
    /// A number alone.
    #[error("it has no unit: write {accepted}")]
    NoUnit {
        /// What is accepted.
        accepted: &'static str,
    },
    /// A unit that does not exist here.
    #[error("unit \"{unit}\" is not known here: write {accepted}")]
    Unit {
        /// The unit.
        unit: String,
        /// What is accepted.
        accepted: &'static str,
    },
    /// A unit that some read as bits and others as bytes.
    #[error("unit \"{unit}\" may mean bits or bytes: write {accepted}")]
    BitsOrBytes {
        /// The unit.
        unit: String,
        /// What is accepted.
        accepted: &'static str,
    },
    /// More than can be counted, or than there can be.
    #[error("it is too large: write {accepted}")]
    TooLarge {
        /// What is accepted.
        accepted: &'static str,
    },
}

const SIZES: &str =
    "a size such as 512MiB or 16GiB (16G means the same), or 16GB for powers of 1000";
const TIMES: &str = "a time such as 300ms, 5s, 2m, 1h, 3d or 1y";
const SHARES: &str = "a share such as 80% or 0.8";

const DAY_MS: f64 = 86_400_000.0;

/// Sizes are counted in 64 bits.
const LARGEST: f64 = 18_446_744_073_709_551_615.0;

/// A size in bytes. `G` is a GiB, as QEMU and libvirt read it; `GB` is 10^9 bytes.
///
/// # Errors
/// Text that is no size, or one that 64 bits can't hold.
pub fn parse_size(text: &str) -> Result<u64, QuantityError> {
    let (number, unit) = split(text, SIZES)?;
    if unit.is_empty() {
        return if number > 0.0 { Err(QuantityError::NoUnit { accepted: SIZES }) } else { Ok(0) };
    }
    let factor = size_factor(unit).ok_or_else(|| unknown(unit, SIZES))?;
    let bytes = (number * factor).round();
    if bytes >= LARGEST {
        return Err(QuantityError::TooLarge { accepted: SIZES });
    }
    Ok(whole(bytes))
}

/// `Gb` is refused: strictly it is a gigabit.
fn size_factor(unit: &str) -> Option<f64> {
    if unit.len() > 1 && unit.ends_with('b') && unit.starts_with(|it: char| it.is_uppercase()) {
        return None;
    }
    let unit = unit.to_ascii_lowercase();
    let (power, rest) = match prefix(&unit) {
        Some((power, rest)) => (power, rest),
        None => (0, unit.as_str()),
    };
    match (power, rest) {
        (0, "b" | "byte" | "bytes") => Some(1.0),
        (1.., "" | "i" | "ib") => Some(1024_f64.powi(power)),
        (1.., "b") => Some(1000_f64.powi(power)),
        _ => None,
    }
}

/// The power of a unit's prefix, lower case, and what follows.
fn prefix(unit: &str) -> Option<(i32, &str)> {
    let first = unit.chars().next()?;
    let power = (1..).zip("kmgtp".chars()).find(|(_, letter)| *letter == first)?.0;
    Some((power, &unit[1..]))
}

/// A time in milliseconds; `m` is a minute, and a year has 365 days.
///
/// # Errors
/// Text that is no time.
pub fn parse_time(text: &str) -> Result<f64, QuantityError> {
    let (number, unit) = split(text, TIMES)?;
    let factor = match unit.to_lowercase().as_str() {
        "" if number > 0.0 => return Err(QuantityError::NoUnit { accepted: TIMES }),
        "" | "ms" => 1.0,
        "us" | "µs" | "μs" => 0.001,
        "s" | "sec" | "second" | "seconds" => 1000.0,
        "m" | "min" | "minute" | "minutes" => 60_000.0,
        "h" | "hour" | "hours" => 3_600_000.0,
        "d" | "day" | "days" => DAY_MS,
        "w" | "week" | "weeks" => 7.0 * DAY_MS,
        "y" | "year" | "years" => 365.0 * DAY_MS,
        _ => return Err(unknown(unit, TIMES)),
    };
    finite(number * factor, TIMES)
}

/// A share of 1: `80%` or `0.8`.
///
/// # Errors
/// Text that is no share, or more than the whole.
pub fn parse_share(text: &str) -> Result<f64, QuantityError> {
    let (number, unit) = split(text, SHARES)?;
    let share = match unit {
        "" => number,
        "%" => number / 100.0,
        _ => return Err(unknown(unit, SHARES)),
    };
    if share > 1.0 { Err(QuantityError::TooLarge { accepted: SHARES }) } else { Ok(share) }
}

/// A part of a memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// As a share of 1.
    Share(f64),
    /// In bytes.
    Bytes(u64),
}

impl Amount {
    /// In bytes of a whole of so many.
    #[must_use]
    pub fn of(self, whole_bytes: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            #[expect(clippy::cast_precision_loss, reason = "a share has few digits")]
            Self::Share(share) => whole(whole_bytes as f64 * share),
        }
    }
}

/// A share or a size.
///
/// # Errors
/// Text that is neither.
pub fn parse_amount(text: &str) -> Result<Amount, QuantityError> {
    let is_share = text.trim_end().ends_with(|it: char| it == '%' || it.is_ascii_digit());
    if is_share {
        parse_share(text).map(Amount::Share)
    } else {
        parse_size(text).map(Amount::Bytes)
    }
}

/// The number at the beginning and the unit behind it, without blanks around it.
fn split<'a>(text: &'a str, accepted: &'static str) -> Result<(f64, &'a str), QuantityError> {
    let text = text.trim();
    if text.starts_with('-') && text[1..].starts_with(|it: char| it.is_ascii_digit() || it == '.') {
        return Err(QuantityError::Negative { accepted });
    }
    let is_digit = |it: char| it.is_ascii_digit() || it == '.';
    let mut end = text.find(|it| !is_digit(it)).unwrap_or(text.len());
    if let Some(exponent) = text[end..].strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['-', '+']));
        let digits = exponent[sign..].bytes().take_while(u8::is_ascii_digit).count();
        end += if digits > 0 { 1 + sign + digits } else { 0 };
    }
    let number = text[..end].parse().map_err(|_| QuantityError::NoNumber { accepted })?;
    Ok((finite(number, accepted)?, text[end..].trim()))
}

fn finite(number: f64, accepted: &'static str) -> Result<f64, QuantityError> {
    if number.is_finite() { Ok(number) } else { Err(QuantityError::TooLarge { accepted }) }
}

fn unknown(unit: &str, accepted: &'static str) -> QuantityError {
    QuantityError::Unit { unit: unit.to_owned(), accepted }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "neither negative nor above 64 bits"
)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: std::fmt::Debug>(result: Result<T, QuantityError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let gib = 1 << 30;
        for text in ["16GiB", "16G", "16g", "16 GiB", "16gib", "16Gi", "16384M", "16777216KiB"] {
            assert_eq!(parse_size(text), Ok(16 * gib), "{text}");
        }
        assert_eq!(parse_size("16GB"), Ok(16_000_000_000));
        assert_eq!(parse_size("16gb"), Ok(16_000_000_000));
        assert_eq!(parse_size("1.5GiB"), Ok(gib * 3 / 2));
        assert_eq!(parse_size("4096B"), Ok(4096));
        assert_eq!(parse_size("1e3 KB"), Ok(1_000_000));
        assert_eq!(parse_size("0"), Ok(0));
        assert_eq!(parse_size("2T"), Ok(2 << 40));
    }

    #[test]
    fn what_is_no_size_says_what_is() {
        assert!(said(parse_size("16Gb")).contains("unit \"Gb\" is not known"));
        assert!(said(parse_size("16Gbit")).contains("16GiB"));
        assert!(said(parse_size("16")).contains("no unit"));
        assert!(said(parse_size("-1GiB")).contains("negative"));
        for text in ["", "GiB", "NaN", "inf", "nanGiB", "--", "1.2.3G", ".", "½G"] {
            assert!(said(parse_size(text)).contains("number"), "{text}");
        }
        for text in ["99999999999PiB", "1e300G", "1e999G", "18446744073709551616B"] {
            assert!(said(parse_size(text)).contains("too large"), "{text}");
        }
        assert!(said(parse_size("5e")).contains("unit \"e\""));
    }

    #[test]
    fn times_and_shares() {
        let near = |found: Result<f64, QuantityError>, wanted: f64| {
            assert!((found.unwrap() - wanted).abs() < 1e-9);
        };
        near(parse_time("300ms"), 300.0);
        near(parse_time("1.5 s"), 1500.0);
        near(parse_time("2m"), 120_000.0);
        near(parse_time("250us"), 0.25);
        near(parse_time("0"), 0.0);
        assert!(said(parse_time("300")).contains("no unit"));
        near(parse_time("1.5h"), 5_400_000.0);
        near(parse_time("3 days"), 259_200_000.0);
        near(parse_time("1y"), 31_536_000_000.0);
        assert!(said(parse_time("3 moons")).contains("\"moons\""));
        near(parse_share("80%"), 0.8);
        near(parse_share("0.25"), 0.25);
        assert!(said(parse_share("120%")).contains("too large"));
        assert_eq!(parse_amount("50%").unwrap().of(10), 5);
        assert_eq!(parse_amount("1GiB"), Ok(Amount::Bytes(1 << 30)));
        assert!(said(parse_amount("1024")).contains("too large"));
    }
}
