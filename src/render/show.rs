//! The view of cluster networks that every format of `show` is made of.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use super::reason;
use super::text::escaped;
use crate::layout;
use crate::model::{
    Assignment, ClusterLayout, Fact, Member, MetricReason, NetworkAssignment, Policy, Role, Subnet,
    Traffic,
};

/// Schema of the JSON that `show` prints.
pub const SHOW_SCHEMA: &str = "netplan-cluster/show/1";

/// Cluster networks and what they carry.
#[derive(Clone, Debug, Serialize)]
pub struct ShowView {
    /// Always [`SHOW_SCHEMA`].
    pub schema: &'static str,
    /// Formula of automatic metrics; 2012 is reconstructed from published values.
    pub metric_scheme: &'static str,
    /// All nodes, by name.
    pub nodes: Vec<String>,
    /// Networks in order of enumeration.
    pub networks: Vec<NetworkView>,
    /// What carries what.
    pub traffic: TrafficView,
    /// Networks that the policy names for migration and that are not there.
    pub unmatched: Vec<String>,
    /// Interfaces that do not count.
    pub skipped: Vec<SkippedView>,
    /// Nodes described by several inventories that differ.
    pub conflicts: Vec<ConflictView>,
    /// Facts that could not be read.
    pub gaps: Vec<GapView>,
}

impl ShowView {
    /// The view with the network of that place only, or with all.
    #[must_use]
    pub fn limited_to(mut self, only: Option<usize>) -> Self {
        if let Some(place) = only {
            self.networks = self.networks.into_iter().skip(place).take(1).collect();
        }
        self
    }
}

/// One cluster network.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkView {
    /// Name.
    pub name: String,
    /// Subnets, in order of enumeration.
    pub subnets: Vec<Subnet>,
    /// Role: 0, 1 or 3.
    pub role: u8,
    /// The role's name.
    pub role_name: &'static str,
    /// Why it has that role.
    pub role_reason: String,
    /// Metric.
    pub metric: u32,
    /// Whether the metric is automatic.
    pub auto_metric: bool,
    /// `manual`, `pinned`, `automatic`, or `reconstructed` (scheme 2012).
    pub metric_source: &'static str,
    /// Why it has that metric.
    pub metric_reason: String,
    /// Whether any member has a default route.
    pub gateway: bool,
    /// State: `Up`, `Partitioned`, `Down` or `Unavailable`.
    pub state: &'static str,
    /// What it carries: `CSV`, `heartbeat`, `migration` (as first choice), `clients`.
    pub carries: Vec<&'static str>,
    /// Description from the policy.
    pub description: Option<String>,
    /// Interfaces that count, by node.
    pub members: Vec<MemberView>,
}

/// One interface on a network.
#[derive(Clone, Debug, Serialize)]
pub struct MemberView {
    /// Node.
    pub node: String,
    /// Interface.
    pub interface: String,
    /// Kind of the interface.
    pub kind: String,
    /// Addresses with prefix length.
    pub addresses: Vec<String>,
    /// `Up` or `Down`.
    pub state: &'static str,
    /// Speed in Mbit/s, or null when it is not known.
    pub speed_mbps: Option<u32>,
    /// MTU in bytes.
    pub mtu: u32,
    /// Whether it only stands in for a missing adapter.
    pub faked: bool,
    /// Next hops of its default routes; `on-link` for one without.
    pub gateways: Vec<String>,
}

/// What carries what, by names of networks.
#[derive(Clone, Debug, Serialize)]
pub struct TrafficView {
    /// CSV and preferred heartbeat network.
    pub csv: Option<String>,
    /// Heartbeat networks that are available, by metric.
    pub heartbeat: Vec<String>,
    /// Live migration networks that are available, first choice first.
    pub live_migration: Vec<String>,
    /// Whether CSV and live migration are on one network.
    pub collision: bool,
    /// Pairs of nodes for which it is different.
    pub exceptions: Vec<ExceptionView>,
}

/// Every node of `nodes` towards every node of `peers`.
#[derive(Clone, Debug, Serialize)]
pub struct ExceptionView {
    /// One side.
    pub nodes: Vec<String>,
    /// Other side; the same list when it holds among its nodes.
    pub peers: Vec<String>,
    /// CSV network between them.
    pub csv: Option<String>,
    /// Live migration networks between them, first choice first.
    pub live_migration: Vec<String>,
}

/// An interface that does not count.
#[derive(Clone, Debug, Serialize)]
pub struct SkippedView {
    /// Node.
    pub node: String,
    /// Interface.
    pub interface: String,
    /// Why.
    pub reason: String,
}

/// A node described by several inventories.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictView {
    /// Node.
    pub node: String,
    /// How many different inventories describe it.
    pub inventories: usize,
    /// When the one that is used was taken.
    pub used_taken_at: Option<String>,
}

/// A fact that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct GapView {
    /// Node.
    pub node: String,
    /// Interface, or null when it is the whole node.
    pub interface: Option<String>,
    /// What is not known.
    pub fact: &'static str,
    /// Whether networks, metrics or traffic rest on it.
    #[serde(skip)]
    pub matters: bool,
    /// Why.
    pub cause: String,
}

/// Builds the view of a layout with its assignment.
#[must_use]
pub fn show(layout: &ClusterLayout, assignment: &Assignment, policy: &Policy) -> ShowView {
    let places = 0..layout.networks.len();
    let heartbeat: BTreeSet<usize> = assignment.traffic.heartbeat.iter().copied().collect();
    let network =
        |place| network_view((layout, assignment), policy, place, heartbeat.contains(&place));
    ShowView {
        schema: SHOW_SCHEMA,
        metric_scheme: assignment.scheme.name(),
        nodes: layout.nodes.iter().map(|node| escaped(node.as_str())).collect(),
        networks: places.map(network).collect(),
        unmatched: assignment.traffic.unmatched.iter().map(|it| escaped(&it.to_string())).collect(),
        traffic: traffic(layout, assignment),
        skipped: skipped(layout),
        conflicts: conflicts(layout),
        gaps: gaps(layout),
    }
}

fn network_view(
    (layout, assignment): (&ClusterLayout, &Assignment),
    policy: &Policy,
    place: usize,
    heartbeat: bool,
) -> NetworkView {
    let (network, assigned) = (&layout.networks[place], &assignment.networks[place]);
    let set = layout::settings(network, policy);
    NetworkView {
        name: escaped(network.name.as_str()),
        subnets: network.subnets.clone(),
        role: assigned.role.number(),
        role_name: assigned.role.name(),
        role_reason: reason::role(&assigned.role_reason),
        metric: assigned.metric.get(),
        auto_metric: assigned.auto_metric(),
        metric_source: metric_source(&assigned.metric_reason),
        metric_reason: reason::metric(assigned),
        gateway: assigned.gateway,
        state: assigned.state.name(),
        carries: carries(&assignment.traffic, assigned, place, heartbeat),
        description: set.description.as_deref().map(escaped),
        members: network.members.iter().map(member).collect(),
    }
}

fn carries(
    traffic: &Traffic,
    assigned: &NetworkAssignment,
    place: usize,
    heartbeat: bool,
) -> Vec<&'static str> {
    let clients = assigned.role == Role::ClusterAndClient && assigned.available;
    let all = [
        ("CSV", traffic.csv == Some(place)),
        ("heartbeat", heartbeat),
        ("migration", traffic.live_migration.first() == Some(&place)),
        ("clients", clients),
    ];
    all.into_iter().filter(|(_, carried)| *carried).map(|(what, _)| what).collect()
}

fn metric_source(reason: &MetricReason) -> &'static str {
    match reason {
        MetricReason::Manual { .. } => "manual",
        MetricReason::Pinned => "pinned",
        MetricReason::Reconstructed(_) => "reconstructed",
        MetricReason::Private { .. }
        | MetricReason::Overflow { .. }
        | MetricReason::Public { .. }
        | MetricReason::Excluded { .. } => "automatic",
    }
}

fn member(member: &Member) -> MemberView {
    let next_hop = |address: Option<IpAddr>| {
        address.map_or_else(|| "on-link".to_owned(), |address| address.to_string())
    };
    MemberView {
        node: escaped(member.node.as_str()),
        interface: escaped(member.interface.as_str()),
        kind: escaped(member.kind.as_str()),
        addresses: member.addresses.iter().map(ToString::to_string).collect(),
        state: if member.up { "Up" } else { "Down" },
        speed_mbps: member.speed_mbps,
        mtu: member.mtu,
        faked: member.faked,
        gateways: member.gateways.iter().map(|gateway| next_hop(gateway.address)).collect(),
    }
}

fn traffic(layout: &ClusterLayout, assignment: &Assignment) -> TrafficView {
    let name = |place: usize| {
        layout.networks.get(place).map(|network| escaped(network.name.as_str())).unwrap_or_default()
    };
    let names = |places: &[usize]| places.iter().map(|place| name(*place)).collect();
    let nodes = |nodes: &[crate::model::NodeName]| {
        nodes.iter().map(|node| escaped(node.as_str())).collect::<Vec<_>>()
    };
    let traffic = &assignment.traffic;
    let exceptions = traffic.exceptions.iter().map(|exception| ExceptionView {
        nodes: nodes(&exception.nodes),
        peers: nodes(&exception.peers),
        csv: exception.csv.map(name),
        live_migration: names(&exception.live_migration),
    });
    TrafficView {
        csv: traffic.csv.map(name),
        heartbeat: names(&traffic.heartbeat),
        live_migration: names(&traffic.live_migration),
        collision: traffic.collides(),
        exceptions: exceptions.collect(),
    }
}

fn skipped(layout: &ClusterLayout) -> Vec<SkippedView> {
    let view = |skipped: &crate::model::Skipped| SkippedView {
        node: escaped(skipped.node.as_str()),
        interface: escaped(skipped.interface.as_str()),
        reason: reason::skip(&skipped.reason),
    };
    layout.skipped.iter().map(view).collect()
}

fn conflicts(layout: &ClusterLayout) -> Vec<ConflictView> {
    let view = |conflict: &crate::model::Conflict| ConflictView {
        node: escaped(conflict.node.as_str()),
        inventories: conflict.inventories,
        used_taken_at: conflict.used.as_deref().map(escaped),
    };
    layout.conflicts.iter().map(view).collect()
}

fn gaps(layout: &ClusterLayout) -> Vec<GapView> {
    let view = |(node, gap): &(crate::model::NodeName, crate::model::Gap)| GapView {
        node: escaped(node.as_str()),
        interface: gap.interface.as_ref().map(|interface| escaped(interface.as_str())),
        fact: gap.fact.as_str(),
        matters: matters(gap.fact),
        cause: escaped(&gap.cause),
    };
    layout.gaps.iter().map(view).collect()
}

/// Whether networks, metrics or traffic rest on a fact; other facts matter to rules only.
fn matters(fact: Fact) -> bool {
    match fact {
        Fact::Link
        | Fact::Addresses
        | Fact::Routes4
        | Fact::Routes6
        | Fact::Speed
        | Fact::Rdma
        | Fact::StorageSessions => true,
        Fact::Device
        | Fact::Counters
        | Fact::Bond
        | Fact::ReversePathFilter
        | Fact::OwnName
        | Fact::Resolvers
        | Fact::Neighbours => false,
    }
}

/// The view as indented JSON with a line break at its end.
///
/// # Errors
/// Never in practice: the view holds nothing that JSON can't.
pub fn json<T: Serialize>(view: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(view).map(|text| text + "\n")
}

const CSV_COLUMNS: [&str; 13] = [
    "Name",
    "Role",
    "RoleName",
    "Metric",
    "MetricSource",
    "State",
    "Subnets",
    "Node",
    "Interface",
    "Addresses",
    "MemberState",
    "Speed",
    "Carries",
];

/// The view as CSV (RFC 4180 with line feeds): a header, then one row for each member.
///
/// # Errors
/// Never in practice: it is written to memory.
pub fn csv(view: &ShowView) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(CSV_COLUMNS)?;
    for network in &view.networks {
        for member in &network.members {
            writer.write_record(csv_row(network, member))?;
        }
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn csv_row(network: &NetworkView, member: &MemberView) -> [String; 13] {
    let subnets: Vec<String> = network.subnets.iter().map(ToString::to_string).collect();
    [
        network.name.clone(),
        network.role.to_string(),
        network.role_name.to_owned(),
        network.metric.to_string(),
        network.metric_source.to_owned(),
        network.state.to_owned(),
        subnets.join(" "),
        member.node.clone(),
        member.interface.clone(),
        member.addresses.join(" "),
        member.state.to_owned(),
        member.speed_mbps.map(|speed| speed.to_string()).unwrap_or_default(),
        network.carries.join(" "),
    ]
}
