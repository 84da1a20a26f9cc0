//! Groups of pages out of how a guest is said to write.

mod spread;
mod zipf;

use super::exposure::Exposure;
use super::wire::as_f64;
use crate::model::{Group, Phase, WriteOrder};

pub use spread::{Spread, groups};
pub use zipf::zipf;

/// A working set of which every page is written equally often; writes a second, to one page each.
#[must_use]
pub fn uniform(pages: u64, writes_per_s: f64) -> Vec<Group> {
    group(pages, writes_per_s).into_iter().collect()
}

/// A working set that is written page by page, from its first page again at the end.
#[must_use]
pub fn sequential(pages: u64, writes_per_s: f64) -> Vec<Group> {
    let groups = uniform(pages, writes_per_s).into_iter();
    groups.map(|it| Group { order: WriteOrder::Sequential, ..it }).collect()
}

/// How much of a working set is hot, and how much of the writes goes there; shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HotShare {
    /// Of the pages.
    pub pages: f64,
    /// Of the writes.
    pub writes: f64,
}

/// A working set in two halves that are written unequally often, the hot one first.
#[must_use]
pub fn hot_cold(pages: u64, writes_per_s: f64, hot: HotShare) -> Vec<Group> {
    let of_pages = hot.pages.clamp(0.0, 1.0);
    let of_writes = hot.writes.clamp(0.0, 1.0);
    let hot_pages = whole(as_f64(pages) * of_pages).min(pages);
    let groups = [
        group(hot_pages, writes_per_s * of_writes),
        group(pages - hot_pages, writes_per_s * (1.0 - of_writes)),
    ];
    groups.into_iter().flatten().collect()
}

/// A guest of which only a rate of newly dirty pages is known, over all memory that it may write:
/// no page is written again before many others were.
///
/// Nothing tells that such a guest ever saturates, so it is not taken to.
#[must_use]
pub fn constant_rate(limit_pages: u64, pages_per_s: f64) -> Vec<Group> {
    uniform(limit_pages, pages_per_s)
}

/// The same groups with other rates from some time on: each phase gives the writes to all of them,
/// which they share as they share the writes they have; equally by page, if they have none.
#[must_use]
pub fn phased(groups: Vec<Group>, phases: &[Phase]) -> Vec<Group> {
    let writes: f64 = groups.iter().map(|it| it.writes_per_s).sum();
    let pages: f64 = groups.iter().map(|it| as_f64(it.pages)).sum();
    let share = |group: &Group| {
        if writes > 0.0 { group.writes_per_s / writes } else { as_f64(group.pages) / pages }
    };
    let scaled = |phase: &Phase, share: f64| Phase {
        from_ms: phase.from_ms,
        writes_per_s: phase.writes_per_s * share,
    };
    let with_phases = |group: Group| {
        let share = share(&group);
        Group { phases: phases.iter().map(|it| scaled(it, share)).collect(), ..group }
    };
    groups.into_iter().map(with_phases).collect()
}

/// Different pages that are expected to be written in the first `seconds`.
///
/// Writes to any page at any time: the sum of W·(1 − e^(−ρT)), with the integral of the rate of a
/// page for ρT; in sequence: min(W, rT).
#[must_use]
pub fn unique(groups: &[Group], seconds: f64) -> f64 {
    let ms = if seconds > 0.0 { seconds * 1000.0 } else { 0.0 };
    let written = |group: &Group| {
        let mut exposure = Exposure::new(group);
        exposure.advance(ms);
        let share = match group.order {
            WriteOrder::Random => -(-exposure.at(ms)).exp_m1(),
            WriteOrder::Sequential => exposure.at(ms).min(1.0),
        };
        as_f64(group.pages) * share
    };
    groups.iter().filter(|it| it.pages > 0).map(written).sum()
}

/// A group of at least one page.
pub(super) fn group(pages: u64, writes_per_s: f64) -> Option<Group> {
    (pages > 0).then(|| Group {
        pages,
        writes_per_s,
        first_page: None,
        order: WriteOrder::Random,
        cpu_bound: false,
        phases: Vec::new(),
    })
}

/// The nearest whole number from 0 on.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to the range of the integer"
)]
pub(super) fn whole(measure: f64) -> u64 {
    measure.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{DIRTIED, MOMENTS};

    const MIB_PAGES: f64 = 256.0;

    fn near(value: f64, expected: f64, relative: f64) {
        assert!((value / expected - 1.0).abs() <= relative, "{value} is not {expected}");
    }

    /// One thread, 3 million random writes a second (qemu-devel, 2023), to 0.6 %.
    #[test]
    fn unique_pages_of_a_thread_that_writes_at_random() {
        for (gib, rates) in DIRTIED {
            let groups = uniform(gib << 18, 3e6);
            for (seconds, rate) in MOMENTS.into_iter().zip(rates) {
                near(unique(&groups, seconds) / seconds / MIB_PAGES, rate, 0.006);
            }
        }
    }

    #[test]
    fn unique_pages_of_a_dirty_bitmap_measurement() {
        let groups = uniform(65_536, 10_000.0);
        for (seconds, rate) in [(1.0, 36.23), (2.0, 33.66), (5.0, 27.33)] {
            near(unique(&groups, seconds) / seconds / MIB_PAGES, rate, 2e-4);
        }
    }

    #[test]
    fn hot_and_cold_share_pages_and_writes() {
        let hot = HotShare { pages: 0.1, writes: 0.9 };
        let groups = hot_cold(32_768, 8000.0, hot);
        let told: Vec<_> = groups.iter().map(|it| (it.pages, it.writes_per_s.round())).collect();
        assert_eq!(told, [(3277, 7200.0), (29_491, 800.0)]);
        near(unique(&groups, 1.0) / MIB_PAGES, 14.46, 1e-3);
        near(unique(&groups, 3.0) / 3.0 / MIB_PAGES, 7.26, 1e-3);
    }

    #[test]
    fn a_share_of_nothing_or_all_leaves_one_group() {
        for (share, pages) in [(0.0, 100), (1.0, 100), (-1.0, 100), (7.0, 100)] {
            let groups = hot_cold(100, 10.0, HotShare { pages: share, writes: 0.5 });
            assert_eq!(groups.iter().map(|it| it.pages).collect::<Vec<_>>(), [pages]);
        }
        assert_eq!(hot_cold(0, 10.0, HotShare { pages: 0.5, writes: 0.5 }), []);
        assert_eq!(uniform(0, 1.0), []);
    }

    #[test]
    fn a_sequence_meets_every_page_once_before_any_again() {
        let groups = sequential(16_384, 6000.0);
        near(unique(&groups, 1.0), 6000.0, 1e-12);
        near(unique(&groups, 2.0), 12_000.0, 1e-12);
        near(unique(&groups, 3.0), 16_384.0, 1e-12);
    }

    #[test]
    fn phases_add_up_whatever_their_order() {
        let phases = [(2000.0, 0.0), (1000.0, 400.0)]
            .map(|(from_ms, writes_per_s)| Phase { from_ms, writes_per_s });
        let groups = phased(uniform(1000, 100.0), &phases);
        let expected = |writes: f64| -1000.0 * (-writes / 1000.0).exp_m1();
        for (seconds, writes) in [(0.5, 50.0), (1.0, 100.0), (1.5, 300.0), (9.0, 500.0)] {
            near(unique(&groups, seconds), expected(writes), 1e-12);
        }
    }

    #[test]
    fn a_phase_is_shared_as_the_writes_are() {
        let one = [Phase { from_ms: 0.0, writes_per_s: 50.0 }];
        let rates = |groups: Vec<Group>| -> Vec<f64> {
            phased(groups, &one).iter().map(|it| it.phases[0].writes_per_s.round()).collect()
        };
        assert_eq!(rates(hot_cold(100, 10.0, HotShare { pages: 0.5, writes: 0.8 })), [40.0, 10.0]);
        assert_eq!(rates(hot_cold(100, 0.0, HotShare { pages: 0.2, writes: 0.8 })), [10.0, 40.0]);
    }

    #[test]
    fn nothing_is_written_in_no_time_or_by_no_group() {
        let groups = uniform(1000, 100.0);
        for seconds in [0.0, -1.0, f64::NAN] {
            assert!(unique(&groups, seconds).abs() < 1e-12, "{seconds}");
        }
        assert!(unique(&[], 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_constant_rate_does_not_saturate_within_a_round() {
        let groups = constant_rate(1 << 22, 38_400.0);
        near(unique(&groups, 1.0), 38_400.0, 0.01);
        near(unique(&groups, 10.0), 384_000.0, 0.05);
    }
}
