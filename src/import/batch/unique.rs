//! Identities that may stand once.

use std::collections::BTreeMap;

use super::BatchError;
use crate::import::ImportError;

/// Where each identity was met first.
#[derive(Debug, Default)]
pub(super) struct Unique(BTreeMap<String, String>);

impl Unique {
    /// Notes that an identity stands at a path.
    ///
    /// # Errors
    /// When it stands elsewhere already.
    pub(super) fn once(&mut self, origin: &str, id: &str, path: &str) -> Result<(), BatchError> {
        match self.0.insert(id.to_owned(), path.to_owned()) {
            None => Ok(()),
            Some(first) => Err(BatchError::File(ImportError::Twice {
                origin: origin.to_owned(),
                path: path.to_owned(),
                value: format!("{id:?}"),
                first,
            })),
        }
    }
}
