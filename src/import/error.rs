//! What can be wrong with what is imported.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::discover::{DecodeError, NodeNameError};
use crate::migration::SpecificationError;
use crate::service::ProfileError;

use super::document::SCHEMAS;

/// Something could not be imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Nothing stands at the path.
    #[error("{}: no such file or folder", .0.display())]
    Missing(PathBuf),
    /// A file or folder can't be read.
    #[error("{}: can't be read", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of a folder is a pipe, a socket or a device, which may never end.
    #[error("{}: is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// A file stands where the folder of the nodes should.
    #[error("{}: is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// A file is too large to be a document.
    #[error("{origin}: larger than {mib} MiB, which no document is")]
    TooLarge {
        /// The file.
        origin: String,
        /// What is read at most.
        mib: u64,
    },
    /// A file is not text.
    #[error("{origin}: byte {offset} is not UTF-8: JSON text is expected")]
    NotText {
        /// The file.
        origin: String,
        /// First byte that is no text, from 0.
        offset: usize,
    },
    /// JSON that is broken, or not of the shape it should have.
    #[error("{origin}: {}{message} at line {line} column {column}", prefix(path))]
    Json {
        /// The file.
        origin: String,
        /// Path of the value in the document; empty for the document itself.
        path: String,
        /// What is wrong with it.
        message: String,
        /// Line in the file, from 1.
        line: usize,
        /// Column in the line, from 1.
        column: usize,
    },
    /// A value that stands for nothing known.
    #[error("{origin}: {path}: {value} is not {expected}")]
    Value {
        /// The file.
        origin: String,
        /// Path of the value in the document.
        path: String,
        /// The value as JSON.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A name or number that may stand only once.
    #[error("{origin}: {path}: {value} stands at {first} already")]
    Twice {
        /// The file.
        origin: String,
        /// Path of the value in the document.
        path: String,
        /// The value as JSON.
        value: String,
        /// Path of the same value before it.
        first: String,
    },
    /// An element of iproute2 output without a key that it always has.
    #[error("{origin}: {path}: no \"{key}\"")]
    MissingKey {
        /// The file.
        origin: String,
        /// Path of the element in the document.
        path: String,
        /// The key.
        key: &'static str,
    },
    /// A file without any document.
    #[error("{origin}: holds no document")]
    Empty {
        /// The file.
        origin: String,
    },
    /// A JSON value that is no document.
    #[error(
        "{origin}: line {line}: neither an inventory, a recording nor the output of iproute2 \
         under the keys link, addr, route and route6 (one list alone is the file link.json, \
         addr.json, route.json or route6.json of a folder named after the node)"
    )]
    NotADocument {
        /// The file.
        origin: String,
        /// Line it begins in, from 1.
        line: usize,
    },
    /// A document with a schema of something else.
    #[error("{origin}: schema \"{schema}\" is not known: {} are", SCHEMAS.join(", "))]
    UnknownSchema {
        /// The file.
        origin: String,
        /// Schema the document gives.
        schema: String,
    },
    /// Nothing tells which node the document describes.
    #[error("{origin}: no \"node\" says which node this is")]
    NoNode {
        /// The file.
        origin: String,
    },
    /// A node's name that is none.
    #[error("{origin}: no usable name of a node")]
    NodeName {
        /// The file.
        origin: String,
        /// Why.
        #[source]
        source: NodeNameError,
    },
    /// A recording that does not decode.
    #[error("{origin}: the recording of {node} can't be decoded")]
    Recording {
        /// The file.
        origin: String,
        /// The node recorded.
        node: String,
        /// Why.
        #[source]
        source: DecodeError,
    },
    /// A JSON value where the output of lldpcli should be.
    #[error(
        "{origin}: {}not the output of lldpcli -f json show neighbors, which has the key lldp",
        prefix(path)
    )]
    NotLldp {
        /// The file.
        origin: String,
        /// Path of the value in the document; empty for the document itself.
        path: String,
    },
    /// A specification that makes no sense.
    #[error("{origin}: {}{reason}", prefix(path))]
    Specification {
        /// The file.
        origin: String,
        /// Path of the specification in the document, where the cause does not name it.
        path: String,
        /// Why.
        reason: SpecificationError,
    },
    /// A table without a column that it must have.
    #[error("{origin}: no column \"{column}\" in the first line, which has {found}")]
    Column {
        /// The file.
        origin: String,
        /// The column.
        column: &'static str,
        /// Columns that are there.
        found: String,
    },
    /// A text that is no profile.
    #[error("profile {origin}")]
    Profile {
        /// The file.
        origin: String,
        /// Why.
        #[source]
        source: ProfileError,
    },
    /// A folder of a node without its interfaces.
    #[error("{}: no link.json in this folder: write ip -j -d link to it", .0.display())]
    NoLinkFile(PathBuf),
}

fn prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}
