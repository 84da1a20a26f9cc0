//! How values look.

use std::fmt::Display;

use owo_colors::OwoColorize;

/// What text is written to: how wide it is, and whether it shows colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Width in columns; `None` for files and pipes, where nothing is wrapped.
    pub width: Option<usize>,
    /// Whether colour is shown.
    pub colour: bool,
}

/// Colours by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Warning,
    Bad,
    Faint,
    Strong,
}

impl Page {
    /// The text in the colour of its meaning, where colour is shown.
    pub(super) fn paint(self, text: &str, tone: Tone) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        match tone {
            Tone::Good => text.green().to_string(),
            Tone::Warning => text.yellow().to_string(),
            Tone::Bad => text.red().to_string(),
            Tone::Faint => text.dimmed().to_string(),
            Tone::Strong => text.bold().to_string(),
        }
    }

    /// The text wrapped at the width, further lines indented.
    pub(super) fn wrap(self, text: &str, indent: usize) -> String {
        let Some(width) = self.width else {
            return text.to_owned();
        };
        let indent = " ".repeat(indent.min(width / 2));
        let options = textwrap::Options::new(width).subsequent_indent(&indent).break_words(false);
        textwrap::fill(text, options)
    }
}

/// Text from outside with control characters made visible, so that a name can't move the cursor,
/// and with invisible ones and those that turn the direction of writing.
#[must_use]
pub fn escaped(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return text.to_owned();
    }
    let show = |character: char| match character {
        hidden if hidden.is_control() || is_format(hidden) => hidden.escape_default().to_string(),
        plain => plain.to_string(),
    };
    text.chars().map(show).collect()
}

fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fffe}' | '\u{ffff}')
}

/// A speed as people write it: `10G`, `2.5G`, `100M`.
pub(super) fn speed(mbps: u32) -> String {
    match mbps {
        fast if fast >= 1000 => format!("{}G", gbps(fast)),
        small => format!("{small}M"),
    }
}

/// A speed in Gbit/s without needless digits: `10`, `2.5`, `0.1`.
pub(super) fn gbps(mbps: u32) -> String {
    let text = format!("{}.{:03}", mbps / 1000, mbps % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A list in words, shortened after `most` items: `a, b and 5 more`.
pub(super) fn list<T: Display>(items: &[T], most: usize) -> String {
    let shown: Vec<String> = items.iter().take(most).map(ToString::to_string).collect();
    match items.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A count with its noun: `1 node`, `3 nodes`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A place in words: `1st`, `2nd`, `11th`.
pub(super) fn ordinal(number: usize) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_as_people_write_them() {
        assert_eq!(
            [10_000, 2_500, 1_000, 100, 200_000].map(speed),
            ["10G", "2.5G", "1G", "100M", "200G"]
        );
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(" "),
            "1st 2nd 3rd 4th 11th 12th 13th 21st 112th"
        );
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(count(1, "node") + ", " + &count(0, "network"), "1 node, 0 networks");
        assert_eq!(escaped("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\n");
    }

    #[test]
    fn colour_shows_only_where_it_is_wanted() {
        assert_eq!(Page::default().paint("Up", Tone::Good), "Up");
        let page = Page { colour: true, width: None };
        assert_eq!(page.paint("Up", Tone::Good), "\u{1b}[32mUp\u{1b}[39m");
    }
}
