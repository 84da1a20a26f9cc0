//! ADR005 duplicate-address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::seats::{Seat, names, seats, without_network};
use crate::model::{AddressFlag, Interface, Locus, NodeName, Severity};
use crate::rules::phrase::word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR005",
    name: "duplicate-address",
    severity: Severity::Error,
    docs: Docs {
        what: "Two nodes have the same IP address, or a node's duplicate address detection found \
               another owner of one of its addresses (flag dadfailed). IPv6 link-local addresses \
               are compared by that detection only, since each wire has its own.",
        why: "Neighbours keep the link-layer address that answered last, so that packets for one \
              node arrive at the other: connections break and heartbeats get lost at random.",
        example: "node1 and node2, cloned from one image, both have 10.0.1.1/24 on eth1.",
        remedy: "Give one of the two another address, and clear the neighbours' caches.",
        source: "Test-Cluster and the Assisted Installer look for duplicate addresses; detection \
                 by the kernel is RFC 4862, section 5.4.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    for (ip, owners) in owners(&seats) {
        report.gather(&owners, Seat::spot, |owners| {
            let nodes: BTreeSet<&NodeName> = owners.iter().map(|seat| seat.node).collect();
            let last = owners.last().filter(|_| nodes.len() > 1)?.name();
            let remedy = format!("keep {ip} on one node only; give {last} a free address");
            Some((format!("{ip} belongs to {}", names(owners)), remedy))
        });
    }
    for seat in &seats {
        find_detected(report, seat.interface, &seat.spot());
    }
    for (node, interface, _) in without_network(site) {
        find_detected(report, interface, &Locus::interface(node, &interface.name));
    }
}

/// Interfaces that have each address.
fn owners<'b, 'a>(seats: &'b [Seat<'a>]) -> BTreeMap<IpAddr, Vec<&'b Seat<'a>>> {
    let mut owners: BTreeMap<IpAddr, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in seats {
        for address in &seat.addresses {
            let ip = address.address.ip();
            if !matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local()) {
                owners.entry(ip).or_default().push(seat);
            }
        }
    }
    owners
}

/// Reports addresses that the kernel knows to be another host's.
fn find_detected(report: &mut Report, interface: &Interface, locus: &Locus) {
    for address in interface.addresses.iter().filter(|it| it.has(AddressFlag::Dadfailed)) {
        let (address, name) = (address.address, word(&interface.name));
        report.find(
            locus.clone(),
            format!("duplicate address detection found another owner of {address}"),
            format!("find the other owner, then: ip address del {address} dev {name}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, address, healthy};

    fn node(name: &str, address: &str) -> NodeInventory {
        Node::new(name).nic("eth1", &[address]).done()
    }

    #[test]
    fn fires_once_for_an_address() {
        let nodes =
            [node("n1", "10.0.1.1/24"), node("n2", "10.0.1.1/24"), node("n3", "10.0.1.3/24")];
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: 10.0.1.1 belongs to n1 eth1 and n2 eth1"
        );
        say(&RULE, &nodes[1..]).silent();
    }

    #[test]
    fn prefixes_do_not_matter() {
        let nodes = [node("n1", "10.0.1.1/24"), node("n2", "10.0.1.1/25")];
        assert_eq!(say(&RULE, &nodes).one(), ": 10.0.1.1 belongs to n1 eth1 and n2 eth1");
    }

    #[test]
    fn is_silent_for_distinct_addresses_and_for_bridges_of_containers() {
        say(&RULE, &healthy(3)).silent();
        let docker = |name: &str| {
            let kind = InterfaceKind::Bridge;
            Node::new(name).with("docker0", kind, &["172.17.0.1/16"], |_| ()).done()
        };
        say(&RULE, &[docker("n1"), docker("n2")]).silent();
    }

    #[test]
    fn the_same_address_twice_on_one_node_is_no_duplicate() {
        let twice = Node::new("n1").nic("eth0", &["10.0.1.1/24"]).nic("eth1", &["10.0.1.1/24"]);
        say(&RULE, &[twice.done()]).silent();
    }

    #[test]
    fn the_kernels_own_detection_is_reported() {
        let detected = |nic: &mut Interface| {
            nic.addresses.push(address("fd00::1/64", &[AddressFlag::Dadfailed]));
        };
        let on = Node::new("n1").with("eth1", InterfaceKind::Physical, &["10.0.1.1/24"], detected);
        assert_eq!(
            say(&RULE, &[on.done()]).one(),
            "n1/eth1@Cluster Network 1: duplicate address detection found another owner of \
             fd00::1/64"
        );
        let off = Node::new("n1").with("eth1", InterfaceKind::Physical, &[], detected);
        assert!(say(&RULE, &[off.done()]).one().starts_with("n1/eth1: duplicate"));
    }
}
