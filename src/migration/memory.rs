//! What the VMM's loop asks of the memory that it sends.

/// Memory as the VMM's loop sees it: pages known to be dirty, and a log of writes.
///
/// Times are milliseconds since the start of the migration and never go back.
pub(super) trait Memory {
    /// Pages known to be dirty.
    fn pending(&self) -> f64;

    /// Takes the log of writes over: pages written since the last time become known.
    /// Returns how many of them were not known before.
    fn sync(&mut self, now: f64) -> f64;

    /// Sends dirty pages in the order of the sweep, beginning at `now`.
    fn send(&mut self, now: f64, budget: Budget) -> Sent;

    /// Takes a share of processor time, 0 to 1, from the guest from `now` on.
    fn throttle(&mut self, now: f64, taken: f64);

    /// Lets what changes over time, the phases of writing, begin so much earlier: the VMM's loop
    /// left out a stretch that repeats itself.
    fn skip(&mut self, ms: f64);

    /// Work done so far beside the turns of the loop, in units of about a turn's.
    fn effort(&self) -> u64;
}

/// How much may be sent in one go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Bytes until the limiter stops the sender; it notices with the page that exceeds them.
    pub(super) quota: f64,
    /// Bytes that the socket takes.
    pub(super) socket: f64,
    /// Time until the slice ends.
    pub(super) ms: f64,
    /// Pages of any form.
    pub(super) pages: f64,
    /// Whole pages sent already.
    pub(super) normal: f64,
    /// Time that a byte takes, where that is longer than what the processor takes for it.
    pub(super) ms_per_byte: f64,
}

impl Budget {
    /// No limit at all.
    pub(super) const UNLIMITED: Self = Self {
        quota: f64::INFINITY,
        socket: f64::INFINITY,
        ms: f64::INFINITY,
        pages: f64::INFINITY,
        normal: 0.0,
        ms_per_byte: 0.0,
    };

    /// No limit but that of a line, bytes a millisecond.
    pub(super) fn over(rate: f64) -> Self {
        Self { ms_per_byte: 1.0 / rate, ..Self::UNLIMITED }
    }

    /// Time since the beginning when so much was sent.
    pub(super) fn passed(&self, sent: &Sent) -> f64 {
        sent.ms.max(sent.bytes * self.ms_per_byte)
    }

    /// What is left of it.
    pub(super) fn after(self, sent: &Sent) -> Self {
        Self {
            quota: self.quota - sent.bytes,
            socket: self.socket - sent.bytes,
            ms: self.ms - sent.ms,
            pages: self.pages - sent.pages(),
            normal: self.normal + sent.normal,
            ms_per_byte: self.ms_per_byte,
        }
    }

    /// Whether nothing more may be sent.
    pub(super) fn is_used_up(self) -> bool {
        self.quota < 0.0 || self.socket <= 0.0 || self.ms <= 0.0 || self.pages <= 0.0
    }
}

/// What was sent in one go.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sent {
    /// Pages sent whole.
    pub(super) normal: f64,
    /// Zero pages.
    pub(super) zero: f64,
    /// Pages sent as a delta.
    pub(super) encoded: f64,
    /// Bytes on the wire.
    pub(super) bytes: f64,
    /// Time that it took.
    pub(super) ms: f64,
}

impl Sent {
    /// Pages of all forms.
    pub(super) fn pages(&self) -> f64 {
        self.normal + self.zero + self.encoded
    }

    /// So many times as much.
    pub(super) fn times(&self, factor: f64) -> Self {
        Self {
            normal: self.normal * factor,
            zero: self.zero * factor,
            encoded: self.encoded * factor,
            bytes: self.bytes * factor,
            ms: self.ms * factor,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.normal += other.normal;
        self.zero += other.zero;
        self.encoded += other.encoded;
        self.bytes += other.bytes;
        self.ms += other.ms;
    }
}
