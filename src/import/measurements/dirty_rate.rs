//! The reply to `query-dirty-rate` (`DirtyRateInfo` in QEMU's `qapi/migration.json`).

use std::borrow::Cow;

use serde::Deserialize;

use super::MeasurementError;
use super::replies::Reader;
use super::told::{Rate, mib_per_s, seconds};
use crate::import::json::Part;
use crate::model::MeasureMode;

/// Statuses of a measurement.
pub(super) const STATUSES: [&str; 3] = ["unstarted", "measuring", "measured"];
/// What to do about one that nobody began.
pub(super) const START: &str = "start one (calc-dirty-rate, or virsh domdirtyrate-calc)";
/// What to do about one that is not over.
pub(super) const WAIT: &str = "ask again when its time has passed";

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Reply<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    dirty_rate: Option<f64>,
    #[serde(borrow)]
    mode: Option<Cow<'a, str>>,
    start_time: Option<f64>,
    calc_time: Option<f64>,
    #[serde(borrow)]
    calc_time_unit: Option<Cow<'a, str>>,
    vcpu_dirty_rate: Option<Vec<Processor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Processor {
    dirty_rate: f64,
}

/// Reads one reply.
///
/// # Errors
/// Values that are missing or make no sense.
pub(super) fn read(part: &Part<'_>, reader: &mut Reader) -> Result<(), MeasurementError> {
    let reply: Reply<'_> = part.read()?;
    if reply.status != "measured" {
        let advice = if reply.status == "measuring" { WAIT } else { START };
        reader.unfinished = Some(MeasurementError::NotMeasured {
            origin: part.origin(),
            path: part.path.clone(),
            status: reply.status.into_owned(),
            advice,
        });
        return Ok(());
    }
    reader.unfinished = None;
    let rate = reply.rate(part)?;
    let said = format!("{:?} {rate:?}", reply.start_time);
    if reader.is_repeated(said) { Ok(()) } else { reader.told.rate(rate) }
}

impl Reply<'_> {
    fn rate(&self, part: &Part<'_>) -> Result<Rate, MeasurementError> {
        let at = |key| (part.source.origin, part.path_of(key));
        let missing = |key| MeasurementError::value(at(key), "null", "a number");
        let time = self.calc_time.ok_or_else(|| missing("calc-time"))?;
        let unit = match self.calc_time_unit.as_deref() {
            None | Some("second") => 1.0,
            Some("millisecond") => 1e-3,
            Some(other) => {
                let (value, expected) = (format!("{other:?}"), "\"second\" or \"millisecond\"");
                return Err(MeasurementError::value(at("calc-time-unit"), &value, expected));
            }
        };
        let rate = self.total().ok_or_else(|| missing("dirty-rate"))?;
        let seconds = seconds(at("calc-time"), time * unit, time)?;
        Ok(Rate::of_mib(mib_per_s(at("dirty-rate"), rate)?, seconds, self.mode(part)?))
    }

    /// The rate of the VM; in dirty-ring mode also told for each processor.
    fn total(&self) -> Option<f64> {
        let sum = |it: &Vec<Processor>| it.iter().map(|it| it.dirty_rate).sum();
        self.dirty_rate.or_else(|| self.vcpu_dirty_rate.as_ref().map(sum))
    }

    /// Before QEMU 6.1 there was only one mode.
    fn mode(&self, part: &Part<'_>) -> Result<MeasureMode, MeasurementError> {
        let Some(name) = &self.mode else { return Ok(MeasureMode::PageSampling) };
        mode((part.source.origin, part.path_of("mode")), name)
    }
}

/// The mode of that name.
///
/// # Errors
/// A name that no mode has.
pub(super) fn mode(at: (&str, String), name: &str) -> Result<MeasureMode, MeasurementError> {
    let expected = "page-sampling, dirty-bitmap or dirty-ring";
    MeasureMode::of_name(name)
        .ok_or_else(|| MeasurementError::value(at, &format!("{name:?}"), expected))
}
