//! Forecasts against real migrations: `fixtures/qemu-7.2`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test reads files, prints what it measured and fails where it can't go on"
)]

use netplan_cluster::migration;
use netplan_cluster::model::{Outcome, Specification};
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
struct Case {
    group: String,
    unstable: bool,
    spec: Specification,
    measured: Measured,
}

#[derive(Deserialize)]
struct Measured {
    repetitions: u32,
    converged: u32,
    #[serde(default)]
    median: Option<Median>,
    #[serde(default)]
    plateau_pages: Option<f64>,
}

#[derive(Deserialize, Default)]
struct Median {
    #[serde(default)]
    total_ms: Option<f64>,
    #[serde(default)]
    downtime_ms: Option<f64>,
    #[serde(default)]
    transferred_bytes: Option<f64>,
    #[serde(default)]
    dirty_sync_count: Option<f64>,
}

fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for file in ["cases.json", "chunk-cases.json"] {
        let text = fs::read_to_string(format!("fixtures/qemu-7.2/{file}")).unwrap();
        all.extend(serde_json::from_str::<Vec<Case>>(&text).unwrap());
    }
    all
}

#[test]
fn print() {
    let (mut bytes, mut times, mut syncs, mut downs, mut plates) =
        (vec![], vec![], vec![], vec![], vec![]);
    for mut case in cases() {
        if std::env::var_os("PAGES").is_some() {
            case.spec.engine = netplan_cluster::model::Engine::Pages;
            case.spec.seed = std::env::var("PAGES").unwrap().parse().unwrap();
        }
        let forecast = migration::forecast(&case.spec).unwrap();
        let m = case.measured.median.unwrap_or_default();
        let conv = case.measured.converged * 2 > case.measured.repetitions;
        let ok = conv == (forecast.outcome == Outcome::Converged);
        let pc = |f: f64, m: Option<f64>| m.map_or(f64::NAN, |m| (f - m) / m * 100.0);
        let b = pc(forecast.transferred_bytes, m.transferred_bytes);
        let t = pc(forecast.total_ms, m.total_ms);
        let s = f64::from(forecast.dirty_sync_count) - m.dirty_sync_count.unwrap_or(f64::NAN);
        let d = forecast.downtime_ms - m.downtime_ms.unwrap_or(f64::NAN);
        let p = pc(forecast.plateau_pages.unwrap_or(f64::NAN), case.measured.plateau_pages);
        println!(
            "{:34} {:5} {} verdict {:6} bytes {b:7.2} time {t:7.2} syncs {s:+5} ({}) down {d:8.1} plateau {p:7.2} {:?}",
            case.spec.name,
            if case.unstable { "UNST" } else { "" },
            case.group.chars().take(5).collect::<String>(),
            if ok { "ok" } else { "WRONG" },
            forecast.dirty_sync_count,
            forecast.plateau_pages.map(|p| p.round())
        );
        if std::env::var("ROUNDS").is_ok_and(|it| case.spec.name.contains(&it)) {
            for r in forecast.rounds.iter().take(40) {
                println!(
                    "     {:3} end {:9.1} newly {:8.0} known {:8.0} thr {}",
                    r.iteration,
                    r.start_ms + r.duration_ms,
                    r.newly_dirty_pages,
                    r.known_dirty_pages,
                    r.throttle_percent
                );
            }
        }
        if !case.unstable {
            if conv {
                if !b.is_nan() {
                    bytes.push(b.abs());
                }
                if !t.is_nan() {
                    times.push(t.abs());
                }
                syncs.push(s.abs());
                if !d.is_nan() {
                    let x = d.abs();
                    downs.push(x <= 10.0 || x <= 0.25 * m.downtime_ms.unwrap());
                }
            } else {
                plates.push(p.abs());
            }
        }
    }
    let q = |v: &mut Vec<f64>, p: f64| {
        v.sort_by(f64::total_cmp);
        v[((v.len() as f64 - 1.0) * p).round() as usize]
    };
    println!(
        "bytes median {:.2} p90 {:.2}; time median {:.2} p90 {:.2}",
        q(&mut bytes, 0.5),
        q(&mut bytes, 0.9),
        q(&mut times, 0.5),
        q(&mut times, 0.9)
    );
    let n = syncs.len() as f64;
    println!(
        "syncs exact {:.2} within1 {:.2}; down ok {:.2}; plateau {:?}",
        syncs.iter().filter(|s| **s < 0.75).count() as f64 / n,
        syncs.iter().filter(|s| **s < 1.25).count() as f64 / n,
        downs.iter().filter(|d| **d).count() as f64 / downs.len() as f64,
        plates
    );
}
