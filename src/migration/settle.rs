//! When a migration is seen to go nowhere.

use std::collections::VecDeque;

/// Syncs that are compared with as many before them.
pub(super) const SYNCS: usize = 24;
/// Relative change of their mean that still counts as settled.
const TOLERANCE: f64 = 1e-3;
/// Where writes are random so many times as many syncs are compared, so that chance evens out.
const RANDOM: usize = 4;
/// Standard deviations that chance may make of a difference.
const DEVIATIONS: f64 = 4.0;
/// A course that has been settled for so many times the compared syncs stays so, whatever somebody
/// who watches it may still be waiting for.
const PATIENCE: usize = 10;

/// Whether the numbers of dirty pages are expected values or drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    Expected,
    Drawn,
}

/// Watches the known dirty pages after each sync. They have settled when the mean of the last 24
/// is that of the 24 before, within a thousandth, and the least of them is not lower: the loop in
/// expected values is deterministic, so it then repeats itself. Drawn numbers are compared 96 by 96
/// and may differ by four standard deviations of a count besides.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    numbers: Numbers,
    known: VecDeque<f64>,
    settled_for: usize,
}

impl Settling {
    pub(super) fn new(numbers: Numbers) -> Self {
        Self { numbers, known: VecDeque::new(), settled_for: 0 }
    }

    /// Something changed that begins a new course.
    pub(super) fn restart(&mut self) {
        self.known.clear();
        self.settled_for = 0;
    }

    /// Whether the known dirty pages have settled.
    pub(super) fn is_settled(&self) -> bool {
        self.settled_for > 0
    }

    /// Whether they settled long ago.
    pub(super) fn is_old(&self) -> bool {
        self.settled_for > PATIENCE * SYNCS
    }

    /// Takes the known dirty pages after one more sync.
    pub(super) fn sync(&mut self, known: f64) {
        let half = match self.numbers {
            Numbers::Expected => SYNCS,
            Numbers::Drawn => SYNCS * RANDOM,
        };
        if self.known.len() == 2 * half {
            self.known.pop_front();
        }
        self.known.push_back(known);
        let is_same = self.known.len() == 2 * half && self.halves_agree(half);
        self.settled_for = if is_same { self.settled_for + 1 } else { 0 };
    }

    fn halves_agree(&self, half: usize) -> bool {
        let (mut sums, mut least) = ([0.0, 0.0], [f64::INFINITY, f64::INFINITY]);
        for (place, known) in self.known.iter().enumerate() {
            let which = usize::from(place >= half);
            sums[which] += known;
            least[which] = least[which].min(*known);
        }
        let (of_sum, of_least) = self.chance(sums[0], least[0]);
        let change = (sums[0] - sums[1]).abs();
        change <= sums[0] * TOLERANCE + of_sum
            && least[1] >= least[0] * (1.0 - TOLERANCE) - of_least
    }

    /// By how much chance may move a sum of counts, and the least of them: the deviation of a count
    /// is at most its root.
    fn chance(&self, sum: f64, least: f64) -> (f64, f64) {
        match self.numbers {
            Numbers::Expected => (0.0, 0.0),
            Numbers::Drawn => (DEVIATIONS * (2.0 * sum).sqrt(), DEVIATIONS * least.sqrt()),
        }
    }
}
