//! Which cluster networks exist, and which interface of which node sits on each.

use std::net::IpAddr;

use ipnetwork::IpNetwork;

use super::{Gap, InterfaceKind, InterfaceName, NetworkName, NodeName, StorageSession, Subnet};

/// The cluster networks of a set of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterLayout {
    /// All nodes, by name.
    pub nodes: Vec<NodeName>,
    /// Networks in order of enumeration: IPv4 before IPv6, then address, then prefix length of
    /// the first subnet.
    pub networks: Vec<ClusterNetwork>,
    /// Interfaces that are on no network, and those that do not count on theirs.
    pub skipped: Vec<Skipped>,
    /// Nodes described by more than one inventory.
    pub conflicts: Vec<Conflict>,
    /// What the inventories could not tell.
    pub gaps: Vec<(NodeName, Gap)>,
}

/// A set of subnets that nodes share through their interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterNetwork {
    /// Name.
    pub name: NetworkName,
    /// Where the name comes from.
    pub name_source: NameSource,
    /// Subnets, in order of enumeration; the first decides the network's place.
    pub subnets: Vec<Subnet>,
    /// Key of the policy entry that applies: the first subnet that has one.
    pub policy_key: Option<Subnet>,
    /// Interfaces that count, by node, then interface.
    pub members: Vec<Member>,
}

impl ClusterNetwork {
    /// The subnet under which the policy keeps what is set for this network.
    #[must_use]
    pub fn key(&self) -> Option<Subnet> {
        self.policy_key.or_else(|| self.subnets.first().copied())
    }
}

/// Where a network's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// The policy file.
    Policy,
    /// Its place in the order of enumeration.
    Position,
    /// The next number never used, because `pin` keeps count or its place's number is taken.
    NextNumber,
}

/// One interface of one node on a network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent observed facts")]
pub struct Member {
    /// Node.
    pub node: NodeName,
    /// Interface.
    pub interface: InterfaceName,
    /// Kind of the interface.
    pub kind: InterfaceKind,
    /// Addresses that put it on this network.
    pub addresses: Vec<IpNetwork>,
    /// Whether traffic can pass.
    pub up: bool,
    /// Whether it only stands in for a missing adapter.
    pub faked: bool,
    /// Line speed in Mbit/s.
    pub speed_mbps: Option<u32>,
    /// MTU in bytes.
    pub mtu: u32,
    /// Whether it spreads receive load over several queues (RSS).
    pub rss: bool,
    /// Whether an RDMA device is bound to it.
    pub rdma: bool,
    /// Default routes that leave by it.
    pub gateways: Vec<Gateway>,
    /// Storage sessions that it carries.
    pub storage: Vec<StorageSession>,
}

/// A default route of a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gateway {
    /// Whether it is an IPv6 route.
    pub ipv6: bool,
    /// Next hop; absent when the route points straight onto the link.
    pub address: Option<IpAddr>,
}

/// An interface that is on no network or does not count on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Node.
    pub node: NodeName,
    /// Interface.
    pub interface: InterfaceName,
    /// Why.
    pub reason: SkipReason,
}

/// Why an interface does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The loopback device.
    Loopback,
    /// It is a port of another interface, which represents it.
    PortOf(InterfaceName),
    /// A VRF device; its ports are judged by their own kind.
    VrfDevice,
    /// A pattern of the policy excludes it.
    Excluded(String),
    /// Its name is one that container networks use.
    ContainerName(String),
    /// A bridge that no physical interface is a port of.
    VirtualBridge,
    /// Its kind does not carry cluster traffic; the kernel's word for the kind.
    Kind(InterfaceKind),
    /// A veth end without a usable address.
    VethWithoutAddress,
    /// It has no address.
    NoAddress,
    /// It has no address but IPv4 link-local ones: DHCP failed, or a cluster virtual adapter.
    Ipv4LinkLocal(Vec<IpNetwork>),
    /// It has no address but IPv6 link-local ones.
    Ipv6LinkLocal,
    /// It has addresses, but none that is fit to use (tentative, temporary, deprecated…).
    UnfitAddresses(Vec<IpNetwork>),
    /// A further interface of its node on a network; `counts` is the one that counts.
    SecondOnNetwork {
        /// The network.
        network: NetworkName,
        /// The interface of the same node that counts.
        counts: InterfaceName,
    },
}

impl SkipReason {
    /// Whether the interface counts by its kind, its name and the policy, and lacks an address that
    /// is fit to put it on a network.
    #[must_use]
    pub fn lacks_address(&self) -> bool {
        matches!(
            self,
            Self::NoAddress
                | Self::Ipv4LinkLocal(_)
                | Self::Ipv6LinkLocal
                | Self::UnfitAddresses(_)
        )
    }

    /// Whether the interface counts by its kind, its name and the policy.
    #[must_use]
    pub fn is_of_candidate(&self) -> bool {
        self.lacks_address() || matches!(self, Self::SecondOnNetwork { .. })
    }
}

/// A node described by more than one inventory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The node.
    pub node: NodeName,
    /// How many inventories describe it.
    pub inventories: usize,
    /// When the one that is used was taken.
    pub used: Option<String>,
}
