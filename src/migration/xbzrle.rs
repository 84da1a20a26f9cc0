//! Which share of pages has a copy in the xbzrle cache, in expected values.

use super::wire::as_f64;
use crate::model::Specification;

/// The cache: one place for each page number modulo its size. A page gets in when it is sent and
/// its place is free; it stays while it is sent again within two syncs, which pages that are
/// written often enough to matter are.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    /// Pages that share a place.
    rivals: f64,
    /// Share of the places of each group's pages that are filled.
    filled: Vec<f64>,
}

impl Cache {
    /// The cache of a specification, if it has one.
    pub(super) fn new(spec: &Specification) -> Option<Self> {
        let places = as_f64(spec.xbzrle?.cache_bytes / spec.page_bytes.max(1)).max(1.0);
        let written: u64 = spec.groups.iter().map(|it| it.pages).sum();
        Some(Self {
            rivals: (as_f64(written) / places).max(1.0),
            filled: vec![0.0; spec.groups.len()],
        })
    }

    /// Probability that a page of a group has a copy.
    pub(super) fn hit(&self, group: usize) -> f64 {
        self.filled[group] / self.rivals
    }

    /// Probability that a page which was sent in the round before has a copy.
    pub(super) fn kept(&self) -> f64 {
        1.0 / self.rivals
    }

    /// A round is over in which a share of a group's pages was sent.
    pub(super) fn round(&mut self, group: usize, share: f64) {
        let filled = &mut self.filled[group];
        *filled += (1.0 - *filled) * (1.0 - (1.0 - share).powf(self.rivals));
    }
}
