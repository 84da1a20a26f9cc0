//! Rules on networks of storage (STO).

mod storage_network_in_cluster_use;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[&storage_network_in_cluster_use::RULE];
