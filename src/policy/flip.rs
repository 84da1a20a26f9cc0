//! The smallest change of a metric that would give a choice to another network, found by trying
//! and verified by assigning again.

use super::assign;
use crate::model::{Assignment, ClusterLayout, Flip, Metric, Policy, Subnet};

/// Networks that a flip considers at most, lowest metrics first.
const CONSIDERED: usize = 8;

/// The smallest change that takes CSV away from the network that carries it.
pub(super) fn csv_flip(layout: &ClusterLayout, policy: &Policy, now: &Assignment) -> Option<Flip> {
    smallest(layout, policy, now, |assignment| assignment.traffic.csv)
}

/// The smallest change that takes live migration away from its first choice.
pub(super) fn migration_flip(
    layout: &ClusterLayout,
    policy: &Policy,
    now: &Assignment,
) -> Option<Flip> {
    smallest(layout, policy, now, |assignment| assignment.traffic.live_migration.first().copied())
}

/// Networks whose metrics can matter: the lowest of all authorised ones, available or not (a static
/// order is rotated over all), and the lowest of those that are available.
fn considered(now: &Assignment) -> Vec<usize> {
    let mut all: Vec<usize> = (0..now.networks.len()).collect();
    all.retain(|place| now.networks[*place].role.is_authorised());
    all.sort_by_key(|place| (now.networks[*place].metric, *place));
    let available = now.traffic.heartbeat.iter().take(3);
    let mut chosen: Vec<usize> =
        all.into_iter().take(CONSIDERED).chain(available.copied()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// Tries metrics next to those of the networks involved on each of them: the smallest step first,
/// among equal steps the one to the lower metric.
fn smallest(
    layout: &ClusterLayout,
    policy: &Policy,
    now: &Assignment,
    chosen: impl Fn(&Assignment) -> Option<usize>,
) -> Option<Flip> {
    let involved = considered(now);
    let mut tries = Vec::new();
    for network in &involved {
        let own = i64::from(now.networks[*network].metric.get());
        for other in &involved {
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
