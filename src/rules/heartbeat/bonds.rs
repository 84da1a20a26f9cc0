//! Bonds that carry heartbeats.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Bond, Fact, Interface, InterfaceKind, Member};
use crate::rules::phrase::{Lacking, Spot, list};
use crate::rules::{On, Report, Site};

/// Bonds that `judge` objects to, by its objection, each with its network: bonds that are members
/// of networks of role 1 or 3, or lie below them. An error is the cause why an option is lacking.
pub(super) fn objections<'a, T: Ord>(
    site: &Site<'a>,
    report: &mut Report,
    judge: impl Fn(&'a Bond) -> Result<Option<T>, &'static str>,
) -> Vec<(On<'a>, BTreeMap<T, Vec<Spot<'a>>>)> {
    let mut lacking = Lacking::new(Fact::Bond.as_str());
    let mut all = Vec::new();
    for network in site.authorised() {
        let mut found: BTreeMap<T, Vec<Spot<'_>>> = BTreeMap::new();
        for (member, interface) in bonds_of(site, network) {
            let spot = (&member.node, &interface.name);
            match interface.bond.as_ref().map(&judge) {
                Some(Ok(Some(objection))) => {
                    let spots = found.entry(objection).or_default();
                    if spots.last() != Some(&spot) {
                        spots.push(spot);
                    }
                }
                Some(Ok(None)) => {}
                Some(Err(cause)) => lacking.interface(spot.0, spot.1, cause),
                None => note(site, member, interface, &mut lacking),
            }
        }
        all.push((network, found));
    }
    lacking.tell(report);
    all
}

fn bonds_of<'a, 's>(
    site: &'s Site<'a>,
    on: On<'a>,
) -> impl Iterator<Item = (&'a Member, &'a Interface)> + use<'a, 's> {
    let members = on.network.members.iter().filter(|member| !member.faked);
    members.flat_map(move |member| bonds_below(site, member).map(move |bond| (member, bond)))
}

/// The bonds and teams that a member stands on, itself among them.
pub(super) fn bonds_below<'a>(
    site: &Site<'a>,
    member: &Member,
) -> impl Iterator<Item = &'a Interface> + use<'a> {
    let top = site.interface_of(member);
    let stack = top.map(|top| site.stack(&member.node, top)).unwrap_or_default();
    let is_bond = |one: &&Interface| matches!(one.kind, InterfaceKind::Bond | InterfaceKind::Team);
    stack.into_iter().filter(is_bond)
}

/// How an option of bonds is changed that the kernel takes before there are ports only.
pub(super) fn remake(option: &str, spots: &[Spot<'_>]) -> String {
    let bonds: BTreeSet<_> = spots.iter().map(|(_, bond)| bond).collect();
    format!(
        "set {option} for {} in the network configuration and make the bond anew, one node at a \
         time: that takes it down",
        list(bonds)
    )
}

/// Notes that the options of a bond are lacking.
pub(super) fn note(site: &Site<'_>, member: &Member, interface: &Interface, lacking: &mut Lacking) {
    let gap = site.gap(&member.node, Some(&interface.name), Fact::Bond);
    let cause = match gap {
        Some(gap) => gap.cause.as_str(),
        None if interface.kind == InterfaceKind::Team => "the kernel tells none of a team",
        None => "not in the inventory",
    };
    lacking.interface(&member.node, &interface.name, cause);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceName, NodeName};

    #[test]
    fn a_bond_with_ports_is_made_anew() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let bond = InterfaceName::new("bond0");
        assert_eq!(
            remake("lacp_rate fast", &[(&n1, &bond), (&n2, &bond)]),
            "set lacp_rate fast for bond0 in the network configuration and make the bond anew, \
             one node at a time: that takes it down"
        );
    }
}

#[cfg(test)]
pub(super) mod testing {
    use crate::model::{Bond, InterfaceKind, InterfaceName};
    use crate::testkit::Node;

    /// A bond of eno1 and eno2 in such a mode.
    pub(in crate::rules::heartbeat) fn bond(mode: &str, lacp_rate: Option<&str>) -> Bond {
        Bond {
            mode: mode.to_owned(),
            lacp_rate: lacp_rate.map(str::to_owned),
            miimon_ms: 100,
            updelay_ms: 0,
            downdelay_ms: 0,
            active: None,
        }
    }

    /// A node with an address on a VLAN that stands on such a bond.
    pub(in crate::rules::heartbeat) fn bonded(host: u8, options: Option<Bond>) -> Node {
        let over = |names: &[&str]| names.iter().map(|name| InterfaceName::new(*name)).collect();
        Node::new(&format!("n{host}"))
            .nic("eno1", &[])
            .nic("eno2", &[])
            .with("bond0", InterfaceKind::Bond, &[], |bond| {
                bond.lowers = over(&["eno1", "eno2"]);
                bond.bond = options;
            })
            .with("bond0.7", InterfaceKind::Vlan, &[&format!("10.0.7.{host}/24")], |vlan| {
                vlan.lowers = over(&["bond0"]);
            })
    }
}
