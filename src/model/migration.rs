//! What a live migration is asked to do: the VM's memory, the VMM, the network.

use serde::{Deserialize, Serialize};

use super::{StopPolicy, Vmm};

/// Schema of a migration specification.
pub const MIGRATION_SCHEMA: &str = "netplan-cluster/migration/1";

/// One migration to forecast, as it is written: what is absent is the VMM's default.
///
/// Sizes are whole numbers; rates and times may be fractional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a specification, which is an object")]
pub struct Specification {
    /// Always [`MIGRATION_SCHEMA`].
    pub schema: String,
    /// What the VM is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Which program migrates.
    #[serde(default)]
    pub vmm: Vmm,
    /// Guest memory, with all blocks that are migrated page by page.
    pub ram_bytes: u64,
    /// Size of a page.
    #[serde(default = "page_bytes")]
    pub page_bytes: u64,
    /// Pages that hold only zeros. Left out of a document: those of its zero ranges.
    #[serde(default)]
    pub zero_pages: u64,
    /// Where zero pages lie; those not in a range lie above everything that is used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zero_ranges: Vec<PageRange>,
    /// Pages that are written to. The rest is used but never written.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Limit the VMM sets itself, bytes a second; 0 is none. Absent: the VMM's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bandwidth_bytes_s: Option<f64>,
    /// Payload that the link carries, bytes a second. Absent: as much as the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_bytes_s: Option<f64>,
    /// Bandwidth that QEMU from 8.2 on takes the stop phase to have, bytes a second
    /// (`avail-switchover-bandwidth`); absent or 0: as it measures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avail_switchover_bandwidth_bytes_s: Option<f64>,
    /// Downtime that the VMM aims at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime_limit_ms: Option<f64>,
    /// Who decides when to stop, and when to give up. Absent: the VMM's own policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<StopPolicy>,
    /// Slowing of the guest's processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_converge: Option<AutoConverge>,
    /// Parallel connections; absent or 0: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multifd_channels: Option<u32>,
    /// Delta compression of pages sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xbzrle: Option<Xbzrle>,
    /// Switch to post-copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcopy: Option<Postcopy>,
    /// When a page that was sent is watched again. Absent: the VMM's way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<Clear>,
    /// Part of the downtime that does not depend on memory: device state, start, announcement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_downtime_ms: Option<f64>,
    /// When whoever started the migration cancels it; absent or 0: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit_ms: Option<f64>,
    /// How to compute.
    #[serde(default)]
    pub engine: Engine,
    /// Seed of the random writes of the page-exact engine.
    #[serde(default)]
    pub seed: u64,
}

fn page_bytes() -> u64 {
    4096
}

impl Specification {
    /// A specification of a VM that writes nothing, everything else the VMM's default.
    #[must_use]
    pub fn new(ram_bytes: u64) -> Self {
        Self {
            schema: MIGRATION_SCHEMA.to_owned(),
            name: String::new(),
            vmm: Vmm::default(),
            ram_bytes,
            page_bytes: page_bytes(),
            zero_pages: 0,
            zero_ranges: Vec::new(),
            groups: Vec::new(),
            max_bandwidth_bytes_s: None,
            link_bytes_s: None,
            avail_switchover_bandwidth_bytes_s: None,
            downtime_limit_ms: None,
            policy: None,
            auto_converge: None,
            multifd_channels: None,
            xbzrle: None,
            postcopy: None,
            clear: None,
            fixed_downtime_ms: None,
            time_limit_ms: None,
            engine: Engine::default(),
            seed: 0,
        }
    }

    /// The size in whole pages, the last one rounded up.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.ram_bytes.div_ceil(self.page_bytes.max(1))
    }
}

/// A run of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRange {
    /// First page, from 0.
    pub first_page: u64,
    /// How many.
    pub pages: u64,
}

/// Pages that are written in the same way, each as often as any other of the group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// How many.
    pub pages: u64,
    /// Writes to the whole group, each to one page.
    pub writes_per_s: f64,
    /// Where the group begins. Absent: behind the group before it, the first at page 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_page: Option<u64>,
    /// In which order its pages are written.
    #[serde(default)]
    pub order: WriteOrder,
    /// Whether the writer loses what it can't write when the guest is slowed; else it catches up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cpu_bound: bool,
    /// Other rates from some time on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
}

/// In which order a group's pages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteOrder {
    /// Any page at any time.
    #[default]
    Random,
    /// One behind the other, from the first again.
    Sequential,
}

/// A rate from some time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Since the start of the migration.
    pub from_ms: f64,
    /// Writes to the whole group.
    pub writes_per_s: f64,
}

/// QEMU's slowing of the guest's processors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoConverge {
    /// Dirty bytes in percent of sent bytes above which a period counts as bad.
    #[serde(default = "fifty")]
    pub trigger_percent: f64,
    /// First step, percent of processor time taken away.
    #[serde(default = "twenty")]
    pub initial: f64,
    /// Each further step.
    #[serde(default = "ten")]
    pub increment: f64,
    /// Last step.
    #[serde(default = "ninety_nine")]
    pub max: f64,
}

fn fifty() -> f64 {
    50.0
}

fn twenty() -> f64 {
    20.0
}

fn ten() -> f64 {
    10.0
}

fn ninety_nine() -> f64 {
    99.0
}

impl Default for AutoConverge {
    fn default() -> Self {
        Self { trigger_percent: 50.0, initial: 20.0, increment: 10.0, max: 99.0 }
    }
}

/// Delta compression against a cache of pages sent before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Xbzrle {
    /// Size of the cache.
    #[serde(default = "xbzrle_cache")]
    pub cache_bytes: u64,
    /// Bytes of a page that differ from the copy in the cache.
    pub encoded_bytes_per_page: f64,
}

fn xbzrle_cache() -> u64 {
    64 << 20
}

/// A switch to post-copy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Postcopy {
    /// Asked for when this bitmap sync is announced; the first is that of the set-up.
    pub after_iteration: u32,
    /// Limit while in post-copy, bytes a second (`max-postcopy-bandwidth`); absent or 0: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bandwidth_bytes_s: Option<f64>,
}

/// When a page is watched for writes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", try_from = "clear::Fields")]
pub enum Clear {
    /// From the sync on, sent or not.
    Sync,
    /// From when the first page of its chunk is sent (KVM's manual dirty-log protect).
    Chunk {
        /// Size of a chunk, a power of two pages in QEMU.
        chunk_bytes: u64,
    },
}

mod clear {
    //! The fields of a clearing mode as they are written, none of them unknown or of another mode.

    use serde::Deserialize;

    use super::Clear;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Fields {
        mode: Mode,
        chunk_bytes: Option<u64>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Mode {
        Sync,
        Chunk,
    }

    impl TryFrom<Fields> for Clear {
        type Error = &'static str;

        fn try_from(fields: Fields) -> Result<Self, Self::Error> {
            match (fields.mode, fields.chunk_bytes) {
                (Mode::Sync, None) => Ok(Self::Sync),
                (Mode::Sync, Some(_)) => Err("the mode \"sync\" has no `chunk_bytes`"),
                (Mode::Chunk, Some(chunk_bytes)) => Ok(Self::Chunk { chunk_bytes }),
                (Mode::Chunk, None) => Err("missing field `chunk_bytes`"),
            }
        }
    }
}

/// How a forecast is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The VMM's loop over groups of pages, in expected values.
    #[default]
    Replay,
    /// The same loop over every single page, with seeded random writes.
    Pages,
    /// The textbook series, for comparison.
    Geometric,
}

impl Engine {
    /// The name in documents and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Pages => "pages",
            Self::Geometric => "geometric",
        }
    }
}
