//! Failure by failure, system by system.

use std::collections::BTreeMap;

use super::lose::{Setup, lose};
use super::reliability::yearly_downtime_s;
use crate::model::service::{Downtime, FailureMode, MatrixRow, Verdict};

/// What comes of every failure for every system, in the order of the failures and then of the
/// systems.
#[must_use]
pub fn matrix(setups: &[Setup<'_>]) -> Vec<MatrixRow> {
    let mut rows = Vec::new();
    for mode in FailureMode::ALL {
        for setup in setups {
            let loss = lose(setup, mode.into());
            rows.push(MatrixRow {
                service: setup.service.map(|service| service.name.clone()),
                profile: setup.profile.name.clone(),
                mode,
                outage_s: loss.outage_s(),
                ruling: loss.ruling,
            });
        }
    }
    rows
}

/// Seconds a year without each system, at so many failures a year of each mode. A failure that
/// nobody takes over lasts until it is mended.
#[must_use]
pub fn downtimes(
    setups: &[Setup<'_>],
    rates: &BTreeMap<FailureMode, f64>,
    repair_s: Option<f64>,
) -> Vec<Downtime> {
    setups.iter().map(|setup| downtime(setup, rates, repair_s)).collect()
}

fn downtime(
    setup: &Setup<'_>,
    rates: &BTreeMap<FailureMode, f64>,
    repair_s: Option<f64>,
) -> Downtime {
    let (mut failures, mut unmended) = (Vec::new(), Vec::new());
    for (mode, rate) in rates {
        let loss = lose(setup, (*mode).into());
        match (loss.outage_s(), loss.ruling.verdict) {
            (Some(outage_s), _) => failures.push((*rate, outage_s.mean)),
            (None, Verdict::Stays | Verdict::NotApplicable) => {}
            (None, _) => {
                failures.push((*rate, repair_s.unwrap_or(0.0)));
                unmended.push(*mode);
            }
        }
    }
    let is_known = unmended.is_empty() || repair_s.is_some();
    Downtime {
        service: setup.service.map(|service| service.name.clone()),
        profile: setup.profile.name.clone(),
        seconds_a_year: is_known.then(|| yearly_downtime_s(failures)),
        unmended,
    }
}
