//! Measured migrations as they are written down.

use std::fs;
use std::path::Path;

use netplan_cluster::model::Specification;
use serde::Deserialize;

/// One migration, run several times.
#[derive(Clone, Deserialize)]
pub(crate) struct Case {
    /// Near the edge of convergence: repetitions disagree, nothing is judged by it.
    pub(crate) unstable: bool,
    pub(crate) spec: Specification,
    pub(crate) measured: Measured,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Measured {
    pub(crate) repetitions: u32,
    pub(crate) converged: u32,
    #[serde(default)]
    pub(crate) per_repetition: Vec<Numbers>,
    /// Of the repetitions that converged.
    #[serde(default)]
    pub(crate) median: Option<Numbers>,
    #[serde(default)]
    pub(crate) plateau_pages: Option<f64>,
    #[serde(default)]
    pub(crate) newly_dirty_pages: Vec<f64>,
    #[serde(default)]
    pub(crate) known_dirty_pages: Vec<f64>,
}

/// What QEMU and the clock said; what they did not say is absent.
#[derive(Clone, Copy, Default, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) total_ms: Option<f64>,
    pub(crate) downtime_ms: Option<f64>,
    pub(crate) transferred_bytes: Option<f64>,
    pub(crate) dirty_sync_count: Option<f64>,
}

impl Measured {
    /// Whether most repetitions converged.
    pub(crate) fn has_converged(&self) -> bool {
        self.converged * 2 > self.repetitions
    }

    /// Whether any repetition counted so many syncs.
    pub(crate) fn has_counted(&self, syncs: f64) -> bool {
        let counted = |it: &Numbers| it.dirty_sync_count.is_some_and(|it| (it - syncs).abs() < 0.5);
        self.per_repetition.iter().any(counted)
    }
}

/// The cases of a file.
pub(crate) fn read(file: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/qemu-7.2");
    serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}
