//! Why a case falls outside the limits that most cases meet: the mechanism.

/// Case and reason.
pub(crate) const NOTES: [(&str, &str); 5] = [
    (
        "l-w64-d10000-dl1000",
        "the link lets the sender on in steps of a third of the socket's buffer, so that the \
         bandwidth of a window, and with it the measured threshold, swings by 4 % from window to \
         window (31.9 to 34.8 MB); the last syncs fall where the swing lets them, in 10 or 11",
    ),
    (
        "pc-w256-d20000-b64-pb64",
        "it ran with max-postcopy-bandwidth of 64 MiB/s, which its specification does not carry; \
         with `postcopy.max_bandwidth_bytes_s` given the time is met, and a test holds that",
    ),
    ("s-w32-d8000-b32-dl1000", FAST_STOP),
    ("u-w256-d20000-b125-dl300", FAST_STOP),
    ("u-w64-d10000-b32-dl1000", FAST_STOP),
];

const FAST_STOP: &str = "the stop phase of these runs went at 2.2 to 2.8 GB/s (downtime bytes over downtime \
     without its fixed part); its specification says 1.22 GB/s, one rate for all cases";

/// The reason of a case.
pub(crate) fn note(case: &str) -> Option<&'static str> {
    NOTES.iter().find(|(name, _)| *name == case).map(|(_, note)| *note)
}
