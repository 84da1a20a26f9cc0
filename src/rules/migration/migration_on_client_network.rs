//! MIG003 migration-on-client-network.

use super::choices::{Choice, choices, is_ordered, place_of_order};
use crate::model::{Locus, Role, Severity};
use crate::rules::phrase::network_word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG003",
    name: "migration-on-client-network",
    severity: Severity::Warning,
    docs: Docs {
        what: "The first choice of live migration is a network of role 3, for the whole cluster or \
               between some of its nodes. Later choices, which wait for a failure, do not count.",
        why: "A live migration fills its line, and clients on it wait meanwhile. Memory of virtual \
              machines also crosses a network that others listen on, often unencrypted.",
        example: "The nodes share a heartbeat network and an office network with the default gateway: \
                  the heartbeat network has the lowest metric and carries CSV, so migration takes \
                  the other.",
        remedy: "Add a private network, or give one a lower metric than the public one.",
        source: "Microsoft's advice on live migration networks (KB 2473194): the traffic may affect \
                 client access.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let is_public = |place: usize| {
        site.assignment.networks.get(place).is_some_and(|it| it.role == Role::ClusterAndClient)
    };
    for choice in choices(site, |(_, migration)| migration.is_some_and(is_public)) {
        let name = &choice.on.network.name;
        let between = choice.between();
        report
            .find(
                Locus::network(name),
                format!("live migration goes over \"{name}\" of role 3 first{between}"),
                remedy(site, &choice),
            )
            .at(place_of_order(site));
    }
}

fn remedy(site: &Site<'_>, choice: &Choice<'_>) -> String {
    let public = choice.on.place;
    let csv = site.assignment.traffic.csv;
    let mut private = site.authorised().filter(|on| {
        on.place != public && Some(on.place) != csv && on.assigned.role == Role::Cluster
    });
    match private.find(|on| on.assigned.available) {
        _ if !choice.is_everybodys() => "give these nodes a private network in common".to_owned(),
        Some(on) if is_ordered(site) => {
            format!("put \"{}\" first in migration.order", on.network.name)
        }
        Some(on) => format!("netplan-cluster set {} metric=900", network_word(on.network)),
        None => "add a network without a default gateway for live migration".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MigrationOrder, MigrationPolicy, NodeInventory, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, golden_node, healthy};

    fn nodes(networks: &[&str]) -> Vec<NodeInventory> {
        vec![golden_node("n1", 1, networks), golden_node("n2", 2, networks)]
    }

    #[test]
    fn fires_where_the_second_network_is_public() {
        assert_eq!(
            say(&RULE, &nodes(&["Heartbeat", "Host Access", "iSCSI"])).one(),
            "@Cluster Network 2: live migration goes over \"Cluster Network 2\" of role 3 first"
        );
    }

    #[test]
    fn fires_where_the_list_says_so() {
        let order = MigrationOrder::List(vec!["192.0.2.0/24".into(), "10.0.1.0/24".into()]);
        let migration = MigrationPolicy { order, ..MigrationPolicy::default() };
        let said = say_with(&RULE, &healthy(3), &Policy { migration, ..Policy::default() });
        assert!(said.one().starts_with("@Cluster Network 3: "), "{}", said.one());
    }

    #[test]
    fn is_silent_where_a_private_network_comes_first() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &nodes(&["Heartbeat", "LM", "Host Access"])).silent();
    }

    #[test]
    fn a_later_choice_does_not_count_and_a_pair_of_nodes_does() {
        let mut nodes = healthy(3);
        nodes[2].interfaces.retain(|nic| nic.name.as_str() != "eth1");
        nodes.push(Node::new("n4").nic("eth0", &["10.0.0.4/24"]).done());
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 3: live migration goes over \"Cluster Network 3\" of role 3 first \
             between some of the nodes n1, n2 and n3"
        );
    }
}
