use super::*;
use crate::model::{MachineState, Writes};

const WORKLOAD: &str = r#"{"schema": "netplan-cluster/workload/1",
  "nodes": [{"name": "hv1", "memory_bytes": 274877906944}, {"name": "hv2", "memory_bytes": 274877906944}],
  "vms": [{"name": "db1", "id": 7, "node": "hv1", "memory_bytes": 17179869184, "used_bytes": 8589934592,
           "working_set_bytes": 1073741824, "dirty_bytes_s": 10485760, "anti_affinity": ["db"]},
          {"name": "web", "node": "hv2", "memory_bytes": 4294967296, "running": false}]}"#;
const VIRSH: &str = include_str!("../../../fixtures/machines/hv1-domstats.txt");
const PVE: &str = include_str!("../../../fixtures/machines/pve-resources.json");

fn read(text: &str) -> Result<Workload, String> {
    parse_machines(text.as_bytes(), "f", None).map_err(|it| it.to_string())
}

fn of_host(text: &str, node: &str) -> Result<Workload, String> {
    parse_machines(text.as_bytes(), "f", Some(&node.into())).map_err(|it| it.to_string())
}

/// The document with a part replaced.
fn with(old: &str, new: &str) -> String {
    assert!(WORKLOAD.contains(old), "{old}");
    read(&WORKLOAD.replacen(old, new, 1)).unwrap_err()
}

#[test]
fn a_workload_tells_all() {
    let workload = read(WORKLOAD).unwrap();
    let [db1, web] = &workload.machines[..] else { panic!() };
    assert_eq!((db1.id, db1.writes, db1.spec.zero_pages), (Some(7), Writes::Known, 2_097_152));
    assert_eq!(db1.spec.groups[0].pages, 262_144);
    assert!((db1.spec.groups[0].writes_per_s - 2560.0).abs() < 1e-9);
    assert_eq!((web.writes, web.state), (Writes::Unknown, MachineState::Stopped));
    assert_eq!(web.memory_bytes(), 0);
}

#[test]
fn what_a_workload_says_wrong_is_named_with_its_place() {
    assert!(with("\"used_bytes\"", "\"used\"").contains("vms[0].used: unknown field `used`"));
    assert_eq!(
        with("17179869184", "0"),
        "f: vms[0].memory_bytes: 0 is not a size of memory from 1 byte to 64 TiB"
    );
    assert!(with("17179869184", "-5").contains("vms[0].memory_bytes: invalid value: integer `-5`"));
    assert!(with("17179869184", "99999999999999999").contains("is not a size of memory"));
    assert!(
        with("8589934592", "17179869185").contains("vms[0].used_bytes: 17179869185 is not at most")
    );
    assert!(with("1073741824", "8589934593").contains("vms[0].working_set_bytes"));
    assert!(with("10485760", "-1").contains("vms[0].dirty_bytes_s: -1 is not a rate of 0 or more"));
    assert!(
        with("10485760", "1e99").contains("vms[0].groups[0].writes_per_s"),
        "{}",
        with("10485760", "1e99")
    );
    assert_eq!(with("\"web\"", "\"db1\""), "f: vms[1].name: \"db1\" stands at vms[0].name already");
    assert!(
        with("\"hv2\", \"memory", "\"hv1\", \"memory").contains("nodes[1].name: \"hv1\" stands at")
    );
    assert_eq!(
        with("\"node\": \"hv2\"", "\"node\": \"hv3\""),
        "f: vm \"web\" is on node \"hv3\", which is not among nodes (did you mean \"hv1\"?)"
    );
    assert!(
        with("\"memory_bytes\": 274877906944}", "\"memory_bytes\": 8589934592}")
            .contains("more than the")
    );
    assert!(with("workload/1", "workload/2").contains("is not \"netplan-cluster/workload/1\""));
    let other = r#"{"schema": "netplan-cluster/inventory/1", "node": "n1"}"#;
    assert!(
        read(other).unwrap_err().starts_with("f: schema: \"netplan-cluster/inventory/1\" is not")
    );
    assert!(with("\"web\"", "\"a\\nb\"").contains("vms[1].name"));
    assert!(with("\"name\": \"hv1\"", "\"name\": \"../x\"").contains("no usable name of a node"));
}

#[test]
fn proxmox_resources_become_hosts_and_machines() {
    let workload = read(PVE).unwrap();
    let hosts: Vec<_> = workload.hosts.iter().map(|it| (it.name.as_str(), it.is_online)).collect();
    assert_eq!(hosts, [("pve1", true), ("pve2", true), ("pve3", false)]);
    let names: Vec<&str> = workload.machines.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["db1", "dns", "spare", "web (101)", "web (102)"]);
    let db1 = &workload.machines[0];
    assert!(db1.is_managed && db1.spec.zero_pages == (34_359_738_368 - 30_064_771_072) / 4096);
    assert!(workload.machines[1].pinned.as_ref().unwrap().contains("container"));
    assert_eq!(workload.machines[2].state, MachineState::Stopped);
    assert!(workload.assumptions[0].contains("1 template stays"));
    let answer = format!("{{\"data\": {PVE}}}");
    assert_eq!(read(&answer).unwrap(), workload);
}

#[test]
fn wrong_types_of_foreign_files_are_errors_with_their_place() {
    let text = PVE.replace("\"maxmem\":34359738368", "\"maxmem\":\"32G\"");
    let said = read(&text).unwrap_err();
    assert!(said.starts_with("f: [3].maxmem: invalid type: string \"32G\""), "{said}");
    let text = PVE.replace("\"vmid\":101", "\"vmid\":100");
    assert!(read(&text).unwrap_err().contains("vm id 100 is in f (pve1) already"));
    assert!(read("[]").unwrap_err().contains("neither a workload"));
    assert!(read("[{\"a\": 1}]").unwrap_err().contains("neither a workload"));
    assert!(read("{}").unwrap_err().contains("missing field `schema`"));
    assert_eq!(read(" \n").unwrap_err(), "f: holds no document");
    assert!(read("hello").unwrap_err().contains("neither a workload"));
}

#[test]
fn statistics_of_a_host_need_its_name() {
    assert!(read(VIRSH).unwrap_err().contains("write NODE=f"));
    assert!(of_host(WORKLOAD, "hv1").unwrap_err().contains("leave hv1= out"));
    let workload = of_host(VIRSH, "hv1").unwrap();
    assert_eq!(workload.hosts[0].memory_bytes, Some(131_912_404 * 1024));
    let names: Vec<&str> = workload.machines.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["db1", "old", "web1"]);
    let [db1, old, web1] = &workload.machines[..] else { panic!() };
    // half of its memory is with the balloon
    assert_eq!((db1.writes, db1.spec.zero_pages * 2), (Writes::Unknown, db1.spec.pages()));
    assert_eq!(old.state, MachineState::Stopped);
    assert_eq!(web1.writes, Writes::Known);
    assert!(web1.spec.groups[0].writes_per_s > 3000.0);
    let bad = VIRSH.replace("balloon.maximum=8388608", "balloon.maximum=many");
    assert!(of_host(&bad, "hv1").unwrap_err().contains("balloon.maximum: \"many\""));
    let bad = VIRSH.replace("131912404 KiB", "0 KiB");
    assert!(of_host(&bad, "hv1").unwrap_err().contains("line 8: Memory size"));
    let none = VIRSH.replace("balloon.maximum=8388608", "");
    assert!(of_host(&none, "hv1").unwrap_err().contains("Domain 'web1': balloon.maximum"));
}

#[test]
fn files_are_put_together_and_old_definitions_dropped() {
    let two = include_bytes!("../../../fixtures/machines/hv2-domstats.txt");
    let told = |bytes: &[u8], node: &str| of_file(bytes, node, Some(&node.into())).unwrap();
    let merged = merge::merge(vec![told(VIRSH.as_bytes(), "hv1"), told(two, "hv2")]).unwrap();
    let old: Vec<_> = merged.machines.iter().filter(|it| it.name == "old").collect();
    assert_eq!((old.len(), old[0].node.as_str()), (1, "hv2"));
    assert!(merged.assumptions.iter().any(|it| it.contains("old definition")));
    let twice = merge::merge(vec![told(two, "hv1"), told(two, "hv2")]).unwrap_err().to_string();
    assert_eq!(twice, "hv2 (hv2): vm \"old\" is in hv1 (hv1) already: names and ids must differ");
    let other = String::from_utf8_lossy(two).replace("131912404", "1319124");
    let conflict = merge::merge(vec![told(two, "hv2"), told(other.as_bytes(), "hv2")]);
    assert!(conflict.is_err_and(|it| it.to_string().contains("node hv2 has")));
}

#[test]
fn sources_may_name_their_host() {
    let source = |text: &str| text.parse::<VmSource>().map_err(|it| it.to_string());
    let of =
        |node: Option<&str>, path: &str| VmSource { node: node.map(Into::into), path: path.into() };
    assert_eq!(source("a.json").unwrap(), of(None, "a.json"));
    assert_eq!(source("hv1=a=b.txt").unwrap(), of(Some("hv1"), "a=b.txt"));
    assert_eq!(source("./x=y").unwrap(), of(None, "./x=y"));
    assert!(source("-x=y").is_err());
}
