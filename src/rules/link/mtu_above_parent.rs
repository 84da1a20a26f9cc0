//! LNK005 mtu-above-parent.

use std::collections::BTreeMap;

use crate::model::{Interface, InterfaceKind, NodeName, Severity};
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which, word};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::real;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK005",
    name: "mtu-above-parent",
    severity: Severity::Error,
    docs: Docs {
        what: "A VLAN, macvlan or ipvlan that is a member, or lies below one, has a larger MTU \
               than the interface it stands on.",
        why: "The parent drops what is larger than its own MTU, so that large frames vanish while \
              small ones pass.",
        example: "bond0.20 of node1 has MTU 9000 on bond0 with MTU 1500.",
        remedy: "Raise the MTU of the parent and of its ports, or lower that of the interface on it.",
        source: "The kernel refuses such a VLAN when it is made (vlan_dev_change_mtu), but not in \
                 every order of changes; ifupdown2 checks for it.",
    },
    check,
};

/// What is too large: the interface's MTU, its parent's name, and that one's MTU.
type TooLarge<'a> = (u32, &'a str, u32);

fn check(site: &Site<'_>, report: &mut Report) {
    let mut lacking = Lacking::new("MTU of the parent");
    for network in &site.layout.networks {
        let mut wrong: BTreeMap<TooLarge<'_>, Vec<Spot<'_>>> = BTreeMap::new();
        for member in real(network) {
            let Some(top) = site.interface_of(member) else { continue };
            for one in site.stack(&member.node, top).into_iter().filter(|one| has_parent(one)) {
                if one.parent_elsewhere {
                    let cause = "it lies in another network namespace";
                    lacking.interface(&member.node, &one.name, cause);
                }
                if let Some(too_large) = above_parent(site, &member.node, one) {
                    wrong.entry(too_large).or_default().push((&member.node, &one.name));
                }
            }
        }
        for ((mtu, parent, least), spots) in wrong {
            report.gather(&spots, spot_on(&network.name), |spots| {
                let what = format!("MTU {mtu}, while {parent} below has {least}{}", which(spots));
                let (above, below) = (in_command(spots), word(parent));
                let raise = format!("ip link set {below} mtu {mtu}");
                (what, format!("{raise}, or ip link set {above} mtu {least}"))
            });
        }
    }
    lacking.tell(report);
}

fn has_parent(interface: &Interface) -> bool {
    use InterfaceKind::{Ipvlan, Macvlan, Vlan};
    matches!(interface.kind, Vlan | Macvlan | Ipvlan)
}

fn above_parent<'a>(
    site: &Site<'a>,
    node: &NodeName,
    interface: &'a Interface,
) -> Option<TooLarge<'a>> {
    let lowers = interface.lowers.iter().filter_map(|lower| site.interface(node, lower));
    let parent = lowers.min_by_key(|parent| parent.mtu)?;
    (interface.mtu > parent.mtu).then_some((interface.mtu, parent.name.as_str(), parent.mtu))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceName, NodeInventory};
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn node(name: &str, address: &str, mtu: u32) -> NodeInventory {
        Node::new(name)
            .nic("bond0", &[])
            .with("bond0.20", InterfaceKind::Vlan, &[address], |vlan| {
                vlan.mtu = mtu;
                vlan.lowers = vec![InterfaceName::new("bond0")];
            })
            .done()
    }

    #[test]
    fn fires_on_a_vlan_above_its_parent() {
        assert_eq!(
            say(&RULE, &[node("n1", "10.0.1.1/24", 9000)]).one(),
            "n1/bond0.20@Cluster Network 1: MTU 9000, while bond0 below has 1500"
        );
        let both = [node("n1", "10.0.1.1/24", 9000), node("n2", "10.0.1.2/24", 9000)];
        assert!(say(&RULE, &both).one().ends_with("1500: n1 bond0.20 and n2 bond0.20"));
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_at_the_parents_mtu() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node("n1", "10.0.1.1/24", 1500)]).silent();
        assert_eq!(say(&RULE, &[node("n1", "10.0.1.1/24", 1501)]).found.len(), 1);
    }

    #[test]
    fn a_vlan_below_a_bridge_counts() {
        let mut inventory = node("n1", "10.0.9.1/24", 9000);
        inventory.interfaces[1].addresses.clear();
        let mut bridge = crate::testkit::up("br0", 3, InterfaceKind::Bridge);
        bridge.addresses = vec![crate::testkit::address("10.0.1.1/24", &[])];
        bridge.lowers = vec![InterfaceName::new("bond0.20")];
        inventory.interfaces.push(bridge);
        assert!(say(&RULE, &[inventory]).one().starts_with("n1/bond0.20@Cluster Network 1: MTU"));
    }

    #[test]
    fn a_parent_elsewhere_is_not_judged() {
        let mut inventory = node("n1", "10.0.1.1/24", 9000);
        inventory.interfaces[1].lowers.clear();
        inventory.interfaces[1].parent_elsewhere = true;
        let said = say(&RULE, &[inventory]);
        assert!(said.found.is_empty());
        assert!(said.missing[0].starts_with("MTU of the parent of n1 bond0.20 is not known"));
    }
}
