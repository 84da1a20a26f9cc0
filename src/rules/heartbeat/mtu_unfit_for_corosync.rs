//! HBT004 mtu-unfit-for-corosync.

use std::collections::BTreeMap;

use crate::model::{HeartbeatStack, InterfaceKind, Member, Severity};
use crate::rules::phrase::{Spot, in_command, spot_on, which};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT004",
    name: "mtu-unfit-for-corosync",
    severity: Severity::Warning,
    docs: Docs {
        what: "The policy's heartbeat stack is corosync, and a member of a network of role 1 or 3 \
               is IP over InfiniBand, whatever its MTU, or has an MTU above 9000.",
        why: "knet looks for the path MTU itself and was made for Ethernet: with the MTU of 65520 \
              of IPoIB's connected mode it gave the search up again and again, and nodes did not \
              join.",
        example: "ib0 of every node has MTU 65520 in 10.0.0.0/24, under corosync 3.",
        remedy: "Set knet_mtu in corosync.conf, keep the MTU at 9000 or below, or give corosync an \
                 Ethernet network and set the InfiniBand network's role to 0.",
        source: "kronosnet issue 241 on GitHub; corosync issue 499 added the setting.",
    },
    check,
};

const MOST: u32 = 9000;

fn check(site: &Site<'_>, report: &mut Report) {
    if site.policy.heartbeat.stack != Some(HeartbeatStack::Corosync) {
        return;
    }
    for on in site.authorised() {
        let mut unfit: BTreeMap<(bool, u32), Vec<Spot<'_>>> = BTreeMap::new();
        for member in on.network.members.iter().filter(|member| !member.faked) {
            let infiniband = is_infiniband(site, member);
            if infiniband || member.mtu > MOST {
                let spots = unfit.entry((infiniband, member.mtu)).or_default();
                spots.push((&member.node, &member.interface));
            }
        }
        for ((infiniband, mtu), spots) in unfit {
            let what = if infiniband { "IPoIB with MTU" } else { "MTU" };
            report.gather(&spots, spot_on(&on.network.name), |spots| {
                let what = format!("{what} {mtu} under corosync{}", which(spots));
                (what, remedy(infiniband, mtu, &in_command(spots)))
            });
        }
    }
}

fn is_infiniband(site: &Site<'_>, member: &Member) -> bool {
    let stack = site.interface_of(member).map(|top| site.stack(&member.node, top));
    stack.is_some_and(|all| all.iter().any(|one| one.kind == InterfaceKind::Infiniband))
}

fn remedy(infiniband: bool, mtu: u32, interface: &str) -> String {
    match (infiniband, mtu > MOST) {
        (_, true) => {
            format!("ip link set {interface} mtu {MOST}, or set knet_mtu in corosync.conf")
        }
        _ => "set knet_mtu in corosync.conf, or give corosync an Ethernet network".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HeartbeatPolicy, NodeInventory, Policy};
    use crate::rules::testing::{Said, say, say_with};
    use crate::testkit::{Node, healthy};

    fn under_corosync(nodes: &[NodeInventory]) -> Said {
        let stack = Some(HeartbeatStack::Corosync);
        let heartbeat = HeartbeatPolicy { stack, ..HeartbeatPolicy::default() };
        say_with(&RULE, nodes, &Policy { heartbeat, ..Policy::default() })
    }

    fn node(kind: InterfaceKind, mtu: u32) -> NodeInventory {
        Node::new("n1").with("if0", kind, &["10.0.0.1/24"], |nic| nic.mtu = mtu).done()
    }

    #[test]
    fn fires_on_infiniband_with_any_mtu() {
        let said = under_corosync(&[node(InterfaceKind::Infiniband, 2044)]);
        assert_eq!(said.one(), "n1/if0@Cluster Network 1: IPoIB with MTU 2044 under corosync");
        let said = under_corosync(&[node(InterfaceKind::Infiniband, 65_520)]);
        assert_eq!(said.one(), "n1/if0@Cluster Network 1: IPoIB with MTU 65520 under corosync");
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_without_corosync() {
        under_corosync(&healthy(3)).silent();
        say(&RULE, &[node(InterfaceKind::Infiniband, 65_520)]).silent();
    }

    #[test]
    fn ethernet_may_have_9000() {
        under_corosync(&[node(InterfaceKind::Physical, 9000)]).silent();
        let said = under_corosync(&[node(InterfaceKind::Physical, 9001)]);
        assert_eq!(said.one(), "n1/if0@Cluster Network 1: MTU 9001 under corosync");
    }
}
