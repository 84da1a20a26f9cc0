//! MIG002 csv-and-migration-share.

use super::choices::{Choice, choices, is_ordered, place_of_order};
use crate::model::{Locus, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG002",
    name: "csv-and-migration-share",
    severity: Severity::Warning,
    docs: Docs {
        what: "CSV and the first choice of live migration are on one network, for the whole cluster \
               or between some of its nodes.",
        why: "A live migration fills its line. Redirected storage I/O and heartbeats that share it \
              wait, which slows virtual machines and may have a healthy node taken for dead.",
        example: "The nodes share 10.0.0.0/24 only, or migration.order lists the network with the \
                  lowest metric first.",
        remedy: "Add a network, put another one first in migration.order, or leave the order to the \
                 program.",
        source: "KB 2473194, which keeps both apart by taking the second-lowest metric for \
                 migration.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for choice in choices(site, |(csv, migration)| csv.is_some() && csv == migration) {
        let name = &choice.on.network.name;
        let between = choice.between();
        report
            .find(
                Locus::network(name),
                format!("\"{name}\" carries both CSV and live migration{between}"),
                remedy(site, &choice),
            )
            .at(place_of_order(site));
    }
}

fn remedy(site: &Site<'_>, choice: &Choice<'_>) -> String {
    let shared = choice.on.place;
    let mut others = site.authorised().filter(|on| on.place != shared && on.assigned.available);
    match others.next() {
        _ if !choice.is_everybodys() => "give these nodes a second network in common".to_owned(),
        Some(on) if is_ordered(site) => {
            format!("put \"{}\" first in migration.order", on.network.name)
        }
        Some(on) => {
            format!("allow \"{}\" for live migration: it is in migration.exclude", on.network.name)
        }
        None => "give the nodes a second network".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MigrationOrder, MigrationPolicy, NodeInventory, Place, Policy, PolicyText};
    use crate::rules::testing::{say, say_of_text, say_with};
    use crate::testkit::{Node, down, healthy};

    fn only(networks: usize) -> Vec<NodeInventory> {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces.truncate(networks);
        }
        nodes
    }

    fn policy(order: MigrationOrder) -> Policy {
        let migration = MigrationPolicy { order, ..MigrationPolicy::default() };
        Policy { migration, ..Policy::default() }
    }

    #[test]
    fn fires_on_the_only_network() {
        assert_eq!(
            say(&RULE, &only(1)).one(),
            "@Cluster Network 1: \"Cluster Network 1\" carries both CSV and live migration"
        );
    }

    #[test]
    fn fires_on_a_list_that_begins_with_the_csv_network() {
        let policy = policy(MigrationOrder::List(vec!["10.0.0.0/24".into()]));
        let place = Place { line: 2, column: 1 };
        let text =
            PolicyText { places: [("migration.order".into(), place)].into(), ..Default::default() };
        let said = say_of_text(&RULE, &healthy(3), (&policy, &text));
        assert!(said.one().starts_with("@Cluster Network 1: "), "{}", said.one());
    }

    #[test]
    fn is_silent_on_two_networks() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &only(2)).silent();
    }

    #[test]
    fn the_static_order_shares_only_after_a_failure() {
        let policy = policy(MigrationOrder::Static);
        say_with(&RULE, &healthy(2), &policy).silent();
        let mut nodes = healthy(2);
        down(&mut nodes[0].interfaces[0]);
        assert!(say_with(&RULE, &nodes, &policy).one().starts_with("@Cluster Network 2: "));
    }

    #[test]
    fn nodes_that_have_one_network_in_common_are_told() {
        let mut nodes = healthy(3);
        nodes.push(Node::new("n4").nic("eth1", &["10.0.1.4/24"]).done());
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 2: \"Cluster Network 2\" carries both CSV and live migration between \
             some of the nodes n1, n2, n3 and n4"
        );
    }
}
