//! Reading inventories, recordings, iproute2 output and specifications of migrations from files.
//!
//! Bytes in, documents out; what a file says is checked here and nowhere else. Every error
//! names the file, the place in it and the value.

mod batch;
mod document;
mod error;
mod files;
mod iproute2;
mod json;
mod lldp;
mod machines;
mod measurements;
mod service;
mod specification;

pub use batch::{
    BatchError, Reading, parse_batch, parse_hosts, parse_instant, parse_zone, read_batch, read_log,
};
pub use document::{IPROUTE2_SCHEMA, parse};
pub use error::ImportError;
pub use files::{read, read_nodes_dir};
pub use lldp::read_neighbours;
pub use machines::{MachineError, VmSource, WORKLOAD_SCHEMA, parse_machines, read_machines};
pub use measurements::{MeasurementError, parse_measurements, read_measurements};
pub use service::{
    measure_state, names_master, parse_cpu_samples, parse_orphan_jobs, parse_profile,
    read_cpu_samples, read_orphan_jobs, read_profile,
};
pub use specification::{Specifications, parse_specifications, read_specifications, read_vms};
