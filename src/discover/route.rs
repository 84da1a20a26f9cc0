//! Routes out of `RTM_GETROUTE` answers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;

use crate::model::{Fact, Gap, InterfaceName, NextHop, Route, Subnet};

use super::error::{DecodeError, Dump, Malformed};
use super::graph::Names;
use super::recording::Datagram;
use super::selection::RouteSelection;
use super::wire::{Attribute, Fault, Message, Span, WrongLength, address, for_each_message};

pub(super) const RTM_NEWROUTE: u16 = 24;
const RTN_UNICAST: u8 = 1;
pub(super) const AF_INET: u8 = 2;
pub(super) const AF_INET6: u8 = 10;
/// Flag of IPv6 routes that are copies of another one.
const RTM_F_CLONED: u32 = 0x200;

const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_MULTIPATH: u16 = 9;
const RTA_TABLE: u16 = 15;
const RTA_VIA: u16 = 18;
const RTA_NH_ID: u16 = 30;

/// Hands the unicast routes of a dump to `selection`.
///
/// # Errors
/// Bytes that are no netlink messages. A route whose way out can't be told is a gap.
pub(super) fn decode_routes(
    dump: Dump,
    datagrams: &[Datagram],
    names: &Names,
    selection: &mut RouteSelection,
) -> Result<Vec<Gap>, DecodeError> {
    let (fact, family) = match dump {
        Dump::Route6 => (Fact::Routes6, AF_INET6),
        _ => (Fact::Routes4, AF_INET),
    };
    let mut gaps = Vec::new();
    for_each_message(dump, datagrams, |message| {
        if message.kind != RTM_NEWROUTE {
            return Ok(());
        }
        let facts = Facts::read(message, family)?;
        let Some(facts) = facts.filter(|facts| selection.has_table(facts.table)) else {
            return Ok(());
        };
        match facts.into_route(names) {
            Ok(route) => selection.push(route),
            Err((interface, cause)) => gaps.push(Gap { interface, fact, cause }),
        }
        Ok(())
    })?;
    Ok(gaps)
}

/// Attributes of one route as they are met.
pub(super) struct Facts {
    pub(super) ipv4: bool,
    pub(super) prefix: u8,
    pub(super) service: u8,
    pub(super) table: u32,
    pub(super) destination: Option<IpAddr>,
    pub(super) priority: u32,
    single: Hop,
    hops: Vec<Hop>,
    pub(super) next_hop_object: Option<u32>,
    wrong: Option<WrongLength>,
}

/// One way out of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hop {
    pub(super) index: Option<u32>,
    pub(super) gateway: Option<IpAddr>,
}

impl Facts {
    /// The attributes of a route that matters by its type. A kernel without IPv6 answers with IPv4
    /// routes when asked for IPv6 ones, so the family is looked at too.
    pub(super) fn read(message: Message<'_>, wanted: u8) -> Result<Option<Self>, Fault> {
        let (header, attributes) = message.payload.fixed::<12>()?;
        let [family, prefix, _, service, table, _, _, kind, f0, f1, f2, f3] = *header;
        let flags = u32::from_ne_bytes([f0, f1, f2, f3]);
        if family != wanted || kind != RTN_UNICAST || flags & RTM_F_CLONED != 0 {
            return Ok(None);
        }
        let mut facts = Self {
            ipv4: family == AF_INET,
            prefix,
            service,
            table: u32::from(table),
            destination: None,
            priority: 0,
            single: Hop::default(),
            hops: Vec::new(),
            next_hop_object: None,
            wrong: None,
        };
        for attribute in attributes.attributes() {
            facts.take(&attribute?)?;
        }
        Ok(Some(facts))
    }

    /// Its ways out.
    pub(super) fn hops(&self) -> Vec<Hop> {
        if self.hops.is_empty() { vec![self.single] } else { self.hops.clone() }
    }

    fn take(&mut self, attribute: &Attribute<'_>) -> Result<(), Fault> {
        let taken = match attribute.kind {
            RTA_DST => attribute.address().map(|address| self.destination = Some(address)),
            RTA_PRIORITY => attribute.u32().map(|priority| self.priority = priority),
            RTA_TABLE => attribute.u32().map(|table| self.table = table),
            RTA_NH_ID => attribute.u32().map(|object| self.next_hop_object = Some(object)),
            RTA_OIF => attribute.u32().map(|index| self.single.index = Some(index)),
            RTA_MULTIPATH => {
                self.hops = multipath(attribute.value, &mut self.wrong)?;
                Ok(())
            }
            _ => self.single.take(attribute),
        };
        self.wrong = self.wrong.or(taken.err());
        Ok(())
    }

    fn into_route(self, names: &Names) -> Result<Route, (Option<InterfaceName>, String)> {
        if let Some(wrong) = self.wrong {
            return Err((None, format!("a route can't be read: {wrong}")));
        }
        let any =
            if self.ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let destination: IpAddr = self.destination.unwrap_or(any);
        let network = IpNetwork::new(destination, self.prefix).map_err(|_| {
            let prefix = self.prefix;
            (None, format!("a route's destination {destination} has prefix length {prefix}"))
        })?;
        let hops = self.hops();
        let resolve = |hop: &Hop| hop.resolve(network, self.next_hop_object, names);
        let next_hops: Result<_, String> = hops.iter().map(resolve).collect();
        Ok(Route {
            destination: Subnet::of(network),
            table: self.table,
            next_hops: next_hops.map_err(|cause| (None, cause))?,
            priority: self.priority,
        })
    }
}

impl Hop {
    fn take(&mut self, attribute: &Attribute<'_>) -> Result<(), WrongLength> {
        match attribute.kind {
            RTA_GATEWAY => self.gateway = Some(attribute.address()?),
            // Family (2 bytes) and address: a gateway of the other family.
            RTA_VIA => {
                let bytes = attribute.value.bytes.get(2..).unwrap_or_default();
                let gateway = address(bytes).ok_or_else(|| attribute.wrong_length(6))?;
                self.gateway = Some(gateway);
            }
            _ => {}
        }
        Ok(())
    }

    fn resolve(
        &self,
        destination: IpNetwork,
        object: Option<u32>,
        names: &Names,
    ) -> Result<NextHop, String> {
        let interface = match (self.index, object) {
            (Some(index), _) => names.get(index).cloned().ok_or_else(|| {
                format!("the route to {destination} leaves by index {index}, which is no interface")
            }),
            (None, Some(object)) => Err(format!(
                "the route to {destination} leaves by next-hop object {object}, whose interface \
                 the kernel does not tell"
            )),
            (None, None) => Err(format!("the route to {destination} leaves by no interface")),
        };
        Ok(NextHop {
            interface: interface?,
            gateway: self.gateway.filter(|gateway| !gateway.is_unspecified()),
        })
    }
}

/// The next hops of `RTA_MULTIPATH`: `struct rtnexthop` and attributes each.
fn multipath(list: Span<'_>, wrong: &mut Option<WrongLength>) -> Result<Vec<Hop>, Fault> {
    let mut rest = list;
    let mut hops = Vec::new();
    while !rest.bytes.is_empty() {
        let (header, _) = rest.fixed::<8>()?;
        let [l0, l1, _, _, i0, i1, i2, i3] = *header;
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let Some(bytes) = rest.bytes.get(8..length) else {
            return Err(Fault {
                offset: rest.at,
                found: Malformed::NextHopLength { length, left: rest.bytes.len() },
            });
        };
        let mut hop = Hop { index: Some(u32::from_ne_bytes([i0, i1, i2, i3])), gateway: None };
        let at = rest.at + 8;
        for attribute in (Span { bytes, at }).attributes() {
            *wrong = wrong.or(hop.take(&attribute?).err());
        }
        hops.push(hop);
        rest.advance(length);
    }
    Ok(hops)
}
