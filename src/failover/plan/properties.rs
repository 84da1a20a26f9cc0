//! What holds of every plan.

use proptest::prelude::*;

use super::*;
use crate::model::{Event, Happening, Interface, NodeInventory, PairChange, Policy, Profile};
use crate::testkit::{down, healthy};
use crate::{layout, policy};

/// Small clusters with shared cards and switches, and links that are down.
fn clusters() -> impl Strategy<Value = Vec<NodeInventory>> {
    let member = (0..6_u8, 0..3_u8, 0..3_u8);
    proptest::collection::vec(proptest::collection::vec(member, 3), 1..6).prop_map(|nodes| {
        let mut inventories = healthy(u8::try_from(nodes.len()).unwrap());
        for (inventory, members) in inventories.iter_mut().zip(nodes) {
            inventory.interfaces.iter_mut().zip(members).for_each(|(nic, it)| change(nic, it));
        }
        inventories
    })
}

fn change(nic: &mut Interface, (state, card, switch): (u8, u8, u8)) {
    if state == 0 {
        down(nic);
    }
    if let Some(device) = &mut nic.device {
        device.pci = Some(format!("0000:{card:02x}:00.0"));
    }
    nic.neighbours[0].chassis = format!("mac 02:00:00:00:00:{switch:02x}");
}

/// A part by numbers: its kind, its node, its place.
type Pick = (u8, u8, u8);

fn picks() -> impl Strategy<Value = Vec<(Pick, bool)>> {
    proptest::collection::vec(((0..5_u8, 1..6_u8, 0..3_u8), any::<bool>()), 0..6)
}

fn part((kind, node, at): Pick, nodes: usize) -> LostPart {
    let node = usize::from(node - 1) % nodes + 1;
    let name = format!("n{node}").as_str().into();
    match kind {
        0 => LostPart::Network(usize::from(at)),
        1 => LostPart::Switch(format!("mac 02:00:00:00:00:{at:02x}")),
        2 => LostPart::Node(name),
        3 => LostPart::Card(name, format!("0000:{at:02x}:00")),
        _ => LostPart::Interface(name, format!("eth{at}").as_str().into()),
    }
}

fn planned(inventories: &[NodeInventory], picks: &[(Pick, bool)], hold_ms: u64) -> FailoverPlan {
    let policy = Policy::default();
    let layout = layout::form(inventories, &policy);
    let assignment = policy::assign(&layout, &policy);
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    let events = (0..).zip(picks).map(|(at, (pick, returns))| Event {
        at_ms: at * 7000,
        returns: *returns,
        part: part(*pick, inventories.len()),
    });
    let scenario = Scenario { events: events.collect(), hold_ms };
    plan(&cluster, &scenario, &Detection::of(&chosen, &policy, Some(Profile::Wsfc2008R2)))
}

fn said(plan: &FailoverPlan) -> String {
    format!("{plan:?}")
}

/// Over which networks two nodes can talk.
fn paths(left: &ClusterLayout, one: &NodeName, other: &NodeName) -> Vec<usize> {
    let up = |members: &[crate::model::Member], node: &NodeName| {
        members.iter().any(|it| it.node == *node && it.up)
    };
    let networks = left.networks.iter().enumerate();
    let both = networks.filter(|(_, it)| up(&it.members, one) && up(&it.members, other));
    both.map(|(place, _)| place).collect()
}

/// Whether a member stands on a part, as its inventory tells it; there are no bonds here.
fn stands_on(nodes: &[NodeInventory], member: &crate::model::Member, part: &LostPart) -> bool {
    let inventory = nodes.iter().find(|it| it.node == member.node).unwrap();
    let nic = inventory.interfaces.iter().find(|it| it.name == member.interface).unwrap();
    let pci = nic.device.as_ref().and_then(|it| it.pci.as_deref()).unwrap();
    match part {
        LostPart::Interface(node, interface) => *node == member.node && *interface == nic.name,
        LostPart::Card(node, card) => *node == member.node && pci.starts_with(card.as_str()),
        LostPart::Switch(identity) => nic.neighbours.iter().any(|it| it.chassis == *identity),
        LostPart::Node(node) => *node == member.node,
        LostPart::Network(_) | LostPart::Storage(_) => false,
    }
}

proptest! {
    #[test]
    fn planning_twice_changes_nothing(nodes in clusters(), picks in picks(), hold in 0..30_000_u64) {
        prop_assert_eq!(said(&planned(&nodes, &picks, hold)), said(&planned(&nodes, &picks, hold)));
    }

    #[test]
    fn the_order_of_nodes_does_not_matter(nodes in clusters(), picks in picks()) {
        let mut turned = nodes.clone();
        turned.reverse();
        prop_assert_eq!(said(&planned(&nodes, &picks, 0)), said(&planned(&turned, &picks, 0)));
    }

    #[test]
    fn no_plan_uses_a_lost_part(nodes in clusters(), picks in picks(), hold in 0..30_000_u64) {
        let plan = planned(&nodes, &picks, hold);
        for part in &plan.lost {
            for change in &plan.changes {
                let used = [&change.after.heartbeat, &change.after.live_migration];
                if let LostPart::Network(place) = part {
                    prop_assert!(used.iter().all(|it| !it.contains(place)));
                    prop_assert!(!plan.after.traffic.heartbeat.contains(place));
                }
                if let LostPart::Node(node) = part {
                    prop_assert!(!change.nodes.contains(node) && !change.peers.contains(node));
                }
            }
            let mut members = plan.left.networks.iter().flat_map(|it| &it.members);
            prop_assert!(members.all(|it| !it.up || !stands_on(&nodes, it, part)), "{part:?}");
        }
        for change in &plan.changes {
            let (one, other) = (&change.nodes[0], &change.peers[change.peers.len() - 1]);
            let paths = paths(&plan.left, one, other);
            let used = change.after.heartbeat.iter().chain(&change.after.live_migration);
            prop_assert!(used.chain(&change.after.csv).all(|it| paths.contains(it)));
        }
    }

    #[test]
    fn losing_again_what_is_lost_changes_nothing(nodes in clusters(), picks in picks()) {
        let mut losses: Vec<_> = picks.iter().map(|(pick, _)| (*pick, false)).collect();
        let once = planned(&nodes, &losses, 0);
        losses.extend(losses.clone());
        let twice = planned(&nodes, &losses, 0);
        prop_assert_eq!(format!("{:?}", (once.after, once.changes, once.timeline)),
            format!("{:?}", (twice.after, twice.changes, twice.timeline)));
    }

    #[test]
    fn losing_more_never_yields_more_paths(nodes in clusters(), picks in picks()) {
        let losses: Vec<_> = picks.iter().map(|(pick, _)| (*pick, false)).collect();
        let mut before = planned(&nodes, &[], 0).left;
        for many in 1..=losses.len() {
            let left = planned(&nodes, &losses[..many], 0).left;
            for one in &left.nodes {
                prop_assert!(before.nodes.contains(one));
                for other in left.nodes.iter().filter(|other| *other != one) {
                    let old = paths(&before, one, other);
                    prop_assert!(paths(&left, one, other).iter().all(|it| old.contains(it)));
                }
            }
            before = left;
        }
    }

    #[test]
    fn the_timeline_ends_where_the_plan_does(nodes in clusters(), picks in picks(), hold in 0..30_000_u64) {
        let plan = planned(&nodes, &picks, hold);
        let mut moves = plan.timeline.moments.iter().filter_map(|moment| match &moment.what {
            Happening::Redirected { csv, .. } => Some(csv[1]),
            _ => None,
        });
        let gone = plan.left.nodes.len() < nodes.len();
        let end = moves.next_back().unwrap_or(plan.before.traffic.csv);
        prop_assert!(gone || end == plan.after.traffic.csv);
        prop_assert!(plan.changes.iter().all(|it| PairChange::pairs(it) > 0));
    }
}
