//! What makes a migration converge that does not.

use super::super::args::Migrate;
use super::vm;
use crate::migration;
use crate::model::{Advice, Change, Forecast, Key, Outcome, Specification};
use crate::render::Wording;

/// The cheapest changes; none for one that converges.
pub(super) fn of(
    arguments: &Migrate,
    spec: &Specification,
    forecast: &Forecast,
) -> anyhow::Result<Vec<Advice>> {
    if forecast.outcome == Outcome::Converged {
        return Ok(Vec::new());
    }
    let advice = migration::advise(spec).map_err(|it| vm::by_option(arguments, it))?;
    Ok(advice.into_iter().map(|it| as_told(spec, it)).collect())
}

/// A faster network for a VMM without a limit of its own leaves it without: so is what happens then.
fn as_told(spec: &Specification, advice: Advice) -> Advice {
    let Change::Set { key: Key::Bandwidth, to, .. } = advice.change else { return advice };
    if migration::present(spec, Key::Cap).is_ok_and(f64::is_finite) {
        return advice;
    }
    let faster = Specification { link_bytes_s: Some(to), ..spec.clone() };
    match migration::forecast(&faster) {
        Ok(forecast) if forecast.outcome == Outcome::Converged => Advice { forecast, ..advice },
        _ => advice,
    }
}

/// The words of whoever described the VM.
pub(super) fn wording(arguments: &Migrate) -> Wording {
    if arguments.spec.is_some() { Wording::Document } else { Wording::Options }
}
