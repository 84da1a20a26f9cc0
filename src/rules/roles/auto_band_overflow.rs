//! ROL008 auto-band-overflow.

use super::free;
use crate::model::{Locus, MetricReason, Severity};
use crate::rules::phrase::{list, network_word};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL008",
    name: "auto-band-overflow",
    severity: Severity::Error,
    docs: Docs {
        what: "The automatic metric of a network without a gateway would reach 10000, where those of \
               networks with one begin (scheme 2008r2). The numbers 1000 to 9900 are enough for 90 \
               networks, fewer after a pin.",
        why: "The network stays at 9999 with all others that do not fit, so that their order is a \
              tie, and one more number would put a private network among the public ones.",
        example: "A node has 95 VLANs without a gateway, each a cluster network.",
        remedy: "Exclude interfaces that the cluster does not use, or set metrics by hand.",
        source: "The bands 1000 and 10000 of automatic metrics in Failover Clustering; what happens \
                 at their border is this program's decision.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let overflowed: Vec<(On<'_>, usize)> = site.networks().filter_map(place).collect();
    let Some((first, place)) = overflowed.first() else { return };
    let spot = |(on, _): (On<'_>, usize)| Locus::network(&on.network.name);
    let tell = |overflowed: &[(On<'_>, usize)]| {
        let (change, _) = overflowed.first()?;
        let names = list(overflowed.iter().map(|(on, _)| format!("\"{}\"", on.network.name)));
        let what = format!(
            "automatic metrics of private networks reach {}: {names} stay at {}",
            1_000 + 100 * place,
            first.assigned.metric
        );
        let metric = free::before_automatic(site);
        let set = format!("netplan-cluster set {} metric={metric}", network_word(change.network));
        Some((what, format!("{set}, or exclude interfaces in the policy")))
    };
    report.gather(&overflowed, spot, tell).about(&Locus::network(&first.network.name));
}

fn place(on: On<'_>) -> Option<(On<'_>, usize)> {
    match on.assigned.metric_reason {
        MetricReason::Overflow { place } => Some((on, place)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NetworkPolicy, NodeInventory, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    fn node(networks: u8) -> NodeInventory {
        let mut node = Node::new("n1");
        for subnet in 0..networks {
            node = node.nic(&format!("eth{subnet}"), &[&format!("10.0.{subnet}.1/24")]);
        }
        node.done()
    }

    #[test]
    fn fires_once_for_all_that_do_not_fit() {
        assert_eq!(
            say(&RULE, &[node(96)]).one(),
            "@Cluster Network 91: automatic metrics of private networks reach 10000: \"Cluster \
             Network 91\", \"Cluster Network 92\", \"Cluster Network 93\" and 3 more stay at 9999"
        );
    }

    #[test]
    fn is_silent_on_few_networks() {
        say(&RULE, &healthy(3)).silent();
    }

    #[test]
    fn ninety_networks_fit() {
        say(&RULE, &[node(90)]).silent();
        assert_eq!(say(&RULE, &[node(91)]).found.len(), 1);
    }

    #[test]
    fn a_pin_at_the_end_of_the_band_leaves_no_room() {
        let mut policy = Policy::default();
        let pinned_metric = Some(9_900.try_into().unwrap());
        let set = NetworkPolicy { pinned_metric, ..NetworkPolicy::default() };
        policy.networks.insert("10.9.9.0/24".parse().unwrap(), set);
        assert!(say_with(&RULE, &[node(1)], &policy).one().starts_with("@Cluster Network 1: "));
    }
}
