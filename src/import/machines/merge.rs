//! What several files tell about one cluster.

use std::collections::BTreeMap;

use super::{MachineError, Told};
use crate::model::{Machine, MachineState, NodeName, VmHost, Workload};

/// Puts files together: hosts by name, machines by number or name.
///
/// # Errors
/// Two sizes of one host, machines that can't be told apart, that are on no host or larger than it.
pub(super) fn merge(told: Vec<Told>) -> Result<Workload, MachineError> {
    let mut merging = Merging::default();
    for file in told {
        for host in file.workload.hosts {
            merging.host(host, &file.origin)?;
        }
        merging
            .machines
            .extend(file.workload.machines.into_iter().map(|it| (it, file.origin.clone())));
        for said in file.workload.assumptions {
            if !merging.assumptions.contains(&said) {
                merging.assumptions.push(said);
            }
        }
    }
    merging.done()
}

#[derive(Default)]
struct Merging {
    /// Hosts with the file that told of them first.
    hosts: BTreeMap<NodeName, (VmHost, String)>,
    machines: Vec<(Machine, String)>,
    assumptions: Vec<String>,
}

impl Merging {
    fn host(&mut self, new: VmHost, origin: &str) -> Result<(), MachineError> {
        let Some((known, first)) = self.hosts.get_mut(&new.name) else {
            self.hosts.insert(new.name.clone(), (new, origin.to_owned()));
            return Ok(());
        };
        if let (Some(first_bytes), Some(second_bytes)) = (known.memory_bytes, new.memory_bytes)
            && first_bytes != second_bytes
        {
            let (first, second) = (first.clone(), origin.to_owned());
            let node = new.name;
            return Err(MachineError::Conflict { node, first, first_bytes, second, second_bytes });
        }
        known.memory_bytes = known.memory_bytes.or(new.memory_bytes);
        known.reserve_bytes = known.reserve_bytes.or(new.reserve_bytes);
        known.is_online &= new.is_online;
        Ok(())
    }

    fn done(mut self) -> Result<Workload, MachineError> {
        self.drop_old_copies();
        let mut machines: Vec<(Machine, String)> = std::mem::take(&mut self.machines);
        machines.sort_by(|(a, _), (b, _)| (&a.name, a.id, &a.node).cmp(&(&b.name, b.id, &b.node)));
        check_apart(&machines)?;
        for (machine, origin) in &machines {
            self.check_host(machine, origin)?;
        }
        Ok(Workload {
            hosts: self.hosts.into_values().map(|it| it.0).collect(),
            machines: machines.into_iter().map(|it| it.0).collect(),
            assumptions: self.assumptions,
        })
    }

    /// A machine that ran on a host once may still be defined there, and is stopped.
    fn drop_old_copies(&mut self) {
        let is_running = |it: &Machine| it.state == MachineState::Running;
        let running = self.machines.iter().filter(|(it, _)| is_running(it) && it.id.is_none());
        let running: BTreeMap<String, NodeName> =
            running.map(|(it, _)| (it.name.clone(), it.node.clone())).collect();
        let mut dropped = Vec::new();
        self.machines.retain(|(it, _)| {
            let is_old = !is_running(it)
                && it.id.is_none()
                && running.get(&it.name).is_some_and(|node| *node != it.node);
            if is_old {
                dropped
                    .push(format!("the stopped {} on {} is an old definition", it.name, it.node));
            }
            !is_old
        });
        self.assumptions.extend(dropped);
    }

    fn check_host(&self, machine: &Machine, origin: &str) -> Result<(), MachineError> {
        let (origin, vm) = (origin.to_owned(), machine.name.clone());
        let node = machine.node.clone();
        let Some((host, _)) = self.hosts.get(&node) else {
            let distance = |it: &&NodeName| strsim::damerau_levenshtein(it.as_str(), node.as_str());
            let nearest = self.hosts.keys().min_by_key(distance).cloned();
            return Err(MachineError::UnknownNode { origin, vm, node, nearest });
        };
        match host.memory_bytes {
            Some(limit) if machine.memory_bytes() > limit => {
                let bytes = machine.memory_bytes();
                Err(MachineError::TooLarge { origin, vm, bytes, node, limit })
            }
            _ => Ok(()),
        }
    }
}

/// Names and numbers must differ.
fn check_apart(machines: &[(Machine, String)]) -> Result<(), MachineError> {
    let place = |(it, origin): &(Machine, String)| format!("{origin} ({})", it.node);
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut ids: BTreeMap<u64, String> = BTreeMap::new();
    let twice = |what, name, first, second| MachineError::Twice { what, name, first, second };
    for told in machines {
        let (machine, second) = (&told.0, place(told));
        if let Some(first) = names.insert(&machine.name, second.clone()) {
            return Err(twice("vm", format!("\"{}\"", machine.name), first, second));
        }
        let Some(id) = machine.id else { continue };
        if let Some(first) = ids.insert(id, second.clone()) {
            return Err(twice("vm id", id.to_string(), first, second));
        }
    }
    Ok(())
}
