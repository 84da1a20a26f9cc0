//! Rules on interfaces and their links (LNK).

mod mtu_mismatch;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[&mtu_mismatch::RULE];
