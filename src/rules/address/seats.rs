//! Candidate interfaces with the addresses that put them on their networks.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{subnets, usable_addresses};
use crate::model::{
    Address, AddressFlag, Interface, InterfaceName, Locus, NodeName, SkipReason, Subnet,
};
use crate::rules::phrase::list;
use crate::rules::{On, Site};

/// An interface on a network, whether it counts there or not.
#[derive(Clone, Debug)]
pub(super) struct Seat<'a> {
    pub(super) node: &'a NodeName,
    pub(super) interface: &'a Interface,
    /// Its network.
    pub(super) on: On<'a>,
    /// Whether it is a member, not a further interface of its node that does not count.
    pub(super) counts: bool,
    /// Whether it only stands in for a missing adapter.
    pub(super) faked: bool,
    /// Addresses that put it on the network.
    pub(super) addresses: Vec<&'a Address>,
    /// Subnets of these addresses.
    pub(super) subnets: Vec<Subnet>,
}

impl Seat<'_> {
    /// Node and interface, as messages name them.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.node, self.interface.name)
    }

    /// The interface on its network.
    pub(super) fn spot(&self) -> Locus {
        Locus::interface(self.node, &self.interface.name).on(&self.on.network.name)
    }

    /// Whether any IPv4 address comes from DHCP.
    pub(super) fn has_dhcp(&self) -> bool {
        self.ipv4().any(|address| address.has(AddressFlag::Dynamic))
    }

    /// Whether any IPv4 address of the node's own is set by hand: one more in the same subnet, or a
    /// host prefix beside the subnet, is a service's that may move.
    pub(super) fn has_static(&self) -> bool {
        self.ipv4().any(|address| {
            let own = self.subnets.contains(&subnet_of(address));
            own && !address.has(AddressFlag::Dynamic) && !address.has(AddressFlag::Secondary)
        })
    }

    fn ipv4(&self) -> impl Iterator<Item = &&Address> {
        self.addresses.iter().filter(|address| address.address.is_ipv4())
    }
}

/// The subnet that an address stands for: its peer's on a point-to-point link.
pub(super) fn subnet_of(address: &Address) -> Subnet {
    Subnet::of(address.peer.unwrap_or(address.address))
}

/// Every interface on a network: members, then further interfaces that do not count.
pub(super) fn seats<'a>(site: &Site<'a>) -> Vec<Seat<'a>> {
    let mut seats = Vec::new();
    for on in site.networks() {
        for member in &on.network.members {
            let seat = seat(site, (&member.node, &member.interface), on);
            seats.extend(seat.map(|seat| Seat { faked: member.faked, ..seat }));
        }
    }
    let by_name: BTreeMap<&str, On<'a>> =
        site.networks().map(|on| (on.network.name.as_str(), on)).collect();
    for skipped in &site.layout.skipped {
        if let SkipReason::SecondOnNetwork { network, .. } = &skipped.reason
            && let Some(on) = by_name.get(network.as_str())
        {
            let seat = seat(site, (&skipped.node, &skipped.interface), *on);
            seats.extend(seat.map(|seat| Seat { counts: false, ..seat }));
        }
    }
    seats
}

fn seat<'a>(
    site: &Site<'a>,
    (node, name): (&'a NodeName, &InterfaceName),
    on: On<'a>,
) -> Option<Seat<'a>> {
    let interface = site.interface(node, name)?;
    let addresses = usable_addresses(interface, &site.policy.interfaces).unwrap_or_default();
    let subnets = subnets(&addresses);
    Some(Seat { node, interface, on, counts: true, faked: false, addresses, subnets })
}

/// Interfaces that count by their kind, but have no address to be on a network with.
pub(super) fn without_network<'a>(
    site: &Site<'a>,
) -> impl Iterator<Item = (&'a NodeName, &'a Interface, &'a SkipReason)> {
    let skipped = site.layout.skipped.iter().filter(|skipped| skipped.reason.lacks_address());
    skipped.filter_map(|skipped| {
        let interface = site.interface(&skipped.node, &skipped.interface)?;
        Some((&skipped.node, interface, &skipped.reason))
    })
}

/// Nodes and interfaces that hold each subnet.
pub(super) fn holders<'a, 'b>(
    seats: impl IntoIterator<Item = &'b Seat<'a>>,
) -> BTreeMap<Subnet, Vec<&'b Seat<'a>>>
where
    'a: 'b,
{
    let mut holders: BTreeMap<Subnet, Vec<&Seat<'a>>> = BTreeMap::new();
    for seat in seats {
        for subnet in &seat.subnets {
            holders.entry(*subnet).or_default().push(seat);
        }
    }
    holders
}

/// Pairs of a wider and a narrower subnet inside it, out of subnets in order of enumeration.
pub(super) fn nested(subnets: impl IntoIterator<Item = Subnet>) -> Vec<(Subnet, Subnet)> {
    let mut pairs = Vec::new();
    let mut around: Vec<Subnet> = Vec::new();
    for subnet in subnets {
        let holds =
            |wide: &Subnet| wide.is_ipv4() == subnet.is_ipv4() && wide.contains(subnet.address());
        while around.last().is_some_and(|last| !holds(last)) {
            around.pop();
        }
        pairs.extend(around.iter().map(|wide| (*wide, subnet)));
        around.push(subnet);
    }
    pairs
}

/// Names of seats in a row.
pub(super) fn names(seats: &[&Seat<'_>]) -> String {
    list(seats.iter().map(|seat| seat.name()))
}

/// Interfaces that count by their kind, name and the policy, with their nodes: all but those that
/// are skipped for what they are.
pub(super) fn candidates<'a>(site: &Site<'a>) -> BTreeSet<(&'a NodeName, &'a InterfaceName)> {
    let members = site.layout.networks.iter().flat_map(|network| &network.members);
    let members = members.map(|member| (&member.node, &member.interface));
    let skipped = site.layout.skipped.iter().filter(|skipped| skipped.reason.is_of_candidate());
    members.chain(skipped.map(|skipped| (&skipped.node, &skipped.interface))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_subnets_are_found_at_every_depth() {
        let parse = |text: &str| text.parse::<Subnet>().unwrap();
        let subnets = ["10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.1.0.0/16", "::/0"];
        let pairs = nested(subnets.map(parse));
        let text: Vec<String> = pairs.iter().map(|(a, b)| format!("{a} {b}")).collect();
        assert_eq!(
            text,
            [
                "10.0.0.0/8 10.0.0.0/16",
                "10.0.0.0/8 10.0.1.0/24",
                "10.0.0.0/16 10.0.1.0/24",
                "10.0.0.0/8 10.1.0.0/16"
            ]
        );
    }
}
