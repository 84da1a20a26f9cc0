//! RED007 double-failure-partitions.

use super::{cut, unknown};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED007",
    name: "double-failure-partitions",
    severity: Severity::Warning,
    docs: Docs {
        what: "The loss of two of networks, interfaces, cards and switches leaves two surviving \
               nodes, which no single loss parts, without a network of role 1 or 3 that both can \
               use. Named are the losses that reach furthest: two networks rather than their \
               members. Parts are told apart as for single-failure-partitions.",
        why: "A second fault while the first waits for its repair is what long outages are made of; \
              three independent paths survive it.",
        example: "Two networks join the nodes; while one switch is being replaced the other fails.",
        remedy: "Add a third network that shares no card and no switch with the first two, or \
                 accept the risk by a waiver.",
        source: "Counting of disjoint paths (Menger 1927); kronosnet takes up to eight links for \
                 this reason.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    if site.layout.nodes.len() < 2 {
        return;
    }
    let remedy = "add a path that shares no network, card or switch with these";
    for cut in &site.cuts().double {
        cut::find(site, report, cut, (" at once", remedy));
    }
    unknown::cards(site, report, |_, standing| standing.authorised && standing.usable);
    unknown::switches(site, report, |_, standing| standing.authorised && standing.usable);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::{down, healthy};

    fn two_networks(count: u8) -> Vec<NodeInventory> {
        let mut nodes = healthy(count);
        for node in &mut nodes {
            node.interfaces.truncate(2);
        }
        nodes
    }

    #[test]
    fn fires_on_two_networks() {
        let said = say(&RULE, &two_networks(16));
        assert_eq!(
            said.one(),
            ": losing Cluster Network 1 and Cluster Network 2 at once leaves no path among n1, n10, \
             n11 and 13 more"
        );
        assert_eq!(said.severities, ["warning"]);
    }

    #[test]
    fn fires_on_a_card_and_a_network() {
        let mut nodes = healthy(2);
        nodes[0].interfaces[2].device.as_mut().unwrap().pci = Some("0000:02:00.1".to_owned());
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n1: losing Cluster Network 1 and card 0000:02:00 of n1 at once leaves no path between \
             n1 and n2"
        );
    }

    #[test]
    fn fires_on_two_cards_of_one_node() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            let mut fourth = node.interfaces[0].clone();
            fourth.name = "eth3".into();
            let address = node.interfaces[0].addresses[0].address.to_string();
            let address = crate::testkit::address(&address.replace("10.0.0", "10.0.3"), &[]);
            fourth.addresses = vec![address];
            fourth.neighbours[0].chassis = "fourth".to_owned();
            node.interfaces.push(fourth);
            node.interfaces[1].device.as_mut().unwrap().pci = Some("0000:03:00.1".to_owned());
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": losing card 0000:01:00 of any one of n1 and n2 and card 0000:03:00 of the same node \
             at once leaves no path between n1 and n2"
        );
    }

    #[test]
    fn does_not_repeat_what_a_single_loss_does() {
        let mut nodes = two_networks(3);
        down(&mut nodes[2].interfaces[0]);
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": losing Cluster Network 1 and Cluster Network 2 at once leaves no path between n1 and \
             n2"
        );
        for node in &mut nodes {
            node.interfaces.truncate(1);
        }
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn three_independent_networks_survive_and_a_single_node_has_no_pairs() {
        say(&RULE, &healthy(4)).silent();
        say(&RULE, &healthy(1)).silent();
    }

    #[test]
    fn an_unknown_card_is_told() {
        let mut nodes = healthy(2);
        nodes[0].interfaces[1].device = None;
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing, ["card of n1 eth1 is not known: no device is told"]);
    }
}
