//! Text from elsewhere, made safe to print.

use std::fmt::Write as _;

/// Characters of a reason before it is cut.
const MAX_REASON: usize = 400;

/// The last line of `bytes` that is not blank, printable; nothing when all are blank.
pub(super) fn last_line(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.rsplit(|byte| matches!(byte, b'\n' | b'\r'));
    let line = lines.find(|line| !line.trim_ascii().is_empty())?;
    Some(printable(line.trim_ascii()))
}

/// `bytes` as text, with control and direction-changing characters and bytes that are not UTF-8
/// escaped, and cut after a few hundred characters.
pub(super) fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(&mut text, character);
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    match text.char_indices().nth(MAX_REASON) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text,
    }
}

fn push(text: &mut String, character: char) {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if character.is_control() || turns {
        text.extend(character.escape_default());
    } else {
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let said = b"caf\xc3\xa9 \x1b[2J\x07\xff\xe2\x80\xae";
        assert_eq!(printable(said), "café \\u{1b}[2J\\u{7}\\xff\\u{202e}");
    }

    #[test]
    fn the_last_line_that_says_something_counts() {
        let said = b"Banner\nPermission denied (publickey).\r\n  \r\n";
        assert_eq!(last_line(said).unwrap(), "Permission denied (publickey).");
        assert_eq!(last_line(b" \n\r\n"), None);
    }

    #[test]
    fn a_long_line_is_cut() {
        let text = printable("ü".repeat(9999).as_bytes());
        assert_eq!(text.chars().count(), MAX_REASON + 1);
    }
}
