//! Why this host can't be watched any more.

use std::io;

use thiserror::Error;

use super::super::error::{DecodeError, Dump, DumpError};

/// This host can't be watched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LiveError {
    /// No socket.
    #[error("no subscription to changes of the network")]
    Open(#[source] io::Error),
    /// The socket failed, so that nothing more would be told.
    #[error("the netlink socket is lost")]
    Lost(#[source] io::Error),
    /// The kernel did not answer.
    #[error("the kernel's list \"{dump}\" can't be read again")]
    Dump {
        /// What was asked for.
        dump: Dump,
        /// Why there is no answer.
        #[source]
        source: DumpError,
    },
    /// The kernel told something that can't be decoded.
    #[error("this host's state can't be understood")]
    Decode(#[source] DecodeError),
}
