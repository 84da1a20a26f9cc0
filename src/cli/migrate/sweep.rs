//! One quantity of a migration over a range.

use super::super::args::{Common, Migrate, MigrateFormat, Range};
use super::super::output::{self, Outcome};
use super::{Case, format, outcome, vm};
use crate::migration::{self, SweepError};
use crate::render::{self, Swept};
use crate::store;

/// Tells what each value leads to; that none gets the VM to the target is a finding.
pub(super) fn run(
    common: &Common,
    arguments: &Migrate,
    (case, range): (&Case, Range),
) -> anyhow::Result<Outcome> {
    let (from, to, spacing) = range.ends(case.spec.page_bytes);
    let values = migration::values(from, to, range.steps, spacing)?;
    let trials = migration::sweep(&case.spec, range.key, &values);
    let told = Swept {
        spec: &case.spec,
        key: range.key,
        spacing,
        trials: &trials.map_err(|it| by_option(arguments, case, it))?,
        notes: case.granted(),
    };
    if let Some(path) = &arguments.plot {
        store::write_atomic(path, told.plot()?.as_bytes())?;
    }
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&told.view())?,
        MigrateFormat::Table => told.tell(output::page(common.color)),
    })?;
    Ok(outcome(told.moved() > 0))
}

fn by_option(arguments: &Migrate, case: &Case, error: SweepError) -> anyhow::Error {
    match error {
        SweepError::Value { key, value, source } => {
            let value = render::value(key, value, &case.spec);
            vm::by_option(arguments, source).context(format!("--sweep, {} {value}", key.name()))
        }
        SweepError::Range { .. } => error.into(),
    }
}
