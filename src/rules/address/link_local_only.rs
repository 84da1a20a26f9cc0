//! ADR010 link-local-only.

use std::collections::{BTreeMap, BTreeSet};

use ipnetwork::IpNetwork;

use super::seats::without_network;
use crate::model::{InterfaceName, Locus, NodeName, Severity, SkipReason};
use crate::rules::phrase::{list, pattern};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR010",
    name: "link-local-only",
    severity: Severity::Warning,
    docs: Docs {
        what: "An interface that could be on a cluster network has no address but IPv4 link-local \
               ones (169.254.0.0/16), IPv6 link-local ones aside.",
        why: "Hosts choose such an address for themselves when no DHCP server answers, so the \
              interface is on no network that the cluster could use.",
        example: "eth1 of node1 has 169.254.7.9/16 and fe80::1/64, and nothing else.",
        remedy: "Repair DHCP or set an address; exclude the interface in the policy if it is meant \
                 to be so, such as the one to a management controller.",
        source: "RFC 3927; Test-Cluster warns of adapters with automatic private addresses.",
    },
    check,
};

/// A node and addresses of an interface there.
type Addressed<'a> = (&'a NodeName, &'a [IpNetwork]);

fn check(site: &Site<'_>, report: &mut Report) {
    let mut found: BTreeMap<&InterfaceName, Vec<Addressed<'_>>> = BTreeMap::new();
    for (node, interface, reason) in without_network(site) {
        if let SkipReason::Ipv4LinkLocal(addresses) = reason {
            found.entry(&interface.name).or_default().push((node, addresses));
        }
    }
    for (interface, on_nodes) in found {
        let spot = |(node, _): Addressed<'_>| Locus::interface(node, interface);
        report.gather(&on_nodes, spot, |on_nodes| tell(interface, on_nodes));
    }
}

fn tell(interface: &InterfaceName, on_nodes: &[Addressed<'_>]) -> (String, String) {
    let nodes = list(on_nodes.iter().map(|(node, _)| *node));
    let addresses: BTreeSet<&IpNetwork> = on_nodes.iter().flat_map(|(_, all)| *all).collect();
    let exclude = format!("interfaces.exclude = [{}]", pattern(None, interface));
    (
        format!("{interface} of {nodes} has only {}", list(addresses)),
        format!("repair DHCP or set an address, or exclude it: {exclude}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn node(name: &str, addresses: &[&str]) -> NodeInventory {
        Node::new(name).nic("eth0", &["10.0.0.1/24"]).nic("eth1", addresses).done()
    }

    #[test]
    fn fires_on_an_interface_without_a_lease() {
        assert_eq!(
            say(&RULE, &[node("n1", &["169.254.7.9/16", "fe80::1/64"])]).one(),
            "n1/eth1: eth1 of n1 has only 169.254.7.9/16"
        );
    }

    #[test]
    fn nodes_alike_are_one_finding() {
        let nodes = [node("n1", &["169.254.0.2/16"]), node("n2", &["169.254.0.2/16"])];
        assert_eq!(say(&RULE, &nodes).one(), ": eth1 of n1 and n2 has only 169.254.0.2/16");
    }

    #[test]
    fn is_silent_for_healthy_and_for_virtual_interfaces() {
        say(&RULE, &healthy(3)).silent();
        let bridge =
            Node::new("n1").with("br0", InterfaceKind::Bridge, &["169.254.1.1/16"], |_| ());
        say(&RULE, &[bridge.done()]).silent();
    }

    #[test]
    fn the_name_is_escaped_in_the_policy() {
        let (node, nic) = (NodeName::new("n1"), InterfaceName::new("a\"b"));
        let (_, remedy) = tell(&nic, &[(&node, &[])]);
        assert!(remedy.ends_with(r#"interfaces.exclude = ["a\"b"]"#), "{remedy}");
    }

    #[test]
    fn one_other_address_is_enough() {
        say(&RULE, &[node("n1", &["169.254.7.9/16", "10.0.1.1/24"])]).silent();
        say(&RULE, &[node("n1", &["169.253.255.255/16"])]).silent();
        say(&RULE, &[node("n1", &["fe80::1/64"])]).silent();
    }
}
