//! How often the state is judged while notifications keep coming.

use std::time::Duration;

use tokio::time::Instant;

/// The least pause after judging; notifications that come in bursts are judged together.
const LEAST: Duration = Duration::from_millis(20);
/// The longest pause.
const MOST: Duration = Duration::from_secs(2);
/// How much longer than judging the pause is, so that it takes a quarter of a core at most.
const SHARE: u32 = 3;
/// How long it is calm before what costs more is read.
const CALM: Duration = Duration::from_millis(250);
/// How long to wait when the state changes faster than it can be read.
const RESTLESS: Duration = Duration::from_millis(100);

/// When the state may be judged again. After a pause it is judged at once.
#[derive(Debug)]
pub(super) struct Pace {
    next: Instant,
    last_event: Instant,
    /// Whether anything happened since it was judged.
    pending: bool,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { next: now, last_event: now, pending: false }
    }

    pub(super) fn event(&mut self, now: Instant) {
        self.pending = true;
        self.last_event = now;
    }

    /// It was judged from `begun` to `now`.
    pub(super) fn judged(&mut self, begun: Instant, now: Instant) {
        self.pending = false;
        self.next = now + ((now - begun) * SHARE).clamp(LEAST, MOST);
    }

    pub(super) fn restless(&mut self, now: Instant) {
        self.pending = true;
        self.next = now + RESTLESS;
    }

    /// When to judge next; `stale` is whether something costly is left to be read.
    pub(super) fn due(&self, stale: bool) -> Option<Instant> {
        let calm = stale.then(|| self.next.max(self.last_event + CALM));
        if self.pending { Some(self.next) } else { calm }
    }

    /// The time, or the end of the pause if that is later.
    pub(super) fn not_before(&self, time: Instant) -> Instant {
        time.max(self.next)
    }

    pub(super) fn is_calm(&self, now: Instant) -> bool {
        now >= self.last_event + CALM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_is_judged_at_once_and_a_burst_is_not() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!(pace.due(false), None);
        pace.event(start);
        assert_eq!(pace.due(false), Some(start));
        let ms = Duration::from_millis;
        pace.judged(start, start + ms(1));
        assert_eq!(pace.due(false), None);
        pace.event(start + ms(2));
        assert_eq!(pace.due(false), Some(start + ms(21)));
        pace.judged(start + ms(21), start + ms(121));
        pace.event(start + ms(122));
        assert_eq!(pace.due(false), Some(start + ms(421)), "a quarter of a core at most");
    }

    #[test]
    fn what_costs_more_waits_until_it_is_calm() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        pace.event(start);
        pace.judged(start, start);
        assert_eq!(pace.due(true), Some(start + CALM));
        assert!(!pace.is_calm(start) && pace.is_calm(start + CALM));
    }
}
