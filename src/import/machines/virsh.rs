//! What `virsh domstats` prints of one host, with `virsh nodeinfo` before or behind it if wanted.

use super::{MachineError, check_name};
use crate::import::ImportError;
use crate::import::json::Source;
use crate::import::measurements::{Stated, stated};
use crate::migration;
use crate::model::{Machine, MachineState, NodeName, Specification, VmHost, Workload, Writes};

/// `VIR_DOMAIN_SHUTOFF` and `VIR_DOMAIN_CRASHED`; in all other states a machine has its memory.
const STOPPED: [u64; 2] = [5, 6];

/// Reads the statistics of all machines of a host.
///
/// # Errors
/// Values that make no sense, and machines whose memory is not told.
pub(super) fn read(source: Source<'_>, node: &NodeName) -> Result<Workload, MachineError> {
    let mut host = VmHost::named(node.clone());
    host.memory_bytes = memory(source)?;
    let mut assumptions = Vec::new();
    let all = stated(source)?;
    if all.iter().any(|it| it.state.is_none()) {
        let said =
            format!("VMs of {node} whose state is not told run (virsh domstats --state tells it)");
        assumptions.push(said);
    }
    let mut machines = Vec::new();
    for one in all {
        machines.push(machine(source, node, one, &mut assumptions)?);
    }
    Ok(Workload { hosts: vec![host], machines, assumptions })
}

/// The line `Memory size:  32768000 KiB` of `virsh nodeinfo`.
fn memory(source: Source<'_>) -> Result<Option<u64>, ImportError> {
    for (line, text) in (1..).zip(source.text.lines()) {
        let Some(text) = text.trim_start().strip_prefix("Memory size:") else { continue };
        let text = text.trim();
        let kib = text.strip_suffix("KiB").and_then(|it| it.trim().parse::<u64>().ok());
        let bytes = kib.and_then(|it| it.checked_mul(1024)).filter(|it| *it > 0);
        return bytes.map(Some).ok_or_else(|| ImportError::Value {
            origin: source.origin.to_owned(),
            path: format!("line {line}: Memory size"),
            value: format!("{text:?}"),
            expected: "a number of KiB above 0",
        });
    }
    Ok(None)
}

fn machine(
    source: Source<'_>,
    node: &NodeName,
    stated: Stated,
    assumptions: &mut Vec<String>,
) -> Result<Machine, MachineError> {
    let whole = source.whole();
    check_name(&whole, "Domain", &stated.name)?;
    let ram = stated.memory.ram_bytes.ok_or_else(|| ImportError::Value {
        origin: source.origin.to_owned(),
        path: format!("Domain '{}': balloon.maximum", stated.name),
        value: "nothing".to_owned(),
        expected: "a number (ask with --balloon)",
    })?;
    let is_stopped = stated.state.is_some_and(|it| STOPPED.contains(&it));
    let mut spec = Specification { name: stated.name.clone(), ..Specification::new(ram) };
    spec.zero_pages = stated.memory.zero_pages.unwrap_or(0).min(spec.pages());
    let is_measured = !stated.memory.measurements.is_empty();
    if is_measured {
        let fit = migration::fit(&stated.memory.measurements, spec.pages() - spec.zero_pages);
        spec.groups = fit.groups;
        let new = fit.assumptions.into_iter().filter(|it| it.starts_with("page-sampling"));
        for said in new.collect::<Vec<_>>() {
            if !assumptions.contains(&said) {
                assumptions.push(said);
            }
        }
    }
    Ok(Machine {
        name: stated.name,
        id: None,
        node: node.clone(),
        spec,
        writes: if is_measured { Writes::Known } else { Writes::Unknown },
        state: if is_stopped { MachineState::Stopped } else { MachineState::Running },
        pinned: None,
        anti_affinity: Vec::new(),
        is_managed: false,
    })
}
