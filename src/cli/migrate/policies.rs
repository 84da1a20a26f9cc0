//! What each stop policy would do with a VM.

use super::super::args::{Common, Migrate, MigrateFormat};
use super::super::output::{self, Outcome};
use super::{Case, format, outcome, vm};
use crate::migration;
use crate::render::{self, Tournament};

/// Compares all policies; the VM's own decides how the command ends.
pub(super) fn run(common: &Common, arguments: &Migrate, case: &Case) -> anyhow::Result<Outcome> {
    let by_option = |it| vm::by_option(arguments, it);
    let contenders = migration::tournament(&case.spec).map_err(by_option)?;
    let told = Tournament {
        spec: &case.spec,
        in_force: migration::terms(&case.spec).map_err(by_option)?.policy,
        contenders: &contenders,
        notes: case.granted(),
    };
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&told.view())?,
        MigrateFormat::Table => told.tell(output::page(common.color)),
    })?;
    Ok(outcome(told.present().is_some_and(|it| it.outcome.is_moved())))
}
