//! Any bytes as a dump of a batch system: what is read is planned as a restore, or it is an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::import::{Reading, parse_batch};
use netplan_cluster::model::{BatchTask, RestoreShape, RestoreSystem, Site};
use netplan_cluster::render::{RestoreReport, json, restore as view};
use netplan_cluster::restore::{Tables, compare, plan};

fuzz_target!(|bytes: &[u8]| {
    let Ok(dump) = parse_batch(bytes, "input", &Reading::default()) else { return };
    let mut live = dump.tasks.clone();
    live.extend(dump.jobs.iter().flat_map(|job| BatchTask::of_job(job, dump.taken_at)));
    let tables = Tables {
        jobs: &dump.jobs,
        tasks: &[],
        live: &live,
        seen: &dump.jobs,
        restored_at: dump.taken_at,
        requeue: None,
    };
    for system in [RestoreSystem::HpcPack, RestoreSystem::Slurm] {
        let plan = plan((system, RestoreShape::HaCluster), &tables, &Site::default());
        let log = compare(&plan.events, &String::from_utf8_lossy(bytes));
        let report = RestoreReport { plan: &plan, log: Some(&log), notes: &dump.notes };
        json(&view(&report)).expect("a view is JSON");
    }
});
