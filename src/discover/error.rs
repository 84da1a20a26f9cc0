//! What can go wrong while observing this host or decoding what was observed.

use std::fmt;
use std::io;

use thiserror::Error;

use super::recording::Datagram;

/// This host could not be observed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// No tokio runtime, so no socket.
    #[error("the event loop for netlink sockets can't be started")]
    Runtime(#[source] io::Error),
    /// Without interfaces there is no inventory.
    #[error("the kernel's list of interfaces can't be read")]
    Links(#[source] DumpError),
    /// The kernel answered something that is no list of interfaces.
    #[error("the kernel's list of interfaces can't be decoded")]
    Decode(#[source] DecodeError),
    /// The host name can't be read.
    #[error("the host name can't be read from {path}: name the node with --node")]
    HostName {
        /// File that holds it.
        path: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The host name is no name for a node.
    #[error("the host name in {path} is no name for a node: name the node with --node")]
    BadHostName {
        /// File that holds it.
        path: &'static str,
        /// Why.
        #[source]
        source: crate::discover::NodeNameError,
    },
}

/// A netlink dump that the kernel did not give.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The socket failed.
    #[error("netlink socket: {step}")]
    Socket {
        /// What was tried.
        step: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The kernel answered with an error.
    #[error("refused by the kernel")]
    Refused {
        /// The error number.
        #[source]
        source: io::Error,
        /// The datagram that told it; none where the kernel refused an option of the socket.
        answer: Option<Datagram>,
    },
    /// No answer in time.
    #[error("no answer from the kernel within {0} s")]
    Timeout(u64),
    /// A datagram that is no netlink message.
    #[error("answer of the kernel, byte {offset}")]
    Malformed {
        /// Where in the datagram.
        offset: usize,
        /// What was found there.
        #[source]
        source: Malformed,
    },
    /// Messages were lost again and again.
    #[error("messages lost on the way, {0} times in a row")]
    Overrun(usize),
}

/// A recording that holds something else than netlink messages.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("dump \"{dump}\", datagram {datagram}, byte {offset}")]
pub struct DecodeError {
    /// The dump.
    pub dump: Dump,
    /// Place of the datagram in the dump, from 0.
    pub datagram: usize,
    /// Place in the datagram, from 0.
    pub offset: usize,
    /// What was found there.
    pub source: Malformed,
}

/// The lists asked of the kernel, by their names in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dump {
    /// Interfaces.
    Link,
    /// Addresses.
    Addr,
    /// IPv4 routes.
    Route4,
    /// IPv6 routes.
    Route6,
    /// Speed and duplex, from ethtool's netlink family.
    Speed,
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "link",
            Self::Addr => "addr",
            Self::Route4 => "route4",
            Self::Route6 => "route6",
            Self::Speed => "speed",
        })
    }
}

/// Bytes that are no netlink message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// Fewer bytes than a message header has.
    #[error("{0} bytes where a message header has 16")]
    MessageHeader(usize),
    /// A message longer than its datagram, or shorter than its header.
    #[error("a message of {length} bytes where {left} bytes are left")]
    MessageLength {
        /// Length the message gives.
        length: u32,
        /// Bytes up to the end of the datagram.
        left: usize,
    },
    /// A message too short for what it should hold.
    #[error("{left} bytes where the fixed part of the message has {needed}")]
    FixedPart {
        /// Length of the fixed part.
        needed: usize,
        /// Bytes in the message.
        left: usize,
    },
    /// Fewer bytes than an attribute header has.
    #[error("{0} stray bytes after the last attribute")]
    AttributeHeader(usize),
    /// An attribute longer than its message, or shorter than its header.
    #[error("attribute {kind} of {length} bytes where {left} bytes are left")]
    AttributeLength {
        /// Type of the attribute.
        kind: u16,
        /// Length the attribute gives.
        length: u16,
        /// Bytes up to the end of the message.
        left: usize,
    },
    /// An interface without a name.
    #[error("interface {0} has no name")]
    Nameless(u32),
    /// A next hop longer than its list, or shorter than its header.
    #[error("next hop of {length} bytes where {left} bytes are left")]
    NextHopLength {
        /// Length the next hop gives.
        length: usize,
        /// Bytes up to the end of the list.
        left: usize,
    },
}
