//! Which network carries heartbeat and CSV, and which ones live migration, cluster-wide and for
//! every pair of nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::availability::{NodeClass, node_classes};
use super::means;
use crate::model::{
    Assignment, ClusterLayout, CsvReason, MigrationOrder, MigrationReason, NetworkAssignment,
    NetworkRef, PairException, PairTraffic, Policy, Traffic,
};

/// Authorised networks by metric, ties by order of enumeration; and how migration orders its own.
struct Order {
    by_metric: Vec<usize>,
    migration: Vec<usize>,
    csv_last: bool,
}

/// Picks networks for every class of traffic.
///
/// CSV and the preferred heartbeat take the available network with the lowest metric. Migration
/// takes what the policy's order says; by default the same networks with the one that carries CSV
/// put last, which for metrics a < b < c < d is the published b, c, d, a.
pub(super) fn pick(
    layout: &ClusterLayout,
    policy: &Policy,
    networks: &[NetworkAssignment],
) -> Traffic {
    let order = Order::of(layout, policy, networks);
    let available = |place: &usize| networks[*place].available;
    let csv = order.by_metric.iter().copied().find(available);
    let mut traffic = Traffic {
        csv,
        heartbeat: order.by_metric.iter().copied().filter(available).collect(),
        live_migration: order.migration_over(available, csv),
        unmatched: unmatched(layout, policy),
        exceptions: Vec::new(),
    };
    if layout.nodes.len() > 1 {
        traffic.exceptions = exceptions(&order, &node_classes(layout), &traffic);
    }
    traffic
}

impl Order {
    fn of(layout: &ClusterLayout, policy: &Policy, networks: &[NetworkAssignment]) -> Self {
        let mut by_metric: Vec<usize> =
            (0..networks.len()).filter(|place| networks[*place].role.is_authorised()).collect();
        by_metric.sort_by_key(|place| (networks[*place].metric, *place));
        let mut migration = migration_candidates(layout, policy, &by_metric);
        if policy.migration.order == MigrationOrder::Static {
            let lowest = by_metric.first();
            migration.sort_by_key(|place| Some(place) == lowest);
        }
        let csv_last = policy.migration.order == MigrationOrder::AvoidCsv;
        Self { by_metric, migration, csv_last }
    }

    fn migration_over(&self, usable: impl Fn(&usize) -> bool, csv: Option<usize>) -> Vec<usize> {
        let mut order: Vec<usize> = self.migration.iter().copied().filter(usable).collect();
        if self.csv_last {
            order.sort_by_key(|place| Some(*place) == csv);
        }
        order
    }

    /// Ranks of networks, by place.
    fn ranks(&self) -> Ranks {
        let ranks = |order: &[usize]| order.iter().enumerate().map(|(at, it)| (*it, at)).collect();
        Ranks { csv: ranks(&self.by_metric), migration: ranks(&self.migration) }
    }

    /// CSV and migration between two nodes that can both use `usable`.
    fn between(&self, ranks: &Ranks, usable: &[usize]) -> (Option<usize>, Vec<usize>) {
        let by_csv = usable.iter().filter_map(|place| Some((ranks.csv.get(place)?, *place)));
        let csv = by_csv.min().map(|(_, place)| place);
        let by_migration =
            usable.iter().filter_map(|place| Some((ranks.migration.get(place)?, *place)));
        let mut ranked: Vec<_> = by_migration.collect();
        ranked.sort_unstable_by_key(|(rank, place)| (self.csv_last && Some(*place) == csv, *rank));
        (csv, ranked.into_iter().map(|(_, place)| place).collect())
    }
}

/// The orders in which two nodes choose among the networks that both can use.
pub struct Preference {
    order: Order,
    ranks: Ranks,
}

impl Preference {
    /// The orders under roles and metrics of `networks`.
    #[must_use]
    pub fn of(layout: &ClusterLayout, policy: &Policy, networks: &[NetworkAssignment]) -> Self {
        let order = Order::of(layout, policy, networks);
        let ranks = order.ranks();
        Self { order, ranks }
    }

    /// Whether any of these networks carries CSV and heartbeat.
    pub fn carries_csv(&self, mut usable: impl Iterator<Item = usize>) -> bool {
        usable.any(|place| self.ranks.csv.contains_key(&place))
    }

    /// CSV, heartbeat and migration between two nodes that can both use `usable`.
    #[must_use]
    pub fn between(&self, usable: &[usize]) -> PairTraffic {
        let (csv, live_migration) = self.order.between(&self.ranks, usable);
        let ranked = usable.iter().filter_map(|place| Some((self.ranks.csv.get(place)?, *place)));
        let mut heartbeat: Vec<_> = ranked.collect();
        heartbeat.sort_unstable();
        let heartbeat = heartbeat.into_iter().map(|(_, place)| place).collect();
        PairTraffic { csv, heartbeat, live_migration }
    }
}

/// Where a network stands in the order of CSV and in that of migration, by its place.
struct Ranks {
    csv: BTreeMap<usize, usize>,
    migration: BTreeMap<usize, usize>,
}

/// Networks that migration may use, before the one that carries CSV is put last: those that the
/// policy lists, in its order (role 0 too, since they are named), else the authorised ones by
/// metric; without those that the policy excludes.
fn migration_candidates(
    layout: &ClusterLayout,
    policy: &Policy,
    authorised_by_metric: &[usize],
) -> Vec<usize> {
    let is_excluded = |place: &usize| {
        let network = &layout.networks[*place];
        policy.migration.exclude.iter().any(|reference| means(reference, network))
    };
    let places = match &policy.migration.order {
        MigrationOrder::List(listed) => listed_places(layout, listed),
        MigrationOrder::AvoidCsv | MigrationOrder::Static => authorised_by_metric.to_vec(),
    };
    places.into_iter().filter(|place| !is_excluded(place)).collect()
}

fn listed_places(layout: &ClusterLayout, listed: &[NetworkRef]) -> Vec<usize> {
    let mut places = Vec::new();
    for reference in listed {
        let found = layout.networks.iter().position(|network| means(reference, network));
        if let Some(place) = found.filter(|place| !places.contains(place)) {
            places.push(place);
        }
    }
    places
}

/// References in the migration order and exclusions that mean no network.
fn unmatched(layout: &ClusterLayout, policy: &Policy) -> Vec<NetworkRef> {
    let listed = match &policy.migration.order {
        MigrationOrder::List(listed) => listed.as_slice(),
        MigrationOrder::AvoidCsv | MigrationOrder::Static => &[],
    };
    let references = listed.iter().chain(&policy.migration.exclude);
    let lost =
        |reference: &&NetworkRef| !layout.networks.iter().any(|network| means(reference, network));
    references.filter(lost).cloned().collect()
}

/// Pairs of nodes whose CSV or first migration network differs from the cluster-wide ones.
fn exceptions(order: &Order, classes: &[NodeClass], traffic: &Traffic) -> Vec<PairException> {
    let mut exceptions = Vec::new();
    let ranks = order.ranks();
    let mut usable = Vec::new();
    for (number, class) in classes.iter().enumerate() {
        for peer in &classes[number..] {
            if std::ptr::eq(class, peer) && class.nodes.len() < 2 {
                continue;
            }
            usable.clear();
            usable.extend(class.usable.common(&peer.usable));
            let (csv, live_migration) = order.between(&ranks, &usable);
            let usual =
                csv == traffic.csv && live_migration.first() == traffic.live_migration.first();
            if !usual {
                let (nodes, peers) = (Arc::clone(&class.nodes), Arc::clone(&peer.nodes));
                exceptions.push(PairException { nodes, peers, csv, live_migration });
            }
        }
    }
    exceptions
}

/// How the network at `place` stands in the choice of the CSV network.
pub(super) fn csv_standing(assignment: &Assignment, place: usize) -> CsvReason {
    let network = &assignment.networks[place];
    let csv = assignment.traffic.csv;
    if csv == Some(place) {
        CsvReason::Lowest
    } else if !network.role.is_authorised() {
        CsvReason::NotAuthorised
    } else if !network.available {
        CsvReason::NotAvailable
    } else if csv.is_some_and(|csv| assignment.networks[csv].metric == network.metric) {
        CsvReason::LaterInOrder
    } else {
        CsvReason::Higher
    }
}

/// How the network at `place` stands in the order of live migration.
pub(super) fn migration_standing(
    layout: &ClusterLayout,
    policy: &Policy,
    assignment: &Assignment,
    place: usize,
) -> MigrationReason {
    let network = &layout.networks[place];
    let listed = match &policy.migration.order {
        MigrationOrder::List(listed) => Some(listed.iter().any(|it| means(it, network))),
        MigrationOrder::AvoidCsv | MigrationOrder::Static => None,
    };
    let excluded = policy.migration.exclude.iter().any(|it| means(it, network));
    let traffic = &assignment.traffic;
    match traffic.live_migration.iter().position(|it| *it == place) {
        Some(0) => MigrationReason::First,
        Some(_) if listed.is_none() && traffic.csv == Some(place) => MigrationReason::CsvLast,
        Some(_) => MigrationReason::Later,
        None if excluded => MigrationReason::Excluded,
        None if listed == Some(false) => MigrationReason::NotListed,
        None if listed.is_none() && !assignment.networks[place].role.is_authorised() => {
            MigrationReason::NotAuthorised
        }
        None => MigrationReason::NotAvailable,
    }
}
