//! This host as it is: what the kernel tells over netlink is what `ip` prints.

use std::env;
use std::process::Command;

use netplan_cluster::discover::{inventory, record};
use netplan_cluster::import::parse;
use netplan_cluster::model::{Device, NodeInventory, NodeName, Source};

/// Output of `ip -j` as JSON text; nothing if there is no `ip`.
fn ip(arguments: &[&str]) -> Option<String> {
    let output = Command::new("ip").arg("-j").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|text| !text.trim().is_empty())
}

fn by_iproute2() -> Option<NodeInventory> {
    let text = format!(
        r#"{{"node":"here","link":{},"addr":{},"route":{},"route6":{}}}"#,
        ip(&["-d", "link"])?,
        ip(&["addr"])?,
        ip(&["route", "show", "table", "all"])?,
        ip(&["-6", "route", "show", "table", "all"]).unwrap_or_else(|| "[]".to_owned()),
    );
    parse(text.as_bytes(), "ip", None).ok()?.pop()
}

/// Without what iproute2 can't tell.
fn comparable(mut inventory: NodeInventory) -> NodeInventory {
    inventory.source = Source::Iproute2;
    inventory.taken_at = None;
    inventory.gaps.clear();
    inventory.own_addresses.clear();
    inventory.resolvers.clear();
    inventory.storage_sessions.clear();
    for interface in &mut inventory.interfaces {
        interface.speed_mbps = None;
        interface.duplex = None;
        interface.counters = None;
        interface.rp_filter = None;
        let device = interface.device.take().map(|device| Device {
            bus: device.bus,
            name: device.name,
            ..Device::default()
        });
        interface.device = device.filter(|device| *device != Device::default());
    }
    inventory
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a machine without ip may skip this, but not in CI")]
fn this_host_is_what_ip_prints() {
    let taken_at = "2026-01-01T00:00:00Z".to_owned();
    let recording = record(NodeName::new("here"), taken_at).unwrap();
    let Some(printed) = by_iproute2() else {
        assert!(env::var_os("CI").is_none(), "no usable ip command");
        eprintln!("skipped: no usable ip command");
        return;
    };
    let recorded = inventory(&recording).unwrap();
    assert_eq!(comparable(recorded), comparable(printed));
}
