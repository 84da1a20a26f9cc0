//! Measurements of how a VM writes its memory: replies of QEMU's monitor and output of virsh.
//!
//! The replies to `query-dirty-rate` and `query-migrate`, bare or whole, one or many, with whatever
//! else a monitor says between them; and what `virsh domstats --dirtyrate --balloon` and
//! `virsh domjobinfo` print, with or without `--rawstats`.

mod dirty_rate;
mod domjobinfo;
mod domstats;
mod error;
mod job;
mod merge;
mod migrate;
mod replies;
mod told;

use std::path::PathBuf;

use crate::model::Measurements;

use super::files::read_any;
use super::json::Source;
use told::Told;

pub(super) use domstats::{Stated, all as stated};
pub use error::MeasurementError;

/// Largest file that is read; replies and output are a few kilobytes.
const LARGEST_BYTES: usize = 16 << 20;

/// What the files, `-` being standard input, tell about the memory of one VM. Where one tells of
/// several VMs, `domain` says which.
///
/// # Errors
/// A file that can't be read, that is something else, that holds a measurement which is not over
/// or a value that makes no sense, and files of different VMs.
pub fn read_measurements(
    paths: &[PathBuf],
    domain: Option<&str>,
) -> Result<Measurements, MeasurementError> {
    let mut told = Vec::new();
    for path in paths {
        let (bytes, origin) = read_any(path)?;
        told.push(of_file(&bytes, &origin, domain)?);
    }
    merge::merge(told)
}

/// What one text tells, as [`read_measurements`] reads it; `origin` names it in errors.
///
/// # Errors
/// As [`read_measurements`].
pub fn parse_measurements(
    bytes: &[u8],
    origin: &str,
    domain: Option<&str>,
) -> Result<Measurements, MeasurementError> {
    merge::merge(vec![of_file(bytes, origin, domain)?])
}

fn of_file(bytes: &[u8], origin: &str, domain: Option<&str>) -> Result<Told, MeasurementError> {
    if bytes.len() > LARGEST_BYTES {
        return Err(MeasurementError::TooLarge { origin: origin.to_owned() });
    }
    let source = Source::new(origin, bytes)?;
    let begins = |word: &str| source.text.lines().any(|it| it.trim_start().starts_with(word));
    let told = if source.text.trim_start().starts_with(['{', '[']) {
        replies::read(source)?
    } else if begins("Domain:") {
        domstats::read(source, domain)?
    } else if begins("Job type:") {
        domjobinfo::read(source)?
    } else {
        let (origin, path) = (origin.to_owned(), String::new());
        return Err(MeasurementError::Unknown { origin, path });
    };
    if told.is_empty() {
        return Err(MeasurementError::Nothing { origin: origin.to_owned() });
    }
    Ok(told)
}

#[cfg(test)]
mod tests;
