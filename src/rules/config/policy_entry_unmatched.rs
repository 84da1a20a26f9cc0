//! CFG001 policy-entry-unmatched.

use std::collections::BTreeSet;

use crate::model::{ClusterNetwork, Locus, MigrationOrder, NetworkRef, Place, Severity, Subnet};
use crate::policy;
use crate::rules::phrase::list;
use crate::rules::report::Draft;
use crate::rules::selection::is_called;
use crate::rules::{Docs, Report, Rule, Site, registry};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "CFG001",
    name: "policy-entry-unmatched",
    severity: Severity::Warning,
    docs: Docs {
        what: "An entry of the policy file means nothing that is there: a subnet or a network of \
               the migration lists that no node is on, an interface pattern without wildcards that \
               no interface of any node has as its name, or a severity for a rule that does not \
               exist.",
        why: "What the administrator intended does not happen, and nothing else says so: mostly a \
              slip of the pen, or a network that is absent from every inventory.",
        example: "[network.\"10.0.10.0/24\"] is meant for 10.0.1.0/24.",
        remedy: "Correct the entry, or take it out; keep it and waive the finding while the network \
                 is only away for a time.",
        source: "This program's own: a command refuses an unknown network at once, a file can't.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let present: BTreeSet<Subnet> =
        site.layout.networks.iter().flat_map(|network| network.subnets.iter().copied()).collect();
    for subnet in site.policy.networks.keys().filter(|subnet| !present.contains(subnet)) {
        let place = site.text.place_of_network(&[*subnet], "");
        let draft = find(&format!("no node is on {subnet}, which has an entry"), place, report);
        absent(site, draft);
    }
    let migration = &site.policy.migration;
    if let MigrationOrder::List(references) = &migration.order {
        lists(site, references, "order", report);
    }
    lists(site, &migration.exclude, "exclude", report);
    patterns(site, report);
    severities(site, report);
}

fn find<'r>(what: &str, place: Option<Place>, report: &'r mut Report) -> &'r mut Draft {
    report.find(Locus::cluster(), what, "correct the entry, or take it out").at(place)
}

/// What is said to be absent may be there, on a node that hides its interfaces or addresses.
fn absent(site: &Site<'_>, draft: &mut Draft) {
    if site.hidden().interfaces() {
        draft.likely();
    }
}

/// References of a migration list; one to an absent network that has an entry is told by that.
fn lists(site: &Site<'_>, references: &[NetworkRef], key: &str, report: &mut Report) {
    let has_entry = |reference: &NetworkRef| {
        site.policy.networks.iter().any(|(subnet, entry)| match reference {
            NetworkRef::Subnet(other) => other == subnet,
            NetworkRef::Name(name) => {
                entry.name.as_ref().is_some_and(|given| given.matches(name.as_str()))
            }
        })
    };
    let is_present = |reference: &NetworkRef| {
        site.layout.networks.iter().any(|network| policy::means(reference, network))
    };
    for reference in references {
        if !is_present(reference) && !has_entry(reference) {
            let what = match reference {
                NetworkRef::Subnet(_) => format!("no node is on {reference}"),
                NetworkRef::Name(_) => format!("no network is called \"{reference}\""),
            };
            let what = format!("{what}, which migration.{key} names: {}", existing(site));
            let place = site.text.places.get(&format!("migration.{key}")).copied();
            absent(site, find(&what, place, report));
        }
    }
}

/// The networks that could have been meant.
fn existing(site: &Site<'_>) -> String {
    let name = |network: &ClusterNetwork| match network.key() {
        Some(key) => format!("\"{}\" ({key})", network.name),
        None => format!("\"{}\"", network.name),
    };
    match site.layout.networks.as_slice() {
        [] => "there is no network".to_owned(),
        [one] => format!("there is {}", name(one)),
        all => format!("there are {}", list(all.iter().map(name))),
    }
}

/// Patterns with a wildcard may be meant for nodes to come.
fn patterns(site: &Site<'_>, report: &mut Report) {
    let policy = &site.policy.interfaces;
    for (key, patterns) in [("include", &policy.include), ("exclude", &policy.exclude)] {
        for pattern in patterns {
            let is_plain = !pattern.to_string().contains(['*', '?', '[']);
            let matches = site.inventories.iter().any(|inventory| {
                let mut interfaces = inventory.interfaces.iter();
                interfaces.any(|one| pattern.matches(&inventory.node, one.name.as_str()))
            });
            if is_plain && !matches {
                let what =
                    format!("no interface is called {pattern}, which interfaces.{key} names");
                let place = site.text.places.get(&format!("interfaces.{key}")).copied();
                absent(site, find(&what, place, report));
            }
        }
    }
}

fn severities(site: &Site<'_>, report: &mut Report) {
    for word in site.policy.severities.keys() {
        if !registry::all().any(|rule| is_called(rule, word)) {
            let place = site.text.places.get(&format!("rules.{word}")).copied();
            find(&format!("no rule is called {word}, which has a severity"), place, report);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Policy, PolicyText};
    use crate::rules::testing::{say, say_of_text, say_with};
    use crate::testkit::{healthy, names};

    #[test]
    fn fires_on_an_absent_subnet() {
        let policy = names(&[("10.0.1.0/24", "LM"), ("10.0.10.0/24", "CSV")]);
        assert_eq!(
            say_with(&RULE, &healthy(2), &policy).one(),
            ": no node is on 10.0.10.0/24, which has an entry"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_entries_that_match() {
        say(&RULE, &healthy(2)).silent();
        let mut policy = names(&[("10.0.1.0/24", "LM")]);
        policy.migration.exclude = vec!["192.0.2.0/24".into(), "lm".into()];
        policy.interfaces.exclude = vec!["n2/eth1".parse().unwrap(), "wg*".parse().unwrap()];
        policy.severities.insert("LNK".to_owned(), None);
        policy.severities.insert("mtu-mismatch".to_owned(), None);
        say_with(&RULE, &healthy(2), &policy).silent();
    }

    #[test]
    fn references_patterns_and_severities_count() {
        let mut policy = Policy::default();
        policy.migration.order = MigrationOrder::List(vec!["Migartion".into()]);
        policy.interfaces.include = vec!["ib0".parse().unwrap()];
        policy.severities.insert("mtu-mismatsch".to_owned(), None);
        let said = say_with(&RULE, &healthy(2), &policy);
        assert_eq!(
            said.found,
            [
                ": no network is called \"Migartion\", which migration.order names: there are \
                 \"Cluster Network 1\" (10.0.0.0/24), \"Cluster Network 2\" (10.0.1.0/24) and \
                 \"Cluster Network 3\" (192.0.2.0/24)",
                ": no interface is called ib0, which interfaces.include names",
                ": no rule is called mtu-mismatsch, which has a severity",
            ]
        );
    }

    #[test]
    fn an_automatic_name_that_is_not_there_is_told_with_those_that_are() {
        let mut policy = Policy::default();
        policy.migration.exclude = vec!["Cluster Network 3".into()];
        say_with(&RULE, &healthy(2), &policy).silent();
        policy.migration.exclude = vec!["Cluster Network 9".into(), "10.0.9.0/24".into()];
        let said = say_with(&RULE, &healthy(2), &policy);
        let found =
            ["no network is called \"Cluster Network 9\", which", "no node is on 10.0.9.0/24,"];
        for (line, start) in said.found.iter().zip(found) {
            assert!(line.starts_with(&format!(": {start}")), "{line}");
            assert!(line.contains(": there are \"Cluster Network 1\" (10.0.0.0/24), "), "{line}");
        }
        assert_eq!(said.found.len(), 2);
        let said = say_with(&RULE, &[], &policy);
        assert!(said.found[0].ends_with(": there is no network"), "{:?}", said.found);
    }

    #[test]
    fn an_absent_network_is_told_once() {
        let mut policy = names(&[("10.0.10.0/24", "CSV")]);
        policy.migration.exclude = vec!["csv".into(), "10.0.10.0/24".into()];
        assert_eq!(say_with(&RULE, &healthy(2), &policy).found.len(), 1);
    }

    #[test]
    fn the_place_is_found_whatever_the_notation() {
        let mut text = PolicyText::default();
        let place = Place { line: 3, column: 10 };
        text.places.insert("network.\"FD00::/64\"".to_owned(), place);
        let policy = names(&[("fd00::/64", "LM")]);
        let said = say_of_text(&RULE, &healthy(1), (&policy, &text));
        assert_eq!(said.places, [Some(place)]);
    }
}
