//! Groups of pages that explain how many different pages were written in measured times.

mod nearest;
mod nnls;
mod points;
mod solution;

use super::dirty::{self, unique, whole};
use super::wire::as_f64;
use crate::model::{Fit, Group, MeasureMode, Measurement, Residual};
use nearest::Share;
use points::Point;
use solution::Solution;

/// A page that was surely written again in the shortest measurement: how often on average.
const SATURATED: f64 = 5.0;
/// Rate of pages that were written in every measurement, however short: 99 % of them are dirty
/// again after a window of 100 ms. Slower would be a guess in the guest's favour.
const EVERY_WINDOW: f64 = 46.0;

/// Fits groups of at most `limit_pages` pages (those of the VM that are not zero) to measurements.
///
/// One time gives a constant rate. Two give a working set W and a rate ρ of its pages, from
/// unique(T₂) / unique(T₁) = (1 − e^(−ρT₂)) / (1 − e^(−ρT₁)). Three or more: one such group if that
/// explains all, else several by non-negative least squares on a logarithmic grid of ρ.
/// Measurements weigh by their own error; those that make no sense are left out.
#[must_use]
pub fn fit(measurements: &[Measurement], limit_pages: u64) -> Fit {
    let limit = as_f64(limit_pages);
    let usable: Vec<&Measurement> =
        measurements.iter().filter(|it| points::is_usable(it)).collect();
    let points = points::of(&usable, limit);
    let mut solution = solution::solve(&points, limit);
    let mut assumptions = assumptions(&usable, limit);
    assumptions.append(&mut solution.notes);
    assumptions.extend(quicken(&mut solution, &points));
    report(groups(&solution, limit_pages), &usable, assumptions)
}

/// What the measurements themselves leave open.
fn assumptions(measurements: &[&Measurement], limit: f64) -> Vec<String> {
    let mut said = Vec::new();
    if measurements.iter().any(|it| it.mode == MeasureMode::PageSampling) {
        said.push("page-sampling looks at few pages: its figures err by about 30 %".to_owned());
    }
    if measurements.iter().any(|it| it.unique_pages > limit) {
        said.push("more pages were measured than the VM uses: taken as all of them".to_owned());
    }
    said
}

/// Pages that saturate in the shortest measurement may be written at any rate above.
fn quicken(solution: &mut Solution, points: &[Point]) -> Option<String> {
    let shortest = points.first()?.seconds;
    let mut pages = 0.0;
    for share in solution.shares.iter_mut().filter(|it| it.rate * shortest >= SATURATED) {
        share.rate = share.rate.max(EVERY_WINDOW);
        pages += share.pages;
    }
    (pages > 0.0).then(|| {
        format!(
            "{pages:.0} pages were all written within {shortest} s: how often can't be told, \
             taken as in every 100 ms (measure a shorter time)"
        )
    })
}

/// The groups in whole pages, the fastest first.
fn groups(solution: &Solution, limit_pages: u64) -> Vec<Group> {
    let mut shares: Vec<Share> = solution.shares.clone();
    shares.sort_by(|a, b| b.rate.total_cmp(&a.rate));
    let mut left = limit_pages;
    let mut groups = Vec::new();
    for share in shares {
        let pages = whole(share.pages).min(left);
        left -= pages;
        groups.extend(dirty::group(pages, as_f64(pages) * share.rate));
    }
    groups
}

fn report(groups: Vec<Group>, measurements: &[&Measurement], assumptions: Vec<String>) -> Fit {
    let residuals: Vec<Residual> = measurements.iter().map(|it| residual(&groups, it)).collect();
    let squares: f64 = residuals.iter().map(|it| it.relative * it.relative).sum();
    let count = residuals.len().max(1);
    Fit {
        worst: residuals.iter().map(|it| it.relative.abs()).fold(0.0, f64::max),
        rms: (squares / as_f64(u64::try_from(count).unwrap_or(u64::MAX))).sqrt(),
        groups,
        residuals,
        assumptions,
    }
}

fn residual(groups: &[Group], measurement: &Measurement) -> Residual {
    let fitted = unique(groups, measurement.seconds);
    let is_nothing = groups.is_empty() && measurement.unique_pages <= 0.0;
    let measured = if is_nothing { 0.0 } else { measurement.estimate() };
    let difference = fitted - measured;
    Residual {
        seconds: measurement.seconds,
        measured_pages: measured,
        fitted_pages: fitted,
        relative: if measured > 0.0 { difference / measured } else { difference.min(1.0) },
        is_explained: difference.abs() <= measurement.tolerance().max(1.0),
        source: measurement.source.clone(),
    }
}

#[cfg(test)]
mod tests;
