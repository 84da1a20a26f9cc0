//! How often a page of a group has been written, over time.

use super::wire::as_f64;
use crate::model::Group;

/// Share of a processor that a writer which keeps its own pace needs. Measured: a throttle of 80 %
/// did not slow such a writer, one of 90 % did.
const PACED_SHARE: f64 = 0.15;

/// Expected writes to a page of a group since the start of the migration: the integral of its
/// rate, through phases and throttling.
#[derive(Clone, Debug)]
pub(super) struct Exposure {
    pages: f64,
    cpu_bound: bool,
    /// Rates to come, the next one last.
    phases: Vec<(f64, f64)>,
    /// Writes to the group in a millisecond, without throttling.
    demand: f64,
    /// Share of the demand that is written.
    factor: f64,
    /// Where the rate last changed, and the writes to a page until then; the last round's.
    bends: Vec<Bend>,
}

#[derive(Clone, Copy, Debug)]
struct Bend {
    at: f64,
    until: f64,
    rate: f64,
}

impl Exposure {
    pub(super) fn new(group: &Group) -> Self {
        let mut phases: Vec<(f64, f64)> =
            group.phases.iter().map(|it| (it.from_ms, it.writes_per_s / 1000.0)).collect();
        phases.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut exposure = Self {
            pages: as_f64(group.pages),
            cpu_bound: group.cpu_bound,
            phases,
            demand: group.writes_per_s / 1000.0,
            factor: 1.0,
            bends: Vec::new(),
        };
        exposure.bend(0.0, 0.0);
        exposure.advance(0.0);
        exposure
    }

    /// Takes the phases up to `now` into account.
    pub(super) fn advance(&mut self, now: f64) {
        while let Some(&(from, demand)) = self.phases.last().filter(|(from, _)| *from <= now) {
            self.phases.pop();
            let until = self.at(from);
            self.demand = demand;
            self.bend(from, until);
        }
    }

    /// Changes the share of processor time that is taken from the guest.
    pub(super) fn throttle(&mut self, now: f64, taken: f64) {
        self.advance(now);
        let left = 1.0 - taken;
        self.factor = if self.cpu_bound { left } else { (left / PACED_SHARE).min(1.0) };
        let until = self.at(now);
        self.bend(now, until);
    }

    /// Lets the phases to come begin so much earlier.
    pub(super) fn skip(&mut self, ms: f64) {
        for (from, _) in &mut self.phases {
            *from -= ms;
        }
    }

    /// Forgets what was before `now`; it will not be asked for again.
    pub(super) fn forget(&mut self, now: f64) {
        let keep = self.bends.iter().rposition(|it| it.at <= now).unwrap_or(0);
        self.bends.drain(..keep);
    }

    /// Expected writes to a page until `time`, which is not after the last [`Self::advance`]
    /// and not before the last [`Self::forget`].
    pub(super) fn at(&self, time: f64) -> f64 {
        let bend = self.bends.iter().rev().find(|it| it.at <= time).or(self.bends.first());
        bend.map_or(0.0, |it| it.until + it.rate * (time - it.at).max(0.0))
    }

    /// Pages of the group.
    pub(super) fn pages(&self) -> f64 {
        self.pages
    }

    /// Writes to the whole group until `time`.
    pub(super) fn writes(&self, time: f64) -> f64 {
        self.at(time) * self.pages
    }

    fn bend(&mut self, at: f64, until: f64) {
        let rate = self.demand * self.factor / self.pages;
        self.bends.push(Bend { at, until, rate });
    }
}
