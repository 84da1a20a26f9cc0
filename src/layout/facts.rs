//! What an interface inherits from the interfaces below it and from its node's routes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::model::{
    Gateway, Interface, InterfaceKind, InterfaceName, MAIN_TABLE, Member, NodeInventory, Route,
    StorageSession, Subnet,
};

/// An inventory with its interfaces by name and its default routes by interface.
pub(super) struct NodeFacts<'a> {
    pub(super) inventory: &'a NodeInventory,
    by_name: BTreeMap<&'a str, &'a Interface>,
    gateways: BTreeMap<(&'a InterfaceName, u32), BTreeSet<Gateway>>,
}

impl<'a> NodeFacts<'a> {
    pub(super) fn of(inventory: &'a NodeInventory) -> Self {
        let by_name = inventory.interfaces.iter().map(|one| (one.name.as_str(), one)).collect();
        let mut gateways: BTreeMap<_, BTreeSet<Gateway>> = BTreeMap::new();
        for route in inventory.routes.iter().filter(|route| route.is_default()) {
            for hop in &route.next_hops {
                let gateway = Gateway { ipv6: !route.destination.is_ipv4(), address: hop.gateway };
                gateways.entry((&hop.interface, route.table)).or_default().insert(gateway);
            }
        }
        Self { inventory, by_name, gateways }
    }

    /// The interface as a member of a network through `addresses`.
    pub(super) fn member(&self, interface: &Interface, addresses: Vec<IpNetwork>) -> Member {
        Member {
            node: self.inventory.node.clone(),
            interface: interface.name.clone(),
            kind: interface.kind.clone(),
            up: interface.is_up(),
            faked: interface.kind == InterfaceKind::Dummy,
            speed_mbps: self.speed_mbps(interface),
            mtu: interface.mtu,
            rss: self.all_hardware(interface, |nic| nic.rx_queues.is_some_and(|queues| queues > 1)),
            rdma: self.has_rdma(interface),
            gateways: self.gateways(interface),
            storage: self.storage(interface, &addresses),
            addresses,
        }
    }

    pub(super) fn is_vrf(&self, name: &InterfaceName) -> bool {
        self.get(name).is_some_and(|interface| interface.kind == InterfaceKind::Vrf)
    }

    /// Whether any interface below, at any depth, is hardware (or lies in another namespace, where
    /// hardware is all that a VLAN or macvlan can stand on).
    pub(super) fn reaches_hardware(&self, interface: &Interface) -> bool {
        !self.hardware(interface).is_empty()
    }

    fn get(&self, name: &InterfaceName) -> Option<&'a Interface> {
        self.by_name.get(name.as_str()).copied()
    }

    /// The hardware that carries an interface: itself, or the leaves below it.
    fn hardware<'b>(&self, interface: &'b Interface) -> Vec<&'b Interface>
    where
        'a: 'b,
    {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![interface];
        while let Some(one) = open.pop() {
            if !seen.insert(one.name.as_str()) {
                continue;
            }
            if is_hardware(one) || one.parent_elsewhere {
                found.push(one);
            }
            open.extend(one.lowers.iter().filter_map(|lower| self.get(lower)));
        }
        found
    }

    /// Whether `holds` for every piece of hardware below, of which there must be one; an interface
    /// that stands on none is asked itself.
    fn all_hardware(&self, interface: &Interface, holds: impl Fn(&Interface) -> bool) -> bool {
        let hardware = self.hardware(interface);
        if hardware.is_empty() { holds(interface) } else { hardware.into_iter().all(holds) }
    }

    fn has_rdma(&self, interface: &Interface) -> bool {
        let bound = |nic: &Interface| nic.device.as_ref().is_some_and(|it| it.rdma.is_some());
        bound(interface) || self.all_hardware(interface, bound)
    }

    /// Speed that traffic gets: a bridge's is that of the hardware below it, since the kernel
    /// reports the fastest port, which may be a virtual machine's; one without a speed of its own
    /// has that of the interfaces below.
    fn speed_mbps(&self, interface: &Interface) -> Option<u32> {
        self.speed_below(interface, &mut BTreeSet::new())
    }

    fn speed_below<'b>(&self, interface: &'b Interface, seen: &mut BTreeSet<&'b str>) -> Option<u32>
    where
        'a: 'b,
    {
        if !seen.insert(interface.name.as_str()) {
            return None;
        }
        let own = interface.speed_mbps;
        if own.is_some() && interface.kind != InterfaceKind::Bridge {
            return own;
        }
        let lowers = interface.lowers.iter().filter_map(|lower| self.get(lower));
        let carrying = lowers.filter(|lower| self.reaches_hardware(lower));
        let below = carrying.filter_map(|lower| self.speed_below(lower, seen)).max();
        below.or(own)
    }

    /// Default routes that leave by the interface, in the table that applies to it: that of its
    /// VRF when it is in one, else the main table.
    fn gateways(&self, interface: &Interface) -> Vec<Gateway> {
        let vrf = interface.master.as_ref().and_then(|master| self.get(master));
        let table = vrf.and_then(|vrf| vrf.vrf_table).unwrap_or(MAIN_TABLE);
        let found = self.gateways.get(&(&interface.name, table));
        found.into_iter().flatten().cloned().collect()
    }

    /// Storage sessions that the interface carries: bound to it, or to a portal in one of its
    /// subnets, or to a portal that a route other than a default route sends out by it.
    ///
    /// A portal behind the default gateway makes no storage network: taking the only way out from
    /// the cluster would leave it without clients.
    fn storage(&self, interface: &Interface, addresses: &[IpNetwork]) -> Vec<StorageSession> {
        let near =
            |portal: IpAddr| addresses.iter().any(|address| Subnet::of(*address).contains(portal));
        let carries = |session: &&StorageSession| {
            session.interface.as_ref().map_or_else(
                || near(session.portal) || self.routes_to(session.portal, interface),
                |bound| *bound == interface.name,
            )
        };
        self.inventory.storage_sessions.iter().filter(carries).cloned().collect()
    }

    fn routes_to(&self, portal: IpAddr, interface: &Interface) -> bool {
        let fits = |route: &&Route| !route.is_default() && route.destination.contains(portal);
        let routes = self.inventory.routes.iter().filter(fits);
        let longest = routes.max_by_key(|route| route.destination.prefix());
        longest
            .is_some_and(|route| route.next_hops.iter().any(|hop| hop.interface == interface.name))
    }
}

fn is_hardware(interface: &Interface) -> bool {
    matches!(interface.kind, InterfaceKind::Physical | InterfaceKind::Infiniband)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NextHop, NodeName, Source, StorageTransport};

    fn link(name: &str, kind: InterfaceKind, lowers: &[&str]) -> Interface {
        let mut interface = Interface::new(name, 1, kind);
        interface.lowers = lowers.iter().map(|lower| InterfaceName::new(*lower)).collect();
        interface
    }

    fn node(interfaces: Vec<Interface>) -> NodeInventory {
        let mut inventory = NodeInventory::empty(NodeName::new("n1"), Source::Netlink);
        inventory.interfaces = interfaces;
        inventory
    }

    #[test]
    fn a_bridge_has_the_speed_of_its_hardware_not_of_a_tap() {
        let mut nic = link("eno1", InterfaceKind::Physical, &[]);
        nic.speed_mbps = Some(1000);
        let mut tap = link("tap1", InterfaceKind::Tun, &[]);
        tap.speed_mbps = Some(10_000);
        let mut bridge = link("vmbr0", InterfaceKind::Bridge, &["tap1", "bond0"]);
        bridge.speed_mbps = Some(10_000);
        let bond = link("bond0", InterfaceKind::Bond, &["eno1"]);
        let inventory = node(vec![nic, tap, bridge.clone(), bond]);
        let facts = NodeFacts::of(&inventory);
        assert_eq!(facts.speed_mbps(&bridge), Some(1000));
        assert!(facts.reaches_hardware(&bridge));
    }

    #[test]
    fn a_loop_of_lowers_ends() {
        let a = link("a", InterfaceKind::Bridge, &["b"]);
        let b = link("b", InterfaceKind::Bridge, &["a", "b"]);
        let inventory = node(vec![a.clone(), b]);
        let facts = NodeFacts::of(&inventory);
        assert!(!facts.reaches_hardware(&a));
        assert_eq!(facts.speed_mbps(&a), None);
    }

    #[test]
    fn rss_of_a_bond_is_that_of_its_ports() {
        let mut nic = link("eno1", InterfaceKind::Physical, &[]);
        nic.rx_queues = Some(1);
        let mut bond = link("bond0", InterfaceKind::Bond, &["eno1"]);
        bond.rx_queues = Some(16);
        let inventory = node(vec![nic, bond.clone()]);
        assert!(!NodeFacts::of(&inventory).member(&bond, Vec::new()).rss);
    }

    #[test]
    fn a_portal_is_carried_by_subnet_binding_or_route_but_not_by_the_default_route() {
        let eth0 = link("eth0", InterfaceKind::Physical, &[]);
        let mut inventory = node(vec![eth0.clone()]);
        let session = |portal: &str, bound: Option<&str>| StorageSession {
            transport: StorageTransport::Iscsi,
            portal: portal.parse().unwrap(),
            port: None,
            target: None,
            interface: bound.map(InterfaceName::new),
        };
        let route = |destination: &str| Route {
            destination: destination.parse().unwrap(),
            table: MAIN_TABLE,
            next_hops: vec![NextHop { interface: InterfaceName::new("eth0"), gateway: None }],
            priority: 0,
        };
        inventory.routes = vec![route("0.0.0.0/0"), route("172.16.0.0/16")];
        inventory.storage_sessions = vec![
            session("192.168.5.9", None),
            session("172.16.3.3", None),
            session("203.0.113.1", None),
            session("203.0.113.2", Some("eth0")),
            session("192.168.5.10", Some("eth1")),
        ];
        let member =
            NodeFacts::of(&inventory).member(&eth0, vec!["192.168.5.1/24".parse().unwrap()]);
        let portals: Vec<String> =
            member.storage.iter().map(|session| session.portal.to_string()).collect();
        assert_eq!(portals, ["192.168.5.9", "172.16.3.3", "203.0.113.2"]);
    }
}
