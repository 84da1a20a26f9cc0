//! HBT002 slow-lacp.

use super::bonds::{objections, remake};
use crate::failover::lacp_detection_ms;
use crate::model::{Bond, Severity};
use crate::rules::phrase::{spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT002",
    name: "slow-lacp",
    severity: Severity::Warning,
    docs: Docs {
        what: "A bond of mode 802.3ad under a network of role 1 or 3 asks its partner for slow \
               LACP packets (lacp_rate slow, the kernel's default).",
        why: "A partner that falls silent while the carrier stays is noticed after three packets: \
              90 s when slow, 3 s when fast. Nodes are fenced long before the bond gives the port \
              up.",
        example: "bond0 of node1 has the mode 802.3ad and lacp_rate slow, and carries 10.0.0.0/24.",
        remedy: "Set lacp_rate fast in the network configuration and make the bond anew, for it \
                 can't be changed while the bond is up; set the same on the ports of the switch.",
        source: "IEEE 802.1AX for the time-outs; the kernel's bonding documentation; the Proxmox VE \
                 manual asks for the fast rate under corosync.",
    },
    check,
};

const LACP_MODE: &str = "802.3ad";
const SLOW: &str = "slow";

fn check(site: &Site<'_>, report: &mut Report) {
    let is_slow = |bond: &Bond| match bond.lacp_rate.as_deref() {
        _ if bond.mode != LACP_MODE => Ok(None),
        None => Err("its LACP rate is not in the inventory"),
        rate => Ok((rate == Some(SLOW)).then_some(())),
    };
    let seconds = lacp_detection_ms(SLOW).unwrap_or_default() / 1000;
    for (network, found) in objections(site, report, is_slow) {
        for spots in found.values() {
            report.gather(spots, spot_on(&network.network.name), |spots| {
                let what = format!("LACP rate slow: a silent partner is noticed after {seconds} s");
                let remedy = remake("lacp_rate fast", spots);
                (what + &which(spots), remedy)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bonds::testing::{bond, bonded};
    use super::*;
    use crate::model::Fact;
    use crate::rules::testing::{gap, say};
    use crate::testkit::healthy;

    #[test]
    fn fires_on_slow_lacp_below_a_vlan() {
        let node = bonded(1, Some(bond("802.3ad", Some("slow")))).done();
        assert_eq!(
            say(&RULE, &[node]).one(),
            "n1/bond0@Cluster Network 1: LACP rate slow: a silent partner is noticed after 90 s"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_other_bonds() {
        say(&RULE, &healthy(3)).silent();
        for rate in [None, Some("slow")] {
            say(&RULE, &[bonded(1, Some(bond("active-backup", rate))).done()]).silent();
        }
    }

    #[test]
    fn fast_is_the_boundary() {
        say(&RULE, &[bonded(1, Some(bond("802.3ad", Some("fast")))).done()]).silent();
    }

    #[test]
    fn a_rate_that_is_not_told_is_not_judged() {
        let node = bonded(1, None).change(|it| it.gaps.push(gap(None, Fact::Bond)));
        let said = say(&RULE, &[node.done()]);
        assert_eq!(said.missing, ["bond options of n1 bond0 are not known: not told"]);
        let said = say(&RULE, &[bonded(1, Some(bond("802.3ad", None))).done()]);
        assert!(said.missing[0].ends_with("its LACP rate is not in the inventory"));
    }
}
