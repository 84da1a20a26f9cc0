//! ADR007 mixed-dhcp-static.

use std::collections::BTreeMap;

use super::seats::{Seat, names, seats};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR007",
    name: "mixed-dhcp-static",
    severity: Severity::Warning,
    docs: Docs {
        what: "Some IPv4 addresses of a cluster network come from DHCP (they have a finite \
               lifetime) and some are set by hand. Further addresses in the same subnet and single \
               ones (/32) are taken for a service's when set by hand; faked adapters do not count.",
        why: "The server may lease out an address that a node has by hand, and a node without a \
              lease is cut off while the others go on.",
        example: "In 10.0.1.0/24 eth1 of node1 and node2 have leases, eth1 of node3 is set by \
                  hand.",
        remedy: "Set all addresses of the network in one way, by hand where the cluster depends \
                 on it.",
        source: "Test-Cluster warns of networks that mix both.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let mut by_network: BTreeMap<usize, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in seats.iter().filter(|seat| !seat.faked) {
        by_network.entry(seat.on.place).or_default().push(seat);
    }
    for seats in by_network.into_values() {
        let dynamic: Vec<&Seat<'_>> = seats.iter().copied().filter(|it| it.has_dhcp()).collect();
        let fixed: Vec<&Seat<'_>> = seats.iter().copied().filter(|it| it.has_static()).collect();
        if dynamic.is_empty() || fixed.is_empty() {
            continue;
        }
        let by_hand = fixed.len() < dynamic.len();
        let (fewer, usual) = if by_hand { (&fixed, &dynamic) } else { (&dynamic, &fixed) };
        report.gather(fewer, Seat::spot, |fewer| {
            let (dynamic, fixed) =
                if by_hand { (usual.as_slice(), fewer) } else { (fewer, usual.as_slice()) };
            let what =
                format!("IPv4 is set by DHCP on {}, by hand on {}", names(dynamic), names(fixed));
            (what, format!("set IPv4 of {} as on the other interfaces", names(fewer)))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddressFlag, InterfaceKind, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, address, healthy};

    fn node(host: u8, flags: &[AddressFlag]) -> NodeInventory {
        let leased = address(&format!("10.0.1.{host}/24"), flags);
        let name = format!("n{host}");
        let change = |nic: &mut crate::model::Interface| nic.addresses = vec![leased];
        Node::new(&name).with("eth1", InterfaceKind::Physical, &[], change).done()
    }

    const DHCP: &[AddressFlag] = &[AddressFlag::Dynamic];

    #[test]
    fn fires_on_the_interface_that_differs() {
        let said = say(&RULE, &[node(1, DHCP), node(2, DHCP), node(3, &[])]);
        assert_eq!(
            said.one(),
            "n3/eth1@Cluster Network 1: IPv4 is set by DHCP on n1 eth1 and n2 eth1, by hand on n3 \
             eth1"
        );
    }

    #[test]
    fn is_silent_where_all_agree() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node(1, DHCP), node(2, DHCP)]).silent();
        say(&RULE, &[node(1, &[]), node(2, &[])]).silent();
    }

    #[test]
    fn addresses_of_services_are_not_mixed_in() {
        let mut with_services = node(1, DHCP);
        let list = &mut with_services.interfaces[0].addresses;
        list.push(address("10.0.1.100/24", &[AddressFlag::Secondary]));
        list.push(address("10.0.1.101/32", &[]));
        say(&RULE, &[with_services, node(2, DHCP)]).silent();
    }

    #[test]
    fn one_interface_with_both_is_mixed() {
        let mut both = node(1, &[]);
        let leased = address("10.0.1.100/24", &[AddressFlag::Secondary, AddressFlag::Dynamic]);
        both.interfaces[0].addresses.push(leased);
        assert_eq!(say(&RULE, &[both]).found.len(), 1);
    }

    #[test]
    fn router_advertisements_are_not_dhcp() {
        let mut six = node(1, &[]);
        six.interfaces[0].addresses.push(address("fd00::1/64", DHCP));
        say(&RULE, &[six, node(2, &[])]).silent();
    }
}
