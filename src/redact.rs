//! Replacing link-layer addresses and host names by stable hashes.
//!
//! The same input gives the same output in every run and on every node, so duplicates stay
//! visible. IP addresses are kept: without them there is no network to plan. Without a key a
//! link-layer address can be found again by trying all of a vendor's addresses.

mod learned;
mod link_layer;
mod recording;
mod words;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

use ipnetwork::IpNetwork;
use sha2::{Digest, Sha256};

use crate::discover::put_in_order;
use crate::model::{
    Address, Device, Gap, Interface, InterfaceName, Mac, Neighbour, NodeInventory, NodeName, Route,
    StorageSession, Subnet, SwitchPort,
};
use learned::{Learned, hex_groups};
use link_layer::{
    ETHERNET, GUID_AT, IPOIB, ethernet_of, eui64, forms, from_hex, identifies, local_unicast,
};
use words::map_words;

/// Shortest identifier that is looked for in raw bytes; a shorter one would be found by chance.
const MIN_IDENTIFIER: usize = 6;

/// Replaces what identifies machines by hashes.
///
/// It replaces link-layer addresses (also inside IPv6 addresses, interface names and texts), host
/// names, identifiers of embedded switches and their ports, and the names of storage targets.
/// Addresses that are all zero or all ones are kept, and those of 4 and 16 bytes, which are the IP
/// addresses of tunnels.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    key: Vec<u8>,
    learned: Learned,
    names: BTreeMap<String, String>,
    targets: BTreeMap<String, String>,
}

impl Redactor {
    /// A redactor that has learned nothing. A secret key keeps others from finding out by trial
    /// what was hashed; hashes are comparable where the key is the same.
    #[must_use]
    pub fn new(key: Option<&[u8]>) -> Self {
        Self { key: key.unwrap_or_default().to_vec(), ..Self::default() }
    }

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

    /// The link-layer address in place of `mac`, of the same length.
    ///
    /// 6 bytes become a locally administered unicast address; of 20 bytes (IPoIB) the GUID is
    /// replaced.
    #[must_use]
    pub fn mac(&self, mac: &Mac) -> Mac {
        let bytes = mac.bytes();
        if !identifies(bytes) {
            return mac.clone();
        }
        let at = if bytes.len() == IPOIB { GUID_AT } else { 0 };
        let (kept, hashed) = bytes.split_at(at);
        let local = local_unicast(self.hash("mac", hashed, hashed.len()));
        let redacted = [kept, &local].concat();
        Mac::from_bytes(&redacted).unwrap_or_else(|| mac.clone())
    }

    /// The host name in place of `name`, in any letter case: `node-` and 8 hexadecimal digits.
    #[must_use]
    pub fn host(&self, name: &str) -> String {
        let hash = self.hash("host", name.to_lowercase().as_bytes(), 4);
        format!("node-{}", hex_groups(&hash, 4, ""))
    }

    /// The IP address in place of `address`: another one when it is an IPv6 address whose
    /// interface identifier was made of a link-layer address of 6 bytes, or of one learned.
    #[must_use]
    pub fn ip(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V6(address) => IpAddr::V6(self.ipv6(address)),
            IpAddr::V4(_) => address,
        }
    }

    /// What was learned comes first: an InfiniBand GUID can look as if made of 6 bytes.
    fn ipv6(&self, address: Ipv6Addr) -> Ipv6Addr {
        let mut octets = address.octets();
        let (_, identifier) = octets.split_at_mut(8);
        self.learned.replace(identifier);
        if *identifier == address.octets()[8..]
            && let Some(mac) = ethernet_of(identifier)
            && let Some(redacted) = eui64(self.mac(&mac).bytes())
        {
            identifier.copy_from_slice(&redacted);
        }
        Ipv6Addr::from(octets)
    }

    /// Replaces every learned link-layer address and identifier in `bytes`, in place and at the
    /// same length, so that a netlink message stays one.
    ///
    /// It knows no message format: a learned value that stands there by chance is replaced too.
    /// Host names are not replaced, because their length differs.
    pub fn bytes(&self, bytes: &mut [u8]) {
        self.learned.replace(bytes);
    }

    /// The name of an interface or device, or a path that such names are in, with learned
    /// link-layer addresses and identifiers replaced (`enx525400aabbcc`), at the same length.
    ///
    /// Host names are left, so that names in messages, paths and policies still fit each other.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        self.learned.replace_text(path)
    }

    /// `text` with everything learned replaced, host names as whole words, and with IPv6
    /// addresses as by [`Redactor::ip`]. Letter case matters in names of storage targets only.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let is_address = |character: char| character.is_ascii_hexdigit() || character == ':';
        let text = self.replace_targets(text);
        let addresses = map_words(&text, is_address, |word| match word.parse::<Ipv6Addr>() {
            Ok(address) => match self.ipv6(address) {
                same if same == address => word.to_owned(),
                redacted => redacted.to_string(),
            },
            Err(_) => word.to_owned(),
        });
        self.replace_names(&self.learned.replace_text(&addresses))
    }

    /// The longest first, because one can begin another.
    fn replace_targets(&self, text: &str) -> String {
        let mut targets: Vec<(&String, &String)> = self.targets.iter().collect();
        targets.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        targets
            .into_iter()
            .fold(text.to_owned(), |text, (name, redacted)| text.replace(name.as_str(), redacted))
    }

    /// Names with dots first, so that a full name is not taken for its first label.
    fn replace_names(&self, text: &str) -> String {
        let replace = |word: &str| match self.names.get(&word.to_lowercase()) {
            Some(redacted) => redacted.clone(),
            None => word.to_owned(),
        };
        let in_name = |character: char| character.is_alphanumeric() || "-_".contains(character);
        let with_dots = |character: char| in_name(character) || character == '.';
        map_words(text, with_dots, |word| {
            let full = word.trim_end_matches('.');
            match self.names.get(&full.to_lowercase()) {
                Some(redacted) => word.replacen(full, redacted, 1),
                None => map_words(word, in_name, |label| match replace(label) {
                    same if same == label => map_words(label, char::is_alphanumeric, replace),
                    redacted => redacted,
                }),
            }
        })
    }

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

    fn name(&self, name: &mut InterfaceName) {
        *name = InterfaceName::new(self.path(name.as_str()));
    }

    fn switch(&self, switch: &mut SwitchPort) {
        for identifier in [&mut switch.switch_id, &mut switch.port_id] {
            *identifier = identifier.as_deref().map(|text| self.identifier(text));
        }
        switch.port_name = switch.port_name.as_deref().map(|name| self.path(name));
    }

    /// The identifier in place of a hexadecimal one, of the same length; a short one or one that
    /// is not hexadecimal becomes 8 bytes, lest two become the same.
    fn identifier(&self, text: &str) -> String {
        let redacted = match from_hex(text) {
            Some(bytes) if bytes.len() >= MIN_IDENTIFIER => self.identifier_bytes(&bytes),
            _ => self.hash("identifier", text.as_bytes(), 8),
        };
        hex_groups(&redacted, redacted.len(), "")
    }

    /// A port's identifier is often its link-layer address, and then stays that.
    fn identifier_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        match Mac::from_bytes(bytes) {
            Some(mac) if bytes.len() == ETHERNET => self.mac(&mac).bytes().to_vec(),
            _ => self.hash("identifier", bytes, bytes.len()),
        }
    }

    fn neighbour(&self, neighbour: &mut Neighbour) {
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

    /// The name in place of a storage target's, of the same type (`iqn`, `nqn`, `eui`…).
    fn target(&self, name: &str) -> String {
        let hash = hex_groups(&self.hash("target", name.as_bytes(), 8), 8, "");
        match name.split_once('.') {
            Some((kind @ ("iqn" | "nqn"), _)) => format!("{kind}.1970-01.redacted:{hash}"),
            Some((kind @ ("eui" | "naa"), _)) => format!("{kind}.{hash}"),
            _ => format!("target-{hash}"),
        }
    }

    fn gap(&self, gap: &mut Gap) {
        gap.cause = self.text(&gap.cause);
        if let Some(interface) = &mut gap.interface {
            self.name(interface);
        }
    }

    /// `length` bytes (at most 32, longer ones repeat) of SHA-256 over the key's length, the key,
    /// the sort of input and the input.
    fn hash(&self, sort: &str, input: &[u8], length: usize) -> Vec<u8> {
        let digest = Sha256::new()
            .chain_update(self.key.len().to_le_bytes())
            .chain_update(&self.key)
            .chain_update(sort)
            .chain_update([0])
            .chain_update(input)
            .finalize();
        digest.iter().copied().cycle().take(length).collect()
    }
}

#[cfg(test)]
mod tests;
