//! What all rules cost on 250, 500 and 1,000 nodes, alike and each of its own arrangement: the
//! growth should stay near linear.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use netplan_cluster::model::{
    Address, Counters, Device, Duplex, Findings, Interface, InterfaceKind, Mac, Neighbour,
    NodeInventory, NodeName, OperState, Policy, PolicyText, Scope, Source,
};
use netplan_cluster::{layout, policy, rules};

/// Nodes with eight interfaces each, on eight networks and cards; every fiftieth link is down.
fn cluster(nodes: u32) -> Vec<NodeInventory> {
    (0..nodes).map(node).collect()
}

fn node(number: u32) -> NodeInventory {
    let name = NodeName::new(format!("node{number:04}"));
    let mut inventory = NodeInventory::empty(name, Source::Netlink);
    inventory.taken_at = Some("2026-11-01T08:00:00Z".to_owned());
    inventory.interfaces = (0..8).map(|network| interface(number, network)).collect();
    inventory
}

fn interface(node: u32, network: u32) -> Interface {
    let mut nic = Interface::new(format!("eth{network}"), network + 2, InterfaceKind::Physical);
    let up = !(node * 13 + network * 7).is_multiple_of(50);
    let [.., high, low] = node.to_be_bytes();
    let [.., card] = network.to_be_bytes();
    let function = format!("0000:{network:02x}:00.0");
    nic.mac = Mac::from_bytes(&[0x52, 0x54, 0, card, high, low]);
    nic.admin_up = true;
    nic.carrier = Some(up);
    nic.oper_state = if up { OperState::Up } else { OperState::Down };
    nic.mtu = 1500;
    nic.speed_mbps = Some(10_000);
    nic.duplex = Some(Duplex::Full);
    nic.rp_filter = Some(0);
    nic.counters = Some(Counters::default());
    nic.device =
        Some(Device { pci: Some(function.clone()), name: Some(function), ..Device::default() });
    let chassis = format!("mac 02:00:00:00:00:{network:02x}");
    nic.neighbours = vec![Neighbour { chassis, name: None, port: None }];
    let text = format!("10.{network}.{}.{}/16", node / 250, node % 250 + 1);
    if let Ok(address) = text.parse() {
        let (peer, scope, flags) = (None, Scope::Global, Vec::new());
        nic.addresses.push(Address { address, peer, scope, flags });
    }
    nic
}

/// Numbers that look random, the same at every run.
fn dice(node: u32, network: u32, sides: u32) -> u32 {
    let mut number = (node * 8 + network + 1).wrapping_mul(0x9e37_79b9);
    for _ in 0..3 {
        number = (number ^ (number >> 15)).wrapping_mul(0x85eb_ca6b);
    }
    (number >> 8) % sides
}

/// Nodes whose ports sit on cards in a way of their own; every twentieth link is down.
fn odd_cards(nodes: u32) -> Vec<NodeInventory> {
    let change = |(node, network, nic): (u32, u32, &mut Interface)| {
        let function = format!("0000:{:02x}:00.{network}", dice(node, network, 8));
        nic.device =
            Some(Device { pci: Some(function.clone()), name: Some(function), ..Device::default() });
        let up = dice(node, network + 8, 20) != 0;
        nic.carrier = Some(up);
        nic.oper_state = if up { OperState::Up } else { OperState::Down };
    };
    changed(cluster(nodes), change)
}

/// The same, with each interface on one of 16 switches.
fn odd_switches(nodes: u32) -> Vec<NodeInventory> {
    changed(odd_cards(nodes), |(node, network, nic)| {
        let chassis = format!("mac 02:00:00:00:01:{:02x}", dice(node, network + 16, 16));
        nic.neighbours = vec![Neighbour { chassis, name: None, port: None }];
    })
}

/// Nodes with two interfaces, each on a network of its own.
fn routed(nodes: u32) -> Vec<NodeInventory> {
    let mut inventories = cluster(nodes);
    for inventory in &mut inventories {
        inventory.interfaces.truncate(2);
    }
    changed(inventories, |(node, network, nic)| {
        let [.., high, low] = (node * 4 + network * 2).to_be_bytes();
        if let (Some(address), Ok(own)) =
            (nic.addresses.first_mut(), format!("172.16.{high}.{low}/31").parse())
        {
            address.address = own;
        }
    })
}

fn changed(
    mut inventories: Vec<NodeInventory>,
    change: impl Fn((u32, u32, &mut Interface)),
) -> Vec<NodeInventory> {
    for (node, inventory) in (0..).zip(&mut inventories) {
        (0..)
            .zip(&mut inventory.interfaces)
            .for_each(|(network, nic)| change((node, network, nic)));
    }
    inventories
}

fn judge(inventories: &[NodeInventory]) -> Findings {
    let (policy, text) = (Policy::default(), PolicyText::default());
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen = layout::chosen(inventories);
    let site = rules::Site::new(chosen, (&policy, &text), (&layout, &assignment), "2026-11-21");
    rules::judge(&site, &rules::Selection::default())
}

type Layout = (&'static str, fn(u32) -> Vec<NodeInventory>);

const LAYOUTS: [Layout; 4] = [
    ("all rules, nodes x 8 interfaces", cluster),
    ("all rules, odd cards", odd_cards),
    ("all rules, odd cards and switches", odd_switches),
    ("all rules, routed", routed),
];

fn benches(criterion: &mut Criterion) {
    for (name, layout) in LAYOUTS {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for nodes in [250, 500, 1000] {
            let inventories = layout(nodes);
            let id = BenchmarkId::from_parameter(nodes);
            group.bench_with_input(id, &inventories, |bencher, it| {
                bencher.iter(|| judge(black_box(it)));
            });
        }
        group.finish();
    }
}

criterion_group!(group, benches);
criterion_main!(group);
