//! QEMU's pre-copy loop: windows, slices, quota and threshold.

use super::leap::{self, Leap};
use super::ledger::{End, Ledger, Left};
use super::memory::{Budget, Memory, Sent};
use super::policy::Action;
use super::replayed::{FAR, Replayed, Skipped, rough};
use super::settle::Settling;
use super::setup::Setup;
use super::socket::Socket;
use super::supervisor::{Sight, Supervisor};
use super::throttle::Throttle;
use super::version::Ticks;
#[cfg(test)]
use crate::model::Forecast;
use crate::model::Outcome;

/// The limiter's window (`BUFFER_DELAY`), and how late its sleep ends (measured).
const WINDOW_MS: f64 = 100.0;
const OVERSLEEP_MS: f64 = 0.2;
/// A slice ends after more than 50 ms (`MAX_WAIT`), counted in whole milliseconds.
const SLICE_MS: f64 = 51.0;
/// From the command to the first page.
const SETUP_MS: f64 = 2.5;
/// Replays the loop over a memory; tells the forecast and the work that it took.
pub(super) fn run(setup: &Setup<'_>, memory: impl Memory) -> Replayed {
    let mut course = Course::new(setup, memory);
    course.ledger.count_sync(course.now);
    for turn in 0..setup.reach.turns {
        course.leap.turn(turn);
        if let Some(end) = course.step() {
            return course.done(turn, &end);
        }
        if course.memory.effort() > setup.reach.effort {
            return course.out_of_reach(turn);
        }
    }
    course.out_of_reach(setup.reach.turns)
}

/// Replays the loop over a line whose rate changes: each set-up from its time on, milliseconds.
#[cfg(test)]
pub(super) fn changing(setups: &[(f64, Setup<'_>)], memory: impl Memory) -> Forecast {
    let first = &setups[0].1;
    let (mut course, mut next) = (Course::new(first, memory), 1);
    course.ledger.count_sync(course.now);
    loop {
        if let Some((_, setup)) = setups.get(next).filter(|(from, _)| *from <= course.clock()) {
            course.setup = setup;
            course.socket.relink(setup.link, course.now);
            next += 1;
        }
        if let Some(end) = course.step() {
            return course.done(0, &end).forecast;
        }
    }
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
    /// Since the start, without what was skipped.
    now: f64,
    skipped: Skipped,
    window_start: f64,
    window_bytes: f64,
    /// Bytes a millisecond, over the last window.
    bandwidth: f64,
    threshold: f64,
    limit_ms: f64,
    ticks: Option<Ticks>,
    leap: Leap,
    /// When the course began that may settle.
    since: f64,
    /// Changes of the guest's writing that have begun.
    changes: usize,
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
            settling: Settling::new(setup.numbers),
            socket: Socket::new(setup.link),
            now: SETUP_MS,
            skipped: Skipped::default(),
            window_start: SETUP_MS,
            window_bytes: 0.0,
            bandwidth: 0.0,
            threshold: 0.0,
            limit_ms: setup.limit_ms,
            ticks: (setup.version.ticks && setup.preset.auto_converge.is_some()).then(Ticks::new),
            leap: Leap::default(),
            since: 0.0,
            changes: 0,
            postcopy: false,
        }
    }

    fn done(self, turns: u32, end: &End) -> Replayed {
        let effort = u64::from(turns) + self.memory.effort();
        let mut forecast = self.ledger.close(self.setup.spec, end);
        forecast.assumptions.extend(self.skipped.words());
        Replayed { forecast, effort }
    }

    fn out_of_reach(self, turns: u32) -> Replayed {
        let end = self.give_up(Outcome::Stalled);
        let mut replayed = self.done(turns, &end);
        let words = format!("what happens after {} was not replayed", rough(end.now));
        replayed.forecast.assumptions.push(words);
        replayed
    }

    /// Since the start of the migration.
    fn clock(&self) -> f64 {
        self.now + self.skipped.ms
    }

    /// One turn of the loop.
    fn step(&mut self) -> Option<End> {
        if let Some(end) = self.supervise() {
            return Some(end);
        }
        if !self.is_limited() {
            self.estimate();
            let is_first = self.setup.version.prefers_postcopy;
            if self.may_stop() && !(self.postcopy && is_first) {
                return Some(self.stop());
            }
            if self.postcopy {
                return Some(self.post_copy());
            }
            if !self.leap_windows() {
                self.slice();
            }
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

    /// Syncs when less is left than the threshold, or when a clock asks for it.
    fn estimate(&mut self) {
        let (clock, syncs) = (self.clock(), self.ledger.syncs());
        let is_forced = self.ticks.as_mut().is_some_and(|it| it.is_due(clock, syncs));
        if self.pending_bytes() < self.threshold || is_forced {
            self.sync();
        }
    }

    fn may_stop(&self) -> bool {
        self.setup.version.stops(self.pending_bytes(), self.threshold)
    }

    fn sync(&mut self) {
        let found = self.memory.sync(self.now);
        let sent = self.ledger.bytes();
        let page = self.setup.page;
        let change = self.throttle.as_mut().and_then(|it| it.sync(self.now, found * page, sent));
        if let Some(percent) = change {
            self.memory.throttle(self.now, percent / 100.0);
            self.begin_anew();
        }
        let percent = self.throttle.as_ref().map_or(0.0, Throttle::percent);
        let left =
            Left { pending: self.memory.pending(), bandwidth: self.bandwidth, throttle: percent };
        self.ledger.close_round(self.clock(), found, &left);
        self.settling.sync(left.pending);
        self.postcopy |= self.setup.postcopy_after.is_some_and(|it| self.ledger.syncs() >= it);
    }

    /// Sends until the quota is used up, the slice's time is over, or nothing is left.
    fn slice(&mut self) {
        let budget = Budget {
            quota: self.setup.quota - self.window_bytes,
            socket: self.socket.room(self.now, SLICE_MS) - self.setup.wire.slice_end(),
            ms: SLICE_MS,
            ..Budget::UNLIMITED
        };
        let sent = self.push(budget);
        self.window_bytes += sent.bytes;
    }

    /// Windows in a row that differ in nothing are taken as one: where the rest of a round takes many,
    /// a sixty-fourth of it, up to when somebody may act.
    fn leap_windows(&mut self) -> bool {
        let setup = self.setup;
        // which pages go as differences changes from page to page, from the second pass on
        let is_even = setup.spec.xbzrle.is_none() || self.ledger.syncs() < 2;
        if self.window_bytes > 0.0 || !is_even {
            return false;
        }
        let (pending, floor) = (self.memory.pending(), self.threshold / setup.page);
        let Some(pages) = self.leap.pages(pending, floor, setup.window_pages) else {
            return false;
        };
        let ms = self.next_event().map_or(f64::INFINITY, |at| at - self.clock());
        if ms < leap::LEAST_MS {
            return false;
        }
        let budget = Budget { quota: setup.steady * ms, ms, pages, ..Budget::over(setup.steady) };
        let sent = self.memory.send(self.now, budget);
        self.now += budget.passed(&sent);
        self.window_bytes = sent.bytes;
        self.ledger.sent(sent);
        true
    }

    /// When, at the latest, something may change that no sync brings about.
    fn next_event(&self) -> Option<f64> {
        let tick = self.ticks.and_then(|it| it.next(self.ledger.syncs()));
        [self.next_act(), tick].into_iter().flatten().reduce(f64::min)
    }

    /// When somebody acts next, the guest writes otherwise, or the time is over.
    fn next_act(&self) -> Option<f64> {
        let change = self.setup.changes.get(self.changes).copied();
        let all = [self.setup.time_limit, self.supervisor.next_at(), change];
        all.into_iter().flatten().reduce(f64::min)
    }

    /// Sends all that is dirty while the VM does not run on the source.
    fn flush(&mut self) -> Sent {
        let mut sent = self.memory.send(self.now, Budget::UNLIMITED);
        sent.bytes += self.setup.wire.slice_end();
        let written = self.socket.pour(self.now, sent.bytes);
        sent.ms = (written - self.now).max(sent.ms);
        self.now += sent.ms;
        self.ledger.sent(sent);
        sent
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
            self.threshold = self.per_ms() * self.limit_ms;
            self.window_start = self.now;
            self.window_bytes = 0.0;
        }
    }

    /// Bytes that go over in a millisecond of the stop phase, as QEMU sees it.
    fn per_ms(&self) -> f64 {
        let told = self.setup.switchover.filter(|_| self.bandwidth > 0.0);
        told.unwrap_or(self.bandwidth)
    }

    fn supervise(&mut self) -> Option<End> {
        while self.setup.changes.get(self.changes).is_some_and(|at| *at <= self.clock()) {
            self.changes += 1;
            self.begin_anew();
        }
        let sight = Sight {
            now: self.clock(),
            syncs: self.ledger.syncs(),
            left_pages: self.memory.pending(),
            limit_ms: self.limit_ms,
        };
        match self.supervisor.look(sight) {
            Some(Action::Limit(limit)) => {
                self.limit_ms = limit;
                self.threshold = self.per_ms() * limit;
                self.begin_anew();
            }
            Some(Action::Postcopy) => self.postcopy = true,
            Some(Action::Cancel) => return Some(self.give_up(Outcome::Cancelled)),
            None => {}
        }
        let is_settled = self.is_settled();
        if self.setup.time_limit.is_some_and(|limit| self.clock() >= limit) {
            let outcome = if is_settled { Outcome::Stalled } else { Outcome::Cancelled };
            return Some(self.give_up(outcome));
        }
        if is_settled { self.repeat() } else { None }
    }

    /// Something changed: what has settled need not be so any more.
    fn begin_anew(&mut self) {
        self.settling.restart();
        self.since = self.clock();
    }

    /// Whether all goes on as it does until somebody acts.
    fn is_settled(&self) -> bool {
        self.settling.is_settled() && self.throttle.as_ref().is_none_or(Throttle::is_at_rest)
    }

    /// A course that has settled repeats itself: to no end, or until somebody acts, which is
    /// skipped to where it is far off.
    fn repeat(&mut self) -> Option<End> {
        let is_watched = !self.supervisor.is_done(self.limit_ms) && !self.settling.is_old();
        match self.next_act() {
            None if is_watched => None,
            None => Some(self.give_up(Outcome::Stalled)),
            Some(at) => {
                let ms = at - self.clock();
                let from = if self.leap.is_late() { self.since } else { 0.0 };
                if ms > FAR * (self.clock() - from) {
                    let repeated = self.ledger.repeat(ms);
                    self.skipped.add(&repeated);
                    self.memory.skip(repeated.ms);
                }
                None
            }
        }
    }

    fn give_up(&self, outcome: Outcome) -> End {
        End {
            outcome,
            now: self.clock(),
            downtime_ms: 0.0,
            blackout_ms: 0.0,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold,
        }
    }

    /// Stops the VM: a last sync, then everything at the speed of the link. Without a downtime limit
    /// QEMU never syncs before: whatever was written since the full copy goes over now.
    fn stop(&mut self) -> End {
        let found = self.memory.sync(self.now);
        let is_forced = self.limit_ms <= 0.0 && found >= 0.5;
        let outcome = if is_forced { Outcome::Forced } else { Outcome::Converged };
        self.ledger.count_sync(self.clock());
        let sent = self.flush();
        self.now += self.setup.fixed_ms;
        let downtime_ms = sent.ms + self.setup.fixed_ms;
        End {
            outcome,
            now: self.clock(),
            downtime_ms,
            blackout_ms: downtime_ms + self.socket.queued_ms(),
            downtime_bytes: sent.bytes,
            threshold_bytes: self.threshold,
        }
    }

    /// Moves the VM at once and pushes the rest behind it.
    fn post_copy(&mut self) -> End {
        self.memory.sync(self.now);
        self.ledger.count_sync(self.clock());
        let downtime_ms = self.setup.fixed_ms;
        let blackout_ms = downtime_ms + self.socket.queued_ms();
        let start = self.now;
        let sent = self.flush();
        self.now = self.now.max(start + sent.bytes / self.setup.postcopy_rate) + downtime_ms;
        End {
            outcome: Outcome::Converged,
            now: self.clock(),
            downtime_ms,
            blackout_ms,
            downtime_bytes: 0.0,
            threshold_bytes: self.threshold,
        }
    }
}
