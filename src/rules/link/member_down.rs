//! LNK011 member-down.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Member, NodeName, Severity};
use crate::rules::phrase::{Spot, in_command, list, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::{real, revive, why_down};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK011",
    name: "member-down",
    severity: Severity::Warning,
    docs: Docs {
        what: "A member of a network of role 1 or 3 is administratively down, without carrier, or \
               not operational. It is an error when its node shares no other usable network of role \
               1 or 3 with some node that is on this one.",
        why: "The node has one path less than was planned; without any path to another node the \
              cluster is partitioned from the start.",
        example: "eth1 of node2 has no carrier in 10.0.1.0/24.",
        remedy: "Set the interface up, or plug the cable in and look at the switch port.",
        source: "Test-Cluster lists adapters that are not operational; CLUSTER_NETWORK_STATE counts \
                 such a network as partitioned or down.",
    },
    check,
};

/// Networks of role 1 or 3, by place.
type Places = BTreeSet<usize>;

/// Nodes with the same members and the same usable ones.
#[derive(Default)]
struct Classes<'a> {
    of: BTreeMap<&'a NodeName, usize>,
    all: Vec<Class<'a>>,
}

struct Class<'a> {
    present: Places,
    usable: Places,
    nodes: Vec<&'a NodeName>,
}

fn check(site: &Site<'_>, report: &mut Report) {
    let classes = classes(site);
    let mut cut_off: BTreeMap<(usize, usize), Vec<&NodeName>> = BTreeMap::new();
    for network in site.authorised() {
        let mut down: BTreeMap<(bool, String), Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(network.network).filter(|member| !member.up) {
            let Some(class) = classes.of.get(&member.node) else { continue };
            let key = (*class, network.place);
            let lost = cut_off.entry(key).or_insert_with(|| classes.cut_off(key));
            let alone = lost.iter().any(|node| **node != member.node);
            let state = site.interface_of(member).map_or("down", why_down);
            let spots = down.entry((alone, state.to_owned())).or_default();
            spots.push((&member.node, &member.interface));
        }
        for ((alone, state), spots) in &down {
            let lost = |spots: &[Spot<'_>]| {
                let (node, _) = spots.first().filter(|_| *alone)?;
                let key = (classes.of[*node], network.place);
                let lost = cut_off[&key].iter().filter(|lost| *lost != node);
                Some(format!(", which leaves {node} without a path to {}", list(lost)))
            };
            let what = |spots: &[Spot<'_>]| {
                format!("{state}{}{}", lost(spots).unwrap_or_default(), which(spots))
            };
            let mut found = report.gather(spots, spot_on(&network.network.name), |spots| {
                (what(spots), revive(state, &in_command(spots)))
            });
            if *alone {
                found.severity(Severity::Error);
            }
        }
    }
}

fn classes<'a>(site: &Site<'a>) -> Classes<'a> {
    let mut sets: BTreeMap<&NodeName, (Places, Places)> = BTreeMap::new();
    for network in site.authorised() {
        for Member { node, up, .. } in real(network.network) {
            let (present, usable) = sets.entry(node).or_default();
            present.insert(network.place);
            if *up {
                usable.insert(network.place);
            }
        }
    }
    let mut nodes: BTreeMap<(Places, Places), Vec<&NodeName>> = BTreeMap::new();
    for (node, sets) in sets {
        nodes.entry(sets).or_default().push(node);
    }
    let mut classes = Classes::default();
    for ((present, usable), nodes) in nodes {
        classes.of.extend(nodes.iter().map(|node| (*node, classes.all.len())));
        classes.all.push(Class { present, usable, nodes });
    }
    classes
}

impl<'a> Classes<'a> {
    /// Nodes on the network at `place` that share no usable network with the nodes of `class`,
    /// which may stand among them themselves.
    fn cut_off(&self, (class, place): (usize, usize)) -> Vec<&'a NodeName> {
        let Some(own) = self.all.get(class) else { return Vec::new() };
        let others = self.all.iter().filter(|other| {
            other.present.contains(&place) && other.usable.is_disjoint(&own.usable)
        });
        let mut nodes: Vec<&NodeName> =
            others.flat_map(|other| other.nodes.iter().copied()).collect();
        nodes.sort();
        nodes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::{down, healthy};

    fn nodes(count: u8, networks: usize) -> Vec<NodeInventory> {
        let mut nodes = healthy(count);
        for node in &mut nodes {
            node.interfaces.truncate(networks);
        }
        nodes
    }

    #[test]
    fn fires_on_a_member_without_carrier() {
        let mut nodes = nodes(3, 2);
        down(&mut nodes[1].interfaces[1]);
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), "n2/eth1@Cluster Network 2: no carrier");
        assert_eq!(said.severities, ["warning"]);
    }

    #[test]
    fn is_an_error_when_a_pair_loses_its_only_path() {
        let mut nodes = nodes(4, 1);
        nodes[1].interfaces[0].admin_up = false;
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "n2/eth0@Cluster Network 1: administratively down, \
             which leaves n2 without a path to n1, n3 and n4"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn two_members_down_on_different_networks_cut_their_pair() {
        let mut nodes = nodes(3, 2);
        down(&mut nodes[0].interfaces[0]);
        down(&mut nodes[1].interfaces[1]);
        let said = say(&RULE, &nodes);
        assert_eq!(said.severities, ["error", "error"]);
        assert!(
            said.found[0].ends_with("which leaves n1 without a path to n2"),
            "{:?}",
            said.found
        );
    }

    #[test]
    fn a_dead_switch_is_one_finding() {
        let mut nodes = nodes(5, 2);
        for node in &mut nodes {
            down(&mut node.interfaces[1]);
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 2: no carrier: n1 eth1, n2 eth1, n3 eth1 and 2 more"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_role_0() {
        say(&RULE, &healthy(3)).silent();
        let policy = crate::testkit::names(&[("10.0.1.0/24", "iSCSI")]);
        let mut policy = policy;
        let entry = policy.networks.values_mut().next().unwrap();
        entry.role = Some(crate::model::Role::None);
        let mut nodes = nodes(2, 2);
        down(&mut nodes[0].interfaces[1]);
        crate::rules::testing::say_with(&RULE, &nodes, &policy).silent();
    }

    #[test]
    fn a_single_node_has_no_pair() {
        let mut nodes = nodes(1, 1);
        down(&mut nodes[0].interfaces[0]);
        assert_eq!(say(&RULE, &nodes).severities, ["warning"]);
    }
}
