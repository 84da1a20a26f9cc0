//! How a VM's writes spread over its working set.

use super::wire::as_f64;
use crate::model::{Group, WriteOrder};

/// Groups that stand for a Zipf law; pages of one differ little in how often they are written.
const ZIPF_GROUPS: u32 = 40;
/// Ranks that are summed one by one; beyond, the sum is an integral.
const EXACT_RANKS: u64 = 64;

/// Which pages of a working set are written how often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Each as often as any other, in any order.
    Uniform,
    /// A share of the pages gets a share of the writes, the rest the rest.
    HotCold {
        /// Share of the pages that are hot.
        pages: f64,
        /// Share of the writes that they get.
        writes: f64,
    },
    /// The page of rank k is written in proportion to k^-exponent.
    Zipf {
        /// The exponent.
        exponent: f64,
    },
    /// One behind the other, from the first again.
    Sequential,
}

/// The groups of a working set of so many pages that takes so many writes a second, those written
/// most first.
#[must_use]
pub fn groups(pages: u64, writes_per_s: f64, spread: Spread) -> Vec<Group> {
    let group = |pages: u64, writes_per_s: f64| Group {
        pages,
        writes_per_s,
        first_page: None,
        order: WriteOrder::Random,
        cpu_bound: false,
        phases: Vec::new(),
    };
    let all = match spread {
        Spread::Uniform => vec![group(pages, writes_per_s)],
        Spread::Sequential => {
            vec![Group { order: WriteOrder::Sequential, ..group(pages, writes_per_s) }]
        }
        Spread::HotCold { pages: share, writes } => {
            let hot = whole(as_f64(pages) * share).clamp(1, pages.max(1));
            let cold = pages.saturating_sub(hot);
            let writes = if cold == 0 { 1.0 } else { writes };
            vec![group(hot, writes_per_s * writes), group(cold, writes_per_s * (1.0 - writes))]
        }
        Spread::Zipf { exponent } => {
            let bounds = bounds(pages);
            let weights: Vec<f64> = bounds.windows(2).map(|it| weight(it, exponent)).collect();
            let sum: f64 = weights.iter().sum();
            let share = |weight: f64| if sum > 0.0 { writes_per_s * weight / sum } else { 0.0 };
            let pairs = bounds.windows(2).zip(&weights);
            pairs.map(|(it, weight)| group(it[1] - it[0], share(*weight))).collect()
        }
    };
    all.into_iter().filter(|it| it.pages > 0).collect()
}

/// Ranks at which groups end, from 0, each about as much larger than the one before.
fn bounds(pages: u64) -> Vec<u64> {
    let ratio = as_f64(pages).powf(1.0 / f64::from(ZIPF_GROUPS));
    let at = |step: u32| whole(ratio.powf(f64::from(step)));
    let mut bounds: Vec<u64> = (0..ZIPF_GROUPS).map(at).filter(|it| *it < pages).collect();
    bounds.extend([0, pages]);
    bounds.sort_unstable();
    bounds.dedup();
    bounds
}

/// Sum of k^-s over ranks after the first bound up to the second.
fn weight(bounds: &[u64], exponent: f64) -> f64 {
    let (first, end) = (bounds[0], bounds[1]);
    let exact_end = end.min(first.saturating_add(EXACT_RANKS));
    let exact: f64 = (first + 1..=exact_end).map(|rank| as_f64(rank).powf(-exponent)).sum();
    exact + integral(as_f64(exact_end) + 0.5, as_f64(end) + 0.5, exponent)
}

/// Of x^-s; the midpoint rule turned round.
fn integral(from: f64, to: f64, exponent: f64) -> f64 {
    if to <= from {
        return 0.0;
    }
    let power = 1.0 - exponent;
    if power.abs() < 1e-9 {
        return (to / from).ln();
    }
    (to.powf(power) - from.powf(power)) / power
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pages are not negative and below 2^53"
)]
fn whole(pages: f64) -> u64 {
    pages.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(groups: &[Group], seconds: f64) -> f64 {
        let of = |it: &Group| {
            let pages = as_f64(it.pages);
            pages * -(-it.writes_per_s / pages * seconds).exp_m1()
        };
        groups.iter().map(of).sum()
    }

    fn total(groups: &[Group]) -> (u64, f64) {
        (groups.iter().map(|it| it.pages).sum(), groups.iter().map(|it| it.writes_per_s).sum())
    }

    #[test]
    fn pages_and_writes_are_all_there() {
        let spreads = [
            Spread::Uniform,
            Spread::Sequential,
            Spread::HotCold { pages: 0.1, writes: 0.9 },
            Spread::HotCold { pages: 1.0, writes: 0.5 },
            Spread::Zipf { exponent: 0.99 },
            Spread::Zipf { exponent: 1.0 },
            Spread::Zipf { exponent: 0.0 },
        ];
        for spread in spreads {
            for pages in [1, 2, 7, 1000, 1 << 22] {
                let (sum, writes) = total(&groups(pages, 5000.0, spread));
                assert_eq!(sum, pages, "{spread:?}");
                assert!((writes - 5000.0).abs() < 1e-6, "{spread:?} {pages}: {writes}");
            }
        }
    }

    #[test]
    fn a_zipf_law_in_groups_dirties_as_its_pages_do() {
        let (pages, writes, exponent) = (200_000_u64, 30_000.0, 0.99);
        let sum: f64 = (1..=pages).map(|rank| as_f64(rank).powf(-exponent)).sum();
        let groups = groups(pages, writes, Spread::Zipf { exponent });
        for seconds in [0.1, 1.0, 10.0, 100.0] {
            let rate = |rank: u64| writes * as_f64(rank).powf(-exponent) / sum;
            let exact: f64 = (1..=pages).map(|rank| -(-rate(rank) * seconds).exp_m1()).sum();
            let found = unique(&groups, seconds);
            assert!((found / exact - 1.0).abs() < 2e-3, "{seconds}: {found} {exact}");
        }
    }
}
