//! What the administrator intends: the content of the policy file, already checked.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

use super::service::DeclaredService;
use super::{
    DeclaredVm, InterfaceName, Metric, NetworkName, NodeName, Place, Role, Severity, Subnet,
    SubnetError,
};

/// Schema of a policy document.
pub const POLICY_SCHEMA: &str = "netplan-cluster/policy/1";

/// Names, roles, metrics, exclusions and limits; the default is an empty policy file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Formula of automatic metrics.
    pub metric_scheme: MetricScheme,
    /// Which interfaces count.
    pub interfaces: InterfacePolicy,
    /// Networks of live migration.
    pub migration: MigrationPolicy,
    /// Return to a network that came back.
    pub failback: FailbackPolicy,
    /// Numbers of automatic names.
    pub naming: NamingPolicy,
    /// What is set for single networks, by subnet.
    pub networks: BTreeMap<Subnet, NetworkPolicy>,
    /// How nodes watch each other.
    pub heartbeat: HeartbeatPolicy,
    /// Severities that differ from the rules' own, by code or name; `None` turns a rule off.
    pub severities: BTreeMap<String, Option<Severity>>,
    /// Findings that are accepted.
    pub waivers: Vec<Waiver>,
    /// Virtual machines that must be able to move.
    pub vms: Vec<DeclaredVm>,
    /// Services of head nodes that must survive the loss of a host.
    pub services: Vec<DeclaredService>,
}

/// How nodes watch each other, as far as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeartbeatPolicy {
    /// The stack, which gives defaults to what is absent below.
    pub stack: Option<HeartbeatStack>,
    /// Time between two heartbeats, ms.
    pub interval_ms: Option<u32>,
    /// Heartbeats that may be missed.
    pub threshold: Option<u32>,
    /// Time after which a silent node is taken for dead, ms.
    pub timeout_ms: Option<u32>,
    /// corosync's token time-out, ms, before its addition for each node beyond two.
    pub token_ms: Option<u32>,
    /// corosync's consensus time-out, ms.
    pub consensus_ms: Option<u32>,
    /// Time after which a node that is taken for dead is fenced, ms.
    pub fence_ms: Option<u32>,
    /// Longest interruption that the application bears, ms.
    pub application_timeout_ms: Option<u32>,
}

/// Software that watches nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeartbeatStack {
    /// Failover Clustering up to 2012 R2.
    Wsfc2008R2,
    /// Failover Clustering 2016 and later.
    Wsfc2016,
    /// corosync with knet.
    Corosync,
}

impl HeartbeatStack {
    /// The stack's name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wsfc2008R2 => "wsfc-2008r2",
            Self::Wsfc2016 => "wsfc-2016",
            Self::Corosync => "corosync",
        }
    }

    /// The stack of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Wsfc2008R2, Self::Wsfc2016, Self::Corosync];
        all.into_iter().find(|stack| stack.name() == name)
    }
}

/// Findings that are accepted: those of a rule, at a place or everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Code or name of the rule.
    pub rule: String,
    /// Only on this node.
    pub node: Option<NodeName>,
    /// Only on this interface.
    pub interface: Option<InterfaceName>,
    /// Only on this network.
    pub network: Option<NetworkRef>,
    /// Why they are accepted.
    pub reason: String,
    /// Last day on which the waiver holds, `YYYY-MM-DD`.
    pub expires: Option<String>,
    /// Where it stands in the file.
    pub place: Place,
}

/// Formula of automatic metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricScheme {
    /// Windows Server 2008 R2: 1000 private, 10000 public, +100 each further one.
    #[default]
    W2008R2,
    /// Windows Server 2012 and later: by role, RDMA, RSS and speed; reconstructed from
    /// published values.
    W2012,
}

impl MetricScheme {
    /// The scheme's name in options, files and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::W2008R2 => "2008r2",
            Self::W2012 => "2012",
        }
    }

    /// The scheme of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::W2008R2, Self::W2012].into_iter().find(|scheme| scheme.name() == name)
    }
}

/// Which interfaces count, beyond the rules of their kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfacePolicy {
    /// Interfaces that count although their kind does not.
    pub include: Vec<InterfacePattern>,
    /// Interfaces that do not count; stronger than `include`.
    pub exclude: Vec<InterfacePattern>,
    /// Whether a physical interface with nothing but an IPv6 link-local address forms a network.
    pub ipv6_link_local: bool,
}

/// A pattern with `*`, `?` and `[…]` on interface names, or on `node/interface`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfacePattern {
    node: Option<glob::Pattern>,
    interface: glob::Pattern,
}

/// Text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" is not an interface pattern: {reason}")]
pub struct PatternError {
    /// What was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl InterfacePattern {
    /// Whether the pattern means this interface of this node.
    #[must_use]
    pub fn matches(&self, node: &NodeName, interface: &str) -> bool {
        let here = self.node.as_ref().is_none_or(|pattern| pattern.matches(node.as_str()));
        here && self.interface.matches(interface)
    }
}

impl FromStr for InterfacePattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason: String| PatternError { text: text.to_owned(), reason };
        let compile = |part: &str| {
            if part.is_empty() {
                return Err(error("it has an empty part".to_owned()));
            }
            glob::Pattern::new(part).map_err(|source| error(source.to_string()))
        };
        let (node, interface) = match text.split_once('/') {
            Some((node, interface)) => (Some(compile(node)?), interface),
            None => (None, text),
        };
        Ok(Self { node, interface: compile(interface)? })
    }
}

impl fmt::Display for InterfacePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{node}/{}", self.interface),
            None => write!(f, "{}", self.interface),
        }
    }
}

/// Networks of live migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationPolicy {
    /// How the order is made.
    pub order: MigrationOrder,
    /// Networks never used (`MigrationExcludeNetworks`).
    pub exclude: Vec<NetworkRef>,
}

/// How the order of networks for live migration is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MigrationOrder {
    /// By metric, the network that carries CSV last.
    #[default]
    AvoidCsv,
    /// By metric, rotated once over all authorised networks and kept when some fail, as Windows
    /// does: after a failure CSV and migration may share a network.
    Static,
    /// These networks in this order and no others (`MigrationNetworkOrder`).
    List(Vec<NetworkRef>),
}

/// A network as the policy names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NetworkRef {
    /// By one of its subnets.
    Subnet(Subnet),
    /// By its name, in any letter case.
    Name(NetworkName),
}

impl NetworkRef {
    /// The network that text names.
    ///
    /// # Errors
    /// When it is an address with a prefix length but no subnet, which can be no name either.
    pub fn read(text: &str) -> Result<Self, SubnetError> {
        let has_address =
            text.split_once('/').is_some_and(|(address, _)| address.parse::<IpAddr>().is_ok());
        match text.parse() {
            Ok(subnet) => Ok(Self::Subnet(subnet)),
            Err(error) if has_address => Err(error),
            Err(_) => Ok(Self::Name(NetworkName::new(text))),
        }
    }
}

impl From<&str> for NetworkRef {
    fn from(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(NetworkName::new(text)), Self::Subnet)
    }
}

impl fmt::Display for NetworkRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subnet(subnet) => subnet.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// Return to a network that came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailbackPolicy {
    /// How long a better network must be back before it is used again, in seconds.
    pub hold_s: u32,
}

/// Numbers of automatic names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamingPolicy {
    /// Number of the next network without a name, kept by `pin` so that none is used twice.
    pub next_number: Option<u64>,
    /// Formula of the metrics that `pin` froze; under another they do not hold.
    pub pinned_scheme: Option<MetricScheme>,
}

/// What is set for one network. Absent means automatic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Name.
    pub name: Option<NetworkName>,
    /// Role.
    pub role: Option<Role>,
    /// Metric set by hand; turns the automatic metric off.
    pub metric: Option<Metric>,
    /// Automatic metric frozen by `pin`; still automatic, but later networks do not change it.
    pub pinned_metric: Option<Metric>,
    /// Free text.
    pub description: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_interfaces_of_all_or_some_nodes() {
        let everywhere: InterfacePattern = "ib*".parse().unwrap();
        let head_only: InterfacePattern = "head?/dummy0".parse().unwrap();
        let (head, node) = (NodeName::new("head1"), NodeName::new("n1"));
        assert!(everywhere.matches(&head, "ib0") && everywhere.matches(&node, "ib1"));
        assert!(head_only.matches(&head, "dummy0"));
        assert!(!head_only.matches(&node, "dummy0") && !head_only.matches(&head, "dummy1"));
        assert_eq!(head_only.to_string(), "head?/dummy0");
        assert!("a***".parse::<InterfacePattern>().is_err());
        assert!("n1/".parse::<InterfacePattern>().is_err());
    }

    #[test]
    fn a_reference_is_a_subnet_where_it_can_be() {
        assert_eq!(NetworkRef::from("LM"), NetworkRef::Name(NetworkName::new("LM")));
        let subnet = "10.0.0.0/24".parse().unwrap();
        assert_eq!(NetworkRef::from("10.0.0.0/24"), NetworkRef::Subnet(subnet));
        assert_eq!(NetworkRef::read("10.0.0.0/24"), Ok(NetworkRef::Subnet(subnet)));
        assert_eq!(NetworkRef::read("a/24"), Ok(NetworkRef::Name(NetworkName::new("a/24"))));
        let host = NetworkRef::read("10.0.0.5/24").unwrap_err().to_string();
        assert_eq!(host, "\"10.0.0.5/24\" has host bits set: the subnet is 10.0.0.0/24");
        assert!(NetworkRef::read("10.0.0.0/33").is_err());
    }
}
