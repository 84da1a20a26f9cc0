//! What a quantity of a specification is, and the specification with another value of it.

use super::setup::{Setup, SpecificationError};
use super::wire::as_f64;
use crate::model::{Group, Key, Specification};

/// What a quantity is now, in the unit of its key.
///
/// # Errors
/// When the specification makes no sense.
pub fn present(spec: &Specification, key: Key) -> Result<f64, SpecificationError> {
    let setup = Setup::new(spec)?;
    let (link, cap) = (setup.link * 1000.0, setup.quota * 10.0);
    Ok(match key {
        Key::Memory => as_f64(spec.ram_bytes),
        Key::WorkingSet => as_f64(written(spec)) * setup.page,
        Key::DirtyRate => peak_rate(&spec.groups),
        Key::Bandwidth => link.min(cap),
        Key::Cap => cap,
        Key::DowntimeLimit => setup.limit_ms,
        Key::ZeroShare => as_f64(spec.zero_pages) / as_f64(spec.pages()),
        Key::FixedDowntime => setup.fixed_ms,
    })
}

/// The specification with another value of a quantity, in the unit of its key.
///
/// - `memory` keeps the working set and the share of zero pages, as far as there is room for both.
/// - A working set of all that is not zero stays so, whatever `memory` or `zero-share` becomes, with
///   its writes a second.
/// - `working-set` scales the pages of all groups and keeps their writes a second, so that the same
///   work spreads over more pages. Groups that grow lose the place they were given.
/// - `dirty-rate` scales the rates of all groups and phases alike; the value is the highest sum of
///   rates at any time.
/// - `bandwidth` sets the link and the VMM's limit to one value: it is the rate that the migration
///   gets, whichever of the two sets it today.
/// - `zero-share` and `memory` give up zero ranges: zero pages lie where they lie by default.
///
/// A value that makes no sense makes a specification that [`super::forecast`] refuses.
#[must_use]
pub fn apply(spec: &Specification, key: Key, value: f64) -> Specification {
    let mut new = spec.clone();
    match key {
        Key::Memory => resize(&mut new, value),
        Key::WorkingSet => scale_pages(&mut new, value),
        Key::DirtyRate => set_rate(&mut new.groups, value),
        Key::Bandwidth => {
            new.link_bytes_s = Some(value);
            new.max_bandwidth_bytes_s = Some(value);
        }
        Key::Cap => new.max_bandwidth_bytes_s = Some(value),
        Key::DowntimeLimit => new.downtime_limit_ms = Some(value),
        Key::ZeroShare => set_zero_share(&mut new, value),
        Key::FixedDowntime => new.fixed_downtime_ms = Some(value),
    }
    new
}

/// Pages that are written.
pub(super) fn written(spec: &Specification) -> u64 {
    spec.groups.iter().fold(0, |sum: u64, group| sum.saturating_add(group.pages))
}

/// The highest sum of all groups' rates at any time, writes a second.
fn peak_rate(groups: &[Group]) -> f64 {
    let mut changes: Vec<(f64, f64)> = groups.iter().flat_map(changes).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rate, mut peak) = (0.0, 0.0f64);
    for (place, (at, change)) in changes.iter().enumerate() {
        rate += change;
        let is_last_then = changes.get(place + 1).is_none_or(|next| next.0 > *at);
        if is_last_then {
            peak = peak.max(rate);
        }
    }
    peak
}

/// When a group's rate changes, and by how much.
fn changes(group: &Group) -> Vec<(f64, f64)> {
    let mut phases: Vec<(f64, f64)> =
        group.phases.iter().map(|it| (it.from_ms, it.writes_per_s)).collect();
    phases.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rate = 0.0;
    let all = std::iter::once((0.0, group.writes_per_s)).chain(phases);
    all.map(|(at, next)| (at, next - std::mem::replace(&mut rate, next))).collect()
}

/// Scales all rates; where nothing is written yet, every page is written equally often.
fn set_rate(groups: &mut [Group], value: f64) {
    let peak = peak_rate(groups);
    let pages: f64 = groups.iter().map(|it| as_f64(it.pages)).sum();
    for group in groups {
        if peak > 0.0 {
            scale_rate(group, value / peak);
        } else {
            group.writes_per_s = value * as_f64(group.pages) / pages;
            group.phases.clear();
        }
    }
}

/// Multiplies a group's rates.
pub(super) fn scale_rate(group: &mut Group, factor: f64) {
    group.writes_per_s *= factor;
    for phase in &mut group.phases {
        phase.writes_per_s *= factor;
    }
}

fn scale_pages(spec: &mut Specification, bytes: f64) {
    let factor = bytes / as_f64(spec.page_bytes) / as_f64(written(spec));
    for group in &mut spec.groups {
        group.pages = whole(as_f64(group.pages) * factor).max(1);
        if factor > 1.0 {
            group.first_page = None;
        }
    }
}

fn resize(spec: &mut Specification, bytes: f64) {
    let share = as_f64(spec.zero_pages) / as_f64(spec.pages().max(1));
    let extent = extent(spec);
    spec.ram_bytes = whole(bytes);
    divide(spec, share, extent);
}

fn set_zero_share(spec: &mut Specification, share: f64) {
    let extent = extent(spec);
    divide(spec, share, extent);
}

/// How far a guest writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WriteExtent {
    /// To all pages that are not zero.
    AllUsed,
    /// To these pages, whatever others there are.
    Pages(u64),
}

fn extent(spec: &Specification) -> WriteExtent {
    let written = written(spec);
    if written > 0 && written.saturating_add(spec.zero_pages) >= spec.pages() {
        WriteExtent::AllUsed
    } else {
        WriteExtent::Pages(written)
    }
}

/// Divides memory into a share of zero pages and the others.
fn divide(spec: &mut Specification, zero_share: f64, extent: WriteExtent) {
    let pages = spec.pages();
    let least = match extent {
        WriteExtent::AllUsed => u64::try_from(spec.groups.len()).unwrap_or(u64::MAX),
        WriteExtent::Pages(written) => written,
    };
    let zero = whole((as_f64(pages) * zero_share).round());
    spec.zero_pages = zero.min(pages.saturating_sub(least));
    spec.zero_ranges.clear();
    if extent == WriteExtent::AllUsed {
        fill(spec);
    }
}

/// Stretches the groups over all pages that are not zero; the last takes what rounding leaves.
fn fill(spec: &mut Specification) {
    let used = spec.pages().saturating_sub(spec.zero_pages);
    scale_pages(spec, as_f64(used) * as_f64(spec.page_bytes));
    let left = used.saturating_sub(written(spec));
    for group in &mut spec.groups {
        group.first_page = None;
    }
    if let Some(last) = spec.groups.last_mut() {
        last.pages += left;
    }
}

/// The whole number below; 0 below 0, and of what is no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
pub(super) fn whole(number: f64) -> u64 {
    // a share of a product, such as 4096 · 0.9999999999, is the product
    (number * (1.0 + 1e-12)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::busy;
    use crate::model::{PageRange, Phase};

    #[test]
    fn every_key_reads_what_it_wrote() {
        let spec = busy();
        let values = [8e9, 1e8, 5000.0, 2e8, 3e8, 700.0, 0.25, 12.0];
        for (key, value) in Key::ALL.into_iter().zip(values) {
            let read = present(&apply(&spec, key, value), key).unwrap();
            assert!((read - value).abs() <= value * 1e-3, "{}: {read}", key.name());
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
        assert_eq!(Key::from_name("memor"), None);
    }

    #[test]
    fn present_values_change_nothing() {
        let spec = busy();
        for key in [Key::Memory, Key::WorkingSet, Key::DirtyRate, Key::ZeroShare] {
            assert_eq!(apply(&spec, key, present(&spec, key).unwrap()), spec, "{}", key.name());
        }
    }

    #[test]
    fn the_rate_is_the_highest_sum_at_any_time() {
        let mut spec = busy();
        spec.groups[0].writes_per_s = 100.0;
        spec.groups[0].phases = vec![
            Phase { from_ms: 2000.0, writes_per_s: 50.0 },
            Phase { from_ms: 1000.0, writes_per_s: 300.0 },
        ];
        let mut second = spec.groups[0].clone();
        second.phases = vec![Phase { from_ms: 1000.0, writes_per_s: 10.0 }];
        spec.groups.push(second);
        assert!((peak_rate(&spec.groups) - 310.0).abs() < 1e-9);
        let halved = apply(&spec, Key::DirtyRate, 155.0);
        assert!((halved.groups[0].phases[0].writes_per_s - 25.0).abs() < 1e-9);
        assert!((halved.groups[1].writes_per_s - 50.0).abs() < 1e-9);
    }

    #[test]
    fn memory_never_squeezes_the_working_set_by_zeros() {
        let mut spec = busy();
        spec.zero_ranges = vec![PageRange { first_page: spec.pages() - 10, pages: 10 }];
        let small = apply(&spec, Key::Memory, as_f64(written(&spec) * spec.page_bytes));
        assert_eq!(small.zero_pages, 0);
        assert!(super::super::forecast(&small).is_ok());
        let full = apply(&spec, Key::ZeroShare, 1.0);
        assert_eq!(full.zero_pages, full.pages() - written(&full));
    }

    #[test]
    fn a_guest_that_writes_to_all_but_zeros_goes_on_to_do_so() {
        let mut spec = busy();
        let (pages, rest) = (spec.pages(), spec.groups[0].clone());
        spec.zero_pages = pages / 4;
        spec.groups = vec![
            Group { pages: pages / 4, writes_per_s: 10.0, ..rest.clone() },
            Group { pages: pages - 2 * (pages / 4), ..rest },
        ];
        let smaller = apply(&spec, Key::Memory, as_f64(spec.ram_bytes / 2));
        let zeros = apply(&spec, Key::ZeroShare, 0.8);
        for new in [&smaller, &zeros, &apply(&spec, Key::ZeroShare, 1.0)] {
            assert_eq!(written(new) + new.zero_pages, new.pages());
            assert!((new.groups[0].writes_per_s - 10.0).abs() < 1e-9);
            assert!(super::super::forecast(new).is_ok());
        }
        assert_eq!(smaller.zero_pages, (pages / 2).div_ceil(4));
        // not so where some pages are neither written nor zero
        spec.groups.pop();
        assert_eq!(apply(&spec, Key::ZeroShare, 0.5).groups, spec.groups);
    }

    #[test]
    fn what_makes_no_sense_is_refused_later() {
        for (key, value) in [(Key::Bandwidth, 0.0), (Key::Memory, f64::NAN), (Key::Cap, -1.0)] {
            let odd = apply(&busy(), key, value);
            // a bandwidth of 0 is no limit and no link
            assert!(super::super::forecast(&odd).is_err(), "{} {value}", key.name());
        }
    }
}
