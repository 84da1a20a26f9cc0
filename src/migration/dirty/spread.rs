//! How a VM's writes spread over its working set.

use super::{HotShare, hot_cold, sequential, uniform, zipf};
use crate::migration::wire::as_f64;
use crate::model::Group;

/// Which pages of a working set are written how often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Each as often as any other, in any order.
    Uniform,
    /// A share of the pages gets a share of the writes, the rest the rest.
    HotCold {
        /// Share of the pages that are hot.
        pages: f64,
        /// Share of the writes that they get.
        writes: f64,
    },
    /// The page of rank k is written in proportion to k^-exponent.
    Zipf {
        /// The exponent.
        exponent: f64,
    },
    /// One behind the other, from the first again.
    Sequential,
}

/// The groups of a working set of so many pages that takes so many writes a second, those written
/// most first.
#[must_use]
pub fn groups(pages: u64, writes_per_s: f64, spread: Spread) -> Vec<Group> {
    match spread {
        Spread::Uniform => uniform(pages, writes_per_s),
        Spread::Sequential => sequential(pages, writes_per_s),
        Spread::HotCold { pages: share, writes } => {
            let hot = HotShare { pages: share.max(1.0 / as_f64(pages)), writes };
            in_all(hot_cold(pages, writes_per_s, hot), writes_per_s)
        }
        Spread::Zipf { exponent } => zipf(pages, writes_per_s, exponent),
    }
}

/// The groups with so many writes in all, where rounding to whole pages left a side without any.
fn in_all(mut groups: Vec<Group>, writes_per_s: f64) -> Vec<Group> {
    let sum: f64 = groups.iter().map(|it| it.writes_per_s).sum();
    for group in groups.iter_mut().filter(|_| sum > 0.0) {
        group.writes_per_s *= writes_per_s / sum;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_writes_are_all_there() {
        let spreads = [
            Spread::Uniform,
            Spread::Sequential,
            Spread::HotCold { pages: 0.1, writes: 0.9 },
            Spread::HotCold { pages: 0.8, writes: 0.9 },
            Spread::HotCold { pages: 1.0, writes: 0.5 },
            Spread::Zipf { exponent: 0.99 },
            Spread::Zipf { exponent: 0.0 },
            Spread::Zipf { exponent: 20.0 },
        ];
        for spread in spreads {
            for pages in [1, 2, 7, 1000, 1 << 22] {
                let groups = groups(pages, 5000.0, spread);
                let sum: u64 = groups.iter().map(|it| it.pages).sum();
                let writes: f64 = groups.iter().map(|it| it.writes_per_s).sum();
                assert_eq!(sum, pages, "{spread:?}");
                assert!((writes - 5000.0).abs() < 1e-3, "{spread:?} {pages}: {writes}");
            }
        }
    }
}
