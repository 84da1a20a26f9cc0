//! How fast a loss is noticed, by profile.

use super::{
    bond_detection_ms, lacp_detection_ms, link_detection_ms, node_detection_ms, vrrp_detection_ms,
};
use crate::model::{
    Bond, HeartbeatPolicy, HeartbeatStack, LostPart, NodeInventory, NodeName, Policy, Profile,
};

/// Link monitoring of a bond of which nothing is known, ms.
const MIIMON_MS: u64 = 100;
/// VRRP's default advertisement interval, ms, and priority.
const VRRP: (u32, u8) = (1000, 100);

/// What notices losses in a cluster.
#[derive(Clone, Debug)]
pub struct Detection<'a> {
    /// The profile.
    pub profile: Profile,
    inventories: &'a [&'a NodeInventory],
    link_ms: u64,
    node_ms: u64,
}

impl<'a> Detection<'a> {
    /// Detection by `asked`, else by the policy's heartbeat stack or times, else by carrier. What
    /// the policy declares of a stack holds where that stack is asked for.
    #[must_use]
    pub fn of(
        inventories: &'a [&'a NodeInventory],
        policy: &Policy,
        asked: Option<Profile>,
    ) -> Self {
        let heartbeat = &policy.heartbeat;
        let nodes = inventories.len();
        let declared = || node_detection_ms(heartbeat, nodes).map(|_| Profile::Declared);
        let of_policy = || heartbeat.stack.map(profile_of).or_else(declared);
        let profile = asked.or_else(of_policy).unwrap_or(Profile::Carrier);
        let heartbeat = match stack_of(profile) {
            Some(stack) if heartbeat.stack != Some(stack) => {
                HeartbeatPolicy { stack: Some(stack), ..HeartbeatPolicy::default() }
            }
            _ => heartbeat.clone(),
        };
        let by_heartbeat = stack_of(profile).is_some() || profile == Profile::Declared;
        let heartbeat = by_heartbeat.then_some(heartbeat);
        let of = |time: fn(&HeartbeatPolicy, usize) -> Option<u64>| match &heartbeat {
            Some(heartbeat) => time(heartbeat, nodes).unwrap_or_default(),
            None if profile == Profile::Vrrp => vrrp_detection_ms(VRRP.0, VRRP.1),
            None => 0,
        };
        let (link_ms, node_ms) = (of(link_detection_ms), of(node_detection_ms));
        Self { profile, inventories, link_ms, node_ms }
    }

    /// How long after its loss that of `part` is noticed, in ms.
    #[must_use]
    pub fn ms(&self, part: &LostPart) -> u64 {
        match (self.profile, part) {
            (Profile::Lacp | Profile::Bond, LostPart::Network(_) | LostPart::Switch(_)) => {
                self.by_bonds(None)
            }
            (
                Profile::Lacp | Profile::Bond,
                LostPart::Node(node)
                | LostPart::Card(node, _)
                | LostPart::Interface(node, _)
                | LostPart::Storage(node),
            ) => self.by_bonds(Some(node)),
            (_, LostPart::Node(_)) => self.node_ms,
            _ => self.link_ms,
        }
    }

    /// The slowest bond of a node or of all; where there is none to be seen, as bonds are by
    /// default: a slow LACP rate, link monitoring every 100 ms.
    fn by_bonds(&self, node: Option<&NodeName>) -> u64 {
        let of_node = |it: &&&NodeInventory| node.is_none_or(|node| it.node == *node);
        let inventories = self.inventories.iter().filter(of_node);
        let bonds = inventories.flat_map(|it| &it.interfaces).filter_map(|it| it.bond.as_ref());
        let (time, default): (fn(&Bond) -> Option<u64>, u64) = match self.profile {
            Profile::Lacp => (|bond| lacp_detection_ms(bond.lacp_rate.as_deref()?), 90_000),
            _ => (bond_detection_ms, MIIMON_MS),
        };
        bonds.filter_map(time).max().unwrap_or(default)
    }
}

fn profile_of(stack: HeartbeatStack) -> Profile {
    match stack {
        HeartbeatStack::Wsfc2008R2 => Profile::Wsfc2008R2,
        HeartbeatStack::Wsfc2016 => Profile::Wsfc2016,
        HeartbeatStack::Corosync => Profile::Corosync,
    }
}

fn stack_of(profile: Profile) -> Option<HeartbeatStack> {
    match profile {
        Profile::Wsfc2008R2 => Some(HeartbeatStack::Wsfc2008R2),
        Profile::Wsfc2016 => Some(HeartbeatStack::Wsfc2016),
        Profile::Corosync => Some(HeartbeatStack::Corosync),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::healthy;

    fn times(nodes: u8, asked: Option<Profile>, policy: &Policy) -> (Profile, u64, u64) {
        let inventories = healthy(nodes);
        let chosen: Vec<&NodeInventory> = inventories.iter().collect();
        let detection = Detection::of(&chosen, policy, asked);
        let node = LostPart::Node("n1".into());
        (detection.profile, detection.ms(&LostPart::Network(0)), detection.ms(&node))
    }

    #[test]
    fn profiles_have_the_published_times() {
        let policy = Policy::default();
        let of = |nodes, profile| {
            let (_, link, node) = times(nodes, Some(profile), &policy);
            (link, node)
        };
        assert_eq!(of(2, Profile::Wsfc2008R2), (5000, 5000));
        assert_eq!(of(2, Profile::Wsfc2016), (10_000, 10_000));
        assert_eq!(of(2, Profile::Corosync), (1500, 6650));
        assert_eq!(of(16, Profile::Corosync), (6050, 26_670));
        assert_eq!(of(2, Profile::Carrier), (0, 0));
        assert_eq!(of(2, Profile::Lacp), (90_000, 90_000));
        assert_eq!(of(2, Profile::Bond), (100, 100));
        assert_eq!(of(2, Profile::Vrrp), (3609, 3609));
    }

    #[test]
    fn the_policy_decides_where_nothing_is_asked_for() {
        let mut policy = Policy::default();
        assert_eq!(times(2, None, &policy), (Profile::Carrier, 0, 0));
        policy.heartbeat.timeout_ms = Some(3000);
        assert_eq!(times(2, None, &policy), (Profile::Declared, 3000, 3000));
        policy.heartbeat.stack = Some(HeartbeatStack::Corosync);
        policy.heartbeat.token_ms = Some(1000);
        assert_eq!(times(2, None, &policy).1, 500);
        assert_eq!(times(2, Some(Profile::Wsfc2008R2), &policy).1, 5000);
    }
}
