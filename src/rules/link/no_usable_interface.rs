//! LNK001 no-usable-interface.

use std::collections::{BTreeMap, BTreeSet};

use super::line::{revive, why_down};
use crate::model::{Fact, InterfaceName, Locus, Member, NodeName, Severity, SkipReason};
use crate::rules::phrase::{Lacking, list, word};
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
        remedy: "Set an interface up that is administratively down, or look at cable and switch \
                 port of one without carrier; give it an address of a network that other nodes \
                 are on, and include it in the policy when its kind does not count by itself.",
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
            _ => find(node, reasons.get(node).map(Vec::as_slice).unwrap_or_default(), report),
        }
    }
    lacking.tell(report);
}

fn find(node: &NodeName, reasons: &[Reason<'_>], report: &mut Report) {
    let detail = list(reasons.iter().map(|it| format!("{} {}", it.interface, it.words())));
    let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
    report.find(
        Locus::node(node),
        format!(
            "no interface is up with an address that a cluster network can be formed of{detail}"
        ),
        remedy(reasons),
    );
}

/// The first thing to do for each kind of reason.
fn remedy(reasons: &[Reason<'_>]) -> String {
    let mut steps: Vec<(&str, String)> = Vec::new();
    for reason in reasons {
        let step = reason.remedy();
        if !steps.iter().any(|(why, _)| *why == reason.why) {
            steps.push((reason.why, step));
        }
    }
    match steps.as_slice() {
        [] => "give an interface an address of a cluster network".to_owned(),
        all => all.iter().map(|(_, step)| step.as_str()).collect::<Vec<_>>().join("; "),
    }
}

fn members<'a>(site: &Site<'a>) -> impl Iterator<Item = &'a Member> + use<'a> {
    site.layout.networks.iter().flat_map(|network| &network.members)
}

/// Why an interface does not serve, where an administrator could change it.
struct Reason<'a> {
    interface: &'a InterfaceName,
    why: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Down,
    Faked,
    Excluded,
    Address,
}

impl Reason<'_> {
    fn words(&self) -> String {
        match self.kind {
            Kind::Down if self.why.starts_with("no ") => self.why.replacen("no ", "has no ", 1),
            Kind::Down if self.why.starts_with("the ") => format!("is down: {}", self.why),
            Kind::Down => format!("is {}", self.why),
            _ => self.why.to_owned(),
        }
    }

    fn remedy(&self) -> String {
        let name = word(self.interface);
        match self.kind {
            Kind::Down => revive(self.why, &name),
            Kind::Faked => format!("put a real adapter in the place of {name}"),
            Kind::Excluded => format!("take {name} out of interfaces.exclude of the policy"),
            Kind::Address => format!("give {name} an address of a cluster network"),
        }
    }
}

/// Reasons by node: those of members first.
fn reasons<'a>(site: &Site<'a>) -> BTreeMap<&'a NodeName, Vec<Reason<'a>>> {
    let mut reasons: BTreeMap<&NodeName, Vec<Reason<'_>>> = BTreeMap::new();
    for member in members(site) {
        let (why, kind) = match site.interface_of(member) {
            _ if member.faked => ("stands in for a missing adapter", Kind::Faked),
            Some(interface) => (why_down(interface), Kind::Down),
            None => continue,
        };
        let reason = Reason { interface: &member.interface, why, kind };
        reasons.entry(&member.node).or_default().push(reason);
    }
    for skipped in &site.layout.skipped {
        if let Some((why, kind)) = why_skipped(&skipped.reason) {
            let reason = Reason { interface: &skipped.interface, why, kind };
            reasons.entry(&skipped.node).or_default().push(reason);
        }
    }
    reasons
}

fn why_skipped(reason: &SkipReason) -> Option<(&'static str, Kind)> {
    match reason {
        SkipReason::Excluded(_) => Some(("is excluded by the policy", Kind::Excluded)),
        SkipReason::NoAddress => Some(("has no address", Kind::Address)),
        SkipReason::Ipv4LinkLocal(_) | SkipReason::Ipv6LinkLocal => {
            Some(("has a link-local address only", Kind::Address))
        }
        SkipReason::UnfitAddresses(_) => Some(("has no address fit to use", Kind::Address)),
        SkipReason::SecondOnNetwork { .. } => {
            Some(("is a second interface on its network", Kind::Address))
        }
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
    use crate::model::{Interface, InterfaceKind, NodeInventory, Policy};
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
             eth0 has no carrier and eth1 has no address"
        );
    }

    #[test]
    fn an_interface_that_is_set_down_is_told_from_one_without_carrier() {
        let both = |first: fn(&mut Interface), second: fn(&mut Interface)| {
            let node = Node::new("n3")
                .with("eth0", InterfaceKind::Physical, &["10.0.0.3/24"], first)
                .with("eth1", InterfaceKind::Physical, &["10.0.1.3/24"], second);
            let said = say(&RULE, &[node.done()]);
            let (_, detail) = said.one().split_once("formed of: ").unwrap();
            (detail.to_owned(), said.remedies[0].clone())
        };
        let set_down: fn(&mut Interface) = |one| one.admin_up = false;
        let told = |detail: &str, remedy: &str| (detail.to_owned(), remedy.to_owned());
        assert_eq!(
            both(set_down, set_down),
            told(
                "eth0 is administratively down and eth1 is administratively down",
                "ip link set eth0 up"
            )
        );
        assert_eq!(
            both(down, down),
            told(
                "eth0 has no carrier and eth1 has no carrier",
                "check cable and switch port: ethtool eth0"
            )
        );
        assert_eq!(
            both(down, set_down).1,
            "check cable and switch port: ethtool eth0; ip link set eth1 up"
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
