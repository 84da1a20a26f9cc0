//! Interfaces of kinds that the recorded hosts lack.

use netplan_cluster::model::{Interface, InterfaceKind};

use crate::wire::*;

#[test]
fn nothing_at_all_is_an_empty_inventory() {
    let inventory = decode(&recording());
    assert!(inventory.interfaces.is_empty() && inventory.gaps.is_empty());
}

#[test]
fn two_interfaces_of_one_name_are_the_newer_one_and_a_gap() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(7, "eth0"), nic(3, "eth0"), nic(2, "eth1")]);
    let inventory = decode(&recording);
    let told: Vec<_> =
        inventory.interfaces.iter().map(|one| (one.name.as_str(), one.index)).collect();
    assert_eq!(told, [("eth0", 7), ("eth1", 2)]);
    let cause = "another interface, with index 3, has the same name";
    assert!(causes(&inventory).contains(&cause.to_owned()), "{:?}", causes(&inventory));
}

#[test]
fn infiniband_has_long_addresses() {
    let mut recording = recording();
    let mac: Vec<u8> = (0..20).collect();
    recording.netlink.link = dump(vec![
        link(2, "ib0", INFINIBAND, UP, &[attr(1, &mac)]),
        link(3, "ib0.8001", INFINIBAND, UP, &[number(5, 2), of_kind("ipoib", &[])]),
    ]);
    let interfaces = decode(&recording).interfaces;
    assert_eq!(interfaces[0].kind, InterfaceKind::Infiniband);
    assert_eq!(interfaces[0].mac.as_ref().unwrap().bytes(), mac);
    assert_eq!(interfaces[1].kind, InterfaceKind::Infiniband);
    assert_eq!(interfaces[1].lowers[0].as_str(), "ib0");
}

#[test]
fn team_bond_and_vlan_know_what_is_below() {
    let bond = of_kind(
        "bond",
        &[attr(1, &[4]), number(3, 100), number(4, 200), attr(21, &[1]), number(2, 3)],
    );
    let mut recording = recording();
    recording.netlink.link = dump(vec![
        link(9, "team0", ETHER, UP, &[of_kind("team", &[])]),
        link(8, "bond0", ETHER, UP, &[bond]),
        link(7, "bond0.9", ETHER, 0, &[number(5, 8), of_kind("vlan", &[attr(1, &[9, 0])])]),
        link(3, "eth3", ETHER, UP, &[number(10, 8)]),
        link(2, "eth2", ETHER, UP, &[number(10, 9)]),
        link(4, "eth4", ETHER, UP, &[number(10, 8)]),
        link(5, "v0", ETHER, UP, &[number(5, 77), attr(37, &[0; 4]), of_kind("macvlan", &[])]),
    ]);
    let inventory = decode(&recording);
    let lowers = |interface: &Interface| -> Vec<String> {
        interface.lowers.iter().map(ToString::to_string).collect()
    };
    let [bond, vlan, _, _, _, team, macvlan] = inventory.interfaces.as_slice() else {
        panic!("too few");
    };
    assert_eq!(lowers(team), ["eth2"]);
    assert_eq!(lowers(bond), ["eth3", "eth4"]);
    assert_eq!(
        (lowers(vlan), vlan.vlan_id, vlan.carrier),
        (vec!["bond0".to_owned()], Some(9), None)
    );
    assert!(macvlan.parent_elsewhere && macvlan.lowers.is_empty());
    let options = bond.bond.as_ref().unwrap();
    assert_eq!(
        (options.mode.as_str(), options.miimon_ms, options.updelay_ms),
        ("802.3ad", 100, 200)
    );
    assert_eq!(options.lacp_rate.as_deref(), Some("fast"));
    assert_eq!(options.active.as_ref().unwrap().as_str(), "eth3");
}

#[test]
fn only_ethernet_without_a_kind_is_physical() {
    let mut recording = recording();
    let kinds = [
        (ETHER, "physical"),
        (INFINIBAND, "infiniband"),
        (772, "loopback"),
        (512, "ppp"),
        (65534, "none"),
        (776, "sit"),
        (519, "arphrd-519"),
    ];
    let links = (2..).zip(kinds);
    recording.netlink.link = dump(
        links.map(|(index, (hardware, _))| link(index, &format!("x{index}"), hardware, 0, &[])),
    );
    let found = decode(&recording).interfaces;
    let found: Vec<&str> = found.iter().map(|interface| interface.kind.as_str()).collect();
    assert_eq!(found, kinds.map(|(_, kind)| kind));
}

#[test]
fn an_unknown_master_is_a_gap() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![link(2, "eth0", ETHER, UP, &[number(10, 77)])]);
    let inventory = decode(&recording);
    assert_eq!(inventory.interfaces[0].master, None);
    let cause = "its master has index 77, which is no interface of this list";
    assert!(causes(&inventory).contains(&cause.to_owned()), "{:?}", causes(&inventory));
}
