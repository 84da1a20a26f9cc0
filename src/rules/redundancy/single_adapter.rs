//! RED001 single-adapter.

use std::collections::{BTreeMap, BTreeSet};

use crate::failover::NodeParts;
use crate::model::{InterfaceName, Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED001",
    name: "single-adapter",
    severity: Severity::Warning,
    docs: Docs {
        what: "All cluster networks of a node stand on one network adapter. The ports of a bond \
               count one by one; a faked adapter counts for none; VLANs count as the adapter below.",
        why: "One broken cable, port or driver takes the node off every network at once.",
        example: "n3 has eth0 with 10.0.0.3/24 and nothing else.",
        remedy: "Put a second adapter of the node onto another network, or bond two ports.",
        source: "Test-Cluster warns of nodes with a single network adapter.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut by_adapter: BTreeMap<&InterfaceName, Vec<&NodeName>> = BTreeMap::new();
    for node in &site.parts().nodes {
        let adapters = adapters(node);
        if let (Some(adapter), 1) = (adapters.first(), adapters.len()) {
            by_adapter.entry(adapter).or_default().push(node.node);
        }
    }
    for (adapter, nodes) in by_adapter {
        let tell = |nodes: &[&NodeName]| {
            let (count, names) = (nodes.len(), list(nodes));
            let what = match count {
                1 => "the only adapter of its node".to_owned(),
                _ => format!("{adapter} is the only adapter of {count} nodes: {names}"),
            };
            let beside = format!("put a second adapter beside {adapter}");
            (what, format!("{beside} onto another cluster network"))
        };
        report.gather(&nodes, |node| Locus::interface(node, adapter), tell);
    }
}

fn adapters<'a>(node: &NodeParts<'a>) -> BTreeSet<&'a InterfaceName> {
    let real = node.standings.iter().filter(|standing| !standing.member.faked);
    real.flat_map(|standing| &standing.legs).filter_map(|leg| leg.through.last().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, InterfaceKind};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    #[test]
    fn fires_on_a_node_with_one_nic() {
        let mut nodes = healthy(3);
        nodes[2].interfaces.truncate(1);
        assert_eq!(say(&RULE, &nodes).one(), "n3/eth0: the only adapter of its node");
    }

    #[test]
    fn many_nodes_are_one_finding() {
        let mut nodes = healthy(16);
        for node in &mut nodes {
            node.interfaces.truncate(1);
        }
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), ": eth0 is the only adapter of 16 nodes: n1, n10, n11 and 13 more");
    }

    #[test]
    fn two_vlans_on_one_nic_are_one_adapter_and_two_ports_are_two() {
        let on = |lowers: &'static [&str]| {
            let vlan = |number: u8| format!("10.0.{number}.1/24");
            let below = move |nic: &mut crate::model::Interface| {
                nic.lowers = lowers.iter().map(|name| (*name).into()).collect();
            };
            let port = |nic: &mut crate::model::Interface| nic.master = Some("bond0".into());
            Node::new("n1")
                .with("eth0", InterfaceKind::Physical, &[], port)
                .with("eth1", InterfaceKind::Physical, &[], port)
                .with("v10", InterfaceKind::Vlan, &[&vlan(1)], below)
                .with("v20", InterfaceKind::Vlan, &[&vlan(2)], below)
                .done()
        };
        assert_eq!(say(&RULE, &[on(&["eth0"])]).one(), "n1/eth0: the only adapter of its node");
        say(&RULE, &[on(&["eth0", "eth1"])]).silent();
    }

    #[test]
    fn a_faked_adapter_is_none() {
        let policy = crate::model::Policy {
            interfaces: crate::model::InterfacePolicy {
                include: vec!["dummy0".parse().unwrap()],
                ..Default::default()
            },
            ..Default::default()
        };
        let node = Node::new("n1")
            .nic("eth0", &["10.0.0.1/24"])
            .with("dummy0", InterfaceKind::Dummy, &["10.0.1.1/24"], |_| ())
            .done();
        let said = crate::rules::testing::say_with(&RULE, &[node], &policy);
        assert_eq!(said.found.len(), 1);
    }

    #[test]
    fn is_silent_without_any_network_and_on_a_healthy_cluster() {
        say(&RULE, &[Node::new("n1").done()]).silent();
        say(&RULE, &healthy(3)).silent();
    }

    #[test]
    fn hidden_interfaces_do_not_silence_it() {
        let node = Node::new("n1").nic("eth0", &["10.0.0.1/24"]);
        let node = node.change(|it| it.gaps.push(gap(None, Fact::Addresses))).done();
        assert_eq!(say(&RULE, &[node]).found.len(), 1);
    }
}
