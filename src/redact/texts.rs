//! Texts: everything that was learned, in whatever notation.

use std::net::Ipv6Addr;

use super::Redactor;
use super::words::map_words;

impl Redactor {
    /// `text` with everything learned replaced, host names as whole words, and with IPv6
    /// addresses as by [`Redactor::ip`]. Letter case matters in names of storage targets only.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let is_address = |character: char| character.is_ascii_hexdigit() || character == ':';
        let text = self.replace_targets(text);
        let addresses = map_words(&text, is_address, |word| match word.parse::<Ipv6Addr>() {
            Ok(address) => match self.ipv6(address) {
                same if same == address => word.to_owned(),
                redacted => redacted.to_string(),
            },
            Err(_) => word.to_owned(),
        });
        self.replace_names(&self.learned.replace_text(&addresses))
    }

    /// The longest first, because one can begin another.
    fn replace_targets(&self, text: &str) -> String {
        let mut targets: Vec<(&String, &String)> = self.targets.iter().collect();
        targets.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        targets
            .into_iter()
            .fold(text.to_owned(), |text, (name, redacted)| text.replace(name.as_str(), redacted))
    }

    /// Names with dots first, so that a full name is not taken for its first label.
    fn replace_names(&self, text: &str) -> String {
        let replace = |word: &str| match self.names.get(&word.to_lowercase()) {
            Some(redacted) => redacted.clone(),
            None => word.to_owned(),
        };
        let in_name = |character: char| character.is_alphanumeric() || "-_".contains(character);
        let with_dots = |character: char| in_name(character) || character == '.';
        map_words(text, with_dots, |word| {
            let full = word.trim_end_matches('.');
            match self.names.get(&full.to_lowercase()) {
                Some(redacted) => word.replacen(full, redacted, 1),
                None => map_words(word, in_name, |label| match replace(label) {
                    same if same == label => map_words(label, char::is_alphanumeric, replace),
                    redacted => redacted,
                }),
            }
        })
    }
}
