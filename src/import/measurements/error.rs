//! What can be wrong with measurements.

use thiserror::Error;

use super::LARGEST_BYTES;
use super::told::MOST_RATES;
use crate::import::ImportError;

/// Measurements could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MeasurementError {
    /// A file can't be read, or a value in it is wrong.
    #[error(transparent)]
    File(ImportError),
    /// A file is too large to be what it should be.
    #[error("{origin}: larger than {} MiB, which no measurement is", LARGEST_BYTES >> 20)]
    TooLarge {
        /// The file.
        origin: String,
    },
    /// A file holds more measurements than anyone makes.
    #[error("{origin}: more than {MOST_RATES} measurements")]
    TooMany {
        /// The file.
        origin: String,
    },
    /// Something else.
    #[error(
        "{origin}: {}neither the reply to query-dirty-rate or query-migrate, nor what virsh domstats \
         --dirtyrate --balloon or virsh domjobinfo prints",
        prefix(path)
    )]
    Unknown {
        /// The file.
        origin: String,
        /// Path of the value in the document; empty for the document itself.
        path: String,
    },
    /// The monitor refused.
    #[error("{origin}: {}the monitor answered with an error: {message}", prefix(path))]
    Refused {
        /// The file.
        origin: String,
        /// Path of the reply in the document; empty for the document itself.
        path: String,
        /// What it says.
        message: String,
    },
    /// A measurement that was not over, or that nobody began.
    #[error("{origin}: {}the measurement is {status}: {advice}", prefix(path))]
    NotMeasured {
        /// The file.
        origin: String,
        /// Path of the value in the document, or its line; empty for the document itself.
        path: String,
        /// What the file says.
        status: String,
        /// What to do.
        advice: &'static str,
    },
    /// A file that says nothing that can be used.
    #[error(
        "{origin}: tells neither the size of memory nor how it is written: ask while the VM is \
         measured (calc-dirty-rate, then query-dirty-rate) or migrated (query-migrate)"
    )]
    Nothing {
        /// The file.
        origin: String,
    },
    /// A file that tells of several VMs.
    #[error("{origin}: tells of {names}: say which VM is meant, or write one of them to the file")]
    SeveralVms {
        /// The file.
        origin: String,
        /// Their names.
        names: String,
    },
    /// A file that does not tell of the VM that is meant.
    #[error("{origin}: tells of {names}, not of {name}")]
    OtherVm {
        /// The file.
        origin: String,
        /// Names in the file.
        names: String,
        /// Name that is meant.
        name: String,
    },
    /// Two files that can't be of one VM.
    #[error(
        "{second}: {what} {second_value} is not that of {first}, {first_value}: give measurements \
         of one VM"
    )]
    Conflict {
        /// What differs.
        what: &'static str,
        /// File that was read before.
        first: String,
        /// What it says.
        first_value: String,
        /// File that differs.
        second: String,
        /// What that says.
        second_value: String,
    },
}

impl From<ImportError> for MeasurementError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::TooLarge { origin, .. } => Self::TooLarge { origin },
            error => Self::File(error),
        }
    }
}

impl MeasurementError {
    /// A value that makes no sense.
    pub(super) fn value(at: (&str, String), value: &str, expected: &'static str) -> Self {
        let (origin, path) = (at.0.to_owned(), at.1);
        Self::File(ImportError::Value { origin, path, value: value.to_owned(), expected })
    }
}

fn prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}
