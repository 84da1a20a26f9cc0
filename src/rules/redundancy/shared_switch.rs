//! RED009 shared-switch.

use std::collections::{BTreeMap, BTreeSet};

use super::{groups, unknown, words};
use crate::failover::{Leg, NodeParts};
use crate::model::{Locus, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED009",
    name: "shared-switch",
    severity: Severity::Warning,
    docs: Docs {
        what: "On every node that is on both of two networks of role 1 or 3, both stand on one \
               switch, known by its LLDP chassis or by phys_switch_id. A bond with ports on two \
               switches stands on neither alone. Not judged where neither is known.",
        why: "The networks are two in name only: a switch that reboots for an update takes both.",
        example: "LLDP tells chassis 02:00:00:00:00:01 on eth0 and eth1 of every node.",
        remedy: "Plug one of the networks into another switch.",
        source: "Microsoft KB 258750 asks for networks that share no point of failure; IEEE 802.1AB \
                 (LLDP) tells the switch.",
    },
    check,
};

/// Networks of a node and the switches that each stands on; absent when they are not known.
type Plugged<'a> = BTreeMap<usize, Option<BTreeSet<&'a str>>>;

/// Nodes on two networks, and what is known of their switches.
#[derive(Default)]
struct Tally<'a> {
    apart: bool,
    unknown: bool,
    switches: BTreeSet<&'a str>,
}

fn check(site: &Site<'_>, report: &mut Report) {
    let mut tallies: BTreeMap<(usize, usize), Tally<'_>> = BTreeMap::new();
    for (plugged, _) in groups(site, plugged) {
        for (one, switches) in &plugged {
            for (other, more) in plugged.range(one + 1..) {
                let tally = tallies.entry((*one, *other)).or_default();
                tally.add(switches.as_ref(), more.as_ref());
            }
        }
    }
    let mut together: BTreeMap<(BTreeSet<&str>, bool), BTreeSet<usize>> = BTreeMap::new();
    for ((one, other), tally) in tallies {
        if !tally.apart && !tally.switches.is_empty() {
            together.entry((tally.switches, tally.unknown)).or_default().extend([one, other]);
        }
    }
    for ((switches, unknown), networks) in together {
        find(site, report, (&switches, &networks), unknown);
    }
    unknown::switches(site, report, |_, standing| standing.authorised && standing.usable);
}

fn find(
    site: &Site<'_>,
    report: &mut Report,
    (switches, networks): (&BTreeSet<&str>, &BTreeSet<usize>),
    unknown: bool,
) {
    let names = switches.iter().map(|switch| site.parts().switch_name(switch));
    let one = if switches.len() == 1 { "switch" } else { "one switch on each node:" };
    let message =
        format!("{} stand on {one} {} on every node", words::networks(site, networks), list(names));
    let finding = report.find(Locus::cluster(), message, "plug one of them into another switch");
    if unknown {
        finding.likely();
    }
}

impl<'a> Tally<'a> {
    fn add(&mut self, ours: Option<&BTreeSet<&'a str>>, theirs: Option<&BTreeSet<&'a str>>) {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let mut common = ours.intersection(theirs).peekable();
                self.apart |= common.peek().is_none();
                self.switches.extend(common);
            }
            _ => self.unknown = true,
        }
    }
}

/// Switches without which a network of the node does not hold.
fn plugged<'a>(node: &NodeParts<'a>) -> Plugged<'a> {
    let mut legs: BTreeMap<usize, Vec<&Leg<'a>>> = BTreeMap::new();
    for standing in node.usable() {
        legs.entry(standing.network).or_default().extend(standing.live());
    }
    legs.into_iter().map(|(network, legs)| (network, on_all(&legs))).collect()
}

fn on_all<'a>(legs: &[&Leg<'a>]) -> Option<BTreeSet<&'a str>> {
    let mut common: Option<BTreeSet<&str>> = None;
    for leg in legs {
        let switches: BTreeSet<&str> = leg.switches.as_ref()?.iter().copied().collect();
        common = Some(match common {
            None => switches,
            Some(before) => before.intersection(&switches).copied().collect(),
        });
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeInventory, SwitchPort};
    use crate::rules::testing::say;
    use crate::testkit::healthy;

    fn plug(node: &mut NodeInventory, interface: usize, switch: &str) {
        let neighbour = &mut node.interfaces[interface].neighbours[0];
        neighbour.chassis = format!("chassis of {switch}");
        neighbour.name = Some(switch.to_owned());
    }

    #[test]
    fn fires_where_every_node_has_both_networks_on_one_switch() {
        let mut nodes = healthy(3);
        for node in &mut nodes {
            plug(node, 0, "core");
            plug(node, 1, "core");
        }
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            ": Cluster Network 1 and Cluster Network 2 stand on switch core on every node"
        );
        assert_eq!(said.severities, ["warning"]);
    }

    #[test]
    fn one_node_plugged_otherwise_keeps_it_silent() {
        let mut nodes = healthy(3);
        for node in &mut nodes[1..] {
            plug(node, 0, "core");
            plug(node, 1, "core");
        }
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn three_networks_and_racks_are_one_finding() {
        let mut nodes = healthy(4);
        for (number, node) in nodes.iter_mut().enumerate() {
            for interface in 0..3 {
                plug(node, interface, &format!("rack{}", number / 2));
            }
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            ": Cluster Network 1, Cluster Network 2 and Cluster Network 3 stand on one switch on \
             each node: rack0 and rack1 on every node"
        );
    }

    #[test]
    fn an_embedded_switch_counts() {
        let mut nodes = healthy(1);
        for nic in &mut nodes[0].interfaces[..2] {
            nic.neighbours.clear();
            let switch_id = Some("00e04c".to_owned());
            nic.switch = Some(SwitchPort { switch_id, ..SwitchPort::default() });
        }
        assert!(say(&RULE, &nodes).one().contains("switch 00e04c"));
    }

    #[test]
    fn without_facts_it_is_not_judged() {
        let mut nodes = healthy(2);
        for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            nic.neighbours.clear();
        }
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(said.missing.len(), 1, "{:?}", said.missing);
        assert!(said.missing[0].starts_with("switch of 6 interfaces is not known (n1 eth0, "));
    }

    #[test]
    fn is_silent_on_a_healthy_cluster() {
        say(&RULE, &healthy(4)).silent();
    }
}
