use std::collections::BTreeSet;

use super::oracle::{Slow, slow};
use super::*;
use crate::failover::Parts;
use crate::model::{Interface, InterfaceKind, NodeInventory, Policy};
use crate::testkit::{Node, down, healthy};
use crate::{layout, policy};

/// Cuts as text: what is lost, of whom, and the parted classes by their first nodes.
fn told(inventories: &[NodeInventory]) -> (Vec<String>, Vec<String>) {
    let policy = Policy::default();
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen: Vec<&NodeInventory> = inventories.iter().collect();
    let parts = Parts::of(&chosen, &layout, &assignment);
    let cuts = cuts(Classes::of(&parts));
    let text = |cut: &Cut<'_>| {
        let losses: Vec<String> = cut.losses.iter().map(name).collect();
        let first = |class: usize| cuts.classes[class].nodes[0].to_string();
        let pairs: BTreeSet<(usize, usize)> = cut.pairs.iter().collect();
        let pairs: Vec<String> =
            pairs.into_iter().map(|(a, b)| first(a) + "-" + &first(b)).collect();
        format!("{}: {}", losses.join(" + "), pairs.join(" "))
    };
    (cuts.single.iter().map(text).collect(), cuts.double.iter().map(text).collect())
}

fn name(lost: &Lost<'_>) -> String {
    match lost {
        Lost::Network(place) => format!("network {place}"),
        Lost::Switch(switch) => format!("switch {switch}"),
        Lost::Part { kind, names } => format!("{kind:?} {}", names.join("|")),
    }
}

fn card(node: &mut NodeInventory, interface: usize, function: &str) {
    let device = node.interfaces[interface].device.as_mut().unwrap();
    device.pci = Some(function.to_owned());
}

fn without(count: u8, interface: usize) -> Vec<NodeInventory> {
    let mut nodes = healthy(count);
    for node in &mut nodes {
        node.interfaces.remove(interface);
    }
    nodes
}

#[test]
fn three_independent_networks_survive_any_two_losses() {
    assert_eq!(told(&healthy(4)), (Vec::new(), Vec::new()));
}

#[test]
fn two_networks_survive_one_loss() {
    let (single, double) = told(&without(4, 1));
    assert_eq!(single, Vec::<String>::new());
    assert_eq!(double, ["network 0 + network 1: n1-n1"]);
}

#[test]
fn the_only_network_is_named_and_not_what_it_stands_on() {
    let mut nodes = without(3, 1);
    down(&mut nodes[2].interfaces[0]);
    let (single, double) = told(&nodes);
    assert_eq!(single, ["network 1: n1-n3"]);
    assert_eq!(double, ["network 0 + network 1: n1-n1"]);
}

#[test]
fn one_node_has_no_pairs_and_strangers_no_cut() {
    assert_eq!(told(&healthy(1)), (Vec::new(), Vec::new()));
    let apart = [
        Node::new("n1").nic("eth0", &["10.0.0.1/24"]).done(),
        Node::new("n2").nic("eth0", &["10.0.1.1/24"]).done(),
    ];
    assert_eq!(told(&apart), (Vec::new(), Vec::new()));
}

#[test]
fn a_card_under_all_networks_of_a_node_cuts_it_off() {
    let mut nodes = healthy(3);
    for place in 0..3 {
        card(&mut nodes[1], place, &format!("0000:09:00.{place}"));
    }
    let (single, double) = told(&nodes);
    assert_eq!(single, ["Card 0000:09:00: n1-n2"]);
    assert_eq!(double, Vec::<String>::new());
}

#[test]
fn a_card_under_two_of_three_networks_cuts_with_the_third() {
    let mut nodes = healthy(2);
    card(&mut nodes[0], 1, "0000:01:00.1");
    let (single, double) = told(&nodes);
    assert_eq!(single, Vec::<String>::new());
    assert_eq!(double, ["network 2 + Card 0000:01:00: n1-n2"]);
}

#[test]
fn one_switch_for_all_networks_is_a_single_cut() {
    let mut nodes = healthy(2);
    for interface in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
        interface.neighbours[0].chassis = "sw".to_owned();
    }
    assert_eq!(told(&nodes).0, ["switch sw: n1-n1"]);
}

#[test]
fn racks_with_their_own_switch_keep_apart() {
    let mut nodes = healthy(4);
    for (number, node) in nodes.iter_mut().enumerate() {
        for interface in &mut node.interfaces {
            interface.neighbours[0].chassis = format!("rack{}", number / 2);
        }
    }
    assert_eq!(told(&nodes).0, ["switch rack0: n1-n1 n1-n3", "switch rack1: n1-n3 n3-n3"]);
}

#[test]
fn a_switch_of_a_rack_is_one_loss_within_and_beyond_it() {
    let mut nodes = healthy(4);
    for (number, node) in nodes.iter_mut().enumerate() {
        for interface in &mut node.interfaces[..2] {
            interface.neighbours[0].chassis = format!("rack{}", number / 2);
        }
    }
    let (single, double) = told(&nodes);
    assert_eq!(single, Vec::<String>::new());
    assert_eq!(
        double,
        ["network 2 + switch rack0: n1-n1 n1-n3", "network 2 + switch rack1: n1-n3 n3-n3"]
    );
}

/// Two networks as VLANs on a bond of two ports.
fn on_bond(name: &str, host: u8, cards: [&str; 2]) -> NodeInventory {
    let mut node = Node::new(name);
    for (place, function) in cards.into_iter().enumerate() {
        node = node.with(&format!("eth{place}"), InterfaceKind::Physical, &[], |nic| {
            nic.master = Some("bond0".into());
            let device =
                crate::model::Device { pci: Some(function.to_owned()), ..Default::default() };
            nic.device = Some(device);
        });
    }
    let over = |names: &'static [&str]| {
        move |nic: &mut Interface| nic.lowers = names.iter().map(|it| (*it).into()).collect()
    };
    node.with("bond0", InterfaceKind::Bond, &[], over(&["eth0", "eth1"]))
        .with("v10", InterfaceKind::Vlan, &[&format!("10.0.0.{host}/24")], over(&["bond0"]))
        .with("v20", InterfaceKind::Vlan, &[&format!("10.0.1.{host}/24")], over(&["bond0"]))
        .done()
}

#[test]
fn a_bond_survives_one_port_but_not_its_only_card() {
    let two = ["0000:01:00.0", "0000:02:00.0"];
    let nodes = [on_bond("n1", 1, two), on_bond("n2", 2, two)];
    let (single, double) = told(&nodes);
    assert_eq!(single, Vec::<String>::new());
    assert_eq!(double, ["network 0 + network 1: n1-n1", "Interface eth0 + Interface eth1: n1-n1"]);
    let nodes = [on_bond("n1", 1, two), on_bond("n2", 2, ["0000:01:00.0", "0000:01:00.1"])];
    assert_eq!(told(&nodes).0, ["Card 0000:01:00: n1-n2"]);
}

#[test]
fn a_bond_with_one_port_left_is_a_single_interface() {
    let two = ["0000:01:00.0", "0000:02:00.0"];
    let mut nodes = [on_bond("n1", 1, two), on_bond("n2", 2, two)];
    down(&mut nodes[0].interfaces[1]);
    assert_eq!(told(&nodes).0, ["Interface eth0: n1-n2"]);
}

#[test]
fn parted_pairs_are_counted_by_nodes() {
    let mut nodes = healthy(5);
    for place in 0..3 {
        card(&mut nodes[1], place, &format!("0000:09:00.{place}"));
    }
    let policy = Policy::default();
    let layout = layout::form(&nodes, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen: Vec<&NodeInventory> = nodes.iter().collect();
    let parts = Parts::of(&chosen, &layout, &assignment);
    let cuts = cuts(Classes::of(&parts));
    assert_eq!(cuts.single.iter().map(|cut| cuts.parted(cut)).collect::<Vec<_>>(), [4]);
}

#[test]
fn many_shapes_stay_cheap() {
    let nodes: Vec<NodeInventory> = (0..256_u32)
        .map(|number| {
            let mut node = Node::new(&format!("n{number:03}"));
            for place in 0..8 {
                let address = format!("10.{place}.0.{}/16", number % 250 + 1);
                let change = |nic: &mut Interface| {
                    if number >> place & 1 == 1 {
                        down(nic);
                    }
                };
                let name = format!("eth{place}");
                node = node.with(&name, InterfaceKind::Physical, &[&address], change);
            }
            node.done()
        })
        .collect();
    let (single, double) = told(&nodes);
    assert_eq!((single.len(), double.len()), (8, 28));
}

/// A judge of its own: tries every loss, every two losses and every pair of nodes. Tells how many
/// losses the weakest pair that can talk survives, up to two.
fn weakest(parts: &Parts<'_>) -> usize {
    let mut all: BTreeSet<String> = BTreeSet::new();
    let leg = |node: &crate::failover::NodeParts<'_>, leg: &crate::failover::Leg<'_>| {
        let node = node.node;
        let own = leg.through.last().map(|name| format!("{node}/{name}"));
        let card = leg.card.map(|card| format!("{node}:{card}"));
        let switches = leg.switches.iter().flatten().map(ToString::to_string);
        own.into_iter().chain(card).chain(switches).collect::<Vec<_>>()
    };
    for node in &parts.nodes {
        for standing in node.usable() {
            all.insert(format!("network {}", standing.network));
            all.extend(standing.live().flat_map(|one| leg(node, one)));
        }
    }
    let networks = |node: &crate::failover::NodeParts<'_>, lost: [&String; 2]| {
        let holds = |one: &crate::failover::Leg<'_>| {
            !leg(node, one).iter().any(|part| lost.contains(&part))
        };
        let left = node.usable().filter(|standing| {
            let network = format!("network {}", standing.network);
            !lost.contains(&&network) && standing.live().any(holds)
        });
        left.map(|standing| standing.network).collect::<BTreeSet<usize>>()
    };
    let nothing = String::new();
    let parts_some = |lost: [&String; 2]| {
        parts.nodes.iter().enumerate().any(|(at, a)| {
            parts.nodes[at + 1..].iter().any(|b| {
                let now = [&nothing, &nothing];
                !networks(a, now).is_disjoint(&networks(b, now))
                    && networks(a, lost).is_disjoint(&networks(b, lost))
            })
        })
    };
    if all.iter().any(|one| parts_some([one, one])) {
        0
    } else if all.iter().any(|one| all.iter().any(|other| parts_some([one, other]))) {
        1
    } else {
        2
    }
}

/// A node with up to four networks, each on a NIC or on a bond of two, by dice.
fn diced(number: usize, dice: &[u8]) -> NodeInventory {
    let mut node = Node::new(&format!("n{number}"));
    for (place, roll) in dice.iter().enumerate().filter(|(_, roll)| **roll < 230) {
        let address = format!("10.0.{place}.{}/24", number + 1);
        let mut ports = Vec::new();
        for port in 0..=(roll % 2) {
            let name = format!("eth{place}{port}");
            let at = (roll / 2 + port) % 5;
            let switch = (roll / 10 + port) % 4;
            node = node.with(&name, InterfaceKind::Physical, &[], |nic| {
                nic.master = Some("bond".into());
                let pci = Some(format!("0000:0{at}:00.{port}"));
                nic.device = Some(crate::model::Device { pci, ..Default::default() });
                let chassis = format!("switch{switch}");
                let neighbour = crate::model::Neighbour { chassis, name: None, port: None };
                nic.neighbours = vec![neighbour];
            });
            ports.push(name.as_str().into());
        }
        let bond = format!("bond{place}");
        node = node.with(&bond, InterfaceKind::Bond, &[&address], |nic| nic.lowers = ports);
    }
    node.done()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_trying_everything(
        dice in proptest::collection::vec(proptest::collection::vec(0_u8..=255, 4), 2..4)
    ) {
        let nodes: Vec<NodeInventory> =
            dice.iter().enumerate().map(|(number, dice)| diced(number, dice)).collect();
        let policy = Policy::default();
        let layout = layout::form(&nodes, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen: Vec<&NodeInventory> = nodes.iter().collect();
        let parts = Parts::of(&chosen, &layout, &assignment);
        let found = cuts(Classes::of(&parts));
        let survives = match (found.single.is_empty(), found.double.is_empty()) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        };
        proptest::prop_assert_eq!(survives, weakest(&parts));
    }

    #[test]
    fn agrees_with_the_slow_way(
        dice in proptest::collection::vec(proptest::collection::vec(0_u8..=255, 1..7), 2..9),
        mode in 0_u8..8,
    ) {
        let nodes: Vec<NodeInventory> = dice
            .iter()
            .enumerate()
            .map(|(number, dice)| odd(number, dice, mode))
            .collect();
        let policy = Policy::default();
        let layout = layout::form(&nodes, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen: Vec<&NodeInventory> = nodes.iter().collect();
        let parts = Parts::of(&chosen, &layout, &assignment);
        let expected = slow(&Classes::of(&parts));
        let found = cuts(Classes::of(&parts));
        proptest::prop_assert_eq!(all_of_slow(&expected.0), all_of(&found.single));
        proptest::prop_assert_eq!(all_of_slow(&expected.1), all_of(&found.double));
    }
}

/// A node whose interfaces stand on few cards and switches, some of them bonds or missing: bits of
/// `mode` spread the switches, the cards, and keep bonds out.
fn odd(number: usize, dice: &[u8], mode: u8) -> NodeInventory {
    let mut node = Node::new(&format!("n{number}"));
    for (place, roll) in dice.iter().enumerate().filter(|(_, roll)| **roll < 230) {
        let address = format!("10.0.{place}.{}/24", number + 1);
        let ports = if mode & 4 == 0 { roll % 2 } else { 0 };
        let mut lowers = Vec::new();
        for port in 0..=ports {
            let name = format!("eth{place}{port}");
            let card = (roll / 2 + port * 3) % if mode & 1 == 0 { 3 } else { 6 };
            let switch = (roll / 8 + port) % if mode & 2 == 0 { 3 } else { 7 };
            node = node.with(&name, InterfaceKind::Physical, &[], |nic| {
                nic.master = Some("bond".into());
                let pci = Some(format!("0000:0{card}:00.{port}"));
                nic.device = Some(crate::model::Device { pci, ..Default::default() });
                let chassis = format!("switch{switch}");
                let neighbour = crate::model::Neighbour { chassis, name: None, port: None };
                nic.neighbours = vec![neighbour];
            });
            lowers.push(name.as_str().into());
        }
        let bond = format!("bond{place}");
        node = node.with(&bond, InterfaceKind::Bond, &[&address], |nic| nic.lowers = lowers);
    }
    node.done()
}

/// What a cut says: losses, whether of one node, holders, pairs.
type Said = (Vec<String>, bool, Vec<Vec<usize>>, BTreeSet<(usize, usize)>);

fn all_of(cuts: &[Cut<'_>]) -> Vec<Said> {
    let holders = |cut: &Cut<'_>| cut.holders.iter().map(|it| it.iter().collect()).collect();
    let said = |cut: &Cut<'_>| {
        (
            cut.losses.iter().map(name).collect(),
            cut.same_node,
            holders(cut),
            cut.pairs.iter().collect(),
        )
    };
    cuts.iter().map(said).collect()
}

fn all_of_slow(cuts: &[Slow<'_>]) -> Vec<Said> {
    let holders =
        |cut: &Slow<'_>| cut.holders.iter().map(|it| it.iter().copied().collect()).collect();
    let said = |cut: &Slow<'_>| {
        (cut.losses.iter().map(name).collect(), cut.same_node, holders(cut), cut.pairs.clone())
    };
    cuts.iter().map(said).collect()
}
