//! Addresses out of `RTM_GETADDR` answers.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::model::{Address, AddressFlag, Fact, Gap, Interface, InterfaceName, Scope};

use super::error::{DecodeError, Dump};
use super::recording::Datagram;
use super::wire::{Fault, Message, WrongLength, for_each_message};

pub(super) const RTM_NEWADDR: u16 = 20;

pub(super) const AF_INET: u8 = 2;
pub(super) const AF_INET6: u8 = 10;

pub(super) const IFA_ADDRESS: u16 = 1;
pub(super) const IFA_LOCAL: u16 = 2;
const IFA_FLAGS: u16 = 8;

const IFA_F_SECONDARY_OR_TEMPORARY: u32 = 0x01;
const IFA_F_PERMANENT: u32 = 0x80;

/// Flags that mean the same in both families.
const FLAGS: [(u32, AddressFlag); 4] = [
    (0x20, AddressFlag::Deprecated),
    (0x40, AddressFlag::Tentative),
    (0x08, AddressFlag::Dadfailed),
    (0x200, AddressFlag::Noprefixroute),
];

/// Adds the addresses of a dump to their interfaces, in the dump's order.
///
/// # Errors
/// Bytes that are no netlink messages. An address that can't be read, or whose interface is not
/// known, is a gap.
pub(super) fn decode_addresses(
    datagrams: &[Datagram],
    interfaces: &mut [Interface],
    gaps: &mut Vec<Gap>,
) -> Result<(), DecodeError> {
    let indexed = |(place, interface): (usize, &Interface)| (interface.index, place);
    let places: BTreeMap<u32, usize> = interfaces.iter().enumerate().map(indexed).collect();
    for_each_message(Dump::Addr, datagrams, |message| {
        if message.kind != RTM_NEWADDR {
            return Ok(());
        }
        let Some((index, address)) = decode_address(message)? else {
            return Ok(());
        };
        let place = places.get(&index);
        let interface = place.and_then(|place| interfaces.get_mut(*place));
        match (interface, address) {
            (Some(interface), Ok(address)) => interface.addresses.push(address),
            (Some(interface), Err(cause)) => gaps.push(gap(Some(&interface.name), cause)),
            (None, _) => {
                let cause = format!("an address belongs to index {index}, which is no interface");
                gaps.push(gap(None, cause));
            }
        }
        Ok(())
    })
}

fn gap(interface: Option<&InterfaceName>, cause: String) -> Gap {
    Gap { interface: interface.cloned(), fact: Fact::Addresses, cause }
}

type Decoded = Result<Address, String>;

/// Index of the interface, and the address or why it can't be read; nothing for other families.
fn decode_address(message: Message<'_>) -> Result<Option<(u32, Decoded)>, Fault> {
    let (header, attributes) = message.payload.fixed::<8>()?;
    let [family, prefix, flags, scope, i0, i1, i2, i3] = *header;
    if family != AF_INET && family != AF_INET6 {
        return Ok(None);
    }
    let mut facts = Facts { flags: u32::from(flags), ..Facts::default() };
    let mut wrong = None;
    for attribute in attributes.attributes() {
        let attribute = attribute?;
        let taken = match attribute.kind {
            IFA_ADDRESS => attribute.address().map(|address| facts.address = Some(address)),
            IFA_LOCAL => attribute.address().map(|address| facts.local = Some(address)),
            IFA_FLAGS => attribute.u32().map(|flags| facts.flags = flags),
            _ => Ok(()),
        };
        wrong = wrong.or(taken.err());
    }
    let address = facts.into_address(family, prefix, scope, wrong);
    Ok(Some((u32::from_ne_bytes([i0, i1, i2, i3]), address)))
}

#[derive(Default)]
struct Facts {
    address: Option<IpAddr>,
    local: Option<IpAddr>,
    flags: u32,
}

impl Facts {
    /// `IFA_LOCAL` is the own address where there is one, and `IFA_ADDRESS` then the peer's.
    fn into_address(
        self,
        family: u8,
        prefix: u8,
        scope: u8,
        wrong: Option<WrongLength>,
    ) -> Decoded {
        if let Some(wrong) = wrong {
            return Err(format!("an address can't be read: {wrong}"));
        }
        let own = self.local.or(self.address);
        let Some(own) = own.filter(|own| own.is_ipv4() == (family == AF_INET)) else {
            return Err("the kernel told an address of another family, or none".to_owned());
        };
        let network = |address| {
            IpNetwork::new(address, prefix)
                .map_err(|_| format!("address {address} has prefix length {prefix}"))
        };
        let peer = self.address.filter(|address| *address != own);
        Ok(Address {
            address: network(own)?,
            peer: peer.map(network).transpose()?,
            scope: scope_of(scope),
            flags: flags_of(self.flags, own.is_ipv4()),
        })
    }
}

/// Numbers of `rt_scope_t`.
pub(crate) fn scope_of(number: u8) -> Scope {
    match number {
        0 => Scope::Global,
        253 => Scope::Link,
        254 => Scope::Host,
        255 => Scope::Nowhere,
        _ => Scope::Site,
    }
}

fn flags_of(bits: u32, ipv4: bool) -> Vec<AddressFlag> {
    let first = if ipv4 { AddressFlag::Secondary } else { AddressFlag::Temporary };
    let shared = (bits & IFA_F_SECONDARY_OR_TEMPORARY != 0).then_some(first);
    let dynamic = (bits & IFA_F_PERMANENT == 0).then_some(AddressFlag::Dynamic);
    let set = |(bit, flag)| (bits & bit != 0).then_some(flag);
    let rest = FLAGS.into_iter().filter_map(set);
    shared.into_iter().chain(dynamic).chain(rest).collect()
}
