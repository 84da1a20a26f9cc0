//! What `pvesh get /cluster/resources --output-format json` prints (Proxmox VE, `PVE::API2::Cluster`).

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{MachineError, check_name, value};
use crate::discover;
use crate::import::ImportError;
use crate::import::json::Part;
use crate::model::{Machine, MachineState, NodeName, Specification, VmHost, Workload, Writes};

const PAGE_BYTES: u64 = 4096;
const CONTAINER: &str =
    "a container can't be migrated while it runs (pct migrate --restart restarts it)";
const SIZE: &str = "a size of memory from 1 byte to 64 TiB";

/// What the API answers; pvesh prints only the list.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Outline {
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A host, a virtual machine or a container. Further keys are fine.
#[derive(Deserialize)]
struct Resource {
    vmid: Option<u64>,
    name: Option<String>,
    node: Option<String>,
    maxmem: Option<u64>,
    mem: Option<u64>,
    status: Option<String>,
    template: Option<Value>,
    hastate: Option<String>,
}

/// Reads the resources of a cluster; what is neither host, machine nor container is left out.
///
/// # Errors
/// Values of another type than they have, or that make no sense, with their places.
pub(super) fn read(whole: &Part<'_>) -> Result<Workload, MachineError> {
    let (rows, prefix): (Vec<&RawValue>, &str) = if whole.text.trim_start().starts_with('[') {
        (whole.read()?, "")
    } else {
        (whole.read::<Answer<'_>>()?.data, "data")
    };
    let mut workload = Workload::default();
    let (mut templates, mut is_pve) = (0, false);
    for (place, row) in rows.into_iter().enumerate() {
        let part = whole.inner(row.get(), &format!("{prefix}[{place}]"));
        let kind = part.read::<Outline>()?.kind;
        match kind.as_deref() {
            Some("node") => workload.hosts.push(host(&part, &part.read()?)?),
            Some("qemu" | "lxc") => {
                let resource: Resource = part.read()?;
                if is_true(resource.template.as_ref()) {
                    templates += 1;
                } else {
                    let pinned = (kind.as_deref() == Some("lxc")).then(|| CONTAINER.to_owned());
                    workload.machines.push(Machine { pinned, ..machine(&part, resource)? });
                }
            }
            Some(_) => {}
            None => continue,
        }
        is_pve = true;
    }
    if !is_pve {
        return Err(MachineError::Unknown { origin: whole.origin() });
    }
    if templates > 0 {
        let noun = if templates == 1 { "template stays" } else { "templates stay" };
        workload.assumptions.push(format!("{templates} {noun}, which holds no memory"));
    }
    if workload.machines.iter().any(|it| it.spec.zero_pages > 0) {
        let said = "memory of a VM that Proxmox VE does not count as used holds only zeros";
        workload.assumptions.push(said.to_owned());
    }
    name_apart(&mut workload.machines);
    Ok(workload)
}

fn is_true(value: Option<&Value>) -> bool {
    value.is_some_and(|it| it == &Value::from(1) || it == &Value::from(true) || it == "1")
}

fn node(part: &Part<'_>, resource: &Resource) -> Result<NodeName, ImportError> {
    let origin = part.origin();
    let name = resource.node.as_deref();
    let name =
        name.ok_or_else(|| value(part, "node", "nothing".to_owned(), "the name of a node"))?;
    discover::node_name(name).map_err(|source| ImportError::NodeName { origin, source })
}

fn host(part: &Part<'_>, resource: &Resource) -> Result<VmHost, ImportError> {
    let name = node(part, resource)?;
    let is_online = resource.status.as_deref().is_none_or(|it| it == "online");
    // a host that is offline has no size, or 0
    let memory_bytes = resource.maxmem.filter(|it| *it > 0);
    Ok(VmHost { name, memory_bytes, reserve_bytes: None, is_online })
}

fn machine(part: &Part<'_>, resource: Resource) -> Result<Machine, ImportError> {
    let node = node(part, &resource)?;
    let id = resource.vmid;
    let id = id.ok_or_else(|| value(part, "vmid", "nothing".to_owned(), "the number of a VM"))?;
    let is_running = resource.status.as_deref() != Some("stopped");
    let memory = resource.maxmem.unwrap_or(0);
    if !(1..=1 << 46).contains(&memory) {
        return Err(value(part, "maxmem", memory.to_string(), SIZE));
    }
    let name = resource.name.filter(|it| !it.is_empty()).unwrap_or_else(|| id.to_string());
    check_name(part, "name", &name)?;
    let used = resource.mem.filter(|it| *it > 0 && is_running).unwrap_or(memory).min(memory);
    Ok(Machine {
        spec: Specification {
            name: name.clone(),
            zero_pages: (memory - used) / PAGE_BYTES,
            ..Specification::new(memory)
        },
        name,
        id: Some(id),
        node,
        writes: Writes::Unknown,
        state: if is_running { MachineState::Running } else { MachineState::Stopped },
        pinned: None,
        anti_affinity: Vec::new(),
        is_managed: resource.hastate.is_some_and(|it| !it.is_empty() && it != "ignored"),
    })
}

/// Names that several machines have get their numbers.
fn name_apart(machines: &mut [Machine]) {
    let mut names: Vec<String> = machines.iter().map(|it| it.name.clone()).collect();
    names.sort();
    let is_common = |name: &String| {
        let first = names.partition_point(|it| it < name);
        names.get(first + 1).is_some_and(|it| it == name)
    };
    for machine in machines.iter_mut().filter(|it| is_common(&it.name)) {
        if let Some(id) = machine.id {
            machine.name = format!("{} ({id})", machine.name);
            machine.spec.name.clone_from(&machine.name);
        }
    }
}
