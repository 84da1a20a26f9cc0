//! What holds of any layout.

use proptest::prelude::*;

use super::*;

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
