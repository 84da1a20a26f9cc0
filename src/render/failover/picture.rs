//! What a picture shows: nodes, networks, members, and which of them are lost or carry what.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::failover::Cluster;
use crate::model::{ClusterLayout, FailoverPlan, NodeName};
use crate::policy;
use crate::render::text::escaped;

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Not on the network.
    Absent,
    /// Down before.
    Down,
    /// Lost.
    Lost,
    /// Up.
    Up,
}

/// A node, or several that stand alike.
pub(super) struct Column {
    pub(super) nodes: Vec<String>,
    pub(super) is_lost: bool,
    /// How it stands on each network.
    pub(super) stands: Vec<Standing>,
}

/// A network.
pub(super) struct Bus {
    pub(super) name: String,
    pub(super) role: u8,
    pub(super) metric: u32,
    pub(super) states: [&'static str; 2],
    pub(super) csv: [bool; 2],
    pub(super) migration: [bool; 2],
}

/// What a picture shows.
pub(super) struct Picture {
    pub(super) columns: Vec<Column>,
    pub(super) buses: Vec<Bus>,
}

impl Picture {
    /// The picture of a plan; nodes that stand alike are one column where there are more than
    /// `most`.
    pub(super) fn of(cluster: &Cluster<'_>, plan: &FailoverPlan, most: usize) -> Self {
        let columns = columns(cluster, plan);
        let columns = if columns.len() > most { joined(columns) } else { columns };
        Self { columns, buses: buses(cluster, plan) }
    }
}

fn buses(cluster: &Cluster<'_>, plan: &FailoverPlan) -> Vec<Bus> {
    let [before, after] = [&plan.before, &plan.after];
    let networks = before.networks.iter().zip(&after.networks).enumerate();
    let bus = |(place, (old, new)): (
        usize,
        (&crate::model::NetworkAssignment, &crate::model::NetworkAssignment),
    )| Bus {
        name: words::name(cluster, place),
        role: old.role.number(),
        metric: old.metric.get(),
        states: [old.state.name(), new.state.name()],
        csv: [before, after].map(|it| it.traffic.csv == Some(place)),
        migration: [before, after].map(|it| it.traffic.live_migration.first() == Some(&place)),
    };
    networks.map(bus).collect()
}

/// Nodes that carry traffic on each network.
fn carrying(layout: &ClusterLayout) -> Vec<BTreeSet<&NodeName>> {
    let of = layout.networks.iter().map(|network| {
        let members = network.members.iter().filter(|member| policy::carries(member));
        members.map(|member| &member.node).collect()
    });
    of.collect()
}

fn columns(cluster: &Cluster<'_>, plan: &FailoverPlan) -> Vec<Column> {
    let (before, after) = (carrying(cluster.layout), carrying(&plan.left));
    let on: Vec<BTreeSet<&NodeName>> = cluster
        .layout
        .networks
        .iter()
        .map(|network| network.members.iter().map(|member| &member.node).collect())
        .collect();
    let survivors: BTreeSet<&NodeName> = plan.left.nodes.iter().collect();
    let column = |node: &NodeName| {
        let stands = (0..on.len()).map(|place| {
            let is_in = |sets: &[BTreeSet<&NodeName>]| {
                sets.get(place).is_some_and(|nodes| nodes.contains(node))
            };
            match (is_in(&on), is_in(&before), is_in(&after)) {
                (false, ..) => Standing::Absent,
                (_, false, _) => Standing::Down,
                (_, _, false) => Standing::Lost,
                (_, _, true) => Standing::Up,
            }
        });
        Column {
            nodes: vec![escaped(node.as_str())],
            is_lost: !survivors.contains(node),
            stands: stands.collect(),
        }
    };
    cluster.layout.nodes.iter().map(column).collect()
}

fn joined(columns: Vec<Column>) -> Vec<Column> {
    let mut alike: BTreeMap<(bool, Vec<Standing>), Vec<String>> = BTreeMap::new();
    for column in columns {
        alike.entry((column.is_lost, column.stands)).or_default().extend(column.nodes);
    }
    let column = |((is_lost, stands), nodes)| Column { nodes, is_lost, stands };
    let mut columns: Vec<Column> = alike.into_iter().map(column).collect();
    columns.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    columns
}
