//! What was learned, as byte patterns of the same length as what takes their place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One byte sequence and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    from: Vec<u8>,
    to: Vec<u8>,
    notation: Notation,
}

/// What a pattern's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    /// The value itself.
    Raw,
    /// Its hexadecimal digits, in any letter case.
    Text,
}

impl Pattern {
    fn starts(&self, bytes: &[u8]) -> bool {
        let head = bytes.get(..self.from.len());
        head.is_some_and(|head| match self.notation {
            Notation::Raw => head == self.from,
            Notation::Text => head.eq_ignore_ascii_case(&self.from),
        })
    }
}

/// Byte sequences to be replaced, by their first byte in lower case; the longest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Learned(BTreeMap<u8, Vec<Pattern>>);

impl Learned {
    /// Learns a value: as it is, and as hexadecimal text with colons, with hyphens, in groups of
    /// four digits, and without anything between.
    pub(super) fn add(&mut self, from: &[u8], to: &[u8]) {
        self.push(from.to_vec(), to.to_vec(), Notation::Raw);
        for (group, joint) in [(1, ":"), (1, "-"), (2, ":"), (from.len(), "")] {
            let text = |bytes: &[u8]| hex_groups(bytes, group, joint).into_bytes();
            self.push(text(from), text(to), Notation::Text);
        }
    }

    fn push(&mut self, from: Vec<u8>, to: Vec<u8>, notation: Notation) {
        let Some(first) = from.first().map(u8::to_ascii_lowercase) else {
            return;
        };
        let patterns = self.0.entry(first).or_default();
        let place = patterns.partition_point(|known| known.from.len() >= from.len());
        let pattern = Pattern { from, to, notation };
        if !patterns.contains(&pattern) {
            patterns.insert(place, pattern);
        }
    }

    /// Replaces every occurrence, in one pass, so that nothing is replaced twice.
    pub(super) fn replace(&self, bytes: &mut [u8]) {
        self.replace_where(bytes, |_| true);
    }

    /// Replaces every occurrence of hexadecimal text, which leaves text what it is.
    pub(super) fn replace_text(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.replace_where(&mut bytes, |notation| notation == Notation::Text);
        String::from_utf8(bytes).unwrap_or_default()
    }

    fn replace_where(&self, bytes: &mut [u8], wanted: impl Fn(Notation) -> bool) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let found = self.find(rest, &wanted);
            let length = found.map_or(1, |pattern| pattern.from.len());
            let (head, tail) = rest.split_at_mut(length);
            if let Some(pattern) = found {
                head.copy_from_slice(&pattern.to);
            }
            rest = tail;
        }
    }

    /// The longest pattern in a wanted notation that `bytes` start with.
    fn find(&self, bytes: &[u8], wanted: impl Fn(Notation) -> bool) -> Option<&Pattern> {
        let patterns = self.0.get(&bytes.first()?.to_ascii_lowercase())?;
        patterns.iter().find(|pattern| wanted(pattern.notation) && pattern.starts(bytes))
    }
}

/// Hexadecimal digits of `bytes`, with `joint` after every `group` bytes.
pub(super) fn hex_groups(bytes: &[u8], group: usize, joint: &str) -> String {
    let digits = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    };
    let groups: Vec<String> = bytes.chunks(group.max(1)).map(digits).collect();
    groups.join(joint)
}
