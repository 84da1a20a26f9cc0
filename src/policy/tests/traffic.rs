//! States, and what carries what.

use super::*;

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
