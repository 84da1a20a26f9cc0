//! What tests of collecting share.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use netplan_cluster::model::{Interface, InterfaceKind, NodeInventory, NodeName, Source};

/// An inventory as the program prints it, of a node that calls itself `elsewhere`.
pub(crate) const INVENTORY: &str = r#"{"schema":"netplan-cluster/inventory/1","node":"elsewhere","taken_at":"2025-01-02T03:04:05Z","source":"netlink"}"#;

/// Reads an inventory, or the interface names alone of an iproute2 document.
pub(crate) fn parse(
    bytes: &[u8],
    node: &NodeName,
) -> Result<NodeInventory, Box<dyn Error + Send + Sync>> {
    let value: serde_json::Value = serde_json::from_slice(bytes)?;
    if value["schema"] != "netplan-cluster/iproute2/1" {
        return Ok(serde_json::from_value(value)?);
    }
    let mut inventory = NodeInventory::empty(node.clone(), Source::Iproute2);
    for link in value["link"].as_array().into_iter().flatten() {
        let name = link["ifname"].as_str().unwrap_or_default();
        let interface = Interface::new(name, 0, InterfaceKind::Physical);
        inventory.interfaces.push(interface);
    }
    Ok(inventory)
}

/// Makes an executable shell script. Another process writes it: while this one has it open for
/// writing, a child that a test beside this one starts would have it open too, and it could not
/// be run.
pub(crate) fn script(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut write = Command::new("sh")
        .args(["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = write.stdin.take().unwrap();
    write!(stdin, "#!/bin/sh\n{body}\n").unwrap();
    drop(stdin);
    assert!(write.wait().unwrap().success());
}
