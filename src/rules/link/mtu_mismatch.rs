//! LNK003 mtu-mismatch.

use std::collections::BTreeMap;

use crate::model::{Locus, Severity};
use crate::rules::phrase::word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK003",
    name: "mtu-mismatch",
    severity: Severity::Error,
    docs: Docs {
        what: "Members of one cluster network have different MTUs; faked adapters do not count.",
        why: "Small packets pass and large ones vanish: heartbeats are fine while CSV traffic, \
              live migration or an NFS mount hangs.",
        example: "eth1 of node1 has MTU 9000, eth1 of node2 has 1500, both in 10.0.1.0/24.",
        remedy: "Set the same MTU on every member, and one no smaller on the switch ports between.",
        source: "Kronosnet requires one path MTU for all; Proxmox and the Assisted Installer check it.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for on in site.networks() {
        let mut by_mtu: BTreeMap<u32, Vec<&crate::model::Member>> = BTreeMap::new();
        for member in on.network.members.iter().filter(|member| !member.faked) {
            by_mtu.entry(member.mtu).or_default().push(member);
        }
        let usual = by_mtu.iter().max_by_key(|(mtu, members)| (members.len(), **mtu));
        let Some((usual, _)) = usual else { continue };
        for (mtu, members) in by_mtu.iter().filter(|(mtu, _)| *mtu != usual) {
            for member in members {
                report.find(
                    Locus::interface(&member.node, &member.interface).on(&on.network.name),
                    format!("MTU {mtu}, while other members have {usual}"),
                    format!("ip link set {} mtu {usual}", word(&member.interface)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InterfaceKind;
    use crate::rules::testing::say;
    use crate::testkit::Node;

    fn node(name: &str, address: &str, mtu: u32) -> crate::model::NodeInventory {
        let change = |nic: &mut crate::model::Interface| nic.mtu = mtu;
        Node::new(name).with("eth1", InterfaceKind::Physical, &[address], change).done()
    }

    #[test]
    fn fires_on_the_member_that_differs() {
        let nodes = [
            node("n1", "10.0.1.1/24", 9000),
            node("n2", "10.0.1.2/24", 9000),
            node("n3", "10.0.1.3/24", 1500),
        ];
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "n3/eth1@Cluster Network 1: MTU 1500, while other members have 9000"
        );
    }

    #[test]
    fn is_silent_where_all_agree_and_across_networks() {
        say(&RULE, &[node("n1", "10.0.1.1/24", 9000), node("n2", "10.0.1.2/24", 9000)]).silent();
        say(&RULE, &[node("n1", "10.0.1.1/24", 9000), node("n2", "10.0.2.2/24", 1500)]).silent();
    }

    #[test]
    fn one_byte_is_a_mismatch() {
        let nodes = [node("n1", "10.0.1.1/24", 1500), node("n2", "10.0.1.2/24", 1499)];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
    }
}
