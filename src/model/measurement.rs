//! What was measured of a VM's memory, and the groups of pages that explain it.

use super::migration::Group;

/// What a set of files tells about the memory of one VM.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurements {
    /// What the VM is called, where a file says so.
    pub name: Option<String>,
    /// Guest memory.
    pub ram_bytes: Option<u64>,
    /// Size of a page.
    pub page_bytes: Option<u64>,
    /// Pages that held only zeros.
    pub zero_pages: Option<u64>,
    /// How many pages were written in how long.
    pub measurements: Vec<Measurement>,
    /// What was taken for granted, and what could not be used.
    pub assumptions: Vec<String>,
}

/// How many different pages were written in some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// How long writes were watched.
    pub seconds: f64,
    /// Different pages that were written, as reported. Tools cut the rate down to whole MiB/s.
    pub unique_pages: f64,
    /// How many pages more it may have been, because the report is cut down.
    pub resolution_pages: f64,
    /// How it was measured.
    pub mode: MeasureMode,
    /// The file that says so.
    pub source: String,
}

impl Measurement {
    /// The middle of what the report can mean.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.unique_pages + self.resolution_pages / 2.0
    }

    /// How far from [`Self::estimate`] the truth may well be, in pages.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        (self.resolution_pages / 2.0).max(self.estimate() * self.mode.error())
    }
}

/// How written pages were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeasureMode {
    /// Hashes of some pages were compared (`page-sampling`).
    PageSampling,
    /// All pages, by the dirty log (`dirty-bitmap`).
    DirtyBitmap,
    /// All pages, by the ring of each processor (`dirty-ring`).
    DirtyRing,
    /// All pages, between two bitmap syncs of a migration.
    Migration,
}

impl MeasureMode {
    /// The mode as QEMU and libvirt call it; `migration` for what a migration counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PageSampling => "page-sampling",
            Self::DirtyBitmap => "dirty-bitmap",
            Self::DirtyRing => "dirty-ring",
            Self::Migration => "migration",
        }
    }

    /// The mode that QEMU and libvirt call by this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let named = [Self::PageSampling, Self::DirtyBitmap, Self::DirtyRing];
        named.into_iter().find(|it| it.name() == name)
    }

    /// Its usual error, as a share of the figure.
    ///
    /// Page sampling: 512 samples a GiB, measured beside the truth on QEMU 7.2. A ring counts a
    /// page again after it was collected; how long a migration counted is estimated.
    #[must_use]
    pub fn error(self) -> f64 {
        match self {
            Self::PageSampling => 0.3,
            Self::DirtyBitmap => 0.02,
            Self::DirtyRing => 0.1,
            Self::Migration => 0.15,
        }
    }
}

/// Groups of pages that explain measurements, and how well they do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fit {
    /// The groups, the one whose pages are written most often first.
    pub groups: Vec<Group>,
    /// Each measurement beside what the groups give.
    pub residuals: Vec<Residual>,
    /// The largest relative residual.
    pub worst: f64,
    /// The root of the mean square of the relative residuals.
    pub rms: f64,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// A measurement beside what fitted groups give.
#[derive(Clone, Debug, PartialEq)]
pub struct Residual {
    /// How long writes were watched.
    pub seconds: f64,
    /// Different pages that were written, in the middle of what the report can mean.
    pub measured_pages: f64,
    /// Different pages that the groups write in that time.
    pub fitted_pages: f64,
    /// Fitted by measured, less 1; where nothing was measured 1 if a page or more is fitted.
    pub relative: f64,
    /// Whether the difference is within the measurement's own error.
    pub is_explained: bool,
    /// The file of the measurement.
    pub source: String,
}
