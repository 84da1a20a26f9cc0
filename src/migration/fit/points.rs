//! Measurements as numbers to fit, one for each time.

use crate::model::Measurement;

/// Least error that is granted to any measurement, as a share of it.
const LEAST_ERROR: f64 = 1e-3;
/// Times that differ by less than this share are the same: how a guest saturates shows between
/// times that differ by much, between others only the errors show.
const SAME_TIME: f64 = 0.1;

/// How many different pages are written in a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) seconds: f64,
    pub(super) pages: f64,
    /// How far off `pages` may be.
    pub(super) tolerance: f64,
}

/// Whether it can be fitted at all.
pub(super) fn is_usable(measurement: &Measurement) -> bool {
    let numbers = [measurement.unique_pages, measurement.resolution_pages, measurement.estimate()];
    measurement.seconds.is_finite()
        && measurement.seconds > 0.0
        && numbers.iter().all(|it| it.is_finite() && *it >= 0.0)
}

/// A point for each time, the shortest first: the mean of what was measured in that time, by
/// weight. None when nothing was seen to be written.
pub(super) fn of(measurements: &[&Measurement], limit: f64) -> Vec<Point> {
    if measurements.iter().all(|it| it.unique_pages <= 0.0) {
        return Vec::new();
    }
    let mut points: Vec<Point> = measurements.iter().map(|it| point(it, limit)).collect();
    points.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let is_same = |a: &Point, b: &Point| b.seconds <= a.seconds * (1.0 + SAME_TIME);
    points.chunk_by(is_same).map(mean).collect()
}

fn point(measurement: &Measurement, limit: f64) -> Point {
    let pages = measurement.estimate().min(limit);
    let tolerance = measurement.tolerance().max(pages * LEAST_ERROR).max(0.5);
    Point { seconds: measurement.seconds, pages, tolerance }
}

fn mean(points: &[Point]) -> Point {
    let weight = |it: &Point| it.tolerance.powi(-2);
    let weights: f64 = points.iter().map(weight).sum();
    let by_weight =
        |of: fn(&Point) -> f64| points.iter().map(|it| weight(it) * of(it)).sum::<f64>() / weights;
    Point {
        seconds: by_weight(|it| it.seconds),
        pages: by_weight(|it| it.pages),
        tolerance: weights.powf(-0.5),
    }
}
