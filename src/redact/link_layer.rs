//! The shapes of link-layer addresses and of what is made of them.

use crate::model::Mac;

/// Bytes of a link-layer address of Ethernet.
pub(super) const ETHERNET: usize = 6;
/// Bytes of a link-layer address of IPoIB; the last 8 are the port's GUID.
pub(super) const IPOIB: usize = 20;
/// Where the GUID of an IPoIB address begins.
pub(super) const GUID_AT: usize = 12;

/// Whether a link-layer address tells a machine from others.
pub(super) fn identifies(bytes: &[u8]) -> bool {
    let uniform = |byte: u8| bytes.iter().all(|other| *other == byte);
    bytes.len() >= ETHERNET && bytes.len() != 16 && !uniform(0) && !uniform(0xff)
}

pub(super) fn local_unicast(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(first) = bytes.first_mut() {
        *first = *first & !1 | 2;
    }
    bytes
}

/// The byte sequences by which an address of this kind is known, in a fixed order.
pub(super) fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    match bytes.get(GUID_AT..) {
        Some([first, rest @ ..]) if bytes.len() == IPOIB => {
            let identifier = [&[*first | 2], rest].concat();
            vec![[&[*first], rest].concat(), identifier]
        }
        _ => [Some(bytes.to_vec()), eui64(bytes).map(Vec::from)].into_iter().flatten().collect(),
    }
}

/// The modified EUI-64 interface identifier of an Ethernet address (RFC 4291, appendix A).
pub(super) fn eui64(mac: &[u8]) -> Option<[u8; 8]> {
    let (vendor, device) = mac.split_at_checked(3)?;
    let joined = [vendor, &[0xff, 0xfe], device].concat();
    let mut identifier: [u8; 8] = joined.try_into().ok()?;
    identifier[0] ^= 2;
    Some(identifier)
}

/// The Ethernet address that an interface identifier was made of, if it was.
pub(super) fn ethernet_of(identifier: &[u8]) -> Option<Mac> {
    let (vendor, rest) = identifier.split_at_checked(3)?;
    let device = rest.strip_prefix(&[0xff, 0xfe])?;
    let mut bytes = [vendor, device].concat();
    bytes[0] ^= 2;
    Mac::from_bytes(&bytes)
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|character| *character != ':')
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let (pairs, []) = digits.as_deref()?.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_identifier_is_made_of_an_address_and_back() {
        let bytes = [0x52, 0x54, 0, 0xaa, 0xbb, 0xcc];
        let identifier = eui64(&bytes).unwrap();
        assert_eq!(identifier, [0x50, 0x54, 0, 0xff, 0xfe, 0xaa, 0xbb, 0xcc]);
        assert_eq!(ethernet_of(&identifier).unwrap().bytes(), bytes);
        assert_eq!(eui64(&[1; 8]), None);
        assert_eq!(ethernet_of(&[1; 8]), None);
    }

    #[test]
    fn identifiers_are_hexadecimal_pairs() {
        assert_eq!(from_hex("00fE"), Some(vec![0, 0xfe]));
        assert_eq!(from_hex("00:fe"), Some(vec![0, 0xfe]));
        assert_eq!(from_hex("0fe"), None);
        assert_eq!(from_hex("p0"), None);
    }
}
