//! Netlink messages and recordings, built by hand.

use std::net::IpAddr;

use netplan_cluster::discover::{Datagram, FileFact, Neighbours, Recording, inventory};
use netplan_cluster::model::{NodeInventory, NodeName};

pub(crate) const UP: u32 = 0x1_0043;
pub(crate) const ETHER: u16 = 1;
pub(crate) const INFINIBAND: u16 = 32;

pub(crate) fn attr(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap();
    let mut bytes = [&length.to_ne_bytes(), &kind.to_ne_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

pub(crate) fn number(kind: u16, value: u32) -> Vec<u8> {
    attr(kind, &value.to_ne_bytes())
}

pub(crate) fn text(kind: u16, value: &str) -> Vec<u8> {
    attr(kind, format!("{value}\0").as_bytes())
}

pub(crate) fn ip(kind: u16, address: &str) -> Vec<u8> {
    match address.parse().unwrap() {
        IpAddr::V4(address) => attr(kind, &address.octets()),
        IpAddr::V6(address) => attr(kind, &address.octets()),
    }
}

pub(crate) fn message(kind: u16, header: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let body = [header, &attributes.concat()].concat();
    let length = u32::try_from(16 + body.len()).unwrap();
    let fields = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[2, 0], &[0; 8]];
    [fields.concat(), body].concat()
}

pub(crate) fn done() -> Vec<u8> {
    message(3, &[0; 4], &[])
}

pub(crate) fn dump(messages: impl IntoIterator<Item = Vec<u8>>) -> Vec<Datagram> {
    let messages: Vec<_> = messages.into_iter().chain([done()]).collect();
    let all = messages.concat();
    vec![Datagram::new(all)]
}

pub(crate) fn link(
    index: u32,
    name: &str,
    hardware: u16,
    flags: u32,
    attributes: &[Vec<u8>],
) -> Vec<u8> {
    let header =
        [&[0, 0][..], &hardware.to_ne_bytes(), &index.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 4]];
    let common = [text(3, name), number(4, 1500), attr(16, &[6])];
    message(16, &header.concat(), &[&common, attributes].concat())
}

pub(crate) fn nic(index: u32, name: &str) -> Vec<u8> {
    let mac = [0x52, 0x54, 0, 0, 0, u8::try_from(index % 256).unwrap()];
    link(index, name, ETHER, UP, &[attr(1, &mac)])
}

pub(crate) fn of_kind(kind: &str, options: &[Vec<u8>]) -> Vec<u8> {
    attr(18, &[text(1, kind), attr(2, &options.concat())].concat())
}

pub(crate) fn address(index: u32, text: &str, prefix: u8, flags: u32) -> Vec<u8> {
    let family = if text.contains(':') { 10 } else { 2 };
    let header = [&[family, prefix, 0, 0][..], &index.to_ne_bytes()].concat();
    message(20, &header, &[ip(1, text), number(8, flags)])
}

pub(crate) fn route(family: u8, prefix: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
    message(24, &[family, prefix, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0], attributes)
}

pub(crate) fn recording() -> Recording {
    let mut recording = Recording::empty(NodeName::new("n1"));
    let dumps = &mut recording.netlink;
    for dump in [&mut dumps.link, &mut dumps.addr, &mut dumps.route4, &mut dumps.route6] {
        *dump = self::dump([]);
    }
    let absent =
        || FileFact::Error { errno: Some(2), cause: "No such file or directory".to_owned() };
    for class in ["infiniband", "iscsi_session", "iscsi_connection", "nvme"] {
        recording.files.insert(format!("/sys/class/{class}"), absent());
    }
    let mut add = |path: &str, content: &str| {
        recording.files.insert(path.to_owned(), FileFact::Text(content.to_owned()));
    };
    add("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
    add("/proc/sys/kernel/hostname", "n1");
    add("/etc/hosts", "10.0.0.1 n1");
    add("/etc/resolv.conf", "nameserver 192.0.2.53");
    recording.neighbours = Some(Neighbours::new());
    recording
}

/// Files of an interface without hardware of interest.
pub(crate) fn add_files(recording: &mut Recording, index: u32, name: &str, files: &[(&str, &str)]) {
    add_filter(recording, name, "1");
    let folder = format!("/sys/class/net/{name}");
    let mut add = |file: &str, fact| recording.files.insert(format!("{folder}/{file}"), fact);
    add("ifindex", FileFact::Text(index.to_string()));
    let absent = FileFact::Error { errno: Some(2), cause: String::new() };
    add("device", absent);
    add("speed", FileFact::Text("10000".to_owned()));
    add("duplex", FileFact::Text("full".to_owned()));
    for (file, content) in files {
        let fact = if content.starts_with('/') {
            FileFact::Link((*content).to_owned())
        } else {
            FileFact::Text((*content).to_owned())
        };
        add(file, fact);
    }
}

/// The reverse-path filter of an interface.
pub(crate) fn add_filter(recording: &mut Recording, name: &str, setting: &str) {
    let path = format!("/proc/sys/net/ipv4/conf/{name}/rp_filter");
    recording.files.insert(path, FileFact::Text(setting.to_owned()));
}

pub(crate) fn decode(recording: &Recording) -> NodeInventory {
    inventory(recording).unwrap()
}

pub(crate) fn causes(inventory: &NodeInventory) -> Vec<String> {
    inventory.gaps.iter().map(|gap| gap.cause.clone()).collect()
}
