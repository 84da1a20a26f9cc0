//! Freezing present names and automatic metrics.

use crate::model::{
    Assignment, ClusterLayout, MetricReason, NetworkName, NetworkPolicy, Policy, Subnet,
};

/// What `pin` sets, by subnet, and the next number for a network without a name.
///
/// Every present network gets its name and its automatic metric frozen, also the one that a metric
/// set by hand replaces for now. The number
/// lies above every one in use now or before, so that none is used twice.
#[must_use]
pub fn pinned(
    layout: &ClusterLayout,
    assignment: &Assignment,
    policy: &Policy,
) -> (Vec<(Subnet, NetworkPolicy)>, u64) {
    let mut entries = Vec::new();
    for (network, assigned) in layout.networks.iter().zip(&assignment.networks) {
        let Some(key) = network.key() else { continue };
        let mut entry = policy.networks.get(&key).cloned().unwrap_or_default();
        entry.name = Some(network.name.clone());
        entry.pinned_metric = Some(match assigned.metric_reason {
            MetricReason::Manual { automatic } => automatic,
            _ => assigned.metric,
        });
        entries.push((key, entry));
    }
    let absent = policy.networks.values().filter_map(|network| network.name.as_ref());
    let names = layout.networks.iter().map(|network| &network.name).chain(absent);
    let highest = names.filter_map(NetworkName::automatic_number).max().unwrap_or(0);
    let by_place = u64::try_from(layout.networks.len()).unwrap_or(u64::MAX / 2);
    let used = highest.max(by_place);
    let next = policy.naming.next_number.unwrap_or(1).max(used + 1);
    (entries, next)
}
