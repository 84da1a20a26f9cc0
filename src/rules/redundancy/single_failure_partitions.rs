//! RED006 single-failure-partitions.

use super::{cut, unknown};
use crate::failover::{Cut, Lost, PartKind};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED006",
    name: "single-failure-partitions",
    severity: Severity::Error,
    docs: Docs {
        what: "The loss of one network, interface, card or switch leaves two surviving nodes \
               without a network of role 1 or 3 that both can use. A card is all functions of one \
               PCI device, so a port of a four-port card counts as the card; a bond survives while \
               one of its ports does; a switch is known by its LLDP chassis or phys_switch_id. Pairs \
               that have no path already are left to other rules.",
        why: "A fault as common as a loose cable splits the cluster: nodes fence each other, or the \
              side without quorum stops its virtual machines.",
        example: "Heartbeat and CSV network of n2 are two ports of the card 0000:03:00; when it \
                  fails n2 is cut off although both networks are well.",
        remedy: "Give the nodes that are parted a second path that shares nothing with the first.",
        source: "Microsoft KB 258750 advises to remove single points of failure from the paths between \
                 nodes; kronosnet offers several links for the same reason.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    if site.layout.nodes.len() < 2 {
        return;
    }
    for cut in &site.cuts().single {
        cut::find(site, report, cut, ("", remedy(cut)));
    }
    unknown::cards(site, report, |_, standing| standing.authorised && standing.usable);
    unknown::switches(site, report, |_, standing| standing.authorised && standing.usable);
}

fn remedy(cut: &Cut<'_>) -> &'static str {
    match cut.losses.first() {
        Some(Lost::Part { kind: PartKind::Interface, .. }) => {
            "move one of the networks to another interface, or bond it with a port of another card"
        }
        Some(Lost::Part { kind: PartKind::Card, .. }) => {
            "move one of the networks to a port of another card"
        }
        Some(Lost::Switch(_) | Lost::Part { .. }) => "plug one of the networks into another switch",
        _ => "join these nodes by a second network of role 1 or 3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, NodeInventory, Policy};
    use crate::rules::testing::{gap, say, say_with, waiver};
    use crate::testkit::{down, healthy};

    fn card(node: &mut NodeInventory, functions: [&str; 3]) {
        for (nic, function) in node.interfaces.iter_mut().zip(functions) {
            nic.device.as_mut().unwrap().pci = Some(function.to_owned());
        }
    }

    const ONE_CARD: [&str; 3] = ["0000:01:00.0", "0000:01:00.1", "0000:01:00.2"];

    #[test]
    fn fires_on_the_only_network() {
        let mut nodes = healthy(3);
        for node in &mut nodes {
            node.interfaces.truncate(1);
        }
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 1: losing Cluster Network 1 leaves no path among n1, n2 and n3"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn fires_on_a_card_under_all_networks() {
        let mut nodes = healthy(3);
        card(&mut nodes[1], ONE_CARD);
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "n2: losing card 0000:01:00 of n2 leaves no path from n2 to n1 and n3"
        );
    }

    #[test]
    fn equal_nodes_are_one_finding() {
        let mut nodes = healthy(16);
        for node in &mut nodes {
            card(node, ONE_CARD);
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": losing card 0000:01:00 of any one of n1, n10, n11 and 13 more leaves no path among \
             n1, n10, n11 and 13 more"
        );
    }

    #[test]
    fn one_of_equal_nodes_is_waived() {
        let mut nodes = healthy(3);
        for node in &mut nodes {
            card(node, ONE_CARD);
        }
        let mut policy = Policy { waivers: vec![waiver("RED006")], ..Policy::default() };
        policy.waivers[0].node = Some("n2".into());
        assert_eq!(
            say_with(&RULE, &nodes, &policy).one(),
            ": losing card 0000:01:00 of any one of n1 and n3 leaves no path among n1, n2 and n3"
        );
    }

    #[test]
    fn fires_on_a_switch_by_its_name() {
        let mut nodes = healthy(2);
        for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            nic.neighbours[0].chassis = "mac 02:00:00:00:00:99".to_owned();
            nic.neighbours[0].name = Some("core".to_owned());
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": losing switch core leaves no path between n1 and n2"
        );
    }

    #[test]
    fn two_networks_are_enough_until_one_is_down() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces.truncate(2);
        }
        say(&RULE, &nodes).silent();
        down(&mut nodes[1].interfaces[0]);
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        down(&mut nodes[1].interfaces[1]);
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn unknown_cards_and_switches_are_told() {
        let mut nodes = healthy(2);
        for nic in &mut nodes[0].interfaces {
            nic.device = None;
            nic.neighbours.clear();
        }
        nodes[0].gaps.push(gap(None, Fact::Device));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(
            said.missing,
            [
                "card of 3 interfaces is not known (n1 eth0, n1 eth1 and n1 eth2): not told",
                "switch of 3 interfaces is not known (n1 eth0, n1 eth1 and n1 eth2): no LLDP neighbour \
             and no phys_switch_id is told"
            ]
        );
    }

    #[test]
    fn is_silent_on_a_healthy_cluster_and_a_single_node() {
        say(&RULE, &healthy(4)).silent();
        say(&RULE, &healthy(1)).silent();
    }
}
