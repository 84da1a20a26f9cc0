//! What a cluster does when parts of it are lost. Networks are places in the layout's list.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Assignment, ClusterLayout, CsvReason, LostPart, MigrationReason, NodeName, OrderKind};

/// What happens to a cluster in a scenario.
#[derive(Clone, Debug)]
pub struct FailoverPlan {
    /// What is lost at the end.
    pub lost: Vec<LostPart>,
    /// How many nodes there were.
    pub before_nodes: usize,
    /// Roles, metrics and traffic before.
    pub before: Assignment,
    /// The layout that is left: what is lost is down, lost nodes are gone.
    pub left: ClusterLayout,
    /// Roles and metrics as before, states and traffic of what is left.
    pub after: Assignment,
    /// Pairs of survivors for which something changes.
    pub changes: Vec<PairChange>,
    /// Groups of survivors that can reach each other, when there is more than one.
    pub partitions: Vec<Vec<NodeName>>,
    /// Nodes whose storage is reached through others, or no longer.
    pub redirected_io: Vec<RedirectedIo>,
    /// Survivors whose storage I/O stops and went before, by name.
    pub stopped_io: Vec<NodeName>,
    /// By what and how fast losses are noticed.
    pub profile: Profile,
    /// What happens when.
    pub timeline: Timeline,
    /// The same without the hold, where there is one.
    pub without_hold: Option<Timeline>,
}

/// Traffic between two nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairTraffic {
    /// CSV and preferred heartbeat network.
    pub csv: Option<usize>,
    /// Heartbeat networks, by metric.
    pub heartbeat: Vec<usize>,
    /// Live migration networks, first choice first.
    pub live_migration: Vec<usize>,
}

impl PairTraffic {
    /// Whether CSV and live migration are on one network.
    #[must_use]
    pub fn collides(&self) -> bool {
        self.csv.is_some() && self.csv == self.live_migration.first().copied()
    }

    /// Whether CSV or the first choice of migration is another one.
    #[must_use]
    pub fn moves_to(&self, other: &Self) -> bool {
        self.csv != other.csv || self.live_migration.first() != other.live_migration.first()
    }
}

/// Every node of `nodes` towards every node of `peers`. Both lists are the same when it holds
/// among the nodes of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairChange {
    /// One side, by name.
    pub nodes: Arc<[NodeName]>,
    /// Other side, by name.
    pub peers: Arc<[NodeName]>,
    /// Traffic before.
    pub before: PairTraffic,
    /// Traffic after.
    pub after: PairTraffic,
}

impl PairChange {
    /// How many pairs of nodes these are.
    #[must_use]
    pub fn pairs(&self) -> usize {
        let count = self.nodes.len();
        if self.nodes == self.peers {
            count * count.saturating_sub(1) / 2
        } else {
            count * self.peers.len()
        }
    }

    /// Whether the nodes lose the last network between them.
    #[must_use]
    pub fn parts(&self) -> bool {
        self.before.csv.is_some() && self.after.csv.is_none()
    }
}

/// Nodes that lost their own path to a storage target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectedIo {
    /// The nodes, by name.
    pub nodes: Vec<NodeName>,
    /// The target's name, where it is known.
    pub target: Option<String>,
    /// Node that does their I/O and the network it goes over; none when no node can.
    pub through: Option<(NodeName, usize)>,
}

/// By what losses are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Failover Clustering up to 2012 R2.
    Wsfc2008R2,
    /// Failover Clustering 2016 and later.
    Wsfc2016,
    /// corosync with knet.
    Corosync,
    /// What the policy declares of heartbeats, without a stack.
    Declared,
    /// The node that loses carrier sees it at once.
    Carrier,
    /// LACP's time-outs.
    Lacp,
    /// Link monitoring of bonds.
    Bond,
    /// VRRP version 2.
    Vrrp,
}

impl Profile {
    /// Profiles that can be asked for.
    pub const ALL: [Self; 7] = [
        Self::Wsfc2008R2,
        Self::Wsfc2016,
        Self::Corosync,
        Self::Carrier,
        Self::Lacp,
        Self::Bond,
        Self::Vrrp,
    ];

    /// The profile's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wsfc2008R2 => "wsfc-2008r2",
            Self::Wsfc2016 => "wsfc-2016",
            Self::Corosync => "corosync",
            Self::Declared => "declared",
            Self::Carrier => "carrier",
            Self::Lacp => "lacp",
            Self::Bond => "bond",
            Self::Vrrp => "vrrp",
        }
    }

    /// The profile of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

/// What happens when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Happenings in the order of their times.
    pub moments: Vec<Moment>,
}

impl Timeline {
    /// Parts that come back, and how often.
    #[must_use]
    pub fn flaps(&self) -> Vec<(&LostPart, usize)> {
        let mut flaps: BTreeMap<&LostPart, usize> = BTreeMap::new();
        for moment in &self.moments {
            if let Happening::Returned(part) = &moment.what {
                *flaps.entry(part).or_default() += 1;
            }
        }
        flaps.into_iter().collect()
    }

    /// How often traffic of some pair moves.
    #[must_use]
    pub fn redirections(&self) -> usize {
        let moves = |it: &&Moment| matches!(it.what, Happening::Redirected { .. });
        self.moments.iter().filter(moves).count()
    }
}

/// Something that happens at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, in ms.
    pub at_ms: u64,
    /// What.
    pub what: Happening,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A part is lost.
    Lost(LostPart),
    /// The loss is noticed, so many ms after it.
    Noticed(LostPart, u64),
    /// The loss is never noticed by what was asked for.
    Undetected(LostPart),
    /// The part came back before anybody noticed its loss.
    Unnoticed(LostPart),
    /// A part comes back.
    Returned(LostPart),
    /// The part is not used before this time, in ms.
    Held(LostPart, u64),
    /// Traffic moves.
    Redirected {
        /// Cluster-wide CSV, before and then.
        csv: [Option<usize>; 2],
        /// Cluster-wide first choice of migration, before and then.
        migration: [Option<usize>; 2],
        /// Pairs of nodes whose traffic moves.
        pairs: usize,
        /// Pairs of nodes that have no network then, and had one.
        parted: usize,
    },
    /// Storage I/O goes through other nodes from then on, or directly again.
    RedirectedIo(Vec<RedirectedIo>),
}

/// Traffic that goes another way at a time, and how every network stands in the new choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// When, in ms.
    pub at_ms: u64,
    /// The nodes and those towards which it holds, which are the same list when it holds among them;
    /// absent for the cluster as a whole.
    pub ends: Option<[Arc<[NodeName]>; 2]>,
    /// CSV and preferred heartbeat.
    pub csv: Turn<CsvReason>,
    /// First choice of live migration.
    pub migration: Turn<MigrationReason>,
    /// How the order of live migration was made.
    pub migration_order: OrderKind,
    /// What keeps each network from carrying anything there, in the layout's order.
    pub lacks: Vec<Option<Lack>>,
}

/// A choice before and after, with how every network stands in it then, in the layout's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn<R> {
    /// Network before.
    pub before: Option<usize>,
    /// Network then.
    pub after: Option<usize>,
    /// How each network stands.
    pub standing: Vec<R>,
}

impl<R> Turn<R> {
    /// Whether it is another network.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.before != self.after
    }
}

/// What keeps a network from carrying anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// No two nodes can use it, or of two ends these can't.
    Ends([bool; 2]),
    /// It is back, and the hold is not over.
    Held,
}
