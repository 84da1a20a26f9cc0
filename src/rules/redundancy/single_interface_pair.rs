//! RED002 single-interface-pair.

use std::collections::BTreeMap;

use super::{groups, words};
use crate::failover::{NodeParts, Pairs};
use crate::model::{Locus, NodeName, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED002",
    name: "single-interface-pair",
    severity: Severity::Warning,
    docs: Docs {
        what: "Two nodes can reach each other by exactly one pair of interfaces: one network of \
               role 1 or 3 on which both are up, with one interface each.",
        why: "When either interface or the network between fails, the two nodes lose each other \
              and the cluster has to fence one of them.",
        example: "n1 and n2 are on 10.0.0.0/24 and 10.0.1.0/24, n3 on 10.0.0.0/24 only: n3 reaches \
                  both by one pair of interfaces.",
        remedy: "Put the nodes onto a second common network of role 1 or 3.",
        source: "Test-Cluster warns of nodes reachable \"by only one pair of network interfaces\".",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let (reach, nodes): (Vec<BTreeMap<usize, usize>>, Vec<Vec<&NodeName>>) =
        groups(site, interfaces).into_iter().unzip();
    let mut by_network: BTreeMap<usize, Pairs> = BTreeMap::new();
    for (left, ours) in reach.iter().enumerate() {
        for (right, theirs) in reach.iter().enumerate().skip(left) {
            if left == right && nodes[left].len() < 2 {
                continue;
            }
            if let Some(network) = only_pair(ours, theirs) {
                by_network.entry(network).or_default().insert(left, right);
            }
        }
    }
    for (network, pairs) in by_network {
        let Some(on) = site.network(network) else { continue };
        report.find(
            Locus::network(&on.network.name),
            format!(
                "the only pair of interfaces {}",
                words::between(&pairs, |group| nodes[group].iter().copied())
            ),
            "put these nodes onto a second common network of role 1 or 3",
        );
    }
}

/// How many interfaces of a node can be used on each network.
fn interfaces(node: &NodeParts<'_>) -> BTreeMap<usize, usize> {
    let mut count = BTreeMap::new();
    for standing in node.usable() {
        *count.entry(standing.network).or_default() += 1;
    }
    count
}

/// The network that joins two nodes, when it is by one interface on each side.
fn only_pair(ours: &BTreeMap<usize, usize>, theirs: &BTreeMap<usize, usize>) -> Option<usize> {
    let mut common = ours
        .iter()
        .filter_map(|(network, count)| theirs.get(network).map(|other| (*network, count * other)));
    match (common.next(), common.next()) {
        (Some((network, 1)), None) => Some(network),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MetricScheme, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, down, healthy};

    #[test]
    fn fires_where_one_network_is_left_between_two_nodes() {
        let mut nodes = healthy(3);
        nodes[2].interfaces.truncate(1);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: the only pair of interfaces from n3 to n1 and n2"
        );
    }

    #[test]
    fn a_cluster_with_one_network_is_one_finding() {
        let mut nodes = healthy(16);
        for node in &mut nodes {
            node.interfaces.truncate(1);
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: the only pair of interfaces among n1, n10, n11 and 13 more"
        );
    }

    #[test]
    fn two_networks_are_enough_unless_one_is_down_or_not_authorised() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces.truncate(2);
        }
        say(&RULE, &nodes).silent();
        let mut policy = Policy::default();
        let entry = policy.networks.entry("10.0.1.0/24".parse().unwrap()).or_default();
        entry.role = Some(crate::model::Role::None);
        assert_eq!(say_with(&RULE, &nodes, &policy).found.len(), 1);
        down(&mut nodes[0].interfaces[0]);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 2: the only pair of interfaces between n1 and n2"
        );
    }

    #[test]
    fn a_second_interface_on_the_network_counts_where_the_scheme_lets_it() {
        let first = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).nic("eth1", &["10.0.0.2/24"]);
        let nodes = [first.done(), Node::new("n2").nic("eth0", &["10.0.0.3/24"]).done()];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        let policy = Policy { metric_scheme: MetricScheme::W2012, ..Policy::default() };
        say_with(&RULE, &nodes, &policy).silent();
    }

    #[test]
    fn is_silent_with_one_node_without_a_path_and_on_a_healthy_cluster() {
        let alone = Node::new("n1").nic("eth0", &["10.0.0.1/24"]).done();
        let other = Node::new("n2").nic("eth0", &["10.0.9.1/24"]).done();
        say(&RULE, std::slice::from_ref(&alone)).silent();
        say(&RULE, &[alone, other]).silent();
        say(&RULE, &healthy(4)).silent();
    }
}
