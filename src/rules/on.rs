//! Networks as rules see them.

use crate::model::{ClusterNetwork, NetworkAssignment};

/// A network with its role, metric and state.
#[derive(Clone, Copy, Debug)]
pub struct On<'a> {
    /// Its place in the layout's list.
    pub place: usize,
    /// The network.
    pub network: &'a ClusterNetwork,
    /// Its role, metric and state.
    pub assigned: &'a NetworkAssignment,
}

impl On<'_> {
    /// Whether the network is of use: to the cluster, or as a way to storage.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.assigned.role.is_authorised() || self.carries_storage()
    }

    /// Whether a member carries a storage session.
    #[must_use]
    pub fn carries_storage(&self) -> bool {
        self.network.members.iter().any(|member| !member.storage.is_empty())
    }
}
