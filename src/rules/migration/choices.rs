//! Which network live migration takes first, over the whole cluster and between which nodes.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{MigrationOrder, NodeName, Place};
use crate::rules::phrase::list;
use crate::rules::{On, Site};

/// A network of migration and where it is that.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) on: On<'a>,
    /// Nodes between which it is the first choice, when it is not everybody's.
    nodes: Option<BTreeSet<&'a NodeName>>,
}

impl Choice<'_> {
    /// Whether it is the whole cluster's.
    pub(super) fn is_everybodys(&self) -> bool {
        self.nodes.is_none()
    }

    /// ` between n1 and n2`, or nothing when it is everybody's.
    pub(super) fn between(&self) -> String {
        match &self.nodes {
            Some(nodes) => format!(" between some of the nodes {}", list(nodes)),
            None => String::new(),
        }
    }
}

/// CSV network and first choice of migration.
pub(super) type Pick = (Option<usize>, Option<usize>);

/// The first choices for which `holds`, each network once: that of the cluster, then those of pairs
/// of nodes that differ.
pub(super) fn choices<'a>(site: &Site<'a>, holds: impl Fn(Pick) -> bool) -> Vec<Choice<'a>> {
    let traffic = &site.assignment.traffic;
    let usual = (traffic.csv, traffic.live_migration.first().copied());
    let mut found = Vec::new();
    if let Some(place) = usual.1.filter(|_| holds(usual)) {
        found.extend(site.network(place).map(|on| Choice { on, nodes: None }));
    }
    let mut differing: BTreeMap<usize, BTreeSet<&NodeName>> = BTreeMap::new();
    for pair in &traffic.exceptions {
        let pick = (pair.csv, pair.live_migration.first().copied());
        if let Some(place) = pick.1.filter(|place| Some(*place) != usual.1 || !holds(usual))
            && holds(pick)
        {
            differing.entry(place).or_default().extend(pair.nodes.iter().chain(&*pair.peers));
        }
    }
    found.extend(differing.into_iter().filter_map(|(place, nodes)| {
        Some(Choice { on: site.network(place)?, nodes: Some(nodes) })
    }));
    found
}

/// Whether the policy sets an order of migration networks other than the default.
pub(super) fn is_ordered(site: &Site<'_>) -> bool {
    site.policy.migration.order != MigrationOrder::AvoidCsv
}

/// Where it does.
pub(super) fn place_of_order(site: &Site<'_>) -> Option<Place> {
    site.text.places.get("migration.order").copied().filter(|_| is_ordered(site))
}
