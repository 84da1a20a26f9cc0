//! How far forecasts are from what was measured.

use netplan_cluster::migration;
use netplan_cluster::model::{Engine, Forecast, Outcome};

use crate::data::{Case, Numbers};

/// A case, and what two engines say of it.
pub(crate) struct Row {
    pub(crate) case: Case,
    pub(crate) replay: Said,
    pub(crate) geometric: Said,
}

/// What an engine says.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub(crate) converged: bool,
    pub(crate) bytes: f64,
    pub(crate) total_ms: f64,
    pub(crate) downtime_ms: f64,
    pub(crate) syncs: f64,
    pub(crate) plateau: Option<f64>,
}

impl From<Forecast> for Said {
    fn from(forecast: Forecast) -> Self {
        Self {
            converged: forecast.outcome == Outcome::Converged,
            bytes: forecast.transferred_bytes,
            total_ms: forecast.total_ms,
            downtime_ms: forecast.downtime_ms,
            syncs: f64::from(forecast.dirty_sync_count),
            plateau: forecast.plateau_pages,
        }
    }
}

impl Row {
    pub(crate) fn new(case: Case) -> Self {
        let said = |engine| {
            let mut spec = case.spec.clone();
            spec.engine = engine;
            Said::from(migration::forecast(&spec).unwrap())
        };
        Self { replay: said(Engine::Replay), geometric: said(Engine::Geometric), case }
    }

    pub(crate) fn is_judged(&self) -> bool {
        !self.case.unstable
    }

    /// Medians of the repetitions, if the migration converged.
    pub(crate) fn median(&self) -> Option<Numbers> {
        self.case.measured.median.filter(|_| self.case.measured.has_converged())
    }

    /// In percent of the median.
    pub(crate) fn bytes_error(&self, said: &Said) -> Option<f64> {
        percent(said.bytes, self.comparable(said)?.transferred_bytes)
    }

    /// In percent of the median.
    pub(crate) fn time_error(&self, said: &Said) -> Option<f64> {
        percent(said.total_ms, self.comparable(said)?.total_ms)
    }

    /// Syncs too many.
    pub(crate) fn sync_error(&self, said: &Said) -> Option<f64> {
        Some(said.syncs - self.comparable(said)?.dirty_sync_count?)
    }

    /// Milliseconds too many.
    pub(crate) fn downtime_error(&self, said: &Said) -> Option<f64> {
        Some(said.downtime_ms - self.comparable(said)?.downtime_ms?)
    }

    /// In percent.
    pub(crate) fn plateau_error(&self, said: &Said) -> Option<f64> {
        percent(said.plateau?, self.case.measured.plateau_pages)
    }

    /// Whether the count is the median of the repetitions. A median of an even number of them can
    /// lie between two counts, where no forecast can be; then it has to be one of those counted.
    pub(crate) fn is_sync_exact(&self, said: &Said) -> Option<bool> {
        let error = self.sync_error(said)?.abs();
        Some(error < 0.25 || (error < 0.75 && self.case.measured.has_counted(said.syncs)))
    }

    /// Whether some repetition counted as many; for single runs, whether the run did.
    pub(crate) fn is_sync_seen(&self, said: &Said) -> Option<bool> {
        Some(self.is_sync_exact(said)? || self.case.measured.has_counted(said.syncs))
    }

    pub(crate) fn is_downtime_near(&self, said: &Said) -> Option<bool> {
        let error = self.downtime_error(said)?.abs();
        Some(error <= 10.0 || error <= 0.25 * self.median()?.downtime_ms?)
    }

    fn is_plateau_within(&self, said: &Said) -> Option<bool> {
        let pages = (said.plateau? - self.case.measured.plateau_pages?).abs();
        Some(pages <= 100.0 || self.plateau_error(said)?.abs() <= 10.0)
    }

    /// What falls outside the limits that most cases must meet.
    pub(crate) fn faults(&self, said: &Said) -> Vec<&'static str> {
        let beyond = |error: Option<f64>, limit| error.is_some_and(|it: f64| it.abs() > limit);
        let fails = |is_met: Option<bool>| is_met == Some(false);
        let faults = [
            ("verdict", said.converged != self.case.measured.has_converged()),
            ("bytes", beyond(self.bytes_error(said), 5.0)),
            ("time", beyond(self.time_error(said), 8.0)),
            ("syncs", beyond(self.sync_error(said), 1.25)),
            ("downtime", fails(self.is_downtime_near(said))),
            ("plateau", fails(self.is_plateau_within(said))),
        ];
        faults.into_iter().filter(|(_, is_fault)| *is_fault).map(|(name, _)| name).collect()
    }

    /// Figures of a migration that was not moved are not those of one that was.
    fn comparable(&self, said: &Said) -> Option<Numbers> {
        self.median().filter(|_| said.converged)
    }
}

fn percent(said: f64, measured: Option<f64>) -> Option<f64> {
    measured.map(|it| (said - it) / it * 100.0)
}

/// Two places of the sorted errors, without their signs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) p90: f64,
}

/// How many of how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) met: u32,
    pub(crate) of: u32,
}

impl Share {
    pub(crate) fn at_least(self, share: f64) -> bool {
        f64::from(self.met) >= share * f64::from(self.of)
    }

    pub(crate) fn percent(self) -> f64 {
        f64::from(self.met) * 100.0 / f64::from(self.of.max(1))
    }
}

/// The figures of many cases.
pub(crate) struct Figures {
    pub(crate) verdicts: Share,
    pub(crate) bytes: Spread,
    pub(crate) time: Spread,
    pub(crate) syncs_exact: Share,
    pub(crate) syncs_seen: Share,
    pub(crate) syncs_near: Share,
    pub(crate) downtime: Share,
    pub(crate) plateau_near: Share,
    pub(crate) plateau_within: Share,
}

impl Figures {
    pub(crate) fn new<'a>(
        rows: impl Iterator<Item = &'a Row>,
        of: impl Fn(&'a Row) -> &'a Said,
    ) -> Self {
        let rows: Vec<(&Row, &Said)> = rows.map(|row| (row, of(row))).collect();
        let errors = |error: fn(&Row, &Said) -> Option<f64>| -> Vec<f64> {
            rows.iter().filter_map(|(row, said)| error(row, said)).map(f64::abs).collect()
        };
        let share = |is_met: fn(&Row, &Said) -> Option<bool>| {
            share(rows.iter().filter_map(|(row, said)| is_met(row, said)))
        };
        Self {
            verdicts: share(|row, said| Some(said.converged == row.case.measured.has_converged())),
            bytes: spread(errors(Row::bytes_error)),
            time: spread(errors(Row::time_error)),
            syncs_exact: share(Row::is_sync_exact),
            syncs_seen: share(Row::is_sync_seen),
            syncs_near: share(|row, said| Some(row.sync_error(said)?.abs() < 1.25)),
            downtime: share(Row::is_downtime_near),
            plateau_near: share(|row, said| Some(row.plateau_error(said)?.abs() <= 4.0)),
            plateau_within: share(Row::is_plateau_within),
        }
    }
}

fn share(met: impl Iterator<Item = bool>) -> Share {
    met.fold(Share { met: 0, of: 0 }, |share, is_met| Share {
        met: share.met + u32::from(is_met),
        of: share.of + 1,
    })
}

fn spread(mut errors: Vec<f64>) -> Spread {
    errors.sort_by(f64::total_cmp);
    Spread { median: rank(&errors, 50), p90: rank(&errors, 90) }
}

/// The least error that so many percent of the cases do not exceed.
fn rank(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100);
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
