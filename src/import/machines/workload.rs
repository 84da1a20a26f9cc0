//! Our own document of hosts and machines; docs/workload.md tells what it holds.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{check_name, value};
use crate::discover;
use crate::import::ImportError;
use crate::import::json::Part;
use crate::import::specification::{over_any, wrong};
use crate::migration::{Spread, groups};
use crate::model::{
    AutoConverge, Group, Machine, MachineState, NodeName, Postcopy, Specification, StopPolicy,
    VmHost, Vmm, Workload, Writes,
};

/// Schema of a workload.
pub const WORKLOAD_SCHEMA: &str = "netplan-cluster/workload/1";

const PAGE_BYTES: u64 = 4096;
const SIZE: &str = "a size of memory from 1 byte to 64 TiB";
const MOST_BYTES: u64 = 1 << 46;

#[derive(Deserialize)]
struct Outline {
    schema: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "schema")]
    _schema: String,
    #[serde(default)]
    nodes: Vec<Node>,
    #[serde(default)]
    vms: Vec<Vm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Node {
    name: NodeName,
    memory_bytes: u64,
    reserve_bytes: Option<u64>,
    #[serde(default = "yes")]
    online: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vm {
    name: String,
    id: Option<u64>,
    node: NodeName,
    memory_bytes: u64,
    used_bytes: Option<u64>,
    working_set_bytes: Option<u64>,
    dirty_bytes_s: Option<f64>,
    groups: Option<Vec<Group>>,
    #[serde(default = "yes")]
    running: bool,
    pinned: Option<String>,
    #[serde(default)]
    anti_affinity: Vec<String>,
    #[serde(default)]
    managed: bool,
    vmm: Option<Vmm>,
    policy: Option<StopPolicy>,
    max_bandwidth_bytes_s: Option<f64>,
    downtime_limit_ms: Option<f64>,
    fixed_downtime_ms: Option<f64>,
    time_limit_ms: Option<f64>,
    auto_converge: Option<AutoConverge>,
    postcopy: Option<Postcopy>,
    multifd_channels: Option<u32>,
}

fn yes() -> bool {
    true
}

/// Reads a workload.
///
/// # Errors
/// Another schema, keys that are not known, and values that make no sense, with their places.
pub(super) fn read(part: &Part<'_>) -> Result<Workload, ImportError> {
    // another document is called one, not told that its keys are wrong
    if let Some(schema) = part.read::<Outline>()?.schema.filter(|it| it != WORKLOAD_SCHEMA) {
        let schema = format!("{schema:?}");
        return Err(value(part, "schema", schema, "\"netplan-cluster/workload/1\""));
    }
    let document: Document = part.read()?;
    let mut seen = BTreeMap::new();
    let mut hosts = Vec::new();
    for (place, node) in document.nodes.into_iter().enumerate() {
        let path = format!("nodes[{place}]");
        once(part, &mut seen, (format!("{:?}", node.name.as_str()), format!("{path}.name")))?;
        hosts.push(host(part, &path, &node)?);
    }
    let (mut names, mut ids) = (BTreeMap::new(), BTreeMap::new());
    let mut machines = Vec::new();
    for (place, vm) in document.vms.into_iter().enumerate() {
        let path = format!("vms[{place}]");
        once(part, &mut names, (format!("{:?}", vm.name), format!("{path}.name")))?;
        if let Some(id) = vm.id {
            once(part, &mut ids, (id.to_string(), format!("{path}.id")))?;
        }
        machines.push(machine(part, &path, vm)?);
    }
    if hosts.is_empty() && machines.is_empty() {
        return Err(ImportError::Empty { origin: part.origin() });
    }
    Ok(Workload { hosts, machines, assumptions: Vec::new() })
}

/// A name or number that may stand only once.
fn once(
    part: &Part<'_>,
    seen: &mut BTreeMap<String, String>,
    (value, path): (String, String),
) -> Result<(), ImportError> {
    if let Some(first) = seen.get(&value) {
        let (path, first) = (part.path_of(&path), part.path_of(first));
        return Err(ImportError::Twice { origin: part.origin(), path, value, first });
    }
    seen.insert(value, path);
    Ok(())
}

fn host(part: &Part<'_>, path: &str, node: &Node) -> Result<VmHost, ImportError> {
    let name = node_name(part, &node.name)?;
    if !(1..=MOST_BYTES).contains(&node.memory_bytes) {
        let path = format!("{path}.memory_bytes");
        return Err(value(part, &path, node.memory_bytes.to_string(), SIZE));
    }
    if let Some(reserve) = node.reserve_bytes.filter(|it| *it > node.memory_bytes) {
        let path = format!("{path}.reserve_bytes");
        return Err(value(part, &path, reserve.to_string(), "at most the memory of the node"));
    }
    Ok(VmHost {
        name,
        memory_bytes: Some(node.memory_bytes),
        reserve_bytes: node.reserve_bytes,
        is_online: node.online,
    })
}

fn node_name(part: &Part<'_>, name: &NodeName) -> Result<NodeName, ImportError> {
    let origin = part.origin();
    discover::node_name(name.as_str()).map_err(|source| ImportError::NodeName { origin, source })
}

fn machine(part: &Part<'_>, path: &str, vm: Vm) -> Result<Machine, ImportError> {
    check_name(part, &format!("{path}.name"), &vm.name)?;
    node_name(part, &vm.node)?;
    let spec = specification(part, path, &vm)?;
    let inner = Part { path: part.path_of(path), ..part.clone() };
    over_any(&spec).map_err(|reason| wrong(&inner, reason))?;
    let is_told = vm.groups.is_some() || vm.dirty_bytes_s.is_some();
    Ok(Machine {
        name: vm.name,
        id: vm.id,
        node: vm.node,
        spec,
        writes: if is_told { Writes::Known } else { Writes::Unknown },
        state: if vm.running { MachineState::Running } else { MachineState::Stopped },
        pinned: vm.pinned,
        anti_affinity: vm.anti_affinity,
        is_managed: vm.managed,
    })
}

fn specification(part: &Part<'_>, path: &str, vm: &Vm) -> Result<Specification, ImportError> {
    let wrong =
        |key: &str, is: String, expected| value(part, &format!("{path}.{key}"), is, expected);
    if !(1..=MOST_BYTES).contains(&vm.memory_bytes) {
        return Err(wrong("memory_bytes", vm.memory_bytes.to_string(), SIZE));
    }
    let used = vm.used_bytes.unwrap_or(vm.memory_bytes);
    if used > vm.memory_bytes {
        return Err(wrong("used_bytes", used.to_string(), "at most the VM's memory"));
    }
    let set = vm.working_set_bytes.unwrap_or(used);
    if set > used {
        return Err(wrong("working_set_bytes", set.to_string(), "at most what is used"));
    }
    if let (Some(_), Some(rate)) = (&vm.groups, vm.dirty_bytes_s) {
        return Err(wrong("dirty_bytes_s", rate.to_string(), "to be given beside groups"));
    }
    let told = match (&vm.groups, vm.dirty_bytes_s) {
        (Some(groups), _) => groups.clone(),
        (None, Some(rate)) if !rate.is_finite() || rate < 0.0 => {
            return Err(wrong("dirty_bytes_s", rate.to_string(), "a rate of 0 or more"));
        }
        (None, Some(rate)) if rate > 0.0 && set >= PAGE_BYTES => {
            #[expect(clippy::cast_precision_loss, reason = "a page is small")]
            let pages_s = rate / PAGE_BYTES as f64;
            groups(set / PAGE_BYTES, pages_s, Spread::Uniform)
        }
        _ => Vec::new(),
    };
    Ok(Specification {
        name: vm.name.clone(),
        vmm: vm.vmm.unwrap_or_default(),
        zero_pages: (vm.memory_bytes - used) / PAGE_BYTES,
        groups: told,
        max_bandwidth_bytes_s: vm.max_bandwidth_bytes_s,
        downtime_limit_ms: vm.downtime_limit_ms,
        policy: vm.policy,
        auto_converge: vm.auto_converge,
        postcopy: vm.postcopy,
        multifd_channels: vm.multifd_channels,
        fixed_downtime_ms: vm.fixed_downtime_ms,
        time_limit_ms: vm.time_limit_ms,
        ..Specification::new(vm.memory_bytes)
    })
}
