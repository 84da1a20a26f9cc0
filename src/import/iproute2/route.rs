//! Routes out of `ip -j route` and `ip -j -6 route`, with or without `table all`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::discover::RouteSelection;
use crate::import::ImportError;
use crate::model::{Fact, Gap, Interface, InterfaceName, MAIN_TABLE, NextHop, Route, Subnet};

use super::{List, Lists, Place, Word, gap};

const DEFAULT_TABLE: u32 = 253;
const LOCAL_TABLE: u32 = 255;

/// One element of the list.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(in crate::import) struct RouteEntry {
    #[serde(rename = "type")]
    kind: Option<String>,
    dst: Option<String>,
    dev: Option<String>,
    gateway: Option<String>,
    via: Option<Via>,
    nexthops: Option<Vec<Hop>>,
    nhid: Option<u32>,
    table: Option<Word>,
    metric: Option<u32>,
    /// Printed for IPv6 routes only.
    pref: Option<IgnoredAny>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Hop {
    dev: Option<String>,
    gateway: Option<String>,
    via: Option<Via>,
}

/// A gateway of the other family.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Via {
    host: Option<String>,
}

/// The routes that matter, from both lists. `ip -j route show table all` prints IPv6 routes too;
/// they count only when there is no list of their own.
pub(super) fn routes(
    lists: &Lists,
    interfaces: &[Interface],
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Route>, ImportError> {
    let mut reader = Reader {
        names: interfaces.iter().map(|found| found.name.as_str()).collect(),
        selection: RouteSelection::new(interfaces),
        gaps,
    };
    let met = if let Some(list) = &lists.route {
        reader.read(list, None, lists.route6.is_none())?
    } else {
        reader.gap(Fact::Routes4, "no route list (ip -j route show table all)");
        Met::default()
    };
    match &lists.route6 {
        Some(list) => drop(reader.read(list, Some(Ipv::V6), true)?),
        None if met.ipv6 => {}
        None => reader.gap(Fact::Routes6, "no route6 list (ip -j -6 route show table all)"),
    }
    let Reader { selection, gaps, .. } = reader;
    Ok(selection.finish(gaps))
}

/// Family of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ipv {
    V4,
    V6,
}

/// What a list held.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    ipv6: bool,
    local_table: bool,
}

struct Reader<'a> {
    names: BTreeSet<&'a str>,
    selection: RouteSelection,
    gaps: &'a mut Vec<Gap>,
}

impl Reader<'_> {
    /// Reads a list whose routes are of `family`, or of any; IPv6 ones count if `take_v6`.
    fn read(
        &mut self,
        list: &List<RouteEntry>,
        family: Option<Ipv>,
        take_v6: bool,
    ) -> Result<Met, ImportError> {
        let mut met = Met::default();
        for (place, entry) in list.places() {
            let family = family.unwrap_or_else(|| entry.family());
            met.ipv6 |= family == Ipv::V6;
            if family == Ipv::V4 || take_v6 {
                met.local_table |= entry.table() == Some(LOCAL_TABLE);
                self.take(&place, entry, family)?;
            }
        }
        if self.selection.has_vrf() && !met.local_table && !list.entries.is_empty() {
            let fact = fact_of(family.unwrap_or(Ipv::V4));
            self.gap(fact, "no routes of the VRFs' tables: take the list with show table all");
        }
        Ok(met)
    }

    fn take(
        &mut self,
        place: &Place<'_>,
        entry: &RouteEntry,
        family: Ipv,
    ) -> Result<(), ImportError> {
        if entry.kind.as_deref().is_some_and(|kind| kind != "unicast") {
            return Ok(());
        }
        let destination = entry.destination(place, family)?;
        let Some(table) = entry.table() else {
            self.unknown_table(entry, family);
            return Ok(());
        };
        if !self.selection.has_table(table) {
            return Ok(());
        }
        match self.next_hops(place, entry)? {
            Ok(next_hops) => self.selection.push(Route {
                destination: Subnet::of(destination),
                table,
                next_hops,
                priority: entry.metric.unwrap_or(0),
            }),
            Err(cause) => {
                let cause = format!("the route to {destination} leaves by {cause}");
                self.gap(fact_of(family), cause);
            }
        }
        Ok(())
    }

    /// A table's name says nothing without the host's `rt_tables`; that matters with VRFs only.
    fn unknown_table(&mut self, entry: &RouteEntry, family: Ipv) {
        if let Some(table) = entry.table.as_ref().filter(|_| self.selection.has_vrf()) {
            let cause = format!(
                "routes of table \"{}\" left out: its number is not told (take the list with \
                 ip -N -j route show table all)",
                table.0
            );
            self.gap(fact_of(family), cause);
        }
    }

    fn next_hops(
        &self,
        place: &Place<'_>,
        entry: &RouteEntry,
    ) -> Result<Result<Vec<NextHop>, String>, ImportError> {
        let Some(hops) = entry.nexthops.as_ref().filter(|hops| !hops.is_empty()) else {
            let hop = self.next_hop(place, &entry.hop(), entry.nhid)?;
            return Ok(hop.map(|hop| vec![hop]));
        };
        let mut next_hops = Vec::new();
        for (number, hop) in hops.iter().enumerate() {
            let place = place.below(&format!(".nexthops[{number}]"));
            match self.next_hop(&place, hop, None)? {
                Ok(hop) => next_hops.push(hop),
                Err(cause) => return Ok(Err(cause)),
            }
        }
        Ok(Ok(next_hops))
    }

    fn next_hop(
        &self,
        place: &Place<'_>,
        hop: &Hop,
        object: Option<u32>,
    ) -> Result<Result<NextHop, String>, ImportError> {
        let gateway = hop.gateway(place)?;
        let interface = match (hop.dev.as_deref(), object) {
            (Some(dev), _) if self.names.contains(dev) => dev,
            (Some(dev), _) => {
                return Ok(Err(format!("{dev}, which is no interface of the link list")));
            }
            (None, Some(object)) => {
                return Ok(Err(format!("next-hop object {object}, whose interface is not told")));
            }
            (None, None) => return Ok(Err("no interface".to_owned())),
        };
        Ok(Ok(NextHop { interface: InterfaceName::from(interface), gateway }))
    }

    fn gap(&mut self, fact: Fact, cause: impl Into<String>) {
        self.gaps.push(gap(fact, cause));
    }
}

fn fact_of(family: Ipv) -> Fact {
    match family {
        Ipv::V4 => Fact::Routes4,
        Ipv::V6 => Fact::Routes6,
    }
}

impl RouteEntry {
    /// The only way out of a route without `nexthops`.
    fn hop(&self) -> Hop {
        Hop { dev: self.dev.clone(), gateway: self.gateway.clone(), via: self.via.clone() }
    }

    /// By the destination; for a default route by its gateway, and else by the key that only IPv6
    /// routes have.
    fn family(&self) -> Ipv {
        let default = self.dst.as_deref() == Some("default");
        let hops = self.nexthops.iter().flatten();
        let gateways = hops.map(|hop| hop.gateway.as_deref());
        let gateway = [self.gateway.as_deref()].into_iter().chain(gateways);
        let text = if default { gateway.flatten().next() } else { self.dst.as_deref() };
        match text {
            Some(text) if text.contains(':') => Ipv::V6,
            None if self.pref.is_some() => Ipv::V6,
            _ => Ipv::V4,
        }
    }

    /// The table's number; nothing for a name that only the host's `rt_tables` knows.
    fn table(&self) -> Option<u32> {
        match self.table.as_ref().map(|table| table.0.as_str()) {
            None | Some("main") => Some(MAIN_TABLE),
            Some("default") => Some(DEFAULT_TABLE),
            Some("local") => Some(LOCAL_TABLE),
            Some(other) => other.parse().ok(),
        }
    }

    fn destination(&self, place: &Place<'_>, family: Ipv) -> Result<IpNetwork, ImportError> {
        let text = place.require("dst", self.dst.as_deref())?;
        let text = match (text, family) {
            ("default", Ipv::V4) => "0.0.0.0/0",
            ("default", Ipv::V6) => "::/0",
            (other, _) => other,
        };
        text.parse().map_err(|_| {
            place.wrong("dst", &Value::from(text), "\"default\", a subnet or an address")
        })
    }
}

impl Hop {
    fn gateway(&self, place: &Place<'_>) -> Result<Option<IpAddr>, ImportError> {
        let via = self.via.as_ref().and_then(|via| via.host.as_deref());
        let (key, text) = match (self.gateway.as_deref(), via) {
            (Some(gateway), _) => ("gateway", gateway),
            (None, Some(host)) => ("via.host", host),
            (None, None) => return Ok(None),
        };
        let address: IpAddr =
            text.parse().map_err(|_| place.wrong(key, &Value::from(text), "an IP address"))?;
        Ok(Some(address).filter(|address| !address.is_unspecified()))
    }
}
