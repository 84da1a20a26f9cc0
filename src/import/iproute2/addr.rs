//! Addresses out of `ip -j addr`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::Deserialize;
use serde_json::Value;

use crate::discover::scope_of;
use crate::import::ImportError;
use crate::model::{Address, AddressFlag, Fact, Gap, Interface, Scope};

use super::{List, Place, Seen, Word, gap};

/// One element of the list.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(in crate::import) struct AddrEntry {
    ifindex: Option<u32>,
    ifname: Option<String>,
    addr_info: Option<Vec<AddrInfo>>,
}

/// One address of an element.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "iproute2 prints each flag as a key of its own")]
struct AddrInfo {
    family: Option<String>,
    local: Option<String>,
    /// The peer's address, when there is one.
    address: Option<String>,
    prefixlen: Option<u8>,
    scope: Option<Word>,
    secondary: bool,
    temporary: bool,
    dynamic: bool,
    deprecated: bool,
    tentative: bool,
    dadfailed: bool,
    noprefixroute: bool,
}

/// Adds the addresses to their interfaces. Those of an interface that the list of interfaces
/// lacks are a gap.
pub(super) fn add_addresses(
    list: &List<AddrEntry>,
    interfaces: &mut [Interface],
    gaps: &mut Vec<Gap>,
) -> Result<(), ImportError> {
    let indexed = |(place, interface): (usize, &Interface)| (interface.index, place);
    let places: BTreeMap<u32, usize> = interfaces.iter().enumerate().map(indexed).collect();
    let mut seen = Seen::new();
    for (place, entry) in list.places() {
        let index = place.require("ifindex", entry.ifindex)?;
        place.once("ifindex", &index.into(), &mut seen)?;
        if let Some(name) = &entry.ifname {
            place.once("ifname", &name.as_str().into(), &mut seen)?;
        }
        let found = places.get(&index);
        let Some(interface) = found.and_then(|found| interfaces.get_mut(*found)) else {
            let name = entry.ifname.as_deref().unwrap_or("without a name");
            gaps.push(gap(
                Fact::Addresses,
                format!(
                    "interface {name} (index {index}) of the addr list is not in the link list"
                ),
            ));
            continue;
        };
        for (number, info) in entry.addr_info.iter().flatten().enumerate() {
            let place = place.below(&format!(".addr_info[{number}]"));
            interface.addresses.extend(info.address(&place)?);
        }
    }
    Ok(())
}

impl AddrInfo {
    /// The address; nothing for an empty object and for families other than IP.
    fn address(&self, place: &Place<'_>) -> Result<Option<Address>, ImportError> {
        let ip = matches!(self.family.as_deref(), Some("inet" | "inet6"));
        if *self == Self::default() || !(ip || self.family.is_none()) {
            return Ok(None);
        }
        let local = place.require("local", self.local.as_ref().or(self.address.as_ref()))?;
        let local = address_of(place, "local", local)?;
        let prefix = place.require("prefixlen", self.prefixlen)?;
        let network = |address: IpAddr| {
            IpNetwork::new(address, prefix).map_err(|_| {
                place.wrong("prefixlen", &prefix, "a prefix length of the address's family")
            })
        };
        let peer = self.address.as_ref();
        let peer = peer.map(|peer| address_of(place, "address", peer)).transpose()?;
        let peer = peer.filter(|peer| *peer != local);
        Ok(Some(Address {
            address: network(local)?,
            peer: peer.map(network).transpose()?,
            scope: self.scope.as_ref().map_or(Scope::Global, scope),
            flags: self.flags(),
        }))
    }

    fn flags(&self) -> Vec<AddressFlag> {
        let flags = [
            (self.secondary, AddressFlag::Secondary),
            (self.temporary, AddressFlag::Temporary),
            (self.dynamic, AddressFlag::Dynamic),
            (self.deprecated, AddressFlag::Deprecated),
            (self.tentative, AddressFlag::Tentative),
            (self.dadfailed, AddressFlag::Dadfailed),
            (self.noprefixroute, AddressFlag::Noprefixroute),
        ];
        let set = flags.into_iter().filter(|(set, _)| *set);
        set.map(|(_, flag)| flag).collect()
    }
}

fn address_of(place: &Place<'_>, key: &str, text: &str) -> Result<IpAddr, ImportError> {
    text.parse().map_err(|_| place.wrong(key, &Value::from(text), "an IP address"))
}

/// A scope by name or number; names from the host's own `rt_scopes` stand for its own numbers.
fn scope(word: &Word) -> Scope {
    match word.0.as_str() {
        "global" => Scope::Global,
        "link" => Scope::Link,
        "host" => Scope::Host,
        "nowhere" => Scope::Nowhere,
        other => other.parse().map_or(Scope::Site, scope_of),
    }
}
