//! What a planner answers beyond how long one migration takes.

use super::forecast::{Forecast, Outcome};
use super::vmm::{StopPolicy, Vmm};

/// A quantity of a specification that can be set to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Memory of the VM, bytes.
    Memory,
    /// Memory that is written to, bytes.
    WorkingSet,
    /// Writes to pages, each to one page, per second.
    DirtyRate,
    /// What the migration gets of the network, bytes a second: link and limit alike.
    Bandwidth,
    /// The VMM's own limit alone, bytes a second.
    Cap,
    /// Downtime that the VMM aims at, milliseconds.
    DowntimeLimit,
    /// Zero pages' share of memory, 0 to 1.
    ZeroShare,
    /// Part of the downtime that does not depend on memory, milliseconds.
    FixedDowntime,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Bytes a second.
    BytesPerS,
    /// Writes a second, each to one page.
    WritesPerS,
    /// Milliseconds.
    Ms,
    /// A share, 0 to 1.
    Share,
}

impl Key {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Memory,
        Self::WorkingSet,
        Self::DirtyRate,
        Self::Bandwidth,
        Self::Cap,
        Self::DowntimeLimit,
        Self::ZeroShare,
        Self::FixedDowntime,
    ];

    /// The name in documents and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::WorkingSet => "working-set",
            Self::DirtyRate => "dirty-rate",
            Self::Bandwidth => "bandwidth",
            Self::Cap => "max-bandwidth",
            Self::DowntimeLimit => "downtime-limit",
            Self::ZeroShare => "zero-share",
            Self::FixedDowntime => "fixed-downtime",
        }
    }

    /// The key of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// What its values count.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Memory | Self::WorkingSet => Unit::Bytes,
            Self::DirtyRate => Unit::WritesPerS,
            Self::Bandwidth | Self::Cap => Unit::BytesPerS,
            Self::DowntimeLimit | Self::FixedDowntime => Unit::Ms,
            Self::ZeroShare => Unit::Share,
        }
    }
}

/// Which bound is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// The lowest bandwidth that suffices.
    MinBandwidth,
    /// The smallest downtime limit that is met.
    MinDowntimeLimit,
    /// The highest dirty rate that the network carries.
    MaxDirtyRate,
    /// The largest working set that the network carries.
    MaxWorkingSet,
}

impl Goal {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::MinBandwidth, Self::MinDowntimeLimit, Self::MaxDirtyRate, Self::MaxWorkingSet];

    /// The name in documents and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MinBandwidth => "min-bandwidth",
            Self::MinDowntimeLimit => "min-downtime-limit",
            Self::MaxDirtyRate => "max-dirty-rate",
            Self::MaxWorkingSet => "max-working-set",
        }
    }

    /// The goal of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|goal| goal.name() == name)
    }

    /// The quantity whose bound it is.
    #[must_use]
    pub fn key(self) -> Key {
        match self {
            Self::MinBandwidth => Key::Bandwidth,
            Self::MinDowntimeLimit => Key::DowntimeLimit,
            Self::MaxDirtyRate => Key::DirtyRate,
            Self::MaxWorkingSet => Key::WorkingSet,
        }
    }
}

/// A value that was tried, and what it leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// In the unit of its key.
    pub value: f64,
    /// The forecast with it.
    pub forecast: Forecast,
}

/// Where the values that suffice begin.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Between two values not further apart than a thousandth.
    Between {
        /// The last one that suffices: the answer.
        suffices: Trial,
        /// Its neighbour that does not.
        fails: Trial,
    },
    /// Every value suffices, up to the hardest that was tried.
    Always(Trial),
    /// None does, down to the easiest that was tried.
    Never(Trial),
}

/// The bound that was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Which.
    pub goal: Goal,
    /// The value that the specification has now, in the unit of the goal's key.
    pub present: f64,
    /// The answer, in the same unit.
    pub answer: Answer,
}

/// A change that makes a migration converge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Another value of a setting, of the guest's load, or of the network.
    Set {
        /// Which.
        key: Key,
        /// What it is now, in the unit of the key.
        from: f64,
        /// What it should be.
        to: f64,
    },
    /// The guest's processors are slowed.
    AutoConverge {
        /// Most of the processor time that is taken away, percent.
        throttle_percent: f64,
    },
    /// The VM is moved before its memory: a failure of either node or of the network while the rest
    /// follows loses the VM.
    Postcopy,
}

/// What a change asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// A setting of the migration.
    Setting,
    /// A guest that runs slower for a while.
    SlowedGuest,
    /// A guest that does less, or other things.
    LighterGuest,
    /// A faster network.
    Purchase,
    /// The risk of losing the VM.
    Risk,
}

/// A change that was tried and makes a migration converge.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// What to change.
    pub change: Change,
    /// What it asks for.
    pub effort: Effort,
    /// How dear it is, in doublings.
    pub cost: f64,
    /// The forecast with the change.
    pub forecast: Forecast,
}

/// A stop policy's result in a tournament.
#[derive(Clone, Debug, PartialEq)]
pub struct Contender {
    /// Which policy, with its own defaults.
    pub policy: StopPolicy,
    /// The program that ran it.
    pub vmm: Vmm,
    /// Whether that is the VM's own, so that the policy could be chosen.
    pub is_applicable: bool,
    /// What is not certain about it.
    pub caveat: Option<&'static str>,
    /// What it does.
    pub forecast: Forecast,
}

/// Half-widths of what is not known exactly, each uniform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uncertainty {
    /// Of the dirty rate, relative: the error of sampling.
    pub dirty_rate: f64,
    /// Of the dirty rate, writes a second: the rounding of whole MiB/s.
    pub dirty_step: f64,
    /// Of the link's bandwidth, relative.
    pub bandwidth: f64,
}

/// Quantiles of a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// One in twenty is lower.
    pub p5: f64,
    /// The median.
    pub p50: f64,
    /// One in twenty is higher.
    pub p95: f64,
}

/// Quantiles over the samples in which the VM is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovedBand {
    /// Milliseconds.
    pub total_ms: Quantiles,
    /// Milliseconds.
    pub downtime_ms: Quantiles,
    /// Bytes on the wire.
    pub transferred_bytes: Quantiles,
}

/// What a migration does when its inputs are uncertain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// How many samples.
    pub samples: u32,
    /// In how many it converged.
    pub converged: u32,
    /// In how many the VM was moved, by force or not.
    pub moved: u32,
    /// Absent when it was never moved.
    pub band: Option<MovedBand>,
}

impl Band {
    /// Share of the samples that converged, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        f64::from(self.converged) / f64::from(self.samples.max(1))
    }
}

/// When one migration of several goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// Since the start of the first, milliseconds.
    pub start_ms: f64,
    /// When it was over, one way or the other.
    pub end_ms: f64,
    /// How it ended.
    pub outcome: Outcome,
    /// At the rate that it had in the end.
    pub downtime_ms: f64,
    /// The rate that it had in the end, bytes a second.
    pub rate_bytes_s: f64,
}

/// Several migrations over shared links.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// One for each migration, in the order in which they were given.
    pub slots: Vec<Slot>,
    /// When all are done, milliseconds.
    pub total_ms: f64,
}

/// Several migrations at once, against one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    /// At once.
    pub parallel: Schedule,
    /// One after the other.
    pub single: Schedule,
}
