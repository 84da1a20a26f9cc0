//! ADR011 several-default-gateways.

use std::collections::{BTreeMap, BTreeSet};

use super::seats::{candidates, tell_hidden_routes};
use crate::model::{InterfaceName, Locus, MAIN_TABLE, NodeInventory, NodeName, Severity};
use crate::rules::phrase::{list, word};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR011",
    name: "several-default-gateways",
    severity: Severity::Error,
    docs: Docs {
        what: "A node has default routes of one address family in one routing table by more than \
               one interface that could be on a cluster network, whatever their priorities.",
        why: "Which way an answer leaves depends on priorities that change with leases and links, \
              and each of the networks counts as public.",
        example: "node1 has default routes by eth0 and by eth2 in its main table, both from DHCP.",
        remedy: "Keep the default route of the network of the clients, and reach the rest by \
                 routes to their subnets.",
        source: "Test-Cluster and KB 258750: one default gateway on a node.",
    },
    check,
};

/// A routing table of one family and the interfaces by which it has default routes, the one that
/// the kernel prefers first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Exits<'a> {
    ipv4: bool,
    table: u32,
    interfaces: Vec<&'a InterfaceName>,
}

fn check(site: &Site<'_>, report: &mut Report) {
    let candidates = candidates(site);
    let mut found: BTreeMap<Exits<'_>, Vec<&NodeName>> = BTreeMap::new();
    for inventory in &site.inventories {
        for exits in exits(inventory, &candidates).into_iter().filter(|it| it.interfaces.len() > 1)
        {
            found.entry(exits).or_default().push(&inventory.node);
        }
    }
    for (exits, nodes) in found {
        let family = if exits.ipv4 { "IPv4" } else { "IPv6" };
        let table = match exits.table {
            MAIN_TABLE => String::new(),
            other => format!(" in table {other}"),
        };
        let ways = list(&exits.interfaces);
        report.gather(&nodes, Locus::node, |nodes| {
            let what = format!("{family} default gateway on {ways} of {}{table}", list(nodes));
            (what, remedy(&exits))
        });
    }
    tell_hidden_routes(site, report);
}

fn exits<'a>(
    inventory: &'a NodeInventory,
    candidates: &BTreeSet<(&NodeName, &InterfaceName)>,
) -> Vec<Exits<'a>> {
    let mut ways: BTreeMap<(bool, u32), BTreeSet<(u32, &InterfaceName)>> = BTreeMap::new();
    for route in inventory.routes.iter().filter(|route| route.is_default()) {
        let table = ways.entry((!route.destination.is_ipv4(), route.table)).or_default();
        for hop in &route.next_hops {
            if candidates.contains(&(&inventory.node, &hop.interface)) {
                table.insert((route.priority, &hop.interface));
            }
        }
    }
    let exits = ways.into_iter().map(|((ipv6, table), ways)| {
        let mut interfaces: Vec<&InterfaceName> = Vec::new();
        for (_, interface) in ways {
            if !interfaces.contains(&interface) {
                interfaces.push(interface);
            }
        }
        Exits { ipv4: !ipv6, table, interfaces }
    });
    exits.collect()
}

/// Deletes all but the preferred one.
fn remedy(exits: &Exits<'_>) -> String {
    let family = if exits.ipv4 { "" } else { "-6 " };
    let table = match exits.table {
        MAIN_TABLE => String::new(),
        other => format!(" table {other}"),
    };
    let delete =
        |nic: &&InterfaceName| format!("ip {family}route del default dev {}{table}", word(nic));
    let commands: Vec<String> = exits.interfaces.iter().skip(1).map(delete).collect();
    format!("keep one, lastingly in the network configuration: {}", commands.join(" && "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, InterfaceKind};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn node(name: &str) -> Node {
        Node::new(name).nic("eth0", &["10.0.0.1/24", "fd00::1/64"]).nic("eth2", &["10.0.2.1/24"])
    }

    #[test]
    fn fires_on_two_interfaces_of_a_node() {
        let two = node("n1").gateway("eth2").gateway("eth0").done();
        assert_eq!(say(&RULE, &[two]).one(), "n1: IPv4 default gateway on eth0 and eth2 of n1");
    }

    #[test]
    fn the_preferred_way_out_comes_first_and_nodes_alike_are_one_finding() {
        let two = |name: &str| {
            let prefer = |inventory: &mut NodeInventory| inventory.routes[0].priority = 100;
            node(name).gateway("eth0").change(prefer).gateway("eth2").done()
        };
        assert_eq!(
            say(&RULE, &[two("n1"), two("n2")]).one(),
            ": IPv4 default gateway on eth2 and eth0 of n1 and n2"
        );
    }

    #[test]
    fn is_silent_for_one_interface_and_for_one_on_each_node() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node("n1").gateway("eth0").done(), node("n2").gateway("eth2").done()])
            .silent();
        say(&RULE, &[node("n1").gateway("eth0").gateway("eth0").done()]).silent();
    }

    #[test]
    fn families_and_tables_are_apart() {
        say(&RULE, &[node("n1").gateway("eth2").route("::/0", "eth0", MAIN_TABLE).done()]).silent();
        say(&RULE, &[node("n1").gateway("eth2").route("0.0.0.0/0", "eth0", 10).done()]).silent();
        let two = node("n1").route("::/0", "eth0", 10).route("::/0", "eth2", 10).done();
        assert_eq!(
            say(&RULE, &[two]).one(),
            "n1: IPv6 default gateway on eth0 and eth2 of n1 in table 10"
        );
    }

    #[test]
    fn a_tunnel_does_not_count() {
        let tunnel = node("n1").with("tun0", InterfaceKind::Tun, &["10.9.0.1/24"], |_| ());
        say(&RULE, &[tunnel.gateway("eth0").gateway("tun0").done()]).silent();
    }

    #[test]
    fn hidden_routes_are_told() {
        let mut nodes = healthy(2);
        nodes[0].gaps.push(gap(None, Fact::Routes6));
        assert_eq!(say(&RULE, &nodes).missing, ["IPv6 routes of n1 are not known: not told"]);
    }
}
