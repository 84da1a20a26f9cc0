//! Forecasts against real migrations, `fixtures/qemu-7.2`, and the page that shows them,
//! `docs/accuracy.md`. With `UPDATE_ACCURACY` set the page is written anew.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod data;
mod figures;
mod notes;
mod page;

use std::fs;
use std::path::Path;

use data::Case;
use figures::{Figures, Row};
use netplan_cluster::migration;
use netplan_cluster::model::Postcopy;

/// The cases that the figures are about: all of a real guest.
const GUEST: [&str; 2] = ["cases.json", "chunk-cases.json"];
/// Others, which no figure counts.
const BARE: &str = "bare-guest.json";

fn guest() -> Vec<Row> {
    GUEST.iter().flat_map(|file| data::read(file)).map(Row::new).collect()
}

fn bare() -> Vec<Row> {
    data::read(BARE).into_iter().map(Row::new).collect()
}

fn figures() -> Figures {
    let rows = guest();
    Figures::new(rows.iter().filter(|it| it.is_judged()), |it| &it.replay)
}

fn named(file: &str, name: &str) -> Case {
    data::read(file).into_iter().find(|it| it.spec.name == name).unwrap()
}

#[test]
fn every_verdict_is_right() {
    for row in guest().iter().filter(|it| it.is_judged()) {
        let name = &row.case.spec.name;
        assert_eq!(row.replay.converged, row.case.measured.has_converged(), "{name}");
    }
}

#[test]
fn every_file_is_read() {
    let rows = guest();
    assert_eq!(rows.len(), 50);
    assert_eq!(rows.iter().filter(|it| it.is_judged()).count(), 47);
    assert_eq!(bare().len(), 7);
}

#[test]
fn bytes_are_within_2_percent_and_mostly_within_5() {
    let spread = figures().bytes;
    assert!(spread.median <= 2.0 && spread.p90 <= 5.0, "{spread:?}");
}

#[test]
fn time_is_within_3_percent_and_mostly_within_8() {
    let spread = figures().time;
    assert!(spread.median <= 3.0 && spread.p90 <= 8.0, "{spread:?}");
}

#[test]
fn syncs_are_mostly_exact() {
    let share = figures().syncs_exact;
    assert!(share.at_least(0.70), "{share:?}");
}

#[test]
fn syncs_are_off_by_one_at_most() {
    let share = figures().syncs_near;
    assert!(share.at_least(0.90), "{share:?}");
}

#[test]
fn downtime_is_within_10_ms_or_a_quarter() {
    let share = figures().downtime;
    assert!(share.at_least(0.90), "{share:?}");
}

#[test]
fn plateaus_are_within_4_percent_and_none_is_far_off() {
    let (near, within) = (figures().plateau_near, figures().plateau_within);
    assert!(near.at_least(0.75), "{near:?}");
    assert!(within.at_least(1.0), "{within:?}");
}

/// One run each, so all have to be near instead of most.
#[test]
fn the_bare_guest_is_met_too() {
    for row in bare() {
        let name = &row.case.spec.name;
        assert_eq!(row.replay.converged, row.case.measured.has_converged(), "{name}");
        assert!(row.faults(&row.replay).is_empty(), "{name}: {:?}", row.faults(&row.replay));
    }
}

/// What was left to do after each sync of a run whose syncs were written down.
#[test]
fn the_rounds_of_a1_are_those_measured() {
    let case = named(BARE, "A1");
    let forecast = migration::forecast(&case.spec).unwrap();
    assert!(forecast.rounds.len() >= 7);
    for (round, known) in forecast.rounds.iter().zip(case.measured.known_dirty_pages) {
        let error = (round.known_dirty_pages - known).abs() / known;
        assert!(error < 0.06, "{}: {} is not {known}", round.iteration, round.known_dirty_pages);
    }
}

/// With 16 MiB chunks, where the first sync finds a third of what one chunk of 1 GiB lets it find.
#[test]
fn the_rounds_of_k4_are_those_measured() {
    let case = named("chunk-cases.json", "K4");
    let forecast = migration::forecast(&case.spec).unwrap();
    for (round, newly) in forecast.rounds.iter().zip(&case.measured.newly_dirty_pages[..4]) {
        let error = (round.newly_dirty_pages - newly).abs() / newly;
        assert!(error < 0.12, "{}: {} is not {newly}", round.iteration, round.newly_dirty_pages);
    }
}

/// The run of this case limited post-copy to 64 MiB/s, which its specification does not carry.
#[test]
fn a_limit_of_post_copy_explains_the_case_that_had_one() {
    let mut case = named(GUEST[0], "pc-w256-d20000-b64-pb64");
    let limit = Some(67_108_864.0);
    case.spec.postcopy =
        case.spec.postcopy.map(|it| Postcopy { max_bandwidth_bytes_s: limit, ..it });
    let row = Row::new(case);
    assert!(row.faults(&row.replay).is_empty(), "{:?}", row.faults(&row.replay));
}

#[test]
fn what_falls_outside_is_explained_and_nothing_else_is() {
    let outside: Vec<String> = guest()
        .iter()
        .filter(|it| it.is_judged() && !it.faults(&it.replay).is_empty())
        .map(|it| it.case.spec.name.clone())
        .collect();
    for name in &outside {
        assert!(notes::note(name).is_some(), "{name} falls outside: say why in notes.rs");
    }
    for (name, _) in notes::NOTES {
        assert!(outside.iter().any(|it| it == name), "{name} needs no note any more");
    }
}

#[test]
fn the_page_shows_what_is_computed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md");
    let fresh = page::render(&guest(), &bare());
    if std::env::var_os("UPDATE_ACCURACY").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        page == fresh,
        "UPDATE_ACCURACY=1 cargo test --test accuracy puts docs/accuracy.md right"
    );
}
