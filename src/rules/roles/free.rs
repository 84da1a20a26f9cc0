//! Metrics to propose.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::model::{Metric, MetricScheme};
use crate::rules::phrase::network_word;
use crate::rules::{On, Site};

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

/// Networks with the metrics that they are to have.
pub(super) type Moves<'a> = Vec<(On<'a>, u32)>;

/// A metric outside the automatic ones for a network that keeps its place among those that carry
/// traffic: one that lies between its neighbours', else others must move too.
pub(super) fn keeping_order<'a>(site: &Site<'a>, on: &On<'_>) -> Moves<'a> {
    alone(site, on).map_or_else(|| rearranged(site, (on, on)), |one| vec![one])
}

/// Networks of role 1 or 3 in the order in which they are chosen.
fn ordered<'a>(site: &Site<'a>) -> Vec<On<'a>> {
    let mut all: Vec<On<'_>> = site.authorised().collect();
    all.sort_by_key(|on| (on.assigned.metric, on.place));
    all
}

fn metric(on: &On<'_>) -> u32 {
    on.assigned.metric.get()
}

/// A metric outside the automatic ones and between those of the networks before and after.
pub(super) fn alone<'a>(site: &Site<'a>, on: &On<'_>) -> Option<(On<'a>, u32)> {
    let order = ordered(site);
    let at = order.iter().position(|it| it.place == on.place)?;
    let before = order[..at].last().map_or(0, metric);
    let after = order.get(at + 1).map_or(Metric::MAX.get(), metric);
    let (band, taken) = (automatic(site.assignment.scheme), taken(site));
    let below = || (before + 1..after.min(*band.start())).rev();
    let first = before.max(*band.end()) + 1;
    let above = (0..).map(|step| first + 100 * step).take_while(|it| *it < after).take(1_000);
    let rounded = |unit| below().filter(move |it| it % unit == 0);
    let mut proposed = rounded(100).chain(rounded(10)).chain(below()).chain(above);
    Some((order[at], proposed.find(|it| !taken.contains(it))?))
}

/// Metrics for all networks up to the `last` below the automatic ones, or for all from the `first`
/// on above them, whichever moves fewer; those that stand there already stay.
pub(super) fn rearranged<'a>(site: &Site<'a>, (first, last): (&On<'_>, &On<'_>)) -> Moves<'a> {
    let order = ordered(site);
    let at = |on: &On<'_>| order.iter().position(|it| it.place == on.place);
    let Some((first, last)) = at(first).zip(at(last)) else { return Vec::new() };
    let band = automatic(site.assignment.scheme);
    let end = order.get(last + 1).map_or(*band.start(), metric).min(*band.start());
    let floor = order[..first].last().map_or(0, metric).max(*band.end());
    match (below(&order[..=last], end), above(&order[first..], floor)) {
        (Some(below), Some(above)) if above.len() < below.len() => above,
        (Some(moves), _) | (None, Some(moves)) => moves,
        (None, None) => Vec::new(),
    }
}

fn below<'a>(order: &[On<'a>], end: u32) -> Option<Moves<'a>> {
    let (mut last, mut staying) = (0, 0);
    for on in order.iter().take(order.len().saturating_sub(1)) {
        if metric(on) <= last || metric(on) >= end {
            break;
        }
        (last, staying) = (metric(on), staying + 1);
    }
    let moving = &order[staying..];
    let count = u32::try_from(moving.len()).ok()?;
    let step = ((end - last) / (count + 1)).min(100);
    let placed = moving.iter().zip(0..).map(|(on, at)| (*on, end - step * (count - at)));
    (step > 0).then(|| placed.collect())
}

fn above<'a>(order: &[On<'a>], start: u32) -> Option<Moves<'a>> {
    let mut next = Metric::MAX.get();
    let mut staying = 0;
    for on in order.iter().skip(1).rev().take_while(|on| metric(on) > start) {
        if metric(on) >= next {
            break;
        }
        (next, staying) = (metric(on), staying + 1);
    }
    let moving = &order[..order.len() - staying];
    let step = ((next - start - 1) / u32::try_from(moving.len()).ok()?).min(100);
    let placed = moving.iter().zip(0..).map(|(on, at)| (*on, start + 1 + step * at));
    (step > 0).then(|| placed.collect())
}

/// Commands that give networks these metrics.
pub(super) fn command(moves: &[(On<'_>, u32)]) -> String {
    let set = |(on, metric): &(On<'_>, u32)| {
        format!("netplan-cluster set {} metric={metric}", network_word(on.network))
    };
    match moves {
        [] => "set metrics of all networks by hand, each apart from the automatic ones".to_owned(),
        moves => moves.iter().map(set).collect::<Vec<_>>().join(" && "),
    }
}

fn taken(site: &Site<'_>) -> BTreeSet<u32> {
    site.networks().map(|on| on.assigned.metric.get()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NetworkPolicy, Policy, PolicyText};
    use crate::testkit::healthy;

    /// What is proposed for the second network of three, automatic but for these metrics.
    fn proposed(metrics: &[(&str, i64)], propose: impl Fn(&Site<'_>, &On<'_>) -> String) -> String {
        let mut set = Policy::default();
        for (subnet, metric) in metrics {
            let metric = Some((*metric).try_into().unwrap());
            let entry = NetworkPolicy { metric, ..NetworkPolicy::default() };
            set.networks.insert(subnet.parse().unwrap(), entry);
        }
        let nodes = healthy(2);
        let layout = crate::layout::form(&nodes, &set);
        let assignment = crate::policy::assign(&layout, &set);
        let text = PolicyText::default();
        let all = nodes.iter().collect();
        let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
        let on = site.network(1).unwrap();
        propose(&site, &on)
    }

    fn kept(metrics: &[(&str, i64)]) -> String {
        let said = proposed(metrics, |site, on| command(&keeping_order(site, on)));
        said.replace("netplan-cluster set \"Cluster Network ", "").replace("\" metric=", ":")
    }

    #[test]
    fn one_network_moves_where_there_is_room() {
        assert_eq!(kept(&[("10.0.1.0/24", 999)]), "2:900");
        assert_eq!(kept(&[("10.0.0.0/24", 700), ("10.0.1.0/24", 1001)]), "2:900");
        assert_eq!(kept(&[("10.0.0.0/24", 900), ("10.0.1.0/24", 1001)]), "2:990");
        assert_eq!(kept(&[("10.0.1.0/24", 18_000)]), "2:19000");
    }

    #[test]
    fn others_move_too_where_there_is_none() {
        assert_eq!(kept(&[("10.0.1.0/24", 1001)]), "1:800 && 2:900");
        assert_eq!(kept(&[("10.0.0.0/24", 999), ("10.0.1.0/24", 1001)]), "2:19000 && 3:19100");
    }
}
