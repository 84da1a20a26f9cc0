//! Values with a range or a notation of their own.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Preference of a cluster network, lower is better; 1 to 268435455 (`0x0FFF_FFFF`), the range of
/// Failover Clustering's `Metric` property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u32")]
pub struct Metric(u32);

impl Metric {
    /// The most preferred metric there is.
    pub const MIN: Self = Self(1);
    /// The least preferred metric there is.
    pub const MAX: Self = Self(0x0FFF_FFFF);

    /// The metric nearest to `value` inside the range.
    #[must_use]
    pub fn saturating(value: i64) -> Self {
        let inside = value.clamp(i64::from(Self::MIN.0), i64::from(Self::MAX.0));
        u32::try_from(inside).map_or(Self::MAX, Self)
    }

    /// The metric as a number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

/// A number outside the range of [`Metric`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("metric {0} is outside 1 to 268435455")]
pub struct MetricOutOfRange(pub i64);

impl TryFrom<i64> for Metric {
    type Error = MetricOutOfRange;

    fn try_from(value: i64) -> Result<Self, Self::Error> {
        match u32::try_from(value) {
            Ok(number) if (Self::MIN.0..=Self::MAX.0).contains(&number) => Ok(Self(number)),
            _ => Err(MetricOutOfRange(value)),
        }
    }
}

impl From<Metric> for u32 {
    fn from(metric: Metric) -> Self {
        metric.0
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a cluster network is used for, with the numbers of Failover Clustering's `Role` property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "u8")]
pub enum Role {
    /// 0: the cluster leaves the network alone (iSCSI and other storage).
    None,
    /// 1: internal traffic only.
    Cluster,
    /// 3: internal traffic and clients.
    ClusterAndClient,
}

/// A number that is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RoleError {
    /// Role 2 of old MSCS.
    #[error(
        "role 2 (clients only) existed in MSCS and is not supported: use 3 (cluster and client)"
    )]
    ClientsOnly,
    /// Any other number.
    #[error("role {0} does not exist: use 0 (none), 1 (cluster) or 3 (cluster and client)")]
    Unknown(i64),
}

impl Role {
    /// The role's number: 0, 1 or 3.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Cluster => 1,
            Self::ClusterAndClient => 3,
        }
    }

    /// The role's name as `Get-ClusterNetwork` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Cluster => "Cluster",
            Self::ClusterAndClient => "ClusterAndClient",
        }
    }

    /// Whether the cluster may use the network for its own traffic.
    #[must_use]
    pub fn is_authorised(self) -> bool {
        self != Self::None
    }
}

impl TryFrom<i64> for Role {
    type Error = RoleError;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        match number {
            0 => Ok(Self::None),
            1 => Ok(Self::Cluster),
            2 => Err(RoleError::ClientsOnly),
            3 => Ok(Self::ClusterAndClient),
            other => Err(RoleError::Unknown(other)),
        }
    }
}

impl From<Role> for u8 {
    fn from(role: Role) -> Self {
        role.number()
    }
}

/// A subnet: address and prefix length without host bits. It is what identifies a cluster network.
///
/// Ordered as networks are enumerated: IPv4 before IPv6, then address, then prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Subnet(IpNetwork);

/// Text that is no subnet.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubnetError {
    /// Not an address with a prefix length.
    #[error("\"{0}\" is not a subnet: write address/prefix length, such as 10.0.1.0/24")]
    Syntax(String),
    /// The address is a host's.
    #[error("\"{text}\" has host bits set: the subnet is {subnet}")]
    HostBits {
        /// What was written.
        text: String,
        /// The subnet that holds it.
        subnet: Subnet,
    },
}

impl Subnet {
    /// The subnet that an interface address with its prefix length lies in.
    #[must_use]
    pub fn of(address: IpNetwork) -> Self {
        let network = IpNetwork::new(address.network(), address.prefix());
        Self(network.unwrap_or(address))
    }

    /// The first address of the subnet.
    #[must_use]
    pub fn address(self) -> IpAddr {
        self.0.network()
    }

    /// The mask of the subnet, as an address.
    #[must_use]
    pub fn mask(self) -> IpAddr {
        self.0.mask()
    }

    /// The prefix length in bits.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.0.prefix()
    }

    /// Whether `address` lies in the subnet.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(address)
    }

    /// Whether it is a point-to-point link, with room for two ends (/31 by RFC 3021, /127 by
    /// RFC 6164).
    #[must_use]
    pub fn is_point_to_point(self) -> bool {
        self.prefix() == if self.is_ipv4() { 31 } else { 127 }
    }

    /// Whether the subnet holds one address only (/32, /128), so that no second node can share it.
    #[must_use]
    pub fn is_host(self) -> bool {
        self.prefix() == if self.0.is_ipv4() { 32 } else { 128 }
    }

    /// Whether the subnet is IPv4.
    #[must_use]
    pub fn is_ipv4(self) -> bool {
        self.0.is_ipv4()
    }
}

impl FromStr for Subnet {
    type Err = SubnetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let syntax = || SubnetError::Syntax(text.to_owned());
        if !text.contains('/') {
            return Err(syntax());
        }
        let address: IpNetwork = text.parse().map_err(|_| syntax())?;
        let subnet = Self::of(address);
        if subnet.address() == address.ip() {
            Ok(subnet)
        } else {
            Err(SubnetError::HostBits { text: text.to_owned(), subnet })
        }
    }
}

impl TryFrom<String> for Subnet {
    type Error = SubnetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Subnet> for String {
    fn from(subnet: Subnet) -> Self {
        subnet.to_string()
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

/// A link-layer address: 6 bytes on Ethernet, 20 on IPoIB; written as `52:54:00:00:00:01`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Mac(Vec<u8>);

/// Text that is no link-layer address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a link-layer address: write pairs of hexadecimal digits joined by colons")]
pub struct MacError(String);

impl Mac {
    /// A link-layer address of 1 to 32 bytes (`MAX_ADDR_LEN`), if `bytes` is one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (1..=32).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// The bytes as they stand on the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether all bytes are zero, as on loopback.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }
}

impl TryFrom<String> for Mac {
    type Error = MacError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let byte = |pair: &str| {
            let digits = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            digits.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        };
        let bytes: Option<Vec<u8>> = text.split(':').map(byte).collect();
        bytes.and_then(|bytes| Self::from_bytes(&bytes)).ok_or(MacError(text))
    }
}

impl From<Mac> for String {
    fn from(mac: Mac) -> Self {
        mac.to_string()
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let colon = if position == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metric_keeps_its_range() {
        assert_eq!(Metric::try_from(1), Ok(Metric::MIN));
        assert_eq!(Metric::try_from(268_435_455), Ok(Metric::MAX));
        assert_eq!(Metric::try_from(0), Err(MetricOutOfRange(0)));
        assert_eq!(Metric::try_from(268_435_456), Err(MetricOutOfRange(268_435_456)));
        assert_eq!(Metric::saturating(-5), Metric::MIN);
        assert_eq!(Metric::saturating(i64::MAX), Metric::MAX);
    }

    #[test]
    fn role_two_is_refused_with_its_reason() {
        assert_eq!(Role::try_from(2), Err(RoleError::ClientsOnly));
        assert_eq!(Role::try_from(4), Err(RoleError::Unknown(4)));
        for role in [Role::None, Role::Cluster, Role::ClusterAndClient] {
            assert_eq!(Role::try_from(i64::from(role.number())), Ok(role));
        }
    }

    #[test]
    fn subnets_are_ordered_as_networks_are_enumerated() {
        let parse = |text: &str| text.parse::<Subnet>().unwrap();
        let mut subnets =
            ["fd00::/64", "10.0.1.0/24", "10.0.0.0/24", "10.0.0.0/16", "9.255.0.0/16"].map(parse);
        subnets.sort();
        let order = subnets.map(|subnet| subnet.to_string());
        assert_eq!(
            order,
            ["9.255.0.0/16", "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "fd00::/64"]
        );
    }

    #[test]
    fn a_subnet_with_host_bits_names_the_right_one() {
        let error = "10.0.1.7/24".parse::<Subnet>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"10.0.1.7/24\" has host bits set: the subnet is 10.0.1.0/24"
        );
        assert!("10.0.1.0".parse::<Subnet>().is_err());
        assert!("10.0.1.0/33".parse::<Subnet>().is_err());
    }

    #[test]
    fn link_layer_addresses_survive_text() {
        let mac = Mac::try_from("52:54:00:00:00:0a".to_owned()).unwrap();
        assert_eq!(mac.to_string(), "52:54:00:00:00:0a");
        for bad in ["", "52:54:0", "52:54:zz", "+1:54", "52 54"] {
            assert!(Mac::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
