//! Metrics to propose.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::model::MetricScheme;
use crate::rules::Site;

/// Metrics that the automatic ones of a scheme take, with room for networks to come.
///
/// 2008 R2: 1000 to 9999 without a gateway, and as many public networks as that has room for
/// private ones. 2012: from RDMA at 800 Gbit/s to the base of role 3 with a thousand ties.
pub(super) fn automatic(scheme: MetricScheme) -> RangeInclusive<u32> {
    match scheme {
        MetricScheme::W2008R2 => 1_000..=18_999,
        MetricScheme::W2012 => 8_000..=80_999,
    }
}

/// A metric for a network that is to come before all with automatic metrics: 900, 800 … 100, or the
/// highest below 1000 that no network has.
pub(super) fn before_automatic(site: &Site<'_>) -> u32 {
    let taken = taken(site);
    let hundreds = (1..=9).rev().map(|hundred| 100 * hundred);
    let mut proposed = hundreds.chain((1..1_000).rev());
    proposed.find(|metric| !taken.contains(metric)).unwrap_or(1)
}

/// A metric for a network that is to come after all with automatic metrics.
pub(super) fn after_automatic(site: &Site<'_>) -> u32 {
    let taken = taken(site);
    let first = automatic(site.assignment.scheme).end() + 1;
    let mut proposed = (0..).map(|step| first + 100 * step);
    proposed.find(|metric| !taken.contains(metric)).unwrap_or(first)
}

fn taken(site: &Site<'_>) -> BTreeSet<u32> {
    site.networks().map(|on| on.assigned.metric.get()).collect()
}
