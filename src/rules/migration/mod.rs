//! Rules on live migration (MIG).

mod choices;
mod collision_after_loss;
mod csv_and_migration_share;
mod excluded_network_in_migration_order;
mod migration_address_count;
mod migration_cannot_converge;
mod migration_on_client_network;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &excluded_network_in_migration_order::RULE,
    &csv_and_migration_share::RULE,
    &migration_on_client_network::RULE,
    &collision_after_loss::RULE,
    &migration_address_count::RULE,
    &migration_cannot_converge::RULE,
];
