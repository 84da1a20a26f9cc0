//! QEMU's auto-converge.

use crate::model::AutoConverge;

/// How long a period lasts at least.
const PERIOD_MS: f64 = 1000.0;
/// After so many good periods of a course that has settled none is bad.
const GOOD_IN_A_ROW: u32 = 24;

/// Decides at each bitmap sync whether the guest is slowed (`migration_trigger_throttle`).
///
/// At a sync more than a second after the last evaluation: when more bytes were dirtied in the
/// period than the trigger's share of those sent, for the second time, the throttle begins or goes
/// a step up. A good period does not reset the count.
#[derive(Clone, Debug)]
pub(super) struct Throttle {
    settings: AutoConverge,
    evaluated: f64,
    dirtied: f64,
    sent: f64,
    bad_periods: u32,
    /// Good periods since the last bad one.
    good_periods: u32,
    percent: f64,
}

impl Throttle {
    pub(super) fn new(settings: AutoConverge) -> Self {
        Self {
            settings,
            evaluated: 0.0,
            dirtied: 0.0,
            sent: 0.0,
            bad_periods: 0,
            good_periods: 0,
            percent: 0.0,
        }
    }

    /// Share of processor time taken, in percent.
    pub(super) fn percent(&self) -> f64 {
        self.percent
    }

    /// Whether it goes no further while nothing else changes: it is at its end, or so many periods
    /// in a row were good that no bad one is to come.
    pub(super) fn is_at_rest(&self) -> bool {
        self.percent >= self.settings.max || self.good_periods >= GOOD_IN_A_ROW
    }

    /// A sync found `newly` dirty bytes after `sent` bytes in all; the new throttle, if it changes.
    pub(super) fn sync(&mut self, now: f64, newly: f64, sent: f64) -> Option<f64> {
        self.dirtied += newly;
        if now <= self.evaluated + PERIOD_MS {
            return None;
        }
        let is_bad = self.dirtied > (sent - self.sent) * self.settings.trigger_percent / 100.0;
        self.evaluated = now;
        self.dirtied = 0.0;
        self.sent = sent;
        self.good_periods = if is_bad { 0 } else { self.good_periods + 1 };
        if is_bad {
            self.bad_periods += 1;
        }
        if !is_bad || self.bad_periods < 2 {
            return None;
        }
        self.bad_periods = 0;
        let next = match self.percent {
            0.0 => self.settings.initial,
            percent => (percent + self.settings.increment).min(self.settings.max),
        };
        (next > self.percent).then(|| {
            self.percent = next;
            next
        })
    }
}
