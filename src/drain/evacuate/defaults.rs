//! What files leave open about machines.

use super::Stack;
use crate::migration::{Spread, groups};
use crate::model::{Machine, MachineState, VmHost, Workload, WriteRate, Writes};

/// A machine of which nothing is known writes to so much of its used memory.
const WRITTEN_SHARE: u64 = 10;

/// What is taken where files say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// How fast a running machine writes to its memory.
    pub write_rate: WriteRate,
    /// Whose ways of migrating are taken.
    pub stack: Stack,
    /// Memory of hosts of which no file tells it, bytes.
    pub host_memory: Option<u64>,
}

/// How much was taken for granted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Running machines, not pinned, whose writes no file tells.
    pub writes: usize,
    /// Hosts whose memory no file tells.
    pub hosts: usize,
}

/// The workload with everything that a plan needs: writes of machines of which none are told, to a
/// tenth of the memory that is not zero; policy and limit of the stack; memory of hosts.
#[must_use]
pub fn fill(workload: Workload, defaults: &Defaults) -> (Workload, Filled) {
    let moves = |it: &Machine| it.state == MachineState::Running && it.pinned.is_none();
    let is_unknown = |it: &&Machine| it.writes == Writes::Unknown && moves(it);
    let is_missing = |it: &&VmHost| it.memory_bytes.is_none() && defaults.host_memory.is_some();
    let filled = Filled {
        writes: workload.machines.iter().filter(is_unknown).count(),
        hosts: workload.hosts.iter().filter(is_missing).count(),
    };
    let host = |it: VmHost| VmHost { memory_bytes: it.memory_bytes.or(defaults.host_memory), ..it };
    let caveat = defaults.stack.caveat.map(str::to_owned);
    let workload = Workload {
        hosts: workload.hosts.into_iter().map(host).collect(),
        machines: workload.machines.into_iter().map(|it| machine(it, defaults)).collect(),
        assumptions: workload.assumptions.into_iter().chain(caveat).collect(),
    };
    (workload, filled)
}

fn machine(mut machine: Machine, defaults: &Defaults) -> Machine {
    let (spec, stack) = (&mut machine.spec, &defaults.stack);
    let says_nothing = spec.policy.is_none()
        && spec.auto_converge.is_none()
        && spec.postcopy.is_none()
        && !is_other(spec.vmm);
    if says_nothing {
        spec.policy = stack.policy;
        spec.vmm = stack.vmm.unwrap_or(spec.vmm);
    }
    spec.max_bandwidth_bytes_s = spec.max_bandwidth_bytes_s.or(stack.max_bandwidth_bytes_s);
    if machine.writes == Writes::Unknown {
        let used = spec.pages().saturating_sub(spec.zero_pages);
        let page = u32::try_from(spec.page_bytes).unwrap_or(u32::MAX);
        let pages = (used / WRITTEN_SHARE).max(1).min(used);
        if pages > 0 {
            spec.groups = groups(pages, defaults.write_rate.pages_per_s(page), Spread::Uniform);
        }
    }
    machine
}

/// Whether a VMM has a way of its own, which a stack of another does not change.
fn is_other(vmm: crate::model::Vmm) -> bool {
    !vmm.is_qemu()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drain::evacuate::samples::{gib, workload};
    use crate::model::StopPolicy;

    fn defaults(stack: &str) -> Defaults {
        let stack = Stack::from_name(stack).unwrap();
        Defaults { write_rate: WriteRate::Bytes(20.0 * 1_048_576.0), stack, host_memory: None }
    }

    #[test]
    fn unknown_writes_are_never_none_and_counted() {
        let mut bare = workload(2, &[(0, 4)]);
        bare.machines[0].writes = Writes::Unknown;
        bare.machines[0].spec.groups.clear();
        let (filled, counts) = fill(bare, &defaults("libvirt"));
        let group = &filled.machines[0].spec.groups[0];
        assert_eq!(group.pages, gib(4) / 4096 / 10);
        assert!((group.writes_per_s - 5120.0).abs() < 1e-9);
        assert_eq!(counts, Filled { writes: 1, hosts: 0 });
    }

    #[test]
    fn a_stack_gives_way_to_what_a_machine_says() {
        let mut said = workload(2, &[(0, 4), (0, 4)]);
        said.machines[0].spec.policy = Some(StopPolicy::Qemu);
        let (filled, counts) = fill(said, &defaults("pve"));
        let policies: Vec<_> = filled.machines.iter().map(|it| it.spec.policy).collect();
        assert_eq!(policies, [Some(StopPolicy::Qemu), Some(StopPolicy::Proxmox)]);
        assert_eq!(counts, Filled::default());
    }
}
