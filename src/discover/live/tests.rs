//! What is held after notifications is what the kernel would tell when asked.

mod kernel;

use std::collections::BTreeSet;
use std::net::IpAddr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::held::Held;
use super::stale::Stale;
use crate::discover::wire;
use crate::model::{MAIN_TABLE, NodeInventory};
use kernel::{Address, Change, Kernel, Link, Route, attr, link, message, route};

fn told(held: &mut Held) -> NodeInventory {
    held.inventory().unwrap()
}

fn a_link() -> impl Strategy<Value = Change> {
    (1..5_u32, 0..6_u8, any::<bool>(), any::<bool>(), prop::option::weighted(0.2, 10..12_u32))
        .prop_map(|(index, name, up, carrier, vrf)| {
            Change::Link(index, Link { name, up, carrier, vrf })
        })
}

fn an_address() -> impl Strategy<Value = Address> {
    (1..5_u32, any::<bool>(), 1..4_u8, prop::sample::select(vec![24_u8, 32])).prop_map(
        |(index, v4, last, prefix)| {
            let own: IpAddr = if v4 {
                [10, 0, 0, last].into()
            } else {
                [0xfd00, 0, 0, 0, 0, 0, 0, last.into()].into()
            };
            (index, own, prefix)
        },
    )
}

fn a_route() -> impl Strategy<Value = Route> {
    let table = prop::sample::select(vec![MAIN_TABLE, 10, 11]);
    let destination = prop::option::of(1..3_u8);
    let hops = vec((1..5_u32, 1..3_u8), 1..3);
    (any::<bool>(), table, destination, 0..2_u32, hops).prop_map(
        |(v4, table, destination, priority, mut hops)| {
            hops.sort_unstable();
            hops.dedup();
            Route { v4, table, destination, priority, hops }
        },
    )
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => a_link(),
        1 => (1..5_u32).prop_map(Change::LoseLink),
        2 => an_address().prop_map(Change::Address),
        1 => an_address().prop_map(Change::LoseAddress),
        4 => (a_route(), any::<bool>()).prop_map(|(route, replaces)| Change::Route(route, replaces)),
        1 => (0..4_usize).prop_map(Change::LoseRoute),
        1 => (0..4_usize).prop_map(Change::LoseHop),
    ];
    vec(change, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// One by one.
    #[test]
    fn notifications_lead_where_a_dump_does(changes in changes()) {
        let mut kernel = Kernel::default();
        let mut held = kernel.held();
        for change in &changes {
            kernel.change(change).iter().for_each(|event| held.apply(event));
            kernel.settle(&mut held);
            prop_assert_eq!(told(&mut held), told(&mut kernel.held()), "after {:?}", change);
        }
    }

    /// Notifications from before a dump are applied after it, as when everything is read again in
    /// the middle of changes.
    #[test]
    fn notifications_that_a_dump_knows_do_no_harm(
        changes in changes(),
        first in 0..40_usize,
        read in 0..40_usize,
    ) {
        let mut kernel = Kernel::default();
        let mut past = vec![kernel.clone()];
        let mut events = Vec::new();
        for change in &changes {
            events.push(kernel.change(change));
            past.push(kernel.clone());
        }
        let read = read.min(changes.len());
        let mut held = past[read].held();
        for event in events.iter().skip(first.min(read)).flatten() {
            held.apply(event);
        }
        kernel.settle(&mut held);
        prop_assert_eq!(told(&mut held), told(&mut kernel.held()));
    }

    /// Whatever the bytes, nothing panics, and what can't be read is asked for again.
    #[test]
    fn any_bytes_are_taken(changes in changes(), place in any::<prop::sample::Index>(), byte: u8) {
        let mut kernel = Kernel::default();
        let mut held = kernel.held();
        for change in &changes {
            for mut event in kernel.change(change) {
                let place = place.index(event.len());
                event[place] = byte;
                held.apply(&event);
                held.apply(&event[..place]);
                let _ = held.inventory();
            }
        }
    }
}

#[test]
fn messages_that_describe_no_interface_change_none() {
    let mut kernel = Kernel::default();
    let eth0 = Link { name: 0, up: true, carrier: true, vrf: None };
    kernel.link(1, &eth0);
    let mut held = kernel.held();
    let before = told(&mut held);
    let mut of_a_bridge = link(17, 1, &eth0);
    of_a_bridge[16] = 7;
    held.apply(&of_a_bridge);
    let header = [&[0, 0, 1, 0][..], &1_u32.to_ne_bytes(), &[0; 8]].concat();
    held.apply(&message(16, &header, &[attr(3, b"eth0\0"), attr(11, &[0; 8])]));
    held.apply(&message(16, &header, &[]));
    assert_eq!((told(&mut held), held.stale.dumps()), (before, false));
}

#[test]
fn a_loss_of_carrier_asks_for_nothing_and_its_return_for_the_speed() {
    let mut kernel = Kernel::default();
    let mut eth0 = Link { name: 0, up: true, carrier: true, vrf: None };
    kernel.link(1, &eth0);
    let mut held = kernel.held();
    held.stale = Stale::default();
    eth0.carrier = false;
    held.apply(&link(16, 1, &eth0));
    assert_eq!(held.stale, Stale::default());
    eth0.carrier = true;
    held.apply(&link(16, 1, &eth0));
    assert_eq!(held.stale, Stale { facts: BTreeSet::from([1]), ..Stale::default() });
}

#[test]
fn bytes_that_are_no_messages_ask_for_everything() {
    let mut held = Kernel::default().held();
    held.apply(&[1, 2, 3]);
    assert_eq!(held.stale, Stale::everything());
    assert!(wire::messages(&[1, 2, 3]).all(|message| message.is_err()));
}

#[test]
fn of_too_many_routes_the_first_are_held() {
    let mut kernel = Kernel::default();
    kernel.link(1, &Link { name: 0, up: true, carrier: true, vrf: None });
    let gateway = |priority| Route {
        v4: true,
        table: MAIN_TABLE,
        destination: Some(1),
        priority,
        hops: vec![(1, 1)],
    };
    kernel.routes = (1..10_000).map(gateway).collect();
    let mut held = kernel.held();
    let routes = told(&mut held).routes;
    assert_eq!((routes.len(), routes[4095].priority), (4096, 4096));
    for priority in 1..=4097 {
        held.apply(&route(25, &gateway(priority)));
    }
    assert!(held.stale.routes4, "too few are left to know the first");
}
