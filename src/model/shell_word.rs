//! Words of commands that a reader may paste into a shell.

use std::fmt::Display;

/// Text as one word of a POSIX shell: as it is where that is safe, else in double quotes, which
/// read best, else in single ones, within which nothing means anything.
#[must_use]
pub fn shell_word(text: impl Display) -> String {
    let text = text.to_string();
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-./:@%+,=".contains(it);
    if !text.is_empty() && text.chars().all(is_plain) { text } else { shell_quoted(&text) }
}

/// Text in quotes as one word of a POSIX shell. `!` would recall history within double quotes.
#[must_use]
pub fn shell_quoted(text: &str) -> String {
    if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{text}\"")
    }
}
