//! A specification with every default filled in, checked.

use std::borrow::Cow;

use thiserror::Error;

use super::place::{self, Content, Extent};
use super::policy::{self, Preset};
use super::replayed::Reach;
use super::settle::Numbers;
use super::version::Version;
use super::wire::{Form, Wire, as_f64};
use super::{abilities, check, engine};
use crate::model::{Clear, Engine, MIGRATION_SCHEMA, Specification, StopPolicy, Vmm};

/// Part of a downtime that no memory explains, on QEMU (measured).
const FIXED_MS: f64 = 1.5;
/// Chunk of KVM's manual dirty-log protect (`clear-bitmap-shift` 18).
const CHUNK_BYTES: u64 = 1 << 30;
/// A limiter's window is a tenth of a second.
const WINDOWS_PER_S: f64 = 10.0;
/// A limiter's window lasts a tenth of a second and the delay of the sleep that ends it.
const WINDOW_MS: f64 = 100.2;

/// A specification ready to be replayed. Bytes and milliseconds.
pub(super) struct Setup<'a> {
    pub(super) spec: &'a Specification,
    pub(super) preset: Preset,
    /// The program that runs the loop.
    pub(super) vmm: Vmm,
    pub(super) version: Version,
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
    /// Bytes a millisecond at which whole pages go over, window after window.
    pub(super) steady: f64,
    /// Pages of such a window, at least one.
    pub(super) window_pages: f64,
    /// How far it is replayed.
    pub(super) reach: Reach,
    pub(super) numbers: Numbers,
    /// When phases begin, in order.
    pub(super) changes: Vec<f64>,
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
    /// An option that the program or the policy does not have, or not with another one.
    #[error("{place}: {reason}")]
    Refused {
        /// Which.
        place: Cow<'static, str>,
        /// Why, and what to do.
        reason: String,
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
        abilities::check(spec)?;
        let extents = place::lay_out(spec).map_err(|clash| SpecificationError::Clash {
            first: claimant(clash.claims[0]),
            second: claimant(clash.claims[1]),
            page: clash.page,
        })?;
        let preset = policy::preset(spec);
        let cap = spec.max_bandwidth_bytes_s.unwrap_or(preset.max_bandwidth);
        let link = link_s(spec, cap)? / 1000.0;
        let vmm = policy::runner(policy::policy_of(spec), spec.vmm);
        let version = Version::of(vmm);
        let wire = Wire::new(spec, version, link);
        let quota = if cap > 0.0 { cap / WINDOWS_PER_S } else { f64::INFINITY };
        let steady = link.min(wire.window(quota) / WINDOW_MS);
        Ok(Self {
            clear: spec.clear.unwrap_or_else(|| clear_of(vmm)),
            page: as_f64(spec.page_bytes),
            rate: if cap > 0.0 { link.min(cap / 1000.0) } else { link },
            limit_ms: spec.downtime_limit_ms.unwrap_or(preset.limit_ms),
            fixed_ms: spec.fixed_downtime_ms.unwrap_or(FIXED_MS),
            time_limit: spec.time_limit_ms.filter(|limit| *limit > 0.0),
            window_pages: (steady * WINDOW_MS / wire.bytes(Form::Normal)).max(1.0),
            reach: Reach::WHOLE,
            numbers: match engine(spec) {
                Engine::Pages => Numbers::Drawn,
                Engine::Replay | Engine::Geometric => Numbers::Expected,
            },
            changes: changes(spec),
            postcopy_after: postcopy_after(spec),
            postcopy_rate: per_ms(spec.postcopy.and_then(|it| it.max_bandwidth_bytes_s))
                .unwrap_or(f64::INFINITY),
            switchover: per_ms(spec.avail_switchover_bandwidth_bytes_s),
            vmm,
            version,
            wire,
            link,
            quota,
            steady,
            preset,
            extents,
            spec,
        })
    }

    /// The same, replayed only so far.
    pub(super) fn within(self, reach: Reach) -> Self {
        let by_page = self.numbers == Numbers::Drawn;
        Self { reach: if by_page { reach.by_page() } else { reach }, ..self }
    }
}

/// What the link carries, bytes a second: as much as the limit where nothing is said of it.
fn link_s(spec: &Specification, cap: f64) -> Result<f64, SpecificationError> {
    let limit = Some(cap).filter(|cap| *cap > 0.0);
    spec.link_bytes_s.or(limit).ok_or(SpecificationError::NoBandwidth)
}

/// A rate that is a limit, bytes a millisecond; 0 is none.
fn per_ms(bytes_s: Option<f64>) -> Option<f64> {
    bytes_s.filter(|rate| *rate > 0.0).map(|rate| rate / 1000.0)
}

fn clear_of(vmm: Vmm) -> Clear {
    if vmm.is_qemu() { Clear::Chunk { chunk_bytes: CHUNK_BYTES } } else { Clear::Sync }
}

/// When phases begin, in order.
fn changes(spec: &Specification) -> Vec<f64> {
    let phases = spec.groups.iter().flat_map(|group| &group.phases);
    let mut all: Vec<f64> = phases.map(|phase| phase.from_ms).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
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
