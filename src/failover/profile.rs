//! How fast a loss is noticed, by profile.

use super::parts::is_cabled_to_all;
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
    /// Absent where no heartbeat is known.
    node_ms: Option<u64>,
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
        let vrrp = (profile == Profile::Vrrp).then(|| vrrp_detection_ms(VRRP.0, VRRP.1));
        let by_heartbeat = stack_of(profile).is_some() || profile == Profile::Declared;
        let link_ms = link_detection_ms(&heartbeat, nodes).filter(|_| by_heartbeat);
        let node_ms = vrrp.or_else(|| node_detection_ms(&heartbeat, nodes));
        Self { profile, inventories, link_ms: link_ms.or(vrrp).unwrap_or_default(), node_ms }
    }

    /// How long after its loss that of `part` is noticed, in ms; nothing when it never is.
    ///
    /// What watches links (carrier, LACP, link monitoring) does not see that a node behind a switch
    /// is dead: the policy's heartbeat does where there is one, and carrier where a cable leads
    /// from every other node to it.
    #[must_use]
    pub fn ms(&self, part: &LostPart) -> Option<u64> {
        match (self.profile, part) {
            (Profile::Carrier | Profile::Lacp | Profile::Bond, LostPart::Node(node)) => {
                let is_cabled = is_cabled_to_all(self.inventories, node);
                let by_link = is_cabled.then(|| self.by_link(None));
                [by_link, self.node_ms].into_iter().flatten().min()
            }
            (_, LostPart::Node(_)) => self.node_ms,
            (_, LostPart::Network(_) | LostPart::Switch(_)) => Some(self.by_link(None)),
            (
                _,
                LostPart::Card(node, _) | LostPart::Interface(node, _) | LostPart::Storage(node),
            ) => Some(self.by_link(Some(node))),
        }
    }

    /// What it takes to notice a link of a node, or of any.
    fn by_link(&self, node: Option<&NodeName>) -> u64 {
        match self.profile {
            Profile::Lacp | Profile::Bond => self.by_bonds(node),
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

    fn times(
        nodes: u8,
        asked: Option<Profile>,
        policy: &Policy,
    ) -> (Profile, Option<u64>, Option<u64>) {
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
        assert_eq!(of(2, Profile::Wsfc2008R2), (Some(5000), Some(5000)));
        assert_eq!(of(2, Profile::Wsfc2016), (Some(10_000), Some(10_000)));
        assert_eq!(of(2, Profile::Corosync), (Some(1500), Some(6650)));
        assert_eq!(of(16, Profile::Corosync), (Some(6050), Some(26_670)));
        assert_eq!(of(2, Profile::Carrier), (Some(0), None), "switches hide it");
        assert_eq!(of(2, Profile::Lacp), (Some(90_000), None));
        assert_eq!(of(2, Profile::Bond), (Some(100), None));
        assert_eq!(of(2, Profile::Vrrp), (Some(3609), Some(3609)));
    }

    #[test]
    fn the_policy_decides_where_nothing_is_asked_for() {
        let mut policy = Policy::default();
        assert_eq!(times(2, None, &policy), (Profile::Carrier, Some(0), None));
        policy.heartbeat.timeout_ms = Some(3000);
        assert_eq!(times(2, None, &policy), (Profile::Declared, Some(3000), Some(3000)));
        policy.heartbeat.stack = Some(HeartbeatStack::Corosync);
        policy.heartbeat.token_ms = Some(1000);
        assert_eq!(times(2, None, &policy).1, Some(500));
        assert_eq!(times(2, Some(Profile::Wsfc2008R2), &policy).1, Some(5000));
    }
    #[test]
    fn a_dead_node_is_seen_by_a_heartbeat_or_at_the_other_end_of_its_cable() {
        let mut policy = Policy::default();
        policy.heartbeat.timeout_ms = Some(3000);
        assert_eq!(times(3, Some(Profile::Carrier), &policy).2, Some(3000));
        let mut nodes = healthy(2);
        nodes[1].interfaces[0].neighbours[0].name = Some("n1".to_owned());
        let dead = |nodes: &[NodeInventory], profile| {
            let chosen: Vec<&NodeInventory> = nodes.iter().collect();
            let detection = Detection::of(&chosen, &Policy::default(), Some(profile));
            detection.ms(&LostPart::Node("n1".into()))
        };
        assert_eq!(dead(&nodes, Profile::Carrier), Some(0));
        assert_eq!(dead(&nodes, Profile::Bond), Some(100));
        nodes.extend(healthy(3).pop());
        assert_eq!(dead(&nodes, Profile::Carrier), None, "n3 does not see it");
    }
}
