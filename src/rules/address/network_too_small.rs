//! ADR014 network-too-small.

use std::collections::BTreeSet;

use crate::model::{ClusterNetwork, Locus, NodeName, Severity, Subnet};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR014",
    name: "network-too-small",
    severity: Severity::Error,
    docs: Docs {
        what: "The subnets of a cluster network hold fewer usable addresses than the cluster has \
               nodes (error), or fewer than its nodes and a tenth more (warning), judged for IPv4 \
               and IPv6 apart. Network, broadcast and subnet-router addresses are not usable; a \
               /32 or /128 holds one address. A network of nothing but /31 or /127 in a family is a \
               point-to-point link of two nodes, which is made so: that is information only.",
        why: "A node that joins later gets no address, and neither does the virtual address of a \
              service or a node that is being replaced.",
        example: "10.0.1.0/29 holds 6 addresses for 6 nodes: a warning; for 7 nodes: an error.",
        remedy: "Use a shorter prefix on every node of the network.",
        source: "Harvester asks for as many addresses on its storage network; RFC 3021 and RFC 6164 \
                 describe point-to-point links.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let nodes = site.layout.nodes.len() as u128;
    for on in site.networks() {
        for ipv4 in [true, false] {
            let of_family = subnets(on.network, ipv4);
            let holds =
                of_family.iter().map(|subnet| usable(*subnet)).fold(0, u128::saturating_add);
            if of_family.is_empty() || holds.saturating_mul(10) >= nodes * 11 {
                continue;
            }
            if of_family.iter().all(|subnet| subnet.is_point_to_point()) {
                tell_link(report, on.network, &of_family);
                continue;
            }
            let severity = if holds < nodes { Severity::Error } else { Severity::Warning };
            let prefix = prefix_for(nodes, ipv4);
            let draft = report.find(
                Locus::network(&on.network.name),
                format!("{} holds {holds} usable addresses for {nodes} nodes", list(&of_family)),
                format!("use a prefix of /{prefix} or shorter on every node"),
            );
            draft.severity(severity);
        }
    }
}

fn tell_link(report: &mut Report, network: &ClusterNetwork, subnets: &[Subnet]) {
    let nodes: BTreeSet<&NodeName> = network.members.iter().map(|member| &member.node).collect();
    let (are, links) = match subnets {
        [_] => ("is a", "point-to-point link"),
        _ => ("are", "point-to-point links"),
    };
    let draft = report.find(
        Locus::network(&network.name),
        format!("{} {are} {links} of {}: no other node can join", list(subnets), list(nodes)),
        "nothing, unless further nodes are to join: then use a shorter prefix on every node",
    );
    draft.severity(Severity::Info);
}

/// Subnets of a family; host prefixes are no place for others, whatever the number of nodes.
fn subnets(network: &ClusterNetwork, ipv4: bool) -> Vec<Subnet> {
    network
        .subnets
        .iter()
        .copied()
        .filter(|subnet| subnet.is_ipv4() == ipv4 && !subnet.is_host())
        .collect()
}

/// How many hosts can have an address in the subnet.
fn usable(subnet: Subnet) -> u128 {
    usable_of(subnet.prefix(), subnet.is_ipv4())
}

fn usable_of(prefix: u8, ipv4: bool) -> u128 {
    let bits: u8 = if ipv4 { 32 } else { 128 };
    let all = 1_u128.checked_shl(u32::from(bits.saturating_sub(prefix))).unwrap_or(u128::MAX);
    match (all, ipv4) {
        (1 | 2, _) => all,
        (_, true) => all - 2,
        (_, false) => all - 1,
    }
}

/// The longest prefix that holds the nodes and a tenth more.
fn prefix_for(nodes: u128, ipv4: bool) -> u8 {
    let bits = if ipv4 { 32 } else { 128 };
    let fits = |prefix: &u8| usable_of(*prefix, ipv4).saturating_mul(10) >= nodes * 11;
    (0..=bits).rev().find(fits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    /// A cluster of which the first node alone is on the network that is judged.
    fn cluster(nodes: u8, prefix: &str) -> Vec<NodeInventory> {
        let node = |host: u8| {
            let node = Node::new(&format!("n{host}"));
            if host == 0 { node.nic("eth0", &[prefix]).done() } else { node.done() }
        };
        (0..nodes).map(node).collect()
    }

    fn severity(nodes: u8, prefix: &str) -> Option<&'static str> {
        say(&RULE, &cluster(nodes, prefix)).severities.first().copied()
    }

    #[test]
    fn fires_by_the_number_of_nodes() {
        let said = say(&RULE, &cluster(7, "10.0.1.1/29"));
        assert_eq!(
            said.one(),
            "@Cluster Network 1: 10.0.1.0/29 holds 6 usable addresses for 7 nodes"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn is_silent_where_there_is_room() {
        say(&RULE, &healthy(16)).silent();
        say(&RULE, &cluster(200, "fd00::1/64")).silent();
        say(&RULE, &cluster(200, "0.0.0.1/0")).silent();
    }

    #[test]
    fn a_tenth_more_is_enough() {
        assert_eq!(severity(5, "10.0.1.1/29"), None);
        assert_eq!(severity(6, "10.0.1.1/29"), Some("warning"));
        assert_eq!(severity(12, "10.0.1.1/28"), None);
        assert_eq!(severity(13, "10.0.1.1/28"), Some("warning"));
        assert_eq!(severity(14, "10.0.1.1/28"), Some("warning"));
        assert_eq!(severity(15, "10.0.1.1/28"), Some("error"));
    }

    #[test]
    fn the_smallest_prefixes_hold_two_and_one() {
        assert_eq!(severity(2, "10.0.1.1/30"), Some("warning"));
        assert_eq!(severity(3, "10.0.1.1/30"), Some("error"));
        assert_eq!(severity(2, "10.0.1.0/32"), None, "a host prefix is no place for others");
        assert_eq!(
            (severity(2, "fd00::1/126"), severity(3, "fd00::1/126")),
            (None, Some("warning"))
        );
        assert_eq!(usable_of(0, false), u128::MAX - 1);
    }

    #[test]
    fn a_point_to_point_link_is_named_as_that() {
        for prefix in ["10.0.1.0/31", "fd00::1/127"] {
            assert_eq!(severity(1, prefix), None, "{prefix}");
            assert_eq!(severity(2, prefix), Some("info"), "{prefix}");
            assert_eq!(severity(3, prefix), Some("info"), "{prefix}");
        }
        let end = |name: &str, address: &str| Node::new(name).nic("eth0", &[address]).done();
        let nodes = [end("n1", "10.0.1.0/31"), end("n2", "10.0.1.1/31")];
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: 10.0.1.0/31 is a point-to-point link of n1 and n2: no other node \
             can join"
        );
    }

    #[test]
    fn the_prefix_that_is_proposed_is_enough() {
        assert_eq!((prefix_for(6, true), prefix_for(12, true)), (28, 28));
        assert_eq!((prefix_for(13, true), prefix_for(3, false)), (27, 125));
    }
}
