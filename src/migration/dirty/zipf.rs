//! A working set whose pages are written as often as words are used.

use super::group;
use super::whole;
use crate::migration::wire::as_f64;
use crate::model::Group;

/// The most popular pages are groups of their own.
const SINGLES: u64 = 6;
/// The others are cut into ranges of ranks, each a pair of groups. Within a range rates differ by
/// less than e to this.
const SPREAD: f64 = 1.1;
/// Least and most ranges.
const RANGES: (f64, f64) = (8.0, 24.0);
/// Ranges shorter than this are summed up rank by rank.
const SHORT: u64 = 64;

/// A working set in which the page of rank k is written in proportion to k^(−exponent), as 22 to
/// 46 groups (54 at the very most), the most popular first.
///
/// A range of ranks becomes two groups with the mean, the variance and nearly the skewness of its
/// pages' rates (Gauss's quadrature of two nodes): different pages written in any time come out
/// within 0.1 % of the sum over all ranks.
#[must_use]
pub fn zipf(pages: u64, writes_per_s: f64, exponent: f64) -> Vec<Group> {
    let exponent = if exponent.is_finite() { exponent.max(0.0) } else { 0.0 };
    let bounds = bounds(pages, exponent);
    let all: f64 = bounds.windows(2).map(|it| power_sum(it[0], it[1], exponent)).sum();
    let mut groups = Vec::new();
    for range in bounds.windows(2) {
        for (pages, rate) in halves(range[0], range[1], exponent) {
            groups.extend(group(pages, as_f64(pages) * rate / all * writes_per_s));
        }
    }
    groups
}

/// First ranks of the ranges, and the rank behind the last one.
fn bounds(pages: u64, exponent: f64) -> Vec<u64> {
    let end = pages.saturating_add(1);
    let first = as_f64(SINGLES + 1);
    let log = (as_f64(end) / first).max(1.0).ln();
    let ranges = (exponent * log / SPREAD).ceil().clamp(RANGES.0, RANGES.1);
    let inner = (1..whole(ranges)).map(|it| whole(first * (log * as_f64(it) / ranges).exp()));
    let mut bounds: Vec<u64> = (1..=SINGLES + 1).chain(inner).map(|it| it.min(end)).collect();
    bounds.push(end);
    bounds.dedup();
    bounds
}

/// The ranks from `from` to before `end` as two groups: how many pages, and the rate of each as a
/// share of that of rank 1.
fn halves(from: u64, end: u64, exponent: f64) -> Vec<(u64, f64)> {
    let pages = as_f64(end - from);
    // Moments of the rates relative to the range's first one, so that they neither vanish nor cancel.
    let top = as_f64(from).powf(-exponent);
    let moment = |n: f64| power_sum(from, end, exponent * n) / pages / top.powf(n);
    let (first, second, third) = (moment(1.0), moment(2.0), moment(3.0));
    let variance = second - first * first;
    if end - from == 1 || variance <= 1e-9 * first * first || !top.is_normal() {
        return vec![(end - from, first * top)];
    }
    let deviation = variance.sqrt();
    let skew = (third - 3.0 * first * variance - first.powi(3)) / variance / deviation;
    let share = f64::midpoint(1.0, -skew / (4.0 + skew * skew).sqrt());
    let upper = whole(pages * share).clamp(1, end - from - 1);
    let (above, below) = (as_f64(upper), pages - as_f64(upper));
    let low = (first - deviation * (above / below).sqrt()).max(0.0);
    let high = (first * pages - low * below) / above;
    vec![(upper, high * top), (end - from - upper, low * top)]
}

/// Sum of k^(−p) for the ranks from `from` to before `end` (Euler and Maclaurin where it is long).
fn power_sum(from: u64, end: u64, p: f64) -> f64 {
    let term = |k: f64| k.powf(-p);
    let direct = end.min(from.saturating_add(SHORT));
    let head: f64 = (from..direct).map(|k| term(as_f64(k))).sum();
    if direct == end {
        return head;
    }
    let (a, b) = (as_f64(direct), as_f64(end));
    let slope = |k: f64| -p * term(k) / k;
    head + integral(a, b, p) + (term(a) - term(b)) / 2.0 + (slope(b) - slope(a)) / 12.0
}

/// Integral of x^(−p) from a to b.
fn integral(a: f64, b: f64, p: f64) -> f64 {
    let (log, q) = ((b / a).ln(), 1.0 - p);
    let stretch = if (q * log).abs() < 1e-9 { log } else { (q * log).exp_m1() / q };
    a.powf(q) * stretch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::dirty::unique;

    fn full_sum(pages: u64, writes: f64, exponent: f64, seconds: f64) -> f64 {
        let rates: Vec<f64> = (1..=pages).map(|k| as_f64(k).powf(-exponent)).collect();
        let all: f64 = rates.iter().sum();
        rates.iter().map(|it| -(-it / all * writes * seconds).exp_m1()).sum()
    }

    #[test]
    fn few_groups_write_what_all_ranks_write() {
        for pages in [1, 2, 7, 30, 1000, 65_536, 300_000] {
            for exponent in [0.0, 0.5, 0.8, 0.99, 1.0, 1.2, 2.0] {
                let groups = zipf(pages, 50_000.0, exponent);
                assert!(groups.len() <= 46, "{pages} {exponent}: {}", groups.len());
                assert_eq!(groups.iter().map(|it| it.pages).sum::<u64>(), pages);
                let writes: f64 = groups.iter().map(|it| it.writes_per_s).sum();
                assert!((writes / 50_000.0 - 1.0).abs() < 1e-9, "{pages} {exponent}: {writes}");
                for seconds in [0.001, 0.01, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0] {
                    let exact = full_sum(pages, 50_000.0, exponent, seconds);
                    let error = (unique(&groups, seconds) / exact - 1.0).abs();
                    assert!(error < 1e-3, "{pages} {exponent} {seconds}: {error}");
                }
            }
        }
    }

    #[test]
    fn the_more_popular_come_first() {
        let groups = zipf(65_536, 10_000.0, 1.0);
        let rates: Vec<f64> = groups.iter().map(|it| it.writes_per_s / as_f64(it.pages)).collect();
        assert!(rates.windows(2).all(|it| it[0] >= it[1]), "{rates:?}");
    }

    #[test]
    fn no_exponent_is_uniform() {
        for exponent in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            for group in zipf(10_000, 10_000.0, exponent) {
                assert!((group.writes_per_s / as_f64(group.pages) - 1.0).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn the_largest_and_the_steepest_stay_finite() {
        for (pages, exponent) in [(1u64 << 42, 1.0), (1 << 42, 0.3), (100_000, 40.0), (0, 1.0)] {
            let groups = zipf(pages, 1e6, exponent);
            assert_eq!(groups.iter().map(|it| it.pages).sum::<u64>(), pages);
            assert!(groups.iter().all(|it| it.writes_per_s.is_finite() && it.writes_per_s >= 0.0));
        }
    }
}
