//! CFG006 rule-set-twice.

use crate::model::{Locus, Severity};
use crate::rules::phrase::list;
use crate::rules::selection::{Setting, settings};
use crate::rules::{Docs, Report, Rule, Site, registry};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "CFG006",
    name: "rule-set-twice",
    severity: Severity::Warning,
    docs: Docs {
        what: "The table [rules] of the policy file sets one rule twice, by its code and by its \
               name, or a rule or a group in two letter cases. It is information only where both \
               say the same.",
        why: "Only one of them counts: the code before the name, capitals before small letters. \
              Whoever changes the other one later sees no effect.",
        example: "[rules] has LNK003 = \"off\" and mtu-mismatch = \"error\".",
        remedy: "Keep one of the lines, and take the others out.",
        source: "This program's own; TOML refuses a key that is there twice, and can't know that \
                 two mean the same.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for rule in registry::all() {
        let by_name = settings(site, rule.name);
        let all = settings(site, rule.code).chain(by_name).collect();
        find(site, report, (&format!("{} {}", rule.code, rule.name), all));
    }
    for (group, _) in registry::groups() {
        find(site, report, (&format!("the group {group}"), settings(site, group).collect()));
    }
}

/// Reports settings of one and the same, of which the first counts.
fn find(site: &Site<'_>, report: &mut Report, (same, settings): (&str, Vec<Setting<'_>>)) {
    let [(word, severity), others @ ..] = settings.as_slice() else { return };
    let Some((last, _)) = others.last() else { return };
    let place = |word: &str| site.text.places.get(&format!("rules.{word}")).copied();
    let named = |(word, severity): &Setting<'_>| {
        let line = place(word).map_or(String::new(), |place| format!(" (line {})", place.line));
        format!("{word} = \"{}\"{line}", severity.map_or("off", Severity::name))
    };
    let what = format!(
        "{same} is set {}, and \"{word}\" counts: {}",
        if settings.len() == 2 { "twice".to_owned() } else { format!("{} times", settings.len()) },
        list(settings.iter().map(named))
    );
    let remedy = format!("keep \"{word}\", and take out what does not count");
    let draft = report.find(Locus::cluster(), what, remedy).at(place(last));
    if others.iter().all(|(_, other)| other == severity) {
        draft.severity(Severity::Info);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Policy, PolicyText};
    use crate::rules::testing::{Said, say, say_of_text};
    use crate::testkit::healthy;

    fn said(set: &[(&str, Option<Severity>)]) -> Said {
        let mut policy = Policy::default();
        let mut text = PolicyText::default();
        for (line, (word, severity)) in (2..).zip(set) {
            policy.severities.insert((*word).to_owned(), *severity);
            text.places.insert(format!("rules.{word}"), Place { line, column: 1 });
        }
        say_of_text(&RULE, &healthy(2), (&policy, &text))
    }

    #[test]
    fn fires_on_code_and_name_and_names_both_lines() {
        let said = said(&[("mtu-mismatch", Some(Severity::Error)), ("LNK003", None)]);
        assert_eq!(
            said.one(),
            ": LNK003 mtu-mismatch is set twice, and \"LNK003\" counts: \
             LNK003 = \"off\" (line 3) and mtu-mismatch = \"error\" (line 2)"
        );
        assert_eq!(said.places, [Some(Place { line: 2, column: 1 })]);
        assert_eq!(said.severities, ["warning"]);
    }

    #[test]
    fn letter_case_makes_no_other_rule_or_group() {
        for (one, other) in [("LNK003", "lnk003"), ("Mtu-Mismatch", "mtu-mismatch"), ("LNK", "lnk")]
        {
            let said = said(&[(other, None), (one, None)]);
            assert!(
                said.one().contains(&format!("is set twice, and \"{one}\" counts")),
                "{:?}",
                said.found
            );
            assert_eq!(said.severities, ["info"], "both say the same");
        }
    }

    #[test]
    fn a_rule_beside_its_group_and_two_rules_are_silent() {
        say(&RULE, &healthy(2)).silent();
        said(&[("LNK", None), ("LNK003", None), ("mtu-above-parent", None)]).silent();
    }
}
