//! LNK006 jumbo-on-gateway-network.

use std::collections::BTreeMap;

use crate::model::{ClusterNetwork, Fact, Severity};
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::real;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK006",
    name: "jumbo-on-gateway-network",
    severity: Severity::Warning,
    docs: Docs {
        what: "A member of a network with a default gateway has an MTU above 1500.",
        why: "Beyond the gateway most paths carry 1500 bytes. Where a firewall drops the messages \
              that tell senders so, connections of clients are set up and then hang.",
        example: "eth2 of every node has MTU 9000 in 192.0.2.0/24, which has the default gateway.",
        remedy: "Keep the network of clients at 1500 and use jumbo frames on networks without a \
                 gateway only.",
        source: "RFC 2923 describes how path MTU discovery fails; RFC 894 sets 1500 for \
                 Ethernet, which paths across the Internet carry.",
    },
    check,
};

/// Largest MTU that the Internet's paths carry.
const USUAL: u32 = 1500;

fn check(site: &Site<'_>, report: &mut Report) {
    let mut routes = [(Fact::Routes4, true), (Fact::Routes6, false)]
        .map(|(fact, ipv4)| (fact, ipv4, Lacking::new(fact.as_str())));
    for network in site.networks() {
        if network.assigned.gateway {
            find(network.network, report);
            continue;
        }
        if !real(network.network).any(|member| member.mtu > USUAL) {
            continue;
        }
        for (fact, ipv4, lacking) in &mut routes {
            if network.network.subnets.iter().any(|subnet| subnet.is_ipv4() == *ipv4) {
                note(site, network.network, *fact, lacking);
            }
        }
    }
    for (_, _, lacking) in routes {
        lacking.tell(report);
    }
}

fn find(network: &ClusterNetwork, report: &mut Report) {
    let mut jumbo: BTreeMap<u32, Vec<Spot<'_>>> = BTreeMap::new();
    for member in real(network).filter(|member| member.mtu > USUAL) {
        jumbo.entry(member.mtu).or_default().push((&member.node, &member.interface));
    }
    for (mtu, spots) in jumbo {
        report.gather(&spots, spot_on(&network.name), |spots| {
            let what = format!("MTU {mtu} on a network with a default gateway{}", which(spots));
            (what, format!("ip link set {} mtu {USUAL}", in_command(spots)))
        });
    }
}

/// Whether the network has a gateway is not known where routes are not.
fn note(site: &Site<'_>, network: &ClusterNetwork, fact: Fact, lacking: &mut Lacking) {
    for member in real(network) {
        if let Some(gap) = site.gap(&member.node, Some(&member.interface), fact) {
            lacking.node(&member.node, &gap.cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn node(name: &str, address: &str, mtu: u32) -> Node {
        Node::new(name).with("eth2", InterfaceKind::Physical, &[address], |nic| nic.mtu = mtu)
    }

    fn pair(mtu: u32) -> [NodeInventory; 2] {
        [
            node("n1", "192.0.2.1/24", mtu).gateway("eth2").done(),
            node("n2", "192.0.2.2/24", mtu).gateway("eth2").done(),
        ]
    }

    #[test]
    fn fires_once_for_all_members() {
        assert_eq!(
            say(&RULE, &pair(9000)).one(),
            "@Cluster Network 1: MTU 9000 on a network with a default gateway: n1 eth2 and n2 eth2"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_without_a_gateway() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node("n1", "10.0.1.1/24", 9000).done()]).silent();
    }

    #[test]
    fn one_byte_above_1500_is_jumbo() {
        say(&RULE, &pair(1500)).silent();
        assert_eq!(say(&RULE, &pair(1501)).found.len(), 1);
    }

    #[test]
    fn is_not_judged_without_routes() {
        let hidden = |mtu| {
            let node = node("n1", "10.0.1.1/24", mtu);
            node.change(|it| it.gaps.push(gap(None, Fact::Routes4))).done()
        };
        assert_eq!(
            say(&RULE, &[hidden(9000)]).missing,
            ["IPv4 routes of n1 are not known: not told"]
        );
        say(&RULE, &[hidden(1500)]).silent();
    }
}
