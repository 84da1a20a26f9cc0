//! Reading the policy file.
#![expect(clippy::disallowed_methods, reason = "this module reads the policy file")]

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::policy_reader::parse_policy;
use crate::model::{Policy, PolicyText, Problem};

/// Size of the longest policy file that is read, in bytes.
const LIMIT: usize = 4 << 20;

/// A policy file as text and as what it means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyDocument {
    /// The file's text.
    pub text: String,
    /// What it means.
    pub policy: Policy,
    /// Where its parts stand, and what is wrong with them.
    pub source: PolicyText,
}

/// Why a policy file could not be read.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The file can't be read.
    #[error("policy file {}: can't be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is longer than any policy.
    #[error("policy file {}: longer than 4 MiB, which no policy is", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// It is not UTF-8.
    #[error("policy file {}: line {line} is not UTF-8 (byte 0x{byte:02x})", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
        /// The first byte that does not belong.
        byte: u8,
    },
    /// It does not say what a policy can say.
    #[error("{}", lines(path, problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All that is wrong, in the file's order.
        problems: Vec<Problem>,
    },
}

fn lines(path: &Path, problems: &[Problem]) -> String {
    let line = |problem: &Problem| format!("{}:{problem}", path.display());
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads the policy file; one that does not exist is an empty policy.
///
/// # Errors
/// When it can't be read, or with everything that is wrong in it.
pub fn read_policy(path: &Path) -> Result<PolicyDocument, PolicyError> {
    let document = read_policy_leniently(path)?;
    if document.source.problems.is_empty() {
        return Ok(document);
    }
    Err(PolicyError::Invalid { path: path.to_owned(), problems: document.source.problems })
}

/// Reads the policy file with what is wrong in it left out and told in the document; one that does
/// not exist is an empty policy.
///
/// # Errors
/// When it can't be read.
pub fn read_policy_leniently(path: &Path) -> Result<PolicyDocument, PolicyError> {
    let bytes = match read_limited(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(PolicyError::Read { path: path.to_owned(), source }),
    };
    if bytes.len() > LIMIT {
        return Err(PolicyError::TooLong { path: path.to_owned() });
    }
    let text = String::from_utf8(bytes).map_err(|error| PolicyError::NotText {
        path: path.to_owned(),
        line: error.as_bytes()[..error.utf8_error().valid_up_to()].split(|it| *it == b'\n').count(),
        byte: error.as_bytes().get(error.utf8_error().valid_up_to()).copied().unwrap_or_default(),
    })?;
    let (policy, mut source) = parse_policy(text.trim_start_matches('\u{feff}'));
    source.path = path.display().to_string();
    Ok(PolicyDocument { text, policy, source })
}

/// Reads a byte more than the limit at most, so that an endless file ends.
fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_an_empty_policy_and_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let missing = read_policy(&folder.path().join("none.toml")).unwrap();
        assert_eq!(missing.policy, Policy::default());
        let error = read_policy(folder.path()).unwrap_err();
        assert!(error.to_string().contains(&folder.path().display().to_string()));
    }

    #[test]
    fn endless_and_foreign_files_are_refused_with_their_name() {
        let endless = read_policy(Path::new("/dev/zero")).unwrap_err();
        assert!(endless.to_string().contains("/dev/zero: longer than 4 MiB"), "{endless}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cluster.toml");
        crate::store::write_atomic(&path, b"# a\n# \xff\n").unwrap();
        let error = read_policy(&path).unwrap_err().to_string();
        assert!(error.ends_with("line 2 is not UTF-8 (byte 0xff)"), "{error}");
    }
}
