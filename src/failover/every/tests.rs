use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::cluster::Losses;
use super::super::storage;
use super::super::{groups, plan::pair_changes};
use super::*;
use crate::model::{
    ClusterLayout, Interface, NodeInventory, NodeName, PairChange, Policy, Profile, RedirectedIo,
    StorageSession, StorageTransport,
};
use crate::testkit::{down, healthy};
use crate::{layout, policy};

/// What a full plan says of a failure.
fn slowly(cluster: &Cluster<'_>, lost: &[LostPart]) -> FailureOutcome {
    let left = cluster.left(&lost.iter().cloned().collect());
    let after = cluster.then(&left);
    let changes = pair_changes(cluster, &left);
    let sum = |is: fn(&PairChange) -> bool| -> usize {
        changes.iter().filter(|it| is(it)).map(PairChange::pairs).sum()
    };
    let io = |left: &ClusterLayout, losses: &Losses<'_>| storage::redirected(cluster, left, losses);
    let parts = lost.iter().cloned().collect();
    let io = [io(cluster.layout, &Losses::default()), io(&left, &Losses::of(&parts))];
    let stopped = storage::stopped(&io[0], &io[1]);
    let through = |all: &[RedirectedIo]| -> BTreeSet<(Option<String>, NodeName)> {
        let on = |it: &RedirectedIo| {
            let target = it.target.clone();
            it.nodes.iter().map(move |node| (target.clone(), node.clone())).collect::<Vec<_>>()
        };
        all.iter().flat_map(on).collect()
    };
    let through = [through(&io[0]), through(&io[1])];
    let redirected = through[1].difference(&through[0]).map(|it| it.1.clone());
    let redirected: BTreeSet<NodeName> = redirected.filter(|it| !stopped.contains(it)).collect();
    FailureOutcome {
        nothing_left: left.nodes.is_empty()
            || cluster.assignment.traffic.csv.is_some() && after.traffic.csv.is_none(),
        alone: left.nodes.len() == 1 && cluster.layout.nodes.len() > 1,
        stopped: stopped.len(),
        redirected: redirected.len(),
        parted: sum(PairChange::parts),
        groups: groups(cluster, &parts).len().max(usize::from(!left.nodes.is_empty())),
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
        // Nine parts of each node and two of it: the node holds six of them, each card one.
        assert_eq!((both.failures, both.left_out), (27 * 26 / 2 - 27, 27));
    });
}

#[test]
fn what_leaves_nothing_comes_first_and_is_not_survived() {
    with(&healthy(2), |cluster, detection| {
        let all = every(cluster, detection, true);
        let (summary, first) = (all.summary, &all.failures[0]);
        // Both nodes; one of them alone with two of its three networks is still something.
        assert!(first.outcome.nothing_left);
        assert_eq!(summary.nothing_left, 1);
        assert_eq!(summary.survived_without_partition, summary.failures - 1);
        // A node with each other part that is not its own: 3 networks, 3 switches, 6 of the peer.
        assert_eq!(summary.alone, 2 * (3 + 3 + 6));
    });
}

/// Three nodes, of which the first two reach each other over the third only.
fn chain() -> Vec<NodeInventory> {
    let mut nodes = healthy(3);
    down(&mut nodes[0].interfaces[1]);
    down(&mut nodes[0].interfaces[2]);
    down(&mut nodes[1].interfaces[0]);
    down(&mut nodes[1].interfaces[2]);
    nodes
}

#[test]
fn the_loss_of_a_node_between_others_parts_them() {
    with(&chain(), |cluster, detection| {
        let all = every(cluster, detection, false);
        let of = |name: &str| {
            let lost = [LostPart::Node(NodeName::new(name))];
            all.failures.iter().find(|it| it.lost == lost).unwrap().outcome.clone()
        };
        let between = of("n3");
        // No pair loses a network: these two had none.
        assert_eq!((between.parted, between.groups), (0, 2));
        assert!(!between.is_survived() && of("n1").is_survived());
        assert!(
            failover_remedy(cluster, "n3").is_some_and(|it| it.edit == crate::model::Edit::Network)
        );
    });
}

fn failover_remedy(cluster: &Cluster<'_>, node: &str) -> Option<crate::model::Remedy> {
    super::super::remedy(cluster, &[LostPart::Node(NodeName::new(node))].into())
}

#[test]
fn groups_from_before_are_survived_where_the_loss_ends_them() {
    let mut nodes = healthy(3);
    nodes[0].interfaces.iter_mut().for_each(down);
    with(&nodes, |cluster, detection| {
        let all = every(cluster, detection, false);
        let survived: Vec<_> = all.failures.iter().filter(|it| it.outcome.is_survived()).collect();
        assert_eq!(survived.len(), 1);
        assert_eq!(survived[0].lost, [LostPart::Node(NodeName::new("n1"))]);
        assert_eq!(all.summary.survived_without_partition, 1);
    });
}

#[test]
fn storage_that_stops_ranks_before_networks_that_meet() {
    let nodes = [1, 2].map(|host| {
        crate::testkit::golden_node(
            &format!("node{host}"),
            host,
            &["Heartbeat", "Host Access", "iSCSI"],
        )
    });
    with(&nodes, |cluster, detection| {
        let all = every(cluster, detection, false);
        assert_eq!(all.failures[0].lost, [LostPart::Network(2)]);
        assert_eq!((all.failures[0].outcome.stopped, all.summary.storage_stopped), (2, 1));
        let redirected: Vec<_> =
            all.failures.iter().filter(|it| it.outcome.redirected > 0).collect();
        assert_eq!((redirected.len(), all.summary.storage_redirected), (2, 2));
        assert!(all.failures[1].outcome.alone && all.failures[3].outcome.collides());
    });
}

/// Small clusters with shared cards and switches, links that are down, and networks without some.
fn clusters() -> impl Strategy<Value = Vec<NodeInventory>> {
    let member = (0..5_u8, 0..3_u8, 0..3_u8);
    let node = (proptest::collection::vec(member, 3), proptest::collection::vec(0..4_u8, 0..3));
    proptest::collection::vec(node, 1..5).prop_map(|nodes| {
        let mut inventories = healthy(u8::try_from(nodes.len()).unwrap());
        for (inventory, (members, sessions)) in inventories.iter_mut().zip(nodes) {
            let nics = inventory.interfaces.iter_mut().zip(members);
            nics.for_each(|(nic, (state, card, switch))| change(nic, (state, card, switch)));
            inventory.storage_sessions = sessions.into_iter().map(session).collect();
        }
        inventories
    })
}

/// Two targets, each on two networks.
fn session(number: u8) -> StorageSession {
    StorageSession {
        transport: StorageTransport::Iscsi,
        portal: format!("10.0.{}.200", number / 2).parse().unwrap(),
        port: None,
        target: Some(format!("target{}", number % 2)),
        interface: None,
    }
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

/// Whether one is a part of the other.
fn is_within(
    one: &LostPart,
    other: &LostPart,
    on_cards: &BTreeMap<(String, String), String>,
) -> bool {
    match (one, other) {
        (LostPart::Node(node), LostPart::Card(of, _) | LostPart::Interface(of, _)) => node == of,
        (LostPart::Card(node, card), LostPart::Interface(of, name)) => {
            let key = (of.to_string(), name.to_string());
            node == of && on_cards.get(&key) == Some(card)
        }
        (LostPart::Card(..) | LostPart::Interface(..), LostPart::Node(_))
        | (LostPart::Interface(..), LostPart::Card(..)) => is_within(other, one, on_cards),
        _ => false,
    }
}

fn on_cards(inventories: &[NodeInventory]) -> BTreeMap<(String, String), String> {
    let nics =
        inventories.iter().flat_map(|node| node.interfaces.iter().map(move |nic| (node, nic)));
    let card =
        |nic: &Interface| nic.device.as_ref()?.pci.as_ref()?.strip_suffix(".0").map(str::to_owned);
    nics.filter_map(|(node, nic)| Some(((node.node.to_string(), nic.name.to_string()), card(nic)?)))
        .collect()
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
                    if is_within(one, other, &on_cards(&inventories)) {
                        expected.left_out += 1;
                        continue;
                    }
                    let outcome = slowly(cluster, &[one.clone(), other.clone()]);
                    expected.failures += 1;
                    expected.survived_without_partition += usize::from(outcome.is_survived());
                    expected.nothing_left += usize::from(outcome.nothing_left);
                    expected.alone += usize::from(outcome.alone && !outcome.nothing_left);
                    expected.storage_stopped += usize::from(outcome.stopped > 0);
                    let redirected = outcome.stopped == 0 && outcome.redirected > 0;
                    expected.storage_redirected += usize::from(redirected);
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
