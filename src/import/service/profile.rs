//! Profiles from files.

use std::path::Path;

use super::ImportError;
use crate::import::files::read_up_to;
use crate::import::json::Source;
use crate::model::service::Profile;
use crate::service;

/// Largest profile that is read.
const LARGEST_BYTES: u64 = 1 << 20;

/// A profile from a file, or from standard input for `-`.
///
/// # Errors
/// A file that can't be read, and the first thing that is wrong in it with its line, column and key.
pub fn read_profile(path: &Path) -> Result<Profile, ImportError> {
    let (bytes, origin) = read_up_to(path, LARGEST_BYTES)?;
    parse_profile(&bytes, &origin)
}

/// The same from bytes; `origin` is their name in errors.
///
/// # Errors
/// The first thing that is wrong with its line, column and key.
pub fn parse_profile(bytes: &[u8], origin: &str) -> Result<Profile, ImportError> {
    let source = Source::up_to(origin, bytes, LARGEST_BYTES)?;
    service::parse(source.text)
        .map_err(|source| ImportError::Profile { origin: origin.to_owned(), source })
}
