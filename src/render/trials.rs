//! What comes of one value of a quantity after another: rows that answers to several questions share.

use serde::Serialize;

use super::forecast::{thousandths, whole};
use super::measure::{size, time};
use super::text::{Page, Tone, escaped};
use super::value::value;
use crate::model::{Forecast, Key, Outcome, Specification, Trial, Unit};

/// Titles of what [`cells`] tells.
pub(super) const RESULTS: [&str; 5] = ["Outcome", "Rounds", "Time", "Downtime", "Sent"];

/// Columns of a first one and [`RESULTS`] that a narrow page goes without.
pub(super) const EXPENDABLE: [usize; 2] = [5, 2];

/// What became of a migration, in cells; a dash where the VM does not get to the target.
pub(super) fn cells(forecast: &Forecast, page: Page) -> Vec<String> {
    let is_moved = forecast.outcome.is_moved();
    let of = |text: String| if is_moved { text } else { "-".to_owned() };
    vec![
        page.paint(forecast.outcome.name(), tone(forecast.outcome)),
        of(forecast.rounds.len().to_string()),
        of(time(forecast.total_ms)),
        of(time(forecast.downtime_ms)),
        of(size(forecast.transferred_bytes)),
    ]
}

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Converged => Tone::Good,
        Outcome::Forced => Tone::Warning,
        Outcome::Cancelled | Outcome::Stalled => Tone::Bad,
    }
}

/// A header of one title and [`RESULTS`].
pub(super) fn header(title: &str, page: Page) -> Vec<String> {
    std::iter::once(title).chain(RESULTS).map(|it| page.paint(it, Tone::Strong)).collect()
}

/// A quantity in words.
pub(super) fn noun(key: Key) -> &'static str {
    match key {
        Key::Memory => "memory",
        Key::WorkingSet => "working set",
        Key::DirtyRate => "dirty rate",
        Key::Bandwidth => "bandwidth",
        Key::Cap => "limit of the VMM's bandwidth",
        Key::DowntimeLimit => "downtime limit",
        Key::ZeroShare => "share of zero pages",
        Key::FixedDowntime => "fixed downtime",
    }
}

/// The word for a unit in JSON.
pub(super) fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::BytesPerS => "bytes/s",
        Unit::WritesPerS => "writes/s",
        Unit::Ms => "ms",
        Unit::Share => "share",
    }
}

/// The name of a VM at the beginning of a sentence.
pub(super) fn subject(spec: &Specification) -> String {
    let name = escaped(&spec.name);
    if name.is_empty() { "The VM".to_owned() } else { name }
}

/// A value that was tried, and what came of it; null where the VM does not get to the target.
#[derive(Clone, Debug, Serialize)]
pub struct TrialView {
    /// The value, in the unit of its key.
    pub value: f64,
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
    /// How many, with the full copy.
    pub rounds: Option<usize>,
    /// From start to end.
    pub total_ms: Option<f64>,
    /// As the VMM reports it.
    pub downtime_ms: Option<f64>,
    /// All bytes on the wire.
    pub transferred_bytes: Option<u64>,
}

/// The view of a trial.
pub(super) fn trial(trial: &Trial) -> TrialView {
    let forecast = &trial.forecast;
    let moved = forecast.outcome.is_moved().then_some(forecast);
    TrialView {
        value: digits(trial.value),
        outcome: forecast.outcome.name(),
        rounds: moved.map(|it| it.rounds.len()),
        total_ms: moved.map(|it| thousandths(it.total_ms)),
        downtime_ms: moved.map(|it| thousandths(it.downtime_ms)),
        transferred_bytes: moved.map(|it| whole(it.transferred_bytes)),
    }
}

/// To three decimals, small shares and rates to more.
pub(super) fn digits(value: f64) -> f64 {
    if value.abs() < 1.0 { thousandths(value * 1000.0) / 1000.0 } else { thousandths(value) }
}

/// A row of a trial.
pub(super) fn row(trial: &Trial, key: Key, spec: &Specification, page: Page) -> Vec<String> {
    let first = value(key, trial.value, spec);
    std::iter::once(first).chain(cells(&trial.forecast, page)).collect()
}
