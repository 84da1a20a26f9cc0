//! LNK008 speed-mismatch.

use std::collections::BTreeMap;

use crate::model::Severity;
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which};
use crate::rules::{Docs, On, Report, Rule, Site};

use super::line::{note_speed, real};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK008",
    name: "speed-mismatch",
    severity: Severity::Warning,
    docs: Docs {
        what: "Members of one cluster network that are up have lines of different speed. The speed \
               of a bond is that of its active ports together.",
        why: "The slowest line decides how long a migration or a drain takes, and a line slower \
              than its peers is often a bad cable or a bond that has lost a port.",
        example: "Three nodes have 25000 Mbit/s in 10.0.1.0/24, and eth1 of node4 has 10000.",
        remedy: "Check cable, transceiver and switch port of the members that differ, and the ports \
                 of their bonds.",
        source: "Microsoft recommends equal adapters for each cluster network; scheme 2012 of \
                 metrics counts the slowest member.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new("speed");
    for network in site.networks() {
        let mut by_speed: BTreeMap<u32, Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(network.network).filter(|member| member.up) {
            match member.speed_mbps {
                Some(speed) => {
                    by_speed.entry(speed).or_default().push((&member.node, &member.interface));
                }
                None => note_speed(site, member, &mut lacking),
            }
        }
        judge(network, &by_speed, report);
    }
    lacking.tell(report);
}

/// The usual speed is that of most members, of equally many the faster.
fn judge(network: On<'_>, by_speed: &BTreeMap<u32, Vec<Spot<'_>>>, report: &mut Report) {
    let usual = by_speed.iter().max_by_key(|(speed, spots)| (spots.len(), **speed));
    let Some((usual, _)) = usual else { return };
    for (speed, spots) in by_speed.iter().filter(|(speed, _)| *speed != usual) {
        report.gather(spots, spot_on(&network.network.name), |spots| {
            let what = format!("{speed} Mbit/s, while other members have {usual}{}", which(spots));
            (what, format!("check cable and switch port: ethtool {}", in_command(spots)))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::healthy;

    fn speeds(of_eth1: &[Option<u32>]) -> Vec<NodeInventory> {
        let mut nodes = healthy(u8::try_from(of_eth1.len()).unwrap());
        for (node, speed) in nodes.iter_mut().zip(of_eth1) {
            node.interfaces[1].speed_mbps = *speed;
        }
        nodes
    }

    #[test]
    fn fires_on_the_members_that_differ() {
        let nodes = speeds(&[Some(25_000), Some(10_000), Some(25_000)]);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n2/eth1@Cluster Network 2: 10000 Mbit/s, while other members have 25000"
        );
        let nodes = speeds(&[Some(10_000), Some(10_000), None, Some(25_000), Some(25_000)]);
        assert!(say(&RULE, &nodes).one().ends_with("have 25000: n1 eth1 and n2 eth1"));
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_across_networks() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &speeds(&[Some(25_000), Some(25_000)])).silent();
    }

    #[test]
    fn any_difference_counts() {
        assert_eq!(say(&RULE, &speeds(&[Some(10_000), Some(9_999)])).found.len(), 1);
    }

    #[test]
    fn speeds_that_are_not_told_are_summarised() {
        let mut nodes = speeds(&[None, None, None, None, None]);
        for node in &mut nodes {
            node.gaps.push(gap(None, Fact::Speed));
        }
        assert_eq!(
            say(&RULE, &nodes).missing,
            ["speed of 5 interfaces is not known \
              (n1 eth1, n2 eth1, n3 eth1 and 2 more): not told"]
        );
    }
}
