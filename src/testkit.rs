//! Small inventories for tests, built in a line each.

use crate::model::{
    Address, AddressFlag, Counters, Device, Duplex, Interface, InterfaceKind, InterfaceName,
    MAIN_TABLE, Mac, Neighbour, NextHop, NodeInventory, NodeName, OperState, Policy, Route, Scope,
    Source,
};

/// A node with interfaces added one by one.
pub(crate) struct Node(NodeInventory);

impl Node {
    pub(crate) fn new(name: &str) -> Self {
        Self(NodeInventory::empty(NodeName::new(name), Source::Netlink))
    }

    /// Adds a physical interface that is up, with addresses.
    pub(crate) fn nic(self, name: &str, addresses: &[&str]) -> Self {
        self.with(name, InterfaceKind::Physical, addresses, |_| ())
    }

    /// Adds an interface of any kind and changes it.
    pub(crate) fn with(
        mut self,
        name: &str,
        kind: InterfaceKind,
        addresses: &[&str],
        change: impl FnOnce(&mut Interface),
    ) -> Self {
        let index = u32::try_from(self.0.interfaces.len()).unwrap() + 1;
        let mut interface = up(name, index, kind);
        interface.addresses = addresses.iter().map(|text| address(text, &[])).collect();
        change(&mut interface);
        self.0.interfaces.push(interface);
        self
    }

    /// Adds an IPv4 default route out by an interface.
    pub(crate) fn gateway(self, interface: &str) -> Self {
        self.route("0.0.0.0/0", interface, MAIN_TABLE)
    }

    pub(crate) fn route(mut self, destination: &str, interface: &str, table: u32) -> Self {
        let hop = NextHop { interface: InterfaceName::new(interface), gateway: None };
        let destination = destination.parse().unwrap();
        self.0.routes.push(Route { destination, table, next_hops: vec![hop], priority: 0 });
        self
    }

    pub(crate) fn change(mut self, change: impl FnOnce(&mut NodeInventory)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn done(self) -> NodeInventory {
        self.0
    }
}

pub(crate) fn up(name: &str, index: u32, kind: InterfaceKind) -> Interface {
    let mut interface = Interface::new(name, index, kind);
    interface.admin_up = true;
    interface.carrier = Some(true);
    interface.oper_state = OperState::Up;
    interface.mtu = 1500;
    interface.speed_mbps = Some(10_000);
    interface
}

pub(crate) fn down(interface: &mut Interface) {
    interface.carrier = Some(false);
    interface.oper_state = OperState::Down;
}

pub(crate) fn address(text: &str, flags: &[AddressFlag]) -> Address {
    let address: ipnetwork::IpNetwork = text.parse().unwrap();
    Address { address, peer: None, scope: Scope::Global, flags: flags.to_vec() }
}

/// The networks of golden vectors B to D on two nodes, in order of enumeration: Heartbeat, CSV-LM,
/// LM and CSV without a gateway, Host Access with one, iSCSI with a storage session.
pub(crate) fn golden_node(name: &str, host: u8, networks: &[&str]) -> NodeInventory {
    let mut node = Node::new(name);
    for network in networks {
        let (nic, subnet) = match *network {
            "Heartbeat" => ("hb0", "10.0.0"),
            "CSV-LM" => ("csvlm0", "10.0.1"),
            "LM" => ("lm0", "10.0.2"),
            "CSV" => ("csv0", "10.0.3"),
            "Host Access" => ("host0", "192.168.0"),
            "iSCSI" => ("iscsi0", "192.168.5"),
            other => panic!("{other}"),
        };
        node = node.nic(nic, &[&format!("{subnet}.{host}/24")]);
    }
    node.gateway("host0")
        .change(|inventory| {
            inventory.storage_sessions.push(crate::model::StorageSession {
                transport: crate::model::StorageTransport::Iscsi,
                portal: "192.168.5.200".parse().unwrap(),
                port: Some(3260),
                target: None,
                interface: None,
            });
        })
        .done()
}

/// Nodes n1… on three independent networks: eth0 heartbeat 10.0.0.0/24, eth1 10.0.1.0/24 and eth2
/// 192.0.2.0/24 with the default gateway; a card and a switch for each network, two NIC models.
pub(crate) fn healthy(count: u8) -> Vec<NodeInventory> {
    (1..=count).map(healthy_node).collect()
}

fn healthy_node(host: u8) -> NodeInventory {
    let subnets = ["10.0.0", "10.0.1", "192.0.2"];
    let mut node = Node::new(&format!("n{host}"));
    for (place, subnet) in (0u8..).zip(subnets) {
        let address = format!("{subnet}.{host}/24");
        node = node.with(&format!("eth{place}"), InterfaceKind::Physical, &[&address], |nic| {
            sound(nic, place, host);
        });
    }
    let own = format!("10.0.0.{host}").parse().unwrap();
    node.gateway("eth2").change(|inventory| inventory.own_addresses = vec![own]).done()
}

/// Facts of a NIC with which nothing is wrong.
fn sound(nic: &mut Interface, place: u8, host: u8) {
    let (driver, model) =
        if place == 1 { ("mlx5_core", "15b3:101d") } else { ("ice", "8086:1593") };
    let function = format!("0000:0{}:00.0", place + 1);
    nic.mac = Mac::from_bytes(&[0x52, 0x54, 0, 0, place, host]);
    nic.duplex = Some(Duplex::Full);
    nic.rp_filter = Some(0);
    nic.counters = Some(Counters {
        carrier_changes: Some(2),
        rx_packets: 1_000_000,
        tx_packets: 1_000_000,
        ..Counters::default()
    });
    nic.device = Some(Device {
        bus: Some("pci".to_owned()),
        name: Some(function.clone()),
        pci: Some(function),
        driver: Some(driver.to_owned()),
        model: Some(model.to_owned()),
        rdma: None,
    });
    nic.neighbours = vec![Neighbour {
        chassis: format!("02:00:00:00:00:0{}", place + 1),
        name: Some(format!("switch{}", place + 1)),
        port: Some(format!("Ethernet{host}")),
    }];
}

/// A policy that names networks by subnet.
pub(crate) fn names(pairs: &[(&str, &str)]) -> Policy {
    let mut policy = Policy::default();
    for (subnet, name) in pairs {
        let entry = policy.networks.entry(subnet.parse().unwrap()).or_default();
        entry.name = Some((*name).into());
    }
    policy
}
