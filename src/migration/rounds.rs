//! Loops that send everything that is dirty before they look again: Cloud Hypervisor, Xen,
//! Hyper-V, and the stop rule of TCP time-outs.

use super::ledger::{End, Ledger, Left};
use super::memory::{Budget, Memory};
use super::policy::{Action, RoundLimits};
use super::settle::Settling;
use super::setup::Setup;
use super::supervisor::{Sight, Supervisor};
use crate::model::{Forecast, Outcome};

/// Nothing is replayed for more rounds.
const MOST_ROUNDS: u32 = 100_000;

/// Replays the loop over a memory.
pub(super) fn run(setup: &Setup<'_>, limits: RoundLimits, memory: impl Memory) -> Forecast {
    let mut course = Course {
        setup,
        limits,
        memory,
        ledger: Ledger::new(setup.page),
        supervisor: Supervisor::new(&setup.preset),
        settling: Settling::default(),
        now: 0.0,
        bandwidth: 0.0,
    };
    course.ledger.count_sync(course.now);
    for round in 1..=MOST_ROUNDS {
        let is_settled = course.round();
        if let Some(end) = course.judge(round, is_settled) {
            return course.ledger.close(setup.spec, &end);
        }
    }
    let end = course.give_up(Outcome::Stalled);
    course.ledger.close(setup.spec, &end)
}

struct Course<'a, M> {
    setup: &'a Setup<'a>,
    limits: RoundLimits,
    memory: M,
    ledger: Ledger,
    supervisor: Supervisor,
    settling: Settling,
    now: f64,
    /// Bytes a millisecond, in the last round.
    bandwidth: f64,
}

impl<M: Memory> Course<'_, M> {
    /// Sends what is dirty, syncs; whether the course has settled.
    fn round(&mut self) -> bool {
        let sent = self.memory.send(self.now, Budget::UNLIMITED);
        let took = sent.ms.max(sent.bytes / self.setup.rate);
        self.ledger.sent(sent);
        self.now += took;
        self.bandwidth = if took > 0.0 { sent.bytes / took } else { self.setup.rate };
        let found = self.memory.sync(self.now);
        let pending = self.memory.pending();
        let left = Left { pending, bandwidth: self.bandwidth, throttle: 0.0 };
        self.ledger.close_round(self.now, found, &left);
        self.settling.sync(pending) && self.now > self.setup.last_change
    }

    fn judge(&mut self, round: u32, is_settled: bool) -> Option<End> {
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
            now: self.now,
            syncs: self.ledger.syncs(),
            left_pages: pending,
            limit_ms: self.setup.limit_ms,
        };
        if self.supervisor.look(sight) == Some(Action::Cancel) {
            return Some(self.give_up(Outcome::Cancelled));
        }
        let is_late = self.setup.time_limit.is_some_and(|limit| self.now >= limit);
        if is_late || (is_settled && self.setup.time_limit.is_none()) {
            return Some(self.fate());
        }
        None
    }

    /// A course that repeats itself goes on until its policy gives up, if it ever does.
    fn fate(&mut self) -> End {
        match self.supervisor.gives_up_at() {
            Some(at) if self.setup.time_limit.is_none() => {
                self.now = self.now.max(at);
                self.give_up(Outcome::Cancelled)
            }
            _ => self.give_up(Outcome::Stalled),
        }
    }

    fn threshold(&self) -> f64 {
        self.bandwidth * self.setup.limit_ms
    }

    fn give_up(&self, outcome: Outcome) -> End {
        End {
            outcome,
            now: self.now,
            downtime_ms: 0.0,
            blackout_ms: 0.0,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold(),
        }
    }

    fn stop(&mut self, outcome: Outcome) -> End {
        let threshold_bytes = self.threshold();
        self.ledger.count_sync(self.now);
        let sent = self.memory.send(self.now, Budget::UNLIMITED);
        self.ledger.sent(sent);
        let downtime_ms = sent.ms.max(sent.bytes / self.setup.link) + self.setup.fixed_ms;
        self.now += downtime_ms;
        End {
            outcome,
            now: self.now,
            downtime_ms,
            blackout_ms: downtime_ms,
            downtime_bytes: sent.bytes,
            threshold_bytes,
        }
    }
}
