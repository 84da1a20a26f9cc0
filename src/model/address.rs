//! Addresses and routes of a node.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};

use super::{InterfaceName, Subnet};

/// One address of an interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Address and prefix length, such as `10.0.0.5/24`.
    pub address: IpNetwork,
    /// Other end of a point-to-point link; the subnet is then the peer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<IpNetwork>,
    /// How far the address is valid.
    pub scope: Scope,
    /// Flags, in the order of [`AddressFlag`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<AddressFlag>,
}

impl Address {
    /// Whether the flag is set.
    #[must_use]
    pub fn has(&self, flag: AddressFlag) -> bool {
        self.flags.contains(&flag)
    }
}

/// How far an address is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everywhere.
    Global,
    /// Within a site (deprecated IPv6 site-local, or a user's scope number).
    Site,
    /// On the link only.
    Link,
    /// In the host only.
    Host,
    /// Nowhere.
    Nowhere,
}

/// Flags of an address that matter to forming networks or to rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressFlag {
    /// A further address in the same subnet.
    Secondary,
    /// IPv6 privacy address.
    Temporary,
    /// Has a finite lifetime: DHCP (IPv4) or router advertisement (IPv6).
    Dynamic,
    /// Its preferred lifetime is over.
    Deprecated,
    /// Duplicate address detection is not finished.
    Tentative,
    /// Duplicate address detection found another owner.
    Dadfailed,
    /// The kernel makes no subnet route for it.
    Noprefixroute,
}

/// A unicast route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Destination; `0.0.0.0/0` or `::/0` for a default route.
    pub destination: Subnet,
    /// Routing table; 254 is main.
    pub table: u32,
    /// Ways out: one, or several of a multipath route, sorted.
    pub next_hops: Vec<NextHop>,
    /// Priority, lower is better.
    #[serde(default)]
    pub priority: u32,
}

/// The main routing table's number.
pub const MAIN_TABLE: u32 = 254;

impl Route {
    /// Whether it is a default route.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.destination.prefix() == 0
    }
}

/// One way out of a route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextHop {
    /// Interface it leaves by.
    pub interface: InterfaceName,
    /// Gateway; absent for a route straight onto the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
}
