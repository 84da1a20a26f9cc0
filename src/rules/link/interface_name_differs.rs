//! LNK012 interface-name-differs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ClusterNetwork, Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

use super::line::real;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK012",
    name: "interface-name-differs",
    severity: Severity::Info,
    docs: Docs {
        what: "The members of a cluster network have different interface names on different nodes.",
        why: "Whatever names an interface for all nodes at once, such as the master of a macvlan or \
              a firewall rule, works on some nodes only.",
        example: "10.0.1.0/24 is on eth1 of node1 to node3 and on enp3s0f1 of node4.",
        remedy: "Give the interface the same name everywhere: a .link file of systemd-udevd, or an \
                 alternative name by ip link property add.",
        source: "KubeVirt's dedicated migration network needs one macvlan master for all nodes.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for network in &site.layout.networks {
        let mut groups: Vec<(String, Vec<&NodeName>)> = by_names(network).into_iter().collect();
        groups.sort_by(|a, b| (b.1.len(), &a.0).cmp(&(a.1.len(), &b.0)));
        let Some((usual, odd)) = groups.split_first() else { continue };
        let odd: Vec<&NodeName> = odd.iter().flat_map(|(_, nodes)| nodes).copied().collect();
        report
            .gather(
                &odd,
                |node| Locus::node(node).on(&network.name),
                |odd| tell(usual, &groups, odd),
            )
            .about(&Locus::network(&network.name));
    }
}

/// Names of the nodes that most have, then those of the `odd` nodes.
fn tell(
    (usual, most): &(String, Vec<&NodeName>),
    groups: &[(String, Vec<&NodeName>)],
    odd: &[&NodeName],
) -> (String, String) {
    let odd: BTreeSet<&NodeName> = odd.iter().copied().collect();
    let others = groups.iter().skip(1).filter_map(|(names, nodes)| {
        let nodes: Vec<&NodeName> = nodes.iter().copied().filter(|it| odd.contains(it)).collect();
        (!nodes.is_empty()).then(|| group(names, &nodes))
    });
    let all = list([group(usual, most)].into_iter().chain(others));
    let remedy = "name the interface alike on all nodes, by a .link file of systemd-udevd";
    (format!("interface names differ: {all}"), remedy.to_owned())
}

/// Nodes by the names of their members, of which there may be several under scheme 2012.
fn by_names(network: &ClusterNetwork) -> BTreeMap<String, Vec<&NodeName>> {
    let mut names: BTreeMap<&NodeName, Vec<&str>> = BTreeMap::new();
    for member in real(network) {
        names.entry(&member.node).or_default().push(member.interface.as_str());
    }
    let mut nodes: BTreeMap<String, Vec<&NodeName>> = BTreeMap::new();
    for (node, names) in names {
        nodes.entry(names.join(" and ")).or_default().push(node);
    }
    nodes
}

fn group(names: &str, nodes: &[&NodeName]) -> String {
    match nodes {
        [node] => format!("{names} on {node}"),
        _ => format!("{names} on {} nodes", nodes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceName, InterfacePolicy, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    #[test]
    fn fires_once_for_a_network() {
        let mut nodes = healthy(3);
        nodes[2].interfaces[1].name = InterfaceName::new("enp3s0");
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 2: interface names differ: eth1 on 2 nodes and enp3s0 on n3"
        );
        assert_eq!(said.severities, ["info"]);
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_one_node() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &healthy(1)).silent();
    }

    #[test]
    fn two_names_are_enough() {
        let node =
            |name: &str, nic: &str, address: &str| Node::new(name).nic(nic, &[address]).done();
        let nodes = [node("n1", "eth0", "10.0.0.1/24"), node("n2", "eth1", "10.0.0.2/24")];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
    }

    #[test]
    fn a_faked_adapter_may_have_a_name_of_its_own() {
        let policy = Policy {
            interfaces: InterfacePolicy {
                include: vec!["dummy0".parse().unwrap()],
                ..InterfacePolicy::default()
            },
            ..Policy::default()
        };
        let kind = crate::model::InterfaceKind::Dummy;
        let head = Node::new("n0").with("dummy0", kind, &["10.0.0.100/24"], |_| ());
        let mut nodes = healthy(2);
        nodes.push(head.done());
        say_with(&RULE, &nodes, &policy).silent();
    }
}
