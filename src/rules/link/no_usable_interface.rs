//! LNK001 no-usable-interface.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Fact, Locus, NodeName, Severity, SkipReason};
use crate::rules::phrase::{Lacking, list};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK001",
    name: "no-usable-interface",
    severity: Severity::Error,
    docs: Docs {
        what: "A node has no interface that is up, may sit on a cluster network and has an address \
               fit to use there. An adapter that only stands in for a missing one does not count.",
        why: "The node reaches no other node and can't join the cluster.",
        example: "On node3 eth0 is administratively down and eth1 has no address.",
        remedy: "Set an interface up and give it an address of a network that other nodes are on; \
                 include it in the policy when its kind does not count by itself.",
        source: "Test-Cluster's Validate Network Communication; the Assisted Installer demands one \
                 address of the machine network on each host.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new(Fact::Addresses.as_str());
    let served: BTreeSet<&NodeName> = members(site)
        .filter(|member| member.up && !member.faked)
        .map(|member| &member.node)
        .collect();
    let reasons = reasons(site);
    for inventory in &site.inventories {
        let node = &inventory.node;
        if served.contains(node) {
            continue;
        }
        let without = inventory.interfaces.iter().all(|one| one.addresses.is_empty());
        match site.gap(node, None, Fact::Addresses) {
            Some(gap) if without => lacking.node(node, &gap.cause),
            _ => find(node, reasons.get(node), report),
        }
    }
    lacking.tell(report);
}

fn find(node: &NodeName, reasons: Option<&Vec<String>>, report: &mut Report) {
    let detail = reasons.map_or_else(String::new, |reasons| format!(": {}", list(reasons)));
    report.find(
        Locus::node(node),
        format!(
            "no interface is up with an address that a cluster network can be formed of{detail}"
        ),
        "ip link set IFACE up, and give it an address of a cluster network",
    );
}

fn members<'a>(site: &Site<'a>) -> impl Iterator<Item = &'a crate::model::Member> + use<'a> {
    site.layout.networks.iter().flat_map(|network| &network.members)
}

/// Why the interfaces of each node do not serve, where an administrator could change it.
fn reasons<'a>(site: &Site<'a>) -> BTreeMap<&'a NodeName, Vec<String>> {
    let mut reasons: BTreeMap<&NodeName, Vec<String>> = BTreeMap::new();
    for member in members(site) {
        let why = if member.faked { "stands in for a missing adapter" } else { "is down" };
        let all = reasons.entry(&member.node).or_default();
        all.push(format!("{} {why}", member.interface));
    }
    for skipped in &site.layout.skipped {
        if let Some(why) = why_skipped(&skipped.reason) {
            let all = reasons.entry(&skipped.node).or_default();
            all.push(format!("{} {why}", skipped.interface));
        }
    }
    reasons
}

fn why_skipped(reason: &SkipReason) -> Option<&'static str> {
    match reason {
        SkipReason::Excluded(_) => Some("is excluded by the policy"),
        SkipReason::NoAddress => Some("has no address"),
        SkipReason::Ipv4LinkLocal(_) | SkipReason::Ipv6LinkLocal => {
            Some("has a link-local address only")
        }
        SkipReason::UnfitAddresses(_) => Some("has no address fit to use"),
        SkipReason::SecondOnNetwork { .. } => Some("is a second interface on its network"),
        SkipReason::Loopback
        | SkipReason::PortOf(_)
        | SkipReason::VrfDevice
        | SkipReason::ContainerName(_)
        | SkipReason::VirtualBridge
        | SkipReason::Kind(_)
        | SkipReason::VethWithoutAddress => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Policy};
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, down, healthy};

    fn cut_off() -> NodeInventory {
        Node::new("n3")
            .with("lo", InterfaceKind::Loopback, &["127.0.0.1/8"], |_| ())
            .with("eth0", InterfaceKind::Physical, &["10.0.0.3/24"], down)
            .nic("eth1", &[])
            .with("docker0", InterfaceKind::Bridge, &["172.17.0.1/16"], |_| ())
            .done()
    }

    #[test]
    fn fires_on_a_node_whose_interfaces_are_down_or_bare() {
        let mut nodes = healthy(2);
        nodes.push(cut_off());
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n3: no interface is up with an address that a cluster network can be formed of: \
             eth0 is down and eth1 has no address"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_with_one_interface_left() {
        say(&RULE, &healthy(4)).silent();
        let mut node = cut_off();
        node.interfaces[2].addresses = vec![crate::testkit::address("10.0.1.3/24", &[])];
        say(&RULE, &[node]).silent();
    }

    #[test]
    fn a_faked_adapter_serves_nobody() {
        let policy = Policy {
            interfaces: crate::model::InterfacePolicy {
                include: vec!["dummy0".parse().unwrap()],
                ..Default::default()
            },
            ..Policy::default()
        };
        let head = Node::new("n1").with("dummy0", InterfaceKind::Dummy, &["10.0.0.9/24"], |_| ());
        let said = say_with(&RULE, &[head.done()], &policy);
        assert!(said.one().ends_with("dummy0 stands in for a missing adapter"), "{}", said.one());
    }

    #[test]
    fn is_not_judged_without_addresses() {
        let node = Node::new("n1").nic("eth0", &[]);
        let node = node.change(|it| it.gaps.push(gap(None, Fact::Addresses))).done();
        let said = say(&RULE, &[node]);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["addresses of n1 are not known: not told"]);
    }
}
