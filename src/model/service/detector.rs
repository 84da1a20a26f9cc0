//! The closed set of ways in which a loss is noticed.

use serde::{Deserialize, Serialize};

use super::longest_s;

/// How the loss of an active server is noticed; its formulas are in `service::latency`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Detector {
    /// A standby asks again and again for a lock that the active server holds.
    LockPoll {
        /// Time between two attempts.
        #[serde(deserialize_with = "longest_s")]
        poll_s: f64,
        /// Time after which the lock of a dead host is free.
        #[serde(deserialize_with = "longest_s")]
        lease_s: f64,
    },
    /// A standby looks how old a file is that the active server touches, or a lease that it renews.
    StaleFile {
        /// Time between two touches.
        #[serde(deserialize_with = "longest_s")]
        touch_s: f64,
        /// Age at which the file is stale.
        #[serde(deserialize_with = "longest_s")]
        stale_s: f64,
        /// Time between two looks.
        #[serde(deserialize_with = "longest_s")]
        poll_s: f64,
    },
    /// Heartbeats that fail to come, counted from the last one.
    MissedBeats {
        /// Time between two heartbeats.
        #[serde(deserialize_with = "longest_s")]
        interval_s: f64,
        /// How many may be missed.
        count: u32,
    },
    /// A token that does not come round, and the agreement on who is left.
    Token {
        /// Token time-out of two nodes.
        #[serde(deserialize_with = "longest_s")]
        token_s: f64,
    },
    /// VRRP's advertisements, counted from the last one.
    Advertisements {
        /// Time between two advertisements.
        #[serde(deserialize_with = "longest_s")]
        interval_s: f64,
        /// Priority of the backup; absent: any from 254 to 1.
        #[serde(default)]
        priority: Option<u8>,
    },
    /// Pings that fail, unless a heartbeat file on the store is young.
    PingVeto {
        /// Time-out; pings come three times in it.
        #[serde(deserialize_with = "longest_s")]
        timeout_s: f64,
        /// Longest time between two heartbeats in the file, which are four in a time-out.
        #[serde(deserialize_with = "longest_s")]
        heartbeat_s: f64,
        /// Time after which a ping without an answer fails.
        #[serde(deserialize_with = "longest_s")]
        message_s: f64,
    },
    /// A connection that breaks, a delay, and a file on the store that must be old.
    Handshake {
        /// Delay before the standby takes over.
        #[serde(deserialize_with = "longest_s")]
        delay_s: f64,
        /// Time between two looks of the standby.
        #[serde(deserialize_with = "longest_s")]
        poll_s: f64,
        /// Time after which a silent connection is taken for broken.
        #[serde(deserialize_with = "longest_s")]
        silence_s: f64,
        /// Age from which the file no longer speaks against a takeover, less the delay.
        #[serde(deserialize_with = "longest_s")]
        veto_s: f64,
        /// Time between two touches of the file.
        #[serde(deserialize_with = "longest_s")]
        touch_s: f64,
    },
}

impl Detector {
    /// Whether it goes by something on the shared store, so that a cut between the candidates does
    /// not mislead it.
    #[must_use]
    pub fn asks_the_store(&self) -> bool {
        match self {
            Self::LockPoll { .. }
            | Self::StaleFile { .. }
            | Self::PingVeto { .. }
            | Self::Handshake { .. } => true,
            Self::MissedBeats { .. } | Self::Token { .. } | Self::Advertisements { .. } => false,
        }
    }

    /// The time-out that clients of the system also count in, where it has one.
    #[must_use]
    pub fn timeout_s(&self) -> Option<f64> {
        match self {
            Self::PingVeto { timeout_s, .. } => Some(*timeout_s),
            _ => None,
        }
    }
}

/// Where the sign of life comes from that a detector waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignOfLife {
    /// The process: it holds a lock or a connection while it exists.
    Process,
    /// A thread of its own in the server, which goes on when the others hang.
    Thread,
    /// The server's work itself: when that stops, the sign stops.
    Work,
    /// The host: another daemon on it speaks for it.
    Host,
}
