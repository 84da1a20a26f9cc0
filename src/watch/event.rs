//! What can happen while a cluster's networks are watched.

use crate::model::{InterfaceName, Metric, NetworkName, NetworkState, NodeName, Role, Subnet};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Watching began, with the networks as they are.
    Start(Beginning),
    /// A network changed.
    Network(NetworkChange),
    /// Heartbeat/CSV or live migration goes another way.
    Redirection(Redirection),
    /// A better network is back and is not used yet.
    Hold(Hold),
    /// Notifications were lost, and everything was read again.
    Resync {
        /// How often the receive buffer was full.
        overruns: usize,
    },
    /// Policy and stored inventories were read again.
    Reload,
    /// Watching ended.
    End {
        /// Why, in words.
        reason: String,
    },
}

/// How things were when watching began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// All nodes, by name.
    pub nodes: Vec<NodeName>,
    /// Networks in order of enumeration.
    pub networks: Vec<NetworkStanding>,
    /// Cluster-wide, what carries what.
    pub carriers: Carriers,
    /// How many groups of pairs of nodes differ.
    pub exceptions: usize,
}

/// A network at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkStanding {
    /// Name.
    pub name: NetworkName,
    /// Subnets, in order of enumeration.
    pub subnets: Vec<Subnet>,
    /// State over all its members.
    pub state: NetworkState,
    /// What it is used for.
    pub role: Role,
    /// Preference, lower first.
    pub metric: Metric,
    /// How many members are up, of how many.
    pub up: (usize, usize),
}

/// A network before and after; one that appears or goes lacks a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkChange {
    /// Before.
    pub before: Option<NetworkStanding>,
    /// After.
    pub after: Option<NetworkStanding>,
    /// What happened to its members.
    pub causes: Vec<Cause>,
    /// How often it was lost since watching began, by the member that was lost most often.
    pub losses: u32,
}

/// What happened to one member of a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Node.
    pub node: NodeName,
    /// Interface.
    pub interface: InterfaceName,
    /// What happened.
    pub what: Happening,
}

/// What can happen to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// The interface does not exist any more.
    Gone,
    /// It has no address of this network any more, or does not count on it.
    Left,
    /// It was set down.
    SetDown,
    /// It has no carrier.
    NoCarrier,
    /// It has carrier, but can't pass traffic.
    NotPassing,
    /// Traffic can pass again.
    Up,
    /// It joined the network.
    Joined,
    /// It joined the network, and no traffic can pass.
    JoinedDown,
    /// It has a default route now.
    GatewayGained,
    /// It has no default route any more.
    GatewayLost,
}

/// What carries what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    /// CSV and preferred heartbeat network.
    pub csv: Option<Carrier>,
    /// First choice of live migration.
    pub migration: Option<Carrier>,
}

/// A network that carries something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Name, which may be another network's after a network came or went.
    pub name: NetworkName,
    /// The subnet under which the policy keeps it.
    pub key: Option<Subnet>,
}

/// Whom a redirection concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole cluster; pairs of nodes that can't follow are told on their own.
    Cluster,
    /// Every node of `nodes` towards every node of `peers`, which are the same list when it holds
    /// among its nodes.
    Pairs {
        /// One side.
        nodes: Vec<NodeName>,
        /// Other side.
        peers: Vec<NodeName>,
    },
}

/// Traffic that goes another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// Whom it concerns.
    pub scope: Scope,
    /// Before.
    pub before: Carriers,
    /// After.
    pub after: Carriers,
    /// Whether CSV goes another way.
    pub csv: bool,
    /// Whether live migration goes another way.
    pub migration: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Redirection {
    /// Whether CSV and live migration share a network now.
    #[must_use]
    pub fn collides(&self) -> bool {
        self.after.csv.is_some() && self.after.csv == self.after.migration
    }
}

/// Why traffic goes another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The network that carried it can't any more.
    Lost {
        /// The network.
        network: NetworkName,
        /// What happened to its members.
        causes: Vec<Cause>,
    },
    /// A network with a lower metric, or of an earlier place in the order, can carry it.
    Back {
        /// The network.
        network: NetworkName,
        /// What happened to its members.
        causes: Vec<Cause>,
    },
    /// A better network has been back for as long as the policy wants.
    HoldOver {
        /// The network.
        network: NetworkName,
    },
    /// Live migration makes room for CSV.
    CsvTookIt {
        /// The network.
        network: NetworkName,
    },
    /// Live migration takes a network that CSV left.
    CsvLeftIt {
        /// The network.
        network: NetworkName,
    },
    /// Roles, metrics or the order changed.
    Order,
}

/// A better network that is back and is not used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The network.
    pub network: NetworkName,
    /// The node whose member is back.
    pub node: NodeName,
    /// For how many milliseconds more.
    pub left_ms: u64,
    /// How often it was lost since watching began.
    pub losses: u32,
}
