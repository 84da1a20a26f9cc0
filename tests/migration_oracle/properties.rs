//! What must hold of every forecast.

use netplan_cluster::migration::forecast;
use netplan_cluster::model::{Engine, Forecast, Outcome, Specification, StopPolicy, Vmm};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use crate::{compare, generate};

/// A window, with the delay of the sleep that ends it, and the slice in which it ends.
const WINDOW_MS: f64 = 152.0;

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

/// What every forecast adds up to.
fn adds_up(it: &Forecast) -> Result<(), TestCaseError> {
    let rounds: f64 = it.rounds.iter().map(|round| round.sent_bytes).sum();
    prop_assert!(near(rounds + it.downtime_bytes, it.transferred_bytes), "rounds {rounds}: {it:?}");
    prop_assert!(near(it.precopy_bytes + it.downtime_bytes, it.transferred_bytes), "{it:?}");
    for pair in it.rounds.windows(2) {
        let end = pair[0].start_ms + pair[0].duration_ms;
        prop_assert!(near(end, pair[1].start_ms), "{pair:?}");
    }
    let measures = [it.total_ms, it.downtime_ms, it.blackout_ms, it.transferred_bytes];
    prop_assert!(measures.iter().all(|it| it.is_finite() && *it >= 0.0), "{it:?}");
    prop_assert!(it.downtime_ms <= it.total_ms, "{it:?}");
    let pages: f64 = it.rounds.iter().map(|round| round.sent_pages).sum();
    prop_assert!(pages.is_finite() && it.plateau_pages.is_none_or(f64::is_finite), "{it:?}");
    Ok(())
}

/// A specification under QEMU's own policy, without what changes over time.
fn steady(seed: u64) -> Specification {
    let mut spec = generate::specification(seed);
    spec.policy = Some(StopPolicy::Qemu);
    spec.auto_converge = None;
    for group in &mut spec.groups {
        group.phases.clear();
    }
    spec
}

/// Whether a change makes a migration that converges stall, or longer by more than a window.
fn is_worse(before: &Specification, after: &Specification) -> bool {
    let [before, after] = [before, after].map(|it| forecast(it).unwrap());
    before.outcome == Outcome::Converged
        && (after.outcome != Outcome::Converged || after.total_ms > before.total_ms + WINDOW_MS)
}

/// Factors above 1, small ones more often.
fn factor(seed: u64) -> f64 {
    let mut random = fastrand::Rng::with_seed(seed);
    1.0 + 3.0 * random.f64().powi(2)
}

/// A migration that the limiter slows, not the link.
fn limited(seed: u64) -> Option<Specification> {
    let link_bytes_s = Some(2e9);
    let spec = Specification { link_bytes_s, ..steady(seed) };
    spec.max_bandwidth_bytes_s.is_some_and(|it| it > 0.0).then_some(spec)
}

fn with_bandwidth(spec: &Specification, more: f64) -> Specification {
    let times = |rate: Option<f64>| rate.map(|it| it * more);
    Specification {
        max_bandwidth_bytes_s: times(spec.max_bandwidth_bytes_s),
        link_bytes_s: times(spec.link_bytes_s),
        ..spec.clone()
    }
}

fn with_limit(spec: &Specification, more: f64) -> Specification {
    let downtime_limit_ms = spec.downtime_limit_ms.map(|it| it * more);
    Specification { downtime_limit_ms, ..spec.clone() }
}

const DRAWN: u64 = 1500;

/// Nothing gets worse by a change but where chance decides, before or after it, which is rare.
fn never_worse(change: fn(&Specification, f64) -> Specification) {
    let mut by_chance = 0;
    for (seed, spec) in (0..DRAWN).filter_map(|seed| Some((seed, limited(seed)?))) {
        let changed = change(&spec, factor(seed));
        if is_worse(&spec, &changed) {
            let is_decided = compare(spec.clone()).is_some() && compare(changed).is_some();
            assert!(!is_decided, "{spec:?} times {}", factor(seed));
            by_chance += 1;
        }
    }
    assert!(by_chance <= 3, "{by_chance}");
}

#[test]
fn more_bandwidth_never_takes_longer_than_a_window_more() {
    never_worse(with_bandwidth);
}

#[test]
fn a_longer_limit_never_stalls_and_adds_a_window_at_most() {
    never_worse(with_limit);
}

/// Without a limit QEMU never looks before it stops, so that what it moves it moves by force; from
/// the shortest limit on, none turns a migration that converges into one that does not.
#[test]
fn no_limit_from_nothing_on_is_worse_than_a_shorter_one() {
    let (mut moved, mut by_chance) = (0, 0);
    for spec in (0..120).filter_map(limited) {
        let with = |limit| Specification { downtime_limit_ms: Some(limit), ..spec.clone() };
        let outcome = |limit| forecast(&with(limit)).unwrap().outcome;
        assert_eq!(outcome(0.0), Outcome::Forced, "{spec:?}");
        let mut before = None;
        for limit in [1e-6, 1.0, 20.0, 300.0, 4000.0, 2e6] {
            let now = outcome(limit) == Outcome::Converged;
            if let Some(shorter) = before.filter(|_| !now) {
                let is_decided =
                    [shorter, limit].map(with).map(compare).iter().all(Option::is_some);
                assert!(!is_decided, "{limit}: {spec:?}");
                by_chance += 1;
            }
            before = now.then_some(limit);
        }
        moved += usize::from(before.is_some());
    }
    assert!(moved > 40 && by_chance <= 2, "{moved} {by_chance}");
}

#[test]
fn an_idle_vm_converges_without_a_limit() {
    let mut spec = steady(1);
    spec.groups.iter_mut().for_each(|group| group.writes_per_s = 0.0);
    spec.downtime_limit_ms = Some(0.0);
    assert_eq!(forecast(&spec).unwrap().outcome, Outcome::Converged);
}

/// On a slow link the sender goes on in steps of the socket's buffer, some of them larger than what
/// is left at the end; near the edge of convergence a step more or less decides.
#[test]
fn on_a_slow_link_it_is_so_but_for_one_in_a_hundred() {
    let worse = |change: fn(&Specification, f64) -> Specification| {
        let is_worse = |seed: &u64| {
            let spec = steady(*seed);
            is_worse(&spec, &change(&spec, factor(*seed)))
        };
        (0..DRAWN).filter(is_worse).count()
    };
    for worse in [worse(with_bandwidth), worse(with_limit)] {
        assert!(worse * 100 <= usize::try_from(DRAWN).unwrap(), "{worse} of {DRAWN}");
    }
}

const SIZES: [u64; 9] = [0, 1, 7, 512, 4095, 4096, 1 << 20, (1 << 26) + 1, u64::MAX];
const MEASURES: [f64; 10] =
    [0.0, 1e-300, 0.5, 1.0, 300.0, 1e6, 1e12, 1e300, f64::INFINITY, f64::NAN];

/// A specification of the oddest numbers.
fn odd(sizes: &[u64], measures: &[f64], kind: usize) -> Specification {
    let mut spec = generate::with_xbzrle(sizes[0]);
    let room = 1 << 14;
    spec.ram_bytes = sizes[1].clamp(1, 1 << 26);
    spec.page_bytes = if kind.is_multiple_of(5) { 1 << (kind % 31) } else { 4096 };
    spec.vmm = Vmm::ALL[kind % Vmm::ALL.len()];
    spec.policy = Some(StopPolicy::ALL[kind % StopPolicy::ALL.len()]);
    spec.engine = [Engine::Replay, Engine::Pages, Engine::Geometric][kind % 3];
    spec.zero_ranges.clear();
    spec.zero_pages = sizes[2] % room;
    for (group, size) in spec.groups.iter_mut().zip(sizes) {
        group.pages = size % room;
        group.writes_per_s = measures[0];
        for phase in &mut group.phases {
            (phase.from_ms, phase.writes_per_s) = (measures[1], measures[2]);
        }
    }
    spec.max_bandwidth_bytes_s = Some(measures[3]);
    spec.link_bytes_s = Some(measures[4]);
    spec.downtime_limit_ms = Some(measures[5]);
    spec.fixed_downtime_ms = Some(measures[6]);
    spec.time_limit_ms = Some(measures[7]);
    spec
}

proptest! {
    #[test]
    fn bytes_add_up(seed in any::<u64>(), policy in 0..StopPolicy::ALL.len()) {
        let mut spec = generate::with_xbzrle(seed);
        adds_up(&forecast(&spec).unwrap())?;
        spec.policy = Some(StopPolicy::ALL[policy]);
        adds_up(&forecast(&generate::known(spec)).unwrap())?;
    }

    #[test]
    fn without_writes_there_is_one_round(seed in any::<u64>()) {
        let mut spec = steady(seed);
        spec.time_limit_ms = None;
        for group in &mut spec.groups {
            group.writes_per_s = 0.0;
        }
        let it = forecast(&spec).unwrap();
        prop_assert_eq!(it.outcome, Outcome::Converged);
        prop_assert_eq!(it.rounds.len(), 1);
        let pages = f64::from(u32::try_from(spec.pages()).unwrap());
        prop_assert!(near(it.normal_pages + it.zero_pages, pages), "{it:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn odd_numbers_are_refused_or_forecast(
        sizes in proptest::collection::vec(select(&SIZES[..]), 5),
        measures in proptest::collection::vec(select(&MEASURES[..]), 8),
        kind in 0..1000usize,
    ) {
        if let Ok(it) = forecast(&odd(&sizes, &measures, kind)) {
            prop_assert!(!it.total_ms.is_nan() && !it.transferred_bytes.is_nan(), "{it:?}");
        }
    }
}
