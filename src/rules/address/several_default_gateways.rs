//! ADR011 several-default-gateways.

use std::collections::{BTreeMap, BTreeSet};

use super::seats::candidates;
use crate::model::{
    InterfaceName, Locus, MAIN_TABLE, Member, NextHop, NodeInventory, NodeName, Route, Severity,
};
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
        remedy: "Keep the default route of the network of the clients, where the other nodes have \
                 theirs, and reach the rest by routes to their subnets.",
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
            (what, remedy(site, &exits, nodes))
        });
    }
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

/// Takes away all but the one by which most other nodes leave, else the preferred one.
fn remedy(site: &Site<'_>, exits: &Exits<'_>, nodes: &[&NodeName]) -> String {
    let inventory = nodes.first().and_then(|node| site.inventory(node));
    let Some((inventory, keep)) = inventory.zip(kept(site, exits, nodes)) else {
        return "keep one, lastingly in the network configuration".to_owned();
    };
    let routes = inventory.routes.iter().filter(|route| {
        route.is_default()
            && route.destination.is_ipv4() == exits.ipv4
            && route.table == exits.table
    });
    let commands: BTreeSet<String> =
        routes.flat_map(|route| commands(route, exits, keep)).collect();
    let commands: Vec<String> = commands.into_iter().collect();
    format!(
        "keep that of {keep}, lastingly in the network configuration: {}",
        commands.join(" && ")
    )
}

/// The interface on the network where most of the other nodes have their default gateway; of
/// equals the one that the kernel prefers.
fn kept<'a>(site: &Site<'_>, exits: &Exits<'a>, nodes: &[&NodeName]) -> Option<&'a InterfaceName> {
    let others = |interface: &InterfaceName| {
        let is_own = |member: &&Member| {
            nodes.first() == Some(&&member.node) && member.interface == *interface
        };
        let network =
            site.layout.networks.iter().find(|it| it.members.iter().any(|it| is_own(&it)));
        let members = network.into_iter().flat_map(|network| &network.members);
        let leaves = |it: &&Member| {
            !nodes.contains(&&it.node) && it.gateways.iter().any(|it| it.ipv6 != exits.ipv4)
        };
        members.filter(leaves).count()
    };
    exits.interfaces.iter().rev().copied().max_by_key(|interface| others(interface))
}

/// Commands that take a default route away from all interfaces but one. Of a route with several
/// next hops no single one can be deleted: it is replaced as a whole.
fn commands(route: &Route, exits: &Exits<'_>, keep: &InterfaceName) -> Vec<String> {
    let family = if exits.ipv4 { "" } else { "-6 " };
    let table = match exits.table {
        MAIN_TABLE => String::new(),
        other => format!(" table {other}"),
    };
    let metric = match route.priority {
        0 => String::new(),
        priority => format!(" metric {priority}"),
    };
    let hops: Vec<&NextHop> = route.next_hops.iter().collect();
    let kept = hops.iter().find(|hop| hop.interface == *keep);
    match (hops.as_slice(), kept) {
        ([_], Some(_)) => Vec::new(),
        ([_, _, ..], Some(hop)) => {
            let via = hop.gateway.map_or(String::new(), |gateway| format!("via {gateway} "));
            let nic = word(keep);
            vec![format!("ip {family}route replace default {via}dev {nic}{metric}{table}")]
        }
        (_, None) if hops.len() > 1 => {
            vec![format!("ip {family}route del default{metric}{table}")]
        }
        _ => {
            let own = hops.iter().filter(|hop| exits.interfaces.contains(&&hop.interface));
            let delete = |hop: &&NextHop| {
                format!("ip {family}route del default dev {}{metric}{table}", word(&hop.interface))
            };
            own.map(delete).collect()
        }
    }
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

    /// The remedy for `n1`, beside others that have their gateway by `eth0`.
    fn remedied(n1: NodeInventory, others: &[NodeInventory]) -> String {
        let nodes: Vec<NodeInventory> = [&[n1], others].concat();
        let set = crate::model::Policy::default();
        let layout = crate::layout::form(&nodes, &set);
        let assignment = crate::policy::assign(&layout, &set);
        let text = crate::model::PolicyText::default();
        let all = nodes.iter().collect();
        let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
        let exits = exits(&nodes[0], &candidates(&site));
        remedy(&site, &exits[0], &[&nodes[0].node])
    }

    #[test]
    fn the_gateway_stays_where_the_other_nodes_have_theirs() {
        let two = || {
            let late = |inventory: &mut NodeInventory| inventory.routes[0].priority = 100;
            node("n1").gateway("eth0").change(late).gateway("eth2").done()
        };
        let other = Node::new("n2").nic("eth0", &["10.0.0.2/24"]).gateway("eth0").done();
        assert!(remedied(two(), &[]).starts_with("keep that of eth2,"));
        let said = remedied(two(), &[other]);
        assert!(said.starts_with("keep that of eth0,"), "{said}");
        assert!(said.ends_with("configuration: ip route del default dev eth2"), "{said}");
    }

    #[test]
    fn a_route_with_several_next_hops_is_replaced() {
        let hops = |inventory: &mut NodeInventory| {
            let hop = |nic: &str, last: u8| NextHop {
                interface: InterfaceName::new(nic),
                gateway: Some([10, 0, last, 254].into()),
            };
            inventory.routes[0].next_hops = vec![hop("eth0", 0), hop("eth2", 2)];
            inventory.routes[0].priority = 50;
        };
        let said = remedied(node("n1").gateway("eth0").change(hops).done(), &[]);
        let expected = "configuration: ip route replace default via 10.0.0.254 dev eth0 metric 50";
        assert!(said.ends_with(expected), "{said}");
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
