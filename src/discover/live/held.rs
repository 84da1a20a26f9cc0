//! The present state of this host: the last message about each interface, address and route.
//!
//! Nothing is decoded here but what a message is about. The messages are put together as a
//! recording, which is decoded like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Fact, Gap, MAIN_TABLE, NodeInventory, NodeName};

use super::super::addr::RTM_NEWADDR;
use super::super::decode::inventory;
use super::super::error::{DecodeError, Dump};
use super::super::link::RTM_NEWLINK;
use super::super::recording::{Datagram, FileFact, NetlinkDumps, Recording};
use super::super::route::{AF_INET, AF_INET6, RTM_NEWROUTE};
use super::super::speed::index_of;
use super::super::wire::{FIRST_PROTOCOL_TYPE, Fault, Message, messages};
use super::keys::{AddressKey, LinkKey};
use super::routes::{Routes, Taken};
use super::stale::Stale;

const RTM_DELLINK: u16 = 17;
const RTM_DELADDR: u16 = 21;
const RTM_DELROUTE: u16 = 25;
const RTM_NEWNEXTHOP: u16 = 104;
const RTM_DELNEXTHOP: u16 = 105;

const MESSAGE_HEADER: usize = 16;

/// What the kernel has told, as messages by what they are about.
#[derive(Debug)]
pub(super) struct Held {
    /// Node, files and gaps; its dumps are put together when it is asked for.
    base: Recording,
    links: BTreeMap<u32, (LinkKey, Vec<u8>)>,
    addresses: BTreeMap<AddressKey, Vec<u8>>,
    routes4: Routes,
    routes6: Routes,
    speeds: BTreeMap<u32, Vec<u8>>,
    /// How each dump ended.
    endings: BTreeMap<Fact, Vec<u8>>,
    /// What must be read again, since no message tells it.
    pub(super) stale: Stale,
}

impl Held {
    /// Nothing is known yet, so everything is to be read.
    pub(super) fn new(node: NodeName) -> Self {
        Self {
            base: Recording::empty(node),
            links: BTreeMap::new(),
            addresses: BTreeMap::new(),
            routes4: Routes::default(),
            routes6: Routes::default(),
            speeds: BTreeMap::new(),
            endings: BTreeMap::new(),
            stale: Stale::everything(),
        }
    }

    /// Takes what a notification tells. Bytes that are no messages tell nothing, so everything is
    /// to be read again.
    pub(super) fn apply(&mut self, datagram: &[u8]) {
        for message in messages(datagram) {
            if message.and_then(|message| self.take(&message)).is_err() {
                self.stale = Stale::everything();
            }
        }
    }

    fn take(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        match message.kind {
            RTM_NEWLINK => self.new_link(message),
            RTM_DELLINK => self.lose_link(message),
            RTM_NEWADDR => self.new_address(message),
            RTM_DELADDR => self.lose_address(message),
            RTM_NEWROUTE | RTM_DELROUTE => self.change_route(*message),
            RTM_NEWNEXTHOP | RTM_DELNEXTHOP => {
                self.stale.routes();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An interface that goes down takes routes and IPv6 addresses along without a word, as does one
    /// that changes its master. Whether it was down before does not matter: what is held may have
    /// been read after it went down, and before it was told that a route went over it.
    fn new_link(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let Some(key) = LinkKey::of(message)? else {
            return Ok(());
        };
        let before = self.links.insert(key.index, (key.clone(), framed(message)));
        let before = before.map(|(key, _)| key);
        let place = |it: &LinkKey| (it.up, it.master, it.vrf_table);
        if !key.up || before.as_ref().map(place) != Some(place(&key)) {
            self.stale.routes();
            self.stale.addresses = true;
        }
        self.stale.facts_after(before.as_ref(), &key);
        if let Some(before) = before.filter(|before| before.name != key.name) {
            self.forget_files(&before);
        }
        Ok(())
    }

    fn lose_link(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let Some(key) = LinkKey::of(message)? else {
            return Ok(());
        };
        if let Some((before, _)) = self.links.remove(&key.index) {
            self.forget_files(&before);
        }
        self.addresses.retain(|address, _| address.index() != key.index);
        self.speeds.remove(&key.index);
        self.stale.lose(&key);
        Ok(())
    }

    fn new_address(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        if let Some(key) = AddressKey::of(message)? {
            self.addresses.insert(key, framed(message));
        }
        Ok(())
    }

    /// Routes whose source it was go with an IPv4 address without a word.
    fn lose_address(&mut self, message: &Message<'_>) -> Result<(), Fault> {
        let key = AddressKey::of(message)?;
        self.stale.addresses |= matches!(key, Some(AddressKey::Odd { .. }));
        self.stale.routes4 |= matches!(key, Some(AddressKey::V4 { .. }));
        if let Some(key) = key {
            self.addresses.remove(&key);
        }
        Ok(())
    }

    fn change_route(&mut self, message: Message<'_>) -> Result<(), Fault> {
        let tables = self.tables();
        for (routes, family, stale) in [
            (&mut self.routes4, AF_INET, &mut self.stale.routes4),
            (&mut self.routes6, AF_INET6, &mut self.stale.routes6),
        ] {
            let taken = match message.kind {
                RTM_NEWROUTE => routes.add(message, family, &tables)?,
                _ => routes.remove(message, family)?,
            };
            *stale |= taken == Taken::Unclear;
        }
        Ok(())
    }

    /// Tables whose routes matter: main, and one of each VRF.
    pub(super) fn tables(&self) -> BTreeSet<u32> {
        let vrf = self.links.values().filter_map(|(key, _)| key.vrf_table);
        vrf.chain([MAIN_TABLE]).collect()
    }

    /// Puts the answer to a dump in place of what was known.
    pub(super) fn replace(&mut self, dump: Dump, answer: &[Datagram]) -> Result<(), DecodeError> {
        match dump {
            Dump::Link => self.links.clear(),
            Dump::Addr => self.addresses.clear(),
            Dump::Route4 => self.routes4.clear(),
            Dump::Route6 => self.routes6.clear(),
            Dump::Speed => self.speeds.clear(),
        }
        self.endings.remove(&fact_of(dump));
        for (number, datagram) in answer.iter().enumerate() {
            for message in messages(datagram.bytes()) {
                let told = message.and_then(|message| self.tell(dump, message));
                told.map_err(|fault| fault.in_dump(dump, number))?;
            }
        }
        Ok(())
    }

    fn tell(&mut self, dump: Dump, message: Message<'_>) -> Result<(), Fault> {
        if message.kind < FIRST_PROTOCOL_TYPE {
            self.endings.insert(fact_of(dump), framed(&message));
            return Ok(());
        }
        match (dump, message.kind) {
            (Dump::Link, RTM_NEWLINK) => {
                if let Some(key) = LinkKey::of(&message)? {
                    self.links.insert(key.index, (key, framed(&message)));
                }
            }
            (Dump::Addr, RTM_NEWADDR) => self.new_address(&message)?,
            (Dump::Route4, RTM_NEWROUTE) => self.routes4.tell(message, AF_INET)?,
            (Dump::Route6, RTM_NEWROUTE) => self.routes6.tell(message, AF_INET6)?,
            (Dump::Speed, _) => self.set_speed(message),
            _ => {}
        }
        Ok(())
    }

    fn set_speed(&mut self, message: Message<'_>) {
        if let Some(index) = index_of(message) {
            self.speeds.insert(index, framed(&message));
        }
    }

    /// The speed of one interface, or that it has none.
    pub(super) fn replace_speed(&mut self, index: u32, answer: Option<&Datagram>) {
        self.speeds.remove(&index);
        for message in answer.into_iter().flat_map(|answer| messages(answer.bytes())).flatten() {
            if message.kind >= FIRST_PROTOCOL_TYPE {
                self.set_speed(message);
            }
        }
    }

    /// Whether ethtool tells speeds; files do otherwise.
    pub(super) fn has_speeds(&self) -> bool {
        self.endings.contains_key(&Fact::Speed)
    }

    /// Replaces the gaps of what was dumped.
    pub(super) fn replace_gaps(&mut self, fact: Fact, gaps: Vec<Gap>) {
        self.base.gaps.retain(|gap| gap.fact != fact);
        self.base.gaps.extend(gaps);
    }

    /// Adds files that were read again.
    pub(super) fn add_files(&mut self, files: BTreeMap<String, FileFact>) {
        self.base.files.extend(files);
    }

    fn forget_files(&mut self, link: &LinkKey) {
        for folder in ["/sys/class/net", "/proc/sys/net/ipv4/conf"] {
            let (first, end) =
                (format!("{folder}/{}/", link.name), format!("{folder}/{}0", link.name));
            let gone = self.base.files.range(first..end).map(|(path, _)| path.clone());
            for path in gone.collect::<Vec<_>>() {
                self.base.files.remove(&path);
            }
        }
    }

    /// The interfaces with these indices and all that stand on them, as an answer to a dump.
    pub(super) fn with_uppers(&self, indices: &BTreeSet<u32>) -> (BTreeSet<u32>, Vec<Datagram>) {
        let mut all = indices.clone();
        let mut open: Vec<u32> = indices.iter().copied().collect();
        while let Some(lower) = open.pop() {
            let master = self.links.get(&lower).and_then(|(key, _)| key.master);
            let on = self.links.values().filter(|(key, _)| key.parent == Some(lower));
            let uppers = on.map(|(key, _)| key.index).chain(master);
            open.extend(uppers.filter(|upper| all.insert(*upper)).collect::<Vec<_>>());
        }
        let told = all.iter().filter_map(|index| self.links.get(index));
        let joined: Vec<u8> = told.flat_map(|(_, message)| message.clone()).collect();
        (all, vec![Datagram::new(joined)])
    }

    /// All interfaces, as an answer to a dump.
    pub(super) fn all_links(&self) -> Vec<Datagram> {
        self.joined(Fact::Link, self.links.values().map(|(_, message)| message))
    }

    /// What the state comes to, decoded like any other recording, which is let go afterwards.
    pub(super) fn inventory(&mut self) -> Result<NodeInventory, DecodeError> {
        let speeds = self.joined(Fact::Speed, self.speeds.values());
        self.base.netlink = NetlinkDumps {
            link: self.all_links(),
            addr: self.joined(Fact::Addresses, self.addresses.values()),
            route4: self.joined(Fact::Routes4, self.routes4.messages()),
            route6: self.joined(Fact::Routes6, self.routes6.messages()),
            speed: if self.has_speeds() { speeds } else { Vec::new() },
        };
        let decoded = inventory(&self.base);
        self.base.netlink = NetlinkDumps::default();
        decoded
    }

    fn joined<'a>(&self, fact: Fact, told: impl Iterator<Item = &'a Vec<u8>>) -> Vec<Datagram> {
        let mut bytes = Vec::new();
        told.for_each(|message| bytes.extend_from_slice(message));
        bytes.extend(self.endings.get(&fact).into_iter().flatten());
        if bytes.is_empty() { Vec::new() } else { vec![Datagram::new(bytes)] }
    }
}

/// What a dump tells of.
fn fact_of(dump: Dump) -> Fact {
    match dump {
        Dump::Link => Fact::Link,
        Dump::Addr => Fact::Addresses,
        Dump::Route4 => Fact::Routes4,
        Dump::Route6 => Fact::Routes6,
        Dump::Speed => Fact::Speed,
    }
}

/// A message with its header and padding, so that messages can stand one after the other.
pub(super) fn framed(message: &Message<'_>) -> Vec<u8> {
    let payload = message.payload.bytes;
    let length = MESSAGE_HEADER + payload.len();
    let mut bytes = Vec::with_capacity(length.next_multiple_of(4));
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_ne_bytes());
    bytes.extend(message.kind.to_ne_bytes());
    bytes.extend(message.flags.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend_from_slice(payload);
    bytes.resize(length.next_multiple_of(4), 0);
    bytes
}
