use super::*;
use crate::model::{Metric, MigrationOrder, NodeInventory, Policy, Role};
use crate::testkit::healthy;
use crate::{layout, policy};

fn edit(inventories: &[NodeInventory], policy: &Policy, lost: &[LostPart]) -> Option<Remedy> {
    let layout = layout::form(inventories, policy);
    let assignment = policy::assign(&layout, policy);
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, policy, &layout, &assignment);
    remedy(&cluster, &lost.iter().cloned().collect())
}

#[test]
fn what_does_no_harm_needs_no_remedy() {
    assert_eq!(edit(&healthy(2), &Policy::default(), &[LostPart::Network(0)]), None);
}

#[test]
fn a_static_order_is_given_up() {
    let mut policy = Policy::default();
    policy.migration.order = MigrationOrder::Static;
    let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
    assert_eq!(found, Some(Remedy { harm: Harm::Collision, edit: Edit::AvoidCsv }));
}

#[test]
fn a_network_that_migration_does_not_use_takes_csv() {
    let mut policy = Policy::default();
    policy.migration.exclude.push("Cluster Network 3".into());
    let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
    let edit = Edit::Metric { network: 2, metric: Metric::saturating(1099) };
    assert_eq!(found, Some(Remedy { harm: Harm::Collision, edit }));
}

#[test]
fn an_idle_network_is_put_to_use_and_else_one_is_added() {
    let mut nodes = healthy(2);
    for node in &mut nodes {
        node.interfaces.pop();
    }
    let found = edit(&nodes, &Policy::default(), &[LostPart::Network(0)]);
    assert_eq!(found.map(|it| it.edit), Some(Edit::Network));
    let mut policy = Policy::default();
    let subnet = "192.0.2.0/24".parse().unwrap();
    policy.networks.entry(subnet).or_default().role = Some(Role::None);
    let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
    let role = Edit::Role { network: 2, role: Role::Cluster };
    assert_eq!(found.map(|it| it.edit), Some(role));
}

#[test]
fn a_shared_card_needs_a_network_of_its_own() {
    let mut nodes = healthy(2);
    for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
        nic.device.as_mut().unwrap().pci = Some("0000:01:00.0".to_owned());
    }
    let card = LostPart::Card("n1".into(), "0000:01:00".to_owned());
    let found = edit(&nodes, &Policy::default(), &[card]);
    assert_eq!(found, Some(Remedy { harm: Harm::Partition, edit: Edit::Network }));
}

#[test]
fn no_two_networks_get_one_metric() {
    let mut policy = Policy::default();
    policy.migration.exclude.push("Cluster Network 3".into());
    let subnet = "10.0.1.0/24".parse().unwrap();
    policy.networks.entry(subnet).or_default().metric = Some(Metric::saturating(1001));
    // 1000 for Cluster Network 3 would be as near, and is that of Cluster Network 1.
    let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
    let edit = Edit::Metric { network: 1, metric: Metric::saturating(10_001) };
    assert_eq!(found, Some(Remedy { harm: Harm::Collision, edit }));
}

#[test]
fn storage_that_stops_needs_a_second_path() {
    let nodes = [1, 2, 3].map(|host| {
        let networks = ["Heartbeat", "CSV-LM", "Host Access", "iSCSI"];
        crate::testkit::golden_node(&format!("node{host}"), host, &networks)
    });
    let found = edit(&nodes, &Policy::default(), &[LostPart::Network(3)]);
    assert_eq!(found, Some(Remedy { harm: Harm::Storage, edit: Edit::StoragePath }));
}
