//! The output of `ip -j -d link`, `ip -j addr`, `ip -j route` and `ip -j -6 route`, and that of
//! lldpcli beside it.
//!
//! Keys that are not known are skipped, because they vary by version, as are the empty objects
//! that some versions print. What the output can't tell is one gap each.

mod addr;
mod link;
mod route;

use std::collections::BTreeMap;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::discover::{Neighbours, put_in_order, set_neighbours};
use crate::model::{Fact, Gap, NodeInventory, NodeName, Source};

use self::addr::AddrEntry;
use self::link::LinkEntry;
use self::route::RouteEntry;
use super::ImportError;
use super::json::Part;
use super::lldp::{neighbours, not_lldp};

/// Facts that no output of iproute2 tells.
const NEVER_TOLD: [Fact; 8] = [
    Fact::Speed,
    Fact::Device,
    Fact::Rdma,
    Fact::Counters,
    Fact::StorageSessions,
    Fact::ReversePathFilter,
    Fact::OwnName,
    Fact::Resolvers,
];

/// A document with the lists of one node.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    /// Checked before.
    #[serde(default, rename = "schema")]
    _schema: Option<de::IgnoredAny>,
    pub(super) node: Option<NodeName>,
    link: Vec<LinkEntry>,
    addr: Option<Vec<AddrEntry>>,
    route: Option<Vec<RouteEntry>>,
    route6: Option<Vec<RouteEntry>>,
    /// Output of lldpcli, whose shape varies.
    lldp: Option<Value>,
}

impl Output {
    /// The lists with their places in `document`.
    ///
    /// # Errors
    /// An `lldp` that is the output of something else.
    pub(super) fn lists(self, document: &Part<'_>) -> Result<Lists, ImportError> {
        let origin = || document.origin();
        let path = |key| document.path_of(key);
        let seen = |output| neighbours(&output).ok_or_else(|| not_lldp(origin(), path("lldp")));
        Ok(Lists {
            neighbours: self.lldp.map(seen).transpose()?,
            link: List::new(origin(), path("link"), self.link),
            addr: self.addr.map(|addr| List::new(origin(), path("addr"), addr)),
            route: self.route.map(|route| List::new(origin(), path("route"), route)),
            route6: self.route6.map(|route| List::new(origin(), path("route6"), route)),
        })
    }
}

/// The lists of one node.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) link: List<LinkEntry>,
    pub(super) addr: Option<List<AddrEntry>>,
    pub(super) route: Option<List<RouteEntry>>,
    pub(super) route6: Option<List<RouteEntry>>,
    pub(super) neighbours: Option<Neighbours>,
}

/// One list and where it stands.
#[derive(Debug)]
pub(super) struct List<T> {
    pub(super) origin: String,
    pub(super) path: String,
    pub(super) entries: Vec<T>,
}

/// Where something stands, for errors.
#[derive(Clone, Debug)]
struct Place<'a> {
    origin: &'a str,
    path: String,
}

/// Where each value of a key was met first.
type Seen = BTreeMap<(&'static str, String), String>;

impl<T> List<T> {
    pub(super) fn new(origin: String, path: String, entries: Vec<T>) -> Self {
        Self { origin, path, entries }
    }
}

impl<T: Default + PartialEq> List<T> {
    /// The entries that are not empty, with their places.
    fn places(&self) -> impl Iterator<Item = (Place<'_>, &T)> {
        let nothing = T::default();
        let entries = self.entries.iter().enumerate();
        let entries = entries.filter(move |(_, entry)| **entry != nothing);
        entries.map(|(number, entry)| {
            let path = format!("{}[{number}]", self.path);
            let origin = self.origin.as_str();
            (Place { origin, path }, entry)
        })
    }
}

impl Place<'_> {
    fn below(&self, path: &str) -> Self {
        Self { origin: self.origin, path: format!("{}{path}", self.path) }
    }

    /// The value of a key that must be there.
    fn require<T>(&self, key: &'static str, value: Option<T>) -> Result<T, ImportError> {
        value.ok_or_else(|| ImportError::MissingKey {
            origin: self.origin.to_owned(),
            path: self.path.clone(),
            key,
        })
    }

    /// Notes that `value` stands under `key` here.
    ///
    /// # Errors
    /// When it stands under that key of an earlier element too.
    fn once(&self, key: &'static str, value: &Value, seen: &mut Seen) -> Result<(), ImportError> {
        let value = value.to_string();
        let path = format!("{}.{key}", self.path);
        match seen.insert((key, value.clone()), path.clone()) {
            None => Ok(()),
            Some(first) => {
                Err(ImportError::Twice { origin: self.origin.to_owned(), path, value, first })
            }
        }
    }

    /// The error for the value of a key below this place.
    fn wrong(&self, key: &str, value: &impl ToString, expected: &'static str) -> ImportError {
        ImportError::Value {
            origin: self.origin.to_owned(),
            path: format!("{}.{key}", self.path),
            value: value.to_string(),
            expected,
        }
    }
}

/// What the lists tell about the node.
///
/// # Errors
/// An element without a key that it always has, or with a value that stands for nothing.
pub(super) fn inventory(node: NodeName, lists: &Lists) -> Result<NodeInventory, ImportError> {
    let mut gaps: Vec<Gap> = NEVER_TOLD.map(|fact| gap(fact, "not told by iproute2 output")).into();
    let mut interfaces = link::interfaces(&lists.link, &mut gaps)?;
    match &lists.addr {
        Some(addr) => addr::add_addresses(addr, &mut interfaces, &mut gaps)?,
        None => gaps.push(gap(Fact::Addresses, "no addr list (ip -j addr)")),
    }
    set_neighbours(lists.neighbours.as_ref(), &mut interfaces, &mut gaps);
    let routes = route::routes(lists, &interfaces, &mut gaps)?;
    let mut inventory = NodeInventory::empty(node, Source::Iproute2);
    inventory.interfaces = interfaces;
    inventory.routes = routes;
    inventory.gaps = gaps;
    put_in_order(&mut inventory);
    Ok(inventory)
}

fn gap(fact: Fact, cause: impl Into<String>) -> Gap {
    Gap { interface: None, fact, cause: cause.into() }
}

/// A name, or the number that iproute2 prints where it knows no name; quoted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl Visitor<'_> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Word, E> {
        Ok(Word(text.to_owned()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Word, E> {
        Ok(Word(number.to_string()))
    }
}
