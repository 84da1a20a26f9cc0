//! What was read from the kernel, byte for byte, so that it can be decoded again elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{Gap, NodeName};

use super::Neighbours;

/// Schema of a recording.
pub const RECORDING_SCHEMA: &str = "netplan-cluster/recording/1";

/// Netlink answers and sysfs files of one node at one moment.
///
/// Decoding a recording ([`super::inventory`]) gives the same inventory wherever it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Always [`RECORDING_SCHEMA`].
    pub schema: String,
    /// The node recorded.
    pub node: NodeName,
    /// When it was taken, RFC 3339 in UTC to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Answers of the kernel.
    pub netlink: NetlinkDumps,
    /// Everything read below `/sys`, `/proc` and `/etc`, by its path; of `/etc/hosts` and
    /// `/etc/resolv.conf` only what is used.
    #[serde(default)]
    pub files: BTreeMap<String, FileFact>,
    /// What LLDP has seen, when somebody told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<Neighbours>,
    /// What could not be recorded.
    #[serde(default)]
    pub gaps: Vec<Gap>,
}

impl Recording {
    /// A recording of `node` with nothing in it yet.
    #[must_use]
    pub fn empty(node: NodeName) -> Self {
        Self {
            schema: RECORDING_SCHEMA.to_owned(),
            node,
            taken_at: None,
            netlink: NetlinkDumps::default(),
            files: BTreeMap::new(),
            neighbours: None,
            gaps: Vec::new(),
        }
    }
}

/// The answers to each dump, datagram by datagram, with the messages that end them; so an answer
/// is never empty, and an empty list stands for one that is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetlinkDumps {
    /// Interfaces (`RTM_GETLINK`).
    #[serde(default)]
    pub link: Vec<Datagram>,
    /// Addresses (`RTM_GETADDR`).
    #[serde(default)]
    pub addr: Vec<Datagram>,
    /// IPv4 routes (`RTM_GETROUTE`).
    #[serde(default)]
    pub route4: Vec<Datagram>,
    /// IPv6 routes (`RTM_GETROUTE`).
    #[serde(default)]
    pub route6: Vec<Datagram>,
    /// Speed and duplex (`ETHTOOL_MSG_LINKMODES_GET`); empty where the kernel lacks it, and speeds
    /// then stand in files.
    #[serde(default)]
    pub speed: Vec<Datagram>,
}

/// One datagram as it came; hexadecimal in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Datagram(Vec<u8>);

impl Datagram {
    /// Wraps bytes as they came.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Datagram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Datagram({})", to_hex(&self.0))
    }
}

impl Serialize for Datagram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Datagram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(HexVisitor)
    }
}

struct HexVisitor;

impl de::Visitor<'_> for HexVisitor {
    type Value = Datagram;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("pairs of hexadecimal digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Datagram, E> {
        from_hex(text).map(Datagram).map_err(E::custom)
    }
}

/// Text that is no hexadecimal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum HexError {
    #[error("an odd number of hexadecimal digits ({0})")]
    Odd(usize),
    #[error("digit {0} is not hexadecimal")]
    Digit(usize),
}

fn from_hex(text: &str) -> Result<Vec<u8>, HexError> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return Err(HexError::Odd(text.len()));
    }
    let byte = |(place, [high, low]): (usize, &[u8; 2])| {
        let high = nibble(*high).ok_or(HexError::Digit(2 * place))?;
        let low = nibble(*low).ok_or(HexError::Digit(2 * place + 1))?;
        Ok(high << 4 | low)
    };
    pairs.iter().enumerate().map(byte).collect()
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Bytes in hexadecimal.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What stood at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FileFact {
    /// Content of a file, without the line end.
    Text(String),
    /// Where a link leads, resolved to a path without links.
    Link(String),
    /// Names in a folder, sorted.
    Names(Vec<String>),
    /// Nothing could be read.
    Error {
        /// Error number, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<i32>,
        /// Error in words.
        cause: String,
    },
}

/// `ENOENT` and `ENOTDIR`: there is nothing at the path.
const NOTHING_THERE: [i32; 2] = [2, 20];

impl FileFact {
    /// Whether there is nothing at the path.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Error { errno: Some(errno), .. } if NOTHING_THERE.contains(errno))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_survives_json() {
        let mut recording = Recording::empty(NodeName::new("n1"));
        recording.netlink.link.push(Datagram::new(vec![0, 0xff, 0x1a]));
        let link = FileFact::Link("/sys/devices/pci0000:00/0000:00:03.0".to_owned());
        recording.files.insert("/sys/class/net/eth0/device".to_owned(), link);
        let text = serde_json::to_string(&recording).unwrap();
        assert!(text.contains("\"00ff1a\"") && text.contains(RECORDING_SCHEMA));
        assert_eq!(serde_json::from_str::<Recording>(&text).unwrap(), recording);
    }

    #[test]
    fn text_that_is_no_hexadecimal_is_refused() {
        assert_eq!(from_hex("0"), Err(HexError::Odd(1)));
        assert_eq!(from_hex("00g0"), Err(HexError::Digit(2)));
        assert_eq!(from_hex("00+1"), Err(HexError::Digit(2)));
        assert_eq!(from_hex("aBFf"), Ok(vec![0xab, 0xff]));
    }

    #[test]
    fn nothing_there_is_told_from_not_readable() {
        let fact = |errno| FileFact::Error { errno: Some(errno), cause: String::new() };
        assert!(fact(2).is_absent() && fact(20).is_absent() && !fact(13).is_absent());
    }
}
