//! LNK003 mtu-mismatch.

use std::collections::BTreeMap;

use crate::model::{ClusterNetwork, Severity};
use crate::rules::phrase::{Spot, in_command, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::real;
use super::mtu_out_of_range::broken_bound;

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
        let mut by_mtu: BTreeMap<u32, Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(on.network) {
            by_mtu.entry(member.mtu).or_default().push((&member.node, &member.interface));
        }
        let Some(usual) = usual(site, on.network) else { continue };
        for (mtu, spots) in by_mtu.iter().filter(|(mtu, _)| **mtu != usual) {
            report.gather(spots, spot_on(&on.network.name), |spots| {
                let what = format!("MTU {mtu}, while other members have {usual}{}", which(spots));
                (what, format!("ip link set {} mtu {usual}", in_command(spots)))
            });
        }
    }
}

/// The MTU that most members of a network have and that may stay, if any may; of several the largest.
pub(super) fn usual(site: &Site<'_>, network: &ClusterNetwork) -> Option<u32> {
    let mut members: BTreeMap<u32, (bool, usize)> = BTreeMap::new();
    for member in real(network) {
        let (is_sound, count) = members.entry(member.mtu).or_default();
        *is_sound |= broken_bound(site, member).is_none();
        *count += 1;
    }
    let usual =
        members.into_iter().max_by_key(|(mtu, (is_sound, count))| (*is_sound, *count, *mtu));
    usual.map(|(mtu, _)| mtu)
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
    fn an_mtu_out_of_range_is_nothing_to_follow() {
        let nodes = [(1, 70_000), (2, 70_000), (3, 1500)]
            .map(|(host, mtu)| node(&format!("n{host}"), &format!("10.0.1.{host}/24"), mtu));
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "@Cluster Network 1: MTU 70000, while other members have 1500: n1 eth1 and n2 eth1"
        );
    }

    #[test]
    fn members_alike_are_one_finding() {
        let nodes: Vec<_> = (1..=5)
            .map(|host| {
                let mtu = if host < 3 { 1500 } else { 9000 };
                node(&format!("n{host}"), &format!("10.0.1.{host}/24"), mtu)
            })
            .collect();
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: MTU 1500, while other members have 9000: n1 eth1 and n2 eth1"
        );
    }

    #[test]
    fn one_byte_is_a_mismatch() {
        let nodes = [node("n1", "10.0.1.1/24", 1500), node("n2", "10.0.1.2/24", 1499)];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
    }
}
