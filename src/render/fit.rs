//! Measurements beside the groups of pages that explain them, as a table and as JSON.

use serde::Serialize;

use super::figures::figures;
use super::forecast::{ForecastView, forecast as forecast_view, thousandths, whole as rounded};
use super::measure::{size, time, whole};
use super::text::{Page, Tone, count, escaped};
use crate::model::{Fit, Forecast, Group, Residual};

/// Most measurements that are listed.
const MOST: usize = 16;

/// A forecast with the fit that its groups come from.
#[derive(Clone, Debug, Serialize)]
pub struct FittedView {
    /// The forecast.
    #[serde(flatten)]
    pub forecast: ForecastView,
    /// Where the VM was described by measurements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<FitView>,
}

/// Groups of pages, and how well they explain measurements.
#[derive(Clone, Debug, Serialize)]
pub struct FitView {
    /// The groups, the one whose pages are written most often first.
    pub groups: Vec<GroupView>,
    /// Each measurement beside what the groups give.
    pub measurements: Vec<ResidualView>,
    /// The largest relative error.
    pub worst_error: f64,
    /// The root of the mean square of the relative errors.
    pub rms_error: f64,
}

/// Pages that are written equally often.
#[derive(Clone, Debug, Serialize)]
pub struct GroupView {
    /// How many.
    pub pages: u64,
    /// Writes to all of them, a second.
    pub writes_per_s: f64,
}

/// A measurement beside what groups give.
#[derive(Clone, Debug, Serialize)]
pub struct ResidualView {
    /// How long writes were watched.
    pub seconds: f64,
    /// Different pages that were written.
    pub measured_pages: u64,
    /// Different pages that the groups write in that time.
    pub fitted_pages: u64,
    /// Fitted by measured, less 1.
    pub error: f64,
    /// Whether the difference is within the measurement's own error.
    pub explained: bool,
    /// The file.
    pub source: String,
}

/// The view of a forecast, with its fit where there is one.
#[must_use]
pub fn fitted(forecast: &Forecast, fit: Option<&Fit>) -> FittedView {
    FittedView { forecast: forecast_view(forecast), fit: fit.map(view) }
}

/// The view of a fit.
#[must_use]
pub(super) fn view(fit: &Fit) -> FitView {
    let group =
        |it: &Group| GroupView { pages: it.pages, writes_per_s: thousandths(it.writes_per_s) };
    FitView {
        groups: fit.groups.iter().map(group).collect(),
        measurements: fit.residuals.iter().map(residual).collect(),
        worst_error: thousandths(fit.worst),
        rms_error: thousandths(fit.rms),
    }
}

fn residual(it: &Residual) -> ResidualView {
    ResidualView {
        seconds: thousandths(it.seconds),
        measured_pages: rounded(it.measured_pages),
        fitted_pages: rounded(it.fitted_pages),
        error: thousandths(it.relative),
        explained: it.is_explained,
        source: escaped(&it.source),
    }
}

/// In one line how well groups explain measurements.
#[must_use]
pub fn fit_line(fit: &Fit) -> String {
    let (groups, told) = (count(fit.groups.len(), "group"), fit.residuals.len());
    format!(
        "the VM writes as {groups} of pages fitted to {}, the largest error {}",
        count(told, "measurement"),
        percent(fit.worst)
    )
}

/// Measurements beside the fit, and the groups.
#[must_use]
pub fn fit_table(fit: &Fit, page_bytes: u64, page: Page) -> String {
    let title = page.paint("Measured, and fitted by groups of pages", Tone::Strong);
    let header = ["Interval", "Measured", "Fitted", "Error", "Explained", "File"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(fit.residuals.iter().take(MOST).map(|it| row(it, page_bytes)));
    let mut text = format!("\n{title}\n{}", figures(&rows, &[5, 4], page));
    if fit.residuals.len() > MOST {
        text += &format!("… {} more\n", whole(as_f64(fit.residuals.len() - MOST)));
    }
    text + &page.wrap(&groups(fit, page_bytes), 2) + "\n"
}

fn row(it: &Residual, page_bytes: u64) -> Vec<String> {
    vec![
        time(it.seconds * 1000.0),
        bytes(it.measured_pages, page_bytes),
        bytes(it.fitted_pages, page_bytes),
        percent(it.relative),
        if it.is_explained { "yes" } else { "no" }.to_owned(),
        escaped(&it.source),
    ]
}

/// A share with its sign; none where nothing is left after rounding.
fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round() / 10.0 + 0.0;
    if tenths == 0.0 { "0.0 %".to_owned() } else { format!("{tenths:+.1} %") }
}

/// The groups in a line.
fn groups(fit: &Fit, page_bytes: u64) -> String {
    if fit.groups.is_empty() {
        return "Nothing is written".to_owned();
    }
    let words = |it: &Group| {
        let pages = as_f64(usize::try_from(it.pages).unwrap_or(usize::MAX));
        let (memory, writes) = (bytes(pages, page_bytes), whole(it.writes_per_s));
        format!("{memory} written {writes} times/s")
    };
    let all: Vec<String> = fit.groups.iter().map(words).collect();
    let groups = count(all.len(), "group");
    format!("{groups}: {}; {:.1} % off (rms)", all.join(", "), fit.rms * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn bytes(pages: f64, page_bytes: u64) -> String {
    size(pages * page_bytes as f64 + 0.0)
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn as_f64(number: usize) -> f64 {
    number as f64
}
