//! What comes of losing a service of a head node, when, and for whom.
//!
//! A system is a profile, which is data; what is computed here are the formulas of detectors, and
//! what a failure means for a service that is declared on certain hosts.

mod checkpoint;
mod clients;
mod faults;
mod latency;
mod library;
mod lose;
mod matrix;
mod orphans;
mod planned;
mod reliability;
mod ruling;
mod scene;
mod spells;
mod timeline;
mod work;

#[cfg(test)]
mod golden;

pub use checkpoint::checkpoint;
pub use faults::{
    head_stores_for_itself, holds_work, names_differ, needs_clear_lock, serves_store_to_itself,
    single_points,
};
pub use latency::{Silence, latency, ping_veto, skew_limit_s, stale_file};
pub use library::{ProfileError, builtin, builtin_names, of_service, parse, with_parameters};
pub use lose::{Setup, locks, lose, seconds};
pub use matrix::{downtimes, matrix};
pub use orphans::orphans;
pub use planned::planned;
pub use reliability::{load_s, meanwhile, second_failure, yearly_downtime_s};
pub use ruling::rule;
pub use scene::{Affair, HostEvent, Usable, affairs, affairs_of_hosts};
