//! Virtual machines that the policy declares.

use super::{Group, Place, Specification, StopPolicy, Vmm, WriteOrder};

/// A virtual machine that must be able to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredVm {
    /// What it is called.
    pub name: String,
    /// Its memory.
    pub memory_bytes: u64,
    /// The part of it that is written to; absent: all of it.
    pub working_set_bytes: Option<u64>,
    /// Pages written in a second.
    pub pages_per_s: u64,
    /// Which program migrates it; absent: the default of a specification.
    pub vmm: Option<Vmm>,
    /// Who decides when to stop; absent: the VMM.
    pub policy: Option<StopPolicy>,
    /// The VMM's own limit, bytes a second, 0 for none; absent: its default.
    pub max_bandwidth_bytes_s: Option<u64>,
    /// Downtime that is aimed at; absent: the default of the policy that stops.
    pub downtime_limit_ms: Option<u64>,
    /// Where it stands in the policy file.
    pub place: Place,
}

impl DeclaredVm {
    /// Its migration over a network of which nothing is said yet.
    #[must_use]
    pub fn specification(&self) -> Specification {
        let spec = Specification::new(self.memory_bytes);
        let written = self.working_set_bytes.unwrap_or(self.memory_bytes);
        let pages = (written / spec.page_bytes).min(spec.pages());
        let group = Group {
            pages,
            writes_per_s: measure(self.pages_per_s),
            first_page: None,
            order: WriteOrder::Random,
            cpu_bound: false,
            phases: Vec::new(),
        };
        Specification {
            name: self.name.clone(),
            vmm: self.vmm.unwrap_or_default(),
            groups: if pages > 0 { vec![group] } else { Vec::new() },
            policy: self.policy,
            max_bandwidth_bytes_s: self.max_bandwidth_bytes_s.map(measure),
            downtime_limit_ms: self.downtime_limit_ms.map(measure),
            ..spec
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "rates and times stay far below 2^53")]
fn measure(number: u64) -> f64 {
    number as f64
}
