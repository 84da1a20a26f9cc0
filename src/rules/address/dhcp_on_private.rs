//! ADR008 dhcp-on-private.

use std::collections::BTreeMap;

use super::seats::{Seat, names, seats};
use crate::model::{Role, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR008",
    name: "dhcp-on-private",
    severity: Severity::Warning,
    docs: Docs {
        what: "An interface on a network of role 1 has an IPv4 address from DHCP, that is one with \
               a finite lifetime. IPv6 addresses from router advertisements are not judged.",
        why: "When the DHCP server is away for as long as a lease lasts the node loses its \
              heartbeat; that server must not depend on the cluster that it feeds.",
        example: "eth1 of node1 has 10.0.1.1/24 with the flag dynamic; 10.0.1.0/24 has role 1.",
        remedy: "Set the addresses of private networks by hand.",
        source: "KB 258750 recommends fixed addresses for private networks.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let private = |seat: &&Seat<'_>| seat.on.assigned.role == Role::Cluster;
    let mut by_network: BTreeMap<usize, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in seats.iter().filter(private).filter(|seat| seat.has_dhcp()) {
        by_network.entry(seat.on.place).or_default().push(seat);
    }
    for leased in by_network.into_values() {
        report.gather(&leased, Seat::spot, tell);
    }
}

fn tell(leased: &[&Seat<'_>]) -> (String, String) {
    let names = names(leased);
    let (verb, noun) = match leased.len() {
        1 => ("has", "an IPv4 address"),
        _ => ("have", "IPv4 addresses"),
    };
    let what = format!("{names} {verb} {noun} from DHCP on a private network");
    (what, format!("set the IPv4 address of {names} by hand"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddressFlag, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::healthy;

    fn leased(nic: usize) -> Vec<NodeInventory> {
        let mut nodes = healthy(2);
        nodes[0].interfaces[nic].addresses[0].flags = vec![AddressFlag::Dynamic];
        nodes
    }

    #[test]
    fn fires_on_a_private_network() {
        assert_eq!(
            say(&RULE, &leased(1)).one(),
            "n1/eth1@Cluster Network 2: n1 eth1 has an IPv4 address from DHCP on a private network"
        );
    }

    #[test]
    fn nodes_alike_are_one_finding() {
        let mut nodes = leased(1);
        nodes[1].interfaces[1].addresses[0].flags = vec![AddressFlag::Dynamic];
        assert!(
            say(&RULE, &nodes).one().starts_with("@Cluster Network 2: n1 eth1 and n2 eth1 have")
        );
    }

    #[test]
    fn is_silent_without_leases_and_on_public_networks() {
        say(&RULE, &healthy(2)).silent();
        say(&RULE, &leased(2)).silent();
    }

    #[test]
    fn is_silent_for_router_advertisements_and_storage() {
        let mut nodes = healthy(2);
        let dynamic = crate::testkit::address("fd00::1/64", &[AddressFlag::Dynamic]);
        nodes[0].interfaces[1].addresses.push(dynamic);
        say(&RULE, &nodes).silent();
        let mut policy = crate::model::Policy::default();
        let subnet = "10.0.1.0/24".parse().unwrap();
        policy.networks.entry(subnet).or_default().role = Some(Role::None);
        crate::rules::testing::say_with(&RULE, &leased(1), &policy).silent();
    }
}
