//! A specification from options.

use anyhow::{anyhow, bail};

use super::super::args::{Described, Migrate};
use crate::migration::{self, SpecificationError, Spread};
use crate::model::{Amount, AutoConverge, Group, Postcopy, Specification, WriteRate, Xbzrle};
use crate::render;

/// The migration that options describe, without its network.
pub(super) fn specification(vm: &Described) -> anyhow::Result<Specification> {
    let memory = vm.memory.unwrap_or(0);
    let zero = vm.zero.map_or(0, |it: Amount| it.of(memory));
    if zero > memory {
        bail!("--zero {} is more than --memory {}", size(zero), size(memory));
    }
    let page = u32::try_from(vm.page_size).unwrap_or(u32::MAX);
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    let xbzrle = vm
        .xbzrle
        .map(|bytes| Xbzrle { cache_bytes: vm.xbzrle_cache, encoded_bytes_per_page: bytes as f64 });
    let after = |after_iteration| Postcopy { after_iteration, max_bandwidth_bytes_s: None };
    Ok(Specification {
        name: vm.name.clone().unwrap_or_default(),
        vmm: vm.vmm,
        page_bytes: vm.page_size,
        zero_pages: zero / vm.page_size.max(1),
        groups: vm
            .dirty_rate
            // without memory that is what is wrong
            .filter(|_| memory > 0)
            .map_or(Ok(Vec::new()), |rate| groups(vm, memory - zero, (rate, page)))?,
        max_bandwidth_bytes_s: vm.max_bandwidth,
        avail_switchover_bandwidth_bytes_s: vm.avail_switchover_bandwidth,
        downtime_limit_ms: vm.downtime_limit,
        policy: vm.stop_policy,
        auto_converge: vm.auto_converge.then(AutoConverge::default),
        multifd_channels: vm.multifd,
        xbzrle,
        postcopy: vm.postcopy.map(after),
        clear: vm.clear,
        fixed_downtime_ms: vm.fixed_downtime,
        time_limit_ms: vm.time_limit,
        engine: vm.engine,
        seed: vm.seed,
        ..Specification::new(memory)
    })
}

fn groups(vm: &Described, used: u64, (rate, page): (WriteRate, u32)) -> anyhow::Result<Vec<Group>> {
    let set = vm.working_set.unwrap_or(used);
    if set > used {
        bail!(
            "--working-set {} is more than the {} of --memory that hold anything but zeros",
            size(set),
            size(used)
        );
    }
    if set == 0 && vm.working_set.is_none() {
        bail!(
            "--zero leaves nothing of --memory to write to: leave --dirty-rate out, or say less zero"
        );
    }
    if set == 0 {
        bail!("--working-set is empty: leave --dirty-rate out when nothing is written");
    }
    let sequential = vm.sequential.then_some(Spread::Sequential);
    let spread = vm.hot_cold.or(vm.zipf).or(sequential).unwrap_or(Spread::Uniform);
    let pages = (set / u64::from(page.max(1))).max(1);
    let groups = migration::groups(pages, rate.pages_per_s(page), spread);
    Ok(groups.into_iter().map(|it| Group { cpu_bound: vm.cpu_bound, ..it }).collect())
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(super) fn size(bytes: u64) -> String {
    render::size(bytes as f64)
}

/// Fields of a specification, and the options that set them.
const OPTIONS: [(&str, &str); 19] = [
    ("ram_bytes", "--memory"),
    ("page_bytes", "--page-size"),
    ("zero_pages", "--zero"),
    ("groups and zero_pages together", "--working-set and --zero together"),
    ("groups[0].writes_per_s", "--dirty-rate"),
    ("max_bandwidth_bytes_s", "--max-bandwidth"),
    ("link_bytes_s", "--bandwidth"),
    ("downtime_limit_ms", "--downtime-limit"),
    ("fixed_downtime_ms", "--fixed-downtime"),
    ("time_limit_ms", "--time-limit"),
    ("xbzrle.cache_bytes", "--xbzrle-cache"),
    ("xbzrle.encoded_bytes_per_page", "--xbzrle"),
    ("xbzrle", "--xbzrle"),
    ("clear.chunk_bytes", "--clear"),
    ("clear", "--clear"),
    ("avail_switchover_bandwidth_bytes_s", "--avail-switchover-bandwidth"),
    ("auto_converge", "--auto-converge"),
    ("multifd_channels", "--multifd"),
    ("postcopy", "--postcopy"),
];

/// An error in the words of whoever described the VM.
pub(super) fn by_option(arguments: &Migrate, error: SpecificationError) -> anyhow::Error {
    if arguments.spec.is_some() {
        return error.into();
    }
    let name = |place: &str| {
        let found = OPTIONS.iter().find(|(field, _)| *field == place);
        found.map_or_else(|| place.to_owned(), |(_, option)| (*option).to_owned())
    };
    match error {
        SpecificationError::Number { place, value, expected } => {
            anyhow!(SpecificationError::Number { place: name(&place), value, expected })
        }
        SpecificationError::TooManyPages { place, pages, limit } => {
            anyhow!(SpecificationError::TooManyPages { place: name(&place), pages, limit })
        }
        SpecificationError::Refused { place, reason } => {
            anyhow!(SpecificationError::Refused { place: name(&place).into(), reason })
        }
        other => other.into(),
    }
}
