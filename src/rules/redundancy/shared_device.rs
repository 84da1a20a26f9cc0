//! RED008 shared-device.

use std::collections::{BTreeMap, BTreeSet};

use super::{tell_hidden_storage, unknown, words};
use crate::failover::{Leg, NodeParts, Standing};
use crate::model::{InterfaceName, Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED008",
    name: "shared-device",
    severity: Severity::Warning,
    docs: Docs {
        what: "Two networks stand on one device of a node: a VLAN's parent, a bond, or a card (PCI \
               domain, bus and device; all its ports count once). A card of which each network has \
               only one port in a bond with another card is not shared. Networks of role 1 and 3 \
               count, and those of role 0 that carry storage sessions.",
        why: "The networks look independent and fail together, with the card, its slot or its \
              driver: two paths to the disks, or the disks and the heartbeat.",
        example: "eth0 is 0000:03:00.0 and eth1 0000:03:00.1, two ports of one card; heartbeat is \
                  on one, CSV on the other.",
        remedy: "Move one of the networks to a port of another card.",
        source: "Microsoft KB 258750 counts a multiport card as one adapter.",
    },
    check,
};

/// What networks share. Interfaces stand before cards: they are nearer to the networks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Device<'a> {
    Interface(&'a InterfaceName),
    Card(&'a str),
}

fn check(site: &Site<'_>, report: &mut Report) {
    let mut found: BTreeMap<(BTreeSet<usize>, Device<'_>), Vec<&NodeName>> = BTreeMap::new();
    let used: BTreeSet<usize> = site.networks().filter(On::is_used).map(|on| on.place).collect();
    let counts = |one: &Standing<'_>| !one.member.faked && used.contains(&one.network);
    for node in &site.parts().nodes {
        for (device, networks) in shared(node, counts) {
            found.entry((networks, device)).or_default().push(node.node);
        }
    }
    for ((networks, device), nodes) in found {
        find(site, report, (&networks, &device), &nodes);
    }
    let several = site.parts().nodes.iter().filter(|node| has_several(node, counts));
    let several: BTreeSet<&NodeName> = several.map(|node| node.node).collect();
    unknown::cards(site, report, |node, standing| counts(standing) && several.contains(node));
    tell_hidden_storage(site, report);
}

fn find(
    site: &Site<'_>,
    report: &mut Report,
    (networks, device): (&BTreeSet<usize>, &Device<'_>),
    nodes: &[&NodeName],
) {
    let (text, remedy) = match device {
        Device::Interface(name) => (
            format!("interface {name}"),
            format!("put one of them onto another interface than {name}"),
        ),
        Device::Card(name) => (
            format!("card {name}"),
            format!("move one of them to a port of another card than {name}"),
        ),
    };
    let spot = |node: &NodeName| match device {
        Device::Interface(name) => Locus::interface(node, name),
        Device::Card(_) => Locus::node(node),
    };
    let names = words::networks(site, networks);
    report.gather(nodes, spot, |nodes| {
        (format!("{names} share {text} on {}", list(nodes)), remedy.clone())
    });
}

fn has_several(node: &NodeParts<'_>, counts: impl Fn(&Standing<'_>) -> bool) -> bool {
    let networks = node.standings.iter().filter(|one| counts(one)).map(|one| one.network);
    networks.collect::<BTreeSet<usize>>().len() > 1
}

/// Devices that several networks of a node stand on. Of devices below each other with the same
/// networks the uppermost is told, and none whose networks are among those of another.
fn shared<'a>(
    node: &NodeParts<'a>,
    counts: impl Fn(&Standing<'_>) -> bool,
) -> Vec<(Device<'a>, BTreeSet<usize>)> {
    let mut users: BTreeMap<Device<'_>, (usize, BTreeSet<usize>)> = BTreeMap::new();
    for standing in node.standings.iter().filter(|one| counts(one)) {
        for (depth, device) in essential(standing).into_iter().enumerate() {
            let user = users.entry(device).or_default();
            user.0 = user.0.max(depth);
            user.1.insert(standing.network);
        }
    }
    let mut found: Vec<(usize, Device<'_>, BTreeSet<usize>)> = users
        .into_iter()
        .filter(|(_, (_, networks))| networks.len() > 1)
        .map(|(device, (depth, networks))| (depth, device, networks))
        .collect();
    found.sort_by(|a, b| (b.2.len(), a.0, &a.1).cmp(&(a.2.len(), b.0, &b.1)));
    let mut told: Vec<(Device<'_>, BTreeSet<usize>)> = Vec::new();
    for (_, device, networks) in found {
        if !told.iter().any(|(_, more)| networks.is_subset(more)) {
            told.push((device, networks));
        }
    }
    told
}

/// Devices that all legs of a member stand on, from the member down; the card last.
fn essential<'a>(standing: &Standing<'a>) -> Vec<Device<'a>> {
    let devices = |leg: &Leg<'a>| -> Vec<Device<'a>> {
        let interfaces = leg.through.iter().map(|name| Device::Interface(name));
        interfaces.chain(leg.card.map(Device::Card)).collect()
    };
    let mut legs = standing.legs.iter().map(devices);
    let mut common = legs.next().unwrap_or_default();
    for leg in legs {
        common.retain(|device| leg.contains(device));
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Interface, InterfaceKind, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn set_card(nic: &mut Interface, function: &str) {
        nic.device.get_or_insert_default().pci = Some(function.to_owned());
    }

    #[test]
    fn fires_on_two_ports_of_one_card() {
        let mut nodes = healthy(2);
        set_card(&mut nodes[1].interfaces[1], "0000:01:00.1");
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n2: Cluster Network 1 and Cluster Network 2 share card 0000:01:00 on n2"
        );
    }

    #[test]
    fn equal_nodes_are_one_finding_and_three_networks_too() {
        let mut nodes = healthy(16);
        for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            set_card(nic, "0000:01:00.1");
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": Cluster Network 1, Cluster Network 2 and Cluster Network 3 share card 0000:01:00 on \
             n1, n10, n11 and 13 more"
        );
    }

    fn bonds(cards: [&str; 4], lowers: [&'static [&'static str]; 2]) -> NodeInventory {
        let mut node = Node::new("n1");
        for (at, function) in cards.into_iter().enumerate() {
            node = node.with(&format!("eth{at}"), InterfaceKind::Physical, &[], |nic| {
                nic.master = Some("bond".into());
                set_card(nic, function);
            });
        }
        for (at, ports) in lowers.into_iter().enumerate() {
            let address = format!("10.0.{at}.1/24");
            node = node.with(&format!("bond{at}"), InterfaceKind::Bond, &[&address], |nic| {
                nic.lowers = ports.iter().map(|port| (*port).into()).collect();
            });
        }
        node.done()
    }

    #[test]
    fn bonds_across_two_cards_share_none() {
        let crossed = ["0000:01:00.0", "0000:01:00.1", "0000:02:00.0", "0000:02:00.1"];
        say(&RULE, &[bonds(crossed, [&["eth0", "eth2"], &["eth1", "eth3"]])]).silent();
        let one = ["0000:01:00.0", "0000:01:00.1", "0000:01:00.2", "0000:01:00.3"];
        let said = say(&RULE, &[bonds(one, [&["eth0", "eth2"], &["eth1", "eth3"]])]);
        assert!(said.one().ends_with("share card 0000:01:00 on n1"), "{:?}", said.found);
    }

    #[test]
    fn vlans_share_their_parent() {
        let over = |nic: &mut Interface| nic.lowers = vec!["bond0".into()];
        let cards = ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0", "0000:04:00.0"];
        let mut node = bonds(cards, [&["eth0", "eth1"], &["eth2", "eth3"]]);
        node.interfaces[4].addresses.clear();
        let mut vlan = crate::testkit::up("v10", 9, InterfaceKind::Vlan);
        over(&mut vlan);
        vlan.addresses = vec![crate::testkit::address("10.0.10.1/24", &[])];
        let mut other = vlan.clone();
        other.name = "v20".into();
        other.addresses = vec![crate::testkit::address("10.0.20.1/24", &[])];
        node.interfaces.extend([vlan, other]);
        assert_eq!(
            say(&RULE, &[node]).one(),
            "n1/bond0: Cluster Network 2 and Cluster Network 3 share interface bond0 on n1"
        );
    }

    #[test]
    fn cards_that_are_not_known_are_told_where_there_are_two_networks() {
        let two = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).nic("eth1", &["10.0.1.1/24"]);
        let nodes = [two.done(), Node::new("n2").nic("eth0", &["10.0.0.2/24"]).done()];
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.missing,
            ["card of 2 interfaces is not known (n1 eth0 and n1 eth1): no device is told"]
        );
    }

    #[test]
    fn a_storage_network_counts_although_it_has_role_0() {
        let networks = ["Heartbeat", "Host Access", "iSCSI"];
        let mut node = crate::testkit::golden_node("n1", 1, &networks);
        for (at, function) in ["0000:01:00.0", "0000:02:00.0", "0000:01:00.1"].iter().enumerate() {
            set_card(&mut node.interfaces[at], function);
        }
        assert_eq!(
            say(&RULE, &[node.clone()]).one(),
            "n1: Cluster Network 1 and Cluster Network 3 share card 0000:01:00 on n1"
        );
        set_card(&mut node.interfaces[2], "0000:03:00.0");
        say(&RULE, &[node]).silent();
    }

    #[test]
    fn is_silent_on_a_healthy_cluster_and_next_to_an_unused_network() {
        say(&RULE, &healthy(3)).silent();
        let mut nodes = healthy(2);
        set_card(&mut nodes[0].interfaces[1], "0000:01:00.1");
        let mut policy = crate::model::Policy::default();
        let entry = policy.networks.entry("10.0.1.0/24".parse().unwrap()).or_default();
        entry.role = Some(crate::model::Role::None);
        crate::rules::testing::say_with(&RULE, &nodes, &policy).silent();
    }
}
