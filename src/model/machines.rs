//! Hosts and the virtual machines on them.

use super::{NodeName, Specification};

/// What files tell about hosts and their virtual machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workload {
    /// Hosts, by name.
    pub hosts: Vec<VmHost>,
    /// Virtual machines, by name, then identity.
    pub machines: Vec<Machine>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// A host of virtual machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmHost {
    /// Its name.
    pub name: NodeName,
    /// Its memory; absent where no file tells it.
    pub memory_bytes: Option<u64>,
    /// What must stay free of it; absent: the reserve of all.
    pub reserve_bytes: Option<u64>,
    /// Whether it takes part in the cluster now.
    pub is_online: bool,
}

impl VmHost {
    /// A host of which only the name is known.
    #[must_use]
    pub fn named(name: NodeName) -> Self {
        Self { name, memory_bytes: None, reserve_bytes: None, is_online: true }
    }
}

/// A virtual machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// What people call it.
    pub name: String,
    /// Its number in the cluster, where it has one.
    pub id: Option<u64>,
    /// The host that it is on.
    pub node: NodeName,
    /// How it is migrated, without a network. Its memory is what it takes of a host.
    pub spec: Specification,
    /// Whether its writes to memory are known; else its specification has none.
    pub writes: Writes,
    /// What it does.
    pub state: MachineState,
    /// Why it must not be moved.
    pub pinned: Option<String>,
    /// Groups of which no two run on one host.
    pub anti_affinity: Vec<String>,
    /// Whether a cluster's resource manager starts and moves it.
    pub is_managed: bool,
}

impl Machine {
    /// Memory that it takes of its host; none while it is stopped.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        if self.state == MachineState::Running { self.spec.ram_bytes } else { 0 }
    }
}

/// Whether it is known how a virtual machine writes to its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Told or measured.
    Known,
    /// Nothing tells.
    Unknown,
}

/// What a virtual machine does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineState {
    /// It holds its memory, also while it is paused.
    Running,
    /// It holds none.
    Stopped,
}
