//! Traffic after the loss of a network.

use crate::model::{Assignment, ClusterLayout, Policy};
use crate::policy;

/// The loss of one network and what carries what afterwards.
#[derive(Clone, Debug)]
pub struct NetworkLoss {
    /// Place of the lost network in the layout's list.
    pub network: usize,
    /// Roles, metrics and traffic without it.
    pub assignment: Assignment,
}

/// Loses each of `networks` alone, by place in the layout's list: its members go down, and traffic
/// is assigned again.
#[must_use]
pub fn network_losses(
    layout: &ClusterLayout,
    policy: &Policy,
    networks: &[usize],
) -> Vec<NetworkLoss> {
    let mut left = layout.clone();
    let mut losses = Vec::with_capacity(networks.len());
    for network in networks.iter().copied().filter(|place| *place < layout.networks.len()) {
        for member in &mut left.networks[network].members {
            member.up = false;
        }
        losses.push(NetworkLoss { network, assignment: policy::assign(&left, policy) });
        left.networks[network].members.clone_from(&layout.networks[network].members);
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;
    use crate::testkit::healthy;

    #[test]
    fn each_network_is_lost_alone() {
        let policy = Policy::default();
        let layout = layout::form(&healthy(2), &policy);
        let losses = network_losses(&layout, &policy, &[0, 1, 2]);
        let csv: Vec<Option<usize>> =
            losses.iter().map(|loss| loss.assignment.traffic.csv).collect();
        assert_eq!(csv, [Some(1), Some(0), Some(0)]);
        assert_eq!(losses[1].assignment.traffic.live_migration, [2, 0]);
    }
}
