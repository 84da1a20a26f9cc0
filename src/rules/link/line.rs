//! What several rules ask of the lines behind members.

use crate::model::{ClusterNetwork, Fact, Interface, InterfaceKind, Member, NodeName, OperState};
use crate::rules::Site;
use crate::rules::phrase::Lacking;

/// Buses of hypervisors' adapters, which have no line.
const VIRTUAL_BUSES: [&str; 3] = ["virtio", "xen", "vmbus"];

/// Members that stand for a real adapter.
pub(super) fn real(network: &ClusterNetwork) -> impl Iterator<Item = &Member> {
    network.members.iter().filter(|member| !member.faked)
}

/// Notes that the speed of a member is lacking, at the hardware that does not tell it. One that is
/// down, or has no line, has no speed to be told.
pub(super) fn note_speed(site: &Site<'_>, member: &Member, lacking: &mut Lacking) {
    let Some(interface) = site.interface_of(member).filter(|_| member.up) else { return };
    for nic in site.hardware(&member.node, interface) {
        if nic.speed_mbps.is_none()
            && let Some(cause) = why_untold(site, &member.node, nic)
        {
            lacking.interface(&member.node, &nic.name, cause);
        }
    }
}

/// Why speed or duplex of a NIC is not known; nothing where there is none to know.
pub(super) fn why_untold(site: &Site<'_>, node: &NodeName, nic: &Interface) -> Option<String> {
    let bus = nic.device.as_ref().and_then(|device| device.bus.as_deref());
    let has_line = matches!(nic.kind, InterfaceKind::Physical | InterfaceKind::Infiniband)
        && !bus.is_some_and(|bus| VIRTUAL_BUSES.contains(&bus));
    (has_line && nic.is_up()).then(|| {
        let gap = site.gap(node, Some(&nic.name), Fact::Speed);
        gap.map_or_else(|| "its driver tells none".to_owned(), |gap| gap.cause.clone())
    })
}

const ADMIN_DOWN: &str = "administratively down";

/// Why an interface that is not up carries nothing.
pub(super) fn why_down(interface: &Interface) -> &'static str {
    if !interface.admin_up {
        return ADMIN_DOWN;
    }
    match (interface.carrier, interface.oper_state) {
        (Some(false), _) => "no carrier",
        (_, OperState::NotPresent) => "hardware not present",
        (_, OperState::LowerLayerDown) => "the interface below is down",
        (_, OperState::Testing) => "in a test mode",
        (_, OperState::Dormant) => "dormant, such as before 802.1X",
        (_, OperState::Unknown | OperState::Down | OperState::Up) => "operationally down",
    }
}

/// What to do about an interface that is down for that reason.
pub(super) fn revive(why_down: &str, interface: &str) -> String {
    if why_down == ADMIN_DOWN {
        format!("ip link set {interface} up")
    } else {
        format!("check cable and switch port: ethtool {interface}")
    }
}
