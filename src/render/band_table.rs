//! How sure a forecast is, for people.

use super::band::Doubt;
use super::figures::figures;
use super::fit::fit_table;
use super::measure::{rate, size, time};
use super::text::{Page, Tone, escaped};
use crate::model::{Band, MovedBand, Quantiles, Specification, Uncertainty};

impl Doubt<'_> {
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
