//! Rules (roles).

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[];
