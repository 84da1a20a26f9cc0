//! A VM out of what was measured of it.

use anyhow::bail;

use super::super::args::Described;
use super::vm::{self, size};
use crate::model::{Amount, Fit, Group, MeasureMode, Measurement, Measurements, Specification};
use crate::{import, migration};

/// Sizes of memory that differ by more than this are of different VMs; firmware and video memory
/// are counted by some and not by others.
const SAME_SIZE: f64 = 1.25;

/// What measurements tell of a VM.
pub(super) struct Measured {
    /// How well the groups explain them.
    pub(super) fit: Fit,
    /// The one with the smallest error, and that error.
    pub(super) error: Option<MeasureError>,
    /// What was taken for granted.
    pub(super) notes: Vec<String>,
}

/// How far a measured dirty rate may be off.
#[derive(Clone, Copy)]
pub(super) struct MeasureError {
    /// How it was measured.
    pub(super) mode: MeasureMode,
    /// Half of what the report cuts off, pages a second.
    pub(super) step: f64,
}

/// The migration that options or measurements describe, without its network.
pub(super) fn specification(vm: &Described) -> anyhow::Result<(Specification, Option<Measured>)> {
    if vm.dirty.is_empty() {
        return Ok((vm::specification(vm)?, None));
    }
    let told = import::read_measurements(&vm.dirty, vm.domain.as_deref())?;
    if told.measurements.is_empty() {
        bail!(
            "--dirty: the files do not tell how the VM writes to its memory: add query-dirty-rate"
        );
    }
    let idle = vm::specification(&filled(vm, &told)?)?;
    let limit = idle.pages().saturating_sub(idle.zero_pages);
    let fit = migration::fit(&told.measurements, limit);
    let groups = fit.groups.iter().cloned();
    let groups = groups.map(|it| Group { cpu_bound: vm.cpu_bound, ..it }).collect();
    let notes = notes(&told, &fit, vm);
    let measured = Measured { error: error(&told.measurements), fit, notes };
    Ok((Specification { groups, ..idle }, Some(measured)))
}

/// The options, with what the files tell in place of what was not said.
fn filled(vm: &Described, told: &Measurements) -> anyhow::Result<Described> {
    let memory = match (vm.memory, told.ram_bytes) {
        (None, None) => bail!("--dirty: the files do not tell the size of memory: give --memory"),
        (Some(said), Some(ram)) if !is_near(said, ram) => {
            bail!("--memory {} is not the {} that the files tell", size(said), size(ram))
        }
        (said, ram) => said.or(ram).unwrap_or(0),
    };
    let page_size = told.page_bytes.unwrap_or(vm.page_size);
    let zero = told.zero_pages.map(|pages| pages.saturating_mul(page_size).min(memory));
    Ok(Described {
        name: vm.name.clone().or_else(|| told.name.clone()),
        memory: Some(memory),
        page_size,
        zero: vm.zero.or(zero.map(Amount::Bytes)),
        ..vm.clone()
    })
}

#[expect(clippy::cast_precision_loss, reason = "compared to a quarter")]
fn is_near(a: u64, b: u64) -> bool {
    a.max(b) as f64 <= a.min(b) as f64 * SAME_SIZE
}

fn notes(told: &Measurements, fit: &Fit, vm: &Described) -> Vec<String> {
    let mut notes = told.assumptions.clone();
    notes.extend(fit.assumptions.iter().cloned());
    if vm.zero.is_none() && told.zero_pages.is_none() {
        notes.push("no file tells how much memory is zero: taken as none (--zero)".to_owned());
    }
    notes
}

/// The error of the best measurement that saw writes.
fn error(measurements: &[Measurement]) -> Option<MeasureError> {
    let written = measurements.iter().filter(|it| it.unique_pages > 0.0);
    let share = |it: &Measurement| it.tolerance() / it.estimate().max(1.0);
    let best = written.min_by(|a, b| share(a).total_cmp(&share(b)))?;
    Some(MeasureError { mode: best.mode, step: best.resolution_pages / 2.0 / best.seconds })
}
