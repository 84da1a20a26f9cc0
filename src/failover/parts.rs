//! What parts a layout has, and on which of them each member of a network stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Assignment, ClusterLayout, Interface, InterfaceKind, InterfaceName, Mac, Member, Neighbour,
    NodeInventory, NodeName,
};
use crate::policy;

/// The parts of a layout: its networks, and what their members stand on.
#[derive(Clone, Debug, Default)]
pub struct Parts<'a> {
    /// The nodes, by name.
    pub nodes: Vec<NodeParts<'a>>,
    switch_names: BTreeMap<&'a str, &'a str>,
}

/// The members of one node.
#[derive(Clone, Debug)]
pub struct NodeParts<'a> {
    /// The node.
    pub node: &'a NodeName,
    /// Its members, in the networks' order.
    pub standings: Vec<Standing<'a>>,
}

/// A member of a network and what it stands on: it holds while one of its legs that are up does.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// Place of the network in the layout's list.
    pub network: usize,
    /// Whether the network has role 1 or 3.
    pub authorised: bool,
    /// Whether traffic of the member gets anywhere now.
    pub usable: bool,
    /// The member.
    pub member: &'a Member,
    /// Ways down to hardware: one for each port of a bond, team or bridge, else one.
    pub legs: Vec<Leg<'a>>,
}

/// A way from a member down to the hardware that carries it.
#[derive(Clone, Debug)]
pub struct Leg<'a> {
    /// Interfaces from the member down to the last one that is known, which is hardware or all that
    /// its node can see of it.
    pub through: Vec<&'a InterfaceName>,
    /// The last of them.
    pub bottom: Option<&'a Interface>,
    /// Whether everything below the member is up.
    pub up: bool,
    /// Card: PCI `domain:bus:device`, or the name of a device on another bus without a PCI device
    /// above it. Absent when it is not known.
    pub card: Option<&'a str>,
    /// Switches by LLDP chassis and `phys_switch_id`; empty for a cable to another node, absent
    /// when they are not known.
    pub switches: Option<Vec<&'a str>>,
}

impl<'a> Parts<'a> {
    /// The parts of `layout`, which was formed of `inventories`, one for each node.
    ///
    /// Not handled: hardware below an Open vSwitch port or in another network namespace, which the
    /// kernel does not tell; its card and switch are not known.
    #[must_use]
    pub fn of(
        inventories: &[&'a NodeInventory],
        layout: &'a ClusterLayout,
        assignment: &Assignment,
    ) -> Self {
        let cables = Cables::of(inventories);
        let mut nodes: BTreeMap<&NodeName, (Stack<'a>, NodeParts<'a>)> = BTreeMap::new();
        for inventory in inventories {
            let node = &inventory.node;
            let empty = NodeParts { node, standings: Vec::new() };
            nodes.insert(node, (Stack::of(inventory), empty));
        }
        let networks = layout.networks.iter().zip(&assignment.networks).enumerate();
        for (place, (network, assigned)) in networks {
            for member in &network.members {
                let Some((stack, node)) = nodes.get_mut(&member.node) else { continue };
                node.standings.push(Standing {
                    network: place,
                    authorised: assigned.role.is_authorised(),
                    usable: policy::carries(member),
                    member,
                    legs: stack.legs(member, &cables),
                });
            }
        }
        Self {
            nodes: nodes.into_values().map(|(_, node)| node).collect(),
            switch_names: switch_names(inventories),
        }
    }

    /// A switch for people: its name when LLDP told one, else its identity.
    #[must_use]
    pub fn switch_name(&self, identity: &'a str) -> &'a str {
        self.switch_names.get(identity).copied().unwrap_or(identity)
    }

    /// The name that LLDP told of a switch, where no other switch has it.
    #[must_use]
    pub fn name_of_switch(&self, identity: &str) -> Option<&'a str> {
        let name = self.switch_names.get(identity)?;
        let same = self.switch_names.values().filter(|other| *other == name);
        (same.count() == 1).then_some(*name)
    }
}

impl<'a> NodeParts<'a> {
    /// Members on networks of role 1 or 3 whose traffic gets anywhere.
    pub fn usable(&self) -> impl Iterator<Item = &Standing<'a>> {
        self.standings.iter().filter(|standing| standing.authorised && standing.usable)
    }
}

impl<'a> Standing<'a> {
    /// Legs that carry the member now. A member that is up although nothing below it seems so
    /// stands on all of them.
    pub fn live(&self) -> impl Iterator<Item = &Leg<'a>> {
        let any = self.legs.iter().any(|leg| leg.up);
        self.legs.iter().filter(move |leg| leg.up || !any)
    }
}

fn switch_names<'a>(inventories: &[&'a NodeInventory]) -> BTreeMap<&'a str, &'a str> {
    let interfaces = inventories.iter().flat_map(|inventory| &inventory.interfaces);
    let neighbours = interfaces.flat_map(|interface| &interface.neighbours);
    let named = neighbours.filter_map(|one| Some((one.chassis.as_str(), one.name.as_deref()?)));
    named.collect()
}

/// Identities of all switches that the nodes have seen.
pub(super) fn switches_seen<'a>(inventories: &[&'a NodeInventory]) -> BTreeSet<&'a str> {
    let cables = Cables::of(inventories);
    let interfaces = inventories.iter().flat_map(|inventory| &inventory.interfaces);
    interfaces.flat_map(|interface| cables.switches(interface).into_iter().flatten()).collect()
}

/// Whether a cable without a switch leads from every other node to this one, so that all of them
/// lose carrier when it dies.
pub(super) fn is_cabled_to_all(inventories: &[&NodeInventory], node: &NodeName) -> bool {
    let (own, others): (Vec<&NodeInventory>, Vec<&NodeInventory>) =
        inventories.iter().partition(|it| it.node == *node);
    let ends = |from: &NodeInventory, to: &NodeInventory| {
        let cables = Cables::of(&[to]);
        let alone = from.interfaces.iter().filter(|it| it.is_up() && it.neighbours.len() == 1);
        alone.flat_map(|it| &it.neighbours).any(|it| cables.is_node(it))
    };
    let is_cabled =
        |other: &&NodeInventory| own.iter().any(|own| ends(own, other) || ends(other, own));
    !others.is_empty() && others.iter().all(is_cabled)
}

/// The interfaces of a node, by name.
struct Stack<'a>(BTreeMap<&'a str, &'a Interface>);

impl<'a> Stack<'a> {
    fn of(inventory: &'a NodeInventory) -> Self {
        Self(inventory.interfaces.iter().map(|one| (one.name.as_str(), one)).collect())
    }

    /// Ways down from a member, by the name of the last interface. Where some end in hardware the
    /// others (virtual machines' ports of a bridge) are none.
    fn legs(&self, member: &'a Member, cables: &Cables<'a>) -> Vec<Leg<'a>> {
        let Some(top) = self.0.get(member.interface.as_str()) else {
            let through = vec![&member.interface];
            return vec![Leg { through, bottom: None, up: true, card: None, switches: None }];
        };
        let reached = self.reached(top);
        let is_bottom = |one: &Interface| one.lowers.iter().all(|name| self.get(name).is_none());
        let mut ends: Vec<usize> =
            (0..reached.len()).filter(|at| is_hardware(reached[*at].0)).collect();
        if ends.is_empty() {
            ends = (0..reached.len()).filter(|at| is_bottom(reached[*at].0)).collect();
        }
        if ends.is_empty() {
            ends = vec![0];
        }
        let mut legs: Vec<Leg<'a>> =
            ends.into_iter().map(|end| leg(&reached, end, cables)).collect();
        legs.sort_by(|a, b| a.through.last().cmp(&b.through.last()));
        legs
    }

    /// Everything at and below an interface, each once, with the place of the one above it.
    fn reached(&self, top: &'a Interface) -> Vec<(&'a Interface, Option<usize>)> {
        let mut seen = BTreeSet::from([top.name.as_str()]);
        let mut reached = vec![(top, None)];
        let mut at = 0;
        while let Some((interface, _)) = reached.get(at).copied() {
            for lower in interface.lowers.iter().filter_map(|name| self.get(name)) {
                if seen.insert(lower.name.as_str()) {
                    reached.push((lower, Some(at)));
                }
            }
            at += 1;
        }
        reached
    }

    fn get(&self, name: &InterfaceName) -> Option<&'a Interface> {
        self.0.get(name.as_str()).copied()
    }
}

fn is_hardware(interface: &Interface) -> bool {
    matches!(interface.kind, InterfaceKind::Physical | InterfaceKind::Infiniband)
}

fn leg<'a>(reached: &[(&'a Interface, Option<usize>)], end: usize, cables: &Cables<'a>) -> Leg<'a> {
    let bottom = reached[end].0;
    let (mut through, mut up, mut at) = (Vec::new(), true, Some(end));
    while let Some((interface, above)) = at.and_then(|at| reached.get(at)).copied() {
        through.push(&interface.name);
        up &= above.is_none() || interface.is_up();
        at = above;
    }
    through.reverse();
    let (card, switches) = (card(bottom), cables.switches(bottom));
    Leg { through, bottom: Some(bottom), up, card, switches }
}

/// The card of an interface: `0000:03:00` of the function `0000:03:00.1`.
pub(super) fn card(interface: &Interface) -> Option<&str> {
    let device = interface.device.as_ref()?;
    let on_pci = device.bus.as_deref() == Some("pci");
    let function = device.pci.as_deref().or(device.name.as_deref().filter(|_| on_pci));
    match function {
        Some(function) => Some(function.rsplit_once('.').map_or(function, |(card, _)| card)),
        None => device.bus.as_ref().and(device.name.as_deref()),
    }
}

/// What LLDP tells of cables. A neighbour that is itself a node is no switch.
struct Cables<'a> {
    nodes: BTreeSet<&'a str>,
    macs: BTreeSet<&'a Mac>,
}

impl<'a> Cables<'a> {
    fn of(inventories: &[&'a NodeInventory]) -> Self {
        let nodes = inventories.iter().map(|inventory| inventory.node.as_str()).collect();
        let interfaces = inventories.iter().flat_map(|inventory| &inventory.interfaces);
        Self { nodes, macs: interfaces.filter_map(|interface| interface.mac.as_ref()).collect() }
    }

    /// Switches that an interface stands on. Several LLDP neighbours mean a switch between that
    /// does not speak LLDP: which of them carries the traffic is not known.
    fn switches(&self, interface: &'a Interface) -> Option<Vec<&'a str>> {
        let neighbours = &interface.neighbours;
        let chassis = neighbours.iter().filter(|one| !self.is_node(one)).map(|one| &*one.chassis);
        let mut switches: Vec<&str> = chassis.collect::<BTreeSet<_>>().into_iter().collect();
        let embedded = interface.switch.as_ref().and_then(|switch| switch.switch_id.as_deref());
        if switches.len() > 1 || (neighbours.is_empty() && embedded.is_none()) {
            return None;
        }
        switches.extend(embedded);
        Some(switches)
    }

    fn is_node(&self, neighbour: &Neighbour) -> bool {
        let host = |name: &str| name.split('.').next().is_some_and(|it| self.nodes.contains(it));
        let named = neighbour.name.as_deref();
        let id = neighbour.chassis.rsplit(' ').next().unwrap_or_default();
        named.is_some_and(|name| self.nodes.contains(name) || host(name))
            || Mac::try_from(id.to_owned()).is_ok_and(|mac| self.macs.contains(&mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Device, Policy, SwitchPort};
    use crate::testkit::{Node, down, healthy};
    use crate::{layout, policy};

    fn told(inventories: &[NodeInventory]) -> Vec<String> {
        let policy = Policy::default();
        let layout = layout::form(inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen: Vec<&NodeInventory> = inventories.iter().collect();
        let parts = Parts::of(&chosen, &layout, &assignment);
        let text = |standing: &Standing<'_>, leg: &Leg<'_>| {
            let through: Vec<&str> = leg.through.iter().map(|name| name.as_str()).collect();
            let switches = leg.switches.as_ref().map_or("?".to_owned(), |all| all.join("+"));
            let card = leg.card.unwrap_or("?");
            format!("{} {} {card} {switches}", standing.network, through.join(">"))
        };
        let standings = parts.nodes.iter().flat_map(|node| &node.standings);
        standings.flat_map(|one| one.live().map(move |leg| text(one, leg))).collect()
    }

    fn on_bond() -> NodeInventory {
        let port = |nic: &mut Interface| nic.master = Some("bond0".into());
        let lowers = |names: &'static [&str]| {
            move |nic: &mut Interface| {
                nic.lowers = names.iter().map(|name| (*name).into()).collect();
            }
        };
        Node::new("n1")
            .with("eth0", InterfaceKind::Physical, &[], port)
            .with("eth1", InterfaceKind::Physical, &[], port)
            .with("bond0", InterfaceKind::Bond, &[], lowers(&["eth0", "eth1"]))
            .with("bond0.10", InterfaceKind::Vlan, &["10.0.0.1/24"], lowers(&["bond0"]))
            .done()
    }

    #[test]
    fn a_nic_stands_on_its_card_and_switch() {
        let told = told(&healthy(1));
        assert_eq!(told[0], "0 eth0 0000:01:00 mac 02:00:00:00:00:01");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn a_vlan_on_a_bond_has_a_leg_for_each_port_that_is_up() {
        let mut node = on_bond();
        assert_eq!(
            told(&[node.clone()]),
            ["0 bond0.10>bond0>eth0 ? ?", "0 bond0.10>bond0>eth1 ? ?"]
        );
        down(&mut node.interfaces[1]);
        assert_eq!(told(&[node]), ["0 bond0.10>bond0>eth0 ? ?"]);
    }

    #[test]
    fn a_device_without_pci_is_its_own_card() {
        let device = |bus: &str, name: &str, pci: Option<&str>| Device {
            bus: Some(bus.to_owned()),
            name: Some(name.to_owned()),
            pci: pci.map(str::to_owned),
            ..Device::default()
        };
        let card = |device: Device| {
            let mut nic = Interface::new("eth0", 1, InterfaceKind::Physical);
            nic.device = Some(device);
            card(&nic).map(str::to_owned)
        };
        assert_eq!(card(device("virtio", "virtio0", Some("0000:00:03.0"))).unwrap(), "0000:00:03");
        assert_eq!(card(device("pci", "0000:03:00.1", None)).unwrap(), "0000:03:00");
        assert_eq!(card(device("usb", "2-1:1.0", None)).unwrap(), "2-1:1.0");
        assert_eq!(card(Device::default()), None);
    }

    #[test]
    fn a_node_at_the_other_end_of_the_cable_is_no_switch() {
        let mut nodes = healthy(2);
        nodes[0].interfaces[0].neighbours[0].name = Some("n2.example.org".to_owned());
        nodes[0].interfaces[1].neighbours[0].chassis = "mac 52:54:00:00:00:02".to_owned();
        let told = told(&nodes);
        assert_eq!(told[0], "0 eth0 0000:01:00 ");
        assert_eq!(told[1], "1 eth1 0000:02:00 ");
    }

    #[test]
    fn two_neighbours_leave_the_switch_open_and_an_embedded_one_counts() {
        let mut nodes = healthy(1);
        let other = Neighbour { chassis: "other".to_owned(), name: None, port: None };
        nodes[0].interfaces[0].neighbours.push(other);
        nodes[0].interfaces[1].neighbours.clear();
        let switch = SwitchPort { switch_id: Some("0a0b".to_owned()), ..SwitchPort::default() };
        nodes[0].interfaces[1].switch = Some(switch);
        let told = told(&nodes);
        assert_eq!(told[0], "0 eth0 0000:01:00 ?");
        assert_eq!(told[1], "1 eth1 0000:02:00 0a0b");
    }

    #[test]
    fn a_loop_of_lowers_ends() {
        let mut node = on_bond();
        node.interfaces[2].lowers = vec!["bond0.10".into()];
        assert_eq!(told(&[node]), ["0 bond0.10 ? ?"]);
    }
}
