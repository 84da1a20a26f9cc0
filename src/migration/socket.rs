//! The socket between the sender and the link.

/// Most payload that the kernel holds for a connection (`tcp_wmem`, third value).
const CAPACITY: f64 = 4_194_304.0;
/// A sender that found it full is woken when this share is free (`sk_stream_is_writeable`).
const WOKEN_AT: f64 = 1.0 / 3.0;
/// What is lost in sums of bytes, in steps.
const ROUNDING: f64 = 1e-6;
/// How fast one thread writes pages into a socket, bytes a millisecond (measured: 2 GB/s).
pub(super) const WRITE_PER_MS: f64 = 2e6;

/// A send buffer that the link empties. A sender that is slower than the link never waits; one
/// that is faster fills the buffer and is then let on in steps of a third of it: on a slow link
/// all that QEMU does, its bitmap syncs too, happens at these steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Socket {
    /// Bytes a millisecond.
    link: f64,
    level: f64,
    at: f64,
    is_full: bool,
}

impl Socket {
    pub(super) fn new(link: f64) -> Self {
        Self { link, level: 0.0, at: 0.0, is_full: false }
    }

    /// The link carries another rate from now on.
    #[cfg(test)]
    pub(super) fn relink(&mut self, link: f64, now: f64) {
        self.drain(now);
        self.link = link;
    }

    /// Bytes that a sender gets rid of from `now` on before it has waited for more than `ms`.
    pub(super) fn room(&mut self, now: f64, ms: f64) -> f64 {
        if self.link >= WRITE_PER_MS {
            return f64::INFINITY;
        }
        self.drain(now);
        let step = CAPACITY * WOKEN_AT;
        let drained = if self.is_held() { 0.0 } else { self.link / WRITE_PER_MS };
        let free = (CAPACITY - self.level) / (1.0 - drained);
        free + ((ms * self.link / step).floor() + 1.0) * step
    }

    /// Writes bytes at `now`; returns when the sender is through. One that was let on just now, and
    /// has filled the buffer once, is through at the next step at the earliest.
    pub(super) fn write(&mut self, now: f64, bytes: f64) -> f64 {
        self.drain(now);
        let step = CAPACITY * WOKEN_AT;
        let is_held = self.is_held();
        self.level += bytes;
        let end = now + bytes / WRITE_PER_MS.max(self.link);
        if !is_held {
            self.drain(end);
        }
        let steps =
            ((self.level - CAPACITY) / step - ROUNDING).ceil().max(f64::from(u8::from(is_held)));
        self.is_full = steps > 0.0;
        if !self.is_full {
            return end;
        }
        self.level = (self.level - steps * step).max(CAPACITY - step);
        self.at = if is_held { now } else { end } + steps * step / self.link;
        self.at
    }

    /// Writes the rest at `now`; returns when the sender is through. Where in a step that begins is
    /// chance, so a sender that was held before takes the time of all its bytes on the link.
    pub(super) fn pour(&mut self, now: f64, bytes: f64) -> f64 {
        self.drain(now);
        let end = now + bytes / WRITE_PER_MS.max(self.link);
        if self.is_held() {
            self.at = end.max(now + bytes / self.link);
            return self.at;
        }
        self.level += bytes;
        self.drain(end);
        let over = (self.level - CAPACITY).max(0.0);
        self.level -= over;
        self.at = end + over / self.link;
        self.at
    }

    /// Whether a sender that filled the buffer was let on just now.
    fn is_held(&self) -> bool {
        self.is_full && self.level >= CAPACITY * (1.0 - WOKEN_AT) - 1.0
    }

    /// What is not on the link yet, in milliseconds.
    pub(super) fn queued_ms(&self) -> f64 {
        self.level / self.link
    }

    fn drain(&mut self, now: f64) {
        self.level = (self.level - (now - self.at).max(0.0) * self.link).max(0.0);
        self.at = self.at.max(now);
    }
}
