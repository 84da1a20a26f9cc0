//! What a message is about, so that a later one about the same thing takes its place.

use std::net::IpAddr;

use crate::model::InterfaceName;

use super::super::addr::{AF_INET, AF_INET6, IFA_ADDRESS, IFA_LOCAL};
use super::super::link::{
    IFF_LOWER_UP, IFF_UP, IFLA_IFNAME, IFLA_LINK, IFLA_LINKINFO, IFLA_MASTER,
};
use super::super::link_info::decode_link_info;
use super::super::route::{Facts, Hop};
use super::super::wire::{Fault, Message};

const AF_UNSPEC: u8 = 0;
/// Attribute of messages that tell of a wireless event and of nothing else.
const IFLA_WIRELESS: u16 = 11;

/// What of an interface decides whether other facts must be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkKey {
    pub(super) index: u32,
    pub(super) name: InterfaceName,
    pub(super) up: bool,
    pub(super) carrier: bool,
    pub(super) master: Option<u32>,
    pub(super) parent: Option<u32>,
    pub(super) vrf_table: Option<u32>,
}

impl LinkKey {
    /// Nothing for messages that describe no interface: those of bridge ports and wireless events,
    /// and such as have no name.
    pub(super) fn of(message: &Message<'_>) -> Result<Option<Self>, Fault> {
        let (header, attributes) = message.payload.fixed::<16>()?;
        let [family, _, _, _, i0, i1, i2, i3, f0, f1, f2, f3, ..] = *header;
        let flags = u32::from_ne_bytes([f0, f1, f2, f3]);
        let mut key = Self {
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            name: InterfaceName::new(""),
            up: flags & IFF_UP != 0,
            carrier: flags & IFF_LOWER_UP != 0,
            master: None,
            parent: None,
            vrf_table: None,
        };
        let mut whole = family == AF_UNSPEC;
        for attribute in attributes.attributes() {
            let attribute = attribute?;
            match attribute.kind {
                IFLA_IFNAME => key.name = InterfaceName::new(attribute.text()),
                IFLA_MASTER => key.master = attribute.u32_or_none().unwrap_or_default(),
                IFLA_LINK => key.parent = attribute.u32_or_none().unwrap_or_default(),
                IFLA_LINKINFO => key.vrf_table = decode_link_info(&attribute).vrf_table,
                IFLA_WIRELESS => whole = false,
                _ => {}
            }
        }
        Ok(Some(key).filter(|key| whole && !key.name.as_str().is_empty()))
    }
}

/// One address of one interface. IPv4 may have one address twice, with other prefix lengths or
/// peers; IPv6 may not, and changes both in place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AddressKey {
    V4 {
        index: u32,
        own: IpAddr,
        prefix: u8,
        peer: Option<IpAddr>,
    },
    V6 {
        index: u32,
        own: IpAddr,
    },
    /// One that can't be read, by all it holds.
    Odd {
        index: u32,
        bytes: Vec<u8>,
    },
}

impl AddressKey {
    /// Nothing for families other than IPv4 and IPv6.
    pub(super) fn of(message: &Message<'_>) -> Result<Option<Self>, Fault> {
        let (header, attributes) = message.payload.fixed::<8>()?;
        let [family, prefix, _, _, i0, i1, i2, i3] = *header;
        let index = u32::from_ne_bytes([i0, i1, i2, i3]);
        let (mut local, mut address) = (None, None);
        for attribute in attributes.attributes() {
            let attribute = attribute?;
            match attribute.kind {
                IFA_LOCAL => local = attribute.address().ok(),
                IFA_ADDRESS => address = attribute.address().ok(),
                _ => {}
            }
        }
        Ok(match (family, local.or(address)) {
            (AF_INET, Some(own)) => Some(Self::V4 { index, own, prefix, peer: address }),
            (AF_INET6, Some(own)) => Some(Self::V6 { index, own }),
            (AF_INET | AF_INET6, None) => {
                Some(Self::Odd { index, bytes: message.payload.bytes.to_vec() })
            }
            _ => None,
        })
    }

    pub(super) fn index(&self) -> u32 {
        match self {
            Self::V4 { index, .. } | Self::V6 { index, .. } | Self::Odd { index, .. } => *index,
        }
    }
}

/// Where a route leads. Default routes come first, then the order in which routes are selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RoutePlace {
    specific: bool,
    pub(super) table: u32,
    destination: Option<IpAddr>,
    prefix: u8,
    priority: u32,
    service: u8,
}

/// How a route gets there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RouteWay {
    hops: Vec<Hop>,
    object: Option<u32>,
}

impl RouteWay {
    /// The one that is sorted before all others.
    pub(super) fn first() -> Self {
        Self { hops: Vec::new(), object: None }
    }
}

/// Place and way of a unicast route that is a default route or leads through a gateway, as far as
/// the message tells; others are never selected.
pub(super) fn route_key(
    message: Message<'_>,
    family: u8,
) -> Result<Option<(RoutePlace, RouteWay)>, Fault> {
    let Some(facts) = Facts::read(message, family)? else {
        return Ok(None);
    };
    let way = RouteWay { hops: facts.hops(), object: facts.next_hop_object };
    let gateway = way.hops.iter().any(|hop| hop.gateway.is_some()) || way.object.is_some();
    let place = RoutePlace {
        specific: facts.prefix != 0,
        table: facts.table,
        destination: facts.destination,
        prefix: facts.prefix,
        priority: facts.priority,
        service: facts.service,
    };
    Ok((gateway || !place.specific).then_some((place, way)))
}
