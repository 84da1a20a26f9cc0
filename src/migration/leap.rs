//! When windows in a row that differ in nothing are taken as one.

/// Rounds of which so many windows are left, or late in a course so many, are not replayed window
/// by window,
const WINDOWS: [f64; 2] = [1024.0, 64.0];
/// after so many turns of the loop being late;
const LATE_TURNS: u32 = 40_000;
/// but by this share of what is left,
const SHARE: f64 = 1.0 / 64.0;
/// and not for less than this.
pub(super) const LEAST_MS: f64 = 1000.0;

/// How far the loop leaps. A course of hours is told as well by fewer looks at its memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leap {
    windows: f64,
    is_late: bool,
}

impl Default for Leap {
    fn default() -> Self {
        Self { windows: WINDOWS[0], is_late: false }
    }
}

impl Leap {
    /// Takes note of a turn of the loop.
    pub(super) fn turn(&mut self, turn: u32) {
        if turn == LATE_TURNS {
            *self = Self { windows: WINDOWS[1], is_late: true };
        }
    }

    /// Whether the course has taken so long that it need not be followed as closely.
    pub(super) fn is_late(self) -> bool {
        self.is_late
    }

    /// Pages that go over in one leap, when `pending` are known dirty, the memory is looked at below
    /// `floor` of them, and a window takes `window`; nothing where the end of the round is near.
    pub(super) fn pages(self, pending: f64, floor: f64, window: f64) -> Option<f64> {
        let above = pending - floor;
        (above >= self.windows * window).then_some(above * SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaps_end_before_the_threshold_and_come_sooner_late() {
        let mut leap = Leap::default();
        assert_eq!(leap.pages(110_400.0, 8000.0, 100.0), Some(1600.0));
        assert_eq!(leap.pages(110_399.0, 8000.0, 100.0), None);
        leap.turn(LATE_TURNS - 1);
        assert_eq!(leap.pages(14_400.0, 8000.0, 100.0), None);
        leap.turn(LATE_TURNS);
        assert_eq!(leap.pages(14_400.0, 8000.0, 100.0), Some(100.0));
        leap.turn(LATE_TURNS + 1);
        assert_eq!(leap.pages(14_399.0, 8000.0, 100.0), None);
    }
}
