//! What makes a migration converge that does not.

use super::super::args::Migrate;
use super::vm;
use crate::migration;
use crate::model::{Advice, Forecast, Outcome, Specification};
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
    migration::advise(spec).map_err(|it| vm::by_option(arguments, it))
}

/// The words of whoever described the VM.
pub(super) fn wording(arguments: &Migrate) -> Wording {
    if arguments.spec.is_some() { Wording::Document } else { Wording::Options }
}
