//! Hosts and machines by number, in an order of their own.

use std::collections::{BTreeMap, BTreeSet};

use crate::failover::{PartError, unknown};
use crate::model::{Amount, MachineState, NodeName, Rejection, StayReason, Unplaceable, Workload};

/// Hosts and machines.
pub(super) struct Fleet<'a> {
    pub(super) workload: &'a Workload,
    /// By name.
    pub(super) hosts: Vec<Host>,
    /// By name, then identity, then host.
    pub(super) units: Vec<Unit>,
    /// Names of groups, in order.
    groups: Vec<&'a str>,
}

/// A host.
pub(super) struct Host {
    pub(super) name: NodeName,
    pub(super) is_online: bool,
    /// Bytes; absent when no file tells it.
    pub(super) memory: Option<u64>,
    pub(super) reserve: u64,
    /// Bytes of machines that run there.
    pub(super) used: u64,
}

impl Host {
    /// What machines may use of it, bytes.
    pub(super) fn usable(&self) -> u64 {
        self.memory.unwrap_or(0).saturating_sub(self.reserve)
    }
}

/// A machine.
pub(super) struct Unit {
    /// Its place in the workload.
    pub(super) machine: usize,
    /// The host that it is on.
    pub(super) host: usize,
    /// Bytes.
    pub(super) size: u64,
    /// Groups of which no two run on one host; none while it is stopped.
    pub(super) groups: Vec<usize>,
}

impl<'a> Fleet<'a> {
    /// Numbers hosts and machines by name, whatever their order.
    pub(super) fn of(workload: &'a Workload, reserve: Amount) -> Self {
        let mut hosts: Vec<Host> = hosts(workload, reserve);
        let groups = workload.machines.iter().flat_map(|it| &it.anti_affinity);
        let groups: BTreeSet<&str> = groups.map(String::as_str).collect();
        let groups: Vec<&str> = groups.into_iter().collect();
        let mut order: Vec<usize> = (0..workload.machines.len()).collect();
        order.sort_by_key(|place| {
            let it = &workload.machines[*place];
            (&it.name, it.id, &it.node)
        });
        let unit = |machine: usize| {
            let it = &workload.machines[machine];
            let number = |name: &String| groups.binary_search(&name.as_str()).ok();
            let is_running = it.state == MachineState::Running;
            let own: BTreeSet<usize> = it.anti_affinity.iter().filter_map(number).collect();
            Unit {
                machine,
                host: hosts.partition_point(|host| host.name < it.node),
                size: it.memory_bytes(),
                groups: own.into_iter().filter(|_| is_running).collect(),
            }
        };
        let units: Vec<Unit> = order.into_iter().map(unit).collect();
        for unit in &units {
            hosts[unit.host].used = hosts[unit.host].used.saturating_add(unit.size);
        }
        Self { workload, hosts, units, groups }
    }

    /// The number of a host.
    pub(super) fn host(&self, name: &NodeName) -> Option<usize> {
        self.hosts.binary_search_by(|it| it.name.cmp(name)).ok()
    }

    /// The name of a group.
    pub(super) fn group(&self, number: usize) -> &str {
        self.groups[number]
    }

    /// Why a machine stays wherever others may go.
    pub(super) fn stays(&self, unit: usize) -> Option<StayReason> {
        let machine = &self.workload.machines[self.units[unit].machine];
        match (&machine.pinned, machine.state) {
            (_, MachineState::Stopped) => Some(StayReason::Stopped),
            (Some(why), _) => Some(StayReason::Pinned(why.clone())),
            (None, MachineState::Running) => None,
        }
    }

    /// A machine without a place; hosts with the same reason are put together, with the best figure
    /// among them.
    pub(super) fn unplaceable(&self, unit: usize, against: Vec<(Rejection, usize)>) -> Unplaceable {
        let mut alike: BTreeMap<(u8, String), (Rejection, Vec<usize>)> = BTreeMap::new();
        for (reason, host) in against {
            match alike.entry(kind(&reason)) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert((reason, vec![host]));
                }
                std::collections::btree_map::Entry::Occupied(mut taken) => {
                    let (best, hosts) = taken.get_mut();
                    hosts.push(host);
                    if reason > *best {
                        *best = reason;
                    }
                }
            }
        }
        let name = |host: &usize| self.hosts[*host].name.clone();
        let named = |(reason, mut hosts): (Rejection, Vec<usize>)| {
            hosts.sort_unstable();
            (reason, hosts.iter().map(name).collect())
        };
        let reasons = alike.into_values().map(named).collect();
        Unplaceable { machine: self.units[unit].machine, reasons }
    }
}

/// The host of exactly this name.
///
/// # Errors
/// When there is none; the error tells which there are.
pub fn find_host(workload: &Workload, name: &str) -> Result<NodeName, PartError> {
    let names = || workload.hosts.iter().map(|it| it.name.as_str());
    let found = names().find(|it| *it == name).map(NodeName::new);
    found.ok_or_else(|| unknown("host".to_owned(), name, names()))
}

/// What makes reasons alike.
fn kind(reason: &Rejection) -> (u8, String) {
    match reason {
        Rejection::Full { .. } => (0, String::new()),
        Rejection::TooSmall { .. } => (1, String::new()),
        Rejection::AntiAffinity { group, .. } => (2, group.clone()),
        Rejection::TooSlow { .. } => (3, String::new()),
        Rejection::NoWay(why) => (4, why.clone()),
        Rejection::UnknownMemory => (5, String::new()),
        Rejection::Offline => (6, String::new()),
        Rejection::Leaving => (7, String::new()),
    }
}

fn hosts(workload: &Workload, reserve: Amount) -> Vec<Host> {
    let mut hosts: Vec<Host> = workload
        .hosts
        .iter()
        .map(|it| Host {
            name: it.name.clone(),
            is_online: it.is_online,
            memory: it.memory_bytes,
            reserve: it
                .reserve_bytes
                .unwrap_or_else(|| it.memory_bytes.map_or(0, |memory| reserve.of(memory))),
            used: 0,
        })
        .collect();
    let absent = workload.machines.iter().map(|it| &it.node);
    for name in absent.collect::<BTreeSet<_>>() {
        if !workload.hosts.iter().any(|it| it.name == *name) {
            let (name, is_online) = (name.clone(), true);
            hosts.push(Host { name, is_online, memory: None, reserve: 0, used: 0 });
        }
    }
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    hosts.dedup_by(|a, b| a.name == b.name);
    hosts
}
