//! The account of a migration: what each round sent and found.

use super::memory::Sent;
use crate::model::{Forecast, Outcome, Round, Specification};

/// Counts what is sent and closes a round at each sync.
pub(super) struct Ledger {
    page_bytes: f64,
    rounds: Vec<Round>,
    round: Sent,
    round_start: f64,
    total: Sent,
    syncs: u32,
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
        self.syncs += 1;
        if self.syncs == 1 {
            self.round_start = now;
        }
    }

    /// A sync while the VM runs ends a round.
    pub(super) fn close_round(&mut self, now: f64, found: f64, left: &Left) {
        self.syncs += 1;
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
        self.round = Sent::default();
        self.round_start = now;
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

    /// Median of the known dirty pages after the syncs of the last two thirds.
    fn plateau(&self) -> Option<f64> {
        let skipped = self.rounds.len() / 3;
        let mut known: Vec<f64> = self.known().skip(skipped).collect();
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
