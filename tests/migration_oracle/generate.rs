//! Random specifications, small enough to be replayed page by page.

use fastrand::Rng;
use netplan_cluster::migration::{SpecificationError, dirty, forecast};
use netplan_cluster::model::{
    AutoConverge, Clear, Group, PageRange, Phase, Specification, StopPolicy, Vmm, WriteOrder,
    Xbzrle,
};

const MIB: u64 = 1 << 20;
/// 64 to 256 MiB: large enough for chance to even out over the pages of a round.
const PAGES: std::ops::RangeInclusive<u64> = 16_384..=65_536;

/// The specification of a seed: any clearing, groups, caps, links, zero pages, throttling, phases.
pub(crate) fn specification(seed: u64) -> Specification {
    let mut random = Rng::with_seed(seed);
    let random = &mut random;
    let pages = random.u64(PAGES);
    let mut spec = Specification::new(pages * 4096);
    spec.name = format!("seed {seed}");
    spec.seed = seed;
    spec.vmm = *random.choice(&[Vmm::Qemu72, Vmm::Qemu82, Vmm::Qemu10]).unwrap();
    bandwidth(random, &mut spec);
    memory(random, &mut spec);
    options(random, &mut spec);
    spec.downtime_limit_ms = Some(log(random, 20.0, 1000.0));
    spec.fixed_downtime_ms = Some(1.5);
    spec.time_limit_ms = Some(40_000.0);
    spec
}

/// A number between two, evenly over their orders of magnitude.
fn log(random: &mut Rng, low: f64, high: f64) -> f64 {
    low * (high / low).powf(random.f64())
}

fn whole(measure: f64) -> u64 {
    format!("{measure:.0}").parse().unwrap()
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// The limiter, the link, or either alone decides.
fn bandwidth(random: &mut Rng, spec: &mut Specification) {
    let rate = log(random, 8e6, 120e6);
    match random.u8(0..4) {
        0 => {
            spec.max_bandwidth_bytes_s = Some(0.0);
            spec.link_bytes_s = Some(rate);
        }
        1 => {
            spec.max_bandwidth_bytes_s = Some(rate * random.f64().mul_add(4.0, 1.0));
            spec.link_bytes_s = Some(rate);
        }
        _ => {
            spec.max_bandwidth_bytes_s = Some(rate);
            spec.link_bytes_s = Some(rate * random.f64().mul_add(20.0, 1.0));
        }
    }
}

/// Zero pages above all, or in ranges between which groups have to find room.
fn memory(random: &mut Rng, spec: &mut Specification) {
    let pages = spec.pages();
    spec.zero_pages = random.u64(0..=pages / 2);
    if random.bool() {
        let ranges = random.u64(1..=4);
        let every = pages / ranges;
        let share = (spec.zero_pages / ranges).min(every);
        spec.zero_ranges = (0..ranges)
            .map(|it| PageRange { first_page: it * every, pages: share })
            .filter(|it| it.pages > 0)
            .collect();
    }
    let mut room = pages - spec.zero_pages;
    for _ in 0..random.u8(1..=4) {
        let size = whole(log(random, 64.0, float(room / 2)));
        room -= size;
        spec.groups.push(group(random, size));
        if room < 1000 {
            break;
        }
    }
}

fn group(random: &mut Rng, pages: u64) -> Group {
    let writes_per_s = log(random, 20.0, 8000.0);
    let mut phases: Vec<Phase> = if random.u8(0..4) == 0 {
        (0..random.u8(1..=3))
            .map(|_| Phase {
                from_ms: random.f64() * 8000.0,
                writes_per_s: log(random, 1.0, 4000.0),
            })
            .collect()
    } else {
        Vec::new()
    };
    phases.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms));
    Group {
        pages,
        writes_per_s,
        first_page: None,
        order: WriteOrder::Random,
        cpu_bound: random.bool(),
        phases,
    }
}

/// The same with pages of 2 MiB, as of a guest of huge pages whose memory is watched so: as many
/// pages, writes and bytes a second for each of them.
pub(crate) fn with_huge_pages(seed: u64) -> Specification {
    const TIMES: u64 = 512;
    let mut spec = specification(seed);
    spec.page_bytes *= TIMES;
    spec.ram_bytes *= TIMES;
    for rate in [&mut spec.link_bytes_s, &mut spec.max_bandwidth_bytes_s] {
        *rate = rate.map(|it| it * float(TIMES) / 16.0);
    }
    for group in &mut spec.groups {
        group.writes_per_s /= 16.0;
        group.phases.iter_mut().for_each(|it| it.writes_per_s /= 16.0);
    }
    spec.clear = match spec.clear {
        Some(Clear::Chunk { chunk_bytes }) => {
            Some(Clear::Chunk { chunk_bytes: chunk_bytes * TIMES })
        }
        other => other,
    };
    spec
}

/// The same bytes in pages of 2 MiB: a few dozen to a few hundred of them a group.
pub(crate) fn with_few_huge_pages(seed: u64) -> Specification {
    const TIMES: u64 = 32;
    let mut spec = with_huge_pages(seed);
    spec.ram_bytes /= TIMES;
    spec.zero_pages /= TIMES;
    spec.zero_ranges.clear();
    for group in &mut spec.groups {
        group.pages = (group.pages / TIMES).max(1);
        group.writes_per_s /= 16.0;
        group.phases.iter_mut().for_each(|it| it.writes_per_s /= 16.0);
    }
    spec
}

/// The same with a Zipf law instead of its groups.
pub(crate) fn with_zipf(seed: u64) -> Specification {
    let mut spec = specification(seed);
    let pages = spec.groups.iter().map(|it| it.pages).sum();
    let writes = spec.groups.iter().map(|it| it.writes_per_s).sum();
    let exponent = Rng::with_seed(!seed).f64() * 1.5;
    spec.groups = dirty::zipf(pages, writes, exponent);
    spec
}

/// The same with xbzrle, with room for everything.
pub(crate) fn with_xbzrle(seed: u64) -> Specification {
    let mut spec = specification(seed);
    let cache_bytes = spec.ram_bytes * 2;
    spec.multifd_channels = None;
    spec.xbzrle = Some(Xbzrle { cache_bytes, encoded_bytes_per_page: 500.0 });
    spec
}

/// The same with another program's loop, or with another's decisions.
pub(crate) fn under_any_policy(seed: u64) -> Specification {
    let mut spec = specification(seed);
    let mut random = Rng::with_seed(!seed);
    spec.policy = random.choice(StopPolicy::ALL).filter(|it| *it != StopPolicy::Postcopy);
    known(spec)
}

/// The specification without the options that its program or policy refuses.
pub(crate) fn known(mut spec: Specification) -> Specification {
    while let Err(SpecificationError::Refused { place, .. }) = forecast(&spec) {
        match &*place {
            "auto_converge" => spec.auto_converge = None,
            "multifd_channels" => spec.multifd_channels = None,
            "xbzrle" => spec.xbzrle = None,
            "clear" => spec.clear = None,
            place => unreachable!("{place}"),
        }
    }
    spec
}

fn options(random: &mut Rng, spec: &mut Specification) {
    if random.u8(0..3) == 0 {
        spec.auto_converge = Some(AutoConverge {
            initial: f64::from(random.u8(10..50)),
            increment: f64::from(random.u8(5..30)),
            ..AutoConverge::default()
        });
    }
    if random.u8(0..6) == 0 {
        spec.multifd_channels = Some(2);
    }
    spec.clear = Some(match random.u8(0..3) {
        0 => Clear::Sync,
        1 => Clear::Chunk { chunk_bytes: MIB << random.u8(0..6) },
        _ => Clear::Chunk { chunk_bytes: 1 << 30 },
    });
}
