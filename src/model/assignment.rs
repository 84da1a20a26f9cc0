//! Role and metric of each network, and which one carries what, each with its reason.

use std::sync::Arc;

use super::{
    InterfaceName, Metric, MetricScheme, NetworkRef, NodeName, Role, StorageSession, Subnet,
};

/// Roles, metrics and traffic for a [`super::ClusterLayout`]; networks are named by their place in
/// its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Formula of automatic metrics.
    pub scheme: MetricScheme,
    /// One for each network of the layout, in its order.
    pub networks: Vec<NetworkAssignment>,
    /// What carries what.
    pub traffic: Traffic,
}

/// Role, metric and state of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkAssignment {
    /// What it is used for.
    pub role: Role,
    /// Why.
    pub role_reason: RoleReason,
    /// Preference, lower first.
    pub metric: Metric,
    /// Why.
    pub metric_reason: MetricReason,
    /// Whether any member has a default route.
    pub gateway: bool,
    /// State over all its members.
    pub state: NetworkState,
    /// Whether at least two nodes can use it now (with one node in the layout: that node).
    pub available: bool,
}

impl NetworkAssignment {
    /// Whether the metric is an automatic one (`AutoMetric` 1).
    #[must_use]
    pub fn auto_metric(&self) -> bool {
        !matches!(self.metric_reason, MetricReason::Manual { .. })
    }
}

/// Why a network has its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleReason {
    /// Set in the policy.
    Policy(Subnet),
    /// It carries a storage session.
    Storage {
        /// Node with the session.
        node: NodeName,
        /// Interface that carries it.
        interface: InterfaceName,
        /// The session.
        session: StorageSession,
    },
    /// A member has a default route.
    Gateway {
        /// Node with the route.
        node: NodeName,
        /// Interface it leaves by.
        interface: InterfaceName,
        /// How many members have one, of how many.
        with: (usize, usize),
    },
    /// No member has a default route.
    NoGateway,
}

/// Why a network has its metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricReason {
    /// Set in the policy; `automatic` is what it would be otherwise.
    Manual {
        /// The automatic metric that is replaced.
        automatic: Metric,
    },
    /// Frozen by `pin`.
    Pinned,
    /// 1000 + 100 × place among networks without a gateway.
    Private {
        /// Place from 0.
        place: usize,
    },
    /// Private, but 1000 + 100 × place would reach the public band.
    Overflow {
        /// Place from 0.
        place: usize,
    },
    /// 10000 + 100 × place among networks with a gateway.
    Public {
        /// Place from 0.
        place: usize,
    },
    /// Role 0: 10000 + 100 × place after every public network.
    Excluded {
        /// Place from 0.
        place: usize,
    },
    /// Scheme 2012: base, less the terms for RDMA, RSS and speed, plus a tie-break.
    Reconstructed(Reconstructed),
}

/// Terms of a metric by scheme 2012.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconstructed {
    /// 40000 for role 1, 80000 for role 3 (and for role 0, where nothing is published).
    pub base: u32,
    /// 19200 with RDMA, 9600 with RSS only, else 0.
    pub offload: u32,
    /// Slowest known speed of the members, in Mbit/s.
    pub mbps: Option<u32>,
    /// 1, 2 … among equal results, 0 for a single one.
    pub tie: u32,
}

/// State of a network, as `CLUSTER_NETWORK_STATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkState {
    /// All members up.
    Up,
    /// Some nodes can talk over it, others can't.
    Partitioned,
    /// No two nodes can talk over it.
    Down,
    /// No member is up.
    Unavailable,
}

impl NetworkState {
    /// The state's name as `Get-ClusterNetwork` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "Up",
            Self::Partitioned => "Partitioned",
            Self::Down => "Down",
            Self::Unavailable => "Unavailable",
        }
    }
}

/// What carries what. Networks are places in the layout's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// CSV and preferred heartbeat network; nothing when no network is available.
    pub csv: Option<usize>,
    /// Heartbeat networks: authorised and available, by metric.
    pub heartbeat: Vec<usize>,
    /// Live migration networks that are available, first choice first.
    pub live_migration: Vec<usize>,
    /// References of the policy to networks for migration that mean none.
    pub unmatched: Vec<NetworkRef>,
    /// Pairs of nodes for which CSV or the first choice of migration differs from the above.
    pub exceptions: Vec<PairException>,
}

impl Traffic {
    /// Whether CSV and live migration are on one network.
    #[must_use]
    pub fn collides(&self) -> bool {
        self.csv.is_some() && self.csv == self.live_migration.first().copied()
    }
}

/// Every node of `nodes` towards every node of `peers`. Both lists are the same when it holds
/// among the nodes of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairException {
    /// One side, by name.
    pub nodes: Arc<[NodeName]>,
    /// Other side, by name.
    pub peers: Arc<[NodeName]>,
    /// CSV network between them.
    pub csv: Option<usize>,
    /// Live migration networks between them, first choice first.
    pub live_migration: Vec<usize>,
}

/// Why a network carries CSV or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvReason {
    /// Lowest metric of all that can.
    Lowest,
    /// Same metric as the chosen one, but later in the order of enumeration.
    LaterInOrder,
    /// A higher metric.
    Higher,
    /// Role 0.
    NotAuthorised,
    /// No two nodes can use it.
    NotAvailable,
}

/// What stands behind the choices of an [`Assignment`], for people who ask why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// How each network stands in the choice of the CSV network, in the layout's order.
    pub csv: Vec<CsvReason>,
    /// How each network stands in the order of live migration, in the layout's order.
    pub migration: Vec<MigrationReason>,
    /// How the order of live migration was made.
    pub migration_order: OrderKind,
    /// Smallest change that takes CSV to another network.
    pub csv_flip: Option<Flip>,
    /// Smallest change that takes live migration to another network.
    pub migration_flip: Option<Flip>,
}

/// A change of one network's metric and what it does. Networks are places in the layout's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Network to change.
    pub network: usize,
    /// Its new metric.
    pub metric: Metric,
    /// Network that gets the traffic then.
    pub winner: usize,
}

/// How the order of live migration was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderKind {
    /// By metric, the network that carries CSV last.
    #[default]
    AvoidCsv,
    /// By metric, rotated once over all authorised networks.
    Static,
    /// The policy lists it.
    List,
}

/// How a network stands in the order of live migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationReason {
    /// First of those that are available.
    First,
    /// Available, but later in the order.
    Later,
    /// Available, and last because it carries CSV.
    CsvLast,
    /// No two nodes can use it.
    NotAvailable,
    /// The policy excludes it.
    Excluded,
    /// The policy lists the order, without it.
    NotListed,
    /// Role 0, and the policy does not list it.
    NotAuthorised,
}
