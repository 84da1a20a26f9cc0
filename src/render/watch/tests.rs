//! Events of small clusters, from one state to the next, as people read them.

use std::time::Duration;

use super::event_line;
use crate::model::{FailbackPolicy, NodeInventory, Policy};
use crate::render::Page;
use crate::testkit::{Node, three_networks as nodes};
use crate::watch::{Event, Watch};

fn started(inventories: &[NodeInventory], hold_s: u32) -> Watch {
    let policy = Policy { failback: FailbackPolicy { hold_s }, ..Policy::default() };
    let mut watch = Watch::new(policy);
    assert!(matches!(watch.observe(inventories, Duration::ZERO)[..], [Event::Start(_)]));
    watch
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Events as people read them, without time and kind.
fn told(events: &[Event]) -> Vec<String> {
    let line = |event| event_line("", event, Page::default());
    let text = |event| line(event).get(15..).unwrap().replace("Cluster Network ", "CN");
    events.iter().map(text).collect()
}

#[test]
fn of_two_nodes_the_cluster_is_redirected_and_back() {
    let mut watch = started(&nodes(2, &[]), 0);
    let events = watch.observe(&nodes(2, &[(1, 0)]), at(1));
    let expected = [
        "CN1 (10.0.0.0/24): Up -> Down, 1/2 up; n1 eth0 has no carrier",
        "heartbeat/CSV CN1 -> CN2, live migration CN2 -> CN3; CN1 is lost (n1 eth0 has no \
         carrier); CSV took CN2",
    ];
    assert_eq!(told(&events), expected);
    assert_eq!(watch.observe(&nodes(2, &[(1, 0)]), at(2)), []);
    let events = watch.observe(&nodes(2, &[]), at(3));
    let expected = [
        "CN1 (10.0.0.0/24): Down -> Up, 2/2 up; n1 eth0 is up",
        "heartbeat/CSV CN2 -> CN1, live migration CN3 -> CN2; CN1 is back (n1 eth0 is up); CSV \
         left CN2",
    ];
    assert_eq!(told(&events), expected);
    watch.observe(&nodes(2, &[(1, 0)]), at(4));
    let events = watch.observe(&nodes(2, &[(1, 0), (1, 1), (1, 2)]), at(5));
    let last = "heartbeat/CSV CN2 -> nothing, live migration CN3 -> nothing; CN2 is lost (n1 eth1 \
                has no carrier); CN3 is lost (n1 eth2 has no carrier)";
    assert_eq!(told(&events).last().unwrap(), last);
    let events = watch.observe(&nodes(2, &[(1, 1), (1, 2)]), at(6));
    assert_eq!(
        told(&events),
        [
            "CN1 (10.0.0.0/24): Down -> Up, 2/2 up; n1 eth0 is up; lost 2 times",
            "heartbeat/CSV nothing -> CN1, live migration nothing -> CN1; CN1 is back (n1 eth0 is \
             up); both share one network",
        ]
    );
}

#[test]
fn pairs_that_go_another_way_are_grouped() {
    let mut watch = started(&nodes(5, &[]), 0);
    let events = watch.observe(&nodes(5, &[(2, 0), (4, 0)]), at(1));
    let moved = "heartbeat/CSV CN1 -> CN2, live migration CN2 -> CN3; CN1 is lost (n2 eth0 has no \
                 carrier, n4 eth0 has no carrier); CSV took CN2";
    let expected = [
        "CN1 (10.0.0.0/24): Up -> Partitioned, 3/5 up; n2 eth0 has no carrier, n4 eth0 has no \
         carrier",
        &format!("n1, n3, n5 with n2, n4: {moved}"),
        &format!("among n2, n4: {moved}"),
    ];
    assert_eq!(told(&events), expected);
    let events = watch.observe(&nodes(5, &[(1, 0), (2, 0), (3, 0), (4, 0)]), at(2));
    assert!(told(&events)[1].starts_with("heartbeat/CSV CN1 -> CN2"), "{:?}", told(&events));
    assert_eq!(events.len(), 2, "the rest follows the cluster or has moved before");
}

#[test]
fn addresses_and_interfaces_that_go_are_told_apart() {
    let mut watch = started(&nodes(2, &[]), 0);
    let change = |what: fn(&mut NodeInventory)| {
        let mut inventories = nodes(2, &[]);
        what(&mut inventories[0]);
        inventories
    };
    let without = change(|node| node.interfaces[0].addresses.clear());
    let first = &told(&watch.observe(&without, at(1)))[0];
    assert!(
        first.ends_with("Up -> Down, members 2 -> 1, 1 up; n1 eth0 has no address on it any more"),
        "{first}"
    );
    watch.observe(&nodes(2, &[]), at(2));
    let set_down = change(|node| node.interfaces[0].admin_up = false);
    let first = &told(&watch.observe(&set_down, at(3)))[0];
    assert!(first.ends_with("Up -> Down, 1/2 up; n1 eth0 is set down; lost 2 times"), "{first}");
    let gone = change(|node| drop(node.interfaces.remove(0)));
    let first = &told(&watch.observe(&gone, at(4)))[0];
    assert!(first.contains("n1 eth0 is gone"), "{first}");
    assert!(first.ends_with("lost 2 times"), "set down before, it was not lost again: {first}");
    watch.observe(&nodes(2, &[]), at(5));
    let gone = &told(&watch.observe(&gone, at(6)))[0];
    assert!(gone.ends_with("members 2 -> 1, 1 up; n1 eth0 is gone; lost 3 times"), "{gone}");
}

#[test]
fn a_default_route_that_comes_turns_role_metric_and_traffic() {
    let plain = nodes(2, &[]);
    let mut watch = started(&plain, 0);
    let mut routed = plain.clone();
    routed[0] = Node::new("n1")
        .gateway("eth0")
        .change(|it| it.interfaces = plain[0].interfaces.clone())
        .done();
    let events = watch.observe(&routed, at(1));
    let lines = told(&events);
    assert_eq!(
        lines[0],
        "CN1 (10.0.0.0/24): role 1 -> 3, metric 1000 -> 10000, 2/2 up; n1 eth0 has a default route \
         now"
    );
    let last = lines.last().unwrap();
    assert!(last.starts_with("heartbeat/CSV CN1 -> CN2, live migration CN2 -> CN3"), "{last}");
    assert!(last.contains("roles, metrics or the order changed"), "{last}");
}

#[test]
fn networks_come_and_go_by_their_subnets_and_numbers_follow() {
    let mut watch = started(&nodes(2, &[]), 0);
    let mut fewer = nodes(2, &[]);
    for node in &mut fewer {
        node.interfaces.remove(0);
    }
    let lines = told(&watch.observe(&fewer, at(1)));
    assert_eq!(lines[0], "CN1 (10.0.1.0/24): was CN2, metric 1100 -> 1000, 2/2 up");
    assert!(lines[2].starts_with("CN1 (10.0.0.0/24): gone, was Up; n1 eth0 is gone, n2 eth0"));
    assert!(
        lines[3].starts_with("heartbeat/CSV CN1 (10.0.0.0/24) -> CN1 (10.0.1.0/24)"),
        "{lines:?}"
    );
    let lines = told(&watch.observe(&nodes(2, &[]), at(2)));
    assert!(lines[0].starts_with("CN1 (10.0.0.0/24): appeared, Up; n1 eth0 joined"), "{lines:?}");
}

#[test]
fn a_better_network_that_is_back_waits_for_its_hold() {
    let mut watch = started(&nodes(3, &[]), 30);
    watch.observe(&nodes(3, &[(1, 0)]), at(10));
    assert_eq!(watch.due(), None);
    let events = watch.observe(&nodes(3, &[]), at(12));
    assert_eq!(
        told(&events),
        [
            "CN1 (10.0.0.0/24): Partitioned -> Up, 3/3 up; n1 eth0 is up",
            "CN1 is back on n1 and held for 30.0 s"
        ]
    );
    assert_eq!(watch.due(), Some(at(42)));
    assert_eq!(watch.observe(&nodes(3, &[]), at(20)), [], "nothing is said twice");
    watch.observe(&nodes(3, &[(1, 0)]), at(30));
    assert_eq!(watch.due(), None);
    let lines = told(&watch.observe(&nodes(3, &[]), at(31)));
    assert_eq!(lines[1], "CN1 is back on n1 and held for 30.0 s; lost 2 times");
    assert_eq!(watch.observe(&nodes(3, &[]), at(60)), [], "the time starts anew with each loss");
    let lines = told(&watch.observe(&nodes(3, &[]), at(61)));
    assert_eq!(
        lines,
        ["n1 with n2, n3: heartbeat/CSV CN2 -> CN1, live migration CN3 -> CN2; CN1 has been back \
          long enough; CSV left CN2"]
    );
    assert_eq!(watch.due(), None);
}

#[test]
fn a_hold_never_leaves_nodes_without_a_network() {
    let mut watch = started(&nodes(2, &[]), 30);
    watch.observe(&nodes(2, &[(1, 0)]), at(1));
    watch.observe(&nodes(2, &[]), at(2));
    let lines = told(&watch.observe(&nodes(2, &[(1, 1), (1, 2)]), at(3)));
    let last = lines.last().unwrap();
    assert!(last.starts_with("heartbeat/CSV CN2 -> CN1"), "{last}");
    assert_eq!(watch.due(), None);
}

#[test]
fn nodes_on_their_own_have_a_hold_too() {
    let mut watch = started(&nodes(1, &[]), 5);
    let lines = told(&watch.observe(&nodes(1, &[(1, 0)]), at(1)));
    assert_eq!(lines[0], "CN1 (10.0.0.0/24): Up -> Unavailable, 0/1 up; n1 eth0 has no carrier");
    watch.observe(&nodes(1, &[]), at(2));
    assert_eq!(watch.due(), Some(at(7)));
}
