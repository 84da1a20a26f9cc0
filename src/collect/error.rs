//! Why a collection could not start, and why a node gave no inventory.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

use crate::store::StoreError;

/// A collection that could not be started, or was stopped.
#[derive(Debug, Error)]
pub enum CollectError {
    /// A destination without a host, or with an `@` and no user.
    #[error("{text:?} lacks a user or a host: write host or user@host")]
    EmptyPart {
        /// The destination as given.
        text: String,
    },
    /// A user or host that ssh would take for an option.
    #[error("{text:?} has a user or host that starts with \"-\": write host or user@host")]
    LeadingDash {
        /// The destination as given.
        text: String,
    },
    /// A host that starts with a dot; its file would be hidden, or outside the folder.
    #[error("{text:?} has a host that starts with \".\": write a host name or an address")]
    LeadingDot {
        /// The destination as given.
        text: String,
    },
    /// A character that no host, address or user has.
    #[error(
        "{text:?} holds {character:?}: a node is written with letters, digits and . _ : % @ - only"
    )]
    Character {
        /// The destination as given.
        text: String,
        /// The first character that is not allowed.
        character: char,
    },
    /// The same host with different users; they would share a file.
    #[error("{first:?} and {second:?} are one node: ask it as one user")]
    TwoUsers {
        /// The destination given first.
        first: String,
        /// The one that differs.
        second: String,
    },
    /// Text that can't be the name of a program on a node.
    #[error(
        "{text:?} is no program: write a name or path with letters, digits and . _ / + @ - only"
    )]
    Program {
        /// The program as given.
        text: String,
    },
    /// No event loop, no signal handler.
    #[error("cannot prepare to run ssh")]
    Prepare(#[source] io::Error),
    /// Stopped by SIGINT or SIGTERM.
    #[error("stopped by a signal: nodes that had not answered keep their previous inventory")]
    Interrupted,
}

/// Why a node gave no new inventory. Its previous one is kept.
///
/// `reason` is text from ssh or from the node, its last line, with control characters and bytes
/// that are not UTF-8 escaped.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The ssh program could not be run at all.
    #[error("cannot run {program:?}: install the OpenSSH client or name another program")]
    Start {
        /// The program as configured.
        program: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// ssh could not reach the node, was refused, or lost the connection.
    #[error("ssh: {reason}")]
    Ssh {
        /// What ssh said last.
        reason: String,
    },
    /// The node was reached but what it ran failed.
    #[error("the node gave no inventory ({status}): {reason}")]
    Remote {
        /// How it ended.
        status: ExitStatus,
        /// What it said last.
        reason: String,
    },
    /// No complete answer in the time given.
    #[error("no complete answer within {} s: {reason}", limit.as_secs_f64())]
    TimedOut {
        /// The time given.
        limit: Duration,
        /// What was said last.
        reason: String,
    },
    /// Something else than the script was run, as a forced command does.
    #[error("the node ran something else than it was asked for: {reason}")]
    NotAnswered {
        /// What it said last.
        reason: String,
    },
    /// The answer began but its end is missing.
    #[error("the answer was cut off")]
    Truncated,
    /// The answer is larger than any inventory.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The bytes allowed.
        limit: usize,
    },
    /// The answer is complete but no inventory.
    #[error("the answer is no inventory: {reason}")]
    Document {
        /// What the reader of inventories says, with its causes. It may quote the answer, so it
        /// is escaped here and not handed on as a source.
        reason: String,
    },
    /// The inventory could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}
