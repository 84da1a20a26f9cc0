//! Words that come near to one that means nothing.

use super::registry;

/// Letters of a word for which one may be wrong; three letters make a group, and are enough.
const LETTERS_PER_MISTAKE: usize = 4;

/// Most letters that may be wrong.
const MISTAKES: usize = 3;

/// The code, name or group of rules that is meant, as far as one can tell from a word that is
/// none: at most one letter in four is wrong, and three in all.
#[must_use]
pub fn nearest(word: &str) -> Option<&'static str> {
    let groups = registry::groups().map(|(group, _)| group);
    near(word, registry::all().flat_map(|rule| [rule.name, rule.code]).chain(groups))
}

/// The name or code of a rule that is meant.
pub(super) fn nearest_rule(word: &str) -> Option<&'static str> {
    near(word, registry::all().flat_map(|rule| [rule.name, rule.code]))
}

/// The only one of several names that comes as near to a word as any; no name where two do.
pub(super) fn nearest_name<'n>(
    word: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<&'n str> {
    let name = near(word, names.clone())?;
    let mut others = names.filter(|other| *other != name);
    let is_as_near = |other: &str| distance(word, other) <= distance(word, name);
    (!others.any(is_as_near)).then_some(name)
}

fn near<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = ((word.trim().chars().count() + 1) / LETTERS_PER_MISTAKE).min(MISTAKES);
    let measured = known.map(|name| (distance(word, name), name));
    let (distance, name) = measured.min_by_key(|(distance, _)| *distance)?;
    (distance <= most).then_some(name)
}

fn distance(word: &str, name: &str) -> usize {
    strsim::damerau_levenshtein(&word.trim().to_lowercase(), &name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(nearest("mtu-mismatsh"), Some("mtu-mismatch"));
        assert_eq!(nearest("lnk03"), Some("LNK003"));
        assert_eq!(nearest("LNX"), Some("LNK"));
        assert_eq!(nearest_rule("LNX"), None);
        for far in ["", "x", "LNK999", "zzz", "network", "completely-different", "12345678"] {
            assert_eq!(nearest(far), None, "{far}");
        }
    }

    #[test]
    fn of_two_names_that_are_as_near_none_is_suggested() {
        let nodes = ["node1", "node2", "head"];
        assert_eq!(nearest_name("haed", nodes.into_iter()), Some("head"));
        assert_eq!(nearest_name("noed1", nodes.into_iter()), Some("node1"));
        assert_eq!(nearest_name("node3", nodes.into_iter()), None);
    }
}
