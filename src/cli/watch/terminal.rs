//! The terminal while a screen is shown on it.

use std::fmt::Write as _;
use std::io;

use super::super::output;

/// The alternate screen, without cursor.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J";
/// Back to what was there before.
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";

/// A screen in place of what the terminal showed, which comes back when this is dropped.
#[derive(Debug)]
pub(super) struct Terminal(());

impl Terminal {
    pub(super) fn enter() -> io::Result<Self> {
        // Made first, so that what was written in part is undone.
        let terminal = Self(());
        output::print(ENTER)?;
        Ok(terminal)
    }

    /// Shows the lines in place of those before, in one piece and without flicker.
    pub(super) fn draw(lines: &[String]) -> io::Result<()> {
        let mut text = "\u{1b}[H".to_owned();
        for (number, line) in lines.iter().enumerate() {
            let end = if number + 1 < lines.len() { "\r\n" } else { "" };
            // Writing to a String can't fail.
            let _ = write!(text, "{line}\u{1b}[K{end}");
        }
        output::print(&(text + "\u{1b}[J"))
    }

    /// Rows and columns, or what old terminals had where nobody knows.
    pub(super) fn size() -> (usize, usize) {
        let measured = terminal_size::terminal_size();
        measured.map_or((24, 80), |(columns, rows)| (usize::from(rows.0), usize::from(columns.0)))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = output::print(LEAVE);
    }
}
