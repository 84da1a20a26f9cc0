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
    /// Whole pages sent already.
    pub(super) normal: f64,
}

impl Budget {
    /// No limit at all.
    pub(super) const UNLIMITED: Self =
        Self { quota: f64::INFINITY, socket: f64::INFINITY, ms: f64::INFINITY, normal: 0.0 };
}

impl Budget {
    /// What is left of it.
    pub(super) fn after(self, sent: &Sent) -> Self {
        Self {
            quota: self.quota - sent.bytes,
            socket: self.socket - sent.bytes,
            ms: self.ms - sent.ms,
            normal: self.normal + sent.normal,
        }
    }

    /// Whether nothing more may be sent.
    pub(super) fn is_used_up(self) -> bool {
        self.quota < 0.0 || self.socket <= 0.0 || self.ms <= 0.0
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
    pub(super) fn add(&mut self, other: Self) {
        self.normal += other.normal;
        self.zero += other.zero;
        self.encoded += other.encoded;
        self.bytes += other.bytes;
        self.ms += other.ms;
    }
}
