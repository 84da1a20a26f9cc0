//! When a node is empty that takes no new jobs.

use super::as_f64;
use super::law::Law;
use super::load::{Load, Refill, Seat};
use super::quantile::quantile;
use super::remaining::Running;
use crate::model::DrainMode;

/// What decides besides the load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    /// How long jobs run.
    pub(super) law: &'a Law,
    /// What follows a job that is over before its node is closed; absent: nothing.
    pub(super) refill: Option<&'a Refill>,
    /// How nodes are emptied.
    pub(super) mode: DrainMode,
}

/// A node from the moment on when it is closed.
///
/// Of each of its jobs it is known how long it has run; where it may be over by the time the node
/// is closed, other jobs have its cores. A node is empty when the last job is over, so chances
/// multiply.
#[derive(Clone, Debug)]
pub(super) struct Emptying<'a> {
    setting: Setting<'a>,
    slots: Vec<Slot>,
    /// When its reservation begins, under [`DrainMode::Reserve`].
    reserved_s: f64,
}

/// Cores of one job, or of those that followed it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    cores: f64,
    /// Chance that the job is over before the node is closed.
    gone: f64,
    job: Running,
    /// Part of all jobs that runs as long.
    alive: f64,
    restarts: bool,
    /// Whether a node that comes later in turn has the job, too.
    counts_later: bool,
}

impl<'a> Emptying<'a> {
    /// Of a node by its place, closed so many seconds from now; `last_nodes` are the load's.
    #[must_use]
    pub(super) fn new(
        (load, last_nodes): (&Load, &[usize]),
        place: usize,
        start_s: f64,
        setting: Setting<'a>,
    ) -> Self {
        let slot = |seat: &Seat| {
            let job = load.jobs[seat.job];
            let elapsed_s = job.running.elapsed_s + start_s;
            let then = Running { elapsed_s, ..job.running };
            Slot {
                cores: seat.cores,
                gone: job.running.over_within(setting.law, start_s),
                job: then,
                alive: then.alive(setting.law),
                restarts: job.restarts,
                counts_later: last_nodes[seat.job] != place,
            }
        };
        let slots = load.nodes[place].seats.iter().map(slot).collect();
        let mut emptying = Self { setting, slots, reserved_s: 0.0 };
        if setting.mode == DrainMode::Reserve {
            emptying.reserved_s = quantile(|s| emptying.empty_within(s), emptying.bound_s(), 0.5);
        }
        emptying
    }

    /// Chance that it is empty so many seconds after it was closed.
    #[must_use]
    pub(super) fn empty_within(&self, s: f64) -> f64 {
        if s < 0.0 {
            return 0.0;
        }
        self.slots.iter().map(|it| self.known_over(it, s) + self.followers_over(it, s)).product()
    }

    /// The same, but of jobs that a later node has as well, those are left out: chances of several
    /// nodes multiply only if no job counts twice.
    #[must_use]
    pub(super) fn empty_but_shared_within(&self, s: f64) -> f64 {
        if s < 0.0 {
            return 0.0;
        }
        let over = |it: &Slot| {
            let known = if it.counts_later { 1.0 - it.gone } else { self.known_over(it, s) };
            known + self.followers_over(it, s)
        };
        self.slots.iter().map(over).product()
    }

    /// Chance that the job was there, and is over.
    fn known_over(&self, slot: &Slot, s: f64) -> f64 {
        if slot.gone >= 1.0 {
            return 0.0;
        }
        let over = match self.setting.mode {
            DrainMode::Requeue if slot.restarts => 1.0,
            DrainMode::Reserve => f64::from(u8::from(s >= slot.job.bound_s())),
            DrainMode::Drain | DrainMode::Requeue => {
                slot.job.over_within_of(self.setting.law, slot.alive, s)
            }
        };
        (1.0 - slot.gone) * over
    }

    /// Chance that others had followed it, and all are over.
    fn followers_over(&self, slot: &Slot, s: f64) -> f64 {
        if slot.gone <= 0.0 {
            return 0.0;
        }
        let Some(refill) = self.setting.refill else { return slot.gone };
        let one = match self.setting.mode {
            DrainMode::Requeue => {
                refill.restarts + (1.0 - refill.restarts) * refill.done.over_within(s)
            }
            DrainMode::Reserve => refill.limit.over_within(s),
            DrainMode::Drain => refill.done.over_within(s),
        };
        slot.gone * power(one, slot.cores * refill.jobs_per_core)
    }

    /// Cores that are busy on average so many seconds after it was closed.
    #[must_use]
    pub(super) fn busy(&self, s: f64) -> f64 {
        self.slots.iter().map(|it| it.cores * self.slot_busy(it, s)).sum()
    }

    fn slot_busy(&self, slot: &Slot, s: f64) -> f64 {
        let stays = |restarts: f64| {
            if self.setting.mode == DrainMode::Requeue { 1.0 - restarts } else { 1.0 }
        };
        let known = stays(f64::from(u8::from(slot.restarts)))
            * (1.0 - slot.job.over_within_of(self.setting.law, slot.alive, s));
        let follower = |it: &Refill| stays(it.restarts) * (1.0 - it.done.over_within(s));
        let busy =
            (1.0 - slot.gone) * known + slot.gone * self.setting.refill.map_or(0.0, follower);
        busy + (1.0 - busy) * self.fits(s)
    }

    /// Part of the work that still fits before the reservation.
    fn fits(&self, s: f64) -> f64 {
        match self.setting {
            Setting { mode: DrainMode::Reserve, refill: Some(refill), .. } => {
                refill.fits(self.reserved_s - s)
            }
            _ => 0.0,
        }
    }

    /// The longest that it can take to be empty, seconds.
    #[must_use]
    pub(super) fn bound_s(&self) -> f64 {
        let follower = self.setting.refill.map_or(0.0, |it| it.done.bound_s());
        let bound = |slot: &Slot| {
            let is_stopped = self.setting.mode == DrainMode::Requeue && slot.restarts;
            let known = if slot.gone < 1.0 && !is_stopped { slot.job.bound_s() } else { 0.0 };
            if slot.gone > 0.0 { known.max(follower) } else { known }
        };
        self.slots.iter().map(bound).fold(0.0, f64::max)
    }

    /// About how long it takes, seconds: an average over few moments.
    #[must_use]
    pub(super) fn about_s(&self) -> f64 {
        const MOMENTS: usize = 16;
        let bound = self.bound_s();
        let at = |moment| (as_f64(moment) + 0.5) / as_f64(MOMENTS) * bound;
        let left = (0..MOMENTS).map(|moment| 1.0 - self.empty_within(at(moment)));
        left.sum::<f64>() * bound / as_f64(MOMENTS)
    }

    /// Work that is thrown away with jobs that are stopped, core seconds on average.
    #[must_use]
    pub(super) fn stopped_core_s(&self) -> f64 {
        if self.setting.mode != DrainMode::Requeue {
            return 0.0;
        }
        let stopped = |slot: &Slot| {
            let known = if slot.restarts { slot.job.elapsed_s } else { 0.0 };
            let follower = self.setting.refill.map_or(0.0, |it| it.restarts * it.done.mean_s());
            slot.cores * ((1.0 - slot.gone) * known + slot.gone * follower)
        };
        self.slots.iter().map(stopped).sum()
    }
}

/// A power; most are of 1.
fn power(base: f64, exponent: f64) -> f64 {
    if (exponent - 1.0).abs() < 1e-9 { base } else { base.powf(exponent) }
}
