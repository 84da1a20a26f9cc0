//! RED005 partial-network.

use std::collections::BTreeSet;

use super::words::some;
use crate::model::{Locus, NodeName, Severity};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED005",
    name: "partial-network",
    severity: Severity::Warning,
    docs: Docs {
        what: "A network of role 1 or 3 is present on some nodes and missing on others. A member \
               that is down is present, and so is a faked adapter.",
        why: "The network is partitioned for the cluster: pairs of nodes without it fall back to \
              another one, and on a single node it carries nothing.",
        example: "10.0.1.0/24 is on n1, n2 and n3, and n4 has no address in it.",
        remedy: "Give the missing nodes an address in the network, or give the network role 0.",
        source: "CLUSTER_NETWORK_STATE calls a network partitioned when some of its nodes cannot talk; \
                 Microsoft describes one on a single node as of no use to the cluster.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for on in site.authorised() {
        let present: BTreeSet<&NodeName> =
            on.network.members.iter().map(|member| &member.node).collect();
        let missing: Vec<&NodeName> =
            site.layout.nodes.iter().filter(|node| !present.contains(node)).collect();
        if !missing.is_empty() {
            find(site, report, on, (&present, &missing));
        }
    }
}

fn find(
    site: &Site<'_>,
    report: &mut Report,
    on: On<'_>,
    (present, missing): (&BTreeSet<&NodeName>, &[&NodeName]),
) {
    let (count, all) = (present.len(), site.layout.nodes.len());
    let message = if present.len() <= missing.len() {
        format!("on {count} of {all} nodes only: {}", some(present))
    } else {
        format!("on {count} of {all} nodes only: not on {}", some(missing))
    };
    let subnet = on.network.key().map_or(String::new(), |subnet| format!(" in {subnet}"));
    let remedy = if present.len() <= missing.len() {
        format!("netplan-cluster set \"{}\" role=0, or extend it to all nodes", on.network.name)
    } else {
        format!("give {} an address{subnet}", some(missing))
    };
    report.find(Locus::network(&on.network.name), message, remedy);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Policy, Role};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{down, healthy};

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
    fn role_0_is_nobodys_business_and_down_is_present() {
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
    fn is_silent_on_a_healthy_cluster_and_a_single_node() {
        say(&RULE, &healthy(4)).silent();
        say(&RULE, &healthy(1)).silent();
    }
}
