//! What a migration is expected to do.

/// How a migration ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The VM was moved within what the policy allows.
    Converged,
    /// It would go on for ever: what is left has settled, whether or not a time limit ends it.
    Stalled,
    /// The policy, or the time limit before it was seen to go nowhere, gives up, and the VM stays
    /// where it is.
    Cancelled,
    /// The VM was moved by force: stopped for longer than the limit, or moved before its memory.
    Forced,
}

impl Outcome {
    /// The word in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Stalled => "stalled",
            Self::Cancelled => "cancelled",
            Self::Forced => "forced",
        }
    }

    /// Whether the VM runs on the target in the end.
    #[must_use]
    pub fn is_moved(self) -> bool {
        matches!(self, Self::Converged | Self::Forced)
    }
}

/// One pass over dirty pages, from one bitmap sync to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Round {
    /// 0 is the full copy.
    pub iteration: u32,
    /// Since the start of the migration.
    pub start_ms: f64,
    /// Until the sync that ends it.
    pub duration_ms: f64,
    /// Normal pages and deltas sent.
    pub sent_pages: f64,
    /// Bytes on the wire.
    pub sent_bytes: f64,
    /// Pages that the sync at its end found newly dirty.
    pub newly_dirty_pages: f64,
    /// Pages known to be dirty after that sync.
    pub known_dirty_pages: f64,
    /// How much processor time was taken from the guest at its end.
    pub throttle_percent: f64,
    /// What stopping at its end would cost, at the bandwidth measured.
    pub expected_downtime_ms: f64,
}

/// What a migration is expected to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Name of the VM.
    pub name: String,
    /// How it ends.
    pub outcome: Outcome,
    /// From start to end.
    pub total_ms: f64,
    /// As the VMM reports it.
    pub downtime_ms: f64,
    /// From the stop of the VM to its resumption, with what is still in the socket's buffers.
    pub blackout_ms: f64,
    /// All bytes on the wire.
    pub transferred_bytes: f64,
    /// Those sent while the VM ran on the source.
    pub precopy_bytes: f64,
    /// Those sent while it stood still.
    pub downtime_bytes: f64,
    /// Pages sent whole.
    pub normal_pages: f64,
    /// Zero pages sent as such.
    pub zero_pages: f64,
    /// Bitmap syncs, as QEMU counts them.
    pub dirty_sync_count: u32,
    /// What is left must fall below this.
    pub threshold_bytes: f64,
    /// Where the pages known to be dirty settle, when it does not converge.
    pub plateau_pages: Option<f64>,
    /// Rounds, with the full copy.
    pub rounds: Vec<Round>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}
