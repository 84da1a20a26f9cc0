//! Rules (migration).

mod collision_after_loss;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[&collision_after_loss::RULE];
