//! What `virsh domstats --dirtyrate --balloon` prints.

use super::MeasurementError;
use super::dirty_rate::{START, WAIT, mode};
use super::merge::merge;
use super::told::{Ram, Rate, Told, as_f64, memory, mib_per_s, seconds};
use crate::import::json::Source;
use crate::model::{MeasureMode, Measurements};

/// Groups of statistics that are read.
const KEPT: [&str; 3] = ["dirtyrate.", "balloon.", "state."];

/// What is said about one VM of a host.
pub(in crate::import) struct Stated {
    pub(in crate::import) name: String,
    /// `state.state`, libvirt's `virDomainState`.
    pub(in crate::import) state: Option<u64>,
    pub(in crate::import) memory: Measurements,
}

/// Reads the statistics of every VM of a host; a measurement that is not over is none.
///
/// # Errors
/// Values that make no sense.
pub(in crate::import) fn all(source: Source<'_>) -> Result<Vec<Stated>, MeasurementError> {
    let stated = |block: Block<'_>| {
        let mut told = Told::new(source.origin);
        block.balloon(&mut told)?;
        if let Some((line, 2)) = block.number("dirtyrate.calc_status")? {
            told.rate(block.rate(line)?)?;
        }
        let state = block.number("state.state")?.map(|it| it.1);
        Ok(Stated { name: block.name.to_owned(), state, memory: merge(vec![told])? })
    };
    blocks(source).into_iter().map(stated).collect()
}

/// A VM and what is said about it: line, key and value.
struct Block<'a> {
    origin: &'a str,
    name: &'a str,
    values: Vec<(usize, &'a str, &'a str)>,
}

/// Reads the statistics of one VM.
///
/// # Errors
/// Several VMs, a measurement that is not over, and values that make no sense.
pub(super) fn read(source: Source<'_>, domain: Option<&str>) -> Result<Told, MeasurementError> {
    let block = choose(source.origin, blocks(source), domain)?;
    let mut told = Told::new(source.origin);
    told.name = Some(block.name.to_owned());
    block.balloon(&mut told)?;
    block.dirty_rate(&mut told)?;
    Ok(told)
}

fn blocks(source: Source<'_>) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for (line, text) in (1..).zip(source.text.lines()) {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("Domain:") {
            let name = name.trim().trim_matches('\'');
            blocks.push(Block { origin: source.origin, name, values: Vec::new() });
        } else if let Some((key, value)) = text.split_once('=')
            && let Some(block) = blocks.last_mut()
            && KEPT.iter().any(|kept| key.starts_with(kept))
        {
            block.values.push((line, key.trim(), value.trim()));
        }
    }
    blocks
}

fn choose<'a>(
    origin: &str,
    mut blocks: Vec<Block<'a>>,
    domain: Option<&str>,
) -> Result<Block<'a>, MeasurementError> {
    let names: Vec<String> = blocks.iter().take(8).map(|it| format!("\"{}\"", it.name)).collect();
    let mut names = names.join(", ");
    if blocks.len() > 8 {
        names += &format!(" and {} more", blocks.len() - 8);
    }
    let origin = origin.to_owned();
    if let Some(name) = domain {
        let name = name.to_owned();
        let found = blocks.into_iter().find(|it| it.name == name);
        return found.ok_or(MeasurementError::OtherVm { origin, names, name });
    }
    match blocks.pop() {
        Some(block) if blocks.is_empty() => Ok(block),
        Some(_) => Err(MeasurementError::SeveralVms { origin, names }),
        None => Err(MeasurementError::Nothing { origin }),
    }
}

impl<'a> Block<'a> {
    /// Memory that the guest may have; what the balloon holds of it reads as zeros.
    fn balloon(&self, told: &mut Told) -> Result<(), MeasurementError> {
        let Some((line, kib)) = self.number("balloon.maximum")? else { return Ok(()) };
        let maximum = memory(self.at(line, "balloon.maximum"), kib.saturating_mul(1024))?;
        told.ram = Some(Ram::Balloon(maximum));
        if let Some((_, current)) = self.number("balloon.current")? {
            told.balloon_bytes =
                Some(maximum.saturating_sub(current.saturating_mul(1024))).filter(|it| *it > 0);
        }
        Ok(())
    }

    fn dirty_rate(&self, told: &mut Told) -> Result<(), MeasurementError> {
        let Some((line, status)) = self.number("dirtyrate.calc_status")? else { return Ok(()) };
        let (status, advice) = match status {
            2 => return told.rate(self.rate(line)?),
            1 => ("measuring", WAIT),
            0 => ("unstarted", START),
            other => {
                let expected = "0 (unstarted), 1 (measuring) or 2 (measured)";
                let at = self.at(line, "dirtyrate.calc_status");
                return Err(MeasurementError::value(at, &other.to_string(), expected));
            }
        };
        Err(MeasurementError::NotMeasured {
            origin: self.origin.to_owned(),
            path: self.at(line, "dirtyrate.calc_status").1,
            status: status.to_owned(),
            advice,
        })
    }

    fn rate(&self, status_line: usize) -> Result<Rate, MeasurementError> {
        let missing =
            |key| MeasurementError::value(self.at(status_line, key), "nothing", "a number");
        let period = "dirtyrate.calc_period";
        let (line, time) = self.number(period)?.ok_or_else(|| missing(period))?;
        let time = seconds(self.at(line, period), as_f64(time), as_f64(time))?;
        let (line, rate) =
            self.total()?.ok_or_else(|| missing("dirtyrate.megabytes_per_second"))?;
        let rate = mib_per_s(self.at(line, "dirtyrate.megabytes_per_second"), as_f64(rate))?;
        let mode = match self.value("dirtyrate.calc_mode") {
            Some((line, name)) => mode(self.at(line, "dirtyrate.calc_mode"), name)?,
            None => MeasureMode::PageSampling,
        };
        Ok(Rate::of_mib(rate, time, mode))
    }

    /// The rate of the VM, or that of its processors together.
    fn total(&self) -> Result<Option<(usize, u64)>, MeasurementError> {
        if let Some(total) = self.number("dirtyrate.megabytes_per_second")? {
            return Ok(Some(total));
        }
        let mut sum: Option<(usize, u64)> = None;
        for &(line, key, text) in &self.values {
            if key.starts_with("dirtyrate.vcpu.") && key.ends_with(".megabytes_per_second") {
                let rate = self.parsed(line, key, text)?;
                sum = Some((line, sum.map_or(0, |it| it.1).saturating_add(rate)));
            }
        }
        Ok(sum)
    }

    fn number(&self, key: &str) -> Result<Option<(usize, u64)>, MeasurementError> {
        let found = self.value(key);
        found.map(|(line, text)| Ok((line, self.parsed(line, key, text)?))).transpose()
    }

    fn value(&self, key: &str) -> Option<(usize, &'a str)> {
        let found = self.values.iter().find(|it| it.1 == key);
        found.map(|&(line, _, value)| (line, value))
    }

    fn parsed(&self, line: usize, key: &str, text: &str) -> Result<u64, MeasurementError> {
        let value = || format!("{text:?}");
        text.parse().map_err(|_| {
            MeasurementError::value(self.at(line, key), &value(), "a whole number from 0 on")
        })
    }

    fn at(&self, line: usize, key: &str) -> (&'a str, String) {
        (self.origin, format!("line {line}: {key}"))
    }
}
