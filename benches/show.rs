//! What `show` costs: the pure core on clusters of 64 and 1,000 nodes, and reading their files.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::model::{
    Address, Interface, InterfaceKind, NodeInventory, NodeName, OperState, Policy, Scope, Source,
};
use netplan_cluster::{import, layout, policy, render};

/// Nodes with eight interfaces each, on eight networks; every hundredth link is down.
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
    let up = !(node * 8 + network).is_multiple_of(100);
    nic.admin_up = true;
    nic.carrier = Some(up);
    nic.oper_state = if up { OperState::Up } else { OperState::Down };
    nic.mtu = 1500;
    nic.speed_mbps = Some(10_000);
    let text = format!("10.{network}.{}.{}/16", node / 250, node % 250 + 1);
    if let Ok(address) = text.parse() {
        let (peer, scope, flags) = (None, Scope::Global, Vec::new());
        nic.addresses.push(Address { address, peer, scope, flags });
    }
    nic
}

fn show(inventories: &[NodeInventory]) -> String {
    let policy = Policy::default();
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    render::table(&render::show(&layout, &assignment, &policy), None, render::Page::default())
}

fn benches(criterion: &mut Criterion) {
    for nodes in [64, 1000] {
        let inventories = cluster(nodes);
        criterion.bench_function(&format!("plan and render {nodes} nodes x 8"), |bencher| {
            bencher.iter(|| show(black_box(&inventories)));
        });
        let texts: Vec<Vec<u8>> =
            inventories.iter().filter_map(|it| serde_json::to_vec_pretty(it).ok()).collect();
        criterion.bench_function(&format!("read {nodes} inventories x 8"), |bencher| {
            bencher.iter(|| {
                let read = |text: &Vec<u8>| import::parse(black_box(text), "bench", None).ok();
                texts.iter().filter_map(read).map(|all| all.len()).sum::<usize>()
            });
        });
    }
}

criterion_group!(group, benches);
criterion_main!(group);
