//! A specification with every default filled in, checked.

use thiserror::Error;

use super::engine;
use super::place::{self, Content, Extent};
use super::policy::{self, Preset};
use super::wire::{Wire, as_f64};
use crate::model::{Clear, Engine, MIGRATION_SCHEMA, Specification, StopPolicy, Vmm};

/// Part of a downtime that no memory explains, on QEMU (measured).
const FIXED_MS: f64 = 1.5;
/// Chunk of KVM's manual dirty-log protect (`clear-bitmap-shift` 18).
const CHUNK_BYTES: u64 = 1 << 30;
/// A limiter's window is a tenth of a second.
const WINDOWS_PER_S: f64 = 10.0;
/// Below this a migration would take longer than the universe has lasted.
const LEAST_BYTES_S: f64 = 1.0;
/// No machine writes more often.
const MOST_WRITES_S: f64 = 1e12;
/// The page-exact engine holds two bits a page: 2 TiB of 4 KiB pages.
const MOST_EXACT_PAGES: u64 = 1 << 29;

/// A specification ready to be replayed. Bytes and milliseconds.
pub(super) struct Setup<'a> {
    pub(super) spec: &'a Specification,
    pub(super) preset: Preset,
    pub(super) extents: Vec<Extent>,
    pub(super) wire: Wire,
    pub(super) clear: Clear,
    /// Bytes of a page.
    pub(super) page: f64,
    /// Bytes a millisecond.
    pub(super) link: f64,
    /// What the link and the VMM's limit leave, bytes a millisecond.
    pub(super) rate: f64,
    /// Bytes a window; infinite without a limit.
    pub(super) quota: f64,
    pub(super) limit_ms: f64,
    pub(super) fixed_ms: f64,
    pub(super) time_limit: Option<f64>,
    /// After so many windows nothing more is replayed.
    pub(super) horizon: u32,
    /// When the last phase begins.
    pub(super) last_change: f64,
    pub(super) postcopy_after: Option<u32>,
    pub(super) postcopy_rate: f64,
    /// Bandwidth that the threshold takes for granted, instead of the measured one.
    pub(super) switchover: Option<f64>,
}

/// Why a specification can't be replayed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SpecificationError {
    /// Another document.
    #[error("schema \"{0}\" is not {MIGRATION_SCHEMA}")]
    Schema(String),
    /// A number that makes no sense.
    #[error("{place}: {value} is not {expected}")]
    Number {
        /// Which.
        place: String,
        /// What it is.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// More pages than there are.
    #[error("{place}: {pages} pages are more than the {limit} pages of the VM's memory")]
    TooManyPages {
        /// Which.
        place: String,
        /// How many.
        pages: u64,
        /// How many there are.
        limit: u64,
    },
    /// Two claims on one page.
    #[error("{first} and {second} both hold page {page}")]
    Clash {
        /// One.
        first: String,
        /// Other.
        second: String,
        /// The page.
        page: u64,
    },
    /// No speed at all.
    #[error("neither link_bytes_s nor max_bandwidth_bytes_s says how fast the network is")]
    NoBandwidth,
}

impl<'a> Setup<'a> {
    /// Checks a specification and fills in the defaults of its VMM and policy.
    ///
    /// # Errors
    /// When a number makes no sense, pages are claimed twice, or nothing tells the bandwidth.
    pub(super) fn new(spec: &'a Specification) -> Result<Self, SpecificationError> {
        check::all(spec)?;
        let extents = place::lay_out(spec).map_err(|clash| SpecificationError::Clash {
            first: claimant(clash.claims[0]),
            second: claimant(clash.claims[1]),
            page: clash.page,
        })?;
        let preset = policy::preset(spec);
        let cap = spec.max_bandwidth_bytes_s.unwrap_or(preset.max_bandwidth);
        let link_s = match spec.link_bytes_s {
            Some(link) if link > 0.0 => link,
            _ if cap > 0.0 => cap,
            _ => return Err(SpecificationError::NoBandwidth),
        };
        let link = link_s / 1000.0;
        let postcopy_rate = spec.postcopy.and_then(|it| it.max_bandwidth_bytes_s).unwrap_or(0.0);
        Ok(Self {
            wire: Wire::new(spec, link),
            clear: spec.clear.unwrap_or_else(|| clear_of(spec.vmm)),
            page: as_f64(spec.page_bytes),
            link,
            rate: if cap > 0.0 { link.min(cap / 1000.0) } else { link },
            quota: if cap > 0.0 { cap / WINDOWS_PER_S } else { f64::INFINITY },
            limit_ms: spec.downtime_limit_ms.unwrap_or(preset.limit_ms),
            fixed_ms: spec.fixed_downtime_ms.unwrap_or(FIXED_MS),
            time_limit: spec.time_limit_ms.filter(|limit| *limit > 0.0),
            horizon: horizon(spec),
            last_change: last_change(spec),
            postcopy_after: postcopy_after(spec),
            postcopy_rate: if postcopy_rate > 0.0 { postcopy_rate / 1000.0 } else { f64::INFINITY },
            switchover: None,
            preset,
            extents,
            spec,
        })
    }
}

/// Fifty hours in expected values; page by page less, as each sync looks at every page.
fn horizon(spec: &Specification) -> u32 {
    const MOST: u32 = 2_000_000;
    if engine(spec) != Engine::Pages {
        return MOST;
    }
    let windows = (1 << 38) / spec.pages().max(1);
    u32::try_from(windows).unwrap_or(MOST).clamp(20_000, MOST)
}

fn clear_of(vmm: Vmm) -> Clear {
    if vmm.is_qemu() { Clear::Chunk { chunk_bytes: CHUNK_BYTES } } else { Clear::Sync }
}

fn last_change(spec: &Specification) -> f64 {
    let phases = spec.groups.iter().flat_map(|group| &group.phases);
    phases.map(|phase| phase.from_ms).fold(0.0, f64::max)
}

/// The sync after which QEMU itself is asked for post-copy: the one named, or with the policy
/// `postcopy` the first one after the full copy. Other stacks ask when their policy says so.
fn postcopy_after(spec: &Specification) -> Option<u32> {
    match policy::policy_of(spec) {
        StopPolicy::Postcopy => Some(spec.postcopy.map_or(2, |it| it.after_iteration)),
        StopPolicy::Qemu | StopPolicy::QemuAutoConverge => {
            spec.postcopy.map(|it| it.after_iteration)
        }
        _ => None,
    }
}

fn claimant(content: Content) -> String {
    match content {
        Content::Group(number) => format!("groups[{number}]"),
        Content::Zero => "a zero range".to_owned(),
        Content::Cold => "the rest".to_owned(),
    }
}

mod check {
    //! What every specification must meet.

    use super::{LEAST_BYTES_S, MOST_EXACT_PAGES, MOST_WRITES_S, SpecificationError};
    use crate::migration::engine;
    use crate::model::{Clear, Engine, MIGRATION_SCHEMA, Specification};

    type Checked = Result<(), SpecificationError>;

    /// The largest VM there is: 16 PiB.
    const MOST_BYTES: u64 = 1 << 54;

    pub(super) fn all(spec: &Specification) -> Checked {
        if spec.schema != MIGRATION_SCHEMA {
            return Err(SpecificationError::Schema(spec.schema.clone()));
        }
        sizes(spec)?;
        groups(spec)?;
        rates(spec)?;
        options(spec)
    }

    fn number(
        place: impl Into<String>,
        value: impl std::fmt::Display,
        expected: &'static str,
    ) -> Checked {
        let (place, value) = (place.into(), value.to_string());
        Err(SpecificationError::Number { place, value, expected })
    }

    fn at_least(place: &str, value: Option<f64>, least: f64, expected: &'static str) -> Checked {
        match value {
            Some(value) if !value.is_finite() || value < least => number(place, value, expected),
            _ => Ok(()),
        }
    }

    fn sizes(spec: &Specification) -> Checked {
        if !spec.page_bytes.is_power_of_two() || !(512..=1 << 30).contains(&spec.page_bytes) {
            return number("page_bytes", spec.page_bytes, "a power of two from 512 to 1 GiB");
        }
        if spec.ram_bytes == 0 || spec.ram_bytes > MOST_BYTES {
            return number("ram_bytes", spec.ram_bytes, "a size from 1 byte to 16 PiB");
        }
        pages(spec, "zero_pages", spec.zero_pages)?;
        for (place, range) in spec.zero_ranges.iter().enumerate() {
            let name = format!("zero_ranges[{place}]");
            pages(spec, &name, range.first_page.saturating_add(range.pages))?;
        }
        if engine(spec) == Engine::Pages && spec.pages() > MOST_EXACT_PAGES {
            let most = "at most 2^29 pages, which is what the engine \"pages\" holds";
            return number("ram_bytes / page_bytes", spec.pages(), most);
        }
        let ranges = spec.zero_ranges.iter().fold(0u64, |sum, it| sum.saturating_add(it.pages));
        if ranges > spec.zero_pages {
            return number("zero_pages", spec.zero_pages, "at least the pages of zero_ranges");
        }
        Ok(())
    }

    fn pages(spec: &Specification, place: &str, pages: u64) -> Checked {
        let limit = spec.pages();
        if pages <= limit {
            return Ok(());
        }
        Err(SpecificationError::TooManyPages { place: place.to_owned(), pages, limit })
    }

    fn groups(spec: &Specification) -> Checked {
        let mut sum = spec.zero_pages;
        for (number, group) in spec.groups.iter().enumerate() {
            let name = format!("groups[{number}]");
            if group.pages == 0 {
                return self::number(format!("{name}.pages"), 0, "at least one page");
            }
            pages(spec, &name, group.first_page.unwrap_or(0).saturating_add(group.pages))?;
            sum = sum.saturating_add(group.pages);
            rate(format!("{name}.writes_per_s"), group.writes_per_s)?;
            for (place, phase) in group.phases.iter().enumerate() {
                let name = format!("{name}.phases[{place}]");
                let from = Some(phase.from_ms);
                at_least(&format!("{name}.from_ms"), from, 0.0, "a time of 0 or more")?;
                rate(format!("{name}.writes_per_s"), phase.writes_per_s)?;
            }
        }
        pages(spec, "groups and zero_pages together", sum)
    }

    fn rate(place: String, writes: f64) -> Checked {
        if (0.0..=MOST_WRITES_S).contains(&writes) {
            return Ok(());
        }
        number(place, writes, "a rate from 0 to 10^12 writes a second")
    }

    fn rates(spec: &Specification) -> Checked {
        let bandwidth = "0 (no limit), or at least 1 byte a second";
        for (name, value) in [
            ("max_bandwidth_bytes_s", spec.max_bandwidth_bytes_s),
            (
                "postcopy.max_bandwidth_bytes_s",
                spec.postcopy.and_then(|it| it.max_bandwidth_bytes_s),
            ),
        ] {
            at_least(name, value.filter(|it| *it != 0.0), LEAST_BYTES_S, bandwidth)?;
        }
        at_least("link_bytes_s", spec.link_bytes_s, LEAST_BYTES_S, "at least 1 byte a second")?;
        let time = "a time of 0 or more";
        at_least("downtime_limit_ms", spec.downtime_limit_ms, 0.0, time)?;
        at_least("fixed_downtime_ms", spec.fixed_downtime_ms, 0.0, time)?;
        at_least("time_limit_ms", spec.time_limit_ms, 0.0, time)
    }

    fn options(spec: &Specification) -> Checked {
        if let Some(it) = spec.auto_converge {
            let settings = [
                ("trigger_percent", it.trigger_percent, 1.0),
                ("initial", it.initial, 1.0),
                ("increment", it.increment, 1.0),
                ("max", it.max, 1.0),
            ];
            for (name, value, least) in settings {
                if !(least..=100.0).contains(&value) || (name != "trigger_percent" && value > 99.0)
                {
                    return number(format!("auto_converge.{name}"), value, "a percentage, 1 to 99");
                }
            }
        }
        if let Some(it) = spec.xbzrle {
            let bytes = it.encoded_bytes_per_page;
            let place = "xbzrle.encoded_bytes_per_page";
            at_least(place, Some(bytes), 0.0, "a size of 0 or more")?;
            if it.cache_bytes < spec.page_bytes {
                return number("xbzrle.cache_bytes", it.cache_bytes, "room for at least one page");
            }
        }
        match spec.clear {
            Some(Clear::Chunk { chunk_bytes }) if chunk_bytes < spec.page_bytes => {
                number("clear.chunk_bytes", chunk_bytes, "at least one page")
            }
            _ => Ok(()),
        }
    }
}
