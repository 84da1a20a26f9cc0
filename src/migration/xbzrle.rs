//! Which share of pages has a copy in the xbzrle cache, in expected values.

use super::wire::as_f64;
use crate::model::Specification;

/// The cache: one place for each page number modulo its size. A page gets in when it is sent and
/// its place is free; it stays while it is sent again within two syncs. So of pages that share a
/// place those that are sent more often hold it longer.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    places: f64,
    pages: Vec<f64>,
    /// Share of each group's pages that were sent through the cache, ever.
    filled: Vec<f64>,
    /// Share of these that hold their place.
    held: Vec<f64>,
}

/// A page that is sent in every round holds its place so many times as long as one that never is.
const STEADIEST: f64 = 100.0;

impl Cache {
    /// The cache of a specification, if it has one.
    pub(super) fn new(spec: &Specification) -> Option<Self> {
        let places = as_f64(spec.xbzrle?.cache_bytes / spec.page_bytes.max(1)).max(1.0);
        let pages: Vec<f64> = spec.groups.iter().map(|it| as_f64(it.pages)).collect();
        let held = held(places, &pages, &vec![1.0; pages.len()]);
        Some(Self { places, filled: vec![0.0; pages.len()], pages, held })
    }

    /// Probability that a page of a group has a copy.
    pub(super) fn hit(&self, group: usize) -> f64 {
        self.filled[group] * self.held[group]
    }

    /// Probability that a page of a group which was sent in the round before has a copy.
    pub(super) fn kept(&self, group: usize) -> f64 {
        self.held[group]
    }

    /// A round is over in which these shares of the groups' pages were sent.
    pub(super) fn round(&mut self, shares: &[f64]) {
        for (group, share) in shares.iter().enumerate() {
            let rivals = 1.0 / self.held[group].max(f64::MIN_POSITIVE);
            let filled = &mut self.filled[group];
            *filled += (1.0 - *filled) * (1.0 - (1.0 - share).powf(rivals));
        }
        let steadiness = |share: &f64| 1.0 / ((1.0 - share).powi(2) + 1.0 / STEADIEST);
        let weights: Vec<f64> = shares.iter().map(steadiness).collect();
        self.held = held(self.places, &self.pages, &weights);
    }
}

/// Shares of pages that hold a place: in proportion to their weights, but none more than one; what
/// those do not need is left to the others.
fn held(places: f64, pages: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut held = vec![0.0; pages.len()];
    let mut open: Vec<usize> = (0..pages.len()).collect();
    let mut left = places;
    while !open.is_empty() {
        let wanted: f64 = open.iter().map(|&it| pages[it] * weights[it]).sum();
        let level = left.max(0.0) / wanted.max(f64::MIN_POSITIVE);
        let count = open.len();
        open.retain(|&it| {
            let is_full = weights[it] * level >= 1.0;
            held[it] = (weights[it] * level).min(1.0);
            if is_full {
                left -= pages[it];
            }
            !is_full
        });
        if open.len() == count {
            break;
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::held;

    #[test]
    fn room_for_all_holds_all() {
        assert_eq!(held(100.0, &[40.0, 60.0], &[1.0, 9.0]), [1.0, 1.0]);
        assert_eq!(held(5.0, &[], &[]), [0.0; 0]);
    }

    #[test]
    fn rivals_of_one_kind_share() {
        let shares = held(100.0, &[800.0], &[3.0]);
        assert!((shares[0] - 0.125).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn steady_pages_take_their_places_and_leave_the_rest() {
        let shares = held(100.0, &[20.0, 800.0], &[100.0, 1.0]);
        assert!((shares[0] - 1.0).abs() < 1e-12 && (shares[1] - 0.1).abs() < 1e-12, "{shares:?}");
    }
}
