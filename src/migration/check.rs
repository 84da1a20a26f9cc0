//! What every specification must meet.

use super::engine;
use super::setup::SpecificationError;
use super::wire::as_f64;
use crate::model::{AutoConverge, Clear, Engine, Group, MIGRATION_SCHEMA, Specification};

type Checked = Result<(), SpecificationError>;

/// The largest VM there is: 64 TiB.
const MOST_BYTES: u64 = 1 << 46;
/// The page-exact engine holds two bits a page: 2 TiB of 4 KiB pages.
const MOST_EXACT_PAGES: u64 = 1 << 29;
/// No migration goes over less, 1 KiB a second, and no network carries more, 8 Tbit/s.
pub(super) const BYTES_S: (f64, f64) = (1024.0, 1e12);
/// QEMU's longest downtime limit (`MAX_MIGRATE_DOWNTIME`).
pub(super) const MOST_DOWNTIME_MS: f64 = 2_000_000.0;
/// No phase begins later: 10^11 ms, three years.
const LATEST_MS: f64 = 1e11;
/// No machine writes more often.
const MOST_WRITES_S: f64 = 1e12;
/// QEMU's smallest chunk of the dirty log (`clear-bitmap-shift` 6), in pages.
const LEAST_CHUNK_PAGES: u64 = 64;

/// A number with its range.
struct Range {
    place: &'static str,
    value: fn(&Specification) -> Option<f64>,
    least: f64,
    most: f64,
    /// The range in words.
    expected: &'static str,
}

const LIMIT: &str = "0 (no limit), or from 1024 to 10^12 bytes a second";

const RANGES: [Range; 10] = [
    Range {
        place: "max_bandwidth_bytes_s",
        value: |spec| spec.max_bandwidth_bytes_s.filter(|it| *it != 0.0),
        least: BYTES_S.0,
        most: BYTES_S.1,
        expected: LIMIT,
    },
    Range {
        place: "postcopy.max_bandwidth_bytes_s",
        value: |spec| spec.postcopy?.max_bandwidth_bytes_s.filter(|it| *it != 0.0),
        least: BYTES_S.0,
        most: BYTES_S.1,
        expected: LIMIT,
    },
    Range {
        place: "avail_switchover_bandwidth_bytes_s",
        value: |spec| spec.avail_switchover_bandwidth_bytes_s.filter(|it| *it != 0.0),
        least: BYTES_S.0,
        most: BYTES_S.1,
        expected: "0 (as measured), or from 1024 to 10^12 bytes a second",
    },
    Range {
        place: "link_bytes_s",
        value: |spec| spec.link_bytes_s,
        least: BYTES_S.0,
        most: BYTES_S.1,
        expected: "from 1024 to 10^12 bytes a second",
    },
    Range {
        place: "downtime_limit_ms",
        value: |spec| spec.downtime_limit_ms,
        least: 0.0,
        most: MOST_DOWNTIME_MS,
        expected: "a time from 0 to 2000 s, QEMU's longest",
    },
    Range {
        place: "fixed_downtime_ms",
        value: |spec| spec.fixed_downtime_ms,
        least: 0.0,
        most: 3_600_000.0,
        expected: "a time from 0 to 1 h",
    },
    Range {
        place: "time_limit_ms",
        value: |spec| spec.time_limit_ms,
        least: 0.0,
        most: 1e10,
        expected: "a time from 0 (never) to 10^10 ms, 115 days",
    },
    Range {
        place: "multifd_channels",
        value: |spec| spec.multifd_channels.map(f64::from),
        least: 0.0,
        most: 255.0,
        expected: "a number of channels from 0 to 255",
    },
    Range {
        place: "postcopy.after_iteration",
        value: |spec| spec.postcopy.map(|it| f64::from(it.after_iteration)),
        least: 1.0,
        most: 1e6,
        expected: "a bitmap sync from 1, that of the set-up, to 10^6",
    },
    Range {
        place: "xbzrle.cache_bytes",
        value: |spec| spec.xbzrle.map(|it| as_f64(it.cache_bytes)),
        least: 512.0,
        most: 70_368_744_177_664.0,
        expected: "a size from one page to 64 TiB",
    },
];

/// Checks all numbers.
///
/// # Errors
/// The first that makes no sense.
pub(super) fn all(spec: &Specification) -> Checked {
    if spec.schema != MIGRATION_SCHEMA {
        return Err(SpecificationError::Schema(spec.schema.clone()));
    }
    sizes(spec)?;
    groups(spec)?;
    for range in &RANGES {
        if let Some(value) = (range.value)(spec) {
            within(range.place, value, (range.least, range.most), range.expected)?;
        }
    }
    spec.auto_converge.iter().try_for_each(throttle)?;
    deltas(spec)?;
    chunks(spec)
}

fn number(
    place: impl Into<String>,
    value: impl Into<String>,
    expected: &'static str,
) -> SpecificationError {
    SpecificationError::Number { place: place.into(), value: value.into(), expected }
}

fn within(place: &str, value: f64, (least, most): (f64, f64), expected: &'static str) -> Checked {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(number(place, words(value), expected))
}

/// A number as people read it: powers of ten for one that is too long.
fn words(value: f64) -> String {
    let is_long = value != 0.0 && !(1e-6..1e15).contains(&value.abs());
    if is_long && value.is_finite() { format!("{value:e}") } else { value.to_string() }
}

fn sizes(spec: &Specification) -> Checked {
    if !spec.page_bytes.is_power_of_two() || !(512..=1 << 30).contains(&spec.page_bytes) {
        let value = spec.page_bytes.to_string();
        return Err(number("page_bytes", value, "a power of two from 512 to 1 GiB"));
    }
    if spec.ram_bytes == 0 || spec.ram_bytes > MOST_BYTES {
        let value = spec.ram_bytes.to_string();
        return Err(number("ram_bytes", value, "a size from 1 byte to 64 TiB"));
    }
    pages(spec, "zero_pages", spec.zero_pages)?;
    for (place, range) in spec.zero_ranges.iter().enumerate() {
        let name = format!("zero_ranges[{place}]");
        pages(spec, &name, range.first_page.saturating_add(range.pages))?;
    }
    if engine(spec) == Engine::Pages && spec.pages() > MOST_EXACT_PAGES {
        let most = "at most 2^29 pages, which is what the engine \"pages\" holds";
        return Err(number("ram_bytes / page_bytes", spec.pages().to_string(), most));
    }
    let ranges = spec.zero_ranges.iter().fold(0u64, |sum, it| sum.saturating_add(it.pages));
    if ranges > spec.zero_pages {
        let least = "at least the pages of zero_ranges; left out it is their sum";
        return Err(number("zero_pages", spec.zero_pages.to_string(), least));
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
    for (place, group) in spec.groups.iter().enumerate() {
        let name = format!("groups[{place}]");
        if group.pages == 0 {
            return Err(number(format!("{name}.pages"), "0", "at least one page"));
        }
        pages(spec, &name, group.first_page.unwrap_or(0).saturating_add(group.pages))?;
        sum = sum.saturating_add(group.pages);
        rate(&format!("{name}.writes_per_s"), group.writes_per_s)?;
        phases(&name, group)?;
    }
    pages(spec, "groups and zero_pages together", sum)
}

fn rate(place: &str, writes: f64) -> Checked {
    within(place, writes, (0.0, MOST_WRITES_S), "a rate from 0 to 10^12 writes a second")
}

/// Each phase begins later than the one before it.
fn phases(group: &str, of: &Group) -> Checked {
    let mut before = -1.0;
    for (place, phase) in of.phases.iter().enumerate() {
        let name = format!("{group}.phases[{place}]");
        let from = format!("{name}.from_ms");
        within(&from, phase.from_ms, (0.0, LATEST_MS), "a time from 0 to 10^11 ms")?;
        if phase.from_ms <= before {
            return Err(number(from, words(phase.from_ms), "later than the phase before it"));
        }
        before = phase.from_ms;
        rate(&format!("{name}.writes_per_s"), phase.writes_per_s)?;
    }
    Ok(())
}

fn throttle(it: &AutoConverge) -> Checked {
    let settings = [
        ("auto_converge.trigger_percent", it.trigger_percent, 100.0, "a percentage, 1 to 100"),
        ("auto_converge.initial", it.initial, 99.0, "a percentage, 1 to 99"),
        ("auto_converge.increment", it.increment, 99.0, "a percentage, 1 to 99"),
        ("auto_converge.max", it.max, 99.0, "a percentage, 1 to 99"),
    ];
    for (place, value, most, expected) in settings {
        within(place, value, (1.0, most), expected)?;
    }
    if it.initial > it.max {
        let value = words(it.initial);
        return Err(number("auto_converge.initial", value, "at most auto_converge.max"));
    }
    Ok(())
}

fn deltas(spec: &Specification) -> Checked {
    let Some(it) = spec.xbzrle else { return Ok(()) };
    let (place, most) = ("xbzrle.encoded_bytes_per_page", as_f64(spec.page_bytes));
    within(place, it.encoded_bytes_per_page, (0.0, most), "a size from 0 to page_bytes")?;
    if it.cache_bytes < spec.page_bytes {
        let value = it.cache_bytes.to_string();
        return Err(number("xbzrle.cache_bytes", value, "room for at least one page"));
    }
    Ok(())
}

fn chunks(spec: &Specification) -> Checked {
    match spec.clear {
        Some(Clear::Chunk { chunk_bytes })
            if chunk_bytes < LEAST_CHUNK_PAGES.saturating_mul(spec.page_bytes)
                || chunk_bytes > MOST_BYTES =>
        {
            let expected = "a size from 64 pages, QEMU's smallest, to 64 TiB";
            Err(number("clear.chunk_bytes", chunk_bytes.to_string(), expected))
        }
        _ => Ok(()),
    }
}
