//! The smallest change of a metric that would give a choice to another network, found by trying
//! and verified by assigning again.

use super::assign;
use crate::model::{Assignment, ClusterLayout, Flip, Metric, Policy, Subnet};

/// The smallest change that takes CSV away from the network that carries it.
pub(super) fn csv_flip(layout: &ClusterLayout, policy: &Policy, now: &Assignment) -> Option<Flip> {
    let involved = now.traffic.heartbeat.get(..2)?;
    smallest(layout, policy, now, involved, |assignment| assignment.traffic.csv)
}

/// The smallest change that takes live migration away from its first choice. The network that
/// carries CSV takes part: with the default order, moving CSV moves migration too.
pub(super) fn migration_flip(
    layout: &ClusterLayout,
    policy: &Policy,
    now: &Assignment,
) -> Option<Flip> {
    let order = &now.traffic.live_migration;
    let mut involved: Vec<usize> = order.iter().take(2).copied().chain(now.traffic.csv).collect();
    involved.dedup();
    let first = |assignment: &Assignment| assignment.traffic.live_migration.first().copied();
    smallest(layout, policy, now, &involved, first)
}

/// Tries metrics next to those of the networks involved on each of them: the smallest step first,
/// among equal steps the one to the lower metric.
fn smallest(
    layout: &ClusterLayout,
    policy: &Policy,
    now: &Assignment,
    involved: &[usize],
    chosen: impl Fn(&Assignment) -> Option<usize>,
) -> Option<Flip> {
    let mut tries = Vec::new();
    for network in involved {
        let own = i64::from(now.networks[*network].metric.get());
        for other in involved {
            let base = i64::from(now.networks[*other].metric.get());
            let near = [base - 1, base, base + 1].into_iter().filter(|metric| *metric != own);
            tries.extend(near.map(|metric| ((metric - own).abs(), metric, *network)));
        }
    }
    tries.sort_unstable();
    tries.dedup();
    let present = chosen(now)?;
    tries.into_iter().find_map(|(_, metric, network)| {
        let metric = Metric::try_from(metric).ok()?;
        let key = layout.networks[network].key()?;
        let winner = chosen(&assign(layout, &with_metric(policy, key, metric)))?;
        (winner != present).then_some(Flip { network, metric, winner })
    })
}

fn with_metric(policy: &Policy, key: Subnet, metric: Metric) -> Policy {
    let mut changed = policy.clone();
    changed.networks.entry(key).or_default().metric = Some(metric);
    changed
}
