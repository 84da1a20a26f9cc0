//! How long a forecast takes.
#![expect(clippy::unwrap_used, reason = "a bench fails where it can't go on")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use netplan_cluster::migration::{self, dirty};
use netplan_cluster::model::{Clear, Engine, Specification};

const GIB: u64 = 1 << 30;

/// About 150 windows: 1 GiB at 64 MiB/s, four groups.
fn typical() -> Specification {
    Specification {
        groups: [(6_553, 3_000.0), (26_000, 3_500.0), (33_000, 3_000.0), (115, 3_000.0)]
            .into_iter()
            .flat_map(|(pages, writes_per_s)| dirty::uniform(pages, writes_per_s))
            .collect(),
        zero_pages: 131_086,
        max_bandwidth_bytes_s: Some(67_108_864.0),
        link_bytes_s: Some(1_220_171_058.0),
        clear: Some(Clear::Sync),
        ..Specification::new(GIB)
    }
}

/// 64 GiB with a working set of 4 GiB, over 10 Gbit/s.
fn large() -> Specification {
    Specification {
        groups: dirty::uniform(GIB / 1024, 50_000.0),
        max_bandwidth_bytes_s: Some(0.0),
        link_bytes_s: Some(1.176e9),
        clear: Some(Clear::Sync),
        ..Specification::new(64 * GIB)
    }
}

fn forecasts(criterion: &mut Criterion) {
    let pages = |spec: Specification| Specification { engine: Engine::Pages, ..spec };
    let cases = [
        ("replay, 1 GiB, 4 groups", typical()),
        ("replay, 64 GiB, link-bound", large()),
        ("pages, 1 GiB", pages(typical())),
        ("pages, 64 GiB", pages(large())),
    ];
    for (name, spec) in cases {
        let forecast = migration::forecast(&spec).unwrap();
        let rounds = forecast.rounds.len();
        let name = format!("{name}: {:.1} s, {rounds} rounds", forecast.total_ms / 1000.0);
        criterion.bench_function(&name, |bench| {
            bench.iter(|| migration::forecast(black_box(&spec)).unwrap());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = forecasts
}
criterion_main!(benches);
