//! LNK007 slow-link.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Severity, Traffic};
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which};
use crate::rules::{Docs, On, Report, Rule, Site};

use super::line::{note_speed, real};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK007",
    name: "slow-link",
    severity: Severity::Warning,
    docs: Docs {
        what: "A member that is up has a line below 1 Gbit/s (1000 Mbit/s) on the network that \
               carries CSV or live migration, for all nodes or for a pair of them.",
        why: "Redirected storage I/O and memory copies fill such a line at once: guests stall, and \
              a migration of a busy guest never converges.",
        example: "eth1 of node2 negotiated 100 Mbit/s on the network of live migration.",
        remedy: "Look for a bad cable, a forced speed or an old switch port; else give the traffic \
                 to another network by its metric.",
        source: "Microsoft for live migration and VMware for vMotion ask for 1 Gbit/s at \
                 least.",
    },
    check,
};

const LEAST_MBPS: u32 = 1000;

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new("speed");
    let loads = Loads::of(&site.assignment.traffic);
    for network in site.networks() {
        let Some(load) = loads.on(network.place) else { continue };
        let mut slow: BTreeMap<u32, Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(network.network).filter(|member| member.up) {
            match member.speed_mbps {
                Some(speed) if speed < LEAST_MBPS => {
                    slow.entry(speed).or_default().push((&member.node, &member.interface));
                }
                Some(_) => {}
                None => note_speed(site, member, &mut lacking),
            }
        }
        for (speed, spots) in slow {
            find(network, &format!("{speed} Mbit/s for {load}"), &spots, report);
        }
    }
    lacking.tell(report);
}

fn find(network: On<'_>, what: &str, spots: &[Spot<'_>], report: &mut Report) {
    report.gather(spots, spot_on(&network.network.name), |spots| {
        let remedy =
            format!("look for a bad cable or a forced speed: ethtool {}", in_command(spots));
        (format!("{what}{}", which(spots)), remedy)
    });
}

/// Networks that carry CSV, and those that carry live migration, between all nodes or a pair.
struct Loads {
    csv: BTreeSet<usize>,
    migration: BTreeSet<usize>,
}

impl Loads {
    fn of(traffic: &Traffic) -> Self {
        let pairs = &traffic.exceptions;
        let first = |order: &Vec<usize>| order.first().copied();
        let csv = pairs.iter().filter_map(|pair| pair.csv).chain(traffic.csv);
        let migration = pairs.iter().filter_map(|pair| first(&pair.live_migration));
        let migration = migration.chain(first(&traffic.live_migration));
        Self { csv: csv.collect(), migration: migration.collect() }
    }

    fn on(&self, place: usize) -> Option<&'static str> {
        match (self.csv.contains(&place), self.migration.contains(&place)) {
            (true, true) => Some("CSV and live migration"),
            (true, false) => Some("CSV"),
            (false, true) => Some("live migration"),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{down, healthy};

    fn with_speed(nic: usize, speed: Option<u32>) -> Vec<NodeInventory> {
        let mut nodes = healthy(3);
        nodes[1].interfaces[nic].speed_mbps = speed;
        nodes
    }

    #[test]
    fn fires_on_the_networks_of_csv_and_migration_only() {
        assert_eq!(
            say(&RULE, &with_speed(0, Some(100))).one(),
            "n2/eth0@Cluster Network 1: 100 Mbit/s for CSV"
        );
        assert_eq!(
            say(&RULE, &with_speed(1, Some(100))).one(),
            "n2/eth1@Cluster Network 2: 100 Mbit/s for live migration"
        );
        say(&RULE, &with_speed(2, Some(100))).silent();
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_at_1_gbit() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &with_speed(0, Some(1000))).silent();
        assert_eq!(say(&RULE, &with_speed(0, Some(999))).found.len(), 1);
    }

    #[test]
    fn a_speed_that_is_not_told_is_not_judged() {
        let mut nodes = with_speed(0, None);
        nodes[1].gaps.push(gap(None, Fact::Speed));
        assert_eq!(say(&RULE, &nodes).missing, ["speed of n2 eth0 is not known: not told"]);
        nodes[1].gaps.clear();
        let told = &say(&RULE, &nodes).missing[0];
        assert_eq!(told, "speed of n2 eth0 is not known: its driver tells none");
    }

    #[test]
    fn a_line_that_is_down_or_virtual_has_no_speed_to_be_told() {
        let mut nodes = with_speed(0, None);
        nodes[1].interfaces[0].device.as_mut().unwrap().bus = Some("virtio".to_owned());
        say(&RULE, &nodes).silent();
        let mut nodes = with_speed(0, None);
        down(&mut nodes[1].interfaces[0]);
        say(&RULE, &nodes).silent();
    }
}
