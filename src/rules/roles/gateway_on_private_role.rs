//! ROL002 gateway-on-private-role.

use crate::model::{Fact, Locus, Member, MetricReason, Role, RoleReason, Severity};
use crate::rules::phrase::{Spot, named, network_word, spot_on, tell_hidden};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL002",
    name: "gateway-on-private-role",
    severity: Severity::Warning,
    docs: Docs {
        what: "The policy gives role 1 (cluster only) to a network on which a member has a default \
               gateway.",
        why: "Automatic metrics go by the gateway and not by the role, so the network stays in the \
              public band, behind every private network. And what has a gateway is reached from \
              outside, whatever its role says.",
        example: "10.0.1.0/24 has role = 1 in the policy, and eth1 of node1 has a default route to \
                  10.0.1.254.",
        remedy: "Leave the role to the program, or take the default route off the network.",
        source: "Failover Clustering's description of AutoMetric and Role; the metrics that KB \
                 2473194 shows.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut unsure = Vec::new();
    for on in site.networks() {
        let RoleReason::Policy(key) = &on.assigned.role_reason else { continue };
        if on.assigned.role != Role::Cluster {
            continue;
        }
        let with: Vec<&Member> =
            on.network.members.iter().filter(|member| !member.gateways.is_empty()).collect();
        if with.is_empty() {
            unsure.push(on);
            continue;
        }
        let with: Vec<Spot<'_>> =
            with.iter().map(|member| (&member.node, &member.interface)).collect();
        let name = &on.network.name;
        let unset = format!("netplan-cluster unset {} role", network_word(on.network));
        report
            .gather(&with, spot_on(name), |with| {
                let what =
                    format!("role 1 is set, but {} {}{}", named(with), has(with.len()), band(&on));
                (what, format!("{unset}, or remove the default route"))
            })
            .about(&Locus::network(name))
            .at(site.text.place_of_network(&[*key], "role"));
    }
    for fact in [Fact::Routes4, Fact::Routes6] {
        tell_hidden(site, report, fact, |node, _| {
            unsure.iter().any(|on| on.network.members.iter().any(|member| member.node == *node))
        });
    }
}

fn has(count: usize) -> &'static str {
    if count == 1 { "has a default gateway" } else { "have a default gateway" }
}

/// What the gateway does to the metric.
fn band(on: &On<'_>) -> String {
    match on.assigned.metric_reason {
        MetricReason::Public { .. } => {
            format!(": its automatic metric {} is one of public networks", on.assigned.metric)
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NetworkPolicy, NodeInventory, Policy};
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, healthy};

    fn role(role: Role) -> Policy {
        let mut policy = Policy::default();
        let set = NetworkPolicy { role: Some(role), ..NetworkPolicy::default() };
        policy.networks.insert("10.0.1.0/24".parse().unwrap(), set);
        policy
    }

    fn node(host: u8, gateway: bool) -> NodeInventory {
        let address = format!("10.0.1.{host}/24");
        let node = Node::new(&format!("n{host}")).nic("eth1", &[&address]);
        if gateway { node.gateway("eth1").done() } else { node.done() }
    }

    #[test]
    fn fires_once_for_all_members() {
        let nodes: Vec<NodeInventory> = (1..=64).map(|host| node(host, true)).collect();
        assert_eq!(
            say_with(&RULE, &nodes, &role(Role::Cluster)).one(),
            "@Cluster Network 1: role 1 is set, but n1 eth1, n10 eth1, n11 eth1 and 61 more have a \
             default gateway: its automatic metric 10000 is one of public networks"
        );
    }

    #[test]
    fn is_silent_without_a_gateway_or_with_role_3() {
        say(&RULE, &healthy(3)).silent();
        say_with(&RULE, &[node(1, false), node(2, false)], &role(Role::Cluster)).silent();
        let nodes = [node(1, true), node(2, true)];
        say_with(&RULE, &nodes, &role(Role::ClusterAndClient)).silent();
        say_with(&RULE, &nodes, &role(Role::None)).silent();
    }

    #[test]
    fn one_gateway_is_enough() {
        let said = say_with(&RULE, &[node(1, false), node(2, true)], &role(Role::Cluster));
        assert!(said.one().contains("but n2 eth1 has a default gateway"), "{}", said.one());
    }

    #[test]
    fn hidden_routes_are_told_where_they_matter() {
        let mut nodes = [node(1, false), node(2, false)];
        nodes[1].gaps.push(gap(None, Fact::Routes4));
        let said = say_with(&RULE, &nodes, &role(Role::Cluster));
        assert_eq!(said.missing, ["IPv4 routes of n2 are not known: not told"]);
        say(&RULE, &nodes).silent();
    }
}
