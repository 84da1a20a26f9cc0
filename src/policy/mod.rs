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

use crate::model::{Assignment, ClusterLayout, ClusterNetwork, NetworkRef, Policy};

pub use availability::{NodeClass, node_classes};
pub use flip::{Flip, csv_flip, migration_flip};
pub use pin::pinned;
pub use target::{Target, TargetError, find, name_owner};
pub use traffic::{csv_standing, migration_candidates};

/// Gives every network of `layout` its role and metric, and picks what carries what.
#[must_use]
pub fn assign(layout: &ClusterLayout, policy: &Policy) -> Assignment {
    let networks = metric::assign(layout, policy);
    let traffic = traffic::pick(layout, policy, &networks);
    Assignment {
        scheme: policy.metric_scheme,
        networks,
        traffic,
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
