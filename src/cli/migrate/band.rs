//! How sure a forecast is.

use super::super::args::{Common, Migrate, MigrateFormat};
use super::super::output::{self, Outcome};
use super::dirty::MeasureError;
use super::{Case, format, outcome, vm};
use crate::migration;
use crate::model::{MeasureMode, Uncertainty};
use crate::render;

/// A plan holds when so many of the samples do: its 95th percentile does.
const HOLDS: f64 = 0.95;

/// Tells the band of a migration.
pub(super) fn run(common: &Common, arguments: &Migrate, case: Case) -> anyhow::Result<Outcome> {
    let error = case.measured.as_ref().map(|it| (it.error, it.fit.rms));
    let (uncertainty, why) = uncertainty(arguments, error);
    let (samples, seed) = (arguments.doubt.samples, case.spec.seed);
    let refused = |it| vm::by_option(arguments, it);
    let band = migration::band(&case.spec, &uncertainty, samples, seed).map_err(refused)?;
    let forecast = migration::forecast(&case.spec).map_err(refused)?;
    let rate = migration::terms(&case.spec).map_err(refused)?.rate_bytes_s;
    let mut notes = case.notes;
    notes.extend(why);
    notes.extend(forecast.assumptions.iter().cloned());
    let (network, fit) = (case.network, case.measured.map(|it| (it.notes, it.fit)));
    notes.extend(fit.iter().flat_map(|(notes, _)| notes.iter().cloned()));
    let fit = fit.as_ref().map(|(_, fit)| fit);
    let doubt = render::Doubt { band: &band, uncertainty, forecast: &forecast, seed, notes, fit };
    let page = output::page(common.color);
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&doubt.view())?,
        MigrateFormat::Table => {
            let route = (network.as_deref(), rate);
            doubt.tell(&case.spec, route, page)
        }
    })?;
    let moved = f64::from(band.moved) / f64::from(band.samples.max(1));
    Ok(outcome(moved >= HOLDS))
}

/// What is drawn, and why so.
fn uncertainty(
    arguments: &Migrate,
    error: Option<(Option<MeasureError>, f64)>,
) -> (Uncertainty, Option<String>) {
    let doubt = &arguments.doubt;
    let none = Uncertainty { bandwidth: doubt.bandwidth_spread, ..Uncertainty::none() };
    if let Some(said) = doubt.uncertainty.flatten() {
        return (Uncertainty { dirty_rate: said, ..none }, None);
    }
    let Some((error, rms)) = error else {
        let said = MeasureMode::PageSampling;
        let why =
            "nothing tells how the dirty rate was measured: taken to err as page-sampling does";
        return (Uncertainty { dirty_rate: said.error(), ..none }, Some(why.to_owned()));
    };
    let Some(error) = error else { return (none, None) };
    let share = error.mode.error().max(rms.min(1.0));
    let reason = if share > error.mode.error() {
        "the measurements differ from the fit by so much".to_owned()
    } else {
        format!("{} does", error.mode.name())
    };
    let why = format!("the dirty rate errs by {:.0} %, as {reason}", share * 100.0);
    (Uncertainty { dirty_rate: share, dirty_step: error.step, ..none }, Some(why))
}
