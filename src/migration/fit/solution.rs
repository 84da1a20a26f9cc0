//! The simplest pages that explain points.

use super::nearest::{
    HALVINGS, MOST_WRITES, Share, best_rate, best_share, cost, explains, grid, rate_of, written,
};
use super::nnls;
use super::points::Point;

/// What explains the points, and what that takes for granted.
#[derive(Clone, Debug, Default)]
pub(super) struct Solution {
    pub(super) shares: Vec<Share>,
    pub(super) notes: Vec<String>,
}

/// How exactly fitted pages keep to the limit before they are cut to it.
const LIMIT_ERROR: f64 = 1e-3;
/// The simplest shares of together at most `limit` pages that explain the points.
pub(super) fn solve(points: &[Point], limit: f64) -> Solution {
    match points {
        _ if limit < 1.0 => Solution::default(),
        [] => Solution::default(),
        [point] => Solution::noting(
            vec![Share { pages: limit, rate: rate_of(point, limit) }],
            "one measurement can't tell whether the guest writes the same pages again and again: \
             a constant rate is taken, spread over all memory in use; measure a second time that \
             is several times as long",
        ),
        [short, long] => doubting(pair(short, long, limit), points, limit),
        _ => doubting(many(points, limit), points, limit),
    }
}

/// Says so where a constant rate over all memory would explain the points as well.
fn doubting(mut solution: Solution, points: &[Point], limit: f64) -> Solution {
    let pages: f64 = solution.shares.iter().map(|it| it.pages).sum();
    if pages < limit && explains(&[best_rate(points, limit)], points) {
        solution.notes.push(format!(
            "the measurements' own errors hide whether the guest saturates: a constant rate \
             explains them as well as the {pages:.0} pages that fit best"
        ));
    }
    solution
}

impl Solution {
    fn of(share: Share) -> Self {
        Self { shares: vec![share], notes: Vec::new() }
    }

    fn noting(shares: Vec<Share>, note: &str) -> Self {
        Self { shares, notes: vec![note.to_owned()] }
    }
}

/// Two times: the closed form, by bisection; both ends of what it can solve are cases of their own.
fn pair(short: &Point, long: &Point, limit: f64) -> Solution {
    let most = long.seconds / short.seconds;
    let ratio = long.pages / short.pages.max(f64::MIN_POSITIVE);
    if ratio >= most * (1.0 - 1e-9) {
        return straight(short, long, limit);
    }
    if ratio <= 1.0 + 1e-9 {
        return saturated(short, long);
    }
    let rate = bisect(ratio, short.seconds, long.seconds);
    let pages = short.pages / written(rate, short.seconds);
    if pages <= limit {
        return Solution::of(Share { pages, rate });
    }
    Solution::noting(
        vec![best_rate(&[*short, *long], limit)],
        "the measurements hardly show the guest writing pages again: its working set is taken as \
         all memory in use",
    )
}

/// The rate at which (1 − e^(−ρT₂)) / (1 − e^(−ρT₁)) is `ratio`; it falls from T₂/T₁ to 1.
fn bisect(ratio: f64, short: f64, long: f64) -> f64 {
    let (mut low, mut high) = (1e-9 / long, 50.0 / short);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if written(middle, long) / written(middle, short) > ratio {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The longer time found as many pages a second as the shorter one, or more.
fn straight(short: &Point, long: &Point, limit: f64) -> Solution {
    let expected = short.pages * long.seconds / short.seconds;
    let slack = long.tolerance + short.tolerance * long.seconds / short.seconds;
    if long.pages <= expected + slack {
        return Solution::noting(
            vec![best_rate(&[*short, *long], limit)],
            "pages become dirty at a constant rate in all measurements: the guest is not seen to \
             write the same pages again, its working set is taken as all memory in use",
        );
    }
    Solution::noting(
        vec![Share { pages: limit, rate: rate_of(long, limit).max(rate_of(short, limit)) }],
        "the longer measurement found the higher rate, so the guest changed between them: the \
         higher rate is taken, as a constant one",
    )
}

/// The longer time found no more pages than the shorter one.
fn saturated(short: &Point, long: &Point) -> Solution {
    let share = Share { pages: short.pages, rate: MOST_WRITES / short.seconds };
    if short.pages - long.pages <= short.tolerance + long.tolerance {
        return Solution::of(share);
    }
    Solution::noting(
        vec![share],
        "the longer measurement found fewer pages than the shorter one, so the guest changed \
         between them: the larger working set is taken",
    )
}

/// Three times or more: one share if it explains all of them, else as many as it takes.
fn many(points: &[Point], limit: f64) -> Solution {
    let single = best_share(points, limit);
    if explains(&[single], points) {
        return Solution::of(single);
    }
    let rates = grid(points);
    let shares = on_grid(&rates, points, limit);
    let is_better = cost(&shares, points) < cost(&[single], points);
    let shares = if is_better { shares } else { vec![single] };
    if explains(&shares, points) {
        return Solution { shares, notes: Vec::new() };
    }
    Solution::noting(
        shares,
        "no set of pages that are each written at a constant rate explains all measurements within \
         their errors: the guest changed between them, or writes in an order of its own",
    )
}

fn on_grid(rates: &[f64], points: &[Point], limit: f64) -> Vec<Share> {
    let column = |rate: &f64| -> Vec<f64> {
        points.iter().map(|it| written(*rate, it.seconds) / it.tolerance).collect()
    };
    let mut columns: Vec<Vec<f64>> = rates.iter().map(column).collect();
    let mut target: Vec<f64> = points.iter().map(|it| it.pages / it.tolerance).collect();
    let mut pages = nnls::solve(&columns, &target);
    if pages.iter().sum::<f64>() > limit {
        // All memory in use is as one more point: what is written in endless time.
        let tolerance = limit * LIMIT_ERROR;
        for column in &mut columns {
            column.push(1.0 / tolerance);
        }
        target.push(limit / tolerance);
        pages = nnls::solve(&columns, &target);
    }
    let shares = pages.into_iter().zip(rates).map(|(pages, &rate)| Share { pages, rate });
    shares.filter(|it| it.pages > 0.0).collect()
}
