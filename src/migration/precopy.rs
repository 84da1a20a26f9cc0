//! QEMU's pre-copy loop: windows, slices, quota and threshold.

use super::ledger::{End, Ledger, Left};
use super::memory::{Budget, Memory, Sent};
use super::policy::Action;
use super::settle::Settling;
use super::setup::Setup;
use super::socket::Socket;
use super::supervisor::{Sight, Supervisor};
use super::throttle::Throttle;
use crate::model::{Forecast, Outcome, Vmm};

/// The limiter's window (`BUFFER_DELAY`), and how late its sleep ends (measured).
const WINDOW_MS: f64 = 100.0;
const OVERSLEEP_MS: f64 = 0.2;
/// A slice ends after more than 50 ms (`MAX_WAIT`), counted in whole milliseconds.
const SLICE_MS: f64 = 51.0;
/// From the command to the first page.
const SETUP_MS: f64 = 2.5;
/// QEMU 10 syncs so often while the guest is throttled.
const THROTTLED_SYNC_MS: f64 = 5000.0;

/// Replays the loop over a memory.
pub(super) fn run(setup: &Setup<'_>, memory: impl Memory) -> Forecast {
    let mut course = Course::new(setup, memory);
    course.ledger.count_sync(course.now);
    for _ in 0..setup.horizon {
        if let Some(end) = course.step() {
            return course.ledger.close(setup.spec, &end);
        }
    }
    let end = course.give_up(Outcome::Stalled);
    course.ledger.close(setup.spec, &end)
}

/// A migration under way.
struct Course<'a, M> {
    setup: &'a Setup<'a>,
    memory: M,
    ledger: Ledger,
    supervisor: Supervisor,
    throttle: Option<Throttle>,
    settling: Settling,
    socket: Socket,
    now: f64,
    window_start: f64,
    window_bytes: f64,
    /// Bytes a millisecond, over the last window.
    bandwidth: f64,
    threshold: f64,
    limit_ms: f64,
    synced: f64,
    is_settled: bool,
    postcopy: bool,
}

impl<'a, M: Memory> Course<'a, M> {
    fn new(setup: &'a Setup<'a>, memory: M) -> Self {
        Self {
            setup,
            memory,
            ledger: Ledger::new(setup.page),
            supervisor: Supervisor::new(&setup.preset),
            throttle: setup.preset.auto_converge.map(Throttle::new),
            settling: Settling::default(),
            socket: Socket::new(setup.link),
            now: SETUP_MS,
            window_start: SETUP_MS,
            window_bytes: 0.0,
            bandwidth: 0.0,
            threshold: 0.0,
            limit_ms: setup.limit_ms,
            synced: SETUP_MS,
            is_settled: false,
            postcopy: false,
        }
    }

    /// One turn of the loop.
    fn step(&mut self) -> Option<End> {
        if let Some(end) = self.supervise() {
            return Some(end);
        }
        if !self.is_limited() {
            self.estimate();
            if self.may_stop() {
                return Some(self.stop(Outcome::Converged));
            }
            if self.postcopy {
                return Some(self.post_copy());
            }
            self.slice();
        }
        self.pace();
        None
    }

    fn is_limited(&self) -> bool {
        self.window_bytes > self.setup.quota
    }

    fn pending_bytes(&self) -> f64 {
        self.memory.pending() * self.setup.page
    }

    /// Syncs when less is left than the threshold; while QEMU 10 throttles, every 5 s too.
    fn estimate(&mut self) {
        let pending = self.pending_bytes();
        let throttles = self.throttle.as_ref().is_some_and(|it| it.percent() > 0.0);
        let is_forced = self.setup.spec.vmm == Vmm::Qemu10
            && throttles
            && self.now >= self.synced + THROTTLED_SYNC_MS;
        if pending < self.threshold || is_forced {
            self.sync();
        }
    }

    /// QEMU 7.2 and 8.2 stop below the threshold, QEMU 10 at it as well.
    fn may_stop(&self) -> bool {
        let pending = self.pending_bytes();
        let at = self.setup.spec.vmm == Vmm::Qemu10 && pending <= self.threshold;
        pending <= 0.0 || pending < self.threshold || at
    }

    fn sync(&mut self) {
        let found = self.memory.sync(self.now);
        self.synced = self.now;
        let sent = self.ledger.bytes();
        let page = self.setup.page;
        let change = self.throttle.as_mut().and_then(|it| it.sync(self.now, found * page, sent));
        if let Some(percent) = change {
            self.memory.throttle(self.now, percent / 100.0);
            self.settling.restart();
        }
        let percent = self.throttle.as_ref().map_or(0.0, Throttle::percent);
        let left =
            Left { pending: self.memory.pending(), bandwidth: self.bandwidth, throttle: percent };
        self.ledger.close_round(self.now, found, &left);
        self.is_settled = self.settling.sync(left.pending);
        self.postcopy |= self.setup.postcopy_after.is_some_and(|it| self.ledger.syncs() >= it);
    }

    /// Sends until the quota is used up, the slice's time is over, or nothing is left.
    fn slice(&mut self) {
        let budget = Budget {
            quota: self.setup.quota - self.window_bytes,
            socket: self.socket.room(self.now, SLICE_MS) - self.setup.wire.slice_end(),
            ms: SLICE_MS,
        };
        let sent = self.push(budget);
        self.window_bytes += sent.bytes;
    }

    /// Sends what a budget allows and the mark of its end through the socket.
    fn push(&mut self, budget: Budget) -> Sent {
        let mut sent = self.memory.send(self.now, budget);
        sent.bytes += self.setup.wire.slice_end();
        let written = self.socket.write(self.now, sent.bytes);
        sent.ms = (written - self.now).max(sent.ms);
        self.now += sent.ms;
        self.ledger.sent(sent);
        sent
    }

    /// Sleeps to the end of the window when the quota is used up; a new window begins when the
    /// old one has lasted 100 ms.
    fn pace(&mut self) {
        if self.is_limited() {
            self.now = self.now.max(self.window_start + WINDOW_MS + OVERSLEEP_MS);
        }
        let spent = self.now - self.window_start;
        if spent >= WINDOW_MS {
            self.bandwidth = self.window_bytes / spent;
            self.threshold = self.setup.switchover.unwrap_or(self.bandwidth) * self.limit_ms;
            self.window_start = self.now;
            self.window_bytes = 0.0;
        }
    }

    fn supervise(&mut self) -> Option<End> {
        let sight = Sight {
            now: self.now,
            syncs: self.ledger.syncs(),
            left_pages: self.memory.pending(),
            limit_ms: self.limit_ms,
        };
        match self.supervisor.look(sight) {
            Some(Action::Limit(limit)) => {
                self.threshold *= limit / self.limit_ms;
                self.limit_ms = limit;
                self.settling.restart();
                self.is_settled = false;
            }
            Some(Action::Postcopy) => self.postcopy = true,
            Some(Action::Cancel) => return Some(self.give_up(Outcome::Cancelled)),
            None => {}
        }
        if self.setup.time_limit.is_some_and(|limit| self.now >= limit) {
            return Some(self.give_up(Outcome::Stalled));
        }
        let is_final = self.setup.time_limit.is_none()
            && self.is_settled
            && self.supervisor.is_done()
            && self.now > self.setup.last_change
            && self.throttle.as_ref().is_none_or(Throttle::is_at_end);
        is_final.then(|| self.give_up(Outcome::Stalled))
    }

    fn give_up(&self, outcome: Outcome) -> End {
        End {
            outcome,
            now: self.now,
            downtime_ms: 0.0,
            blackout_ms: 0.0,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold,
        }
    }

    /// Stops the VM: a last sync, then everything at the speed of the link.
    fn stop(&mut self, outcome: Outcome) -> End {
        self.memory.sync(self.now);
        self.ledger.count_sync(self.now);
        let sent = self.push(Budget::UNLIMITED);
        self.now += self.setup.fixed_ms;
        let downtime_ms = sent.ms + self.setup.fixed_ms;
        End {
            outcome,
            now: self.now,
            downtime_ms,
            blackout_ms: downtime_ms + self.socket.queued_ms(),
            downtime_bytes: sent.bytes,
            threshold_bytes: self.threshold,
        }
    }

    /// Moves the VM at once and pushes the rest behind it.
    fn post_copy(&mut self) -> End {
        self.memory.sync(self.now);
        self.ledger.count_sync(self.now);
        let downtime_ms = self.setup.fixed_ms;
        let blackout_ms = downtime_ms + self.socket.queued_ms();
        let start = self.now;
        let sent = self.push(Budget::UNLIMITED);
        self.now = self.now.max(start + sent.bytes / self.setup.postcopy_rate) + downtime_ms;
        End {
            outcome: Outcome::Converged,
            now: self.now,
            downtime_ms,
            blackout_ms,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold,
        }
    }
}
