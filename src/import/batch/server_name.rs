//! TORQUE's `server_name`: servers in the order in which clients try them.

use super::BatchError;
use super::hosts::is_host_name;
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat};

/// Most servers that somebody lists.
const MOST: usize = 64;

/// Reads the list: names joined by commas on one line, `#` begins a comment.
///
/// # Errors
/// Text that is no such list, and so nothing that is known here.
pub(super) fn read(source: Source<'_>) -> Result<BatchDump, BatchError> {
    let lines = source.text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let names: Vec<&str> = match lines.as_slice() {
        [only] => only.split(',').map(str::trim).collect(),
        _ => Vec::new(),
    };
    let right = (1..=MOST).contains(&names.len()) && names.iter().all(|it| is_host_name(it));
    if !right {
        let first = source.text.trim_start().lines().next().unwrap_or_default();
        let shown: String = first.chars().take(60).collect();
        let found = format!("begins with {shown:?}");
        return Err(BatchError::Unknown { origin: source.origin.to_owned(), found });
    }
    let mut dump = BatchDump::new(source.origin, BatchFormat::ServerName);
    dump.servers = names.into_iter().map(str::to_owned).collect();
    Ok(dump)
}
