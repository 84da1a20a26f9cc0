//! Inventories, field by field.

use ipnetwork::IpNetwork;

use super::Redactor;
use super::learned::hex_groups;
use crate::discover::put_in_order;
use crate::model::{
    Address, Device, Gap, Interface, InterfaceName, Neighbour, NodeInventory, NodeName, Route,
    StorageSession, Subnet, SwitchPort,
};

impl Redactor {
    /// Replaces everything in an inventory that identifies the machine, its switches or its
    /// storage. What this inventory and those learned before tell is also replaced in its texts.
    pub fn inventory(&self, inventory: &mut NodeInventory) {
        let mut knowing = self.clone();
        knowing.learn_inventory(inventory);
        inventory.node = NodeName::new(knowing.host(inventory.node.as_str()));
        for interface in &mut inventory.interfaces {
            knowing.interface(interface);
        }
        for route in &mut inventory.routes {
            knowing.route(route);
        }
        for address in inventory.own_addresses.iter_mut().chain(&mut inventory.resolvers) {
            *address = knowing.ip(*address);
        }
        for session in &mut inventory.storage_sessions {
            knowing.session(session);
        }
        for gap in &mut inventory.gaps {
            knowing.gap(gap);
        }
        put_in_order(inventory);
    }

    fn interface(&self, interface: &mut Interface) {
        self.name(&mut interface.name);
        let masters = interface.master.iter_mut();
        let actives = interface.bond.iter_mut().filter_map(|bond| bond.active.as_mut());
        for name in masters.chain(&mut interface.lowers).chain(actives) {
            self.name(name);
        }
        for mac in [&mut interface.mac, &mut interface.permanent_mac] {
            *mac = mac.as_ref().map(|mac| self.mac(mac));
        }
        if let Some(switch) = &mut interface.switch {
            self.switch(switch);
        }
        if let Some(device) = &mut interface.device {
            self.device(device);
        }
        for neighbour in &mut interface.neighbours {
            self.neighbour(neighbour);
        }
        for address in &mut interface.addresses {
            self.address(address);
        }
    }

    pub(super) fn name(&self, name: &mut InterfaceName) {
        *name = InterfaceName::new(self.path(name.as_str()));
    }

    fn switch(&self, switch: &mut SwitchPort) {
        for identifier in [&mut switch.switch_id, &mut switch.port_id] {
            *identifier = identifier.as_deref().map(|text| self.identifier(text));
        }
        switch.port_name = switch.port_name.as_deref().map(|name| self.path(name));
    }

    pub(super) fn neighbour(&self, neighbour: &mut Neighbour) {
        let hashed = |what: &str, text: &str| {
            let hash = self.hash(what, text.as_bytes(), 8);
            format!("{what} {}", hex_groups(&hash, hash.len(), ""))
        };
        neighbour.chassis = hashed("chassis", &neighbour.chassis);
        neighbour.name = neighbour.name.as_deref().map(|name| self.host(name));
        neighbour.port = neighbour.port.as_deref().map(|port| hashed("port", port));
    }

    fn device(&self, device: &mut Device) {
        for name in [&mut device.name, &mut device.rdma] {
            *name = name.as_deref().map(|name| self.path(name));
        }
    }

    fn address(&self, address: &mut Address) {
        address.address = self.network(address.address);
        address.peer = address.peer.map(|peer| self.network(peer));
    }

    fn network(&self, network: IpNetwork) -> IpNetwork {
        IpNetwork::new(self.ip(network.ip()), network.prefix()).unwrap_or(network)
    }

    fn route(&self, route: &mut Route) {
        let destination = IpNetwork::new(route.destination.address(), route.destination.prefix());
        if let Ok(destination) = destination {
            route.destination = Subnet::of(self.network(destination));
        }
        for hop in &mut route.next_hops {
            self.name(&mut hop.interface);
            hop.gateway = hop.gateway.map(|gateway| self.ip(gateway));
        }
    }

    fn session(&self, session: &mut StorageSession) {
        session.portal = self.ip(session.portal);
        session.target = session.target.as_deref().map(|name| self.target(name));
        if let Some(interface) = &mut session.interface {
            self.name(interface);
        }
    }

    pub(super) fn gap(&self, gap: &mut Gap) {
        gap.cause = self.text(&gap.cause);
        if let Some(interface) = &mut gap.interface {
            self.name(interface);
        }
    }
}
