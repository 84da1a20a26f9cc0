//! How fast a migration gets on at a rate.

use std::collections::BTreeMap;

use super::forecast;
use super::key::present;
use super::setup::SpecificationError;
use crate::model::{Forecast, Key, Outcome, Slot, Specification};

/// So many forecasts are made for the very rates that occur.
const EXACT: usize = 4096;
/// Further ones are made for rates that lie so many to a doubling, and scaled.
const PER_OCTAVE: f64 = 16.0;
/// Less is no rate.
const LEAST_BYTES_S: f64 = 1.0;

/// How a migration goes at a constant rate. Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// Until all memory has been copied once.
    pub(super) first_ms: f64,
    /// From then to the end, or until it is seen to go nowhere.
    pub(super) rest_ms: f64,
    pub(super) outcome: Outcome,
    pub(super) downtime_ms: f64,
    /// Whether it would go on for ever.
    pub(super) is_endless: bool,
}

impl Pace {
    /// At no rate at all.
    pub(super) const NONE: Self = Self {
        first_ms: f64::INFINITY,
        rest_ms: 0.0,
        outcome: Outcome::Stalled,
        downtime_ms: 0.0,
        is_endless: true,
    };

    fn new(spec: &Specification, forecast: &Forecast) -> Self {
        let first = forecast.rounds.first().map(|it| it.start_ms + it.duration_ms);
        let first_ms = first.unwrap_or(forecast.total_ms).min(forecast.total_ms);
        let has_end = spec.time_limit_ms.is_some_and(|limit| limit > 0.0);
        Self {
            first_ms,
            rest_ms: forecast.total_ms - first_ms,
            outcome: forecast.outcome,
            downtime_ms: forecast.downtime_ms,
            is_endless: forecast.outcome == Outcome::Stalled && !has_end,
        }
    }

    /// The same bytes at another rate.
    fn scaled(self, factor: f64) -> Self {
        Self { first_ms: self.first_ms * factor, rest_ms: self.rest_ms * factor, ..self }
    }
}

/// Paces of migrations, each computed once. VMs that differ in nothing but their names are alike.
#[derive(Debug, Default)]
pub struct Pacer {
    kinds: Vec<Kind>,
    /// Kinds by some of their numbers.
    index: BTreeMap<(u64, u64, u64), Vec<usize>>,
    /// Paces by kind and rate.
    known: BTreeMap<(usize, u64), Pace>,
}

#[derive(Debug)]
struct Kind {
    spec: Specification,
    /// What it takes by itself, bytes a second.
    alone: f64,
}

impl Pacer {
    /// How a migration goes alone, from 0 on.
    ///
    /// # Errors
    /// When the specification makes no sense.
    pub fn alone(&mut self, spec: &Specification) -> Result<Slot, SpecificationError> {
        let (kind, rate) = self.kind(spec)?;
        let pace = self.pace(kind, rate)?;
        Ok(Slot {
            start_ms: 0.0,
            end_ms: pace.first_ms + pace.rest_ms,
            outcome: pace.outcome,
            downtime_ms: pace.downtime_ms,
            rate_bytes_s: rate,
        })
    }

    /// The number of a VM's kind, and the rate that it takes by itself, bytes a second.
    ///
    /// # Errors
    /// When the specification makes no sense.
    pub(super) fn kind(
        &mut self,
        spec: &Specification,
    ) -> Result<(usize, f64), SpecificationError> {
        let spec = Specification { name: String::new(), ..spec.clone() };
        let rate = spec.groups.first().map_or(0, |it| it.writes_per_s.to_bits());
        let alike = self.index.entry((spec.ram_bytes, spec.zero_pages, rate)).or_default();
        if let Some(&kind) = alike.iter().find(|kind| self.kinds[**kind].spec == spec) {
            return Ok((kind, self.kinds[kind].alone));
        }
        let alone = present(&spec, Key::Bandwidth)?;
        alike.push(self.kinds.len());
        self.kinds.push(Kind { spec, alone });
        Ok((self.kinds.len() - 1, alone))
    }

    /// The pace of a kind at a rate, bytes a second.
    ///
    /// # Errors
    /// None for a kind of this pacer.
    pub(super) fn pace(&mut self, kind: usize, rate: f64) -> Result<Pace, SpecificationError> {
        if rate < LEAST_BYTES_S {
            return Ok(Pace::NONE);
        }
        if let Some(&pace) = self.known.get(&(kind, rate.to_bits())) {
            return Ok(pace);
        }
        if self.known.len() < EXACT {
            return self.computed(kind, rate);
        }
        let near = ((rate.log2() * PER_OCTAVE).round() / PER_OCTAVE).exp2();
        let pace = match self.known.get(&(kind, near.to_bits())) {
            Some(&pace) => pace,
            None => self.computed(kind, near)?,
        };
        Ok(pace.scaled(near / rate))
    }

    /// At its own rate a VM goes as it is specified: the link may be faster than the VMM's limit,
    /// and then carries what is left while the VM stands still.
    fn computed(&mut self, kind: usize, rate: f64) -> Result<Pace, SpecificationError> {
        let Kind { spec, alone } = &self.kinds[kind];
        let forecast = if rate >= *alone {
            forecast(spec)?
        } else {
            forecast(&Specification { link_bytes_s: Some(rate), ..spec.clone() })?
        };
        let pace = Pace::new(spec, &forecast);
        self.known.insert((kind, rate.to_bits()), pace);
        Ok(pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::apply;
    use crate::migration::samples::{GIGABIT, busy, hopeless};

    #[test]
    fn at_its_own_rate_it_goes_as_forecast() {
        let mut pacer = Pacer::default();
        let (kind, alone) = pacer.kind(&busy()).unwrap();
        let pace = pacer.pace(kind, alone).unwrap();
        let expected = forecast(&busy()).unwrap();
        assert!((alone - GIGABIT).abs() < 1e-3);
        assert!((pace.first_ms + pace.rest_ms - expected.total_ms).abs() < 1e-6);
        assert!(!pace.is_endless && pace.outcome == Outcome::Converged);
    }

    #[test]
    fn names_make_no_kinds() {
        let mut pacer = Pacer::default();
        let named = Specification { name: "a".to_owned(), ..busy() };
        let first = pacer.kind(&busy()).unwrap().0;
        assert_eq!(pacer.kind(&named).unwrap().0, first);
        assert_ne!(pacer.kind(&apply(&busy(), Key::DowntimeLimit, 9.0)).unwrap().0, first);
    }

    #[test]
    fn beyond_what_is_computed_exactly_paces_are_near() {
        let mut pacer = Pacer::default();
        let (kind, _) = pacer.kind(&busy()).unwrap();
        for number in 0..EXACT {
            pacer.known.insert((usize::MAX, number as u64), Pace::NONE);
        }
        for rate in [6e7, 7.1e7, 8.3e7, 9.9e7] {
            let near = pacer.pace(kind, rate).unwrap();
            let spec = Specification { link_bytes_s: Some(rate), ..busy() };
            let exact = forecast(&spec).unwrap().total_ms;
            let total = near.first_ms + near.rest_ms;
            assert!((total / exact - 1.0).abs() < 0.03, "{rate}: {total} {exact}");
        }
    }

    #[test]
    fn no_rate_and_too_low_a_rate_never_end() {
        let mut pacer = Pacer::default();
        let (kind, alone) = pacer.kind(&hopeless()).unwrap();
        assert!(pacer.pace(kind, alone).unwrap().is_endless);
        assert_eq!(pacer.pace(kind, 0.0).unwrap(), Pace::NONE);
        let timed = Specification { time_limit_ms: Some(20_000.0), ..hopeless() };
        let (kind, alone) = pacer.kind(&timed).unwrap();
        assert!(!pacer.pace(kind, alone).unwrap().is_endless);
    }
}
