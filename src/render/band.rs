//! How sure a forecast is, as JSON.

use serde::Serialize;

use super::fit::{FitView, view as fit_view};
use super::forecast::{thousandths, whole};
use super::text::escaped;
use crate::model::{Band, Fit, Forecast, MovedBand, Quantiles, Uncertainty};

/// Schema of the JSON of a band.
pub const BAND_SCHEMA: &str = "netplan-cluster/band/1";

/// A band with what it was drawn from.
#[derive(Clone, Debug)]
pub struct Doubt<'a> {
    /// The band.
    pub band: &'a Band,
    /// What was drawn.
    pub uncertainty: Uncertainty,
    /// The forecast with the inputs as they are said.
    pub forecast: &'a Forecast,
    /// Of the samples.
    pub seed: u64,
    /// What was taken for granted.
    pub notes: Vec<String>,
    /// Where the VM was described by measurements.
    pub fit: Option<&'a Fit>,
}

/// What a migration does when its inputs are uncertain.
#[derive(Clone, Debug, Serialize)]
pub struct BandView {
    /// Always [`BAND_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// How many samples.
    pub samples: u32,
    /// What they were drawn with.
    pub seed: u64,
    /// What was drawn.
    pub spread: SpreadView,
    /// In how many it converged.
    pub converged: u32,
    /// In how many the VM was moved, by force or not.
    pub moved: u32,
    /// Share of the samples that converged, 0 to 1.
    pub probability: f64,
    /// What it does with the inputs as they are said.
    pub nominal: NominalView,
    /// From start to end; null when it was never moved, as those below.
    pub total_ms: Option<QuantilesView>,
    /// Downtime.
    pub downtime_ms: Option<QuantilesView>,
    /// All bytes on the wire.
    pub transferred_bytes: Option<QuantilesView>,
    /// Where the VM was described by measurements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<FitView>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// By how much inputs err either way, each equally likely within.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SpreadView {
    /// Of the dirty rate, as a share of it.
    pub dirty_rate: f64,
    /// Of the dirty rate besides, writes a second.
    pub dirty_step: f64,
    /// Of the bandwidth, as a share of it.
    pub bandwidth: f64,
}

/// A forecast in short.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NominalView {
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
    /// From start to end.
    pub total_ms: f64,
    /// Downtime.
    pub downtime_ms: f64,
    /// All bytes on the wire.
    pub transferred_bytes: u64,
}

/// Quantiles over the samples in which the VM was moved.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct QuantilesView {
    /// One in twenty is lower.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// One in twenty is higher.
    pub p95: f64,
}

impl Doubt<'_> {
    /// The view that JSON is made of.
    #[must_use]
    pub fn view(&self) -> BandView {
        let of = |get: fn(&MovedBand) -> Quantiles| self.band.band.as_ref().map(|it| view(get(it)));
        BandView {
            schema: BAND_SCHEMA,
            name: escaped(&self.forecast.name),
            samples: self.band.samples,
            seed: self.seed,
            spread: SpreadView {
                dirty_rate: thousandths(self.uncertainty.dirty_rate),
                dirty_step: thousandths(self.uncertainty.dirty_step),
                bandwidth: thousandths(self.uncertainty.bandwidth),
            },
            converged: self.band.converged,
            moved: self.band.moved,
            probability: self.band.probability(),
            nominal: nominal(self.forecast),
            total_ms: of(|it| it.total_ms),
            downtime_ms: of(|it| it.downtime_ms),
            transferred_bytes: of(|it| it.transferred_bytes),
            fit: self.fit.map(fit_view),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }
}

fn view(it: Quantiles) -> QuantilesView {
    QuantilesView { p5: thousandths(it.p5), p50: thousandths(it.p50), p95: thousandths(it.p95) }
}

fn nominal(forecast: &Forecast) -> NominalView {
    NominalView {
        outcome: forecast.outcome.name(),
        total_ms: thousandths(forecast.total_ms),
        downtime_ms: thousandths(forecast.downtime_ms),
        transferred_bytes: whole(forecast.transferred_bytes),
    }
}
