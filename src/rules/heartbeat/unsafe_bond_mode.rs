//! HBT001 unsafe-bond-mode.

use super::bonds::{objections, remake};
use crate::model::{Bond, Severity};
use crate::rules::phrase::{spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT001",
    name: "unsafe-bond-mode",
    severity: Severity::Error,
    docs: Docs {
        what: "A bond that carries heartbeats, itself a member of a network of role 1 or 3 or below \
               one, has the mode balance-rr, balance-xor, balance-tlb or balance-alb.",
        why: "These modes spread frames without agreement with the switch. When one port or its \
              path fails half-way, some nodes still hear each other and others do not, and the \
              cluster fences nodes that are well.",
        example: "bond0 of node1 has the mode balance-alb, and 10.0.0.0/24 is on bond0.7.",
        remedy: "Use active-backup, or 802.3ad with LACP on the switch: set it in the network \
                 configuration and make the bond anew, for the mode of one with ports can't be \
                 changed; better still, give the heartbeat two NICs without a bond.",
        source: "The Proxmox VE manual, chapter Cluster Network, warns of these modes under \
                 corosync.",
    },
    check,
};

const UNSAFE: [&str; 4] = ["balance-rr", "balance-xor", "balance-tlb", "balance-alb"];

fn check(site: &Site<'_>, report: &mut Report) {
    let is_unsafe = |bond: &Bond| Ok(UNSAFE.into_iter().find(|mode| *mode == bond.mode));
    for (network, found) in objections(site, report, is_unsafe) {
        for (mode, spots) in found {
            report.gather(&spots, spot_on(&network.network.name), |spots| {
                let what = format!("bond mode {mode} under heartbeats{}", which(spots));
                (what, remake("mode active-backup, or 802.3ad with LACP on the switch,", spots))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bonds::testing::{bond, bonded};
    use super::*;
    use crate::model::{Fact, InterfaceKind, Role};
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, healthy, names};

    #[test]
    fn fires_on_each_unsafe_mode_below_a_vlan() {
        for mode in UNSAFE {
            let node = bonded(1, Some(bond(mode, None))).done();
            let expected = format!("n1/bond0@Cluster Network 1: bond mode {mode} under heartbeats");
            assert_eq!(say(&RULE, &[node]).one(), expected);
        }
    }

    #[test]
    fn is_one_finding_for_all_nodes() {
        let nodes = [1, 2].map(|host| bonded(host, Some(bond("balance-rr", None))).done());
        assert!(say(&RULE, &nodes).one().ends_with("heartbeats: n1 bond0 and n2 bond0"));
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_safe_modes() {
        say(&RULE, &healthy(3)).silent();
        for mode in ["active-backup", "802.3ad", "broadcast"] {
            say(&RULE, &[bonded(1, Some(bond(mode, None))).done()]).silent();
        }
    }

    #[test]
    fn a_bond_of_role_0_carries_no_heartbeat() {
        let mut policy = names(&[("10.0.7.0/24", "iSCSI")]);
        policy.networks.values_mut().next().unwrap().role = Some(Role::None);
        let node = bonded(1, Some(bond("balance-rr", None))).done();
        say_with(&RULE, &[node], &policy).silent();
    }

    #[test]
    fn options_that_are_not_told_are_not_judged() {
        let node = bonded(1, None).change(|it| it.gaps.push(gap(Some("bond0"), Fact::Bond)));
        let said = say(&RULE, &[node.done()]);
        assert_eq!(said.missing, ["bond options of n1 bond0 are not known: not told"]);
        let team = Node::new("n1").with("team0", InterfaceKind::Team, &["10.0.0.1/24"], |_| ());
        let said = say(&RULE, &[team.done()]);
        let cause = "the kernel tells none of a team";
        assert_eq!(said.missing, [format!("bond options of n1 team0 are not known: {cause}")]);
    }
}
