//! The fluid sharing of links against replays whose line changes while they run.

use super::dirty;
use super::expected::ExpectedMemory;
use super::precopy::changing;
use super::samples::{GIGABIT, busy};
use super::schedule::together;
use super::setup::Setup;
use super::{apply, forecast};
use crate::model::{Forecast, Key, Outcome, Specification};
use fastrand::Rng;

/// A migration whose line has other rates from some times on: milliseconds, bytes a second.
fn replayed(spec: &Specification, lines: &[(f64, f64)]) -> Forecast {
    let specs: Vec<(f64, Specification)> = lines
        .iter()
        .map(|(from, rate)| (*from, Specification { link_bytes_s: Some(*rate), ..spec.clone() }))
        .collect();
    let setups: Vec<(f64, Setup<'_>)> =
        specs.iter().map(|(from, spec)| (*from, Setup::new(spec).unwrap())).collect();
    let first = &setups[0].1;
    let memory = ExpectedMemory::new(spec, &first.extents, first.clear, first.wire);
    changing(&setups, memory)
}

/// A VM of up to 4 GiB that converges over a share of the link.
fn vm(random: &mut Rng) -> Specification {
    let mut spec = busy();
    spec.ram_bytes = (1 << 30) * random.u64(1..=4);
    spec.zero_pages = spec.pages() / random.u64(3..=8);
    let pages = random.u64(2_000..=40_000);
    spec.groups = dirty::uniform(pages, f64::from(random.u32(200..=6_000)));
    spec
}

/// How far the end of the longer of two VMs on one link is from a replay of it, in percent: the
/// shorter one goes with half the link and ends first, then the longer one has all of it.
fn error(seed: u64) -> Option<f64> {
    let mut random = Rng::with_seed(seed);
    let (one, other) = (vm(&mut random), vm(&mut random));
    let half = |spec: &Specification| {
        let spec = Specification { link_bytes_s: Some(GIGABIT / 2.0), ..spec.clone() };
        forecast(&spec).unwrap()
    };
    let ends = [half(&one), half(&other)];
    if ends.iter().any(|it| it.outcome != Outcome::Converged) {
        return None;
    }
    let place = usize::from(ends[0].total_ms < ends[1].total_ms);
    let longer = if place == 0 { &one } else { &other };
    let change = ends[1 - place].total_ms;
    let exact = replayed(longer, &[(0.0, GIGABIT / 2.0), (change, GIGABIT)]);
    let slots = together(&[one.clone(), other.clone()], 2, GIGABIT).unwrap().parallel.slots;
    Some((slots[place].end_ms / exact.total_ms - 1.0) * 100.0)
}

#[test]
fn a_line_that_does_not_change_is_the_forecast() {
    let spec = apply(&busy(), Key::Cap, 0.0);
    assert_eq!(replayed(&spec, &[(0.0, GIGABIT)]).rounds, forecast(&spec).unwrap().rounds);
}

#[test]
fn the_fluid_model_is_near_the_replay() {
    let errors: Vec<f64> = (0..300).filter_map(error).collect();
    let mut sizes: Vec<f64> = errors.iter().map(|it| it.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let rank = |percent: usize| sizes[(sizes.len() * percent).div_ceil(100) - 1];
    let mean = errors.iter().sum::<f64>() / super::wire::as_f64(errors.len() as u64);
    assert!(errors.len() > 200, "{}", errors.len());

    let ranks = [50, 90, 100].map(rank);
    assert!(
        ranks[0] < 0.5 && ranks[1] < 1.0 && ranks[2] < 3.0 && mean.abs() < 0.2,
        "{ranks:?} {mean}"
    );
}
