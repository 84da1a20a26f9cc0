//! ADR003 overlapping-prefixes.

use std::collections::BTreeMap;

use super::seats::{Seat, holders, nested, seats};
use crate::model::{InterfaceName, NodeName, Severity, Subnet};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR003",
    name: "overlapping-prefixes",
    severity: Severity::Error,
    docs: Docs {
        what: "Two prefixes of one node overlap without being equal. Addresses alone in their \
               prefix (/32, /128) and prefixes in different VRFs do not count.",
        why: "The kernel sends to the narrower prefix first, so that neighbours in the shared \
              range of the wider one are looked for on the wrong wire.",
        example: "node1 has 10.0.0.1/16 on eth0 and 10.0.5.1/24 on eth1: hosts 10.0.5.x on the \
                  wire of eth0 can not be reached.",
        remedy: "Renumber one of the two, or narrow the wider prefix on every node.",
        source: "The Assisted Installer of OpenShift demands networks that do not overlap; routing \
                 by longest prefix is RFC 1812, section 5.2.4.3.",
    },
    check,
};

/// Two prefixes and the interfaces that have them.
type Overlap<'a> = ((Subnet, &'a InterfaceName), (Subnet, &'a InterfaceName));

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    for (((wide, above), (narrow, below)), on_nodes) in overlaps(&seats) {
        report.gather(&on_nodes, Seat::spot, |on_nodes| {
            let nodes = list(on_nodes.iter().map(|seat| seat.node));
            let what = if above == below {
                format!("{narrow} lies within {wide}, both on {below} of {nodes}")
            } else {
                format!("{narrow} on {below} lies within {wide} on {above}, of {nodes}")
            };
            (what, format!("give {below} a subnet outside {wide}, or narrow the prefix of {above}"))
        });
    }
}

/// Overlaps with the interface of each node that has the narrower prefix.
fn overlaps<'b, 'a>(seats: &'b [Seat<'a>]) -> BTreeMap<Overlap<'a>, Vec<&'b Seat<'a>>> {
    let mut by_table: BTreeMap<(&NodeName, Option<&InterfaceName>), Vec<&Seat<'_>>> =
        BTreeMap::new();
    for seat in seats {
        by_table.entry((seat.node, seat.interface.master.as_ref())).or_default().push(seat);
    }
    let mut overlaps: BTreeMap<Overlap<'_>, Vec<&Seat<'_>>> = BTreeMap::new();
    for seats in by_table.into_values() {
        let holders = holders(seats);
        let subnets = holders.keys().filter(|subnet| !subnet.is_host());
        for (wide, narrow) in nested(subnets.copied()) {
            let first = |subnet: &Subnet| holders.get(subnet).and_then(|all| all.first().copied());
            if let (Some(above), Some(below)) = (first(&wide), first(&narrow)) {
                let pair = ((wide, &above.interface.name), (narrow, &below.interface.name));
                overlaps.entry(pair).or_default().push(below);
            }
        }
    }
    overlaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Interface, InterfaceKind, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn node(host: u8, wide: &str, narrow: &str) -> NodeInventory {
        Node::new(&format!("n{host}")).nic("eth0", &[wide]).nic("eth1", &[narrow]).done()
    }

    #[test]
    fn fires_on_the_narrower_prefix() {
        let said = say(&RULE, &[node(1, "10.0.0.1/16", "10.0.5.1/24")]);
        assert_eq!(
            said.one(),
            "n1/eth1@Cluster Network 2: 10.0.5.0/24 on eth1 lies within 10.0.0.0/16 on eth0, of n1"
        );
        let said = say(&RULE, &[node(1, "fd00::1/48", "fd00::1:0:0:0:1/64")]);
        assert_eq!(said.found.len(), 1);
    }

    #[test]
    fn nodes_alike_are_one_finding() {
        let nodes = [node(1, "10.0.0.1/16", "10.0.5.1/24"), node(2, "10.0.0.2/16", "10.0.5.2/24")];
        assert!(say(&RULE, &nodes).one().starts_with("@Cluster Network 2: "));
    }

    #[test]
    fn is_silent_for_prefixes_apart_and_on_different_nodes() {
        say(&RULE, &healthy(3)).silent();
        let apart = Node::new("n1").nic("eth0", &["10.0.0.1/16"]).done();
        let other = Node::new("n2").nic("eth0", &["10.0.5.2/24"]).done();
        say(&RULE, &[apart, other]).silent();
    }

    #[test]
    fn neighbouring_and_single_addresses_do_not_overlap() {
        say(&RULE, &[node(1, "10.0.4.1/24", "10.0.5.1/24")]).silent();
        say(&RULE, &[node(1, "10.0.5.1/24", "10.0.5.9/32")]).silent();
        assert_eq!(say(&RULE, &[node(1, "10.0.5.1/24", "10.0.5.9/31")]).found.len(), 1);
    }

    #[test]
    fn one_interface_with_both_overlaps_too() {
        let node = Node::new("n1").nic("eth0", &["10.0.0.1/16", "10.0.5.1/24"]).done();
        assert_eq!(
            say(&RULE, &[node]).one(),
            "n1/eth0@Cluster Network 1: 10.0.5.0/24 lies within 10.0.0.0/16, both on eth0 of n1"
        );
    }

    #[test]
    fn vrfs_have_tables_of_their_own() {
        let vrf = |nic: &mut Interface| nic.master = Some("red".into());
        let node = Node::new("n1")
            .with("red", InterfaceKind::Vrf, &[], |it| it.vrf_table = Some(10))
            .with("eth0", InterfaceKind::Physical, &["10.0.0.1/16"], vrf)
            .nic("eth1", &["10.0.5.1/24"]);
        say(&RULE, &[node.done()]).silent();
    }
}
