//! One network interface with everything the kernel tells about it.

use serde::{Deserialize, Serialize};

use super::{Address, InterfaceName, Mac};

/// One network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Name in its network namespace.
    pub name: InterfaceName,
    /// Kernel's index; changes at reboot, so nothing is decided by it.
    pub index: u32,
    /// What sort of interface it is.
    pub kind: InterfaceKind,
    /// Present link-layer address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<Mac>,
    /// Link-layer address burnt into the hardware, when it is known and differs from `mac`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permanent_mac: Option<Mac>,
    /// Maximum transmission unit in bytes.
    pub mtu: u32,
    /// Smallest MTU the driver takes; 0 is not reported by the kernel as a bound and is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_mtu: Option<u32>,
    /// Largest MTU the driver takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_mtu: Option<u32>,
    /// Whether the administrator has set it up (`IFF_UP`).
    pub admin_up: bool,
    /// Whether it has carrier (`IFF_LOWER_UP`); not known while administratively down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<bool>,
    /// Operational state by RFC 2863.
    pub oper_state: OperState,
    /// Interface that this one is a port of (bond, team, bridge, VRF…).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<InterfaceName>,
    /// Interfaces below this one: ports of a bond, team or bridge, parent of a VLAN or macvlan;
    /// sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<InterfaceName>,
    /// Whether the parent lies in another network namespace, where it can't be seen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub parent_elsewhere: bool,
    /// VLAN identifier, 0 to 4095.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan_id: Option<u16>,
    /// Routing table of a VRF device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vrf_table: Option<u32>,
    /// Line speed in Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mbps: Option<u32>,
    /// Duplex of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplex: Option<Duplex>,
    /// Number of receive queues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rx_queues: Option<u32>,
    /// Number of transmit queues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_queues: Option<u32>,
    /// Hardware behind the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// Embedded switch that the interface is a port of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch: Option<SwitchPort>,
    /// Reverse-path filter of IPv4 that is in force: 0 off, 1 strict, 2 loose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rp_filter: Option<u8>,
    /// Neighbours that LLDP has seen, that is switches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<Neighbour>,
    /// Options of a bond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bond: Option<Bond>,
    /// Carrier changes and errors since the interface exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
    /// Addresses, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Interface {
    /// An interface with a name, an index and a kind; down, and without any other fact.
    #[must_use]
    pub fn new(name: impl Into<String>, index: u32, kind: InterfaceKind) -> Self {
        Self {
            name: InterfaceName::new(name),
            index,
            kind,
            mac: None,
            permanent_mac: None,
            mtu: 0,
            min_mtu: None,
            max_mtu: None,
            admin_up: false,
            carrier: None,
            oper_state: OperState::Unknown,
            master: None,
            lowers: Vec::new(),
            parent_elsewhere: false,
            vlan_id: None,
            vrf_table: None,
            speed_mbps: None,
            duplex: None,
            rx_queues: None,
            tx_queues: None,
            device: None,
            switch: None,
            rp_filter: None,
            neighbours: Vec::new(),
            bond: None,
            counters: None,
            addresses: Vec::new(),
        }
    }

    /// Whether traffic can pass: set up, with carrier, and operationally up or (for kinds that do
    /// not report it) unknown. Dormant (802.1X not passed) and testing interfaces are not.
    #[must_use]
    pub fn is_up(&self) -> bool {
        let operational = matches!(self.oper_state, OperState::Up | OperState::Unknown);
        self.admin_up && self.carrier != Some(false) && operational
    }
}

/// What sort of interface it is: the kernel's `IFLA_INFO_KIND`, or what its hardware type says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum InterfaceKind {
    /// Hardware (or a hypervisor's virtual hardware): no kind, and not loopback.
    Physical,
    /// The loopback device.
    Loopback,
    /// IP over InfiniBand.
    Infiniband,
    /// Bonding device.
    Bond,
    /// Team device.
    Team,
    /// Linux bridge.
    Bridge,
    /// VLAN on another interface.
    Vlan,
    /// MAC-VLAN on another interface.
    Macvlan,
    /// IP-VLAN on another interface.
    Ipvlan,
    /// One end of a virtual Ethernet pair.
    Veth,
    /// TUN or TAP device.
    Tun,
    /// Dummy device.
    Dummy,
    /// Virtual routing and forwarding device.
    Vrf,
    /// Open vSwitch port or datapath.
    OpenVswitch,
    /// Any other kind, by the kernel's name for it.
    Other(String),
}

/// Text of each kind but [`InterfaceKind::Other`]. The kernel's own words, where it has one.
const KINDS: [(InterfaceKind, &str); 14] = [
    (InterfaceKind::Physical, "physical"),
    (InterfaceKind::Loopback, "loopback"),
    (InterfaceKind::Infiniband, "infiniband"),
    (InterfaceKind::Bond, "bond"),
    (InterfaceKind::Team, "team"),
    (InterfaceKind::Bridge, "bridge"),
    (InterfaceKind::Vlan, "vlan"),
    (InterfaceKind::Macvlan, "macvlan"),
    (InterfaceKind::Ipvlan, "ipvlan"),
    (InterfaceKind::Veth, "veth"),
    (InterfaceKind::Tun, "tun"),
    (InterfaceKind::Dummy, "dummy"),
    (InterfaceKind::Vrf, "vrf"),
    (InterfaceKind::OpenVswitch, "openvswitch"),
];

impl InterfaceKind {
    /// The kind as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => KINDS.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name),
        }
    }
}

impl From<String> for InterfaceKind {
    fn from(text: String) -> Self {
        if text == "ipoib" {
            return Self::Infiniband;
        }
        let known = KINDS.into_iter().find(|(_, name)| *name == text);
        known.map_or(Self::Other(text), |(kind, _)| kind)
    }
}

impl From<InterfaceKind> for String {
    fn from(kind: InterfaceKind) -> Self {
        kind.as_str().to_owned()
    }
}

/// Operational state by RFC 2863, as the kernel reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperState {
    /// The kind does not report it.
    Unknown,
    /// Hardware is missing.
    NotPresent,
    /// Down.
    Down,
    /// An interface below is down.
    LowerLayerDown,
    /// In a test mode.
    Testing,
    /// Waits for an event, such as 802.1X authentication.
    Dormant,
    /// Up.
    Up,
}

/// Duplex of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplex {
    /// One direction at a time.
    Half,
    /// Both directions at once.
    Full,
}

/// Hardware behind an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Bus of the parent device, such as `pci` or `virtio`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bus: Option<String>,
    /// Name of the parent device on that bus, such as `0000:03:00.1` or `virtio0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Nearest PCI function above, `domain:bus:device.function`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci: Option<String>,
    /// Driver that serves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// NIC model as PCI `vendor:device`, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// RDMA device bound to the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rdma: Option<String>,
}

/// Identity of an embedded switch and the port on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchPort {
    /// `phys_switch_id` in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch_id: Option<String>,
    /// `phys_port_id` in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port_id: Option<String>,
    /// `phys_port_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port_name: Option<String>,
}

/// A neighbour that LLDP has seen on an interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Identity of its chassis, as lldpd prints it; what two ports of one switch share.
    pub chassis: String,
    /// Its system name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
}

/// Options of a bond that decide how it fails over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bond {
    /// Mode by its name, such as `802.3ad` or `active-backup`.
    pub mode: String,
    /// LACP rate, `slow` or `fast`; for 802.3ad only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacp_rate: Option<String>,
    /// Link monitoring interval in ms; 0 is off.
    pub miimon_ms: u32,
    /// Delay before a link is taken for up, ms.
    pub updelay_ms: u32,
    /// Delay before a link is taken for down, ms.
    pub downdelay_ms: u32,
    /// Port that carries the traffic; for active-backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<InterfaceName>,
}

/// Counters since the interface exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counters {
    /// How often carrier came or went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_changes: Option<u32>,
    /// Frames received.
    pub rx_packets: u64,
    /// Frames sent.
    pub tx_packets: u64,
    /// Frames received with an error.
    pub rx_errors: u64,
    /// Frames not sent because of an error.
    pub tx_errors: u64,
    /// Frames dropped on receipt.
    pub rx_dropped: u64,
    /// Frames dropped on sending.
    pub tx_dropped: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_text() {
        for (kind, name) in KINDS {
            assert_eq!(InterfaceKind::from(name.to_owned()), kind);
            assert_eq!(kind.as_str(), name);
        }
        let vxlan = InterfaceKind::from("vxlan".to_owned());
        assert_eq!(vxlan, InterfaceKind::Other("vxlan".to_owned()));
        assert_eq!(vxlan.as_str(), "vxlan");
        assert_eq!(InterfaceKind::from("ipoib".to_owned()), InterfaceKind::Infiniband);
    }

    #[test]
    fn an_interface_is_up_only_when_traffic_can_pass() {
        let mut nic = Interface::new("eth0", 2, InterfaceKind::Physical);
        assert!(!nic.is_up());
        nic.admin_up = true;
        nic.carrier = Some(true);
        nic.oper_state = OperState::Up;
        assert!(nic.is_up());
        nic.oper_state = OperState::Dormant;
        assert!(!nic.is_up());
        nic.oper_state = OperState::Unknown;
        assert!(nic.is_up());
        nic.carrier = Some(false);
        assert!(!nic.is_up());
    }
}
