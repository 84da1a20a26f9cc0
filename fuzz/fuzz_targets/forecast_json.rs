//! Any bytes as a specification or several: an error or a forecast whose bytes add up.
//!
//! Sizes that take long, not for ever, are left out: a VM above 1 GiB, or a cache above it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::migration::forecast;
use netplan_cluster::model::Specification;

const MOST_BYTES: u64 = 1 << 30;

fn is_small(spec: &Specification) -> bool {
    spec.ram_bytes <= MOST_BYTES && spec.xbzrle.is_none_or(|it| it.cache_bytes <= MOST_BYTES)
}

fuzz_target!(|bytes: &[u8]| {
    let one = serde_json::from_slice::<Specification>(bytes).map(|it| vec![it]);
    let all = one.or_else(|_| serde_json::from_slice::<Vec<Specification>>(bytes));
    for spec in all.unwrap_or_default().iter().filter(|it| is_small(it)) {
        let Ok(it) = forecast(spec) else { continue };
        let rounds: f64 = it.rounds.iter().map(|round| round.sent_bytes).sum();
        let sum = rounds + it.downtime_bytes;
        assert!((sum - it.transferred_bytes).abs() <= 1e-6 * sum.max(1.0), "{it:?}");
        assert!(!it.total_ms.is_nan() && !it.downtime_ms.is_nan(), "{it:?}");
    }
});
