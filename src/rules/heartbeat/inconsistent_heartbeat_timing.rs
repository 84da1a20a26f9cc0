//! HBT005 inconsistent-heartbeat-timing.

use super::find_timing;
use crate::failover::{corosync_token_ms, heartbeat_interval_ms};
use crate::model::{HeartbeatPolicy, HeartbeatStack, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "HBT005",
    name: "inconsistent-heartbeat-timing",
    severity: Severity::Error,
    docs: Docs {
        what: "The policy's heartbeat settings contradict each other: the interval is not below the \
               time-out, the threshold is below 3 or, for Failover Clustering, above 120, or \
               corosync's consensus is below 1.2 × token. The token is the one in force, with \
               650 ms for each node beyond two; what is not declared is the stack's default. \
               Not judged when the policy declares no heartbeat timing at all.",
        why: "A node would be taken for dead before its next heartbeat is due, after a single lost \
              packet or two, or a new membership would be begun before the old round could end. \
              Failover Clustering takes no threshold outside its range, so that the old one stays.",
        example: "token_ms = 3000 and consensus_ms = 3600 with four nodes: the token in force is \
                  4300 ms, and consensus must be 5160 ms at least.",
        remedy: "Leave consensus out, so that it follows the token; keep the threshold between 3 \
                 and 120, and the interval well below the time-out.",
        source: "corosync.conf(5) names 1.2 × token as the least consensus; pcs looks at the timing \
                 that it writes; Microsoft's reference of the cluster properties SameSubnetThreshold \
                 and CrossSubnetThreshold gives 3 as minimum and 120 as maximum.",
    },
    check,
};

const LEAST_THRESHOLD: u32 = 3;
/// The greatest that Failover Clustering takes; other stacks know none.
const GREATEST_THRESHOLD: u32 = 120;

fn check(site: &Site<'_>, report: &mut Report) {
    let heartbeat = &site.policy.heartbeat;
    if *heartbeat == HeartbeatPolicy::default() {
        report.missing("the policy declares no heartbeat timing");
    }
    if let (Some(interval), Some(timeout)) =
        (heartbeat_interval_ms(heartbeat), heartbeat.timeout_ms)
        && interval >= timeout
    {
        let what = format!("interval {interval} ms is not below the time-out of {timeout} ms");
        let remedy = format!("set heartbeat.timeout_ms to {} or more", interval.saturating_mul(3));
        find_timing(site, report, &["interval_ms", "timeout_ms"], (what, remedy));
    }
    if let Some(threshold) = heartbeat.threshold.filter(|it| *it < LEAST_THRESHOLD) {
        let what = format!("threshold {threshold} is below {LEAST_THRESHOLD}");
        let remedy = format!("set heartbeat.threshold to {LEAST_THRESHOLD} or more");
        find_timing(site, report, &["threshold"], (what, remedy));
    }
    if let Some(threshold) = heartbeat.threshold.filter(|it| *it > GREATEST_THRESHOLD)
        && matches!(heartbeat.stack, Some(HeartbeatStack::Wsfc2008R2 | HeartbeatStack::Wsfc2016))
    {
        let what = format!(
            "threshold {threshold} is above {GREATEST_THRESHOLD}, the greatest that Failover \
             Clustering takes"
        );
        let remedy = format!("set heartbeat.threshold to {GREATEST_THRESHOLD} or less");
        find_timing(site, report, &["threshold"], (what, remedy));
    }
    if let Some((consensus, least)) = short_consensus(heartbeat, site.layout.nodes.len()) {
        let what = format!("consensus {consensus} ms is below {least} ms, 1.2 times the token");
        let remedy = format!("leave heartbeat.consensus_ms out, or set it to {least} or more");
        find_timing(site, report, &["consensus_ms"], (what, remedy));
    }
}

/// The declared consensus and the least that the token allows, where it is below that. Without
/// corosync as stack there is no token unless it is declared.
fn short_consensus(heartbeat: &HeartbeatPolicy, nodes: usize) -> Option<(u32, u64)> {
    let consensus = heartbeat.consensus_ms?;
    if heartbeat.stack != Some(HeartbeatStack::Corosync) && heartbeat.token_ms.is_none() {
        return None;
    }
    let least = corosync_token_ms(heartbeat, nodes).saturating_mul(6).div_ceil(5);
    (u64::from(consensus) < least).then_some((consensus, least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Policy;
    use crate::rules::testing::{Said, say, say_with};
    use crate::testkit::healthy;

    fn said(nodes: u8, change: impl FnOnce(&mut HeartbeatPolicy)) -> Said {
        let mut policy = Policy::default();
        change(&mut policy.heartbeat);
        say_with(&RULE, &healthy(nodes), &policy)
    }

    #[test]
    fn fires_on_each_contradiction() {
        let found = said(2, |it| (it.interval_ms, it.timeout_ms) = (Some(2000), Some(1500)));
        assert_eq!(found.one(), ": interval 2000 ms is not below the time-out of 1500 ms");
        assert_eq!(said(2, |it| it.threshold = Some(1)).one(), ": threshold 1 is below 3");
        let found = said(4, |it| (it.token_ms, it.consensus_ms) = (Some(3000), Some(3600)));
        assert_eq!(found.one(), ": consensus 3600 ms is below 5160 ms, 1.2 times the token");
    }

    #[test]
    fn is_silent_with_defaults_and_not_judged_without_settings() {
        let bare = say(&RULE, &healthy(3));
        assert_eq!(bare.missing, ["the policy declares no heartbeat timing"]);
        assert!(bare.found.is_empty());
        for stack in ["wsfc-2008r2", "wsfc-2016", "corosync"] {
            said(3, |it| it.stack = HeartbeatStack::from_name(stack)).silent();
        }
        said(3, |it| it.consensus_ms = Some(10)).silent();
    }

    #[test]
    fn bounds_are_exact() {
        let timing =
            |interval| said(2, |it| (it.interval_ms, it.timeout_ms) = (Some(interval), Some(1000)));
        timing(999).silent();
        assert_eq!(timing(1000).found.len(), 1);
        said(2, |it| it.threshold = Some(3)).silent();
        assert_eq!(said(2, |it| it.threshold = Some(2)).found.len(), 1);
        let consensus = |ms| {
            said(2, |it| {
                it.stack = Some(HeartbeatStack::Corosync);
                it.consensus_ms = Some(ms);
            })
        };
        consensus(3600).silent();
        assert_eq!(consensus(3599).found.len(), 1);
    }

    #[test]
    fn failover_clustering_takes_thresholds_up_to_120() {
        let threshold = |stack, threshold| {
            said(2, |it| {
                (it.stack, it.threshold) = (HeartbeatStack::from_name(stack), Some(threshold));
            })
        };
        for stack in ["wsfc-2008r2", "wsfc-2016"] {
            threshold(stack, 120).silent();
            assert_eq!(
                threshold(stack, 121).one(),
                ": threshold 121 is above 120, the greatest that Failover Clustering takes"
            );
        }
        threshold("corosync", 121).silent();
        threshold("", 121).silent();
    }

    #[test]
    fn a_default_interval_counts() {
        let found = said(2, |it| {
            it.stack = Some(HeartbeatStack::Wsfc2016);
            it.timeout_ms = Some(1000);
        });
        assert!(found.one().starts_with(": interval 1000 ms"));
    }
}
