//! What it costs to plan a restore of 100,000 jobs and as many tasks, from CSV to the plan and to JSON.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::import::{Reading, parse_batch};
use netplan_cluster::model::{BatchDump, RestorePlan, RestoreShape, RestoreSystem, Site};
use netplan_cluster::render::{self, RestoreReport};
use netplan_cluster::restore::{self, Tables};

const JOBS: usize = 100_000;

fn jobs() -> String {
    let mut text = "Id,State,Owner,Priority,SubmitTime,StartTime,RunTime,Error\n".to_owned();
    for id in 0..JOBS {
        let state = ["Running", "Queued", "Finished", "Submitted"][id % 4];
        let (owner, minute) = (id * 7919 % 500, id % 60);
        let _ = writeln!(
            text,
            "{id},{state},HPC\\user{owner},{},2011-07-04 08:{minute:02}:00,,00:10:00,",
            id * 31 % 4000
        );
    }
    text
}

/// Half of the tasks are of jobs on record.
fn tasks() -> String {
    let mut text = "JobId,TaskId,Node,State,Cores,RunTime\n".to_owned();
    for id in 0..JOBS {
        let state = if id % 5 == 0 { "Finished" } else { "Running" };
        let _ = writeln!(text, "{},{id},node{},{state},8,01:00:00", id + JOBS / 2, id % 1000);
    }
    text
}

fn read(text: &str) -> Option<BatchDump> {
    parse_batch(text.as_bytes(), "bench", &Reading::default()).ok()
}

fn plan(jobs: &BatchDump, tasks: &BatchDump) -> RestorePlan {
    let tables = Tables {
        jobs: &jobs.jobs,
        tasks: &[],
        live: &tasks.tasks,
        seen: &[],
        restored_at: None,
        requeue: None,
    };
    restore::plan((RestoreSystem::HpcPack, RestoreShape::SingleHead), &tables, &Site::default())
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("restore, 100,000 jobs and 100,000 tasks");
    group.sample_size(10);
    let (jobs, tasks) = (jobs(), tasks());
    group.bench_function("CSV to plan", |it| {
        it.iter(|| Some(plan(&read(black_box(&jobs))?, &read(black_box(&tasks))?)));
    });
    if let (Some(jobs), Some(tasks)) = (read(&jobs), read(&tasks)) {
        group.bench_function("plan", |it| it.iter(|| plan(black_box(&jobs), black_box(&tasks))));
        let plan = plan(&jobs, &tasks);
        let report = RestoreReport { plan: &plan, log: None, notes: &[] };
        group.bench_function("plan to JSON", |it| {
            it.iter(|| render::json(&render::restore(black_box(&report))));
        });
    }
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
