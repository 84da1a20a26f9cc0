//! What several files tell about one VM.

use super::MeasurementError;
use super::told::{Told, as_f64};
use crate::model::{Measurement, Measurements};

/// Page size where no file tells it.
const PAGE_BYTES: u64 = 4096;
/// Sizes of memory that differ by more than this are of different VMs; firmware and video memory
/// are counted by some and not by others.
const SAME_SIZE: f64 = 1.25;

/// Puts together what files tell.
///
/// # Errors
/// When they are not of one VM.
pub(super) fn merge(told: Vec<Told>) -> Result<Measurements, MeasurementError> {
    check(&told)?;
    let page = told.iter().find_map(|it| it.page_bytes);
    let ram = told.iter().filter_map(|it| it.ram).max();
    let zero = told.iter().filter_map(|it| it.zero_bytes).min();
    let zero = zero.or_else(|| told.iter().filter_map(|it| it.balloon_bytes).min());
    let mut merged = Measurements {
        name: told.iter().find_map(|it| it.name.clone()),
        ram_bytes: ram.map(super::told::Ram::bytes),
        page_bytes: page,
        zero_pages: zero.map(|bytes| bytes / page.unwrap_or(PAGE_BYTES)),
        ..Measurements::default()
    };
    for file in told {
        merged.measurements.extend(measurements(&file, page.unwrap_or(PAGE_BYTES)));
        merged.assumptions.extend(file.notes);
    }
    Ok(merged)
}

fn measurements(file: &Told, page_bytes: u64) -> impl Iterator<Item = Measurement> + '_ {
    let page = as_f64(page_bytes);
    file.rates.iter().map(move |rate| Measurement {
        seconds: rate.seconds,
        unique_pages: rate.bytes / page,
        resolution_pages: rate.resolution / page,
        mode: rate.mode,
        source: file.origin.clone(),
    })
}

fn check(told: &[Told]) -> Result<(), MeasurementError> {
    same(told, "name", |it| it.name.clone(), |a, b| a == b)?;
    same(told, "page size", |it| it.page_bytes, |a, b| a == b)?;
    let is_near = |a: &u64, b: &u64| {
        let (a, b) = (as_f64(*a), as_f64(*b));
        a.max(b) <= a.min(b) * SAME_SIZE
    };
    same(told, "size of memory", |it| it.ram.map(super::told::Ram::bytes), is_near)
}

/// Compares what each file says with the first that says it.
fn same<T: std::fmt::Display>(
    told: &[Told],
    what: &'static str,
    of: impl Fn(&Told) -> Option<T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Result<(), MeasurementError> {
    let mut said = told.iter().filter_map(|it| of(it).map(|value| (&it.origin, value)));
    let Some((first, first_value)) = said.next() else { return Ok(()) };
    match said.find(|(_, value)| !is_same(&first_value, value)) {
        None => Ok(()),
        Some((second, value)) => Err(MeasurementError::Conflict {
            what,
            first: first.clone(),
            first_value: first_value.to_string(),
            second: second.clone(),
            second_value: value.to_string(),
        }),
    }
}
