//! Up to which value of a quantity a migration converges.

use super::super::args::{Common, Migrate, MigrateFormat};
use super::super::output::{self, Outcome};
use super::{Case, format, outcome, vm};
use crate::migration::{self, SolveError};
use crate::model::{Answer, Goal};
use crate::render::{self, Solved};

/// Looks for the bound and tells it; that there is none that suffices is a finding.
pub(super) fn run(
    common: &Common,
    arguments: &Migrate,
    (case, goal): (&Case, Goal),
) -> anyhow::Result<Outcome> {
    let now = migration::forecast(&case.spec).map_err(|it| vm::by_option(arguments, it))?;
    let solution = migration::solve(&case.spec, goal).map_err(|error| match error {
        SolveError::Specification(error) => vm::by_option(arguments, error),
        SolveError::NothingWritten(_) => error.into(),
    })?;
    let told = Solved { spec: &case.spec, now: &now, solution: &solution, notes: case.granted() };
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&told.view())?,
        MigrateFormat::Table => told.tell(output::page(common.color)),
    })?;
    Ok(outcome(!matches!(solution.answer, Answer::Never(_))))
}
