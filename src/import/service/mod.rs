//! What is read for services: profiles, CPU samples, jobs, file system tables, state folders.

mod fstab;
mod jobs;
mod profile;
mod samples;
mod state;
mod table;

pub use fstab::names_master;
pub use jobs::{parse_orphan_jobs, read_orphan_jobs};
pub use profile::{parse_profile, read_profile};
pub use samples::{parse_cpu_samples, read_cpu_samples};
pub use state::measure_state;

pub(super) use super::ImportError;
