//! What is held after notifications is what the kernel would tell when asked.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use proptest::collection::vec;
use proptest::prelude::*;

use super::held::Held;
use super::stale::Stale;
use crate::discover::error::Dump;
use crate::discover::recording::Datagram;
use crate::discover::wire;
use crate::model::{MAIN_TABLE, NodeInventory, NodeName};

const UP: u32 = 1;
const LOWER_UP: u32 = 1 << 16;

fn attr(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap();
    let mut bytes = [&length.to_ne_bytes(), &kind.to_ne_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: u16, header: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let body = [header, &attributes.concat()].concat();
    let length = u32::try_from(16 + body.len()).unwrap();
    [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[2, 0], &[0; 8], &body].concat()
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    name: u8,
    up: bool,
    carrier: bool,
    vrf: Option<u32>,
}

fn link(kind: u16, index: u32, link: &Link) -> Vec<u8> {
    let flags = if link.up { UP } else { 0 } | if link.carrier { LOWER_UP } else { 0 };
    let header = [&[0, 0, 1, 0][..], &index.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 4]].concat();
    let mut attributes = vec![attr(3, format!("eth{}\0", link.name).as_bytes()), attr(16, &[6])];
    if let Some(table) = link.vrf {
        let options = attr(2, &attr(1, &table.to_ne_bytes()));
        attributes.push(attr(18, &[attr(1, b"vrf\0"), options].concat()));
    }
    message(kind, &header, &attributes)
}

type Address = (u32, IpAddr, u8);

fn bytes_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn address(kind: u16, (index, own, prefix): &Address) -> Vec<u8> {
    let family = if own.is_ipv4() { 2 } else { 10 };
    let header = [&[family, *prefix, 0, 0][..], &index.to_ne_bytes()].concat();
    message(kind, &header, &[attr(1, &bytes_of(*own))])
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Route {
    v4: bool,
    table: u32,
    destination: Option<u8>,
    priority: u32,
    hops: Vec<(u32, u8)>,
}

impl Route {
    fn address(&self, last: u8) -> IpAddr {
        if self.v4 {
            [10, 0, 0, last].into()
        } else {
            [0xfd00, 0, 0, 0, 0, 0, 0, last.into()].into()
        }
    }

    fn place(&self) -> (bool, u32, Option<u8>, u32) {
        (self.v4, self.table, self.destination, self.priority)
    }
}

fn route(kind: u16, route: &Route) -> Vec<u8> {
    let (family, whole) = if route.v4 { (2, 32) } else { (10, 128) };
    let prefix = route.destination.map_or(0, |_| whole);
    let hop = |(index, gateway): &(u32, u8)| {
        let gateway = attr(5, &bytes_of(route.address(*gateway)));
        let length = u16::try_from(8 + gateway.len()).unwrap();
        [&length.to_ne_bytes()[..], &[0, 0], &index.to_ne_bytes(), &gateway].concat()
    };
    let mut attributes =
        vec![attr(6, &route.priority.to_ne_bytes()), attr(15, &route.table.to_ne_bytes())];
    attributes.extend(route.destination.map(|last| attr(1, &bytes_of(route.address(last)))));
    attributes.push(attr(9, &route.hops.iter().flat_map(hop).collect::<Vec<u8>>()));
    message(kind, &[family, prefix, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0], &attributes)
}

/// A kernel, as far as it matters: it changes, and tells less than all of it.
#[derive(Clone, Debug, Default)]
struct Kernel {
    links: BTreeMap<u32, Link>,
    addresses: BTreeSet<Address>,
    routes: Vec<Route>,
}

#[derive(Clone, Debug)]
enum Change {
    Link(u32, Link),
    LoseLink(u32),
    Address(Address),
    LoseAddress(Address),
    /// A route, and whether it replaces one or is put beside it.
    Route(Route, bool),
    LoseRoute(usize),
    /// One way of several.
    LoseHop(usize),
}

impl Kernel {
    /// Changes, and gives the notifications.
    fn change(&mut self, change: &Change) -> Vec<Vec<u8>> {
        match change {
            Change::Link(index, new) => self.link(*index, new),
            Change::LoseLink(index) => self.lose_link(*index),
            Change::Address(new) if self.links.contains_key(&new.0) => {
                self.addresses.retain(|it| it.1.is_ipv4() || (it.0, it.1) != (new.0, new.1));
                self.addresses.insert(*new);
                vec![address(20, new)]
            }
            Change::LoseAddress(old) => {
                if !self.addresses.remove(old) {
                    return Vec::new();
                }
                // Routes with that source go silently.
                if old.1.is_ipv4() {
                    self.routes.retain(|it| !it.v4 || it.hops[0].0 != old.0);
                }
                vec![address(21, old)]
            }
            Change::Route(new, replaces) => self.route(new, *replaces),
            Change::LoseRoute(place) if *place < self.routes.len() => {
                vec![route(25, &self.routes.remove(*place))]
            }
            Change::LoseHop(place) => self.lose_hop(*place),
            Change::Address(_) | Change::LoseRoute(_) => Vec::new(),
        }
    }

    fn link(&mut self, index: u32, new: &Link) -> Vec<Vec<u8>> {
        let taken = |(other, it): (&u32, &Link)| *other != index && it.name == new.name;
        if self.links.iter().any(taken) {
            return Vec::new();
        }
        if !new.up {
            self.routes.retain(|it| it.hops.iter().all(|hop| hop.0 != index));
            self.addresses.retain(|it| it.0 != index || it.1.is_ipv4());
        }
        self.links.insert(index, new.clone());
        vec![link(16, index, new)]
    }

    fn lose_link(&mut self, index: u32) -> Vec<Vec<u8>> {
        let Some(old) = self.links.remove(&index) else { return Vec::new() };
        self.routes.retain(|it| it.hops.iter().all(|hop| hop.0 != index));
        self.addresses.retain(|it| it.0 != index);
        vec![link(17, index, &old)]
    }

    fn route(&mut self, new: &Route, replaces: bool) -> Vec<Vec<u8>> {
        let leads = |hop: &(u32, u8)| self.links.get(&hop.0).is_some_and(|link| link.up);
        if !new.hops.iter().all(leads) || self.routes.contains(new) {
            return Vec::new();
        }
        let same = self.routes.iter_mut().find(|it| it.place() == new.place());
        match same.filter(|_| replaces) {
            Some(old) => old.clone_from(new),
            None => self.routes.push(new.clone()),
        }
        vec![route(24, new)]
    }

    fn lose_hop(&mut self, place: usize) -> Vec<Vec<u8>> {
        let Some(old) = self.routes.get_mut(place).filter(|it| it.hops.len() > 1) else {
            return Vec::new();
        };
        let gone = Route { hops: vec![old.hops.remove(0)], ..old.clone() };
        vec![route(25, &gone)]
    }

    /// The answer to a dump.
    fn answer(&self, dump: Dump, tables: &BTreeSet<u32>) -> Vec<Datagram> {
        let routes = |v4| {
            let told = self.routes.iter().filter(move |it| it.v4 == v4);
            told.filter(|it| tables.contains(&it.table)).map(|it| route(24, it)).collect()
        };
        let mut messages: Vec<Vec<u8>> = match dump {
            Dump::Link => self.links.iter().map(|(index, it)| link(16, *index, it)).collect(),
            Dump::Addr => self.addresses.iter().map(|it| address(20, it)).collect(),
            Dump::Route4 => routes(true),
            Dump::Route6 => routes(false),
            Dump::Speed => Vec::new(),
        };
        messages.push(message(3, &[0; 4], &[]));
        vec![Datagram::new(messages.concat())]
    }

    /// Reads again what is stale, as the shell does.
    fn settle(&self, held: &mut Held) {
        while held.stale.dumps() {
            let stale = held.stale.take_dumps();
            for (wanted, dump) in [
                (stale.links, Dump::Link),
                (stale.addresses, Dump::Addr),
                (stale.routes4, Dump::Route4),
                (stale.routes6, Dump::Route6),
            ] {
                if wanted {
                    held.replace(dump, &self.answer(dump, &held.tables())).unwrap();
                }
            }
        }
        held.replace(Dump::Speed, &self.answer(Dump::Speed, &BTreeSet::new())).unwrap();
    }

    fn held(&self) -> Held {
        let mut held = Held::new(NodeName::new("n1"));
        self.settle(&mut held);
        held
    }
}

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
