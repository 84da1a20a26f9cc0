//! LNK009 duplex-mismatch.

use std::collections::BTreeMap;

use crate::model::{Duplex, Interface, Member, Severity};
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::{real, why_untold};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK009",
    name: "duplex-mismatch",
    severity: Severity::Warning,
    docs: Docs {
        what: "The line behind a member is half duplex, whether the others of its network are half \
               or full duplex. The hardware below the member is asked, or the member itself where \
               no hardware is to be seen.",
        why: "One end that was set by hand and one that negotiates end up with different duplex: \
              the line works while idle, and loses frames under load, heartbeats among them.",
        example: "eth1 of node2 negotiated half duplex because the switch port was forced to 100 \
                  Mbit/s full duplex.",
        remedy: "Let both ends negotiate, or set both ends by hand to the same.",
        source: "IEEE 802.3 clause 28: parallel detection of a partner that does not negotiate \
                 falls back to half duplex.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new("duplex");
    for network in &site.layout.networks {
        let mut by_duplex: BTreeMap<bool, Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(network).filter(|member| member.up) {
            for (nic, duplex) in lines(site, member) {
                match duplex {
                    Some(duplex) => by_duplex
                        .entry(duplex == Duplex::Half)
                        .or_default()
                        .push((&member.node, &nic.name)),
                    None => {
                        if let Some(cause) = why_untold(site, &member.node, nic) {
                            lacking.interface(&member.node, &nic.name, cause);
                        }
                    }
                }
            }
        }
        let Some(half) = by_duplex.get(&true) else { continue };
        let others =
            if by_duplex.contains_key(&false) { ", while other members are full" } else { "" };
        report.gather(half, spot_on(&network.name), |half| {
            let remedy =
                format!("let both ends negotiate: ethtool -s {} autoneg on", in_command(half));
            (format!("half duplex{others}{}", which(half)), remedy)
        });
    }
    lacking.tell(report);
}

/// The lines behind a member that are up, with their duplex.
fn lines<'a>(
    site: &Site<'a>,
    member: &Member,
) -> impl Iterator<Item = (&'a Interface, Option<Duplex>)> + use<'a> {
    let top = site.interface_of(member);
    let hardware = top.map(|top| site.hardware(&member.node, top)).unwrap_or_default();
    let up = hardware.into_iter().filter(|nic| nic.is_up());
    up.map(|nic| (nic, nic.duplex))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, InterfaceKind, InterfaceName, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, down, healthy};

    fn with_duplex(duplex: Option<Duplex>) -> Vec<NodeInventory> {
        let mut nodes = healthy(3);
        nodes[1].interfaces[1].duplex = duplex;
        nodes
    }

    #[test]
    fn fires_on_half_duplex() {
        assert_eq!(
            say(&RULE, &with_duplex(Some(Duplex::Half))).one(),
            "n2/eth1@Cluster Network 2: half duplex, while other members are full"
        );
    }

    #[test]
    fn fires_once_where_all_are_half() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces[1].duplex = Some(Duplex::Half);
        }
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 2: half duplex: n1 eth1 and n2 eth1"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_lines_that_are_down() {
        say(&RULE, &healthy(3)).silent();
        let mut nodes = with_duplex(None);
        down(&mut nodes[1].interfaces[1]);
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn a_port_below_a_bond_is_asked() {
        let node = Node::new("n1")
            .with("eno1", InterfaceKind::Physical, &[], |nic| nic.duplex = Some(Duplex::Half))
            .with("eno2", InterfaceKind::Physical, &[], |nic| nic.duplex = Some(Duplex::Full))
            .with("bond0", InterfaceKind::Bond, &["10.0.0.1/24"], |bond| {
                bond.duplex = Some(Duplex::Full);
                bond.lowers = vec![InterfaceName::new("eno1"), InterfaceName::new("eno2")];
            });
        let said = say(&RULE, &[node.done()]);
        assert!(said.one().starts_with("n1/eno1@Cluster Network 1: half duplex"), "{}", said.one());
    }

    #[test]
    fn duplex_that_is_not_told_is_not_judged() {
        let mut nodes = with_duplex(None);
        nodes[1].gaps.push(gap(Some("eth1"), Fact::Speed));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["duplex of n2 eth1 is not known: not told"]);
    }
}
