//! HBT006 detection-slower-than-fencing.

use super::find_timing;
use crate::failover::node_detection_ms;
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT006",
    name: "detection-slower-than-fencing",
    severity: Severity::Warning,
    docs: Docs {
        what: "The time until a silent node is taken for dead is longer than the policy's fence \
               time, or than the longest interruption that the application bears. The time is \
               interval × threshold for Failover Clustering, token + consensus + 50 ms for \
               corosync; without a stack it is the declared time-out, else interval × \
               threshold.",
        why: "Fencing or the application's own time-out strikes before the cluster has even noticed \
              the loss, so that a failover comes too late to be of use.",
        example: "corosync on 16 nodes needs 26670 ms, and application_timeout_ms is 20000.",
        remedy: "Shorten token or threshold, or lengthen fence_ms and application_timeout_ms.",
        source: "corosync.conf(5) for the token coefficient, SameSubnetDelay and \
                 SameSubnetThreshold of Failover Clustering.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let heartbeat = &site.policy.heartbeat;
    let limits = [
        ("fence_ms", "fence time", heartbeat.fence_ms),
        ("application_timeout_ms", "application's time-out", heartbeat.application_timeout_ms),
    ];
    if limits.iter().all(|(_, _, ms)| ms.is_none()) {
        report.missing(
            "the policy's heartbeat table declares neither fence_ms nor application_timeout_ms",
        );
    }
    let declared = limits.into_iter().filter_map(|(key, name, ms)| Some((key, name, ms?)));
    for (key, name, limit) in declared {
        let Some(detection) = node_detection_ms(heartbeat, site.layout.nodes.len()) else {
            report.missing(
                "detection time is not known: the policy's heartbeat table declares neither stack \
                 nor timeout_ms nor interval_ms with threshold",
            );
            return;
        };
        if detection > u64::from(limit) {
            let what =
                format!("a silent node is noticed after {detection} ms, the {name} is {limit} ms");
            let remedy = format!("shorten the detection, or set heartbeat.{key} above {detection}");
            find_timing(site, report, &[key], (what, remedy));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HeartbeatPolicy, HeartbeatStack, Policy};
    use crate::rules::testing::{Said, say, say_with};
    use crate::testkit::healthy;

    fn said(nodes: u8, change: impl FnOnce(&mut HeartbeatPolicy)) -> Said {
        let mut policy = Policy::default();
        change(&mut policy.heartbeat);
        say_with(&RULE, &healthy(nodes), &policy)
    }

    #[test]
    fn fires_on_either_limit() {
        let found = said(16, |it| {
            it.stack = Some(HeartbeatStack::Corosync);
            (it.fence_ms, it.application_timeout_ms) = (Some(30_000), Some(20_000));
        });
        assert_eq!(
            found.one(),
            ": a silent node is noticed after 26670 ms, the application's time-out is 20000 ms"
        );
        let found = said(2, |it| {
            it.stack = Some(HeartbeatStack::Wsfc2016);
            it.fence_ms = Some(5000);
        });
        assert!(found.one().ends_with("after 10000 ms, the fence time is 5000 ms"));
    }

    #[test]
    fn is_not_judged_without_limits() {
        let stack = said(3, |it| it.stack = Some(HeartbeatStack::Corosync));
        for told in [say(&RULE, &healthy(3)), stack] {
            assert!(told.found.is_empty());
            assert!(told.missing[0].ends_with("neither fence_ms nor application_timeout_ms"));
        }
    }

    #[test]
    fn an_equal_time_is_borne() {
        let fenced = |ms| {
            said(2, |it| (it.stack, it.fence_ms) = (Some(HeartbeatStack::Wsfc2008R2), Some(ms)))
        };
        fenced(5000).silent();
        assert_eq!(fenced(4999).found.len(), 1);
    }

    #[test]
    fn is_not_judged_without_timings() {
        let told = said(2, |it| it.fence_ms = Some(5000));
        assert!(told.found.is_empty());
        assert!(told.missing[0].starts_with("detection time is not known"));
    }
}
