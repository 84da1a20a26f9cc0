//! Bytes as text: UTF-8, or UTF-16 as Windows writes it.

use std::borrow::Cow;

use super::BatchError;

/// The text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one, or without one
/// where every second byte of the first characters is zero.
///
/// # Errors
/// Bytes that are neither, and characters that no such file holds.
pub(super) fn decoded<'a>(bytes: &'a [u8], origin: &str) -> Result<Cow<'a, str>, BatchError> {
    let wrong = |offset, what| BatchError::NotText { origin: origin.to_owned(), offset, what };
    let text = if let Some((skipped, order)) = wide(bytes) {
        let broken = || wrong(skipped, "begins UTF-16 that is broken: export the file as UTF-8");
        Cow::Owned(of_wide(&bytes[skipped..], order).ok_or_else(broken)?)
    } else {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            wrong(error.valid_up_to(), "is neither UTF-8 nor UTF-16: export the file as UTF-8")
        })?;
        Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text))
    };
    match text.find('\0') {
        Some(offset) => Err(wrong(offset, "is NUL, which no such file holds")),
        None => Ok(text),
    }
}

/// Order of the bytes of a 16-bit unit.
type Order = fn([u8; 2]) -> u16;

/// Length of the mark, and order of bytes, of text in 16-bit units.
fn wide(bytes: &[u8]) -> Option<(usize, Order)> {
    match bytes {
        [0xff, 0xfe, ..] => Some((2, u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Some((2, u16::from_be_bytes)),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => Some((0, u16::from_le_bytes)),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => Some((0, u16::from_be_bytes)),
        _ => None,
    }
}

fn of_wide(bytes: &[u8], order: Order) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| order(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn text_of_windows_is_text() {
        let text = "Id,Ownér\r\n";
        for order in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            assert_eq!(decoded(&utf16(text, order), "f").unwrap(), text);
            let marked = format!("\u{feff}{text}");
            assert_eq!(decoded(&utf16(&marked, order), "f").unwrap(), text);
        }
        assert_eq!(decoded("\u{feff}Id".as_bytes(), "f").unwrap(), "Id");
    }

    #[test]
    fn other_bytes_are_refused_with_their_place() {
        let said = |bytes: &[u8]| decoded(bytes, "f").unwrap_err().to_string();
        assert!(said(b"abc\xff").starts_with("f: byte 3 is neither UTF-8 nor UTF-16"));
        assert!(said(b"abcd\0").starts_with("f: byte 4 is NUL"));
        assert!(said(b"\xff\xfea").starts_with("f: byte 2 begins UTF-16"));
        assert!(said(b"\xff\xfe\x00\xd8a\0").contains("broken"));
    }
}
