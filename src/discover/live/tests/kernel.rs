//! A kernel that changes and tells less than all of it, as messages.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::held::Held;
use crate::discover::error::Dump;
use crate::discover::recording::Datagram;
use crate::model::NodeName;

const UP: u32 = 1;
const LOWER_UP: u32 = 1 << 16;

pub(super) fn attr(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap();
    let mut bytes = [&length.to_ne_bytes(), &kind.to_ne_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

pub(super) fn message(kind: u16, header: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let body = [header, &attributes.concat()].concat();
    let length = u32::try_from(16 + body.len()).unwrap();
    [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[2, 0], &[0; 8], &body].concat()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: u8,
    pub(super) up: bool,
    pub(super) carrier: bool,
    pub(super) vrf: Option<u32>,
}

pub(super) fn link(kind: u16, index: u32, link: &Link) -> Vec<u8> {
    let flags = if link.up { UP } else { 0 } | if link.carrier { LOWER_UP } else { 0 };
    let header = [&[0, 0, 1, 0][..], &index.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 4]].concat();
    let mut attributes = vec![attr(3, format!("eth{}\0", link.name).as_bytes()), attr(16, &[6])];
    if let Some(table) = link.vrf {
        let options = attr(2, &attr(1, &table.to_ne_bytes()));
        attributes.push(attr(18, &[attr(1, b"vrf\0"), options].concat()));
    }
    message(kind, &header, &attributes)
}

pub(super) type Address = (u32, IpAddr, u8);

pub(super) fn bytes_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

pub(super) fn address(kind: u16, (index, own, prefix): &Address) -> Vec<u8> {
    let family = if own.is_ipv4() { 2 } else { 10 };
    let header = [&[family, *prefix, 0, 0][..], &index.to_ne_bytes()].concat();
    message(kind, &header, &[attr(1, &bytes_of(*own))])
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) v4: bool,
    pub(super) table: u32,
    pub(super) destination: Option<u8>,
    pub(super) priority: u32,
    pub(super) hops: Vec<(u32, u8)>,
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

pub(super) fn route(kind: u16, route: &Route) -> Vec<u8> {
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
pub(super) struct Kernel {
    pub(super) links: BTreeMap<u32, Link>,
    pub(super) addresses: BTreeSet<Address>,
    pub(super) routes: Vec<Route>,
}

#[derive(Clone, Debug)]
pub(super) enum Change {
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
    pub(super) fn change(&mut self, change: &Change) -> Vec<Vec<u8>> {
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

    pub(super) fn link(&mut self, index: u32, new: &Link) -> Vec<Vec<u8>> {
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
    pub(super) fn answer(&self, dump: Dump, tables: &BTreeSet<u32>) -> Vec<Datagram> {
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
    pub(super) fn settle(&self, held: &mut Held) {
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

    pub(super) fn held(&self) -> Held {
        let mut held = Held::new(NodeName::new("n1"));
        self.settle(&mut held);
        held
    }
}
