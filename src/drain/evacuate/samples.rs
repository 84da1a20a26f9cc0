//! Small workloads for tests.

use super::{Ground, Roads, RollTask, Task, evacuate, roll};
use crate::migration::{Spread, groups};
use crate::model::{
    Amount, EvacuationPlan, Limits, Machine, MachineState, NodeName, RollingPlan, Specification,
    TurnOrder, VmHost, Workload, Writes,
};

pub(in crate::drain) fn gib(number: u64) -> u64 {
    number << 30
}

/// Hosts h00, h01 … of 256 GiB, with machines vm000, vm001 …, each by the number of its host and its
/// memory in GiB. Each writes 10 MiB/s to a tenth of it.
pub(in crate::drain) fn workload(hosts: usize, machines: &[(usize, u64)]) -> Workload {
    let host = |number| VmHost {
        memory_bytes: Some(gib(256)),
        ..VmHost::named(NodeName::new(format!("h{number:02}")))
    };
    let machine = |(number, (host, size)): (usize, &(usize, u64))| Machine {
        name: format!("vm{number:03}"),
        id: Some(100 + number as u64),
        node: NodeName::new(format!("h{host:02}")),
        spec: spec(*size),
        writes: Writes::Known,
        state: MachineState::Running,
        pinned: None,
        anti_affinity: Vec::new(),
        is_managed: false,
    };
    Workload {
        hosts: (0..hosts).map(host).collect(),
        machines: machines.iter().enumerate().map(machine).collect(),
        assumptions: Vec::new(),
    }
}

fn spec(size: u64) -> Specification {
    let bytes = gib(size);
    let pages = (bytes / 4096 / 10).max(1);
    Specification {
        groups: groups(pages, 2560.0, Spread::Uniform),
        max_bandwidth_bytes_s: Some(0.0),
        ..Specification::new(bytes)
    }
}

/// Payload of 10 Gbit/s.
const TEN_GIGABIT: f64 = 1.17e9;

/// The plan over links of 10 Gbit/s, with a tenth of every host in reserve.
pub(in crate::drain) fn plan(workload: &Workload, from: &[&str], limits: Limits) -> EvacuationPlan {
    let leaving = from.iter().map(|it| NodeName::new(*it)).collect();
    let reserve = Amount::Share(0.1);
    let task = Task { workload, leaving: &leaving, reserve, limits };
    evacuate(&mut Roads::new(Ground::Rate(TEN_GIGABIT), 4), &task).unwrap()
}

/// Turns of these hosts over the same, with reboots of ten minutes.
pub(in crate::drain) fn rolling(
    workload: &Workload,
    nodes: &[&str],
    out: usize,
    order: TurnOrder,
) -> RollingPlan {
    let nodes: Vec<NodeName> = nodes.iter().map(|it| NodeName::new(*it)).collect();
    let limits = Limits { per_source: Some(4), ..Limits::default() };
    let reserve = Amount::Share(0.1);
    let task =
        RollTask { workload, nodes: &nodes, order, reboot_ms: 600_000.0, out, reserve, limits };
    roll(&mut Roads::new(Ground::Rate(TEN_GIGABIT), 4), &task).unwrap()
}
