//! How long it takes until a silent link or node is taken for dead, in ms.
//!
//! Sources: Failover Clustering's `SameSubnetDelay` and `SameSubnetThreshold`, corosync.conf(5)
//! (`token`, `token_coefficient`, `consensus`, `knet_ping_timeout`), IEEE 802.1AX for LACP,
//! RFC 3768 for VRRP, bonding.rst of the kernel. Carrier that is lost in the node itself is noticed
//! at once and needs no formula.

use crate::model::{Bond, HeartbeatPolicy, HeartbeatStack};

const WSFC_INTERVAL_MS: u32 = 1000;
const WSFC_2008R2_THRESHOLD: u32 = 5;
const WSFC_2016_THRESHOLD: u32 = 10;

const COROSYNC_TOKEN_MS: u32 = 3000;
const COROSYNC_TOKEN_COEFFICIENT_MS: u64 = 650;
const COROSYNC_JOIN_MS: u64 = 50;
const KNET_PONG_COUNT: u64 = 2;

/// Packets in a row that LACP misses before a partner is taken for dead.
const LACP_MISSED: u64 = 3;

/// Time until a silent node is taken for dead by a cluster of so many nodes.
///
/// By stack: with corosync, token, consensus and join time together; with Failover Clustering,
/// which knows no other time-out, interval × threshold with its defaults; without a stack, a
/// declared time-out, else interval × threshold. Nothing when the policy does not declare enough.
///
/// Not handled: the doubled threshold of Failover Clustering 2016 between subnets and sites.
#[must_use]
pub fn node_detection_ms(heartbeat: &HeartbeatPolicy, nodes: usize) -> Option<u64> {
    match heartbeat.stack {
        Some(HeartbeatStack::Corosync) => {
            let token = corosync_token_ms(heartbeat, nodes);
            Some(token + corosync_consensus_ms(heartbeat, nodes) + COROSYNC_JOIN_MS)
        }
        Some(HeartbeatStack::Wsfc2008R2 | HeartbeatStack::Wsfc2016) => {
            missed_heartbeats_ms(heartbeat)
        }
        None => heartbeat.timeout_ms.map(u64::from).or_else(|| missed_heartbeats_ms(heartbeat)),
    }
}

/// Time until a silent link between two nodes is taken for dead while others may still work: the
/// token over knet's pong count, else the same as for a node.
#[must_use]
pub fn link_detection_ms(heartbeat: &HeartbeatPolicy, nodes: usize) -> Option<u64> {
    match heartbeat.stack {
        Some(HeartbeatStack::Corosync) => {
            Some(corosync_token_ms(heartbeat, nodes) / KNET_PONG_COUNT)
        }
        _ => node_detection_ms(heartbeat, nodes),
    }
}

fn missed_heartbeats_ms(heartbeat: &HeartbeatPolicy) -> Option<u64> {
    let by_stack = match heartbeat.stack {
        Some(HeartbeatStack::Wsfc2008R2) => Some(WSFC_2008R2_THRESHOLD),
        Some(HeartbeatStack::Wsfc2016) => Some(WSFC_2016_THRESHOLD),
        Some(HeartbeatStack::Corosync) | None => None,
    };
    let threshold = heartbeat.threshold.or(by_stack)?;
    Some(u64::from(heartbeat_interval_ms(heartbeat)?) * u64::from(threshold))
}

/// Time between two heartbeats: as declared, or Failover Clustering's where that is the stack.
#[must_use]
pub fn heartbeat_interval_ms(heartbeat: &HeartbeatPolicy) -> Option<u32> {
    heartbeat.interval_ms.or(match heartbeat.stack {
        Some(HeartbeatStack::Wsfc2008R2 | HeartbeatStack::Wsfc2016) => Some(WSFC_INTERVAL_MS),
        Some(HeartbeatStack::Corosync) | None => None,
    })
}

/// Token time-out of corosync in force: the declared one or 3 s, and 650 ms for each node beyond
/// two.
#[must_use]
pub fn corosync_token_ms(heartbeat: &HeartbeatPolicy, nodes: usize) -> u64 {
    let base = u64::from(heartbeat.token_ms.unwrap_or(COROSYNC_TOKEN_MS));
    let beyond_two = u64::try_from(nodes.saturating_sub(2)).unwrap_or(u64::MAX);
    base.saturating_add(beyond_two.saturating_mul(COROSYNC_TOKEN_COEFFICIENT_MS))
}

/// Consensus time-out of corosync in force: the declared one, or 1.2 × token.
#[must_use]
pub fn corosync_consensus_ms(heartbeat: &HeartbeatPolicy, nodes: usize) -> u64 {
    let least = || corosync_token_ms(heartbeat, nodes).saturating_mul(6) / 5;
    heartbeat.consensus_ms.map_or_else(least, u64::from)
}

/// Time until VRRP version 2 takes a silent master for dead: three advertisements and the skew of
/// the backup's priority, rounded to a ms.
#[must_use]
pub fn vrrp_detection_ms(advertisement_ms: u32, priority: u8) -> u64 {
    let skew_ms = ((256 - u64::from(priority)) * 1000 + 128) / 256;
    3 * u64::from(advertisement_ms) + skew_ms
}

/// Time until LACP takes a silent partner for dead, by the rate's name: 3 × 30 s when it is
/// `slow`, 3 × 1 s when it is `fast`; nothing for another word.
#[must_use]
pub fn lacp_detection_ms(rate: &str) -> Option<u64> {
    match rate {
        "slow" => Some(LACP_MISSED * 30_000),
        "fast" => Some(LACP_MISSED * 1000),
        _ => None,
    }
}

/// Time until a bond takes a port without carrier for dead: a round of link monitoring and the
/// delay after it; nothing when it does not monitor links.
#[must_use]
pub fn bond_detection_ms(bond: &Bond) -> Option<u64> {
    (bond.miimon_ms > 0).then(|| u64::from(bond.miimon_ms) + u64::from(bond.downdelay_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(stack: HeartbeatStack) -> HeartbeatPolicy {
        HeartbeatPolicy { stack: Some(stack), ..HeartbeatPolicy::default() }
    }

    #[test]
    fn failover_clustering_multiplies_interval_and_threshold() {
        assert_eq!(node_detection_ms(&stack(HeartbeatStack::Wsfc2008R2), 2), Some(5000));
        let mut policy = stack(HeartbeatStack::Wsfc2016);
        assert_eq!(node_detection_ms(&policy, 64), Some(10_000));
        assert_eq!(link_detection_ms(&policy, 64), Some(10_000));
        policy.threshold = Some(20);
        assert_eq!(node_detection_ms(&policy, 2), Some(20_000));
        policy.timeout_ms = Some(3000);
        assert_eq!(node_detection_ms(&policy, 2), Some(20_000), "it knows no such time-out");
    }

    #[test]
    fn corosync_agrees_with_the_published_times() {
        let policy = stack(HeartbeatStack::Corosync);
        let links = [(2, 1500), (3, 1825), (4, 2150), (8, 3450), (16, 6050), (32, 11_250)];
        for (nodes, ms) in links {
            assert_eq!(link_detection_ms(&policy, nodes), Some(ms), "{nodes}");
        }
        let nodes = [(2, 6650), (3, 8080), (4, 9510), (5, 10_940), (8, 15_230), (16, 26_670)];
        for (nodes, ms) in nodes.into_iter().chain([(32, 49_550)]) {
            assert_eq!(node_detection_ms(&policy, nodes), Some(ms), "{nodes}");
        }
    }

    #[test]
    fn without_a_stack_only_what_is_declared_counts() {
        let mut policy = HeartbeatPolicy::default();
        assert_eq!(node_detection_ms(&policy, 2), None);
        policy.threshold = Some(4);
        assert_eq!(node_detection_ms(&policy, 2), None);
        policy.interval_ms = Some(500);
        assert_eq!(node_detection_ms(&policy, 2), Some(2000));
        policy.timeout_ms = Some(3000);
        assert_eq!(node_detection_ms(&policy, 2), Some(3000));
    }

    #[test]
    fn vrrp_lacp_and_bonds_agree_with_the_published_times() {
        let vrrp = [254, 200, 128, 100].map(|priority| vrrp_detection_ms(1000, priority));
        assert_eq!(vrrp, [3008, 3219, 3500, 3609]);
        assert_eq!(lacp_detection_ms("slow"), Some(90_000));
        assert_eq!(lacp_detection_ms("fast"), Some(3000));
        assert_eq!(lacp_detection_ms("x"), None);
        let mut bond = Bond {
            mode: "active-backup".to_owned(),
            lacp_rate: None,
            miimon_ms: 100,
            updelay_ms: 0,
            downdelay_ms: 200,
            active: None,
        };
        assert_eq!(bond_detection_ms(&bond), Some(300));
        bond.miimon_ms = 0;
        assert_eq!(bond_detection_ms(&bond), None);
    }
}
