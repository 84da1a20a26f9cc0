//! Dumps and configuration files of batch systems: Slurm, OpenPBS, TORQUE, Windows HPC Server.
//!
//! What a file is, its content tells: nobody has to say which command wrote it. Keys that are not
//! known are skipped, since they vary by version; a known key with a value of another type or
//! without sense is an error.

mod attributes;
mod error;
mod hostlist;
mod hosts;
mod openpbs;
mod pbs;
mod pbs_node;
mod server_name;
mod slurm;
mod slurm_conf;
mod text;
mod time;
mod torque;
mod unique;
mod windows;
mod windows_rows;

use std::path::Path;

use jiff::tz::TimeZone;

use super::files::read_up_to;
use super::json::Source;
use crate::model::BatchDump;

pub use error::BatchError;
pub use hostlist::expand as parse_hosts;
use text::decoded;
pub use time::{parse_instant, parse_zone};

/// Largest file that is read: dumps of 100,000 jobs with all their keys have some hundred MiB.
const LARGEST_BYTES: u64 = 1 << 30;

/// How times that do not say so themselves are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Zone of times that do not name one.
    pub zone: TimeZone,
    /// Name of the zone, for notes.
    pub zone_name: String,
    /// How dates of Windows are written, in the notation of strftime; ISO 8601 where it is not said.
    pub date_format: Option<String>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, zone_name: "UTC".to_owned(), date_format: None }
    }
}

/// What a file, or standard input for `-`, tells.
///
/// # Errors
/// A file that can't be read, that is none of the known formats, and the first value in it that is
/// wrong.
pub fn read_batch(path: &Path, reading: &Reading) -> Result<BatchDump, BatchError> {
    let (bytes, origin) = read_up_to(path, LARGEST_BYTES)?;
    parse_batch(&bytes, &origin, reading)
}

/// What a text tells; errors call it `origin`.
///
/// # Errors
/// As [`read_batch`].
pub fn parse_batch(bytes: &[u8], origin: &str, reading: &Reading) -> Result<BatchDump, BatchError> {
    let text = decoded(bytes, origin)?;
    let source = Source { origin, text: &text };
    match text.trim_start().chars().next() {
        None => Err(BatchError::Empty { origin: origin.to_owned() }),
        Some('{' | '[') => of_json(source, reading),
        Some('<') => torque::read(source),
        Some(_) => of_lines(source, reading),
    }
}

/// The text of a log, or of standard input for `-`: UTF-8, or UTF-16 as Windows writes it.
///
/// # Errors
/// A file that can't be read or is no text.
pub fn read_log(path: &Path) -> Result<String, BatchError> {
    let (bytes, origin) = read_up_to(path, LARGEST_BYTES)?;
    Ok(decoded(&bytes, &origin)?.into_owned())
}

fn of_json(source: Source<'_>, reading: &Reading) -> Result<BatchDump, BatchError> {
    match openpbs::read(source, reading)? {
        Some(dump) => Ok(dump),
        None => slurm::read(source),
    }
}

fn of_lines(source: Source<'_>, reading: &Reading) -> Result<BatchDump, BatchError> {
    if let Some(dump) = windows::read(source, reading)? {
        return Ok(dump);
    }
    if slurm_conf::is_one(source.text) {
        return slurm_conf::read(source);
    }
    server_name::read(source)
}

#[cfg(test)]
mod tests;
