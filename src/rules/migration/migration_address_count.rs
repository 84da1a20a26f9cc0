//! MIG005 migration-address-count.

use std::collections::BTreeMap;

use super::choices::place_of_order;
use crate::model::{
    Address, AddressFlag, ClusterNetwork, Fact, Interface, InterfaceName, Locus, NodeName,
    Severity, SkipReason,
};
use crate::rules::phrase::list;
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG005",
    name: "migration-address-count",
    severity: Severity::Error,
    docs: Docs {
        what: "In the network that live migration takes first a node has no address, or none of a \
               family of which the network has a subnet, or more than one IPv4 address. Temporary, \
               deprecated and unsettled addresses do not count, and of IPv6 addresses there may be \
               several.",
        why: "Migration tools look for the node's address in the migration network. Proxmox stops \
              with an error unless it finds exactly one; oVirt and KubeVirt fall back to another \
              network without a word.",
        example: "eth1 of node3 has 10.0.1.3/24 and a virtual address 10.0.1.100/32, and migration \
                  goes over 10.0.1.0/24.",
        remedy: "Give each node exactly one address there; put virtual addresses on another network.",
        source: "Proxmox PVE::Cluster's search for the address in migration_network; the fallbacks \
                 of oVirt and KubeVirt.",
    },
    check,
};

/// A node's interfaces on the network with their addresses there.
type Found<'a> = Vec<(&'a InterfaceName, Vec<&'a Address>)>;

fn check(site: &Site<'_>, report: &mut Report) {
    let first = site.assignment.traffic.live_migration.first();
    let Some(on) = first.and_then(|place| site.network(*place)) else { return };
    let by_node = addresses(site, on.network);
    let hidden = |node: &NodeName| site.gap(node, None, Fact::Addresses).is_some();
    let lacking = |counts: fn(&Address) -> bool| -> Vec<&NodeName> {
        let lacks = |node: &&NodeName| by_node.get(node).is_none_or(|it| count(it, counts) == 0);
        site.layout.nodes.iter().filter(lacks).filter(|node| !hidden(node)).collect()
    };
    let without = lacking(|_| true);
    tell_without(site, report, (&on, ""), &without);
    for (ipv4, word) in [(true, "IPv4 "), (false, "IPv6 ")] {
        if on.network.subnets.iter().any(|subnet| subnet.is_ipv4() == ipv4) {
            let of_family = if ipv4 { lacking(is_ipv4) } else { lacking(|it| !is_ipv4(it)) };
            let of_family: Vec<&NodeName> =
                of_family.into_iter().filter(|node| !without.contains(node)).collect();
            tell_without(site, report, (&on, word), &of_family);
        }
    }
    tell_several(site, report, &on, &by_node);
}

/// Addresses on a network by node, also those of further interfaces of a node, which do not count
/// as members but are found by whoever looks for an address.
fn addresses<'a>(
    site: &Site<'a>,
    network: &'a ClusterNetwork,
) -> BTreeMap<&'a NodeName, Found<'a>> {
    let members = network.members.iter().map(|member| (&member.node, &member.interface));
    let further = site.layout.skipped.iter().filter_map(|skipped| match &skipped.reason {
        SkipReason::SecondOnNetwork { network: on, .. } if *on == network.name => {
            Some((&skipped.node, &skipped.interface))
        }
        _ => None,
    });
    let mut by_node: BTreeMap<&NodeName, Found<'a>> = BTreeMap::new();
    for (node, name) in members.chain(further) {
        if let Some(interface) = site.interface(node, name) {
            by_node.entry(node).or_default().push((name, on_network(interface, network)));
        }
    }
    by_node
}

fn on_network<'a>(interface: &'a Interface, network: &ClusterNetwork) -> Vec<&'a Address> {
    use AddressFlag::{Dadfailed, Deprecated, Temporary, Tentative};
    let settled = |address: &&Address| {
        ![Temporary, Deprecated, Tentative, Dadfailed].into_iter().any(|flag| address.has(flag))
    };
    let inside = |address: &&Address| {
        let mut ends = [Some(address.address), address.peer].into_iter().flatten();
        ends.any(|end| network.subnets.iter().any(|subnet| subnet.contains(end.ip())))
    };
    interface.addresses.iter().filter(settled).filter(inside).collect()
}

fn count(found: &Found<'_>, counts: impl Fn(&Address) -> bool) -> usize {
    found.iter().flat_map(|(_, addresses)| addresses).filter(|address| counts(address)).count()
}

fn is_ipv4(address: &Address) -> bool {
    address.address.is_ipv4()
}

/// Nodes without an address, or without one of a family, which is given as `IPv4 ` or `IPv6 `.
fn tell_without(
    site: &Site<'_>,
    report: &mut Report,
    (on, family): (&On<'_>, &str),
    without: &[&NodeName],
) {
    let name = &on.network.name;
    let mut subnets = on.network.subnets.iter();
    let subnet = match family {
        "" => on.network.key(),
        word => subnets.find(|subnet| subnet.is_ipv4() == word.starts_with("IPv4")).copied(),
    };
    let subnet = subnet.map(|subnet| format!(" in {subnet}")).unwrap_or_default();
    let tell = |without: &[&NodeName]| {
        let (nodes, verb) = (list(without), if without.len() == 1 { "has" } else { "have" });
        let lack = format!("no {family}address on \"{name}\", which migration takes first");
        (
            format!("{nodes} {verb} {lack}"),
            format!("give each of these nodes one {family}address{subnet}"),
        )
    };
    report.gather(without, |node| Locus::node(node).on(name), tell).at(place_of_order(site));
}

fn tell_several(
    site: &Site<'_>,
    report: &mut Report,
    on: &On<'_>,
    by_node: &BTreeMap<&NodeName, Found<'_>>,
) {
    let several: Vec<(&NodeName, &Found<'_>)> = by_node
        .iter()
        .filter(|(_, found)| count(found, is_ipv4) > 1)
        .map(|(node, found)| (*node, found))
        .collect();
    let name = &on.network.name;
    let spot = |(node, found): (&NodeName, &Found<'_>)| {
        let carrying = found.iter().filter(|(_, all)| all.iter().any(|one| is_ipv4(one)));
        let spots = carrying.map(|(interface, _)| Locus::interface(node, interface).on(name));
        Locus::common(&spots.collect::<Vec<_>>())
    };
    let tell = |several: &[(&NodeName, &Found<'_>)]| {
        let ((node, found), others) = several.split_first()?;
        let example = found.iter().flat_map(|(_, all)| all).filter(|address| is_ipv4(address));
        let others = match others {
            [] => String::new(),
            _ => format!(", and so have {}", list(others.iter().map(|(node, _)| node))),
        };
        let what = format!(
            "{node} has several addresses on \"{name}\", which migration takes first: {}{others}",
            list(example.map(|address| address.address))
        );
        let remedy = "leave one address on the network, and move the others to another one";
        Some((what, remedy.to_owned()))
    };
    report.gather(&several, spot, tell).at(place_of_order(site));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, address, healthy};

    fn add(node: &mut NodeInventory, text: &str, flags: &[AddressFlag]) {
        node.interfaces[1].addresses.push(address(text, flags));
    }

    #[test]
    fn fires_on_a_second_address() {
        let mut nodes = healthy(3);
        add(&mut nodes[2], "10.0.1.100/32", &[]);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n3/eth1@Cluster Network 2: n3 has several addresses on \"Cluster Network 2\", which \
             migration takes first: 10.0.1.3/24 and 10.0.1.100/32"
        );
    }

    #[test]
    fn fires_on_a_node_without_one() {
        let mut nodes = healthy(3);
        nodes[1].interfaces.remove(1);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n2@Cluster Network 2: n2 has no address on \"Cluster Network 2\", which migration \
             takes first"
        );
    }

    #[test]
    fn many_nodes_are_one_finding() {
        let mut nodes = healthy(64);
        for node in &mut nodes {
            add(node, "10.0.1.200/24", &[AddressFlag::Secondary]);
        }
        let said = say(&RULE, &nodes);
        assert!(said.one().starts_with("@Cluster Network 2: n1 has several"), "{}", said.one());
        assert!(said.one().ends_with("and so have n10, n11, n12 and 60 more"), "{}", said.one());
    }

    #[test]
    fn a_second_interface_in_the_network_counts() {
        let mut nodes = healthy(2);
        let node = Node::new("n1").nic("eth9", &["10.0.1.9/24"]).done();
        nodes[0].interfaces.extend(node.interfaces);
        let said = say(&RULE, &nodes);
        assert!(said.one().starts_with("n1@Cluster Network 2: n1 has several"), "{}", said.one());
    }

    #[test]
    fn is_silent_on_one_address_each() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[]).silent();
    }

    #[test]
    fn each_family_of_the_network_counts() {
        let mut nodes = healthy(4);
        for (at, node) in nodes.iter_mut().take(3).enumerate() {
            add(node, &format!("fd00::{}/64", at + 1), &[]);
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n4@Cluster Network 2: n4 has no IPv6 address on \"Cluster Network 2\", which \
             migration takes first"
        );
        add(&mut nodes[3], "fd00::4/64", &[AddressFlag::Temporary]);
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        add(&mut nodes[3], "fd00::5/64", &[]);
        say(&RULE, &nodes).silent();
        nodes[2].interfaces[1].addresses.remove(0);
        assert!(say(&RULE, &nodes).one().contains("n3 has no IPv4 address on"));
        nodes[1].interfaces.remove(1);
        let said = say(&RULE, &nodes);
        assert!(said.found[0].contains("n2 has no address on"), "{:?}", said.found);
        assert_eq!(said.found.len(), 2);
    }

    #[test]
    fn passing_addresses_and_further_ipv6_ones_do_not_count() {
        let mut nodes = healthy(2);
        for (text, flags) in [
            ("fd00::1/64", &[][..]),
            ("fd00::2/64", &[]),
            ("fd00::3/64", &[AddressFlag::Temporary]),
            ("10.0.1.50/24", &[AddressFlag::Deprecated]),
            ("fe80::1/64", &[]),
        ] {
            add(&mut nodes[0], text, flags);
            add(&mut nodes[1], text, flags);
        }
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn hidden_addresses_are_told() {
        let mut nodes = healthy(3);
        nodes[1].interfaces.remove(1);
        nodes[1].gaps.push(gap(None, Fact::Addresses));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty(), "{:?}", said.found);
        assert_eq!(said.missing, ["addresses of n2 are not known: not told"]);
    }
}
