use super::*;
use crate::layout::form;
use crate::model::{AddressFlag, ClusterLayout, InterfaceName, NodeInventory, Policy};
use crate::testkit::{Node, address};

fn reasons(inventory: NodeInventory, policy: &Policy) -> Vec<(String, SkipReason)> {
    let layout = form(&[inventory], policy);
    layout.skipped.into_iter().map(|it| (it.interface.to_string(), it.reason)).collect()
}

fn reason_of(kind: InterfaceKind, name: &str, addresses: &[&str]) -> Option<SkipReason> {
    let node = Node::new("n1").with(name, kind, addresses, |_| ()).done();
    reasons(node, &Policy::default()).into_iter().map(|(_, reason)| reason).next()
}

const ONE: &[&str] = &["10.0.0.1/24"];

#[test]
fn real_adapters_and_what_stands_on_them_count() {
    use InterfaceKind::{
        Bond, Infiniband, Ipvlan, Macvlan, OpenVswitch, Physical, Team, Veth, Vlan,
    };
    for kind in [Physical, Infiniband, Bond, Team, Vlan, Macvlan, Ipvlan, OpenVswitch, Veth] {
        assert_eq!(reason_of(kind.clone(), "x0", ONE), None, "{kind:?}");
    }
}

#[test]
fn virtual_kinds_do_not_count() {
    for kind in ["tun", "dummy", "wireguard", "vxlan", "geneve", "ifb", "gre", "netkit", "newkind"]
    {
        let kind = InterfaceKind::from(kind.to_owned());
        assert_eq!(reason_of(kind.clone(), "x0", ONE), Some(SkipReason::Kind(kind)));
    }
    assert_eq!(reason_of(InterfaceKind::Loopback, "lo", ONE), Some(SkipReason::Loopback));
    assert_eq!(reason_of(InterfaceKind::Vrf, "red", ONE), Some(SkipReason::VrfDevice));
    assert_eq!(reason_of(InterfaceKind::Bridge, "docker0", ONE), Some(SkipReason::VirtualBridge));
    let veth = reason_of(InterfaceKind::Veth, "veth1", &["fe80::1/64"]);
    assert_eq!(veth, Some(SkipReason::VethWithoutAddress));
}

#[test]
fn names_of_container_networks_do_not_count_whatever_their_kind() {
    for name in ["cali12ab", "cni0", "flannel.1", "lxcbr0", "tunl0", "kube-ipvs0", "nodelocaldns"] {
        let reason = reason_of(InterfaceKind::Physical, name, ONE);
        assert!(matches!(reason, Some(SkipReason::ContainerName(_))), "{name}: {reason:?}");
    }
    assert_eq!(reason_of(InterfaceKind::Physical, "eth-cali", ONE), None);
}

#[test]
fn ports_are_represented_by_their_master_but_vrf_ports_stand_for_themselves() {
    let vrf = |interface: &mut Interface| interface.vrf_table = Some(100);
    let port = |master: &'static str| {
        move |interface: &mut Interface| interface.master = Some(InterfaceName::new(master))
    };
    let node = Node::new("n1")
        .with("bond0", InterfaceKind::Bond, ONE, |_| ())
        .with("eno1", InterfaceKind::Physical, &["10.9.0.1/24"], port("bond0"))
        .with("red", InterfaceKind::Vrf, &[], vrf)
        .with("eno2", InterfaceKind::Physical, &["10.8.0.1/24"], port("red"))
        .route("0.0.0.0/0", "eno2", 100)
        .route("0.0.0.0/0", "bond0", 100)
        .done();
    let layout = form(&[node], &Policy::default());
    let skipped: Vec<&str> = layout.skipped.iter().map(|it| it.interface.as_str()).collect();
    assert_eq!(skipped, ["eno1", "red"]);
    let gateways: Vec<usize> =
        layout.networks.iter().map(|network| network.members[0].gateways.len()).collect();
    assert_eq!(gateways, [0, 1], "a route counts in the table that applies");
}

#[test]
fn bridges_count_when_hardware_is_below_them_at_any_depth() {
    let lower = |name: &'static str| {
        move |interface: &mut Interface| interface.lowers = vec![InterfaceName::new(name)]
    };
    let node = Node::new("n1")
        .nic("eno1", &[])
        .with("bond0", InterfaceKind::Bond, &[], lower("eno1"))
        .with("vmbr0", InterfaceKind::Bridge, ONE, lower("bond0"))
        .with("virbr0", InterfaceKind::Bridge, &["192.168.122.1/24"], lower("tap0"))
        .with("tap0", InterfaceKind::Tun, &[], |_| ())
        .done();
    let layout = form(&[node], &Policy::default());
    assert_eq!(layout.networks.len(), 1);
    assert_eq!(layout.networks[0].members[0].interface.as_str(), "vmbr0");
}

#[test]
fn link_local_and_unsettled_addresses_form_no_network() {
    let local = reason_of(InterfaceKind::Physical, "eth0", &["169.254.3.4/16", "fe80::1/64"]);
    assert!(matches!(local, Some(SkipReason::Ipv4LinkLocal(_))));
    let six = reason_of(InterfaceKind::Physical, "eth0", &["fe80::1/64"]);
    assert_eq!(six, Some(SkipReason::Ipv6LinkLocal));
    assert_eq!(reason_of(InterfaceKind::Physical, "eth0", &[]), Some(SkipReason::NoAddress));
    let unfit = [
        AddressFlag::Temporary,
        AddressFlag::Deprecated,
        AddressFlag::Tentative,
        AddressFlag::Dadfailed,
    ];
    for flag in unfit {
        let node = Node::new("n1").with("eth0", InterfaceKind::Physical, &[], |nic| {
            nic.addresses.push(address("2001:db8::1/64", &[flag]));
        });
        let found = reasons(node.done(), &Policy::default());
        assert!(matches!(found[0].1, SkipReason::UnfitAddresses(_)), "{flag:?}");
    }
}

#[test]
fn the_policy_includes_excludes_and_fakes() {
    let node = || {
        Node::new("head")
            .nic("eth0", ONE)
            .with("dummy0", InterfaceKind::Dummy, &["10.1.0.1/24"], |_| ())
            .with("wg0", InterfaceKind::from("wireguard".to_owned()), &["10.2.0.1/24"], |_| ())
            .done()
    };
    let mut policy = Policy::default();
    policy.interfaces.include = vec!["head/dummy*".parse().unwrap(), "wg0".parse().unwrap()];
    policy.interfaces.exclude = vec!["wg*".parse().unwrap()];
    let layout: ClusterLayout = form(&[node()], &policy);
    assert_eq!(layout.networks.len(), 2);
    assert!(layout.networks[1].members[0].faked && !layout.networks[0].members[0].faked);
    assert_eq!(layout.skipped[0].reason, SkipReason::Excluded("wg*".to_owned()));
}

#[test]
fn the_policy_may_let_link_local_adapters_form_a_cluster_network() {
    let node = |name: &str| Node::new(name).nic("eth0", &["fe80::1/64"]).done();
    let mut policy = Policy::default();
    policy.interfaces.ipv6_link_local = true;
    let layout = form(&[node("n1"), node("n2")], &policy);
    assert_eq!(layout.networks[0].subnets, ["fe80::/64".parse().unwrap()]);
    assert_eq!(layout.networks[0].members.len(), 2);
}
