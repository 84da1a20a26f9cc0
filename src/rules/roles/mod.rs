//! Rules on roles and metrics (ROL).

mod auto_band_overflow;
mod clients_on_link_local;
mod entry;
mod equal_metrics;
mod free;
mod gateway_on_private_role;
mod gateway_on_some_members;
mod manual_metric_in_auto_band;
mod metric_out_of_range;
mod unsupported_role_value;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &clients_on_link_local::RULE,
    &gateway_on_private_role::RULE,
    &gateway_on_some_members::RULE,
    &unsupported_role_value::RULE,
    &equal_metrics::RULE,
    &manual_metric_in_auto_band::RULE,
    &metric_out_of_range::RULE,
    &auto_band_overflow::RULE,
];
