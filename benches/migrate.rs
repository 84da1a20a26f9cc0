//! What forecasts cost: a typical plan, and batches from JSON to JSON.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::model::{Group, Specification, WriteOrder};
use netplan_cluster::{import, migration, render};

/// A VM of 16 GiB on a 10 Gbit/s network: four groups, about 150 windows.
fn typical(number: u32) -> Specification {
    let mut spec = Specification::new(16 << 30);
    spec.name = format!("vm{number}");
    spec.zero_pages = 300_000;
    spec.max_bandwidth_bytes_s = Some(0.0);
    spec.link_bytes_s = Some(1.177e9);
    let hot = f64::from(number % 16) * 0.05 + 0.6;
    let groups = [(2_000, 900.0), (20_000, 3000.0), (120_000, 4000.0), (500_000, 2000.0)];
    spec.groups = groups
        .map(|(pages, writes)| Group {
            pages,
            writes_per_s: writes * hot,
            first_page: None,
            order: WriteOrder::Random,
            cpu_bound: false,
            phases: Vec::new(),
        })
        .to_vec();
    spec
}

fn json(specs: &[Specification]) -> Vec<u8> {
    serde_json::to_vec(specs).unwrap_or_default()
}

fn benches(criterion: &mut Criterion) {
    let spec = typical(7);
    criterion.bench_function("forecast a typical plan", |bencher| {
        bencher.iter(|| migration::forecast(black_box(&spec)));
    });
    let specs: Vec<Specification> = (0..1000).map(typical).collect();
    let text = json(&specs);
    criterion.bench_function("read 1000 specifications", |bencher| {
        bencher.iter(|| import::parse_specifications(black_box(&text), "bench"));
    });
    criterion.bench_function("forecast 1000 and write them as JSON on one core", |bencher| {
        bencher.iter(|| {
            let mut text = Vec::new();
            for spec in black_box(&specs) {
                if let Ok(forecast) = migration::forecast(spec) {
                    let _ = serde_json::to_writer(&mut text, &render::forecast(&forecast));
                }
            }
            text.len()
        });
    });
}

criterion_group!(group, benches);
criterion_main!(group);
