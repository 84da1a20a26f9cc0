//! LNK002 duplicate-mac.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Fact, Interface, InterfaceKind, Locus, Mac, NetworkName, Severity};
use crate::rules::phrase::{Lacking, Spot, named};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK002",
    name: "duplicate-mac",
    severity: Severity::Error,
    docs: Docs {
        what: "Interfaces of different nodes have the same link-layer address, present or burnt in. \
               Members of cluster networks and what lies below them are compared. Within one node \
               VLANs and bond ports share addresses rightly; the addresses of VRRP are shared \
               between nodes by design.",
        why: "Switches send frames for one node to the other, by turns; where both are on one wire \
              neither is reachable for long. It is the mark of a cloned virtual machine.",
        example: "eth0 of node1 and eth0 of node2, cloned from it, both have 52:54:00:12:34:56.",
        remedy: "Give one of the machines a new address in the hypervisor, or take a copied \
                 address out of its network configuration.",
        source: "Microsoft KB 969256 describes the failure in Failover Clustering; RFC 5798 \
                 reserves the addresses of VRRP.",
    },
    check,
};

/// First bytes of VRRP's addresses for IPv4 and IPv6 (RFC 5798, section 7.3).
const VRRP: [[u8; 5]; 2] = [[0, 0, 0x5e, 0, 1], [0, 0, 0x5e, 0, 2]];

/// Interfaces with one address: the first of each node, and the networks they serve.
#[derive(Default)]
struct Owners<'a> {
    spots: BTreeMap<&'a str, Spot<'a>>,
    networks: BTreeSet<&'a NetworkName>,
}

fn check(site: &Site<'_>, report: &mut Report) {
    for (mac, owners) in owners(site, report) {
        if owners.spots.len() < 2 {
            continue;
        }
        let spots: Vec<Spot<'_>> = owners.spots.into_values().collect();
        let mut networks = owners.networks.into_iter();
        let only = networks.next().filter(|_| networks.next().is_none());
        let place = |(node, interface): Spot<'_>| {
            let locus = Locus::interface(node, interface);
            only.map_or(locus.clone(), |network| locus.on(network))
        };
        let tell = |spots: &[Spot<'_>]| {
            let what = format!("{} nodes have {mac}: {}", spots.len(), named(spots));
            let remedy =
                "give each machine its own address in the hypervisor or the network configuration";
            (spots.len() > 1).then(|| (what, remedy.to_owned()))
        };
        report.gather(&spots, place, tell);
    }
}

fn owners<'a>(site: &Site<'a>, report: &mut Report) -> BTreeMap<&'a Mac, Owners<'a>> {
    let mut owners: BTreeMap<&Mac, Owners<'_>> = BTreeMap::new();
    let mut lacking = Lacking::new("link-layer address");
    for network in &site.layout.networks {
        for member in network.members.iter().filter(|member| !member.faked) {
            let Some(top) = site.interface_of(member) else { continue };
            let stack = site.stack(&member.node, top).into_iter();
            for one in stack.filter(|one| one.name == top.name || carries(one)) {
                for mac in addresses(one) {
                    let owners = owners.entry(mac).or_default();
                    owners.spots.entry(member.node.as_str()).or_insert((&member.node, &one.name));
                    owners.networks.insert(&network.name);
                }
                if one.mac.is_none()
                    && let Some(gap) = site.gap(&member.node, Some(&one.name), Fact::Link)
                    && gap.interface.is_some()
                {
                    lacking.interface(&member.node, &one.name, &gap.cause);
                }
            }
        }
    }
    lacking.tell(report);
    owners
}

/// Below a bridge lie virtual machines' and containers' adapters too, which are no node's own.
fn carries(interface: &Interface) -> bool {
    matches!(
        interface.kind,
        InterfaceKind::Physical
            | InterfaceKind::Infiniband
            | InterfaceKind::Bond
            | InterfaceKind::Team
    )
}

fn addresses(interface: &Interface) -> impl Iterator<Item = &Mac> {
    let both = interface.mac.iter().chain(&interface.permanent_mac);
    both.filter(|mac| !mac.is_zero() && !VRRP.iter().any(|start| mac.bytes().starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceName, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn mac(last: u8) -> Option<Mac> {
        Mac::from_bytes(&[0x52, 0x54, 0, 0x12, 0x34, last])
    }

    fn node(name: &str, address: &str, own: Option<Mac>) -> NodeInventory {
        let change = |nic: &mut Interface| nic.mac = own;
        Node::new(name).with("eth0", InterfaceKind::Physical, &[address], change).done()
    }

    #[test]
    fn fires_once_for_all_clones() {
        let nodes: Vec<NodeInventory> = (1..=5)
            .map(|host| node(&format!("n{host}"), &format!("10.0.0.{host}/24"), mac(1)))
            .collect();
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: 5 nodes have 52:54:00:12:34:01: \
             n1 eth0, n2 eth0, n3 eth0 and 2 more"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_zeros_and_vrrp() {
        say(&RULE, &healthy(4)).silent();
        for shared in [[0; 6], [0, 0, 0x5e, 0, 1, 51]] {
            let nodes = [("n1", "10.0.0.1/24"), ("n2", "10.0.0.2/24")]
                .map(|(name, address)| node(name, address, Mac::from_bytes(&shared)));
            say(&RULE, &nodes).silent();
        }
    }

    #[test]
    fn within_one_node_vlans_and_bond_ports_share_addresses() {
        let bonded = |name: &str, host: u8| {
            let own = move |nic: &mut Interface| nic.mac = mac(host);
            let over = move |lower: &'static str| {
                move |nic: &mut Interface| {
                    nic.mac = mac(host);
                    nic.lowers = vec![InterfaceName::new(lower)];
                }
            };
            Node::new(name)
                .with("eno1", InterfaceKind::Physical, &[], own)
                .with("bond0", InterfaceKind::Bond, &[&format!("10.0.0.{host}/24")], over("eno1"))
                .with(
                    "bond0.7",
                    InterfaceKind::Vlan,
                    &[&format!("10.0.7.{host}/24")],
                    over("bond0"),
                )
                .done()
        };
        say(&RULE, &[bonded("n1", 1), bonded("n2", 2)]).silent();
        assert!(say(&RULE, &[bonded("n1", 1), bonded("n2", 1)]).one().contains(": 2 nodes have"));
    }

    #[test]
    fn a_burnt_in_address_counts_behind_a_changed_one() {
        let mut nodes = [node("n1", "10.0.0.1/24", mac(1)), node("n2", "10.0.0.2/24", mac(2))];
        say(&RULE, &nodes).silent();
        nodes[1].interfaces[0].permanent_mac = mac(1);
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
    }

    #[test]
    fn an_address_that_was_not_read_is_told() {
        let mut nodes = [node("n1", "10.0.0.1/24", None), node("n2", "10.0.0.2/24", mac(2))];
        nodes[0].gaps.push(gap(Some("eth0"), Fact::Link));
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing, ["link-layer address of n1 eth0 is not known: not told"]);
    }
}
