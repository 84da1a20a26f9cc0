//! RED004 single-cluster-network.

use crate::model::{Locus, Role, RoleReason, Severity};
use crate::rules::phrase::network_word;
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED004",
    name: "single-cluster-network",
    severity: Severity::Warning,
    docs: Docs {
        what: "Fewer than two networks have role 1 or 3.",
        why: "Heartbeat, CSV traffic and live migration then share one network, and nothing takes \
              over when it fails.",
        example: "10.0.0.0/24 carries everything, and the only other network, 10.0.5.0/24, has \
                  role 0.",
        remedy: "Add a second network on its own adapters and switch, or give one that exists role \
                 1 or 3.",
        source: "Microsoft KB 258750 recommends two networks for internal cluster traffic.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut authorised = site.authorised();
    let (first, second) = (authorised.next(), authorised.next());
    if second.is_some() || site.inventories.is_empty() {
        return;
    }
    let (locus, message) = match first {
        Some(on) => {
            (Locus::network(&on.network.name), "the only network of role 1 or 3".to_owned())
        }
        None => (Locus::cluster(), "no network has role 1 or 3".to_owned()),
    };
    let spare = site.networks().find(is_spare);
    let remedy = match (spare, first) {
        (Some(on), _) => format!("netplan-cluster set {} role=1", network_word(on.network)),
        (None, Some(_)) => "add a second network of role 1 or 3".to_owned(),
        (None, None) => "put the nodes onto two networks of role 1 or 3".to_owned(),
    };
    report.find(locus, message, remedy);
}

/// A network that the policy keeps out of the cluster although it carries no storage.
fn is_spare(on: &On<'_>) -> bool {
    on.assigned.role == Role::None
        && matches!(on.assigned.role_reason, RoleReason::Policy(_))
        && on.network.members.iter().all(|member| member.storage.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeInventory, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, golden_node, healthy};

    fn node(subnets: &[&str]) -> NodeInventory {
        let numbered = subnets.iter().enumerate();
        let add =
            |node: Node, (at, address): (usize, &&str)| node.nic(&format!("eth{at}"), &[address]);
        numbered.fold(Node::new("n1"), add).done()
    }

    #[test]
    fn fires_on_the_only_network() {
        let said = say(&RULE, &[node(&["10.0.0.1/24"])]);
        assert_eq!(said.one(), "@Cluster Network 1: the only network of role 1 or 3");
    }

    #[test]
    fn role_0_does_not_count() {
        let nodes = [golden_node("n1", 1, &["Host Access", "iSCSI"])];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        let mut policy = Policy::default();
        for subnet in ["10.0.0.0/24", "10.0.1.0/24"] {
            policy.networks.entry(subnet.parse().unwrap()).or_default().role = Some(Role::None);
        }
        let said = say_with(&RULE, &[node(&["10.0.0.1/24", "10.0.1.1/24"])], &policy);
        assert_eq!(said.one(), ": no network has role 1 or 3");
    }

    #[test]
    fn two_are_enough() {
        say(&RULE, &[node(&["10.0.0.1/24", "10.0.1.1/24"])]).silent();
        say(&RULE, &healthy(2)).silent();
        say(&RULE, &[]).silent();
    }
}
