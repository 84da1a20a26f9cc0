//! The reply to `query-migrate` (`MigrationInfo` in QEMU's `qapi/migration.json`).

use std::borrow::Cow;

use serde::Deserialize;

use super::MeasurementError;
use super::job::Job;
use super::replies::Reader;
use super::told::{Ram, memory, page};
use crate::import::json::Part;

/// Statuses of a migration.
pub(super) const STATUSES: [&str; 15] = [
    "none",
    "setup",
    "active",
    "pre-switchover",
    "device",
    "postcopy-active",
    "postcopy-paused",
    "postcopy-recover-setup",
    "postcopy-recover",
    "completed",
    "failed",
    "cancelling",
    "cancelled",
    "colo",
    "wait-unplug",
];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Reply<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    total_time: Option<u64>,
    setup_time: Option<u64>,
    cpu_throttle_percentage: Option<u64>,
    ram: Option<Statistics>,
}

/// `MigrationStats`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Statistics {
    total: u64,
    page_size: Option<u64>,
    duplicate: Option<u64>,
    normal: Option<u64>,
    dirty_pages_rate: Option<u64>,
    dirty_sync_count: Option<u64>,
}

/// Reads one reply.
///
/// # Errors
/// Values that are missing or make no sense.
pub(super) fn read(part: &Part<'_>, reader: &mut Reader) -> Result<(), MeasurementError> {
    let reply: Reply<'_> = part.read()?;
    let Some(ram) = &reply.ram else { return Ok(()) };
    let said = format!("{:?} {:?}", ram.dirty_sync_count, ram.dirty_pages_rate);
    let is_repeated = reader.is_repeated(said);
    let mut job = reply.job(ram, part)?;
    if is_repeated || reply.status == "completed" || reply.status.starts_with("postcopy") {
        job.rate = None;
    }
    job.tell(&mut reader.told)
}

impl Reply<'_> {
    fn job(&self, ram: &Statistics, part: &Part<'_>) -> Result<Job, MeasurementError> {
        let at = |key| (part.source.origin, part.path_of(key));
        Ok(Job {
            ram: Some(Ram::Exact(memory(at("ram.total"), ram.total)?)),
            page_bytes: ram.page_size.map(|it| page(at("ram.page-size"), it)).transpose()?,
            zero: ram.duplicate,
            normal: ram.normal,
            rate: ram.dirty_pages_rate,
            syncs: ram.dirty_sync_count.unwrap_or(0),
            elapsed_ms: self.total_time,
            setup_ms: self.setup_time.unwrap_or(0),
            throttle: self.cpu_throttle_percentage.unwrap_or(0),
        })
    }
}
