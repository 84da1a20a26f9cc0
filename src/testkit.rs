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

/// Nodes n1, n2 … with `eth0`, `eth1` and `eth2`; those of `lost` have no carrier.
pub(crate) fn three_networks(number: u8, lost: &[(u8, usize)]) -> Vec<NodeInventory> {
    let node = |host: u8| {
        let mut node = Node::new(&format!("n{host}"));
        for network in 0..3 {
            node = node.nic(&format!("eth{network}"), &[&format!("10.0.{network}.{host}/24")]);
        }
        node.change(|inventory| {
            for (_, network) in lost.iter().filter(|(it, _)| *it == host) {
                down(&mut inventory.interfaces[*network]);
            }
        })
        .done()
    };
    (1..=number).map(node).collect()
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

/// A policy that names networks by subnet.
pub(crate) fn names(pairs: &[(&str, &str)]) -> Policy {
    let mut policy = Policy::default();
    for (subnet, name) in pairs {
        let entry = policy.networks.entry(subnet.parse().unwrap()).or_default();
        entry.name = Some((*name).into());
    }
    policy
}

/// A cluster that no rule has an error or a warning for: nodes n1, n2 …, each with three networks
/// (eth0 10.0.0.x heartbeat, eth1 10.0.1.x, eth2 192.0.2.x with the default route) on three cards
/// of two models, one switch for each network.
pub(crate) fn healthy(count: u8) -> Vec<NodeInventory> {
    (1..=count).map(healthy_node).collect()
}

fn healthy_node(number: u8) -> NodeInventory {
    let mut node = Node::new(&format!("n{number}"));
    for (place, subnet) in (0..).zip(["10.0.0", "10.0.1", "192.0.2"]) {
        let address = format!("{subnet}.{number}/24");
        let change = |nic: &mut Interface| wired(nic, number, place);
        node = node.with(&format!("eth{place}"), InterfaceKind::Physical, &[&address], change);
    }
    let own = format!("10.0.0.{number}").parse().unwrap();
    node.gateway("eth2").change(|inventory| inventory.own_addresses = vec![own]).done()
}

fn wired(nic: &mut Interface, node: u8, place: u8) {
    let (model, driver) =
        if place == 1 { ("15b3:1017", "mlx5_core") } else { ("8086:1572", "i40e") };
    let function = format!("0000:{:02x}:00.0", place + 1);
    nic.mac = Mac::from_bytes(&[0x52, 0x54, 0, 0, place, node]);
    nic.duplex = Some(Duplex::Full);
    nic.rp_filter = Some(0);
    nic.counters = Some(Counters { carrier_changes: Some(1), ..Counters::default() });
    nic.device = Some(Device {
        bus: Some("pci".to_owned()),
        name: Some(function.clone()),
        pci: Some(function),
        driver: Some(driver.to_owned()),
        model: Some(model.to_owned()),
        rdma: None,
    });
    nic.neighbours = vec![Neighbour {
        chassis: format!("mac 02:00:00:00:00:{:02x}", place + 1),
        name: Some(format!("switch{}", place + 1)),
        port: Some(format!("port{node}")),
    }];
}
