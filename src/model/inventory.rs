//! What one node has, as observed. Anything that could not be read is a [`Gap`], never a guess.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Interface, InterfaceName, NodeName, Route};

/// Schema of an inventory document.
pub const INVENTORY_SCHEMA: &str = "netplan-cluster/inventory/1";

/// Interfaces, addresses, routes and storage sessions of one node at one moment.
///
/// Every list is sorted when it comes from `discover` or `import`, so that the same facts are the
/// same document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeInventory {
    /// Always [`INVENTORY_SCHEMA`].
    pub schema: String,
    /// The node described.
    pub node: NodeName,
    /// When it was taken, RFC 3339 in UTC to the second (`2026-11-01T08:00:00Z`), so that times
    /// compare as text; absent when the source does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// What it was read from.
    pub source: Source,
    /// All interfaces, sorted by name.
    #[serde(default)]
    pub interfaces: Vec<Interface>,
    /// Unicast routes that matter: default routes, and routes through a gateway; sorted by table,
    /// destination and priority.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// What the node's own host name resolves to in its `/etc/hosts`; empty when it is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_addresses: Vec<IpAddr>,
    /// Name servers of `/etc/resolv.conf`, without those on the node itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<IpAddr>,
    /// Sessions to network storage, sorted.
    #[serde(default)]
    pub storage_sessions: Vec<StorageSession>,
    /// Facts that could not be read, sorted.
    #[serde(default)]
    pub gaps: Vec<Gap>,
}

impl NodeInventory {
    /// An inventory of `node` with nothing in it yet.
    #[must_use]
    pub fn empty(node: NodeName, source: Source) -> Self {
        Self {
            schema: INVENTORY_SCHEMA.to_owned(),
            node,
            taken_at: None,
            source,
            interfaces: Vec::new(),
            routes: Vec::new(),
            own_addresses: Vec::new(),
            resolvers: Vec::new(),
            storage_sessions: Vec::new(),
            gaps: Vec::new(),
        }
    }
}

/// Where an inventory came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The kernel, over netlink and sysfs (live or recorded).
    Netlink,
    /// The JSON output of iproute2.
    Iproute2,
}

/// A session to network storage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSession {
    /// How it is carried.
    pub transport: StorageTransport,
    /// Target's address.
    pub portal: IpAddr,
    /// Target's TCP port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Target's qualified name (IQN or NQN).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Interface the session is bound to, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceName>,
}

/// How a storage session is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StorageTransport {
    /// iSCSI.
    Iscsi,
    /// NVMe over TCP.
    NvmeTcp,
    /// NVMe over RDMA.
    NvmeRdma,
}

/// A fact that could not be read, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Interface concerned; absent when it is the whole node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<InterfaceName>,
    /// What is not known.
    pub fact: Fact,
    /// Why it could not be read.
    pub cause: String,
}

/// A kind of fact that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Interfaces themselves, or an attribute of one.
    Link,
    /// Addresses.
    Addresses,
    /// IPv4 routes.
    Routes4,
    /// IPv6 routes.
    Routes6,
    /// Speed and duplex.
    Speed,
    /// Driver, PCI function and model.
    Device,
    /// RDMA devices.
    Rdma,
    /// Carrier changes and error counters.
    Counters,
    /// Bond options.
    Bond,
    /// iSCSI and NVMe sessions.
    StorageSessions,
    /// Reverse-path filter settings.
    ReversePathFilter,
    /// What the node's own name resolves to.
    OwnName,
    /// Name servers.
    Resolvers,
    /// LLDP neighbours, that is switches.
    Neighbours,
}

impl Fact {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Link,
        Self::Addresses,
        Self::Routes4,
        Self::Routes6,
        Self::Speed,
        Self::Device,
        Self::Rdma,
        Self::Counters,
        Self::Bond,
        Self::StorageSessions,
        Self::ReversePathFilter,
        Self::OwnName,
        Self::Resolvers,
        Self::Neighbours,
    ];

    /// The fact in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "interfaces",
            Self::Addresses => "addresses",
            Self::Routes4 => "IPv4 routes",
            Self::Routes6 => "IPv6 routes",
            Self::Speed => "speed",
            Self::Device => "driver and PCI device",
            Self::Rdma => "RDMA devices",
            Self::Counters => "error counters",
            Self::Bond => "bond options",
            Self::StorageSessions => "storage sessions",
            Self::ReversePathFilter => "reverse-path filter",
            Self::OwnName => "own name's address",
            Self::Resolvers => "name servers",
            Self::Neighbours => "LLDP neighbours",
        }
    }
}
