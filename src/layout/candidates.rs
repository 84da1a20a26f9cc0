//! Which interfaces of a node may sit on a cluster network.

use std::net::IpAddr;

use ipnetwork::IpNetwork;

use super::facts::NodeFacts;
use crate::model::{
    Address, AddressFlag, Interface, InterfaceKind, InterfacePolicy, Member, NodeInventory, Scope,
    SkipReason, Skipped, Subnet,
};

/// An interface that may sit on a cluster network, with the subnets that put it there.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its subnets, in order of enumeration; never empty.
    pub subnets: Vec<Subnet>,
    /// The interface as a member of the network to come.
    pub member: Member,
}

/// Names that container networks give to interfaces; no cluster traffic goes over them.
const CONTAINER_NAMES: [&str; 7] =
    ["cali*", "cni*", "flannel*", "lxcbr*", "tunl*", "kube-ipvs*", "nodelocaldns*"];

/// Judges every interface of a node: each becomes a candidate or is skipped with its reason.
///
/// Criteria, first match decides: loopback; VRF device; port of another interface; excluded by
/// the policy; included by the policy (an adapter that leads nowhere is then *faked*); a container
/// network's name; its kind; its addresses.
///
/// Not handled: a bridge whose physical port is reached through an overlay.
pub(super) fn judge(
    inventory: &NodeInventory,
    policy: &InterfacePolicy,
    candidates: &mut Vec<Candidate>,
    skipped: &mut Vec<Skipped>,
) {
    let facts = NodeFacts::of(inventory);
    for interface in &inventory.interfaces {
        match candidate(interface, &facts, policy) {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => skipped.push(Skipped {
                node: inventory.node.clone(),
                interface: interface.name.clone(),
                reason,
            }),
        }
    }
}

fn candidate(
    interface: &Interface,
    facts: &NodeFacts<'_>,
    policy: &InterfacePolicy,
) -> Result<Candidate, SkipReason> {
    structure(interface, facts)?;
    let included = selected(interface, facts, policy)?;
    if !included {
        named_by_containers(interface)?;
        kind_counts(interface, facts)?;
    }
    let addresses = usable_addresses(interface, policy)?;
    Ok(Candidate {
        subnets: subnets(&addresses),
        member: facts.member(interface, addresses.iter().map(|used| used.address).collect()),
    })
}

fn structure(interface: &Interface, facts: &NodeFacts<'_>) -> Result<(), SkipReason> {
    match (&interface.kind, &interface.master) {
        (InterfaceKind::Loopback, _) => Err(SkipReason::Loopback),
        (InterfaceKind::Vrf, _) => Err(SkipReason::VrfDevice),
        (_, Some(master)) if !facts.is_vrf(master) => Err(SkipReason::PortOf(master.clone())),
        _ => Ok(()),
    }
}

/// Whether the policy includes the interface; an error when it excludes it.
fn selected(
    interface: &Interface,
    facts: &NodeFacts<'_>,
    policy: &InterfacePolicy,
) -> Result<bool, SkipReason> {
    let node = &facts.inventory.node;
    let name = interface.name.as_str();
    if let Some(pattern) = policy.exclude.iter().find(|pattern| pattern.matches(node, name)) {
        return Err(SkipReason::Excluded(pattern.to_string()));
    }
    Ok(policy.include.iter().any(|pattern| pattern.matches(node, name)))
}

fn named_by_containers(interface: &Interface) -> Result<(), SkipReason> {
    let name = interface.name.as_str();
    let used = |pattern: &&str| name.starts_with(pattern.trim_end_matches('*'));
    match CONTAINER_NAMES.iter().find(|pattern| used(pattern)) {
        Some(pattern) => Err(SkipReason::ContainerName((*pattern).to_owned())),
        None => Ok(()),
    }
}

fn kind_counts(interface: &Interface, facts: &NodeFacts<'_>) -> Result<(), SkipReason> {
    match interface.kind {
        InterfaceKind::Physical
        | InterfaceKind::Infiniband
        | InterfaceKind::Bond
        | InterfaceKind::Team
        | InterfaceKind::Vlan
        | InterfaceKind::Macvlan
        | InterfaceKind::Ipvlan
        | InterfaceKind::OpenVswitch => Ok(()),
        InterfaceKind::Bridge if facts.reaches_hardware(interface) => Ok(()),
        InterfaceKind::Bridge => Err(SkipReason::VirtualBridge),
        InterfaceKind::Veth if interface.addresses.iter().any(is_usable) => Ok(()),
        InterfaceKind::Veth => Err(SkipReason::VethWithoutAddress),
        _ => Err(SkipReason::Kind(interface.kind.clone())),
    }
}

/// Addresses of an interface that put it on a network.
///
/// # Errors
/// When there is none, with the reason why the interface is on no network.
pub fn usable_addresses<'a>(
    interface: &'a Interface,
    policy: &InterfacePolicy,
) -> Result<Vec<&'a Address>, SkipReason> {
    let usable: Vec<&Address> = interface.addresses.iter().filter(|one| is_usable(one)).collect();
    if !usable.is_empty() {
        return Ok(usable);
    }
    let link_local = || interface.addresses.iter().filter(|one| is_fit(one) && is_ipv6_local(one));
    if policy.ipv6_link_local && interface.kind == InterfaceKind::Physical {
        let local: Vec<&Address> = link_local().collect();
        if !local.is_empty() {
            return Ok(local);
        }
    }
    Err(why_no_address(interface))
}

fn why_no_address(interface: &Interface) -> SkipReason {
    let matching = |wanted: fn(&Address) -> bool| -> Vec<IpNetwork> {
        let found = interface.addresses.iter().filter(|one| wanted(one));
        found.map(|one| one.address).collect()
    };
    let unfit = matching(|one| !is_ipv4_local(one) && !is_ipv6_local(one));
    let ipv4_local = matching(is_ipv4_local);
    if !unfit.is_empty() {
        SkipReason::UnfitAddresses(unfit)
    } else if !ipv4_local.is_empty() {
        SkipReason::Ipv4LinkLocal(ipv4_local)
    } else if interface.addresses.is_empty() {
        SkipReason::NoAddress
    } else {
        SkipReason::Ipv6LinkLocal
    }
}

/// Whether the address may form a network: valid beyond the host, not link-local, and settled.
fn is_usable(address: &Address) -> bool {
    is_fit(address)
        && !is_ipv4_local(address)
        && !is_ipv6_local(address)
        && !matches!(address.scope, Scope::Host | Scope::Nowhere)
        && !address.address.ip().is_loopback()
        && !address.address.ip().is_unspecified()
        && !address.address.ip().is_multicast()
}

/// Whether no flag speaks against the address.
fn is_fit(address: &Address) -> bool {
    use AddressFlag::{Dadfailed, Deprecated, Temporary, Tentative};
    ![Temporary, Deprecated, Tentative, Dadfailed].into_iter().any(|flag| address.has(flag))
}

fn is_ipv4_local(address: &Address) -> bool {
    matches!(address.address.ip(), IpAddr::V4(ip) if ip.is_link_local())
}

fn is_ipv6_local(address: &Address) -> bool {
    matches!(address.address.ip(), IpAddr::V6(ip) if ip.is_unicast_link_local())
}

/// Subnets of the addresses, in order. A host prefix (/32, /128: a virtual or leased address) adds
/// none where there is a wider one; alone it stands, since the interface is on no other subnet.
#[must_use]
pub fn subnets(addresses: &[&Address]) -> Vec<Subnet> {
    let subnet = |one: &&Address| Subnet::of(one.peer.unwrap_or(one.address));
    let mut all: Vec<Subnet> = addresses.iter().map(subnet).collect();
    if all.iter().any(|subnet| !subnet.is_host()) {
        all.retain(|subnet| !subnet.is_host());
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
