//! What it costs to plan the evacuation of many hosts, and turns of all of them.

use std::collections::BTreeSet;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::drain::{self, Ground, Roads, RollTask, Task};
use netplan_cluster::migration::{Spread, groups};
use netplan_cluster::model::{
    Amount, EvacuationPlan, Limits, Machine, MachineState, NodeName, RollingPlan, Specification,
    TurnOrder, VmHost, Workload, Writes,
};

/// Payload of 10 Gbit/s.
const TEN_GIGABIT: f64 = 1.17e9;
const LIMITS: Limits = Limits { parallel: None, per_source: Some(4), per_target: None };

fn host(number: u32) -> NodeName {
    NodeName::new(format!("hv{number:03}"))
}

/// Hosts of 768 GiB; so many of them carry 50 machines of 2 to 16 GiB each, all different.
fn workload(hosts: u32, full: u32) -> Workload {
    let machine = |number: u32| {
        let dice = number.wrapping_mul(0x9e37_79b9) >> 8;
        let bytes = (2 + u64::from(dice % 15)) << 30;
        let pages = bytes / 4096 / 10;
        let rate = f64::from(500 + dice % 9000);
        Machine {
            name: format!("vm{number:04}"),
            id: None,
            node: host(number % full),
            spec: Specification {
                groups: groups(pages, rate, Spread::Uniform),
                max_bandwidth_bytes_s: Some(0.0),
                ..Specification::new(bytes)
            },
            writes: Writes::Known,
            state: MachineState::Running,
            pinned: None,
            anti_affinity: if dice % 40 < 2 { vec![format!("g{}", dice % 7)] } else { Vec::new() },
            is_managed: false,
        }
    };
    let memory_bytes = Some(768 << 30);
    let hosts = (0..hosts).map(|it| VmHost { memory_bytes, ..VmHost::named(host(it)) });
    let (hosts, machines) = (hosts.collect(), (0..full * 50).map(machine).collect());
    Workload { hosts, machines, assumptions: Vec::new() }
}

fn evacuate(workload: &Workload, leaving: u32) -> Option<EvacuationPlan> {
    let leaving: BTreeSet<NodeName> = (0..leaving).map(host).collect();
    let reserve = Amount::Share(0.1);
    let task = Task { workload, leaving: &leaving, reserve, limits: LIMITS };
    drain::evacuate(&mut Roads::new(Ground::Rate(TEN_GIGABIT), 4), &task).ok()
}

fn roll(workload: &Workload, out: usize) -> Option<RollingPlan> {
    let nodes: Vec<NodeName> = workload.hosts.iter().map(|it| it.name.clone()).collect();
    let (reserve, order) = (Amount::Share(0.1), TurnOrder::LeastMoved);
    let (nodes, reboot_ms, limits) = (&nodes, 600_000.0, LIMITS);
    let task = RollTask { workload, nodes, order, reboot_ms, out, reserve, limits };
    drain::roll(&mut Roads::new(Ground::Rate(TEN_GIGABIT), 4), &task).ok()
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drain");
    group.sample_size(10);
    let is_test = std::env::args().any(|it| it == "--test");
    let hundred = if is_test { 4 } else { 100 };
    let twice = workload(2 * hundred, hundred);
    group.bench_function("evacuate 100 hosts with 5000 machines", |it| {
        it.iter(|| evacuate(black_box(&twice), hundred));
    });
    let all = workload(hundred, hundred);
    group.bench_function("evacuate 10 hosts of 100 with 5000 machines", |it| {
        it.iter(|| evacuate(black_box(&all), hundred / 10 + 1));
    });
    group.bench_function("roll 100 hosts with 5000 machines, 4 at once", |it| {
        it.iter(|| roll(black_box(&all), 4));
    });
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
