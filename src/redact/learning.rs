//! Learning what identifies machines, so that it is found wherever it stands.

use std::net::IpAddr;

use super::link_layer::{ethernet_of, forms, from_hex, identifies};
use super::{MIN_IDENTIFIER, Redactor};
use crate::model::{Interface, Mac, NodeInventory};

impl Redactor {
    /// Learns a link-layer address, to be found in bytes and texts: as it is, as the interface
    /// identifier of an IPv6 address (EUI-64), and in the notations of sysfs and udev.
    pub fn learn_mac(&mut self, mac: &Mac) {
        if !identifies(mac.bytes()) {
            return;
        }
        let redacted = self.mac(mac);
        for (from, to) in forms(mac.bytes()).iter().zip(forms(redacted.bytes())) {
            self.learned.add(from, &to);
        }
    }

    /// Learns a host name, to be found in texts: in full, and its first label alone.
    pub fn learn_host(&mut self, name: &str) {
        if name.parse::<IpAddr>().is_ok() {
            return;
        }
        let short = name.split('.').next().unwrap_or_default();
        for name in [name, short] {
            if name.chars().any(|character| character.is_ascii_alphabetic()) {
                self.names.insert(name.to_lowercase(), self.host(name));
            }
        }
    }

    /// Learns the hexadecimal identifier of a switch or of a port on it.
    pub fn learn_identifier(&mut self, identifier: &str) {
        match from_hex(identifier) {
            Some(bytes) if bytes.len() >= MIN_IDENTIFIER => {
                let redacted = self.identifier_bytes(&bytes);
                self.learned.add(&bytes, &redacted);
            }
            _ => {}
        }
    }

    /// Learns the qualified name of a storage target, to be found in texts.
    pub fn learn_target(&mut self, name: &str) {
        self.targets.insert(name.to_owned(), self.target(name));
    }

    /// Learns everything that [`Redactor::inventory`] would replace in this inventory, so that it
    /// is also found in its recording and where other nodes mention it.
    pub fn learn_inventory(&mut self, inventory: &NodeInventory) {
        self.learn_host(inventory.node.as_str());
        for interface in &inventory.interfaces {
            self.learn_interface(interface);
        }
        for route in &inventory.routes {
            self.learn_ip(route.destination.address());
            let gateways = route.next_hops.iter().filter_map(|hop| hop.gateway);
            gateways.for_each(|gateway| self.learn_ip(gateway));
        }
        for session in &inventory.storage_sessions {
            self.learn_ip(session.portal);
            session.target.iter().for_each(|name| self.learn_target(name));
        }
    }

    fn learn_interface(&mut self, interface: &Interface) {
        for mac in interface.mac.iter().chain(&interface.permanent_mac) {
            self.learn_mac(mac);
        }
        if let Some(switch) = &interface.switch {
            for identifier in switch.switch_id.iter().chain(&switch.port_id) {
                self.learn_identifier(identifier);
            }
        }
        for address in &interface.addresses {
            self.learn_ip(address.address.ip());
            address.peer.iter().for_each(|peer| self.learn_ip(peer.ip()));
        }
    }

    /// An address that was made of a link-layer address tells it, also another machine's. Where it
    /// was learned already it may be an InfiniBand GUID, which can look the same.
    fn learn_ip(&mut self, address: IpAddr) {
        let IpAddr::V6(address) = address else { return };
        let octets = address.octets();
        let (_, identifier) = octets.split_at(8);
        let mut replaced = identifier.to_vec();
        self.learned.replace(&mut replaced);
        if replaced == identifier
            && let Some(mac) = ethernet_of(identifier)
        {
            self.learn_mac(&mac);
        }
    }
}
