//! Framing of netlink datagrams: messages, attributes and numbers, every read within bounds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::error::{DecodeError, Dump, Malformed};
use super::recording::Datagram;

/// Type of the message that ends a dump.
pub(super) const NLMSG_DONE: u16 = 3;
/// Type of the message that carries an error number.
pub(super) const NLMSG_ERROR: u16 = 2;
/// Type of the message that tells of lost messages.
pub(super) const NLMSG_OVERRUN: u16 = 4;
/// Flag of messages of a dump during which something changed.
pub(super) const NLM_F_DUMP_INTR: u16 = 0x10;
/// Types from here on belong to the protocol.
pub(super) const FIRST_PROTOCOL_TYPE: u16 = 0x10;

const MESSAGE_HEADER: usize = 16;
const ATTRIBUTE_HEADER: usize = 4;
/// Bits of an attribute's type that are no flags.
const TYPE_MASK: u16 = 0x3fff;

/// Bytes and their place in the datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

/// Something malformed and its place in the datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) found: Malformed,
}

impl Fault {
    pub(super) fn in_dump(self, dump: Dump, datagram: usize) -> DecodeError {
        DecodeError { dump, datagram, offset: self.offset, source: self.found }
    }
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) flags: u16,
    pub(super) payload: Span<'a>,
}

impl Message<'_> {
    /// The error number of `NLMSG_ERROR` or `NLMSG_DONE`, positive; 0 for none.
    pub(super) fn errno(&self) -> i32 {
        let number = self.payload.bytes.first_chunk::<4>();
        number.map_or(0, |number| i32::from_ne_bytes(*number).saturating_neg())
    }
}

/// Calls `visit` with every message of a dump that belongs to the protocol.
///
/// # Errors
/// What is malformed, by the framing or by `visit`, with its place.
pub(super) fn for_each_message<'a>(
    dump: Dump,
    datagrams: &'a [Datagram],
    mut visit: impl FnMut(Message<'a>) -> Result<(), Fault>,
) -> Result<(), DecodeError> {
    for (number, datagram) in datagrams.iter().enumerate() {
        for message in messages(datagram.bytes()) {
            let visited = message.and_then(|message| match message.kind {
                FIRST_PROTOCOL_TYPE.. => visit(message),
                _ => Ok(()),
            });
            visited.map_err(|fault| fault.in_dump(dump, number))?;
        }
    }
    Ok(())
}

/// The messages of a datagram; ends after the first fault.
pub(super) fn messages(datagram: &[u8]) -> impl Iterator<Item = Result<Message<'_>, Fault>> {
    let mut rest = Span { bytes: datagram, at: 0 };
    std::iter::from_fn(move || {
        if rest.bytes.is_empty() {
            return None;
        }
        let message = split_message(&mut rest);
        if message.is_err() {
            rest.bytes = &[];
        }
        Some(message)
    })
}

fn split_message<'a>(rest: &mut Span<'a>) -> Result<Message<'a>, Fault> {
    let fault = |found| Fault { offset: rest.at, found };
    let left = rest.bytes.len();
    let Some(header) = rest.bytes.first_chunk::<MESSAGE_HEADER>() else {
        return Err(fault(Malformed::MessageHeader(left)));
    };
    let [l0, l1, l2, l3, k0, k1, f0, f1, ..] = *header;
    let length = u32::from_ne_bytes([l0, l1, l2, l3]);
    let whole = usize::try_from(length).ok();
    let payload = whole.and_then(|end| rest.bytes.get(MESSAGE_HEADER..end));
    let (Some(end), Some(payload)) = (whole, payload) else {
        return Err(fault(Malformed::MessageLength { length, left }));
    };
    let message = Message {
        kind: u16::from_ne_bytes([k0, k1]),
        flags: u16::from_ne_bytes([f0, f1]),
        payload: Span { bytes: payload, at: rest.at + MESSAGE_HEADER },
    };
    rest.advance(end);
    Ok(message)
}

impl<'a> Span<'a> {
    /// Splits the fixed part of `N` bytes off.
    pub(super) fn fixed<const N: usize>(self) -> Result<(&'a [u8; N], Self), Fault> {
        match self.bytes.split_first_chunk::<N>() {
            Some((fixed, rest)) => Ok((fixed, Span { bytes: rest, at: self.at + N })),
            None => Err(Fault {
                offset: self.at,
                found: Malformed::FixedPart { needed: N, left: self.bytes.len() },
            }),
        }
    }

    /// Skips `length` bytes and the padding to a multiple of 4.
    pub(super) fn advance(&mut self, length: usize) {
        let padded = length.next_multiple_of(4).min(self.bytes.len());
        self.bytes = self.bytes.get(padded..).unwrap_or_default();
        self.at += padded;
    }

    /// The attributes; ends after the first fault.
    pub(super) fn attributes(self) -> impl Iterator<Item = Result<Attribute<'a>, Fault>> {
        let mut rest = self;
        std::iter::from_fn(move || {
            if rest.bytes.is_empty() {
                return None;
            }
            let attribute = split_attribute(&mut rest);
            if attribute.is_err() {
                rest.bytes = &[];
            }
            Some(attribute)
        })
    }
}

fn split_attribute<'a>(rest: &mut Span<'a>) -> Result<Attribute<'a>, Fault> {
    let fault = |found| Fault { offset: rest.at, found };
    let left = rest.bytes.len();
    let Some(&[l0, l1, k0, k1]) = rest.bytes.first_chunk::<ATTRIBUTE_HEADER>() else {
        return Err(fault(Malformed::AttributeHeader(left)));
    };
    let length = u16::from_ne_bytes([l0, l1]);
    let kind = u16::from_ne_bytes([k0, k1]) & TYPE_MASK;
    let end = usize::from(length);
    let Some(bytes) = rest.bytes.get(ATTRIBUTE_HEADER..end) else {
        return Err(fault(Malformed::AttributeLength { kind, length, left }));
    };
    let at = rest.at + ATTRIBUTE_HEADER;
    rest.advance(end);
    Ok(Attribute { kind, value: Span { bytes, at } })
}

/// One attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) kind: u16,
    pub(super) value: Span<'a>,
}

/// An attribute whose value has the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("attribute {kind} has {length} bytes where {needed} are needed")]
pub(super) struct WrongLength {
    pub(super) kind: u16,
    length: usize,
    needed: usize,
}

impl<'a> Attribute<'a> {
    /// The first `N` bytes of the value; more is a newer kernel's business.
    pub(super) fn array<const N: usize>(&self) -> Result<[u8; N], WrongLength> {
        let first = self.value.bytes.first_chunk::<N>();
        first.copied().ok_or_else(|| self.wrong_length(N))
    }

    pub(super) fn u8(&self) -> Result<u8, WrongLength> {
        self.array().map(u8::from_ne_bytes)
    }

    pub(super) fn u16(&self) -> Result<u16, WrongLength> {
        self.array().map(u16::from_ne_bytes)
    }

    pub(super) fn u32(&self) -> Result<u32, WrongLength> {
        self.array().map(u32::from_ne_bytes)
    }

    /// A number where 0 stands for none.
    pub(super) fn u32_or_none(&self) -> Result<Option<u32>, WrongLength> {
        self.u32().map(|number| (number != 0).then_some(number))
    }

    /// Text up to the first NUL; what is not UTF-8 is replaced.
    pub(super) fn text(&self) -> String {
        let bytes = self.value.bytes;
        let end = bytes.iter().position(|byte| *byte == 0);
        let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }

    /// Bytes in hexadecimal without separators.
    pub(super) fn hex(&self) -> String {
        super::recording::to_hex(self.value.bytes)
    }

    /// An IPv4 or IPv6 address, by its length.
    pub(super) fn address(&self) -> Result<IpAddr, WrongLength> {
        address(self.value.bytes).ok_or_else(|| self.wrong_length(4))
    }

    pub(super) fn wrong_length(&self, needed: usize) -> WrongLength {
        WrongLength { kind: self.kind, length: self.value.bytes.len(), needed }
    }

    /// The attributes inside; ends after the first fault.
    pub(super) fn nested(&self) -> impl Iterator<Item = Result<Attribute<'a>, Fault>> + use<'a> {
        self.value.attributes()
    }
}

/// An address of 4 or 16 bytes.
pub(super) fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(Ipv6Addr::from(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(16 + payload.len()).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn messages_are_split_at_their_padded_length() {
        let mut bytes = message(16, b"abcde");
        bytes.extend([0; 3]);
        bytes.extend(message(17, b""));
        let split: Vec<_> = messages(&bytes).map(Result::unwrap).collect();
        assert_eq!(split.len(), 2);
        assert_eq!(split[0].payload.bytes, b"abcde");
        assert_eq!((split[1].kind, split[1].payload.at), (17, 40));
    }

    #[test]
    fn a_length_beyond_the_end_ends_the_datagram_with_its_place() {
        let mut bytes = message(16, b"abcd");
        bytes.extend([200, 0, 0, 0]);
        bytes.extend([0; 12]);
        let last = messages(&bytes).last().unwrap().unwrap_err();
        let found = Malformed::MessageLength { length: 200, left: 16 };
        assert_eq!((last.offset, last.found), (20, found));
        assert!(messages(&[0; 16]).all(|message| message.is_err()));
    }

    #[test]
    fn attributes_end_at_the_first_fault() {
        let bytes = [6, 0, 1, 0x80, b'o', b'k', 0, 0, 3, 0, 2, 0];
        let span = Span { bytes: &bytes, at: 32 };
        let all: Vec<_> = span.attributes().collect();
        assert_eq!(all.len(), 2);
        let first = all[0].unwrap();
        assert_eq!((first.kind, first.text().as_str()), (1, "ok"));
        assert_eq!(all[1].unwrap_err().offset, 40);
        assert!(first.u32().is_err() && first.u16().is_ok());
    }
}
