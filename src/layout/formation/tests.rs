use super::*;
use crate::layout::form;
use crate::model::{InterfaceKind, NodeInventory};
use crate::testkit::Node;

fn shape(inventories: &[NodeInventory]) -> Vec<(Vec<String>, Vec<String>)> {
    let layout = form(inventories, &Policy::default());
    let text = |network: &ClusterNetwork| {
        let subnets = network.subnets.iter().map(ToString::to_string).collect();
        let member = |member: &Member| format!("{}/{}", member.node, member.interface);
        (subnets, network.members.iter().map(member).collect())
    };
    layout.networks.iter().map(text).collect()
}

#[test]
fn interfaces_of_different_nodes_join_where_they_share_a_prefix_of_either_family() {
    let a = Node::new("a").nic("eth0", &["10.0.0.1/24", "fd00::1/64"]).done();
    let b = Node::new("b").nic("eth0", &["fd00::2/64"]).done();
    let c = Node::new("c").nic("eth0", &["10.0.0.3/24"]).done();
    let shape = shape(&[c, a, b]);
    assert_eq!(shape.len(), 1);
    assert_eq!(shape[0].0, ["10.0.0.0/24", "fd00::/64"]);
    assert_eq!(shape[0].1, ["a/eth0", "b/eth0", "c/eth0"]);
}

#[test]
fn an_interface_with_several_prefixes_merges_subnets_that_others_keep_apart() {
    let a = Node::new("a").nic("eth0", &["10.0.0.1/24", "10.0.9.1/24"]).done();
    let b = Node::new("b").nic("eth0", &["10.0.0.2/24"]).nic("eth1", &["10.0.9.2/24"]).done();
    let layout = form(&[a, b], &Policy::default());
    assert_eq!(layout.networks.len(), 1);
    assert_eq!(layout.skipped[0].interface.as_str(), "eth1");
}

#[test]
fn networks_are_enumerated_ipv4_first_then_by_address_then_by_length() {
    let node = Node::new("a")
        .nic("e0", &["fd00::1/64"])
        .nic("e1", &["192.168.0.1/24"])
        .nic("e2", &["10.0.0.1/24"])
        .nic("e3", &["10.0.0.1/16"])
        .nic("e4", &["9.0.0.1/8"]);
    let subnets: Vec<String> =
        shape(&[node.done()]).into_iter().map(|(subnets, _)| subnets.join(" ")).collect();
    let order = ["9.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "192.168.0.0/24", "fd00::/64"];
    assert_eq!(subnets, order);
}

#[test]
fn the_second_interface_of_a_node_does_not_count_before_2012() {
    let node = Node::new("a").nic("eth0", &["10.0.0.1/24"]).nic("eth1", &["10.0.0.2/24"]);
    let with_gateway = node.gateway("eth1").done();
    let layout = form(std::slice::from_ref(&with_gateway), &Policy::default());
    assert_eq!(layout.networks[0].members[0].interface.as_str(), "eth1", "it has the gateway");
    assert!(matches!(layout.skipped[0].reason, SkipReason::SecondOnNetwork { .. }));
    let policy = Policy { metric_scheme: MetricScheme::W2012, ..Policy::default() };
    assert_eq!(form(&[with_gateway], &policy).networks[0].members.len(), 2);
}

#[test]
fn host_prefixes_add_no_subnet_beside_a_wider_one() {
    let virtual_address = Node::new("a").nic("eth0", &["10.0.0.1/24", "10.0.0.100/32"]).done();
    assert_eq!(shape(&[virtual_address])[0].0, ["10.0.0.0/24"]);
    let alone = Node::new("a").nic("eth0", &["10.0.0.7/32"]).done();
    assert_eq!(shape(&[alone])[0].0, ["10.0.0.7/32"]);
}

#[test]
fn a_point_to_point_address_lies_in_the_subnet_of_its_peer() {
    let node = Node::new("a").with("ppp0", InterfaceKind::Physical, &["10.0.0.1/32"], |nic| {
        nic.addresses[0].peer = Some("10.0.0.6/30".parse().unwrap());
    });
    assert_eq!(shape(&[node.done()])[0].0, ["10.0.0.4/30"]);
}

#[test]
fn no_inventory_is_an_empty_layout() {
    assert_eq!(shape(&[]), []);
    assert_eq!(shape(&[Node::new("a").done()]), []);
}
