//! Words in texts.

/// `text` with each longest run of characters that are `inside` mapped.
pub(super) fn map_words(
    text: &str,
    inside: impl Fn(char) -> bool,
    map: impl Fn(&str) -> String,
) -> String {
    let mut mapped = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word_end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        if !word.is_empty() {
            mapped.push_str(&map(word));
        }
        let (between, next) = after.split_at(after.find(&inside).unwrap_or(after.len()));
        mapped.push_str(between);
        rest = next;
    }
    mapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_mapped_and_what_is_between_stays() {
        let mapped =
            |text: &str| map_words(text, char::is_alphanumeric, |word| format!("<{word}>"));
        assert_eq!(mapped(""), "");
        assert_eq!(mapped(" é, b2\n"), " <é>, <b2>\n");
        assert_eq!(mapped("--"), "--");
    }
}
