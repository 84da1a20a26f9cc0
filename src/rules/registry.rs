//! All rules, in the order of their codes.

use super::selection::is_called;
use super::{
    Rule, address, config, heartbeat, link, migration, redundancy, roles, service, storage,
};

/// Rules of each group.
const GROUPS: [&[&Rule]; 9] = [
    address::RULES,
    config::RULES,
    heartbeat::RULES,
    link::RULES,
    migration::RULES,
    redundancy::RULES,
    roles::RULES,
    storage::RULES,
    service::RULES,
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.into_iter().flatten().copied()
}

/// The rule with that code or name, in any letter case.
#[must_use]
pub fn find(word: &str) -> Option<&'static Rule> {
    all().find(|rule| is_called(rule, word) && !rule.group().eq_ignore_ascii_case(word))
}

/// The rules that a code, a name or a group means, in any letter case.
#[must_use]
pub fn meant(word: &str) -> Vec<&'static Rule> {
    all().filter(|rule| is_called(rule, word)).collect()
}

/// Groups with their rules.
pub(super) fn groups() -> impl Iterator<Item = (&'static str, &'static [&'static Rule])> {
    GROUPS.into_iter().filter_map(|rules| Some((rules.first()?.group(), rules)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_former_number_leads_to_its_rule() {
        assert_eq!(find("n058").map(|rule| rule.code), Some("MIG006"));
    }

    #[test]
    fn codes_and_names_are_unique_and_well_formed() {
        let codes: BTreeSet<&str> = all().map(|rule| rule.code).collect();
        let names: BTreeSet<&str> = all().map(|rule| rule.name).collect();
        assert_eq!((codes.len(), names.len()), (all().count(), all().count()));
        for rule in all() {
            let (letters, digits) = rule.code.split_at(3);
            assert!(letters.chars().all(|c| c.is_ascii_uppercase()), "{}", rule.code);
            assert!(
                digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit()),
                "{}",
                rule.code
            );
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.name.chars().all(kebab), "{}", rule.name);
        }
    }

    #[test]
    fn every_rule_is_documented_in_whole_sentences() {
        for rule in all() {
            let docs = &rule.docs;
            for text in [docs.what, docs.why, docs.example, docs.remedy, docs.source] {
                assert!(text.len() > 15 && text.ends_with('.'), "{}: {text}", rule.code);
            }
        }
    }

    #[test]
    fn rules_stand_in_the_order_of_their_codes() {
        let codes: Vec<&str> = all().map(|rule| rule.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        assert_eq!(codes, sorted);
    }
}
