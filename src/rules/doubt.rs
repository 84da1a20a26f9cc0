//! What nodes hide, and findings that it could speak against, which are only likely then.

use std::collections::{BTreeMap, BTreeSet};

use super::phrase::hidden_line;
use super::rests::{Reach, Weight, reach, weight};
use super::{On, Rule, Site};
use crate::model::{Fact, InterfaceName, Locus, MetricScheme, NodeName, RoleReason};

/// What nodes hide that could make networks, or what they carry, otherwise.
#[derive(Debug, Default)]
pub(super) struct Hidden<'a> {
    never: BTreeSet<(&'a NodeName, &'a InterfaceName)>,
    nodes: BTreeMap<Fact, BTreeSet<&'a NodeName>>,
    lines: BTreeMap<Fact, String>,
}

impl<'a> Hidden<'a> {
    /// What the nodes hide of themselves as a whole, or of an interface that counts or might.
    pub(super) fn of(site: &Site<'a>) -> Self {
        let skipped = site.layout.skipped.iter().filter(|one| !one.reason.is_of_candidate());
        let never = skipped.map(|one| (&one.node, &one.interface)).collect();
        let mut hidden = Self { never, ..Self::default() };
        let automatic = nodes_by_themselves(site);
        for fact in Fact::ALL {
            let matters = |node: &NodeName, interface: Option<&InterfaceName>| {
                hidden.counts(node, interface) && decides(site, fact, automatic.contains(node))
            };
            let has = |gaps: &[crate::model::Gap], node: &NodeName| {
                gaps.iter().any(|gap| gap.fact == fact && matters(node, gap.interface.as_ref()))
            };
            let nodes = site.inventories.iter().filter(|it| has(&it.gaps, &it.node));
            let nodes: BTreeSet<&NodeName> = nodes.map(|it| &it.node).collect();
            if let Some(line) = hidden_line(site, fact, matters) {
                hidden.lines.insert(fact, line);
                hidden.nodes.insert(fact, nodes);
            }
        }
        hidden
    }

    /// Where a fact is hidden, and why, in one line.
    pub(super) fn line(&self, fact: Fact) -> Option<&str> {
        self.lines.get(&fact).map(String::as_str)
    }

    /// Whether some node may have further interfaces or addresses.
    pub(super) fn interfaces(&self) -> bool {
        [Fact::Link, Fact::Addresses].iter().any(|fact| self.nodes.contains_key(fact))
    }

    /// Whether a node, or an interface of it, counts for the cluster or might.
    fn counts(&self, node: &NodeName, interface: Option<&InterfaceName>) -> bool {
        interface.is_none_or(|name| !self.never.contains(&(node, name)))
    }

    /// Whether the fact is hidden where it could speak against a finding of `rule` at `locus`.
    fn speaks(&self, site: &Site<'_>, (rule, locus): (&Rule, &Locus), fact: Fact) -> bool {
        let Some(nodes) = self.nodes.get(&fact) else { return false };
        match (&locus.node, weight(rule, fact)) {
            (Some(node), _) if reach(rule) == Reach::Node => nodes.contains(node),
            (_, Weight::Doubtful) if fact == Fact::StorageSessions => {
                takes_role(site, nodes, locus)
            }
            (_, weight) => weight.makes_doubtful(),
        }
    }
}

/// Whether a gap of the fact could make networks or what they carry otherwise. Storage takes a
/// role only from a network that has it by itself, and speed, RDMA and RSS make metrics only under
/// scheme 2012.
fn decides(site: &Site<'_>, fact: Fact, is_automatic: bool) -> bool {
    match fact {
        Fact::StorageSessions => is_automatic,
        Fact::Speed | Fact::Device | Fact::Rdma => site.policy.metric_scheme == MetricScheme::W2012,
        _ => true,
    }
}

/// Nodes on a network that has its role by itself.
fn nodes_by_themselves<'a>(site: &Site<'a>) -> BTreeSet<&'a NodeName> {
    let members = site.networks().filter(is_by_itself).flat_map(|on| &on.network.members);
    members.map(|member| &member.node).collect()
}

fn is_by_itself(on: &On<'_>) -> bool {
    matches!(on.assigned.role_reason, RoleReason::Gateway { .. } | RoleReason::NoGateway)
}

/// Whether storage that is not known may take the role of the finding's network, or of any where
/// the finding is about none.
fn takes_role(site: &Site<'_>, hiding: &BTreeSet<&NodeName>, locus: &Locus) -> bool {
    let is_meant = |on: &On<'_>| locus.network.as_ref().is_none_or(|it| *it == on.network.name);
    let mut networks = site.networks().filter(is_meant).filter(is_by_itself);
    networks.any(|on| on.network.members.iter().any(|it| hiding.contains(&it.node)))
}

/// Whether a hidden fact could speak against a finding of `rule` at `locus`.
pub(super) fn is_doubtful(site: &Site<'_>, rule: &Rule, locus: &Locus) -> bool {
    let mut facts = Fact::ALL.into_iter().filter(|fact| weight(rule, *fact).makes_doubtful());
    facts.any(|fact| site.hidden().speaks(site, (rule, locus), fact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Findings, NodeInventory, Policy, PolicyText};
    use crate::rules::testing::gap;
    use crate::rules::{Selection, judge};
    use crate::testkit::{Node, healthy};
    use crate::{layout, policy};

    fn judged(nodes: &[NodeInventory], code: &str) -> Findings {
        let (set, text) = (Policy::default(), PolicyText::default());
        let layout = layout::form(nodes, &set);
        let assignment = policy::assign(&layout, &set);
        let all = nodes.iter().collect();
        let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
        judge(&site, &Selection { select: vec![code.to_owned()], ignore: Vec::new() })
    }

    fn are_likely(nodes: &[NodeInventory], code: &str) -> Vec<bool> {
        let findings = judged(nodes, code).findings;
        findings.iter().map(|it| it.confidence == Confidence::Likely).collect()
    }

    /// Two nodes with one network, of which the first has a further interface without addresses.
    fn poor() -> Vec<NodeInventory> {
        let one = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).nic("eth1", &[]);
        vec![one.done(), Node::new("n2").nic("eth0", &["10.0.0.2/24"]).done()]
    }

    fn hiding(interface: Option<&str>, fact: Fact) -> Vec<NodeInventory> {
        let mut nodes = poor();
        nodes[0].gaps.push(gap(interface, fact));
        nodes
    }

    #[test]
    fn what_is_all_known_is_certain() {
        for code in ["RED001", "RED004"] {
            assert!(are_likely(&poor(), code).contains(&false), "{code}");
            assert!(!are_likely(&poor(), code).contains(&true), "{code}");
        }
    }

    #[test]
    fn a_node_or_a_candidate_of_it_that_hides_something_makes_absence_likely() {
        for fact in [Fact::Link, Fact::Addresses, Fact::Routes4, Fact::Routes6] {
            for interface in [None, Some("eth0"), Some("eth1"), Some("eth9")] {
                assert_eq!(are_likely(&hiding(interface, fact), "RED004"), [true], "{fact:?}");
            }
        }
        for fact in [Fact::Speed, Fact::Counters, Fact::StorageSessions] {
            assert_eq!(are_likely(&hiding(None, fact), "RED004"), [false], "{fact:?}");
        }
    }

    #[test]
    fn an_interface_that_never_counts_hides_nothing() {
        let mut nodes = hiding(Some("docker0"), Fact::Addresses);
        nodes[0].interfaces.extend(
            Node::new("n1")
                .with("docker0", crate::model::InterfaceKind::Bridge, &["172.17.0.1/16"], |_| ())
                .done()
                .interfaces,
        );
        assert_eq!(are_likely(&nodes, "RED004"), [false]);
    }

    #[test]
    fn what_is_said_of_one_node_rests_on_that_node() {
        let mut nodes = poor();
        nodes[0].interfaces[1].addresses = vec![crate::testkit::address("10.0.1.1/24", &[])];
        nodes[0].gaps.push(gap(None, Fact::Addresses));
        assert_eq!(are_likely(&nodes, "RED001"), [false], "n2 has one adapter, n1 hides some");
        nodes[1].gaps.push(gap(Some("eth0"), Fact::Addresses));
        assert_eq!(are_likely(&nodes, "RED001"), [true]);
    }

    #[test]
    fn hidden_sessions_make_automatic_roles_doubtful() {
        let mut nodes = healthy(2);
        for nic in nodes.iter_mut().map(|node| &mut node.interfaces[1]) {
            for address in &mut nic.addresses {
                address.flags.push(crate::model::AddressFlag::Dynamic);
            }
        }
        assert_eq!(are_likely(&nodes, "ADR008"), [false]);
        nodes[1].gaps.push(gap(None, Fact::StorageSessions));
        assert_eq!(are_likely(&nodes, "ADR008"), [true]);
    }
}
