//! ADR016 excluded-interface-shares-subnet.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::seats::seats;
use crate::layout::{subnets, usable_addresses};
use crate::model::{InterfaceName, Locus, NodeName, Place, Severity, SkipReason, Skipped, Subnet};
use crate::rules::phrase::{LISTED, list, pattern, toml_string};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR016",
    name: "excluded-interface-shares-subnet",
    severity: Severity::Warning,
    docs: Docs {
        what: "An interface that does not count, by its kind, its name or the policy, has an \
               address in a subnet by which interfaces of other nodes are on a cluster network.",
        why: "Either the interface was left out by mistake and its node is missing on that \
              network, or two wires carry one subnet and software that picks addresses for \
              itself picks the wrong one.",
        example: "The policy excludes eth1 of node1, which has 10.0.1.1/24, while node2 is on a \
                  cluster network by 10.0.1.2/24.",
        remedy: "Take the pattern that excludes it out of the policy, or include the interface there \
                 where its kind or name leaves it out; else give it another subnet.",
        source: "Calico issue 1941: autodetection took the address of an interface that was not \
                 meant.",
    },
    check,
};

/// A network, the subnet of it that an interface carries, and that interface with its reason.
type Shared<'a> = (usize, Subnet, &'a InterfaceName, &'a SkipReason);

fn check(site: &Site<'_>, report: &mut Report) {
    let used = used(site);
    let mut found: BTreeMap<Shared<'_>, Vec<&NodeName>> = BTreeMap::new();
    for skipped in &site.layout.skipped {
        if exclusion(&skipped.reason).is_none() {
            continue;
        }
        for subnet in carried(site, skipped) {
            let Some((on, nodes)) = used.get(&subnet) else { continue };
            if nodes.iter().any(|node| **node != skipped.node) {
                let shared = (on.place, subnet, &skipped.interface, &skipped.reason);
                found.entry(shared).or_default().push(&skipped.node);
            }
        }
    }
    for ((_, subnet, interface, reason), nodes) in found {
        let Some((on, others)) = used.get(&subnet) else { continue };
        let others = list(others.iter().filter(|other| !nodes.contains(other)));
        let others = if others.is_empty() { "other nodes" } else { &others };
        let spot = |node: &NodeName| Locus::interface(node, interface).on(&on.network.name);
        let why = exclusion(reason).unwrap_or_default();
        let mut told = report.gather(&nodes, spot, |nodes| {
            let what = format!(
                "{interface} of {} does not count ({why}) and carries {subnet}, in use by {others}",
                list(nodes)
            );
            (
                what,
                format!("{} give it another subnet", counting(nodes, interface, reason))
                    .trim()
                    .to_owned(),
            )
        });
        told.at(place(site, reason));
    }
}

/// What lets the interface count, before another remedy. The policy's exclusions win over what it
/// includes, and a VRF device never counts.
fn counting(nodes: &[&NodeName], interface: &InterfaceName, reason: &SkipReason) -> String {
    match reason {
        SkipReason::VrfDevice => String::new(),
        SkipReason::Excluded(pattern) => {
            format!("take {} out of interfaces.exclude, or", toml_string(pattern))
        }
        _ => {
            let include = nodes.iter().take(LISTED).map(|node| pattern(Some(node), interface));
            let include: Vec<String> = include.collect();
            let others = match nodes.len().saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(" and so for {more} more"),
            };
            format!("include it (interfaces.include = [{}]{others}), or", include.join(", "))
        }
    }
}

/// Where the policy excludes.
fn place(site: &Site<'_>, reason: &SkipReason) -> Option<Place> {
    let is_policy = matches!(reason, SkipReason::Excluded(_));
    site.text.places.get("interfaces.exclude").copied().filter(|_| is_policy)
}

/// Subnets by which nodes are on networks, with these nodes.
fn used<'a>(site: &Site<'a>) -> BTreeMap<Subnet, (On<'a>, BTreeSet<&'a NodeName>)> {
    let mut used: BTreeMap<Subnet, (On<'_>, BTreeSet<&NodeName>)> = BTreeMap::new();
    for seat in seats(site) {
        for subnet in seat.subnets.iter().filter(|subnet| is_of_one_wire(**subnet)) {
            used.entry(*subnet).or_insert((seat.on, BTreeSet::new())).1.insert(seat.node);
        }
    }
    used
}

/// Whether its neighbours share a wire: neither a single address nor IPv6 link-local, which every
/// wire has.
fn is_of_one_wire(subnet: Subnet) -> bool {
    let link_local = matches!(subnet.address(), IpAddr::V6(ip) if ip.is_unicast_link_local());
    !subnet.is_host() && !link_local
}

fn carried(site: &Site<'_>, skipped: &Skipped) -> Vec<Subnet> {
    let interface = site.interface(&skipped.node, &skipped.interface);
    let addresses = interface.map(|it| usable_addresses(it, &site.policy.interfaces));
    subnets(&addresses.and_then(Result::ok).unwrap_or_default())
}

/// Why an interface is left out, when it is not for want of an address or for another interface
/// in its place.
fn exclusion(reason: &SkipReason) -> Option<String> {
    match reason {
        SkipReason::VrfDevice => Some("a VRF device".to_owned()),
        SkipReason::Excluded(pattern) => Some(format!("excluded by \"{pattern}\"")),
        SkipReason::ContainerName(pattern) => Some(format!("named like {pattern}")),
        SkipReason::VirtualBridge => Some("a bridge without hardware".to_owned()),
        SkipReason::Kind(kind) => Some(format!("of kind {}", kind.as_str())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Policy, PolicyText};
    use crate::rules::testing::{say, say_of_text, say_with};
    use crate::testkit::{Node, healthy};

    fn bridged(name: &str, address: &str) -> NodeInventory {
        Node::new(name).with("virbr0", InterfaceKind::Bridge, &[address], |_| ()).done()
    }

    fn exclude(pattern: &str) -> Policy {
        let mut policy = Policy::default();
        policy.interfaces.exclude.push(pattern.parse().unwrap());
        policy
    }

    #[test]
    fn fires_on_an_interface_of_another_kind() {
        let nodes =
            [bridged("n1", "10.0.1.1/24"), Node::new("n2").nic("eth1", &["10.0.1.2/24"]).done()];
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n1/virbr0@Cluster Network 1: virbr0 of n1 does not count (a bridge without hardware) \
             and carries 10.0.1.0/24, in use by n2"
        );
    }

    #[test]
    fn fires_on_what_the_policy_excludes_on_one_node_only() {
        let said = say_with(&RULE, &healthy(3), &exclude("n1/eth1"));
        assert!(said.one().starts_with("n1/eth1@Cluster Network 2: "));
        say_with(&RULE, &healthy(3), &exclude("eth1")).silent();
    }

    #[test]
    fn an_exclusion_is_taken_back_and_a_kind_is_included() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let nic = InterfaceName::new("eth1");
        let said = |reason| counting(&[&n1, &n2], &nic, &reason);
        assert_eq!(
            said(SkipReason::Excluded("n1/eth1".to_owned())),
            "take \"n1/eth1\" out of interfaces.exclude, or"
        );
        assert_eq!(
            said(SkipReason::VirtualBridge),
            "include it (interfaces.include = [\"n1/eth1\", \"n2/eth1\"]), or"
        );
        let mut text = PolicyText::default();
        let at = Place { line: 2, column: 9 };
        text.places.insert("interfaces.exclude".to_owned(), at);
        let said = say_of_text(&RULE, &healthy(3), (&exclude("n1/eth1"), &text));
        assert_eq!(said.places, [Some(at)]);
    }

    #[test]
    fn is_silent_where_no_other_node_uses_the_subnet() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[bridged("n1", "172.17.0.1/16"), bridged("n2", "172.17.0.1/16")]).silent();
        let both = Node::new("n1").nic("eth1", &["10.0.1.2/24"]).with(
            "virbr0",
            InterfaceKind::Bridge,
            &["10.0.1.1/24"],
            |_| (),
        );
        say(&RULE, &[both.done()]).silent();
    }

    #[test]
    fn another_prefix_length_or_a_single_address_shares_nothing() {
        let used = || Node::new("n2").nic("eth1", &["10.0.1.2/24"]).done();
        say(&RULE, &[bridged("n1", "10.0.1.1/25"), used()]).silent();
        say(&RULE, &[bridged("n1", "10.0.1.1/32"), used()]).silent();
    }

    #[test]
    fn ports_and_second_interfaces_are_other_rules_concern() {
        let port = |nic: &mut crate::model::Interface| nic.master = Some("br0".into());
        let node = Node::new("n1")
            .with("eth1", InterfaceKind::Physical, &["10.0.1.1/24"], port)
            .nic("eth2", &["10.0.1.3/24"])
            .nic("eth3", &["10.0.1.4/24"]);
        let other = Node::new("n2").nic("eth1", &["10.0.1.2/24"]);
        say(&RULE, &[node.done(), other.done()]).silent();
    }
}
