//! Any small specification in both engines: neither panics, and both keep within the VM's memory.
#![no_main]

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use netplan_cluster::migration::forecast;
use netplan_cluster::model::{
    Clear, Engine, Group, PageRange, Phase, Specification, StopPolicy, Vmm, WriteOrder,
};

#[derive(Debug)]
struct Input(Specification);

/// A number over all orders of magnitude, now and then none at all.
fn measure(bytes: &mut Unstructured<'_>) -> Result<f64> {
    if bytes.ratio(1, 16)? {
        return Ok(f64::from_bits(bytes.arbitrary()?));
    }
    Ok(10f64.powi(bytes.int_in_range(-3..=12)?) * f64::from(bytes.arbitrary::<u8>()?))
}

fn group(bytes: &mut Unstructured<'_>) -> Result<Group> {
    let phase = |bytes: &mut Unstructured<'_>| -> Result<Phase> {
        Ok(Phase { from_ms: measure(bytes)?, writes_per_s: measure(bytes)? })
    };
    Ok(Group {
        pages: bytes.int_in_range(0..=5000)?,
        writes_per_s: measure(bytes)?,
        first_page: if bytes.ratio(1, 4)? { Some(bytes.int_in_range(0..=20_000)?) } else { None },
        order: *bytes.choose(&[WriteOrder::Random, WriteOrder::Sequential])?,
        cpu_bound: bytes.arbitrary()?,
        phases: (0..bytes.int_in_range(0..=3)?).map(|_| phase(bytes)).collect::<Result<_>>()?,
    })
}

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let mut spec = Specification::new(bytes.int_in_range(1..=80_000_000)?);
        spec.vmm = *bytes.choose(&Vmm::ALL)?;
        spec.policy = Some(*bytes.choose(&StopPolicy::ALL)?);
        spec.zero_pages = bytes.int_in_range(0..=10_000)?;
        if bytes.ratio(1, 4)? {
            let (first_page, pages) = (bytes.int_in_range(0..=20_000)?, spec.zero_pages);
            spec.zero_ranges.push(PageRange { first_page, pages });
        }
        spec.groups =
            (0..bytes.int_in_range(0..=4)?).map(|_| group(bytes)).collect::<Result<_>>()?;
        spec.max_bandwidth_bytes_s = Some(measure(bytes)?);
        spec.link_bytes_s = Some(measure(bytes)?);
        spec.downtime_limit_ms = Some(measure(bytes)?);
        spec.time_limit_ms = Some(1e4);
        spec.multifd_channels = bytes.arbitrary()?;
        if bytes.ratio(1, 2)? {
            spec.clear = Some(Clear::Chunk { chunk_bytes: bytes.arbitrary()? });
        }
        Ok(Self(spec))
    }
}

fuzz_target!(|input: Input| {
    for engine in [Engine::Replay, Engine::Pages, Engine::Geometric] {
        let spec = Specification { engine, ..input.0.clone() };
        let Ok(it) = forecast(&spec) else { continue };
        assert!(!it.total_ms.is_nan(), "{engine:?}: {it:?}");
        let known = it.rounds.iter().map(|round| round.known_dirty_pages);
        let pages = spec.pages() as f64 + 0.5;
        assert!(engine == Engine::Geometric || known.into_iter().all(|it| it <= pages), "{it:?}");
    }
});
