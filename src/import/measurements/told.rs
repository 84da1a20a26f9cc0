//! What one file tells, in bytes and seconds.

use super::MeasurementError;
use crate::model::MeasureMode;

/// Most measurements of one file.
pub(super) const MOST_RATES: usize = 10_000;
/// Tools report whole MiB/s.
pub(super) const MIB: f64 = 1_048_576.0;

/// What one file tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) origin: String,
    pub(super) name: Option<String>,
    pub(super) ram: Option<Ram>,
    pub(super) page_bytes: Option<u64>,
    /// Bytes of zero pages that a migration counted.
    pub(super) zero_bytes: Option<u64>,
    /// Bytes that the balloon took from the guest.
    pub(super) balloon_bytes: Option<u64>,
    pub(super) rates: Vec<Rate>,
    pub(super) notes: Vec<String>,
}

/// Size of memory; the better known, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ram {
    /// Rounded for people.
    Rounded(u64),
    /// What the balloon may give to the guest.
    Balloon(u64),
    /// All blocks that are migrated.
    Exact(u64),
}

impl Ram {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::Rounded(bytes) | Self::Balloon(bytes) | Self::Exact(bytes) => bytes,
        }
    }
}

/// What was written in some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    pub(super) seconds: f64,
    /// All pages that were written, together.
    pub(super) bytes: f64,
    /// How much more it may have been.
    pub(super) resolution: f64,
    pub(super) mode: MeasureMode,
}

impl Rate {
    /// A rate cut down to whole MiB/s, of a count cut down to whole MiB.
    pub(super) fn of_mib(mib_per_s: f64, seconds: f64, mode: MeasureMode) -> Self {
        let bytes = mib_per_s * MIB * seconds;
        Self { seconds, bytes, resolution: MIB * seconds.max(1.0), mode }
    }
}

impl Told {
    pub(super) fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ram.is_none() && self.rates.is_empty()
    }

    /// Adds a measurement.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn rate(&mut self, rate: Rate) -> Result<(), MeasurementError> {
        if self.rates.len() == MOST_RATES {
            return Err(MeasurementError::TooMany { origin: self.origin.clone() });
        }
        self.rates.push(rate);
        Ok(())
    }

    /// Says something, once.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Where a value stands: the file, and the path or line in it.
pub(super) type At<'a> = (&'a str, String);

/// Longest time that a measurement lasts.
const MOST_SECONDS: f64 = 1e6;
/// Highest rate in MiB/s: 16 PiB/s.
const MOST_MIB_S: f64 = 17_179_869_184.0;
/// Largest memory: 16 PiB.
const MOST_BYTES: u64 = 1 << 54;

/// A time to measure in, in seconds.
///
/// # Errors
/// No time at all, or one that nobody waits for.
pub(super) fn seconds(at: At<'_>, seconds: f64, shown: f64) -> Result<f64, MeasurementError> {
    if seconds > 0.0 && seconds <= MOST_SECONDS {
        return Ok(seconds);
    }
    let expected = "a time above 0 and below 12 days (for less than a second ask for milliseconds)";
    Err(MeasurementError::value(at, &shown.to_string(), expected))
}

/// A rate of written memory in MiB/s.
///
/// # Errors
/// Less than nothing, or more than any memory takes.
pub(super) fn mib_per_s(at: At<'_>, rate: f64) -> Result<f64, MeasurementError> {
    if (0.0..=MOST_MIB_S).contains(&rate) {
        return Ok(rate);
    }
    Err(MeasurementError::value(at, &rate.to_string(), "a rate in MiB/s from 0 on"))
}

/// A size of memory in bytes.
///
/// # Errors
/// Nothing, or more than any host has.
pub(super) fn memory(at: At<'_>, bytes: u64) -> Result<u64, MeasurementError> {
    if (1..=MOST_BYTES).contains(&bytes) {
        return Ok(bytes);
    }
    Err(MeasurementError::value(at, &bytes.to_string(), "a size of memory from 1 byte to 16 PiB"))
}

/// A size of pages in bytes.
///
/// # Errors
/// No power of two, or one that no processor has.
pub(super) fn page(at: At<'_>, bytes: u64) -> Result<u64, MeasurementError> {
    if bytes.is_power_of_two() && (512..=1 << 30).contains(&bytes) {
        return Ok(bytes);
    }
    let expected = "a size of pages, a power of two from 512 to 1 GiB";
    Err(MeasurementError::value(at, &bytes.to_string(), expected))
}

/// A whole number as a measure; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "bytes and pages stay near 2^53")]
pub(super) fn as_f64(number: u64) -> f64 {
    number as f64
}
