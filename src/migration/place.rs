//! Where groups, zero pages and the rest lie in memory.

use crate::model::{PageRange, Specification};

/// What a run of pages holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Pages of a group, by its place in the specification.
    Group(usize),
    /// Used, but not written.
    Cold,
    /// Zeros.
    Zero,
}

/// A run of pages of one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) first: u64,
    pub(super) pages: u64,
    pub(super) content: Content,
}

/// Pages that claim a place which another claims already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    /// The page.
    pub(super) page: u64,
    /// Who claims it.
    pub(super) claims: [Content; 2],
}

/// Lays memory out: groups and zero ranges with a place first; other groups one behind the other
/// from page 0 in what is free; then what is used but not written, and zero pages.
///
/// # Errors
/// When two claims overlap. Sizes were checked before.
pub(super) fn lay_out(spec: &Specification) -> Result<Vec<Extent>, Clash> {
    let mut taken = claims(spec);
    taken.sort_by_key(|it| it.first);
    for pair in taken.windows(2) {
        if pair[0].first + pair[0].pages > pair[1].first {
            return Err(Clash { page: pair[1].first, claims: [pair[0].content, pair[1].content] });
        }
    }
    let mut free = gaps(&taken, spec.pages());
    for (number, group) in spec.groups.iter().enumerate() {
        if group.first_page.is_none() {
            fill(&mut taken, &mut free, group.pages, Content::Group(number));
        }
    }
    rest(spec, &mut taken, &mut free);
    taken.sort_by_key(|it| it.first);
    Ok(taken)
}

fn claims(spec: &Specification) -> Vec<Extent> {
    let groups = spec.groups.iter().enumerate().filter_map(|(number, group)| {
        let first = group.first_page?;
        Some(Extent { first, pages: group.pages, content: Content::Group(number) })
    });
    let zeros = spec.zero_ranges.iter().filter(|it| it.pages > 0).map(|it| Extent {
        first: it.first_page,
        pages: it.pages,
        content: Content::Zero,
    });
    groups.chain(zeros).collect()
}

/// What no claim holds, lowest first.
fn gaps(taken: &[Extent], pages: u64) -> Vec<PageRange> {
    let mut gaps = Vec::new();
    let mut at = 0;
    for extent in taken {
        if extent.first > at {
            gaps.push(PageRange { first_page: at, pages: extent.first - at });
        }
        at = at.max(extent.first + extent.pages);
    }
    if pages > at {
        gaps.push(PageRange { first_page: at, pages: pages - at });
    }
    gaps.reverse();
    gaps
}

/// Takes pages from the lowest gap on; `free` holds the lowest gap last.
fn fill(taken: &mut Vec<Extent>, free: &mut Vec<PageRange>, mut pages: u64, content: Content) {
    while pages > 0 {
        let Some(gap) = free.last_mut() else { return };
        let some = gap.pages.min(pages);
        taken.push(Extent { first: gap.first_page, pages: some, content });
        pages -= some;
        gap.first_page += some;
        gap.pages -= some;
        if gap.pages == 0 {
            free.pop();
        }
    }
}

/// Free memory of a running guest is scattered: so many runs of zero pages.
const ZERO_RUNS: u64 = 64;
/// Linux keeps the descriptors of its pages, 64 bytes each, at the top of memory.
const DESCRIPTORS: u64 = 64;

/// Pages of no group. Where no zero range is given, zero pages lie above what is written, in runs
/// among the pages that are used but not written; the topmost pages are used.
fn rest(spec: &Specification, taken: &mut Vec<Extent>, free: &mut Vec<PageRange>) {
    let placed: u64 = spec.zero_ranges.iter().map(|it| it.pages).sum();
    let zero = spec.zero_pages.saturating_sub(placed);
    let left: u64 = free.iter().map(|it| it.pages).sum();
    let cold = left.saturating_sub(zero);
    let (tail, runs) = if spec.zero_ranges.is_empty() {
        (cold.min(spec.pages() / DESCRIPTORS), ZERO_RUNS)
    } else {
        (0, 1)
    };
    let share = |pages: u64, run: u64| pages * (run + 1) / runs - pages * run / runs;
    for run in 0..runs {
        fill(taken, free, share(cold - tail, run), Content::Cold);
        fill(taken, free, share(zero, run), Content::Zero);
    }
    fill(taken, free, tail, Content::Cold);
}
