//! LNK004 mtu-out-of-range.

use std::collections::BTreeMap;

use ipnetwork::IpNetwork;

use super::mtu_mismatch::usual;
use crate::model::{InterfaceKind, Member, Severity};
use crate::rules::phrase::{Spot, in_command, spot_on, which};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK004",
    name: "mtu-out-of-range",
    severity: Severity::Warning,
    docs: Docs {
        what: "A member's MTU is below 576, below 1280 while it has an IPv6 address, or above 9216 \
               (above 65520 on InfiniBand).",
        why: "IPv4 hosts need not take more than 576 bytes, but all must take those; below 1280 the \
              kernel turns IPv6 off on the interface; beyond 9216 hardly any switch passes frames.",
        example: "eth1 of node2 has MTU 1200 and the address fd00::2/64.",
        remedy: "Set the MTU that the switches pass, 1500 or 9000 as a rule, on every member.",
        source: "RFC 791 and RFC 8200 for the lower bounds, data sheets of Ethernet switches for \
                 9216, the kernel's IPoIB connected mode for 65520.",
    },
    check,
};

const LEAST: u32 = 576;
const LEAST_IPV6: u32 = 1280;
const MOST: u32 = 9216;
const MOST_INFINIBAND: u32 = 65_520;

fn check(site: &Site<'_>, report: &mut Report) {
    for network in site.networks() {
        let mut wrong: BTreeMap<(u32, String), Vec<Spot<'_>>> = BTreeMap::new();
        for member in network.network.members.iter().filter(|member| !member.faked) {
            if let Some(bound) = broken_bound(site, member) {
                let spots = wrong.entry((member.mtu, bound)).or_default();
                spots.push((&member.node, &member.interface));
            }
        }
        for ((mtu, bound), spots) in &wrong {
            find((site, network), &format!("MTU {mtu} is {bound}"), spots, report);
        }
    }
}

fn find((site, network): (&Site<'_>, On<'_>), what: &str, spots: &[Spot<'_>], report: &mut Report) {
    let is_sound = |mtu: &u32| {
        let mut members = network.network.members.iter().filter(|member| member.mtu == *mtu);
        members.any(|member| broken_bound(site, member).is_none())
    };
    let better = usual(site, network.network).filter(is_sound).unwrap_or(1500);
    report.gather(spots, spot_on(&network.network.name), |spots| {
        let remedy = format!("ip link set {} mtu {better}", in_command(spots));
        (format!("{what}{}", which(spots)), remedy)
    });
}

pub(super) fn broken_bound(site: &Site<'_>, member: &Member) -> Option<String> {
    let ipv6 = member.addresses.iter().any(IpNetwork::is_ipv6);
    let most = if on_infiniband(site, member) { MOST_INFINIBAND } else { MOST };
    if member.mtu < LEAST {
        Some(format!("below {LEAST}, the least of IPv4"))
    } else if ipv6 && member.mtu < LEAST_IPV6 {
        Some(format!("below {LEAST_IPV6}, the least of IPv6"))
    } else if member.mtu > most {
        Some(format!("above {most}, the most that switches pass"))
    } else {
        None
    }
}

fn on_infiniband(site: &Site<'_>, member: &Member) -> bool {
    let hardware = site.interface_of(member).map(|top| site.hardware(&member.node, top));
    hardware.is_some_and(|all| all.iter().all(|nic| nic.kind == InterfaceKind::Infiniband))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn node(name: &str, kind: InterfaceKind, address: &str, mtu: u32) -> NodeInventory {
        Node::new(name).with("eth1", kind, &[address], |nic| nic.mtu = mtu).done()
    }

    fn found(kind: InterfaceKind, address: &str, mtu: u32) -> Vec<String> {
        say(&RULE, &[node("n1", kind, address, mtu)]).found
    }

    #[test]
    fn fires_once_for_all_members_with_one_value() {
        let nodes = ["n1", "n2"].map(|name| {
            let address = format!("10.0.1.{}/24", &name[1..]);
            node(name, InterfaceKind::Physical, &address, 500)
        });
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: MTU 500 is below 576, the least of IPv4: n1 eth1 and n2 eth1"
        );
    }

    #[test]
    fn proposes_the_mtu_of_the_others() {
        let nodes = |odd| {
            [("n1", 9000), ("n2", odd)].map(|(name, mtu)| {
                let address = format!("10.0.1.{}/24", &name[1..]);
                node(name, InterfaceKind::Physical, &address, mtu)
            })
        };
        assert_eq!(say(&RULE, &nodes(70_000)).remedies, ["ip link set eth1 mtu 9000"]);
        let alone = &nodes(70_000)[1..];
        assert_eq!(say(&RULE, alone).remedies, ["ip link set eth1 mtu 1500"]);
    }

    #[test]
    fn is_silent_on_healthy_nodes() {
        say(&RULE, &healthy(3)).silent();
    }

    #[test]
    fn bounds_belong_to_the_range() {
        use InterfaceKind::{Infiniband, Physical};
        for (kind, address, good, bad) in [
            (Physical, "10.0.1.1/24", 576, 575),
            (Physical, "fd00::1/64", 1280, 1279),
            (Physical, "10.0.1.1/24", 9216, 9217),
            (Infiniband, "10.0.1.1/24", 65_520, 65_521),
        ] {
            assert_eq!(found(kind.clone(), address, good).len(), 0, "{good}");
            assert_eq!(found(kind, address, bad).len(), 1, "{bad}");
        }
    }
}
