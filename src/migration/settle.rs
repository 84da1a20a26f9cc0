//! When a migration is seen to go nowhere.

use std::collections::VecDeque;

/// Syncs that are compared with as many before them.
const SYNCS: usize = 24;
/// Relative change of their mean that still counts as settled.
const TOLERANCE: f64 = 1e-3;

/// Watches the known dirty pages after each sync. They have settled when the mean of the last 24
/// is that of the 24 before, within a thousandth, and the least of them is not lower: the loop in
/// expected values is deterministic, so it then repeats itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Settling {
    known: VecDeque<f64>,
}

impl Settling {
    /// Something changed that begins a new course.
    pub(super) fn restart(&mut self) {
        self.known.clear();
    }

    /// Whether the known dirty pages have settled, with those after one more sync.
    pub(super) fn sync(&mut self, known: f64) -> bool {
        if self.known.len() == 2 * SYNCS {
            self.known.pop_front();
        }
        self.known.push_back(known);
        if self.known.len() < 2 * SYNCS {
            return false;
        }
        let (mut sums, mut least) = ([0.0, 0.0], [f64::INFINITY, f64::INFINITY]);
        for (place, known) in self.known.iter().enumerate() {
            let half = usize::from(place >= SYNCS);
            sums[half] += known;
            least[half] = least[half].min(*known);
        }
        let change = (sums[0] - sums[1]).abs();
        change <= sums[0] * TOLERANCE && least[1] >= least[0] * (1.0 - TOLERANCE)
    }
}
