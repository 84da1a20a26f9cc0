//! Rules on what carries heartbeats and how they are timed (HBT).

mod active_backup_only_heartbeat;
mod bonds;
mod detection_slower_than_fencing;
mod inconsistent_heartbeat_timing;
mod mtu_unfit_for_corosync;
mod slow_lacp;
mod unsafe_bond_mode;

use super::{Report, Rule, Site};
use crate::model::{Locus, Place};

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &unsafe_bond_mode::RULE,
    &slow_lacp::RULE,
    &active_backup_only_heartbeat::RULE,
    &mtu_unfit_for_corosync::RULE,
    &inconsistent_heartbeat_timing::RULE,
    &detection_slower_than_fencing::RULE,
];

/// Reports that settings of the policy's heartbeat table don't fit, at the first of them that is
/// declared: they hold for the cluster as a whole.
fn find_timing(
    site: &Site<'_>,
    report: &mut Report,
    keys: &[&str],
    (what, remedy): (String, String),
) {
    report.find(Locus::cluster(), what, remedy).at(place_of(site, keys));
}

/// Where the policy declares the first of these settings of its heartbeat table.
fn place_of(site: &Site<'_>, keys: &[&str]) -> Option<Place> {
    let place = |key: &&str| site.text.places.get(&format!("heartbeat.{key}"));
    keys.iter().find_map(place).copied()
}
