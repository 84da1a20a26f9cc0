//! Specifications for tests.

use super::dirty;
use crate::model::{Group, Specification, Vmm};

/// Payload of a link of 1 Gbit/s, bytes a second.
pub(super) const GIGABIT: f64 = 117e6;

/// 1 GiB over 1 Gbit/s with 256 MiB that are written 8,000 times a second: converges.
pub(super) fn busy() -> Specification {
    let mut spec = Specification::new(1 << 30);
    spec.vmm = Vmm::Qemu72;
    spec.zero_pages = 65_536;
    spec.max_bandwidth_bytes_s = Some(0.0);
    spec.link_bytes_s = Some(GIGABIT);
    spec.groups = vec![group(65_536, 8_000.0)];
    spec
}

/// The same with 60,000 writes a second: never converges.
pub(super) fn hopeless() -> Specification {
    let mut spec = busy();
    spec.groups[0].writes_per_s = 60_000.0;
    spec
}

/// Pages written at random.
pub(super) fn group(pages: u64, writes_per_s: f64) -> Group {
    dirty::group(pages, writes_per_s).unwrap()
}
