//! RED011 bond-ports-share-device.

use std::collections::{BTreeMap, BTreeSet};

use super::unknown;
use crate::failover::{Leg, Standing};
use crate::model::{InterfaceKind, InterfaceName, Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED011",
    name: "bond-ports-share-device",
    severity: Severity::Warning,
    docs: Docs {
        what: "All ports, at least two, of a bond or team below a cluster network are on one card \
               (PCI domain, bus and device), or on one switch (LLDP chassis or phys_switch_id).",
        why: "The bond survives a broken cable and nothing more: it fails with the card or switch.",
        example: "bond0 has ports eth0 (0000:03:00.0) and eth1 (0000:03:00.1).",
        remedy: "Take the ports from two cards and plug them into two switches; LACP over two \
                 switches needs a switch pair with multi-chassis aggregation, active-backup does not.",
        source: "Linux bonding documentation, \"High Availability in a Multiple Switch Topology\".",
    },
    check,
};

/// What the ports of a bond have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shared<'a> {
    Card(&'a str),
    Switch(&'a str),
}

/// Ports of each bond of each node.
type Bonds<'s, 'a> = BTreeMap<(&'a NodeName, &'a InterfaceName), Vec<&'s Leg<'a>>>;

fn check(site: &Site<'_>, report: &mut Report) {
    let mut found: BTreeMap<(&InterfaceName, Shared<'_>, usize), Vec<&NodeName>> = BTreeMap::new();
    let (mut cards, mut switches) = (BTreeSet::new(), BTreeSet::new());
    let bonds = bonds(site);
    for ((node, bond), ports) in bonds.iter().filter(|(_, ports)| ports.len() > 1) {
        let card = common(ports.iter().map(|port| port.card.map(|card| BTreeSet::from([card]))));
        let switch = common(ports.iter().map(|port| port.switches.as_deref().map(set)));
        for (common, unknown, kind) in [
            (card, &mut cards, Shared::Card as fn(_) -> _),
            (switch, &mut switches, Shared::Switch as fn(_) -> _),
        ] {
            match common {
                Common::Open => _ = unknown.insert((*node, *bond)),
                Common::One(name) => {
                    found.entry((bond, kind(name), ports.len())).or_default().push(node);
                }
                Common::Apart => {}
            }
        }
    }
    for ((bond, shared, ports), nodes) in found {
        find(site, report, (bond, shared, ports), &nodes);
    }
    let is_below =
        |open: &BTreeSet<(&NodeName, &InterfaceName)>, node: &NodeName, one: &Standing<'_>| {
            one.legs.iter().flat_map(|leg| &leg.through).any(|name| open.contains(&(node, *name)))
        };
    unknown::cards(site, report, |node, standing| is_below(&cards, node, standing));
    unknown::switches(site, report, |node, standing| is_below(&switches, node, standing));
}

fn find(
    site: &Site<'_>,
    report: &mut Report,
    (bond, shared, ports): (&InterfaceName, Shared<'_>, usize),
    nodes: &[&NodeName],
) {
    let (what, remedy) = match shared {
        Shared::Card(card) => (format!("card {card}"), "take one port from another card"),
        Shared::Switch(switch) => (
            format!("switch {}", site.parts().switch_name(switch)),
            "plug one port into another switch",
        ),
    };
    let all = if ports == 2 { "both".to_owned() } else { format!("all {ports}") };
    report.gather(
        nodes,
        |node| Locus::interface(node, bond),
        |nodes| {
            let of = match nodes {
                [_] => String::new(),
                _ => format!(" of {bond} on {}", list(nodes)),
            };
            (format!("{all} ports{of} are on {what}"), remedy.to_owned())
        },
    );
}

/// Bonds and teams below the networks, each with a leg for each of its ports.
fn bonds<'s, 'a>(site: &'s Site<'a>) -> Bonds<'s, 'a> {
    let mut bonds: Bonds<'s, 'a> = BTreeMap::new();
    for node in &site.parts().nodes {
        for leg in node.standings.iter().flat_map(|standing| &standing.legs) {
            for name in &leg.through {
                let interface = site.interface(node.node, name);
                let is_bond = interface
                    .is_some_and(|it| matches!(it.kind, InterfaceKind::Bond | InterfaceKind::Team));
                let ports = is_bond.then(|| bonds.entry((node.node, name)).or_default());
                if let Some(ports) = ports
                    && !ports.iter().any(|port| port.through.last() == leg.through.last())
                {
                    ports.push(leg);
                }
            }
        }
    }
    bonds
}

enum Common<'a> {
    /// All ports have it.
    One(&'a str),
    /// They have nothing in common.
    Apart,
    /// Too little is known.
    Open,
}

fn common<'a>(ports: impl Iterator<Item = Option<BTreeSet<&'a str>>>) -> Common<'a> {
    let (mut common, mut open): (Option<BTreeSet<&str>>, bool) = (None, false);
    for port in ports {
        let Some(port) = port else {
            open = true;
            continue;
        };
        common = Some(match common {
            None => port,
            Some(before) => before.intersection(&port).copied().collect(),
        });
    }
    match (common.as_ref().map(|common| common.first()), open) {
        (Some(None), _) => Common::Apart,
        (_, true) | (None, _) => Common::Open,
        (Some(Some(name)), false) => Common::One(name),
    }
}

fn set<'a>(switches: &[&'a str]) -> BTreeSet<&'a str> {
    switches.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Device, Interface, Neighbour, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, down, healthy};

    /// A node with a bond of two ports, each with a PCI function and a switch.
    fn bonded(name: &str, host: u8, ports: [(&str, &str); 2]) -> NodeInventory {
        let mut node = Node::new(name);
        for (at, (function, switch)) in ports.into_iter().enumerate() {
            node = node.with(&format!("eth{at}"), InterfaceKind::Physical, &[], |nic| {
                nic.master = Some("bond0".into());
                nic.device = Some(Device { pci: Some(function.to_owned()), ..Device::default() });
                let chassis = switch.to_owned();
                nic.neighbours = vec![Neighbour { chassis, name: None, port: None }];
            });
        }
        let over = |nic: &mut Interface| nic.lowers = vec!["eth0".into(), "eth1".into()];
        node.with("bond0", InterfaceKind::Bond, &[&format!("10.0.0.{host}/24")], over).done()
    }

    const APART: [(&str, &str); 2] = [("0000:01:00.0", "sw1"), ("0000:02:00.0", "sw2")];

    #[test]
    fn fires_on_one_card() {
        let ports = [("0000:01:00.0", "sw1"), ("0000:01:00.1", "sw2")];
        let nodes = [bonded("n1", 1, ports), bonded("n2", 2, APART)];
        assert_eq!(say(&RULE, &nodes).one(), "n1/bond0: both ports are on card 0000:01:00");
    }

    #[test]
    fn fires_on_one_switch_and_groups_nodes() {
        let ports = [("0000:01:00.0", "sw1"), ("0000:02:00.0", "sw1")];
        let nodes = [bonded("n1", 1, ports), bonded("n2", 2, ports)];
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": both ports of bond0 on n1 and n2 are on switch sw1"
        );
    }

    #[test]
    fn the_bond_below_a_vlan_is_told_once() {
        let mut node = bonded("n1", 1, [("0000:01:00.0", "sw1"), ("0000:01:00.1", "sw2")]);
        node.interfaces[2].addresses.clear();
        for (at, name) in ["v10", "v20"].into_iter().enumerate() {
            let mut vlan = crate::testkit::up(name, 9, InterfaceKind::Vlan);
            vlan.lowers = vec!["bond0".into()];
            vlan.addresses = vec![crate::testkit::address(&format!("10.0.{at}.1/24"), &[])];
            node.interfaces.push(vlan);
        }
        assert_eq!(say(&RULE, &[node]).one(), "n1/bond0: both ports are on card 0000:01:00");
    }

    #[test]
    fn is_silent_across_cards_and_switches_and_with_one_port() {
        say(&RULE, &[bonded("n1", 1, APART)]).silent();
        let mut node = bonded("n1", 1, [("0000:01:00.0", "sw1"), ("0000:01:00.1", "sw1")]);
        node.interfaces[2].lowers.pop();
        say(&RULE, &[node]).silent();
        say(&RULE, &healthy(2)).silent();
    }

    #[test]
    fn a_port_that_is_down_keeps_its_card_but_has_no_switch_to_ask() {
        let mut node = bonded("n1", 1, APART);
        down(&mut node.interfaces[1]);
        node.interfaces[1].neighbours.clear();
        say(&RULE, &[node.clone()]).silent();
        node.interfaces[1].device = None;
        assert_eq!(say(&RULE, &[node]).missing.len(), 1);
    }

    #[test]
    fn unknown_ports_are_told() {
        let mut node = bonded("n1", 1, APART);
        node.interfaces[1].device = None;
        let said = say(&RULE, &[node]);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["card of n1 eth1 is not known: no device is told"]);
    }
}
