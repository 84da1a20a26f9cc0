//! RED012 faked-path-only.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{InterfaceName, NodeName, Severity};
use crate::rules::phrase::{Spot, list, named, network_word, spot_on};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED012",
    name: "faked-path-only",
    severity: Severity::Error,
    docs: Docs {
        what: "On a network of role 1 or 3 a node takes part by faked adapters only (dummy devices \
               that the policy includes in place of a missing adapter), so that no traffic passes \
               between it and the other nodes of the network.",
        why: "The network looks complete and is not: the node neither hears heartbeats on it, nor \
              can a virtual machine move to or from it there. The adapter only holds a place.",
        example: "The head node has no InfiniBand; dummy0 with 10.20.0.1/24 stands in for it on the \
                  network of the compute nodes.",
        remedy: "Give the node a real adapter on the network, give the network role 0, or waive the \
                 finding for that node when other networks join it to all.",
        source: "A faked adapter has no link; a Linux dummy device drops whatever is sent by it.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    if site.layout.nodes.len() < 2 {
        return;
    }
    for on in site.authorised() {
        let mut adapters: BTreeMap<&NodeName, Vec<(&InterfaceName, bool)>> = BTreeMap::new();
        for member in &on.network.members {
            adapters.entry(&member.node).or_default().push((&member.interface, member.faked));
        }
        let is_faked =
            |adapters: &[(&InterfaceName, bool)]| adapters.iter().all(|(_, faked)| *faked);
        let faked: Vec<Spot<'_>> = adapters
            .iter()
            .filter(|(_, adapters)| is_faked(adapters))
            .filter_map(|(node, adapters)| Some((*node, adapters.first()?.0)))
            .collect();
        if !faked.is_empty() && adapters.len() > 1 {
            find(report, on, &faked, &adapters.keys().copied().collect());
        }
    }
}

fn find(report: &mut Report, on: On<'_>, faked: &[Spot<'_>], nodes: &BTreeSet<&NodeName>) {
    let set = format!("netplan-cluster set {} role=0", network_word(on.network));
    report.gather(faked, spot_on(&on.network.name), |faked| {
        let what = if let [(node, _)] = faked {
            let others = list(nodes.iter().filter(|other| *other != node));
            format!("faked, so that no traffic passes from {node} to {others}")
        } else {
            format!("adapters that are faked lead to no other node: {}", named(faked))
        };
        (what, format!("give it a real adapter, or {set}"))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, InterfacePolicy, NodeInventory, Policy, Role};
    use crate::rules::testing::say_with;
    use crate::testkit::{Node, healthy};

    fn policy() -> Policy {
        let include = vec!["dummy0".parse().unwrap()];
        let interfaces = InterfacePolicy { include, ..InterfacePolicy::default() };
        Policy { interfaces, ..Policy::default() }
    }

    fn faked(name: &str, address: &str) -> NodeInventory {
        Node::new(name).with("dummy0", InterfaceKind::Dummy, &[address], |_| ()).done()
    }

    fn real(name: &str, address: &str) -> NodeInventory {
        Node::new(name).nic("ib0", &[address]).done()
    }

    #[test]
    fn fires_on_the_node_with_a_faked_adapter() {
        let nodes =
            [faked("head", "10.20.0.1/24"), real("c1", "10.20.0.2/24"), real("c2", "10.20.0.3/24")];
        let said = say_with(&RULE, &nodes, &policy());
        assert_eq!(
            said.one(),
            "head/dummy0@Cluster Network 1: faked, so that no traffic passes from head to c1 and c2"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn several_are_one_finding() {
        let nodes =
            [faked("a", "10.20.0.1/24"), faked("b", "10.20.0.2/24"), real("c", "10.20.0.3/24")];
        assert_eq!(
            say_with(&RULE, &nodes, &policy()).one(),
            "@Cluster Network 1: adapters that are faked lead to no other node: a dummy0 and b dummy0"
        );
    }

    #[test]
    fn is_silent_alone_on_the_network_or_with_role_0() {
        let nodes = [faked("head", "10.20.0.1/24"), real("c1", "10.21.0.2/24")];
        say_with(&RULE, &nodes, &policy()).silent();
        say_with(&RULE, &nodes[..1], &policy()).silent();
        let nodes = [faked("head", "10.20.0.1/24"), real("c1", "10.20.0.2/24")];
        let mut unused = policy();
        let entry = unused.networks.entry("10.20.0.0/24".parse().unwrap()).or_default();
        entry.role = Some(Role::None);
        say_with(&RULE, &nodes, &unused).silent();
    }

    #[test]
    fn is_silent_on_a_healthy_cluster() {
        say_with(&RULE, &healthy(3), &policy()).silent();
    }
}
