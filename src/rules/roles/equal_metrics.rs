//! ROL005 equal-metrics.

use std::collections::BTreeMap;

use super::free;
use crate::model::{Locus, Metric, MetricReason, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL005",
    name: "equal-metrics",
    severity: Severity::Warning,
    docs: Docs {
        what: "Two networks of role 1 or 3 have the same metric. Automatic metrics that ran out of \
               their band are left to auto-band-overflow.",
        why: "The metric decides who carries CSV and live migration. In a tie the order of \
              enumeration decides, that is the address of the subnet, which nobody meant.",
        example: "The policy sets metric = 900 for 10.0.1.0/24 and for 10.0.2.0/24.",
        remedy: "Give one of them another metric, one that keeps the order of networks as it is.",
        source: "KB 2473194, which orders networks by metric alone.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut by_metric: BTreeMap<Metric, Vec<On<'_>>> = BTreeMap::new();
    for on in site.authorised() {
        by_metric.entry(on.assigned.metric).or_default().push(on);
    }
    for (metric, tied) in by_metric {
        let overflow =
            |on: &On<'_>| matches!(on.assigned.metric_reason, MetricReason::Overflow { .. });
        if tied.len() > 1 && !tied.iter().all(overflow) {
            tell(site, report, metric, &tied);
        }
    }
}

/// One finding for a metric, at the network that is easiest to change: the last one whose metric is
/// set by hand, else the last one.
fn tell(site: &Site<'_>, report: &mut Report, metric: Metric, tied: &[On<'_>]) {
    let manual = tied.iter().rev().find(|on| !on.assigned.auto_metric());
    let (Some(first), Some(change)) = (tied.first(), manual.or(tied.last())) else { return };
    let place = ["metric", "pinned_metric"]
        .into_iter()
        .find_map(|property| site.text.place_of_network(&change.network.subnets, property));
    let tell = |tied: &[On<'_>]| {
        let names = list(tied.iter().map(|on| format!("\"{}\"", on.network.name)));
        let what = format!(
            "metric {metric} is that of {names}: \"{}\" wins by the order of enumeration",
            first.network.name
        );
        (tied.len() > 1).then(|| (what, free::command(&parted(site, change, tied))))
    };
    report
        .gather(tied, |on| Locus::network(&on.network.name), tell)
        .about(&Locus::network(&change.network.name))
        .at(place);
}

/// Metrics that part what is tied and keep the order: of two, one may move alone.
fn parted<'a>(site: &Site<'a>, change: &On<'_>, tied: &[On<'_>]) -> free::Moves<'a> {
    let alone = match tied {
        [one, other] => [change, other, one].into_iter().find_map(|on| free::alone(site, on)),
        _ => None,
    };
    match (alone, tied) {
        (Some(one), _) => vec![one],
        (None, [_, second, .., last]) => free::rearranged(site, (second, last)),
        (None, [.., last]) => free::rearranged(site, (last, last)),
        (None, []) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NetworkPolicy, Policy, Role};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    fn policy(metrics: &[(&str, i64)]) -> Policy {
        let mut policy = Policy::default();
        for (subnet, metric) in metrics {
            let metric = Some((*metric).try_into().unwrap());
            let set = NetworkPolicy { metric, ..NetworkPolicy::default() };
            policy.networks.insert(subnet.parse().unwrap(), set);
        }
        policy
    }

    #[test]
    fn fires_once_for_a_metric() {
        let policy = policy(&[("10.0.0.0/24", 900), ("10.0.1.0/24", 900), ("192.0.2.0/24", 900)]);
        assert_eq!(
            say_with(&RULE, &healthy(2), &policy).one(),
            "@Cluster Network 3: metric 900 is that of \"Cluster Network 1\", \"Cluster Network 2\" \
             and \"Cluster Network 3\": \"Cluster Network 1\" wins by the order of enumeration"
        );
    }

    #[test]
    fn what_is_proposed_keeps_the_order() {
        let parted = |metrics: &[(&str, i64)]| {
            let (nodes, set) = (healthy(2), policy(metrics));
            let layout = crate::layout::form(&nodes, &set);
            let assignment = crate::policy::assign(&layout, &set);
            let text = crate::model::PolicyText::default();
            let all = nodes.iter().collect();
            let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
            let order: Vec<On<'_>> = site.networks().collect();
            let tied = |on: &&On<'_>| on.assigned.metric == order[0].assigned.metric;
            let tied: Vec<On<'_>> = order.iter().filter(tied).copied().collect();
            let moves = parted(&site, &tied[tied.len() - 1], &tied);
            moves.into_iter().map(|(on, metric)| (on.place, metric)).collect::<Vec<_>>()
        };
        let three = [("10.0.0.0/24", 900), ("10.0.1.0/24", 900), ("192.0.2.0/24", 900)];
        assert_eq!(parted(&three[..2]), [(1, 990)]);
        assert_eq!(parted(&three), [(1, 934), (2, 967)]);
        assert_eq!(parted(&[("10.0.0.0/24", 1100)]), [(0, 900)]);
    }

    #[test]
    fn a_metric_set_by_hand_is_the_one_to_change() {
        let said = say_with(&RULE, &healthy(2), &policy(&[("10.0.0.0/24", 1100)]));
        assert!(said.one().starts_with("@Cluster Network 1: metric 1100 is that of"));
    }

    #[test]
    fn is_silent_on_different_metrics_and_outside_cluster_use() {
        say(&RULE, &healthy(2)).silent();
        let mut policy = policy(&[("10.0.0.0/24", 900), ("10.0.1.0/24", 900)]);
        let set = policy.networks.values_mut().next().unwrap();
        set.role = Some(Role::None);
        say_with(&RULE, &healthy(2), &policy).silent();
    }

    #[test]
    fn one_apart_is_no_tie() {
        let policy = policy(&[("10.0.0.0/24", 900), ("10.0.1.0/24", 901)]);
        say_with(&RULE, &healthy(2), &policy).silent();
    }

    #[test]
    fn the_overflow_of_the_private_band_is_not_told_here() {
        let mut node = Node::new("n1");
        for subnet in 0..92 {
            node = node.nic(&format!("eth{subnet}"), &[&format!("10.0.{subnet}.1/24")]);
        }
        let nodes = [node.done()];
        say(&RULE, &nodes).silent();
        let said = say_with(&RULE, &nodes, &policy(&[("10.0.7.0/24", 9999)]));
        assert!(said.one().starts_with("@Cluster Network 8: metric 9999 is that of"));
    }
}
