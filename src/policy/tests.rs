use proptest::prelude::*;

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

/// One NIC of a pair of nodes: role wanted, Gbit/s, receive queues, RDMA.
fn metrics_2012(nics: &[(u8, Option<u32>, u32, bool)]) -> Vec<u32> {
    let node = |name: &str, host: u8| {
        let mut node = Node::new(name);
        for (number, (_, gbps, queues, rdma)) in nics.iter().enumerate() {
            let address = format!("10.0.{number}.{host}/24");
            node = node.with(&format!("e{number}"), InterfaceKind::Physical, &[&address], |nic| {
                nic.speed_mbps = gbps.map(|gbps| gbps * 1000);
                nic.rx_queues = Some(*queues);
                let device = nic.device.get_or_insert_default();
                device.rdma = rdma.then(|| "mlx5_0".to_owned());
            });
        }
        node.done()
    };
    let mut policy = Policy { metric_scheme: MetricScheme::W2012, ..Policy::default() };
    for (number, (role, ..)) in nics.iter().enumerate() {
        let subnet = format!("10.0.{number}.0/24").parse().unwrap();
        let entry = policy.networks.entry(subnet).or_default();
        entry.role = Some(Role::try_from(i64::from(*role)).unwrap());
    }
    let planned = Planned::of(&[node("n1", 1), node("n2", 2)], &policy);
    planned.assignment.networks.iter().map(|network| network.metric.get()).collect()
}

#[test]
fn golden_e_the_published_values_of_2012() {
    assert_eq!(metrics_2012(&[(1, Some(10), 8, false)]), [30_240]);
    assert_eq!(metrics_2012(&[(3, Some(10), 8, false)]), [70_240]);
    assert_eq!(metrics_2012(&[(3, Some(1), 8, false)]), [70_384]);
    assert_eq!(metrics_2012(&[(3, Some(50), 8, false)]), [69_600]);
    let two = [(1, Some(25), 8, true), (1, Some(25), 8, true)];
    assert_eq!(metrics_2012(&two), [20_401, 20_402]);
    assert_eq!(metrics_2012(&[(1, None, 1, false)]), [40_000]);
}

#[test]
fn a_manual_metric_renumbers_nobody() {
    let inventories = golden(&["Heartbeat", "CSV-LM", "LM", "Host Access"]);
    let mut policy = names(&NAMES);
    set_metric(&mut policy, "10.0.0.0/24", 5);
    let planned = Planned::of(&inventories, &policy);
    let metrics: Vec<u32> = planned.metrics().iter().map(|it| it.2).collect();
    assert_eq!(metrics, [5, 1100, 1200, 10_000]);
}

fn many_private(count: u16) -> NodeInventory {
    (0..count)
        .fold(Node::new("n1"), |node, number| {
            let address = format!("10.{}.{}.1/24", number / 256, number % 256);
            node.nic(&format!("e{number}"), &[&address])
        })
        .done()
}

#[test]
fn the_91st_private_network_stays_below_the_public_band() {
    let planned = Planned::of(&[many_private(92)], &Policy::default());
    let networks = &planned.assignment.networks;
    assert_eq!(networks[89].metric.get(), 9900);
    assert_eq!(networks[90].metric.get(), 9999);
    assert_eq!(networks[91].metric_reason, MetricReason::Overflow { place: 91 });
    assert_eq!(planned.assignment.traffic.heartbeat[90..], [90, 91]);
}

#[test]
fn the_policy_sets_a_role_but_the_band_follows_the_gateway() {
    let inventories = golden(&["Heartbeat", "Host Access"]);
    let mut policy = names(&NAMES);
    let entry = policy.networks.get_mut(&"192.168.0.0/24".parse().unwrap()).unwrap();
    entry.role = Some(Role::Cluster);
    assert_eq!(Planned::of(&inventories, &policy).metrics()[1], ("Host Access", 1, 10_000));
}

#[test]
fn storage_wins_over_a_gateway() {
    let node = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).gateway("eth0");
    let node = node.change(|inventory| {
        inventory.storage_sessions.push(StorageSession {
            transport: StorageTransport::NvmeTcp,
            portal: "10.0.0.9".parse().unwrap(),
            port: None,
            target: None,
            interface: None,
        });
    });
    let planned = Planned::of(&[node.done()], &Policy::default());
    assert_eq!(planned.metrics(), [("Cluster Network 1", 0, 10_000)]);
    assert_eq!(planned.csv(), None);
}

#[test]
fn states_follow_the_nodes_that_can_talk() {
    let state = |up: &[bool]| {
        let nodes: Vec<NodeInventory> = up
            .iter()
            .enumerate()
            .map(|(number, up)| {
                let address = format!("10.0.0.{}/24", number + 1);
                let node = Node::new(&format!("n{number}"));
                let changed = |nic: &mut crate::model::Interface| {
                    if !up {
                        down(nic);
                    }
                };
                node.with("eth0", InterfaceKind::Physical, &[&address], changed).done()
            })
            .collect();
        Planned::of(&nodes, &Policy::default()).assignment.networks[0].state
    };
    assert_eq!(state(&[true]), NetworkState::Up);
    assert_eq!(state(&[false]), NetworkState::Unavailable);
    assert_eq!(state(&[true, true]), NetworkState::Up);
    assert_eq!(state(&[true, false]), NetworkState::Down);
    assert_eq!(state(&[false, false]), NetworkState::Unavailable);
    assert_eq!(state(&[true, true, false]), NetworkState::Partitioned);
    assert_eq!(state(&[true, false, false]), NetworkState::Down);
}

#[test]
fn a_network_of_one_node_among_several_carries_nothing() {
    let lonely = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).done();
    let other = Node::new("n2").nic("eth0", &["10.9.0.1/24"]).done();
    let planned = Planned::of(&[lonely, other], &Policy::default());
    assert_eq!(planned.csv(), None);
    assert!(planned.assignment.traffic.heartbeat.is_empty());
    assert_eq!(planned.assignment.networks[0].state, NetworkState::Down);
}

fn three_nodes_one_down() -> [NodeInventory; 3] {
    let node = |number: u8, broken: bool| {
        let (a, b) = (format!("10.0.0.{number}/24"), format!("10.0.1.{number}/24"));
        let changed = move |nic: &mut crate::model::Interface| {
            if broken {
                down(nic);
            }
        };
        let node =
            Node::new(&format!("n{number}")).with("a", InterfaceKind::Physical, &[&a], changed);
        node.nic("b", &[&b]).done()
    };
    [node(1, false), node(2, false), node(3, true)]
}

#[test]
fn only_the_pairs_of_the_broken_node_move() {
    let planned = Planned::of(&three_nodes_one_down(), &Policy::default());
    assert_eq!(planned.csv(), Some("Cluster Network 1"));
    let [exception] = planned.assignment.traffic.exceptions.as_slice() else { panic!() };
    let names = |nodes: &[crate::model::NodeName]| -> Vec<String> {
        nodes.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&exception.nodes), ["n1", "n2"]);
    assert_eq!(names(&exception.peers), ["n3"]);
    assert_eq!((exception.csv, exception.live_migration.as_slice()), (Some(1), [1].as_slice()));
}

#[test]
fn a_static_order_lands_migration_on_the_csv_network_after_a_failure() {
    let mut inventories = golden(&["Heartbeat", "LM", "CSV"]);
    let mut policy = names(&NAMES);
    let order = |policy: &Policy, inventories: &[NodeInventory]| {
        let planned = Planned::of(inventories, policy);
        let (csv, migration) = (planned.csv().map(str::to_owned), planned.migration().join(", "));
        (csv.unwrap_or_default(), migration)
    };
    policy.migration.order = MigrationOrder::Static;
    assert_eq!(order(&policy, &inventories).1, "LM, CSV, Heartbeat");
    for inventory in &mut inventories {
        down(&mut inventory.interfaces[0]);
    }
    assert_eq!(order(&policy, &inventories), ("LM".to_owned(), "LM, CSV".to_owned()));
    policy.migration.order = MigrationOrder::AvoidCsv;
    assert_eq!(order(&policy, &inventories), ("LM".to_owned(), "CSV, LM".to_owned()));
}

#[test]
fn lists_and_exclusions_are_obeyed_and_may_name_storage() {
    let inventories = golden(&["Heartbeat", "LM", "Host Access", "iSCSI"]);
    let mut policy = names(&NAMES);
    let listed = ["iscsi", "10.0.2.0/24", "nowhere"].map(NetworkRef::from);
    policy.migration.order = MigrationOrder::List(listed.to_vec());
    assert_eq!(Planned::of(&inventories, &policy).migration(), ["iSCSI", "LM"]);
    policy.migration.order = MigrationOrder::AvoidCsv;
    policy.migration.exclude = vec![NetworkRef::from("Host Access")];
    assert_eq!(Planned::of(&inventories, &policy).migration(), ["LM", "Heartbeat"]);
}

#[test]
fn a_faked_adapter_leads_to_no_other_node() {
    let head = Node::new("head").nic("eth0", &["10.0.0.1/24"]);
    let head = head.with("dummy0", InterfaceKind::Dummy, &["10.1.0.1/24"], |_| ()).done();
    let node = |name: &str, host: u8| {
        let (a, b) = (format!("10.0.0.{host}/24"), format!("10.1.0.{host}/24"));
        Node::new(name).nic("eth0", &[&a]).nic("ib0", &[&b]).done()
    };
    let mut policy = Policy::default();
    policy.interfaces.include.push("dummy0".parse().unwrap());
    let planned = Planned::of(&[head, node("n1", 2), node("n2", 3)], &policy);
    assert_eq!(planned.assignment.networks[1].state, NetworkState::Partitioned);
    assert!(planned.layout.networks[1].members[0].faked);
}

#[test]
fn equal_metrics_go_by_order_of_enumeration() {
    let inventories = golden(&["Heartbeat", "LM", "CSV"]);
    let mut policy = names(&NAMES);
    set_metric(&mut policy, "10.0.3.0/24", 1000);
    let planned = Planned::of(&inventories, &policy);
    assert_eq!(planned.csv(), Some("Heartbeat"));
    let explanation = explain(&planned.layout, &policy, &planned.assignment);
    assert_eq!(explanation.csv[2], crate::model::CsvReason::LaterInOrder);
}

#[test]
fn a_pin_keeps_names_and_metrics_when_a_network_is_added() {
    let before = golden(&["LM", "CSV", "Host Access"]);
    let mut policy = Policy::default();
    let planned = Planned::of(&before, &policy);
    let (entries, next) = pinned(&planned.layout, &planned.assignment, &policy);
    assert_eq!(next, 4);
    policy.networks.extend(entries);
    policy.naming.next_number = Some(next);
    let after = Planned::of(&golden(&["Heartbeat", "LM", "CSV", "Host Access"]), &policy);
    let expected = [
        ("Cluster Network 4", 1, 1200),
        ("Cluster Network 1", 1, 1000),
        ("Cluster Network 2", 1, 1100),
        ("Cluster Network 3", 3, 10_000),
    ];
    assert_eq!(after.metrics(), expected);
    assert!(after.assignment.networks[1].auto_metric());
    let again = pinned(&planned.layout, &planned.assignment, &policy);
    assert_eq!(again.1, 4, "pinning twice changes nothing");
}

#[test]
fn flips_are_the_smallest_change_and_hold() {
    let inventories = golden(&["Heartbeat", "LM", "CSV"]);
    let policy = names(&NAMES);
    let planned = Planned::of(&inventories, &policy);
    let explanation = explain(&planned.layout, &policy, &planned.assignment);
    let flip = explanation.csv_flip.unwrap();
    assert_eq!((flip.network, flip.metric.get(), flip.winner), (1, 999, 1));
    let flip = explanation.migration_flip.unwrap();
    assert_ne!(flip.winner, planned.assignment.traffic.live_migration[0]);
    let nameless = Planned::of(&inventories, &Policy::default());
    let explanation = explain(&nameless.layout, &Policy::default(), &nameless.assignment);
    assert_eq!(explanation.csv_flip.map(|flip| flip.metric.get()), Some(999));
    let alone = Planned::of(&golden(&["Heartbeat"]), &policy);
    assert_eq!(explain(&alone.layout, &policy, &alone.assignment).csv_flip, None);
}

fn any_inventories() -> impl Strategy<Value = Vec<NodeInventory>> {
    let nic = (0u8..5, 0u8..2, any::<bool>(), any::<bool>());
    let node = proptest::collection::vec(nic, 0..5);
    proptest::collection::vec(node, 1..6).prop_map(|nodes| {
        let build = |(number, nics): (usize, Vec<(u8, u8, bool, bool)>)| {
            let mut node = Node::new(&format!("n{number}"));
            for (place, (subnet, wide, broken, gateway)) in nics.into_iter().enumerate() {
                let address = format!("10.0.{subnet}.{}/{}", number + 1, 24 - wide);
                let name = format!("e{place}");
                let changed = move |nic: &mut crate::model::Interface| {
                    if broken {
                        down(nic);
                    }
                };
                node = node.with(&name, InterfaceKind::Physical, &[&address], changed);
                node = if gateway { node.gateway(&name) } else { node };
            }
            node.done()
        };
        nodes.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_nodes_does_not_matter(mut inventories in any_inventories()) {
        let policy = Policy::default();
        let planned = Planned::of(&inventories, &policy);
        inventories.reverse();
        let reversed = Planned::of(&inventories, &policy);
        prop_assert_eq!(&planned.layout, &reversed.layout);
        prop_assert_eq!(&planned.assignment, &reversed.assignment);
    }

    #[test]
    fn csv_is_an_available_network_and_migration_ends_with_it(inventories in any_inventories()) {
        let planned = Planned::of(&inventories, &Policy::default());
        let traffic = &planned.assignment.traffic;
        prop_assert_eq!(traffic.csv, traffic.heartbeat.first().copied());
        prop_assert_eq!(traffic.csv, traffic.live_migration.last().copied());
        prop_assert!(traffic.csv.is_none_or(|csv| planned.assignment.networks[csv].available));
    }

    #[test]
    fn pinning_changes_nothing(inventories in any_inventories()) {
        let mut policy = Policy::default();
        let before = Planned::of(&inventories, &policy);
        let (entries, next) = pinned(&before.layout, &before.assignment, &policy);
        policy.networks.extend(entries);
        policy.naming.next_number = Some(next);
        let after = Planned::of(&inventories, &policy);
        prop_assert_eq!(before.metrics(), after.metrics());
        prop_assert_eq!(before.assignment.traffic, after.assignment.traffic);
    }
}
