//! Facts of sysfs and of ethtool: hardware, speed, storage sessions.

use std::net::{IpAddr, Ipv4Addr};

use netplan_cluster::discover::{FileFact, Recording};
use netplan_cluster::model::{Duplex, Fact, Gap, Neighbour, OperState, StorageTransport};

use crate::wire::*;

#[test]
fn one_nic_with_its_hardware() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0")]);
    recording.netlink.addr = dump(vec![address(2, "10.0.0.1", 24, 0x80)]);
    let pci = "/sys/devices/pci0000:00/0000:00:01.0/0000:03:00.1";
    let files = [
        ("device", pci),
        ("device/driver", "/sys/bus/pci/drivers/mlx5_core"),
        ("device/subsystem", "/sys/bus/pci"),
    ];
    add_files(&mut recording, 2, "eth0", &files);
    for (file, id) in [("vendor", "0x15b3"), ("device", "0x101d")] {
        let path = format!("/sys/bus/pci/devices/0000:03:00.1/{file}");
        recording.files.insert(path, FileFact::Text(id.to_owned()));
    }
    let names =
        |names: &[&str]| FileFact::Names(names.iter().map(|name| (*name).to_owned()).collect());
    recording.files.insert("/sys/class/infiniband".to_owned(), names(&["mlx5_1"]));
    let bound = "/sys/class/infiniband/mlx5_1/device/net".to_owned();
    recording.files.insert(bound, names(&["eth0"]));
    let inventory = decode(&recording);
    assert_eq!(inventory.gaps, []);
    let nic = &inventory.interfaces[0];
    assert_eq!((nic.carrier, nic.oper_state), (Some(true), OperState::Up));
    assert_eq!((nic.speed_mbps, nic.duplex), (Some(10_000), Some(Duplex::Full)));
    assert_eq!(nic.addresses[0].address.to_string(), "10.0.0.1/24");
    let device = nic.device.clone().unwrap();
    assert_eq!(device.bus.as_deref(), Some("pci"));
    assert_eq!(device.name.as_deref(), Some("0000:03:00.1"));
    assert_eq!(device.pci.as_deref(), Some("0000:03:00.1"));
    assert_eq!(device.driver.as_deref(), Some("mlx5_core"));
    assert_eq!(device.model.as_deref(), Some("15b3:101d"));
    assert_eq!(device.rdma.as_deref(), Some("mlx5_1"));
    assert_eq!(nic.rp_filter, Some(1));
    assert_eq!(inventory.own_addresses, [IpAddr::from([10, 0, 0, 1])]);
    assert_eq!(inventory.resolvers, [IpAddr::from([192, 0, 2, 53])]);
}

#[test]
fn filters_of_interfaces_with_dots_are_found_and_neighbours_survive_a_replay() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![
        link(8, "bond0", ETHER, 1, &[of_kind("bond", &[attr(1, &[4])])]),
        link(9, "bond0.20", ETHER, 1, &[number(5, 8), of_kind("vlan", &[attr(1, &[20, 0])])]),
        link(10, "veth1", ETHER, 1, &[of_kind("veth", &[])]),
    ]);
    add_filter(&mut recording, "all", "1");
    add_filter(&mut recording, "bond0", "0");
    add_filter(&mut recording, "bond0.20", "2");
    let seen = Neighbour { chassis: "00:00:5e:00:53:01".to_owned(), name: None, port: None };
    recording.neighbours = Some([("bond0".into(), vec![seen.clone()])].into());
    let text = serde_json::to_string(&recording).unwrap();
    let inventory = decode(&serde_json::from_str(&text).unwrap());
    let filters: Vec<_> = inventory.interfaces.iter().map(|found| found.rp_filter).collect();
    assert_eq!(filters, [Some(1), Some(2), None]);
    assert_eq!(inventory.interfaces[0].neighbours, [seen]);
    assert_eq!(inventory.gaps, []);
}

#[test]
fn a_recording_without_the_newer_files_has_gaps() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0"), nic(3, "eth1")]);
    recording.files.retain(|path, _| path.starts_with("/sys"));
    recording.neighbours = None;
    let inventory = decode(&recording);
    let facts: Vec<Fact> = inventory.gaps.iter().map(|gap| gap.fact).collect();
    for fact in [Fact::ReversePathFilter, Fact::OwnName, Fact::Resolvers, Fact::Neighbours] {
        assert_eq!(facts.iter().filter(|found| **found == fact).count(), 1, "{fact:?}");
    }
}

#[test]
fn another_namespaces_sysfs_is_a_gap() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0")]);
    add_files(&mut recording, 7, "eth0", &[]);
    let inventory = decode(&recording);
    let nic = &inventory.interfaces[0];
    assert_eq!((nic.speed_mbps, &nic.device), (None, &None));
    let facts: Vec<Fact> = inventory.gaps.iter().map(|gap| gap.fact).collect();
    assert_eq!(facts, [Fact::Speed, Fact::Device]);
    assert!(causes(&inventory)[0].contains("another network namespace"));
}

#[test]
fn speeds_come_from_ethtool_answers() {
    let reply = |index: u32, speed: u32, duplex: u8| {
        let header = attr(1 | 0x8000, &[number(1, index), text(2, "x")].concat());
        message(21, &[4, 1, 0, 0], &[header, number(5, speed), attr(6, &[duplex])])
    };
    let mut recording = recording();
    recording.netlink.link =
        dump(vec![nic(2, "eth0"), nic(3, "eth1"), link(4, "eth2", ETHER, 1, &[])]);
    recording.netlink.speed =
        dump(vec![reply(2, 100_000, 1), reply(3, u32::MAX, 255), reply(4, 1000, 1)]);
    let inventory = decode(&recording);
    let told = |gap: &&Gap| gap.fact == Fact::Speed;
    let gaps: Vec<_> = inventory.gaps.iter().filter(told).collect();
    let expected = Gap {
        interface: Some("eth1".into()),
        fact: Fact::Speed,
        cause: "the driver does not know its speed".to_owned(),
    };
    assert_eq!(gaps, [&expected]);
    let interfaces = inventory.interfaces;
    assert_eq!(
        (interfaces[0].speed_mbps, interfaces[0].duplex),
        (Some(100_000), Some(Duplex::Full))
    );
    assert_eq!((interfaces[1].speed_mbps, interfaces[1].duplex), (None, None));
    assert_eq!(interfaces[2].speed_mbps, None, "no carrier");
}

#[test]
fn a_driver_without_a_speed_is_a_gap_of_its_interface() {
    let unreadable = FileFact::Error { errno: Some(22), cause: "Invalid argument".to_owned() };
    for fact in [FileFact::Text("-1".to_owned()), unreadable] {
        let mut recording = recording();
        recording.netlink.link = dump(vec![nic(2, "eth0"), nic(3, "eth1")]);
        add_files(&mut recording, 2, "eth0", &[]);
        add_files(&mut recording, 3, "eth1", &[]);
        recording.files.insert("/sys/class/net/eth0/speed".to_owned(), fact);
        let [gap] = <[Gap; 1]>::try_from(decode(&recording).gaps).unwrap();
        assert_eq!((gap.interface, gap.fact), (Some("eth0".into()), Fact::Speed));
    }
}

#[test]
fn speeds_that_nobody_recorded_are_one_gap() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0"), nic(3, "eth1")]);
    let gaps = |recording: &Recording| {
        let gaps = decode(recording).gaps.into_iter().filter(|gap| gap.fact == Fact::Speed);
        gaps.map(|gap| (gap.interface, gap.cause)).collect::<Vec<_>>()
    };
    assert_eq!(gaps(&recording), [(None, "the answer is not in the recording".to_owned())]);
    let known = Gap { interface: None, fact: Fact::Speed, cause: "why".to_owned() };
    recording.gaps.push(known);
    assert_eq!(gaps(&recording), [(None, "why".to_owned())]);
}

/// Files of one iSCSI session and three NVMe controllers.
const STORAGE: [(&str, &str); 12] = [
    ("iscsi_session/session3/targetname", "iqn.2020-01.org.example:disk"),
    ("iscsi_session/session3/ifacename", "eth0"),
    ("iscsi_connection/connection3:0/address", "(null)"),
    ("iscsi_connection/connection3:0/port", "3260"),
    ("iscsi_connection/connection3:0/persistent_address", "[fd00::9]"),
    ("iscsi_connection/connection3:0/persistent_port", "3261"),
    ("nvme/nvme0/transport", "pcie"),
    ("nvme/nvme1/transport", "tcp"),
    ("nvme/nvme1/address", "traddr=192.168.5.10,trsvcid=4420,host_iface=eth0,src_addr=192.168.5.1"),
    ("nvme/nvme1/subsysnqn", "nqn.2014-08.org.example"),
    ("nvme/nvme2/transport", "rdma"),
    ("nvme/nvme2/address", "trsvcid=4420"),
];

#[test]
fn storage_sessions_are_found() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0")]);
    let names = |name: &str| FileFact::Names(vec![name.to_owned()]);
    let files = &mut recording.files;
    files.insert("/sys/class/iscsi_session".to_owned(), names("session3"));
    files.insert("/sys/class/iscsi_connection".to_owned(), names("connection3:0"));
    let controllers =
        FileFact::Names(vec!["nvme0".to_owned(), "nvme1".to_owned(), "nvme2".to_owned()]);
    files.insert("/sys/class/nvme".to_owned(), controllers);
    for (file, content) in STORAGE {
        files.insert(format!("/sys/class/{file}"), FileFact::Text(content.to_owned()));
    }
    let inventory = decode(&recording);
    let [iscsi, nvme] = inventory.storage_sessions.as_slice() else {
        panic!("{:?}", inventory.storage_sessions);
    };
    assert_eq!((iscsi.portal.to_string().as_str(), iscsi.port), ("fd00::9", Some(3260)));
    assert_eq!(iscsi.interface.as_ref().unwrap().as_str(), "eth0");
    assert_eq!(nvme.transport, StorageTransport::NvmeTcp);
    assert_eq!(nvme.portal, IpAddr::from(Ipv4Addr::new(192, 168, 5, 10)));
    assert_eq!((nvme.port, nvme.target.as_deref()), (Some(4420), Some("nqn.2014-08.org.example")));
    let gaps = inventory.gaps.iter().filter(|gap| gap.fact == Fact::StorageSessions);
    let causes: Vec<_> = gaps.map(|gap| gap.cause.as_str()).collect();
    assert_eq!(causes.len(), 1);
    assert!(causes[0].contains("names no traddr"));
}
