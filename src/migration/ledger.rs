//! The account of a migration: what each round sent and found.

use super::memory::Sent;
use super::settle::SYNCS;
use super::wire::as_f64;
use crate::model::{Forecast, Outcome, Round, Specification};

/// Counts what is sent and closes a round at each sync.
pub(super) struct Ledger {
    page_bytes: f64,
    rounds: Vec<Round>,
    /// What was sent in each of them.
    sent: Vec<Sent>,
    /// The round, if any, that stands for many.
    repeated: Option<usize>,
    round: Sent,
    round_start: f64,
    total: Sent,
    syncs: u32,
}

/// A stretch of rounds that repeat those before them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Repeated {
    pub(super) ms: f64,
    pub(super) rounds: f64,
    /// Whether one row stands for all of them.
    pub(super) is_one_row: bool,
}

/// No more rounds are copied.
const MOST_COPIES: f64 = 2000.0;

/// Some rounds so many times over, as one.
fn together(last: &[(Round, Sent)], times: f64) -> (Round, Sent) {
    let sum = |of: fn(&Round) -> f64| last.iter().map(|(round, _)| of(round)).sum::<f64>();
    let count = as_f64(last.len() as u64);
    let mut sent = Sent::default();
    for (_, it) in last {
        sent.add(*it);
    }
    let sent = sent.times(times);
    let round = Round {
        duration_ms: sum(|it| it.duration_ms) * times,
        sent_pages: sent.normal + sent.encoded,
        sent_bytes: sent.bytes,
        newly_dirty_pages: sum(|it| it.newly_dirty_pages) * times,
        known_dirty_pages: sum(|it| it.known_dirty_pages) / count,
        throttle_percent: last.last().map_or(0.0, |(round, _)| round.throttle_percent),
        expected_downtime_ms: sum(|it| it.expected_downtime_ms) / count,
        ..Round::default()
    };
    (round, sent)
}

/// Whole rounds of a measure.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to the range of the integer"
)]
fn whole(measure: f64) -> u32 {
    measure as u32
}

/// How it ended.
pub(super) struct End {
    pub(super) outcome: Outcome,
    /// When the VM was stopped, and when all was done.
    pub(super) now: f64,
    pub(super) downtime_ms: f64,
    pub(super) blackout_ms: f64,
    pub(super) downtime_bytes: f64,
    pub(super) threshold_bytes: f64,
}

impl Ledger {
    pub(super) fn new(page_bytes: f64) -> Self {
        let nothing = Sent::default();
        Self {
            page_bytes,
            rounds: Vec::with_capacity(24),
            sent: Vec::with_capacity(24),
            repeated: None,
            round: nothing,
            round_start: 0.0,
            total: nothing,
            syncs: 0,
        }
    }

    /// Bytes on the wire so far.
    pub(super) fn bytes(&self) -> f64 {
        self.total.bytes
    }

    /// Bitmap syncs so far.
    pub(super) fn syncs(&self) -> u32 {
        self.syncs
    }

    pub(super) fn sent(&mut self, sent: Sent) {
        self.round.add(sent);
        self.total.add(sent);
    }

    /// The first sync, or one in the stop phase: it ends no round.
    pub(super) fn count_sync(&mut self, now: f64) {
        self.syncs = self.syncs.saturating_add(1);
        if self.syncs == 1 {
            self.round_start = now;
        }
    }

    /// A sync while the VM runs ends a round.
    pub(super) fn close_round(&mut self, now: f64, found: f64, left: &Left) {
        self.syncs = self.syncs.saturating_add(1);
        let iteration = u32::try_from(self.rounds.len()).unwrap_or(u32::MAX);
        let expected = left.pending * self.page_bytes / left.bandwidth;
        self.rounds.push(Round {
            iteration,
            start_ms: self.round_start,
            duration_ms: now - self.round_start,
            sent_pages: self.round.normal + self.round.encoded,
            sent_bytes: self.round.bytes,
            newly_dirty_pages: found,
            known_dirty_pages: left.pending,
            throttle_percent: left.throttle,
            expected_downtime_ms: if expected.is_finite() { expected } else { 0.0 },
        });
        self.sent.push(self.round);
        self.round = Sent::default();
        self.round_start = now;
    }

    /// The last rounds repeat themselves as often as so many milliseconds allow: they are copied, or
    /// where that makes too many, one round stands for all of them, with what they send and find
    /// together and what is left on average after each. All of that lies before the round that has
    /// begun.
    pub(super) fn repeat(&mut self, ms: f64) -> Repeated {
        let first = self.rounds.len().saturating_sub(SYNCS);
        let last: Vec<(Round, Sent)> =
            self.rounds[first..].iter().copied().zip(self.sent[first..].iter().copied()).collect();
        let took: f64 = last.iter().map(|(round, _)| round.duration_ms).sum();
        let times = if took > 0.0 { (ms / took).floor() } else { 0.0 };
        let rounds = times * as_f64(last.len() as u64);
        if rounds <= MOST_COPIES {
            for (round, sent) in (0..whole(times)).flat_map(|_| &last) {
                self.push(*round, *sent);
            }
        } else {
            let (round, sent) = together(&last, times);
            self.repeated = Some(self.rounds.len());
            self.push(round, sent);
        }
        self.syncs = self.syncs.saturating_add(whole(rounds));
        Repeated { ms: times * took, rounds, is_one_row: rounds > MOST_COPIES }
    }

    /// A round of the past, before the one that has begun.
    fn push(&mut self, round: Round, sent: Sent) {
        let iteration = u32::try_from(self.rounds.len()).unwrap_or(u32::MAX);
        self.rounds.push(Round { iteration, start_ms: self.round_start, ..round });
        self.sent.push(sent);
        self.total.add(sent);
        self.round_start += round.duration_ms;
    }

    /// Known dirty pages after each sync.
    pub(super) fn known(&self) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator + '_ {
        self.rounds.iter().map(|it| it.known_dirty_pages)
    }

    /// The forecast. What was sent since the last sync of a VM that never stopped is a round too.
    pub(super) fn close(mut self, spec: &Specification, end: &End) -> Forecast {
        let is_cut = !end.outcome.is_moved();
        let plateau = if is_cut { self.plateau() } else { None };
        if self.round.bytes > end.downtime_bytes + 0.5 {
            let left = Left { pending: 0.0, bandwidth: 0.0, throttle: 0.0 };
            self.last_round(end, &left);
        }
        Forecast {
            name: spec.name.clone(),
            outcome: end.outcome,
            total_ms: end.now,
            downtime_ms: end.downtime_ms,
            blackout_ms: end.blackout_ms,
            transferred_bytes: self.total.bytes,
            precopy_bytes: self.total.bytes - end.downtime_bytes,
            downtime_bytes: end.downtime_bytes,
            normal_pages: self.total.normal,
            zero_pages: self.total.zero,
            dirty_sync_count: self.syncs,
            threshold_bytes: end.threshold_bytes,
            plateau_pages: plateau,
            rounds: self.rounds,
            assumptions: Vec::new(),
        }
    }

    fn last_round(&mut self, end: &End, left: &Left) {
        let syncs = self.syncs;
        self.round.bytes -= end.downtime_bytes;
        self.close_round(end.now - end.downtime_ms, 0.0, left);
        self.syncs = syncs;
    }

    /// Median of the known dirty pages after the syncs of the last two thirds; where one round stands
    /// for many, from those on that it repeats.
    fn plateau(&self) -> Option<f64> {
        let third = self.rounds.len() / 3;
        let first = self.repeated.map_or(third, |it| third.max(it.saturating_sub(SYNCS)));
        let mut known: Vec<f64> = self.known().skip(first).collect();
        known.sort_by(f64::total_cmp);
        let middle = known.len() / 2;
        match known.len() {
            0 => None,
            length if length % 2 == 1 => Some(known[middle]),
            _ => Some(f64::midpoint(known[middle - 1], known[middle])),
        }
    }
}

/// What a sync left to do.
pub(super) struct Left {
    /// Known dirty pages.
    pub(super) pending: f64,
    /// Bytes a millisecond, as measured.
    pub(super) bandwidth: f64,
    /// Percent.
    pub(super) throttle: f64,
}
