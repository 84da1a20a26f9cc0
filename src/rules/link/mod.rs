//! Rules on interfaces and their links (LNK).

mod duplex_mismatch;
mod duplicate_mac;
mod flapping_link;
mod interface_name_differs;
mod jumbo_on_gateway_network;
mod line;
mod member_down;
mod mtu_above_parent;
mod mtu_mismatch;
mod mtu_out_of_range;
mod no_usable_interface;
mod slow_link;
mod speed_mismatch;
mod strict_reverse_path;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &no_usable_interface::RULE,
    &duplicate_mac::RULE,
    &mtu_mismatch::RULE,
    &mtu_out_of_range::RULE,
    &mtu_above_parent::RULE,
    &jumbo_on_gateway_network::RULE,
    &slow_link::RULE,
    &speed_mismatch::RULE,
    &duplex_mismatch::RULE,
    &flapping_link::RULE,
    &member_down::RULE,
    &interface_name_differs::RULE,
    &strict_reverse_path::RULE,
];
