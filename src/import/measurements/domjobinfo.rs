//! What `virsh domjobinfo` prints, for people or with `--rawstats`.

use super::MeasurementError;
use super::job::Job;
use super::told::{At, Ram, Told, memory, page};
use crate::import::json::Source;

/// A line, by the name that it has for people and the one of `--rawstats`.
const LINES: [(&str, &str, Figure); 9] = [
    ("Time elapsed", "time_elapsed", Figure::Elapsed),
    ("Setup time", "setup_time", Figure::Setup),
    ("Memory total", "memory_total", Figure::Memory),
    ("Dirty rate", "memory_dirty_rate", Figure::Rate),
    ("Page size", "memory_page_size", Figure::Page),
    ("Iteration", "memory_iteration", Figure::Syncs),
    ("Constant pages", "memory_constant", Figure::Zero),
    ("Normal pages", "memory_normal", Figure::Normal),
    ("Auto converge throttle", "auto_converge_throttle", Figure::Throttle),
];

#[derive(Clone, Copy)]
enum Figure {
    Elapsed,
    Setup,
    Memory,
    Rate,
    Page,
    Syncs,
    Zero,
    Normal,
    Throttle,
}

/// Reads the figures of a job.
///
/// # Errors
/// Values that make no sense.
pub(super) fn read(source: Source<'_>) -> Result<Told, MeasurementError> {
    let mut job = Job::default();
    for (line, text) in (1..).zip(source.text.lines()) {
        let Some((key, value)) = text.split_once([':', '=']) else { continue };
        let (key, value) = (key.trim(), value.trim());
        let known = LINES.iter().find(|it| it.0 == key || it.1 == key);
        if let Some(&(_, raw, figure)) = known {
            set(&mut job, figure, value, &(source.origin, format!("line {line}: {key}")))?;
            if raw == key
                && let Some(Ram::Rounded(bytes)) = job.ram
            {
                job.ram = Some(Ram::Exact(bytes));
            }
        }
    }
    let mut told = Told::new(source.origin);
    job.tell(&mut told)?;
    Ok(told)
}

fn set(job: &mut Job, figure: Figure, text: &str, at: &At<'_>) -> Result<(), MeasurementError> {
    let mut words = text.split_whitespace();
    let (first, unit) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let whole = || {
        let wrong = |_| MeasurementError::value(at.clone(), &format!("{text:?}"), "a whole number");
        first.parse::<u64>().map_err(wrong)
    };
    match figure {
        Figure::Memory => {
            let wrong = || MeasurementError::value(at.clone(), &format!("{text:?}"), "a size");
            let bytes = size(first, unit).ok_or_else(wrong)?;
            job.ram = Some(Ram::Rounded(memory(at.clone(), bytes)?));
        }
        Figure::Page => job.page_bytes = Some(page(at.clone(), whole()?)?),
        Figure::Elapsed => job.elapsed_ms = Some(whole()?),
        Figure::Setup => job.setup_ms = whole()?,
        Figure::Rate => job.rate = Some(whole()?),
        Figure::Syncs => job.syncs = whole()?,
        Figure::Zero => job.zero = Some(whole()?),
        Figure::Normal => job.normal = Some(whole()?),
        Figure::Throttle => job.throttle = whole()?,
    }
    Ok(())
}

/// A size as virsh writes it, such as `1.016 GiB`; bytes without a unit.
fn size(number: &str, unit: &str) -> Option<u64> {
    if unit.is_empty() {
        return number.parse().ok();
    }
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = units.iter().position(|it| *it == unit)?;
    let factor = 1024f64.powi(i32::try_from(power).ok()?);
    let bytes = number.parse::<f64>().ok()? * factor;
    (bytes.is_finite() && bytes >= 0.0).then(|| whole_bytes(bytes))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to the range of the integer"
)]
fn whole_bytes(bytes: f64) -> u64 {
    bytes.round() as u64
}
