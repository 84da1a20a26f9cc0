//! Pages written at one rate each, and the nearest of them to points.

use super::points::Point;

/// Pages that are each written `rate` times a second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) pages: f64,
    pub(super) rate: f64,
}

/// A rate is sought between one write in a hundred of the longest times, and this many in the
/// shortest.
pub(super) const MOST_WRITES: f64 = 7.0;
/// Rates of the grid.
const GRID: i32 = 48;
/// Steps of a bisection: enough for every bit of a float.
pub(super) const HALVINGS: usize = 100;

/// Share of the pages written in a time at a rate of each.
pub(super) fn written(rate: f64, seconds: f64) -> f64 {
    -(-rate * seconds).exp_m1()
}

/// The rate at which so many pages of `limit` are written: the inverse of W·(1 − e^(−ρT)).
pub(super) fn rate_of(point: &Point, limit: f64) -> f64 {
    let left = (-point.pages / limit).max(-1.0).ln_1p();
    (-left).min(MOST_WRITES) / point.seconds
}

/// Rates from such as are too slow to be told apart to such as are too fast.
pub(super) fn grid(points: &[Point]) -> Vec<f64> {
    let (low, high) = ends(points);
    let step = (high / low).ln() / f64::from(GRID - 1);
    (0..GRID).map(|it| low * (step * f64::from(it)).exp()).collect()
}

fn ends(points: &[Point]) -> (f64, f64) {
    let shortest = points.iter().map(|it| it.seconds).fold(f64::INFINITY, f64::min);
    let longest = points.iter().map(|it| it.seconds).fold(0.0, f64::max);
    (0.01 / longest, MOST_WRITES / shortest)
}

/// The one share that comes nearest.
pub(super) fn best_share(points: &[Point], limit: f64) -> Share {
    let pages_at = |rate: f64| {
        let (mut over, mut under) = (0.0, 0.0);
        for point in points {
            let (share, weight) = (written(rate, point.seconds), point.tolerance.powi(-2));
            over += weight * share * point.pages;
            under += weight * share * share;
        }
        (over / under).min(limit)
    };
    nearest(points, ends(points), pages_at)
}

/// The rate at which `pages` pages come nearest.
pub(super) fn best_rate(points: &[Point], pages: f64) -> Share {
    let slowest = points.iter().map(|it| rate_of(it, pages)).fold(f64::INFINITY, f64::min);
    let fastest = points.iter().map(|it| rate_of(it, pages)).fold(0.0, f64::max);
    nearest(points, (slowest.max(f64::MIN_POSITIVE), fastest.max(f64::MIN_POSITIVE)), |_| pages)
}

/// The best of the shares with a rate between two: by trying the grid, then by golden section
/// between the neighbours of the best.
fn nearest(points: &[Point], ends: (f64, f64), pages_at: impl Fn(f64) -> f64) -> Share {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let share = |log: f64| Share { pages: pages_at(log.exp()), rate: log.exp() };
    let cost = |log: f64| cost(&[share(log)], points);
    let (low, high) = (ends.0.ln(), ends.1.ln());
    let step = (high - low) / f64::from(GRID - 1);
    let tried = (0..GRID).map(|it| low + step * f64::from(it));
    let best = tried.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(low);
    let (mut left, mut right) = ((best - step).max(low), (best + step).min(high));
    for _ in 0..HALVINGS {
        let (a, b) = (right - GOLDEN * (right - left), left + GOLDEN * (right - left));
        if cost(a) <= cost(b) { right = b } else { left = a }
    }
    share(f64::midpoint(left, right))
}

/// Squares of the differences, each in terms of its point's error.
pub(super) fn cost(shares: &[Share], points: &[Point]) -> f64 {
    points.iter().map(|it| (difference(shares, it) / it.tolerance).powi(2)).sum()
}

pub(super) fn explains(shares: &[Share], points: &[Point]) -> bool {
    points.iter().all(|it| difference(shares, it).abs() <= it.tolerance)
}

fn difference(shares: &[Share], point: &Point) -> f64 {
    let sum: f64 = shares.iter().map(|it| it.pages * written(it.rate, point.seconds)).sum();
    sum - point.pages
}
