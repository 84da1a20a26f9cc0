use super::*;
use crate::model::{Event, Happening, NodeInventory, Policy, Profile};
use crate::testkit::{golden_node, healthy, names};
use crate::{layout, policy};

fn planned(
    inventories: &[NodeInventory],
    policy: &Policy,
    events: &[(u64, bool, &str)],
    hold_ms: u64,
) -> FailoverPlan {
    let layout = layout::form(inventories, policy);
    let assignment = policy::assign(&layout, policy);
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, policy, &layout, &assignment);
    let event = |(at_ms, returns, text): &(u64, bool, &str)| {
        let part = super::super::find_part(&cluster, &text.parse().unwrap()).unwrap();
        Event { at_ms: *at_ms, returns: *returns, part }
    };
    let scenario = Scenario { events: events.iter().map(event).collect(), hold_ms };
    let detection = Detection::of(&chosen, policy, Some(Profile::Wsfc2008R2));
    plan(&cluster, &scenario, &detection)
}

fn lose(inventories: &[NodeInventory], part: &str) -> FailoverPlan {
    planned(inventories, &Policy::default(), &[(0, false, part)], 0)
}

#[test]
fn a_lost_network_gives_way_to_the_next_metric() {
    let plan = lose(&healthy(3), "network:Cluster Network 1");
    assert_eq!(plan.after.traffic.csv, Some(1));
    assert_eq!(plan.after.traffic.live_migration, [2, 1]);
    assert_eq!(plan.changes.iter().map(PairChange::pairs).sum::<usize>(), 3);
    assert!(plan.partitions.is_empty());
}

#[test]
fn an_interface_moves_only_its_nodes_pairs() {
    let plan = lose(&healthy(3), "interface:n2/eth0");
    assert_eq!(plan.after.traffic.csv, Some(0));
    let pairs: usize = plan.changes.iter().map(PairChange::pairs).sum();
    assert_eq!(pairs, 2);
    assert!(plan.changes.iter().all(|it| it.after.csv == Some(1)));
}

#[test]
fn a_lost_node_is_in_no_pair() {
    let plan = lose(&healthy(3), "node:n2");
    assert_eq!(plan.left.nodes.len(), 2);
    assert!(plan.changes.is_empty() && plan.partitions.is_empty());
    assert_eq!(plan.after.traffic.csv, Some(0));
}

#[test]
fn what_is_cut_off_is_told() {
    let mut nodes = healthy(3);
    for nic in &mut nodes[1].interfaces {
        nic.device.as_mut().unwrap().pci = Some("0000:01:00.0".to_owned());
    }
    let plan = lose(&nodes, "device:n2/0000:01:00.1");
    assert_eq!(plan.partitions, [vec!["n1".into(), "n3".into()], vec!["n2".into()]]);
    assert!(plan.changes.iter().all(PairChange::parts));
}

#[test]
fn storage_goes_through_a_node_that_has_it() {
    let nodes = [1, 2, 3].map(|host| {
        golden_node(&format!("node{host}"), host, &["Heartbeat", "Host Access", "iSCSI"])
    });
    let policy = names(&[("192.168.5.0/24", "iSCSI")]);
    let io = |part| planned(&nodes, &policy, &[(0, false, part)], 0).redirected_io;
    let one = io("storage:node1");
    assert_eq!(one[0].through, Some(("node2".into(), 0)));
    assert_eq!(io("interface:node1/iscsi0"), one);
    let all = io("network:iSCSI");
    assert_eq!((all[0].nodes.len(), &all[0].through), (3, &None));
    assert!(io("network:Cluster Network 1").is_empty());
}

fn moves(plan: &Timeline) -> Vec<u64> {
    let moved = |it: &&crate::model::Moment| matches!(it.what, Happening::Redirected { .. });
    plan.moments.iter().filter(moved).map(|it| it.at_ms).collect()
}

#[test]
fn a_hold_damps_flapping() {
    let part = "network:Cluster Network 1";
    let mut events = Vec::new();
    for at in [10_000, 30_000, 50_000] {
        events.extend([(at, false, part), (at + 10_000, true, part)]);
    }
    let policy = Policy::default();
    let free = planned(&healthy(2), &policy, &events, 0);
    assert_eq!(moves(&free.timeline), [15_000, 20_000, 35_000, 40_000, 55_000, 60_000]);
    assert!(free.without_hold.is_none());
    let held = planned(&healthy(2), &policy, &events, 60_000);
    assert_eq!(moves(&held.timeline), [15_000, 120_000]);
    assert_eq!(held.without_hold, Some(free.timeline));
    assert_eq!(held.after, held.before);
}

#[test]
fn a_short_loss_is_not_noticed() {
    let part = "network:Cluster Network 1";
    let plan = planned(&healthy(2), &Policy::default(), &[(0, false, part), (4000, true, part)], 0);
    assert!(moves(&plan.timeline).is_empty());
    let unnoticed = |it: &crate::model::Moment| matches!(it.what, Happening::Unnoticed(_));
    assert!(plan.timeline.moments.iter().any(unnoticed));
}

#[test]
fn a_hold_ends_where_nothing_else_is_left() {
    let parts =
        ["network:Cluster Network 1", "network:Cluster Network 2", "network:Cluster Network 3"];
    let mut events: Vec<_> = parts.map(|part| (0, false, part)).to_vec();
    events.push((20_000, true, parts[0]));
    let plan = planned(&healthy(2), &Policy::default(), &events, 600_000);
    assert_eq!(moves(&plan.timeline), [5000, 20_000]);
}

#[test]
fn one_that_is_left_alone_keeps_what_it_had_and_nothing_more() {
    let mut nodes = healthy(2);
    let own = crate::testkit::Node::new("n1").nic("eth9", &["9.9.9.1/24"]).done();
    nodes[0].interfaces.extend(own.interfaces);
    let plan = lose(&nodes, "node:n2");
    assert_eq!((plan.before.traffic.csv, plan.after.traffic.csv), (Some(1), Some(1)));
    assert_eq!(plan.after.networks[0].state, plan.before.networks[0].state);
    assert!(!plan.after.networks[0].available && plan.after.networks[1].available);
}

#[test]
fn a_dead_node_behind_a_switch_is_not_noticed_by_carrier() {
    let nodes = healthy(2);
    let told = |profile| {
        let chosen: Vec<&NodeInventory> = nodes.iter().collect();
        let (policy, layout) = (Policy::default(), layout::form(&nodes, &Policy::default()));
        let assignment = policy::assign(&layout, &policy);
        let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
        let event = Event { at_ms: 0, returns: false, part: LostPart::Node("n1".into()) };
        let scenario = Scenario { events: vec![event], hold_ms: 0 };
        let plan = plan(&cluster, &scenario, &Detection::of(&chosen, &policy, Some(profile)));
        plan.timeline.moments.into_iter().map(|it| (it.at_ms, it.what)).collect::<Vec<_>>()
    };
    let lost = || LostPart::Node("n1".into());
    let carrier = told(Profile::Carrier);
    assert_eq!(carrier, [(0, Happening::Lost(lost())), (0, Happening::Undetected(lost()))]);
    let heartbeat = told(Profile::Wsfc2008R2);
    assert_eq!(heartbeat[1], (5000, Happening::Noticed(lost(), 5000)));
}

#[test]
fn storage_that_stops_is_told_once_it_does() {
    let nodes =
        [1, 2].map(|host| golden_node(&format!("node{host}"), host, &["Heartbeat", "iSCSI"]));
    let stopped =
        |events: &[(u64, bool, &str)]| planned(&nodes, &Policy::default(), events, 0).stopped_io;
    assert!(stopped(&[(0, false, "storage:node1")]).is_empty());
    let both = [(0, false, "storage:node1"), (0, false, "storage:node2")];
    assert_eq!(stopped(&both), ["node1".into(), "node2".into()]);
    let alone = [(0, false, "storage:node1"), (0, false, "node:node2")];
    assert_eq!(stopped(&alone), ["node1".into()]);
}
