//! Hidden facts that could speak against findings, which are only likely then.

use std::collections::BTreeSet;

use super::{Rule, Site};
use crate::model::{Fact, InterfaceName, Locus, NodeName, RoleReason};

/// Nodes that hide facts which decide about networks and roles.
#[derive(Debug, Default)]
pub(super) struct Hidden<'a> {
    never: BTreeSet<(&'a NodeName, &'a InterfaceName)>,
    interfaces: BTreeSet<&'a NodeName>,
    routes: BTreeSet<&'a NodeName>,
    sessions: BTreeSet<&'a NodeName>,
}

/// What findings of a rule rest on beyond the facts that they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    /// Nothing: what is hidden can't speak against them.
    Named,
    /// That the node has no further interface or address.
    Node,
    /// That the network carries no storage, where it has its role by itself.
    Role,
    /// Networks and their members, all over the cluster. Storage that is not known would leave
    /// fewer networks, and nothing more redundant.
    Layout,
    /// Those, and roles and what networks carry by them.
    Roles,
}

impl<'a> Hidden<'a> {
    /// What the nodes hide of themselves as a whole, or of an interface that counts or might.
    pub(super) fn of(site: &Site<'a>) -> Self {
        let skipped = site.layout.skipped.iter().filter(|one| !one.reason.is_of_candidate());
        let never = skipped.map(|one| (&one.node, &one.interface)).collect();
        let mut hidden = Self { never, ..Self::default() };
        for inventory in &site.inventories {
            let node = &inventory.node;
            for gap in &inventory.gaps {
                if !hidden.counts(node, gap.interface.as_ref()) {
                    continue;
                }
                match gap.fact {
                    Fact::Link | Fact::Addresses => _ = hidden.interfaces.insert(node),
                    Fact::Routes4 | Fact::Routes6 => _ = hidden.routes.insert(node),
                    Fact::StorageSessions => _ = hidden.sessions.insert(node),
                    _ => {}
                }
            }
        }
        hidden
    }

    /// Whether a node, or an interface of it, counts for the cluster or might.
    pub(super) fn counts(&self, node: &NodeName, interface: Option<&InterfaceName>) -> bool {
        interface.is_none_or(|name| !self.never.contains(&(node, name)))
    }

    /// Whether networks, roles and what they carry may be otherwise.
    pub(super) fn layout(&self) -> bool {
        !self.interfaces.is_empty() || !self.routes.is_empty()
    }

    /// Whether the node may have further interfaces or addresses; without a node, whether any may.
    pub(super) fn node(&self, node: Option<&NodeName>) -> bool {
        node.map_or(!self.interfaces.is_empty(), |node| self.interfaces.contains(node))
    }

    /// Whether a network may carry storage that is not known, which would take its role away.
    fn role(&self, site: &Site<'_>, locus: &Locus) -> bool {
        let Some(name) = &locus.network else { return false };
        let Some(on) = site.networks().find(|on| on.network.name == *name) else { return false };
        let by_itself =
            matches!(on.assigned.role_reason, RoleReason::Gateway { .. } | RoleReason::NoGateway);
        by_itself && on.network.members.iter().any(|member| self.sessions.contains(&member.node))
    }
}

/// Whether a hidden fact could speak against a finding of `rule` at `locus`.
pub(super) fn is_doubtful(site: &Site<'_>, rule: &Rule, locus: &Locus) -> bool {
    let hidden = site.hidden();
    match basis(rule) {
        Basis::Named => false,
        Basis::Node => hidden.node(locus.node.as_ref()),
        Basis::Role => hidden.role(site, locus),
        Basis::Layout => hidden.layout(),
        Basis::Roles => hidden.layout() || hidden.role(site, locus),
    }
}

/// Whether a rule rests on which networks there are and who is on them.
pub(super) fn rests_on_layout(rule: &Rule) -> bool {
    matches!(basis(rule), Basis::Node | Basis::Layout | Basis::Roles)
}

fn basis(rule: &Rule) -> Basis {
    match (rule.code, rule.group()) {
        ("ROL004" | "ROL007", _) => Basis::Named,
        ("ADR009" | "ADR015" | "LNK001" | "RED001", _) => Basis::Node,
        ("ADR002", _) => Basis::Role,
        ("HBT003", _) | (_, "RED" | "STO") => Basis::Layout,
        ("ADR008" | "ADR013", _) | (_, "MIG" | "ROL") => Basis::Roles,
        _ => Basis::Named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Findings, NodeInventory, Policy, PolicyText};
    use crate::rules::testing::gap;
    use crate::rules::{Selection, judge, registry};
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

    #[test]
    fn every_rule_that_is_named_exists() {
        let codes =
            ["ADR002", "ADR008", "ADR009", "ADR013", "ADR015", "HBT003", "LNK001", "RED001"];
        for code in codes.into_iter().chain(["ROL004", "ROL007"]) {
            assert!(registry::find(code).is_some(), "{code}");
        }
    }
}
