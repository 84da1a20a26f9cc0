//! HBT003 active-backup-only-heartbeat.

use std::collections::BTreeMap;

use super::bonds::{bonds_below, note};
use crate::model::{Fact, Member, NetworkName, NodeName, Severity};
use crate::rules::phrase::{Lacking, Spot, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT003",
    name: "active-backup-only-heartbeat",
    severity: Severity::Warning,
    docs: Docs {
        what: "The only network of role 1 or 3 that a node is on stands on an active-backup bond.",
        why: "Such a bond sees the loss of carrier at its own port and nothing of a switch that \
              passes no more frames: heartbeats stop although a second port is ready.",
        example: "node1 and node2 are on 10.0.0.0/24 alone, by bond0 in the mode active-backup.",
        remedy: "Add a second network for heartbeats, or split the bond into two networks.",
        source: "The Proxmox VE manual, chapter Cluster Network, on Corosync over bonds: it prefers \
                 separate networks as links.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new(Fact::Bond.as_str());
    let mut found: BTreeMap<&NetworkName, Vec<Spot<'_>>> = BTreeMap::new();
    for (network, member) in only_members(site) {
        for interface in bonds_below(site, member) {
            match &interface.bond {
                Some(bond) if bond.mode == "active-backup" => {
                    found.entry(network).or_default().push((&member.node, &interface.name));
                }
                Some(_) => {}
                None => note(site, member, interface, &mut lacking),
            }
        }
    }
    for (network, spots) in found {
        report.gather(&spots, spot_on(network), |spots| {
            let what = "an active-backup bond carries the only heartbeat network";
            let remedy = "put heartbeats on a second network too";
            (format!("{what}{}", which(spots)), remedy.to_owned())
        });
    }
    lacking.tell(report);
}

/// Members of nodes that are on a single network of role 1 or 3.
fn only_members<'a>(site: &Site<'a>) -> Vec<(&'a NetworkName, &'a Member)> {
    let mut by_node: BTreeMap<&NodeName, BTreeMap<usize, (&NetworkName, &Member)>> =
        BTreeMap::new();
    for on in site.authorised() {
        for member in on.network.members.iter().filter(|member| !member.faked) {
            let networks = by_node.entry(&member.node).or_default();
            networks.insert(on.place, (&on.network.name, member));
        }
    }
    let single = by_node.into_values().filter(|networks| networks.len() == 1);
    single.flat_map(BTreeMap::into_values).collect()
}

#[cfg(test)]
mod tests {
    use super::super::bonds::testing::{bond, bonded};
    use super::*;
    use crate::rules::testing::{gap, say};
    use crate::testkit::healthy;

    #[test]
    fn fires_where_the_bond_carries_the_only_network() {
        let nodes = [1, 2].map(|host| bonded(host, Some(bond("active-backup", None))).done());
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: an active-backup bond carries the only heartbeat network: \
             n1 bond0 and n2 bond0"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_other_modes() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[bonded(1, Some(bond("802.3ad", None))).done()]).silent();
    }

    #[test]
    fn a_second_network_is_the_boundary() {
        let node = bonded(1, Some(bond("active-backup", None)));
        say(&RULE, &[node.nic("eno3", &["10.0.8.1/24"]).done()]).silent();
    }

    #[test]
    fn a_mode_that_is_not_told_is_not_judged() {
        let node = bonded(1, None).change(|it| it.gaps.push(gap(None, Fact::Bond)));
        let said = say(&RULE, &[node.done()]);
        assert_eq!(said.missing, ["bond options of n1 bond0 are not known: not told"]);
    }
}
