//! Words of a POSIX shell, for commands that a reader may paste into one.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_apart() {
        let words = ["eth0.100", "Cluster Network 2", "a;b|c&d", "it's", "$(x)", r#"it's "a" net"#];
        let quoted = ["eth0.100", "\"Cluster Network 2\"", "\"a;b|c&d\"", "\"it's\"", "'$(x)'"];
        assert_eq!(words.map(shell_word)[..5], quoted);
        assert_eq!(shell_word(words[5]), r#"'it'\''s "a" net'"#);
        assert_eq!(
            ["`x`", "a!b", r"a\b", ""].map(shell_word),
            ["'`x`'", "'a!b'", r"'a\b'", "\"\""]
        );
    }
}
