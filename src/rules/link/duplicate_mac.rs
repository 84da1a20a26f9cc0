//! LNK002 duplicate-mac.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Fact, Interface, InterfaceKind, Locus, Mac, NetworkName, NodeName, Severity, SkipReason,
};
use crate::rules::phrase::{Lacking, Spot, named};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK002",
    name: "duplicate-mac",
    severity: Severity::Error,
    docs: Docs {
        what: "Interfaces of different nodes have the same link-layer address, present or burnt in. \
               Interfaces that count for the cluster and what lies below them are compared, also \
               those without an address and further ones on a network. Within one node VLANs and \
               bond ports share addresses rightly; the addresses of VRRP are shared between nodes \
               by design, and so are those of adapters on USB without an IP address, by which \
               management controllers are reached.",
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

/// Interfaces with one address: the first of each node, and the networks they serve, if any.
#[derive(Default)]
struct Owners<'a> {
    spots: BTreeMap<&'a str, Spot<'a>>,
    networks: BTreeSet<Option<&'a NetworkName>>,
}

fn check(site: &Site<'_>, report: &mut Report) {
    for (mac, owners) in owners(site, report) {
        if owners.spots.len() < 2 {
            continue;
        }
        let spots: Vec<Spot<'_>> = owners.spots.into_values().collect();
        let mut networks = owners.networks.into_iter();
        let only = networks.next().filter(|_| networks.next().is_none()).flatten();
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
    for (node, top, network) in candidates(site) {
        let stack = site.stack(node, top).into_iter();
        for one in stack.filter(|one| one.name == top.name || carries(one)) {
            for mac in addresses(one) {
                let owners = owners.entry(mac).or_default();
                owners.spots.entry(node.as_str()).or_insert((node, &one.name));
                owners.networks.insert(network);
            }
            if one.mac.is_none() && one.permanent_mac.is_none() && carries(one) {
                let gap = site.gap(node, Some(&one.name), Fact::Link);
                let cause = gap.map_or("not in the inventory", |gap| gap.cause.as_str());
                lacking.interface(node, &one.name, cause);
            }
        }
    }
    lacking.tell(report);
    owners
}

/// A candidate interface of a node, and the network that it is on.
type Candidate<'a> = (&'a NodeName, &'a Interface, Option<&'a NetworkName>);

/// Members, then further interfaces of their nodes on a network, and those without an address,
/// unless they only carry what has one: a bond's VLANs answer for it.
fn candidates<'a>(site: &Site<'a>) -> Vec<Candidate<'a>> {
    let mut all = Vec::new();
    for network in &site.layout.networks {
        for member in network.members.iter().filter(|member| !member.faked) {
            let top = site.interface_of(member);
            all.extend(top.map(|top| (&member.node, top, Some(&network.name))));
        }
    }
    let served: BTreeSet<Spot<'_>> = all
        .iter()
        .flat_map(|(node, top, _)| site.stack(node, top).into_iter().map(|one| (*node, &one.name)))
        .collect();
    for skipped in site.layout.skipped.iter().filter(|one| one.reason.is_of_candidate()) {
        let Some(top) = site.interface(&skipped.node, &skipped.interface) else { continue };
        let network = match &skipped.reason {
            SkipReason::SecondOnNetwork { network, .. } => Some(network),
            _ if is_on_usb(top) || top.kind == InterfaceKind::Dummy => continue,
            _ => None,
        };
        if !served.contains(&(&skipped.node, &skipped.interface)) {
            all.push((&skipped.node, top, network));
        }
    }
    all
}

fn is_on_usb(interface: &Interface) -> bool {
    let bus = interface.device.as_ref().and_then(|device| device.bus.as_deref());
    bus == Some("usb")
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

    /// Two nodes with a network each of their own; of both, eth1 has the same link-layer address.
    fn further(addresses: [&str; 2], bus: &str) -> [NodeInventory; 2] {
        [1, 2].map(|host: u8| {
            let own = format!("10.0.0.{host}/24");
            let usual = |nic: &mut Interface| nic.mac = mac(host);
            let shared = |nic: &mut Interface| {
                nic.mac = mac(99);
                let bus = Some(bus.to_owned());
                nic.device = Some(crate::model::Device { bus, ..Default::default() });
            };
            let on = addresses[usize::from(host) - 1];
            let on: &[&str] = if on.is_empty() { &[] } else { &[on] };
            Node::new(&format!("n{host}"))
                .with("eth0", InterfaceKind::Physical, &[&own], usual)
                .with("eth1", InterfaceKind::Physical, on, shared)
                .done()
        })
    }

    #[test]
    fn interfaces_without_an_address_and_further_ones_on_a_network_count() {
        assert_eq!(
            say(&RULE, &further(["", ""], "pci")).one(),
            ": 2 nodes have 52:54:00:12:34:63: n1 eth1 and n2 eth1"
        );
        let one = say(&RULE, &further(["10.0.1.1/24", ""], "pci"));
        assert!(one.one().starts_with(": 2 nodes have"), "its networks are not all known");
        let second = say(&RULE, &further(["10.0.0.11/24", "10.0.0.12/24"], "pci"));
        assert!(second.one().starts_with("@Cluster Network 1: 2 nodes have"), "{}", second.one());
    }

    #[test]
    fn a_controllers_adapter_on_usb_counts_only_on_a_network() {
        say(&RULE, &further(["", ""], "usb")).silent();
        say(&RULE, &further(["169.254.0.2/16", "169.254.0.2/16"], "usb")).silent();
        let on = say(&RULE, &further(["10.0.1.1/24", "10.0.1.2/24"], "usb"));
        assert!(on.one().starts_with("@Cluster Network 2: 2 nodes have"), "{}", on.one());
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
        let bare = [node("n1", "10.0.0.1/24", None), node("n2", "10.0.0.2/24", mac(2))];
        let said = say(&RULE, &bare);
        assert_eq!(
            said.missing,
            ["link-layer address of n1 eth0 is not known: not in the inventory"]
        );
        let mut nodes = [node("n1", "10.0.0.1/24", None), node("n2", "10.0.0.2/24", mac(2))];
        nodes[0].gaps.push(gap(Some("eth0"), Fact::Link));
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing[0], "link-layer address of n1 eth0 is not known: not told");
    }
}
