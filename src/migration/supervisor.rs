//! Whoever watches a migration and changes its limit, or ends it.

use super::policy::{Action, Doubling, Preset, Trigger};

/// Carries the steps of a policy out, each once.
pub(super) struct Supervisor {
    steps: Vec<(Trigger, Action)>,
    doubling: Option<Doubling>,
    next_poll: f64,
    last_left: f64,
    looks: u32,
    least_left: f64,
    progressed_at: f64,
}

/// What the supervisor sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    pub(super) now: f64,
    pub(super) syncs: u32,
    pub(super) left_pages: f64,
    pub(super) limit_ms: f64,
}

impl Supervisor {
    pub(super) fn new(preset: &Preset) -> Self {
        Self {
            steps: preset.steps.clone(),
            doubling: preset.doubling,
            next_poll: preset.doubling.map_or(f64::INFINITY, |it| it.poll_ms),
            last_left: f64::INFINITY,
            looks: 0,
            least_left: f64::INFINITY,
            progressed_at: 0.0,
        }
    }

    /// Whether it will do nothing more, the limit being what it is.
    pub(super) fn is_done(&self, limit_ms: f64) -> bool {
        self.steps.is_empty() && !self.may_double(limit_ms)
    }

    /// Whether it may still double the limit.
    fn may_double(&self, limit_ms: f64) -> bool {
        self.doubling.is_some_and(|it| limit_ms < it.max_ms)
    }

    /// When it does something next if nothing happens until then; never where it looks every
    /// second.
    pub(super) fn next_at(&self) -> Option<f64> {
        let times = self.steps.iter().filter_map(|(trigger, _)| match *trigger {
            Trigger::At(at) => Some(at),
            Trigger::NoProgress(limit) => Some(self.progressed_at + limit),
            Trigger::AfterSync(_) => None,
        });
        times.reduce(f64::min)
    }

    /// What is to be done now.
    pub(super) fn look(&mut self, sight: Sight) -> Option<Action> {
        if self.steps.is_empty() && self.doubling.is_none() {
            return None;
        }
        if sight.left_pages < self.least_left {
            self.least_left = sight.left_pages;
            self.progressed_at = sight.now;
        }
        let stuck = sight.now - self.progressed_at;
        let due = self.steps.iter().position(|(trigger, _)| match *trigger {
            Trigger::At(at) => sight.now >= at,
            Trigger::AfterSync(count) => sight.syncs >= count,
            Trigger::NoProgress(limit) => stuck >= limit,
        });
        match due {
            Some(place) => Some(self.steps.remove(place).1),
            None => self.double(sight),
        }
    }

    fn double(&mut self, sight: Sight) -> Option<Action> {
        let doubling = self.doubling?;
        if sight.now < self.next_poll {
            return None;
        }
        self.next_poll = sight.now + doubling.poll_ms;
        if sight.left_pages > self.last_left || sight.left_pages <= 0.0 {
            self.looks += 1;
        }
        self.last_left = sight.left_pages;
        if self.looks <= doubling.looks || sight.limit_ms >= doubling.max_ms {
            return None;
        }
        self.looks = 0;
        Some(Action::Limit((sight.limit_ms * 2.0).min(doubling.max_ms)))
    }
}
