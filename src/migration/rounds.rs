//! Loops that send everything that is dirty before they look again: Cloud Hypervisor, Xen,
//! Hyper-V, and the stop rule of TCP time-outs.

use super::ledger::{End, Ledger, Left};
use super::memory::{Budget, Memory};
use super::policy::{Action, RoundLimits};
use super::replayed::{FAR, Replayed, Skipped};
use super::settle::Settling;
use super::setup::Setup;
use super::supervisor::{Sight, Supervisor};
use crate::model::Outcome;

/// Replays the loop over a memory; tells the forecast and the work that it took.
pub(super) fn run(setup: &Setup<'_>, limits: RoundLimits, memory: impl Memory) -> Replayed {
    let mut course = Course {
        setup,
        limits,
        memory,
        ledger: Ledger::new(setup.page),
        supervisor: Supervisor::new(&setup.preset),
        settling: Settling::new(setup.numbers),
        skipped: Skipped::default(),
        changes: 0,
        now: 0.0,
        bandwidth: 0.0,
    };
    course.ledger.count_sync(course.now);
    for round in 1..=setup.reach.turns {
        let end = course.round().or_else(|| course.judge(round));
        if let Some(end) = end {
            return course.done(round, &end);
        }
        if course.memory.effort() > setup.reach.effort {
            break;
        }
    }
    let end = course.give_up(Outcome::Stalled);
    course.done(setup.reach.turns, &end)
}

struct Course<'a, M> {
    setup: &'a Setup<'a>,
    limits: RoundLimits,
    memory: M,
    ledger: Ledger,
    supervisor: Supervisor,
    settling: Settling,
    skipped: Skipped,
    /// Changes of the guest's writing that have begun.
    changes: usize,
    /// Since the start, without what was skipped.
    now: f64,
    /// Bytes a millisecond, in the last round.
    bandwidth: f64,
}

impl<M: Memory> Course<'_, M> {
    fn done(self, rounds: u32, end: &End) -> Replayed {
        let effort = u64::from(rounds) + self.memory.effort();
        let mut forecast = self.ledger.close(self.setup.spec, end);
        forecast.assumptions.extend(self.skipped.words());
        Replayed { forecast, effort }
    }

    /// Since the start of the migration.
    fn clock(&self) -> f64 {
        self.now + self.skipped.ms
    }

    /// Sends what is dirty, syncs; the end if the time is over before that is done.
    fn round(&mut self) -> Option<End> {
        let left = self.setup.time_limit.map_or(f64::INFINITY, |at| at - self.clock());
        let line = Budget::over(self.setup.rate);
        let sent = self.memory.send(self.now, Budget { quota: left * self.setup.rate, ..line });
        let took = line.passed(&sent);
        self.ledger.sent(sent);
        if took >= left {
            self.now += left;
            return Some(self.timed_out());
        }
        self.now += took;
        self.bandwidth = if took > 0.0 { sent.bytes / took } else { self.setup.rate };
        let found = self.memory.sync(self.now);
        let pending = self.memory.pending();
        let left = Left { pending, bandwidth: self.bandwidth, throttle: 0.0 };
        self.ledger.close_round(self.clock(), found, &left);
        self.settling.sync(pending);
        while self.setup.changes.get(self.changes).is_some_and(|at| *at <= self.clock()) {
            self.changes += 1;
            self.settling.restart();
        }
        None
    }

    /// One that has not settled might have converged later.
    fn timed_out(&self) -> End {
        let is_settled = self.settling.is_settled();
        self.give_up(if is_settled { Outcome::Stalled } else { Outcome::Cancelled })
    }

    fn judge(&mut self, round: u32) -> Option<End> {
        let pending = self.memory.pending();
        let is_within = pending * self.setup.page <= self.threshold();
        if pending < self.limits.pages || (self.limits.within_limit && is_within) {
            return Some(self.stop(Outcome::Converged));
        }
        if self.limits.rounds.is_some_and(|most| round >= most) {
            let outcome = if is_within { Outcome::Converged } else { Outcome::Forced };
            return Some(self.stop(outcome));
        }
        let sight = Sight {
            now: self.clock(),
            syncs: self.ledger.syncs(),
            left_pages: pending,
            limit_ms: self.setup.limit_ms,
        };
        if self.supervisor.look(sight) == Some(Action::Cancel) {
            return Some(self.give_up(Outcome::Cancelled));
        }
        if self.settling.is_settled() { self.repeat() } else { None }
    }

    /// A course that has settled repeats itself: to no end, or until somebody acts.
    fn repeat(&mut self) -> Option<End> {
        let change = self.setup.changes.get(self.changes).copied();
        let all = [self.setup.time_limit, self.supervisor.next_at(), change];
        let Some(at) = all.into_iter().flatten().reduce(f64::min) else {
            return Some(self.give_up(Outcome::Stalled));
        };
        let ms = at - self.clock();
        if ms > FAR * self.clock() {
            let repeated = self.ledger.repeat(ms);
            self.skipped.add(&repeated);
            self.memory.skip(repeated.ms);
        }
        None
    }

    fn threshold(&self) -> f64 {
        self.bandwidth * self.setup.limit_ms
    }

    fn give_up(&self, outcome: Outcome) -> End {
        End {
            outcome,
            now: self.clock(),
            downtime_ms: 0.0,
            blackout_ms: 0.0,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold(),
        }
    }

    fn stop(&mut self, outcome: Outcome) -> End {
        let threshold_bytes = self.threshold();
        self.ledger.count_sync(self.clock());
        let sent = self.memory.send(self.now, Budget::over(self.setup.link));
        self.ledger.sent(sent);
        let downtime_ms = sent.ms.max(sent.bytes / self.setup.link) + self.setup.fixed_ms;
        self.now += downtime_ms;
        End {
            outcome,
            now: self.clock(),
            downtime_ms,
            blackout_ms: downtime_ms,
            downtime_bytes: sent.bytes,
            threshold_bytes,
        }
    }
}
