//! What can be wrong with dumps of batch systems.

use thiserror::Error;

use crate::import::ImportError;

/// A dump could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A file can't be read, or a value in it is wrong.
    #[error(transparent)]
    File(#[from] ImportError),
    /// A file without anything in it.
    #[error("{origin}: is empty")]
    Empty {
        /// The file.
        origin: String,
    },
    /// Bytes that are no text.
    #[error("{origin}: byte {offset} {what}")]
    NotText {
        /// The file.
        origin: String,
        /// First byte that is wrong, from 0.
        offset: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Something else.
    #[error(
        "{origin}: {found}: expected the output of squeue --json, sacct --json, scontrol show nodes \
         --json, qstat -f -F json, pbsnodes -a -F json, qstat -x or pbsnodes -x, jobs or tasks of \
         Windows HPC Server as CSV, slurm.conf, or server_name"
    )]
    Unknown {
        /// The file.
        origin: String,
        /// What stands there instead.
        found: String,
    },
    /// XML that is broken or that no batch system writes.
    #[error("{origin}: byte {offset}: {what}")]
    Xml {
        /// The file.
        origin: String,
        /// Where, from 0.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// A line of a table that is broken.
    #[error("{origin}: line {line}: {what}")]
    Line {
        /// The file.
        origin: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A value that stands for nothing known.
    #[error("{origin}: {path}: {value} is not {expected}")]
    Value {
        /// The file.
        origin: String,
        /// Path of the value in the document, or its line and column.
        path: String,
        /// The value.
        value: String,
        /// What it should be.
        expected: String,
    },
    /// A value that must be there.
    #[error("{origin}: {path}: no {key}")]
    Missing {
        /// The file.
        origin: String,
        /// Path of the element that lacks it.
        path: String,
        /// What is missing.
        key: &'static str,
    },
}

/// Longest piece of a value that an error shows.
const SHOWN: usize = 80;

/// Where a value stands: the file and the path in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) origin: &'a str,
    pub(super) path: &'a str,
}

impl At<'_> {
    /// The error for a value below this place.
    pub(super) fn wrong(&self, key: &str, value: &str, expected: impl Into<String>) -> BatchError {
        let shown: String = value.chars().take(SHOWN).collect();
        let more = if shown.len() < value.len() { "…" } else { "" };
        BatchError::Value {
            origin: self.origin.to_owned(),
            path: self.below(key),
            value: format!("{shown:?}{more}"),
            expected: expected.into(),
        }
    }

    /// The error for a value that is not there.
    pub(super) fn missing(&self, key: &'static str) -> BatchError {
        BatchError::Missing { origin: self.origin.to_owned(), path: self.path.to_owned(), key }
    }

    fn below(&self, key: &str) -> String {
        match (self.path, key) {
            (path, "") => path.to_owned(),
            ("", key) => key.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }
}
