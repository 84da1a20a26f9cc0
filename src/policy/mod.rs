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
    Assignment, ClusterLayout, ClusterNetwork, Explanation, MigrationOrder, NetworkRef, OrderKind,
    Policy,
};

pub use availability::{NetworkSet, NodeClass, carries, node_classes};
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

/// States and traffic of what is left of a layout. Roles and metrics stay those of `before`: a loss
/// renumbers nothing, and a node that fails is still one of the cluster.
#[must_use]
pub fn reassign(left: &ClusterLayout, policy: &Policy, before: &Assignment) -> Assignment {
    let mut networks = before.networks.clone();
    for (assigned, network) in networks.iter_mut().zip(&left.networks) {
        (assigned.state, assigned.available) = availability::state(left, network);
    }
    let traffic = traffic::pick(left, policy, &networks);
    Assignment { scheme: before.scheme, networks, traffic }
}

/// What stands behind the choices of `assignment`: how each network stands in them, and the
/// smallest metric changes that would turn them, each verified by assigning again.
#[must_use]
pub fn explain(layout: &ClusterLayout, policy: &Policy, assignment: &Assignment) -> Explanation {
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
        csv_flip: flip::csv_flip(layout, policy, assignment),
        migration_flip: flip::migration_flip(layout, policy, assignment),
    }
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
