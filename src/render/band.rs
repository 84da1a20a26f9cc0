//! How sure a forecast is, as a table and as JSON.

use serde::Serialize;

use super::figures::figures;
use super::fit::{FitView, fit_table, view as fit_view};
use super::forecast::{thousandths, whole};
use super::measure::{rate, size, time};
use super::text::{Page, Tone, escaped};
use crate::model::{Band, Fit, Forecast, MovedBand, Quantiles, Specification, Uncertainty};

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

    /// The verdict, the quantiles, and what they rest on; over a network at a rate.
    #[must_use]
    pub fn tell(
        &self,
        spec: &Specification,
        (network, rate_bytes_s): (Option<&str>, f64),
        page: Page,
    ) -> String {
        let over = network.map_or_else(String::new, |it| format!(" over {it}"));
        let verdict = format!("{}{over} at {}", self.verdict(page), rate(rate_bytes_s));
        let mut text = page.wrap(&verdict, 0) + "\n";
        if let Some(band) = &self.band.band {
            text += &format!("\n{}", self.quantiles(band, page));
        }
        text += &format!("\n{}\n", page.wrap(&self.drawn(), 0));
        text += &self.fit.map_or_else(String::new, |it| fit_table(it, spec.page_bytes, page));
        text + &self.assumptions(page)
    }

    fn verdict(&self, page: Page) -> String {
        let Band { samples, converged, moved, .. } = *self.band;
        let name = escaped(&self.forecast.name);
        let name = if name.is_empty() { "The VM" } else { &name };
        let (words, tone) = match (converged, moved) {
            (all, _) if all == samples => {
                (format!("converges in all {samples} samples"), Tone::Good)
            }
            (0, 0) => ("never converges".to_owned(), Tone::Bad),
            (0, _) => ("is moved by force only".to_owned(), Tone::Warning),
            _ => {
                let percent = percent(self.band.probability());
                (format!("converges with a probability of {percent}"), Tone::Warning)
            }
        };
        let words = page.paint(&words, tone);
        let forced = moved.saturating_sub(converged);
        let forced = if forced > 0 && converged > 0 {
            format!(" ({} more by force)", percent(f64::from(forced) / f64::from(samples.max(1))))
        } else {
            String::new()
        };
        let within = self.band.band.as_ref().map_or_else(String::new, |it| {
            let total = between(it.total_ms, time);
            format!(", in {total}, downtime {}", between(it.downtime_ms, time))
        });
        format!("{name} {words}{forced}{within}")
    }

    fn quantiles(&self, band: &MovedBand, page: Page) -> String {
        let header = ["", "p5", "p50", "p95", "as said"].map(str::to_owned).to_vec();
        let said = |text: String| {
            if self.forecast.outcome.is_moved() { text } else { "-".to_owned() }
        };
        let row = |name: &str, it: Quantiles, show: fn(f64) -> String, at: f64| {
            vec![name.to_owned(), show(it.p5), show(it.p50), show(it.p95), said(show(at))]
        };
        let rows = [
            header,
            row("Time", band.total_ms, time, self.forecast.total_ms),
            row("Downtime", band.downtime_ms, time, self.forecast.downtime_ms),
            row("Sent", band.transferred_bytes, size, self.forecast.transferred_bytes),
        ];
        figures(&rows, &[4], page)
    }

    fn drawn(&self) -> String {
        let Uncertainty { dirty_rate, dirty_step, bandwidth } = self.uncertainty;
        let step =
            if dirty_step > 0.0 { format!(" and {dirty_step:.0} pages/s") } else { String::new() };
        format!(
            "{} samples with a dirty rate that errs by up to {}{step}, and a bandwidth by up to {}; \
             converged {}, moved {}",
            self.band.samples,
            percent(dirty_rate),
            percent(bandwidth),
            self.band.converged,
            self.band.moved
        )
    }

    fn assumptions(&self, page: Page) -> String {
        let title = page.paint("Taken for granted", Tone::Strong);
        let line = |text: &String| page.wrap(&format!("  {}", escaped(text)), 4) + "\n";
        format!("\n{title}\n") + &self.notes.iter().map(line).collect::<String>()
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

/// Both ends of a range; one where they look alike.
fn between(it: Quantiles, show: fn(f64) -> String) -> String {
    let (low, high) = (show(it.p5), show(it.p95));
    if low == high { low } else { format!("{low} to {high}") }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if (percent - percent.round()).abs() < 0.05 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}
