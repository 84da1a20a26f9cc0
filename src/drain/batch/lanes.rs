//! The latest that turns can be over.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Turns that each take as long as they can, so many at once: the next begins when the first of
/// those under way is over.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// When each place is free.
    free: BinaryHeap<Moment>,
}

impl Lanes {
    /// So many places, at least one.
    #[must_use]
    pub(super) fn new(places: usize) -> Self {
        Self { free: vec![Moment(0.0); places.max(1)].into() }
    }

    /// The next turn, of so many seconds; when it begins at the latest.
    pub(super) fn take(&mut self, s: f64) -> f64 {
        let begin = self.free.pop().map_or(0.0, |it| it.0);
        self.free.push(Moment(begin + s));
        begin
    }
}

/// A moment in seconds; of several the earliest is the greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_turn_begins_when_the_first_place_is_free() {
        let mut lanes = Lanes::new(2);
        for (s, begin) in [(5.0, 0.0), (2.0, 0.0), (2.0, 2.0), (4.0, 4.0), (1.0, 5.0)] {
            assert!((lanes.take(s) - begin).abs() < 1e-12);
        }
        assert!((Lanes::new(0).take(1.0)).abs() < 1e-12);
    }
}
