//! Lines of a policy file: what an edit must leave as it is.

use std::ops::Range;

/// A text as it was, and without what its notation adds: a byte order mark, carriage returns.
pub(super) struct Original {
    /// The text with plain line feeds.
    pub(super) plain: String,
    marked: bool,
    carriage_returns: bool,
}

const MARK: char = '\u{feff}';

impl Original {
    pub(super) fn of(text: &str) -> Self {
        let body = text.strip_prefix(MARK).unwrap_or(text);
        Self {
            plain: body.replace("\r\n", "\n"),
            marked: body.len() < text.len(),
            carriage_returns: body.contains("\r\n"),
        }
    }

    /// A changed text in the notation of the original.
    pub(super) fn restored(&self, text: &str) -> String {
        let text = text.replace("\r\n", "\n");
        let text = if self.carriage_returns { text.replace('\n', "\r\n") } else { text };
        if self.marked { format!("{MARK}{text}") } else { text }
    }
}

/// A changed text whose additions stand after the comments that ended the old one, not before.
pub(super) fn insert_before_trailing(old: &str, trailing: &str, new: String) -> String {
    let parts = old.strip_suffix(trailing).zip(new.strip_suffix(trailing));
    let added = parts.and_then(|(old, new)| Some((old, new.strip_prefix(old)?)));
    match added {
        Some((head, added)) if !trailing.trim().is_empty() && is_section(head, added) => {
            let gap = if trailing.ends_with('\n') { "" } else { "\n" };
            let blank = if added.starts_with('\n') { "" } else { "\n" };
            format!("{head}{trailing}{gap}{blank}{added}")
        }
        _ => new,
    }
}

/// Whether what was added does not belong to the table before it.
fn is_section(head: &str, added: &str) -> bool {
    added.trim_start().starts_with('[') || (head.trim().is_empty() && !added.is_empty())
}

/// The text without the line of a key and its value; a comment behind them stays as a line of its
/// own. Nothing when more stands on the line than they.
pub(super) fn remove_line(text: &str, pair: Range<usize>) -> Option<String> {
    let (before, after) = (text.get(..pair.start)?, text.get(pair.end..)?);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = after.find('\n').map_or(text.len(), |at| pair.end + at + 1);
    let comment = after.get(..line_end - pair.end)?.trim_start();
    if !before.get(line_start..)?.trim().is_empty() {
        return None;
    }
    if comment.trim().is_empty() {
        return Some(format!("{}{}", text.get(..line_start)?, text.get(line_end..)?));
    }
    let kept = comment.starts_with('#');
    kept.then(|| format!("{}{comment}{}", &text[..line_start], &text[line_end..]))
}

/// The text without the header of an empty table, and without the blank line before it; with a
/// comment on it, above it or below it the header stays.
pub(super) fn drop_entry(text: &str, header: Range<usize>) -> String {
    let line_start = text[..header.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[header.start..].find('\n').map_or(text.len(), |at| header.start + at + 1);
    let (before, after) = (&text[..line_start], &text[line_end..]);
    let is_comment =
        |line: Option<&str>| line.is_some_and(|line| line.trim_start().starts_with('#'));
    let line = &text[line_start..line_end];
    let on_it = line.rsplit(']').next().is_some_and(|rest| rest.contains('#'));
    if on_it || is_comment(before.lines().next_back()) || is_comment(after.lines().next()) {
        return text.to_owned();
    }
    let before =
        before.strip_suffix("\n\n").map_or_else(|| before.to_owned(), |it| format!("{it}\n"));
    format!("{before}{after}")
}
