//! What a migration does when its inputs are uncertain.

use super::check::BYTES_S;
use super::forecast;
use super::key::{apply, present};
use super::setup::{Setup, SpecificationError};
use crate::model::{
    Band, Forecast, Key, MovedBand, Outcome, Quantiles, Specification, Uncertainty,
};

/// QMP's `query-dirty-rate` tells whole MiB/s: half of one either way.
const HALF_MIB: f64 = 524_288.0;
/// Error of its page sampling.
const SAMPLING: f64 = 0.3;
/// Other traffic and overhead of the link.
const BANDWIDTH: f64 = 0.05;

impl Uncertainty {
    /// What a dirty rate by page sampling and a link's nominal speed leave open, for pages of so
    /// many bytes.
    #[must_use]
    pub fn of_sampling(page_bytes: u64) -> Self {
        let dirty_step = HALF_MIB / super::wire::as_f64(page_bytes.max(1));
        Self { dirty_rate: SAMPLING, dirty_step, bandwidth: BANDWIDTH }
    }

    /// Inputs that are exact.
    #[must_use]
    pub fn none() -> Self {
        Self { dirty_rate: 0.0, dirty_step: 0.0, bandwidth: 0.0 }
    }
}

/// Forecasts so many samples of a specification whose dirty rate and link are drawn from their
/// uncertainty, and tells quantiles of the results.
///
/// Each input is stratified: of n samples one lies in each n-th part of its range, and the parts are
/// paired at random. The same seed gives the same samples. All groups err together, as they do when
/// their sum was measured; the VMM's own limit is exact. The samples of the page-exact engine draw
/// their writes anew. No samples give an empty band.
///
/// # Errors
/// When the specification makes no sense.
pub fn band(
    spec: &Specification,
    uncertainty: &Uncertainty,
    samples: u32,
    seed: u64,
) -> Result<Band, SpecificationError> {
    let source = Source::new(spec, uncertainty)?;
    let mut random = fastrand::Rng::with_seed(seed);
    let [errors, steps, links] = [(); 3].map(|()| strata(samples, &mut random));
    let inputs = errors.into_iter().zip(steps).zip(links);
    let forecasts = inputs
        .map(|((error, step), link)| forecast(&source.sample([error, step, link], &mut random)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(summary(samples, &forecasts))
}

/// What samples are drawn from.
struct Source<'a> {
    spec: &'a Specification,
    uncertainty: &'a Uncertainty,
    rate: f64,
    link: f64,
}

impl<'a> Source<'a> {
    fn new(
        spec: &'a Specification,
        uncertainty: &'a Uncertainty,
    ) -> Result<Self, SpecificationError> {
        let link = Setup::new(spec)?.link * 1000.0;
        Ok(Self { spec, uncertainty, rate: present(spec, Key::DirtyRate)?, link })
    }

    /// The specification with inputs that err by shares, -1 to 1, of their half-widths.
    fn sample(&self, shares: [f64; 3], random: &mut fastrand::Rng) -> Specification {
        let [error, step, link] = shares;
        let factor = (1.0 + error * self.uncertainty.dirty_rate).max(0.0);
        let rate = (self.rate + step * self.uncertainty.dirty_step).max(0.0) * factor;
        let mut new = apply(self.spec, Key::DirtyRate, rate);
        new.link_bytes_s = Some(
            (self.link * (1.0 + link * self.uncertainty.bandwidth)).clamp(BYTES_S.0, BYTES_S.1),
        );
        new.seed = random.u64(..);
        new
    }
}

/// One number from each n-th part of -1 to 1, in random order.
fn strata(count: u32, random: &mut fastrand::Rng) -> Vec<f64> {
    let mut shares: Vec<f64> = (0..count)
        .map(|part| (f64::from(part) + random.f64()) / f64::from(count) * 2.0 - 1.0)
        .collect();
    random.shuffle(&mut shares);
    shares
}

fn summary(samples: u32, forecasts: &[Forecast]) -> Band {
    let count = |is: fn(Outcome) -> bool| {
        let found = forecasts.iter().filter(|it| is(it.outcome)).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let moved: Vec<&Forecast> = forecasts.iter().filter(|it| it.outcome.is_moved()).collect();
    Band {
        samples,
        converged: count(|it| it == Outcome::Converged),
        moved: count(Outcome::is_moved),
        band: moved_band(&moved),
    }
}

fn moved_band(moved: &[&Forecast]) -> Option<MovedBand> {
    Some(MovedBand {
        total_ms: quantiles(moved.iter().map(|it| it.total_ms).collect())?,
        downtime_ms: quantiles(moved.iter().map(|it| it.downtime_ms).collect())?,
        transferred_bytes: quantiles(moved.iter().map(|it| it.transferred_bytes).collect())?,
    })
}

fn quantiles(mut values: Vec<f64>) -> Option<Quantiles> {
    values.sort_by(f64::total_cmp);
    let at = |percent| quantile(&values, percent);
    Some(Quantiles { p5: at(5)?, p50: at(50)?, p95: at(95)? })
}

/// Between the two values next to a quantile, in proportion (type 7 of Hyndman and Fan).
fn quantile(sorted: &[f64], percent: usize) -> Option<f64> {
    let hundredths = sorted.len().checked_sub(1)? * percent;
    let (place, rest) = (hundredths / 100, hundredths % 100);
    let low = sorted[place];
    let high = sorted.get(place + 1).copied().unwrap_or(low);
    Some(low + (high - low) * f64::from(u8::try_from(rest).unwrap_or(0)) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{busy, hopeless};

    fn sampling() -> Uncertainty {
        Uncertainty::of_sampling(4096)
    }

    #[test]
    fn a_seed_gives_one_band() {
        let draw = |seed| band(&busy(), &sampling(), 50, seed).unwrap();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn exact_inputs_make_no_band() {
        let result = band(&busy(), &Uncertainty::none(), 5, 1).unwrap();
        let (only, moved) = (forecast(&busy()).unwrap(), result.band.unwrap());
        assert!((result.probability() - 1.0).abs() < 1e-12);
        for at in [moved.total_ms.p5, moved.total_ms.p50, moved.total_ms.p95] {
            assert!((at - only.total_ms).abs() < 1e-6 * only.total_ms, "{at}");
        }
    }

    #[test]
    fn the_band_holds_the_forecast_and_widens_with_the_spread() {
        let wide = band(&busy(), &sampling(), 100, 1).unwrap().band.unwrap();
        let narrow = Uncertainty { dirty_rate: 0.05, bandwidth: 0.01, ..sampling() };
        let narrow = band(&busy(), &narrow, 100, 1).unwrap().band.unwrap();
        let width = |it: Quantiles| it.p95 - it.p5;
        assert!(width(wide.total_ms) > width(narrow.total_ms));
        assert!(width(wide.transferred_bytes) > width(narrow.transferred_bytes));
        let only = forecast(&busy()).unwrap().total_ms;
        assert!(wide.total_ms.p5 < only && only < wide.total_ms.p95);
    }

    #[test]
    fn at_the_bound_it_converges_half_the_time() {
        let spec = apply(&busy(), Key::DirtyRate, 60_000.0);
        let solution = crate::migration::solve(&spec, crate::model::Goal::MaxDirtyRate).unwrap();
        let crate::model::Answer::Between { suffices, .. } = solution.answer else { panic!() };
        let edge = apply(&busy(), Key::DirtyRate, suffices.value);
        let share = band(&edge, &sampling(), 200, 3).unwrap().probability();
        assert!((share - 0.5).abs() < 0.1, "{share}");
    }

    #[test]
    fn never_moved_has_no_quantiles() {
        let result = band(&hopeless(), &sampling(), 10, 1).unwrap();
        assert_eq!((result.converged, result.moved, result.band), (0, 0, None));
        assert_eq!(band(&busy(), &sampling(), 0, 1).unwrap().band, None);
    }

    #[test]
    fn quantiles_lie_between_values() {
        let hundred: Vec<f64> = (0..=100).map(f64::from).collect();
        let all = quantiles(hundred).unwrap();
        assert_eq!((all.p5, all.p50, all.p95), (5.0, 50.0, 95.0));
        assert_eq!(quantile(&[1.0, 2.0], 50), Some(1.5));
        assert_eq!(quantile(&[4.0], 95), Some(4.0));
    }
}
