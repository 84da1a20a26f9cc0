//! Roles and metrics.

use super::*;

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
