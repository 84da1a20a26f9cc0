//! The view of a forecast that JSON is made of.

use serde::Serialize;

use super::advice::ChangeView;
use super::text::escaped;
use crate::model::{Forecast, Round};

/// Schema of the JSON of a forecast.
pub const FORECAST_SCHEMA: &str = "netplan-cluster/forecast/1";

/// What a migration is expected to do; pages and bytes are whole, times in ms to three decimals.
#[derive(Clone, Debug, Serialize)]
pub struct ForecastView {
    /// Always [`FORECAST_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
    /// From start to end.
    pub total_ms: f64,
    /// As the VMM reports it.
    pub downtime_ms: f64,
    /// How long the VM stands still.
    pub blackout_ms: f64,
    /// All bytes on the wire.
    pub transferred_bytes: u64,
    /// Those sent while the VM ran on the source.
    pub precopy_bytes: u64,
    /// Those sent while it stood still.
    pub downtime_bytes: u64,
    /// Pages sent whole.
    pub normal_pages: u64,
    /// Zero pages sent as such.
    pub zero_pages: u64,
    /// Bitmap syncs, as QEMU counts them.
    pub dirty_sync_count: u32,
    /// What is left must fall below this.
    pub threshold_bytes: u64,
    /// Where the known dirty pages settle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plateau_pages: Option<u64>,
    /// Rounds, with the full copy.
    pub rounds: Vec<RoundView>,
    /// Changes that make it converge, cheapest first, where they were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// One pass over dirty pages.
#[derive(Clone, Debug, Serialize)]
pub struct RoundView {
    /// 0 is the full copy.
    pub iteration: u32,
    /// Since the start of the migration.
    pub start_ms: f64,
    /// Until the sync that ends it.
    pub duration_ms: f64,
    /// Pages sent.
    pub sent_pages: u64,
    /// Bytes on the wire.
    pub sent_bytes: u64,
    /// Pages that the sync at its end found newly dirty.
    pub newly_dirty_pages: u64,
    /// Pages known to be dirty after that sync.
    pub known_dirty_pages: u64,
    /// Processor time taken from the guest.
    pub throttle_percent: f64,
    /// What stopping at its end would cost.
    pub expected_downtime_ms: f64,
}

/// The view of a forecast.
#[must_use]
pub fn forecast(forecast: &Forecast) -> ForecastView {
    let transferred_bytes = whole(forecast.transferred_bytes);
    let downtime_bytes = whole(forecast.downtime_bytes).min(transferred_bytes);
    let precopy_bytes = transferred_bytes - downtime_bytes;
    ForecastView {
        schema: FORECAST_SCHEMA,
        name: escaped(&forecast.name),
        outcome: forecast.outcome.name(),
        total_ms: thousandths(forecast.total_ms),
        downtime_ms: thousandths(forecast.downtime_ms),
        blackout_ms: thousandths(forecast.blackout_ms),
        transferred_bytes,
        precopy_bytes,
        downtime_bytes,
        normal_pages: whole(forecast.normal_pages),
        zero_pages: whole(forecast.zero_pages),
        dirty_sync_count: forecast.dirty_sync_count,
        threshold_bytes: whole(forecast.threshold_bytes),
        plateau_pages: forecast.plateau_pages.map(whole),
        rounds: rounds(&forecast.rounds, precopy_bytes),
        changes: Vec::new(),
        assumptions: forecast.assumptions.iter().map(|it| escaped(it)).collect(),
    }
}

/// Rounds whose bytes are whole and add up to those sent before the stop.
fn rounds(rounds: &[Round], precopy_bytes: u64) -> Vec<RoundView> {
    let (mut exact, mut shown) = (0.0, 0);
    let mut views: Vec<RoundView> = Vec::with_capacity(rounds.len());
    for it in rounds {
        exact += it.sent_bytes;
        let until = whole(exact).clamp(shown, precopy_bytes.max(shown));
        views.push(round(it, until - shown));
        shown = until;
    }
    if let Some(last) = views.last_mut() {
        last.sent_bytes += precopy_bytes.saturating_sub(shown);
    }
    views
}

fn round(round: &Round, sent_bytes: u64) -> RoundView {
    RoundView {
        iteration: round.iteration,
        start_ms: thousandths(round.start_ms),
        duration_ms: thousandths(round.duration_ms),
        sent_pages: whole(round.sent_pages),
        sent_bytes,
        newly_dirty_pages: whole(round.newly_dirty_pages),
        known_dirty_pages: whole(round.known_dirty_pages),
        throttle_percent: thousandths(round.throttle_percent),
        expected_downtime_ms: thousandths(round.expected_downtime_ms),
    }
}

/// To three decimals; what JSON has no number for is 0.
pub(super) fn thousandths(value: f64) -> f64 {
    let rounded = (value * 1000.0).round() / 1000.0 + 0.0;
    if rounded.is_finite() { rounded } else { 0.0 }
}

/// To a whole number, 0 at least.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates and takes what is no number for 0"
)]
pub(super) fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_always_numbers() {
        assert!((thousandths(1.234_56) - 1.235).abs() < 1e-12);
        assert!(thousandths(f64::NAN).abs() < 1e-12 && thousandths(f64::INFINITY).abs() < 1e-12);
        assert_eq!([whole(2.5), whole(-1.0), whole(f64::NAN)], [3, 0, 0]);
    }
}
