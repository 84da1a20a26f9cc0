//! What it costs to plan the turns of 10,000 nodes with 100,000 jobs, from JSON and in the core.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::drain::{self, Keep, Queue, Request};
use netplan_cluster::import::{Reading, parse_batch};
use netplan_cluster::model::{
    BatchDrain, BatchDump, BatchSystem, DrainMode, DrainOrder, DrainPurpose,
};

fn nodes(number: usize) -> String {
    let mut text = r#"{"meta":{"slurm":{"release":"24.11.1"}},"nodes":["#.to_owned();
    for place in 0..number {
        let comma = if place > 0 { "," } else { "" };
        let _ = write!(
            text,
            r#"{comma}{{"name":"n{place:05}","cpus":64,"alloc_cpus":60,"state":["ALLOCATED"]}}"#
        );
    }
    text + "]}"
}

/// Ten jobs of six cores on each node; limits from 1 to 48 hours.
fn jobs(number: usize) -> String {
    let mut text = r#"{"meta":{"slurm":{"release":"24.11.1"}},"jobs":["#.to_owned();
    for place in 0..number {
        let comma = if place > 0 { "," } else { "" };
        let minutes = (1 + place * 7919 % 48) * 60;
        let start = 1_700_000_000 - place * 104_729 % (minutes * 60);
        let _ = write!(
            text,
            r#"{comma}{{"job_id":{place},"job_state":["RUNNING"],"nodes":"n{:05}","cpus":{{"set":true,"infinite":false,"number":6}},"requeue":true,"start_time":{{"set":true,"infinite":false,"number":{start}}},"time_limit":{{"set":true,"infinite":false,"number":{minutes}}}}}"#,
            place / 10
        );
    }
    text + "]}"
}

fn read(text: &str) -> Option<BatchDump> {
    parse_batch(text.as_bytes(), "bench", &Reading::default()).ok()
}

fn plan(nodes: &BatchDump, jobs: &BatchDump) -> BatchDrain {
    drain::plan(&Request {
        nodes: &nodes.nodes,
        jobs: &jobs.jobs,
        history: &[],
        hosts: nodes.nodes.iter().map(|it| it.name.clone()).collect(),
        done: Vec::new(),
        leaves: false,
        now: 1_700_000_000,
        keep: Keep::Open(0.8),
        window: None,
        mode: DrainMode::Drain,
        order: DrainOrder::LeastWaste,
        away_s: 600.0,
        queue: Queue::Full,
        at_limit: 0.2,
        default_limit_s: None,
        deadline_s: None,
    })
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("drain of 10,000 nodes with 100,000 jobs");
    group.sample_size(10);
    let is_test = std::env::args().any(|it| it == "--test");
    let number = if is_test { 50 } else { 10_000 };
    let (nodes, jobs) = (nodes(number), jobs(10 * number));
    group.bench_function("JSON to steps", |it| {
        it.iter(|| {
            let plan = plan(&read(black_box(&nodes))?, &read(black_box(&jobs))?);
            Some(drain::steps(&plan, BatchSystem::Slurm, &DrainPurpose::Return).len())
        });
    });
    let dumps = read(&nodes).zip(read(&jobs));
    group.bench_function("plan", |it| {
        it.iter(|| dumps.as_ref().map(|(nodes, jobs)| plan(black_box(nodes), jobs)));
    });
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
