//! What the policy means: role, metric and traffic, in that order.
//!
//! Source of the rules: Microsoft's description of `Get-ClusterNetwork` properties and of live
//! migration networks (KB 2473194), and for scheme 2012 values published by administrators.

mod availability;
mod flip;
mod metric;
mod pin;
mod role;
mod target;
mod traffic;

use crate::model::{
    Assignment, Bits, ClusterLayout, ClusterNetwork, Explanation, MigrationOrder, NetworkRef,
    OrderKind, PairTraffic, Policy, Traffic,
};

pub use availability::{NodeClass, carries, node_classes};
pub use pin::pinned;
pub use target::{Target, TargetError, find, name_owner};
pub use traffic::Preference;

/// Gives every network of `layout` its role and metric, and picks what carries what.
#[must_use]
pub fn assign(layout: &ClusterLayout, policy: &Policy) -> Assignment {
    let networks = metric::assign(layout, policy);
    let traffic = traffic::pick(layout, policy, &networks);
    Assignment { scheme: policy.metric_scheme, networks, traffic }
}

/// States and traffic of what is left of `whole`. Roles and metrics stay those of `before`: a loss
/// renumbers nothing, and a node that fails is still one of the cluster.
#[must_use]
pub fn reassign(
    left: &ClusterLayout,
    whole: &ClusterLayout,
    policy: &Policy,
    before: &Assignment,
) -> Assignment {
    let mut networks = before.networks.clone();
    let nodes = whole.nodes.len();
    let formed = left.networks.iter().zip(&whole.networks);
    for (assigned, (network, whole)) in networks.iter_mut().zip(formed) {
        let state = availability::state_left(left, network, (nodes, whole));
        (assigned.state, assigned.available) = state;
    }
    let traffic = traffic::pick(left, policy, &networks);
    Assignment { scheme: before.scheme, networks, traffic }
}

/// What stands behind the choices of `assignment`: how each network stands in them, and the
/// smallest metric changes that would turn them, each verified by assigning again.
#[must_use]
pub fn explain(layout: &ClusterLayout, policy: &Policy, assignment: &Assignment) -> Explanation {
    Explanation {
        csv_flip: flip::csv_flip(layout, policy, assignment),
        migration_flip: flip::migration_flip(layout, policy, assignment),
        ..standings(layout, policy, assignment)
    }
}

/// How each network stands in the choices of `assignment`, without what would turn them.
#[must_use]
pub fn standings(layout: &ClusterLayout, policy: &Policy, assignment: &Assignment) -> Explanation {
    let networks = || 0..assignment.networks.len();
    let migration = |place| traffic::migration_standing(layout, policy, assignment, place);
    Explanation {
        csv: networks().map(|place| traffic::csv_standing(assignment, place)).collect(),
        migration: networks().map(migration).collect(),
        migration_order: match policy.migration.order {
            MigrationOrder::AvoidCsv => OrderKind::AvoidCsv,
            MigrationOrder::Static => OrderKind::Static,
            MigrationOrder::List(_) => OrderKind::List,
        },
        csv_flip: None,
        migration_flip: None,
    }
}

/// The assignment as two nodes see it that can both use these networks.
#[must_use]
pub fn between(assignment: &Assignment, usable: &Bits, traffic: &PairTraffic) -> Assignment {
    let mut networks = assignment.networks.clone();
    for (place, network) in networks.iter_mut().enumerate() {
        network.available = usable.contains(place);
    }
    let traffic = Traffic {
        csv: traffic.csv,
        heartbeat: traffic.heartbeat.clone(),
        live_migration: traffic.live_migration.clone(),
        unmatched: Vec::new(),
        exceptions: Vec::new(),
    };
    Assignment { scheme: assignment.scheme, networks, traffic }
}

/// Whether `reference` means `network`: one of its subnets, or its name in any letter case.
#[must_use]
pub fn means(reference: &NetworkRef, network: &ClusterNetwork) -> bool {
    match reference {
        NetworkRef::Subnet(subnet) => network.subnets.contains(subnet),
        NetworkRef::Name(name) => network.name.matches(name.as_str()),
    }
}

#[cfg(test)]
mod tests;
