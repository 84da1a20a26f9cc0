//! The golden vectors, and what all tests of the policy share.

mod metrics;
mod properties;
mod traffic;

use super::*;
use crate::layout;
use crate::model::{
    InterfaceKind, Metric, MetricReason, MetricScheme, MigrationOrder, NetworkState, NodeInventory,
    Role, StorageSession, StorageTransport,
};
use crate::testkit::{Node, down, golden_node, names};

const NAMES: [(&str, &str); 6] = [
    ("10.0.0.0/24", "Heartbeat"),
    ("10.0.1.0/24", "CSV-LM"),
    ("10.0.2.0/24", "LM"),
    ("10.0.3.0/24", "CSV"),
    ("192.168.0.0/24", "Host Access"),
    ("192.168.5.0/24", "iSCSI"),
];

struct Planned {
    layout: ClusterLayout,
    assignment: Assignment,
}

impl Planned {
    fn of(inventories: &[NodeInventory], policy: &Policy) -> Self {
        let layout = layout::form(inventories, policy);
        let assignment = assign(&layout, policy);
        Self { layout, assignment }
    }

    fn metrics(&self) -> Vec<(&str, u8, u32)> {
        let pairs = self.layout.networks.iter().zip(&self.assignment.networks);
        pairs.map(|(a, b)| (a.name.as_str(), b.role.number(), b.metric.get())).collect()
    }

    fn name(&self, place: usize) -> &str {
        self.layout.networks[place].name.as_str()
    }

    fn csv(&self) -> Option<&str> {
        self.assignment.traffic.csv.map(|place| self.name(place))
    }

    fn migration(&self) -> Vec<&str> {
        self.assignment.traffic.live_migration.iter().map(|place| self.name(*place)).collect()
    }
}

fn golden(networks: &[&str]) -> [NodeInventory; 2] {
    [golden_node("n1", 1, networks), golden_node("n2", 2, networks)]
}

fn set_metric(policy: &mut Policy, subnet: &str, metric: i64) {
    let entry = policy.networks.entry(subnet.parse().unwrap()).or_default();
    entry.metric = Some(Metric::try_from(metric).unwrap());
}

#[test]
fn golden_a_a_manual_metric_turns_the_automatic_one_off() {
    let node = |name: &str, host: u8| {
        let public = format!("10.0.0.{host}/24");
        let private = format!("10.0.1.{host}/24");
        Node::new(name).nic("eth0", &[&public]).nic("eth1", &[&private]).gateway("eth0").done()
    };
    let inventories = [node("n1", 1), node("n2", 2)];
    let mut policy = Policy::default();
    set_metric(&mut policy, "10.0.0.0/24", 10_001);
    let planned = Planned::of(&inventories, &policy);
    let (one, two) = ("Cluster Network 1", "Cluster Network 2");
    assert_eq!(planned.metrics(), [(one, 3, 10_001), (two, 1, 1000)]);
    assert_eq!((planned.csv(), planned.migration()), (Some(two), vec![one, two]));
    set_metric(&mut policy, "10.0.1.0/24", 1001);
    let planned = Planned::of(&inventories, &policy);
    assert_eq!(planned.metrics()[1], (two, 1, 1001));
    assert!(!planned.assignment.networks[1].auto_metric());
}

#[test]
fn golden_b_storage_is_left_out_and_numbered_after_the_public_network() {
    let planned = Planned::of(&golden(&["Heartbeat", "Host Access", "iSCSI"]), &names(&NAMES));
    let expected = [("Heartbeat", 1, 1000), ("Host Access", 3, 10_000), ("iSCSI", 0, 10_100)];
    assert_eq!(planned.metrics(), expected);
    assert_eq!(planned.csv(), Some("Heartbeat"));
    assert_eq!(planned.migration(), ["Host Access", "Heartbeat"]);
}

#[test]
fn golden_c_a_further_private_network_and_its_metric() {
    let inventories = golden(&["Heartbeat", "CSV-LM", "Host Access", "iSCSI"]);
    let mut policy = names(&NAMES);
    let planned = Planned::of(&inventories, &policy);
    assert_eq!(planned.metrics()[1], ("CSV-LM", 1, 1100));
    assert_eq!(planned.csv(), Some("Heartbeat"));
    assert_eq!(planned.migration(), ["CSV-LM", "Host Access", "Heartbeat"]);
    set_metric(&mut policy, "10.0.1.0/24", 800);
    assert_eq!(Planned::of(&inventories, &policy).csv(), Some("CSV-LM"));
}

#[test]
fn golden_d_the_migration_order_is_a_rotation() {
    let mut policy = names(&NAMES);
    set_metric(&mut policy, "10.0.3.0/24", 800);
    set_metric(&mut policy, "10.0.2.0/24", 900);
    let inventories = golden(&["Heartbeat", "LM", "CSV", "Host Access", "iSCSI"]);
    let planned = Planned::of(&inventories, &policy);
    assert_eq!(planned.csv(), Some("CSV"));
    assert_eq!(planned.migration(), ["LM", "Heartbeat", "Host Access", "CSV"]);
}
