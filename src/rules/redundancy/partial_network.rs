//! RED005 partial-network.

use std::collections::BTreeSet;

use super::tell_hidden_storage;
use crate::model::{Locus, NodeName, Severity};
use crate::rules::phrase::{list, network_word};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED005",
    name: "partial-network",
    severity: Severity::Warning,
    docs: Docs {
        what: "A network is present on some nodes and missing on others. A member that is down is \
               present, and so is a faked adapter. A network of role 0 counts when it carries \
               storage sessions; without any it is out of use, and may be where it likes. It is \
               information only where all subnets are point-to-point links (/31, /127), which have \
               no room for a third node.",
        why: "The network is partitioned for the cluster: pairs of nodes without it fall back to \
              another one, and on a single node it carries nothing. Without a storage network a \
              node can't take over what needs the disks behind it, or has one path less to them.",
        example: "10.0.1.0/24 is on n1, n2 and n3, and n4 has no address in it.",
        remedy: "Give the missing nodes an address in the network, or give the network role 0; \
                 waive the finding where some nodes are not to reach the storage.",
        source: "CLUSTER_NETWORK_STATE calls a network partitioned when some of its nodes cannot talk; \
                 Microsoft describes one on a single node as of no use to the cluster.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for on in site.networks().filter(On::is_used) {
        let present: BTreeSet<&NodeName> =
            on.network.members.iter().map(|member| &member.node).collect();
        let missing: Vec<&NodeName> =
            site.layout.nodes.iter().filter(|node| !present.contains(node)).collect();
        if !missing.is_empty() {
            find(site, report, on, (&present, &missing));
        }
    }
    tell_hidden_storage(site, report);
}

fn find(
    site: &Site<'_>,
    report: &mut Report,
    on: On<'_>,
    (present, missing): (&BTreeSet<&NodeName>, &[&NodeName]),
) {
    let (count, all) = (present.len(), site.layout.nodes.len());
    let storage = if on.assigned.role.is_authorised() { "" } else { "carries storage, but is " };
    let few = present.len() <= missing.len();
    let what = |missing: &[&NodeName]| {
        let which = if few { list(present) } else { format!("not on {}", list(missing)) };
        format!("{storage}on {count} of {all} nodes only: {which}")
    };
    let subnet = on.network.key().map_or(String::new(), |subnet| format!(" in {subnet}"));
    let name = &on.network.name;
    let remedy = |missing: &[&NodeName]| {
        if !storage.is_empty() {
            let all = list(missing);
            format!("extend it to {all}, or waive this where a node needs no storage")
        } else if few {
            let set = format!("netplan-cluster set {} role=0", network_word(on.network));
            format!("{set}, or extend it to all nodes")
        } else {
            format!("give {} an address{subnet}", list(missing))
        }
    };
    let spot = |node: &NodeName| Locus::node(node).on(name);
    let is_link = on.network.subnets.iter().all(|subnet| subnet.is_point_to_point());
    if is_link && present.len() == 2 {
        let message = format!("a point-to-point link, which joins {} only", list(present));
        let remedy = "nothing, as long as a network of role 1 or 3 joins all nodes";
        report.find(Locus::network(name), message, remedy).severity(Severity::Info);
    } else {
        let tell = |missing: &[&NodeName]| (what(missing), remedy(missing));
        report.gather(missing, spot, tell).about(&Locus::network(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, Policy, Role};
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, down, golden_node, healthy};

    #[test]
    fn fires_where_a_node_lacks_the_network() {
        let mut nodes = healthy(4);
        nodes[3].interfaces.remove(1);
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), "@Cluster Network 2: on 3 of 4 nodes only: not on n4");
    }

    #[test]
    fn names_the_few_that_have_it() {
        let mut nodes = healthy(4);
        for node in &mut nodes[1..] {
            node.interfaces.truncate(2);
        }
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), "@Cluster Network 3: on 1 of 4 nodes only: n1");
    }

    #[test]
    fn role_0_without_storage_is_nobodys_business_and_down_is_present() {
        let mut nodes = healthy(2);
        down(&mut nodes[0].interfaces[0]);
        say(&RULE, &nodes).silent();
        nodes[0].interfaces.remove(0);
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        let mut policy = Policy::default();
        let entry = policy.networks.entry("10.0.0.0/24".parse().unwrap()).or_default();
        entry.role = Some(Role::None);
        say_with(&RULE, &nodes, &policy).silent();
    }

    #[test]
    fn a_mesh_of_point_to_point_links_is_none_of_mistakes() {
        let mut nodes = healthy(3);
        for (node, address) in nodes.iter_mut().zip(["10.9.0.0/31", "10.9.0.1/31"]) {
            let link = Node::new("n").nic("eth9", &[address]).done();
            node.interfaces.extend(link.interfaces);
        }
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 3: a point-to-point link, which joins n1 and n2 only"
        );
        assert_eq!(said.severities, ["info"]);
        nodes[1].interfaces.pop();
        assert_eq!(say(&RULE, &nodes).severities, ["warning"], "an end alone joins nobody");
    }

    #[test]
    fn a_storage_network_counts_although_it_has_role_0() {
        let networks = ["Heartbeat", "Host Access", "iSCSI"];
        let mut nodes: Vec<_> =
            [("n1", 1), ("n2", 2)].map(|(name, host)| golden_node(name, host, &networks)).into();
        say(&RULE, &nodes).silent();
        nodes.push(golden_node("n3", 3, &networks[..2]));
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 3: carries storage, but is on 2 of 3 nodes only: not on n3"
        );
        for node in &mut nodes {
            node.storage_sessions.clear();
        }
        let mut policy = Policy::default();
        let entry = policy.networks.entry("192.168.5.0/24".parse().unwrap()).or_default();
        entry.role = Some(Role::None);
        say_with(&RULE, &nodes, &policy).silent();
        nodes[1].gaps.push(gap(None, Fact::StorageSessions));
        nodes[2].gaps.push(gap(None, Fact::StorageSessions));
        let said = say_with(&RULE, &nodes, &policy);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["storage sessions of n2 are not known: not told"]);
    }

    #[test]
    fn is_silent_on_a_healthy_cluster_and_a_single_node() {
        say(&RULE, &healthy(4)).silent();
        say(&RULE, &healthy(1)).silent();
    }
}
