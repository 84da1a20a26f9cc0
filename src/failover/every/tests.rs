use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::plan::pair_changes;
use super::*;
use crate::model::{Interface, NodeInventory, PairChange, Policy, Profile};
use crate::testkit::{down, healthy};
use crate::{layout, policy};

/// What a full plan says of a failure.
fn slowly(cluster: &Cluster<'_>, lost: &[LostPart]) -> FailureOutcome {
    let left = cluster.left(&lost.iter().cloned().collect());
    let after = policy::reassign(&left, cluster.policy, cluster.assignment);
    let changes = pair_changes(cluster, &left);
    let sum = |is: fn(&PairChange) -> bool| -> usize {
        changes.iter().filter(|it| is(it)).map(PairChange::pairs).sum()
    };
    FailureOutcome {
        parted: sum(PairChange::parts),
        colliding: sum(|it| it.after.collides() && !it.before.collides()),
        moved: sum(|it| it.before.moves_to(&it.after)),
        csv: after.traffic.csv,
        live_migration: after.traffic.live_migration,
    }
}

fn with<T>(
    inventories: &[NodeInventory],
    use_: impl FnOnce(&Cluster<'_>, &Detection<'_>) -> T,
) -> T {
    let policy = Policy::default();
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    use_(&cluster, &Detection::of(&chosen, &policy, Some(Profile::Wsfc2008R2)))
}

#[test]
fn every_part_is_lost_once() {
    with(&healthy(3), |cluster, detection| {
        let found = every(cluster, detection, false);
        // 3 networks, 3 switches, 3 nodes, 9 cards, 9 interfaces.
        assert_eq!(found.summary.failures, 27);
        assert_eq!(found.summary.survived_without_partition, 27);
        assert_eq!(found.summary.migration_apart, 27);
        assert_eq!(found.summary.worst_detection_ms, 5000);
        let lost: BTreeSet<&LostPart> = found.failures.iter().flat_map(|it| &it.lost).collect();
        assert_eq!(lost.len(), 27);
        let both = every(cluster, detection, true).summary;
        assert_eq!(both.failures, 27 * 26 / 2);
    });
}

/// Small clusters with shared cards and switches, links that are down, and networks without some.
fn clusters() -> impl Strategy<Value = Vec<NodeInventory>> {
    let member = (0..5_u8, 0..3_u8, 0..3_u8);
    proptest::collection::vec(proptest::collection::vec(member, 3), 1..5).prop_map(|nodes| {
        let mut inventories = healthy(u8::try_from(nodes.len()).unwrap());
        for (inventory, members) in inventories.iter_mut().zip(nodes) {
            let nics = inventory.interfaces.iter_mut().zip(members);
            nics.for_each(|(nic, (state, card, switch))| change(nic, (state, card, switch)));
        }
        inventories
    })
}

fn change(nic: &mut Interface, (state, card, switch): (u8, u8, u8)) {
    match state {
        0 => down(nic),
        1 => nic.addresses.clear(),
        _ => {}
    }
    if let Some(device) = &mut nic.device {
        device.pci = Some(format!("0000:{card:02x}:00.0"));
    }
    nic.neighbours[0].chassis = format!("mac 02:00:00:00:00:{switch:02x}");
}

proptest! {
    #[test]
    fn single_failures_are_as_planned_in_full(inventories in clusters()) {
        with(&inventories, |cluster, detection| {
            for failure in every(cluster, detection, false).failures {
                assert_eq!(*failure.outcome, slowly(cluster, &failure.lost), "{:?}", failure.lost);
            }
        });
    }

    #[test]
    fn double_failures_are_as_planned_in_full(inventories in clusters()) {
        with(&inventories, |cluster, detection| {
            let found = every(cluster, detection, true);
            let parts: Vec<LostPart> =
                every(cluster, detection, false).failures.into_iter().flat_map(|it| it.lost).collect();
            let mut expected = FailureSummary::default();
            for (at, one) in parts.iter().enumerate() {
                for other in &parts[at + 1..] {
                    let outcome = slowly(cluster, &[one.clone(), other.clone()]);
                    expected.failures += 1;
                    expected.survived_without_partition += usize::from(outcome.parted == 0);
                    expected.migration_apart += usize::from(outcome.is_apart());
                    expected.no_pair_collides += usize::from(outcome.colliding == 0);
                }
            }
            expected.worst_detection_ms = found.summary.worst_detection_ms;
            assert_eq!(found.summary, expected);
            for failure in found.failures {
                assert_eq!(*failure.outcome, slowly(cluster, &failure.lost), "{:?}", failure.lost);
            }
        });
    }
}
