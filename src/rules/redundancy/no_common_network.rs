//! RED003 no-common-network.

use std::collections::{BTreeMap, BTreeSet};

use super::groups;
use crate::failover::NodeParts;
use crate::model::{Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// Above this number of groups they are told in one finding.
const SINGLY: usize = 8;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED003",
    name: "no-common-network",
    severity: Severity::Error,
    docs: Docs {
        what: "Two nodes are on no common network of role 1 or 3. Interfaces that are down count, \
               since a cable may be plugged in; faked adapters do not, since they lead nowhere.",
        why: "Such nodes can never exchange a heartbeat: the cluster is partitioned from its start, \
              and no virtual machine can move between them.",
        example: "n1 and n2 are on 10.0.0.0/24, n3 is on 10.0.9.0/24 only.",
        remedy: "Give the nodes addresses in one subnet, or a network that they share role 1 or 3.",
        source: "Test-Cluster requires that all nodes reach each other; corosync forms no \
                 membership without a common link.",
    },
    check,
};

type Group<'a> = (BTreeSet<usize>, Vec<&'a NodeName>);

fn check(site: &Site<'_>, report: &mut Report) {
    let mut all = groups(site, networks);
    all.sort_by_key(|(_, nodes)| (nodes.len(), nodes.first().copied()));
    let mut apart: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (left, ours) in all.iter().enumerate() {
        for (right, theirs) in all.iter().enumerate().skip(left) {
            let among_few = left == right && ours.1.len() < 2;
            if !among_few && ours.0.is_disjoint(&theirs.0) {
                apart.entry(left).or_default().push(right);
            }
        }
    }
    if apart.len() > SINGLY {
        find_many(report, &all, &apart);
    } else {
        for (left, rights) in apart {
            find_one(site, report, &all[left], rights.iter().filter_map(|right| all.get(*right)));
        }
    }
}

/// Networks of role 1 and 3 that a node is on.
fn networks(node: &NodeParts<'_>) -> BTreeSet<usize> {
    let on = node.standings.iter().filter(|one| one.authorised && !one.member.faked);
    on.map(|one| one.network).collect()
}

fn find_one<'a>(
    site: &Site<'_>,
    report: &mut Report,
    (own, nodes): &Group<'a>,
    others: impl Iterator<Item = &'a Group<'a>>,
) {
    let others: BTreeSet<&NodeName> = others.flat_map(|(_, nodes)| nodes).copied().collect();
    let others: Vec<&NodeName> = others.into_iter().filter(|one| !nodes.contains(one)).collect();
    let example = site.authorised().find(|on| !own.contains(&on.place));
    let tell = |nodes: &[&NodeName]| {
        let with = match (others.as_slice(), nodes) {
            ([], [_]) => return None,
            ([], _) => "each other".to_owned(),
            _ => list(&others),
        };
        let who = if nodes.len() == 1 { "is".to_owned() } else { format!("{} are", list(nodes)) };
        let remedy = match (example, own.is_empty()) {
            (Some(on), true) => {
                format!("put {} onto \"{}\" too", list(nodes), on.network.name)
            }
            _ => "put them onto one network of role 1 or 3".to_owned(),
        };
        Some((format!("{who} on no network of role 1 or 3 together with {with}"), remedy))
    };
    report.gather(nodes, Locus::node, tell);
}

fn find_many(report: &mut Report, all: &[Group<'_>], apart: &BTreeMap<usize, Vec<usize>>) {
    let groups: BTreeSet<usize> =
        apart.iter().flat_map(|(left, rights)| rights.iter().chain([left])).copied().collect();
    let first = groups.iter().filter_map(|group| all.get(*group)?.1.first());
    report.find(
        Locus::cluster(),
        format!(
            "{} groups of nodes are on no network of role 1 or 3 together with some others: those \
             of {}",
            groups.len(),
            list(first)
        ),
        "put all nodes onto one network of role 1 or 3",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, InterfacePolicy, NodeInventory, Policy, Role};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, down, healthy};

    fn on(name: &str, address: &str) -> NodeInventory {
        Node::new(name).nic("eth0", &[address]).done()
    }

    #[test]
    fn fires_on_the_node_that_stands_apart() {
        let nodes = [on("n1", "10.0.0.1/24"), on("n2", "10.0.0.2/24"), on("n3", "10.0.9.3/24")];
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), "n3: is on no network of role 1 or 3 together with n1 and n2");
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn fires_where_the_common_network_has_role_0_or_is_faked() {
        let mut policy = Policy::default();
        let entry = policy.networks.entry("10.0.0.0/24".parse().unwrap()).or_default();
        entry.role = Some(Role::None);
        let nodes = [on("n1", "10.0.0.1/24"), on("n2", "10.0.0.2/24")];
        let said = say_with(&RULE, &nodes, &policy);
        assert_eq!(
            said.one(),
            ": n1 and n2 are on no network of role 1 or 3 together with each other"
        );
        let include = vec!["dummy0".parse().unwrap()];
        let interfaces = InterfacePolicy { include, ..InterfacePolicy::default() };
        let policy = Policy { interfaces, ..Policy::default() };
        let head = Node::new("head").with("dummy0", InterfaceKind::Dummy, &["10.0.0.9/24"], |_| ());
        assert_eq!(
            say_with(&RULE, &[head.done(), on("n1", "10.0.0.1/24")], &policy).found.len(),
            1
        );
    }

    #[test]
    fn a_link_that_is_down_is_still_shared() {
        let mut nodes = [on("n1", "10.0.0.1/24"), on("n2", "10.0.0.2/24")];
        down(&mut nodes[0].interfaces[0]);
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn one_common_network_is_enough() {
        let nodes = [on("n1", "10.0.0.1/24"), on("n2", "10.0.0.2/24")];
        say(&RULE, &nodes).silent();
        say(&RULE, &nodes[..1]).silent();
        say(&RULE, &healthy(4)).silent();
    }

    #[test]
    fn many_groups_are_one_finding() {
        let nodes: Vec<NodeInventory> =
            (1..=20).map(|it| on(&format!("n{it}"), &format!("10.0.{it}.1/24"))).collect();
        let said = say(&RULE, &nodes);
        assert!(said.one().starts_with(": 20 groups of nodes"), "{:?}", said.found);
    }
}
