//! What a replay comes to, and what of it was not replayed turn by turn.

use super::ledger::Repeated;
use crate::model::Forecast;

/// A forecast and the work that it took, in turns of the loop.
pub(super) struct Replayed {
    pub(super) forecast: Forecast,
    pub(super) effort: u64,
}

/// How far a replay goes before it stops, whatever comes then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// Turns of the loop.
    pub(super) turns: u32,
    /// Work of the memory, in turns.
    pub(super) effort: u64,
}

impl Reach {
    /// Of a forecast by itself: more turns than any migration of days takes.
    pub(super) const WHOLE: Self = Self { turns: 200_000, effort: 1 << 21 };
    /// Of one of many forecasts that are tried in a search.
    pub(super) const TRIAL: Self = Self { turns: 50_000, effort: 1 << 17 };

    /// As far for memory page by page, each of which costs more: a few seconds of random writes.
    pub(super) fn by_page(self) -> Self {
        Self { effort: self.effort * 8, ..self }
    }
}

/// What repeats itself is skipped up to an event that is so many times as far off as all has taken;
/// late in a course, as what came since the last event.
pub(super) const FAR: f64 = 4.0;

/// Stretches in which a course that had settled repeated itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Skipped {
    pub(super) ms: f64,
    /// Rounds, and their time, for which one row stands.
    rounds: f64,
    rounds_ms: f64,
}

impl Skipped {
    pub(super) fn add(&mut self, repeated: &Repeated) {
        self.ms += repeated.ms;
        if repeated.is_one_row {
            self.rounds += repeated.rounds;
            self.rounds_ms += repeated.ms;
        }
    }

    /// What a reader of the rounds must know.
    pub(super) fn words(self) -> Option<String> {
        (self.rounds > 0.0).then(|| {
            let (rounds, time) = (self.rounds, rough(self.rounds_ms));
            format!(
                "once settled, rounds repeat themselves: one row stands for {rounds:.0} in {time}"
            )
        })
    }
}

/// A time of a replay, in the unit that people count it in.
pub(super) fn rough(ms: f64) -> String {
    const UNITS: [(f64, &str); 3] = [(86_400_000.0, "days"), (3_600_000.0, "h"), (60_000.0, "min")];
    let unit = UNITS.iter().find(|(length, _)| ms >= *length);
    unit.map_or_else(
        || format!("{:.1} s", ms / 1000.0),
        |(length, name)| format!("{:.1} {name}", ms / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{busy, group, hopeless};
    use crate::migration::solve::{scale, searched};
    use crate::migration::{SpecificationError, present, tried};
    use crate::model::{
        AutoConverge, Clear, Engine, Goal, Group, Outcome, Phase, Specification, StopPolicy, Vmm,
        WriteOrder, Xbzrle,
    };
    use fastrand::Rng;

    fn any<T: Copy>(random: &mut Rng, of: &[T]) -> T {
        of[random.usize(0..of.len())]
    }

    fn corner_group(random: &mut Rng, pages: u64) -> Group {
        let rates = [0.0, 1e-6, 1.0, 1e3, 3e5, 1e12];
        let mut group = group(pages, any(random, &rates));
        group.cpu_bound = random.bool();
        if random.u8(0..4) == 0 {
            let starts = [0.0, 1.0, 5e4, 1e11];
            let first = random.usize(0..starts.len());
            let phases = starts[first..].iter();
            group.phases = phases
                .map(|&from_ms| Phase { from_ms, writes_per_s: any(random, &rates) })
                .collect();
        }
        group
    }

    /// The least and the most of every field, in any combination.
    fn corner(random: &mut Rng, engine: Engine) -> Specification {
        let rates = [1024.0, 1e5, 1e7, 1e9, 1e12];
        let most = if engine == Engine::Pages { 1 << 30 } else { 1 << 46 };
        let mut spec = Specification::new(any(random, &[1, 1 << 20, 1 << 28, most]));
        spec.engine = engine;
        spec.vmm = any(random, &Vmm::ALL);
        spec.policy = Some(any(random, &StopPolicy::ALL));
        spec.page_bytes = any(random, &[4096, 4096, 512, 1 << 21]);
        spec.link_bytes_s = Some(any(random, &rates));
        spec.max_bandwidth_bytes_s = any(random, &[None, Some(0.0), Some(1024.0), Some(1e12)]);
        spec.downtime_limit_ms = any(random, &[None, Some(0.0), Some(1e-6), Some(1.0), Some(2e6)]);
        spec.time_limit_ms = any(random, &[None, Some(1e-3), Some(1e8), Some(1e10)]);
        let pages = spec.pages();
        spec.zero_pages = any(random, &[0, 0, pages / 2]);
        let room = pages - spec.zero_pages;
        let sizes = [room / 2, room / 3].into_iter().filter(|it| *it > 0);
        spec.groups = sizes.map(|it| corner_group(random, it)).collect();
        if engine == Engine::Pages && random.bool() {
            spec.groups.iter_mut().for_each(|it| it.order = WriteOrder::Sequential);
        }
        spec.auto_converge = any(random, &[None, Some(AutoConverge::default())]);
        let delta = Xbzrle { cache_bytes: 1 << 21, encoded_bytes_per_page: 0.0 };
        spec.xbzrle = any(random, &[None, None, Some(delta)]);
        let chunk = Clear::Chunk { chunk_bytes: 64 * spec.page_bytes };
        spec.clear = any(random, &[None, Some(Clear::Sync), Some(chunk)]);
        crate::migration::abilities::without_unknown(spec)
    }

    /// Nova gives up after 800 s for each GiB, however often it raises the limit before that.
    #[test]
    fn a_policy_that_gives_up_late_is_followed_to_its_end() {
        for (gib, written) in [(16u64, 1u64 << 20), (24, 1 << 17), (64, 1 << 18)] {
            let mut spec = Specification::new(gib << 30);
            spec.policy = Some(StopPolicy::Nova);
            spec.link_bytes_s = Some(112.0 * 1024.0 * 1024.0);
            spec.groups = vec![group(written, 102_400.0)];
            let forecast = crate::migration::forecast(&spec).unwrap();
            let late = forecast.total_ms / f64::from(u32::try_from(gib).unwrap()) - 800_000.0;
            assert_eq!(
                forecast.outcome,
                Outcome::Cancelled,
                "{gib} GiB: {:?}",
                forecast.assumptions
            );
            assert!((0.0..=200.0).contains(&late), "{gib} GiB: {late} ms late");
        }
    }

    /// What a single sync or slice may take beyond the bound, which is looked at after it.
    const ONE_LOOK: u64 = 4_000_000;

    fn bounded(engine: Engine, count: u64, most: u64) {
        for seed in 0..count {
            let spec = corner(&mut Rng::with_seed(seed), engine);
            match tried(&spec, Reach::WHOLE) {
                Ok(it) => {
                    if it.effort > 40_000 {
                        eprintln!(
                            "BIG {seed} {} {:?} {:?} lim {:?} tl {:?} link {:?} cap {:?} ram {} x{} ac{} ch{:?} ws {:?} out {:?} rounds {} t {}",
                            it.effort,
                            spec.vmm,
                            spec.policy,
                            spec.downtime_limit_ms,
                            spec.time_limit_ms,
                            spec.link_bytes_s,
                            spec.max_bandwidth_bytes_s,
                            spec.ram_bytes,
                            spec.xbzrle.is_some(),
                            spec.auto_converge.is_some(),
                            spec.clear.is_some(),
                            spec.groups.iter().map(|g| g.writes_per_s).collect::<Vec<_>>(),
                            it.forecast.outcome,
                            it.forecast.rounds.len(),
                            it.forecast.total_ms
                        );
                    }
                    assert!(it.effort <= most, "{seed}: {} {spec:?}", it.effort);
                    let measures = [it.forecast.total_ms, it.forecast.transferred_bytes];
                    assert!(measures.iter().all(|it| it.is_finite() && *it >= 0.0), "{spec:?}");
                }
                Err(SpecificationError::Clash { .. } | SpecificationError::NoBandwidth) => {}
                Err(error) => panic!("{seed}: {error}"),
            }
        }
    }

    #[test]
    fn no_corner_takes_more_turns_than_a_replay_goes_far() {
        let Reach { turns, effort } = Reach::WHOLE;
        bounded(Engine::Replay, 200, u64::from(turns) + effort + ONE_LOOK);
    }

    #[test]
    fn nor_does_one_page_by_page() {
        let Reach { turns, effort } = Reach::WHOLE.by_page();
        bounded(Engine::Pages, 60, u64::from(turns) + effort + ONE_LOOK);
    }

    #[test]
    fn no_search_runs_away() {
        for seed in 0..6 {
            let spec = corner(&mut Rng::with_seed(seed), Engine::Replay);
            for goal in Goal::ALL {
                let key = goal.key();
                let Ok(now) = present(&spec, key) else { continue };
                if spec.groups.is_empty() {
                    continue;
                }
                let (_, effort) = searched(&spec, key, scale(&spec, key), now).unwrap();
                assert!(effort <= 6_000_000, "{seed}, {}: {effort} {spec:?}", goal.name());
            }
        }
    }

    #[test]
    fn a_time_limit_cancels_what_has_not_settled_yet() {
        let outcome = |limit: f64| {
            let spec = Specification { time_limit_ms: Some(limit), ..hopeless() };
            let it = tried(&spec, Reach::WHOLE).unwrap().forecast;
            assert!((it.total_ms - limit).abs() < 200.0, "{}", it.total_ms);
            it.outcome
        };
        assert_eq!(outcome(20_000.0), Outcome::Cancelled);
        assert_eq!(outcome(2e6), Outcome::Stalled);
    }

    /// More writes than an integer counts leave every page dirty all the same.
    #[test]
    fn page_by_page_no_count_of_writes_is_too_large() {
        let mut spec = Specification::new(64 << 20);
        spec.engine = Engine::Pages;
        spec.link_bytes_s = Some(1024.0);
        spec.groups = vec![group(8_000, 1e12)];
        spec.time_limit_ms = Some(1e10);
        spec.seed = 3;
        let it = tried(&spec, Reach::WHOLE).unwrap().forecast;
        assert!(!it.outcome.is_moved());
        let last = it.rounds.iter().rev().find(|it| it.known_dirty_pages > 0.0).unwrap();
        assert!(last.known_dirty_pages > 7_900.0 && last.start_ms > 1e8, "{last:?}");
    }

    /// What took half a minute and more before courses that have settled were skipped.
    #[test]
    fn a_course_that_has_settled_is_not_replayed_to_its_end() {
        let mut spec = busy();
        spec.link_bytes_s = Some(1024.0);
        spec.groups = vec![group(180_000, 1e12)];
        spec.time_limit_ms = Some(1e10);
        let it = tried(&spec, Reach::WHOLE).unwrap();
        assert!(it.effort < 100_000, "{}", it.effort);
        assert!((it.forecast.total_ms - 1e10).abs() < 2e6, "{}", it.forecast.total_ms);
    }
}
