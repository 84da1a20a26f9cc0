//! Any bytes as what is read for services: profiles, CPU samples and jobs; what is read is planned.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::import::{parse_cpu_samples, parse_orphan_jobs, parse_profile};
use netplan_cluster::model::service::{FailureMode, Quiet, Route};
use netplan_cluster::service::{self, Setup};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(profile) = parse_profile(bytes, "input.toml") {
        for mode in FailureMode::ALL {
            let _ = service::lose(&Setup::of(&profile), mode.into());
        }
    }
    let jobs = parse_orphan_jobs(bytes, "jobs.csv").unwrap_or_default();
    if let Ok(samples) = parse_cpu_samples(bytes, "cpu.csv") {
        let quiet = Quiet { threshold_percent: 1.0, span_s: 300.0 };
        let _ = service::orphans(&samples, &jobs, Some(quiet), Route::Direct);
    }
});
