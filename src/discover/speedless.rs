//! Interfaces whose speed nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Fact, Gap, Interface, InterfaceKind};

use super::speed::has_speed_file;

/// A gap for each interface with carrier whose speed the driver does not know.
///
/// Told are interfaces that may carry a network, and of those that stand on each other only the
/// lowest: hardware, bonds and teams, and what stands on such. An interface that stands on one
/// whose speed is known gets that one's. Where speeds are a gap already nothing is added.
pub(super) fn tell_unknown_speeds(interfaces: &[Interface], gaps: &mut Vec<Gap>) {
    let mut explained = BTreeSet::new();
    for gap in gaps.iter().filter(|gap| gap.fact == Fact::Speed) {
        let Some(name) = &gap.interface else { return };
        explained.insert(name.clone());
    }
    let stack = Stack(interfaces.iter().map(|found| (found.name.as_str(), found)).collect());
    for interface in interfaces.iter().filter(|found| is_silent(found)) {
        let told = explained.contains(&interface.name)
            || stack.any_below(interface, |lower| is_silent(lower) || lower.speed_mbps.is_some());
        let carries = is_line(interface) || stack.any_below(interface, is_line);
        if carries && !told {
            gaps.push(Gap {
                interface: Some(interface.name.clone()),
                fact: Fact::Speed,
                cause: "the driver does not know its speed".to_owned(),
            });
        }
    }
}

fn is_silent(interface: &Interface) -> bool {
    has_speed_file(interface) && interface.speed_mbps.is_none()
}

/// Whether it leads out of the machine by itself, as far as can be seen.
fn is_line(interface: &Interface) -> bool {
    let kind = matches!(
        interface.kind,
        InterfaceKind::Physical
            | InterfaceKind::Infiniband
            | InterfaceKind::Bond
            | InterfaceKind::Team
    );
    kind || interface.parent_elsewhere
}

/// Interfaces by name.
struct Stack<'a>(BTreeMap<&'a str, &'a Interface>);

impl<'a> Stack<'a> {
    /// Whether `holds` for an interface below, at any depth.
    fn any_below(&self, interface: &'a Interface, holds: impl Fn(&Interface) -> bool) -> bool {
        let mut seen = BTreeSet::from([interface.name.as_str()]);
        let mut open: Vec<&Interface> = vec![interface];
        while let Some(upper) = open.pop() {
            for lower in upper.lowers.iter().filter_map(|name| self.0.get(name.as_str())) {
                if seen.insert(lower.name.as_str()) {
                    if holds(lower) {
                        return true;
                    }
                    open.push(lower);
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(name: &str, kind: InterfaceKind, speed_mbps: Option<u32>, lowers: &[&str]) -> Interface {
        let mut interface = Interface::new(name, 1, kind);
        interface.carrier = Some(true);
        interface.speed_mbps = speed_mbps;
        interface.lowers = lowers.iter().map(|lower| (*lower).into()).collect();
        interface
    }

    fn told(interfaces: &[Interface]) -> Vec<String> {
        let mut gaps = Vec::new();
        tell_unknown_speeds(interfaces, &mut gaps);
        gaps.iter().map(|gap| gap.interface.as_ref().unwrap().to_string()).collect()
    }

    #[test]
    fn the_lowest_interface_is_told() {
        let interfaces = [
            up("vmbr0", InterfaceKind::Bridge, None, &["bond0.9", "tap1"]),
            up("bond0.9", InterfaceKind::Vlan, None, &["bond0"]),
            up("bond0", InterfaceKind::Bond, None, &["eth0", "eth1"]),
            up("eth0", InterfaceKind::Physical, None, &[]),
            up("eth1", InterfaceKind::Physical, None, &[]),
            up("tap1", InterfaceKind::Tun, Some(10), &[]),
            up("bond1", InterfaceKind::Bond, None, &["eth2"]),
            up("eth2", InterfaceKind::Physical, Some(1000), &[]),
            up("bond2", InterfaceKind::Bond, None, &["v0"]),
            up("ib0", InterfaceKind::Infiniband, None, &[]),
            up("v0", InterfaceKind::Veth, None, &[]),
        ];
        assert_eq!(told(&interfaces), ["eth0", "eth1", "bond2", "ib0"]);
    }

    #[test]
    fn what_leads_nowhere_or_has_no_carrier_is_not_told() {
        let mut down = up("eth0", InterfaceKind::Physical, None, &[]);
        down.carrier = Some(false);
        let interfaces = [
            down,
            up("docker0", InterfaceKind::Bridge, None, &["v0"]),
            up("v0", InterfaceKind::Veth, None, &[]),
            up("d0.5", InterfaceKind::Vlan, None, &["d0"]),
            up("d0", InterfaceKind::Dummy, None, &[]),
            up("lo", InterfaceKind::Loopback, None, &[]),
            up("ring", InterfaceKind::Bridge, None, &["ring"]),
        ];
        assert_eq!(told(&interfaces), [] as [&str; 0]);
        let mut elsewhere = up("eth0.5", InterfaceKind::Vlan, None, &[]);
        elsewhere.parent_elsewhere = true;
        assert_eq!(told(&[elsewhere]), ["eth0.5"]);
    }
}
