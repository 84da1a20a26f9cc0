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

/// Moments after which a thread was measured that writes 3 million times a second at random
/// (qemu-devel, 2023), seconds.
pub(super) const MOMENTS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0];

/// What it dirtied until then, MiB/s, by the GiB that it writes to.
pub(super) const DIRTIED: [(u64, [f64; 9]); 3] = [
    (1, [6996.0, 4606.0, 3305.0, 2534.0, 2041.0, 1365.0, 1024.0, 683.0, 512.0]),
    (4, [10232.0, 8954.0, 7889.0, 6996.0, 6245.0, 4829.0, 3865.0, 2694.0, 2041.0]),
    (24, [11495.0, 11226.0, 10965.0, 10713.0, 10469.0, 9890.0, 9354.0, 8397.0, 7574.0]),
];
