//! What it costs to lose every part of a cluster in turn, and every two together.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::failover::{self, Cluster, Detection};
use netplan_cluster::model::{
    Address, Device, Event, Failures, Interface, InterfaceKind, LostPart, Neighbour, NodeInventory,
    NodeName, OperState, Policy, Profile, Scenario, Scope, Source,
};
use netplan_cluster::{layout, policy};

/// Nodes with four interfaces each, on four networks, cards and switches.
fn cluster(nodes: u32) -> Vec<NodeInventory> {
    (0..nodes).map(|number| node(number, |_| false)).collect()
}

/// The same with every twentieth link down and ports on cards in a way of each node's own.
fn odd(nodes: u32) -> Vec<NodeInventory> {
    (0..nodes)
        .map(|number| node(number, move |network| dice(number, network).is_multiple_of(20)))
        .collect()
}

/// Numbers that look random, the same at every run.
fn dice(node: u32, network: u32) -> u32 {
    let mut number = (node * 8 + network + 1).wrapping_mul(0x9e37_79b9);
    for _ in 0..3 {
        number = (number ^ (number >> 15)).wrapping_mul(0x85eb_ca6b);
    }
    number >> 8
}

fn node(number: u32, is_down: impl Fn(u32) -> bool) -> NodeInventory {
    let name = NodeName::new(format!("node{number:04}"));
    let mut inventory = NodeInventory::empty(name, Source::Netlink);
    let nic = |network| interface(number, network, !is_down(network));
    inventory.interfaces = (0..4).map(nic).collect();
    inventory
}

fn interface(node: u32, network: u32, up: bool) -> Interface {
    let mut nic = Interface::new(format!("eth{network}"), network + 2, InterfaceKind::Physical);
    nic.admin_up = true;
    nic.carrier = Some(up);
    nic.oper_state = if up { OperState::Up } else { OperState::Down };
    let card = if up { network } else { dice(node, network + 4) % 4 };
    let function = format!("0000:{card:02x}:00.{network}");
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

fn with<T>(inventories: &[NodeInventory], use_: impl Fn(&Cluster<'_>, &Detection<'_>) -> T) -> T {
    let policy = Policy::default();
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    use_(&cluster, &Detection::of(&chosen, &policy, Some(Profile::Corosync)))
}

fn every(inventories: &[NodeInventory], doubles: bool) -> Failures {
    with(inventories, |cluster, detection| failover::every(cluster, detection, doubles))
}

fn flapping(inventories: &[NodeInventory]) -> usize {
    let event =
        |at: u64| Event { at_ms: at * 60_000, returns: at % 2 == 1, part: LostPart::Network(0) };
    let scenario = Scenario { events: (0..20).map(event).collect(), hold_ms: 30_000 };
    with(inventories, |cluster, detection| {
        failover::plan(cluster, &scenario, detection).timeline.redirections()
    })
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("failover, nodes x 4 networks, from inventories");
    group.sample_size(10);
    let (few, many, odd_many) = (cluster(64), cluster(1000), odd(1000));
    group.bench_function("k=1, 64", |it| it.iter(|| every(black_box(&few), false)));
    group.bench_function("k=2, 64", |it| it.iter(|| every(black_box(&few), true)));
    group.bench_function("k=1, 1000", |it| it.iter(|| every(black_box(&many), false)));
    group.bench_function("k=1, 1000, odd", |it| it.iter(|| every(black_box(&odd_many), false)));
    group.bench_function("k=2, 1000, odd", |it| it.iter(|| every(black_box(&odd_many), true)));
    group.bench_function("flapping, 1000", |it| it.iter(|| flapping(black_box(&many))));
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
