//! Metric of every network, by both schemes.

use std::collections::BTreeMap;

use super::{availability, role};
use crate::layout;
use crate::model::{
    ClusterLayout, ClusterNetwork, Metric, MetricReason, MetricScheme, NetworkAssignment,
    NetworkPolicy, Policy, Reconstructed, Role, RoleReason,
};

/// First automatic metric of networks without a default route.
const PRIVATE: u32 = 1_000;
/// First automatic metric of networks with one.
const PUBLIC: u32 = 10_000;
/// Distance of one network to the next.
const STEP: u32 = 100;

/// What is known of a network before its metric.
struct Known<'a> {
    network: &'a ClusterNetwork,
    role: Role,
    role_reason: RoleReason,
    gateway: bool,
    set: NetworkPolicy,
}

/// Role, metric and state of every network, in the layout's order.
///
/// A metric set by hand or frozen by `pin` replaces the network's own number; it keeps its place,
/// so nobody else is renumbered. Numbers frozen by `pin` are not given to a later network: these go
/// on after the highest.
pub(super) fn assign(layout: &ClusterLayout, policy: &Policy) -> Vec<NetworkAssignment> {
    let known: Vec<Known<'_>> = layout.networks.iter().map(|one| known(one, policy)).collect();
    let automatic = match policy.metric_scheme {
        MetricScheme::W2008R2 => bands(&known, policy),
        MetricScheme::W2012 => reconstructed(&known),
    };
    let with_metric = known.into_iter().zip(automatic);
    with_metric
        .map(|(known, (automatic, automatic_reason))| {
            let (metric, metric_reason) = chosen(&known.set, automatic, automatic_reason);
            let (state, available) = availability::state(layout, known.network);
            NetworkAssignment {
                role: known.role,
                role_reason: known.role_reason,
                metric,
                metric_reason,
                gateway: known.gateway,
                state,
                available,
            }
        })
        .collect()
}

fn known<'a>(network: &'a ClusterNetwork, policy: &Policy) -> Known<'a> {
    let (role, role_reason) = role::role(network, policy);
    let gateway = role::has_gateway(network);
    let mut set = layout::settings(network, policy);
    set.pinned_metric = set.pinned_metric.filter(|_| pins_hold(policy));
    Known { network, role, role_reason, gateway, set }
}

fn chosen(
    set: &NetworkPolicy,
    automatic: Metric,
    automatic_reason: MetricReason,
) -> (Metric, MetricReason) {
    let pinned = set.pinned_metric;
    match set.metric {
        Some(metric) => (metric, MetricReason::Manual { automatic: pinned.unwrap_or(automatic) }),
        None => match pinned {
            Some(metric) => (metric, MetricReason::Pinned),
            None => (automatic, automatic_reason),
        },
    }
}

/// Scheme 2008 R2: 1000 + 100 × place without a default route, 10000 + 100 × place with one, and
/// role 0 after every public network. A private number that would reach the public band stays at
/// 9999.
fn bands(known: &[Known<'_>], policy: &Policy) -> Vec<(Metric, MetricReason)> {
    let mut private = first_free_place(policy, PRIVATE..PUBLIC);
    let mut public = first_free_place(policy, PUBLIC..u32::MAX);
    let numbered = |one: &Known<'_>| one.set.pinned_metric.is_none();
    let publics =
        known.iter().filter(|one| numbered(one) && one.gateway && one.role.is_authorised());
    let mut excluded = public + publics.count();
    let take = |one: &Known<'_>, place: &mut usize| {
        let mine = *place;
        *place += usize::from(numbered(one));
        mine
    };
    let mut metrics = Vec::with_capacity(known.len());
    for one in known {
        let (base, reason) = if !one.role.is_authorised() {
            (PUBLIC, MetricReason::Excluded { place: take(one, &mut excluded) })
        } else if one.gateway {
            (PUBLIC, MetricReason::Public { place: take(one, &mut public) })
        } else {
            (PRIVATE, private_reason(take(one, &mut private)))
        };
        metrics.push((in_band(base, reason), reason));
    }
    metrics
}

fn private_reason(place: usize) -> MetricReason {
    let fits = place < ((PUBLIC - PRIVATE) / STEP) as usize;
    if fits { MetricReason::Private { place } } else { MetricReason::Overflow { place } }
}

fn in_band(base: u32, reason: MetricReason) -> Metric {
    match reason {
        MetricReason::Private { place }
        | MetricReason::Public { place }
        | MetricReason::Excluded { place } => {
            let place = i64::try_from(place).unwrap_or(i64::MAX / 1_000);
            Metric::saturating(i64::from(base) + i64::from(STEP) * place)
        }
        _ => Metric::saturating(i64::from(PUBLIC) - 1),
    }
}

/// The place after the highest number that `pin` froze in a band, of present and absent networks.
fn first_free_place(policy: &Policy, band: std::ops::Range<u32>) -> usize {
    if !pins_hold(policy) {
        return 0;
    }
    let pinned = policy.networks.values().filter_map(|network| network.pinned_metric);
    let highest = pinned.map(Metric::get).filter(|metric| band.contains(metric)).max();
    highest.map_or(0, |metric| ((metric - band.start) / STEP) as usize + 1)
}

/// Whether frozen metrics are of the scheme in force; numbers of two schemes do not mix.
fn pins_hold(policy: &Policy) -> bool {
    policy.naming.pinned_scheme.unwrap_or_default() == policy.metric_scheme
}

/// Scheme 2012: 40000 (role 1) or 80000, less 19200 with RDMA, else less 9600 with RSS, less 16 for
/// each Gbit/s (rounded down); equal results get 1, 2 … more. Reconstructed from seven published values; role 0
/// has none, and gets the higher base.
fn reconstructed(known: &[Known<'_>]) -> Vec<(Metric, MetricReason)> {
    let terms: Vec<Reconstructed> = known.iter().map(terms).collect();
    let mut equal: BTreeMap<i64, u32> = BTreeMap::new();
    for one in &terms {
        *equal.entry(sum(one)).or_default() += 1;
    }
    let mut given: BTreeMap<i64, u32> = BTreeMap::new();
    let mut metrics = Vec::with_capacity(known.len());
    for mut one in terms {
        let result = sum(&one);
        if equal.get(&result).is_some_and(|count| *count > 1) {
            let place = given.entry(result).or_default();
            *place += 1;
            one.tie = *place;
        }
        metrics.push((Metric::saturating(sum(&one)), MetricReason::Reconstructed(one)));
    }
    metrics
}

fn terms(known: &Known<'_>) -> Reconstructed {
    let members = &known.network.members;
    let all =
        |holds: fn(&crate::model::Member) -> bool| !members.is_empty() && members.iter().all(holds);
    let offload = if all(|member| member.rdma) {
        19_200
    } else if all(|member| member.rss) {
        9_600
    } else {
        0
    };
    let slowest = members.iter().filter_map(|member| member.speed_mbps).min();
    Reconstructed {
        base: if known.role == Role::Cluster { 40_000 } else { 80_000 },
        offload,
        mbps: slowest,
        tie: 0,
    }
}

fn sum(terms: &Reconstructed) -> i64 {
    let speed = 16 * i64::from(terms.mbps.unwrap_or(0)) / 1_000;
    i64::from(terms.base) - i64::from(terms.offload) - speed + i64::from(terms.tie)
}
