//! What a forecast took for granted.

use super::policy::{self, Loop};
use super::setup::Setup;
use crate::model::{Clear, Engine, StopPolicy, WriteOrder};

/// In the order in which a reader would doubt them. A specification that says all has none.
pub(super) fn of(setup: &Setup<'_>) -> Vec<String> {
    let spec = setup.spec;
    let mut taken = Vec::new();
    let mut take = |is_taken: bool, text: String| {
        if is_taken {
            taken.push(text);
        }
    };
    let mib = |rate: f64| format!("{:.1} MiB/s", rate * 1000.0 / 1_048_576.0);
    let policy = policy::policy_of(spec).name();
    take(
        setup.vmm != spec.vmm,
        format!(
            "the policy {policy} is that of {}, which is taken to run the VM",
            setup.vmm.name()
        ),
    );
    take(
        setup.limit_ms <= 0.0 && setup.preset.runs == Loop::Windows,
        "without a downtime limit QEMU looks only once all was sent, and stops then, whatever was \
         written meanwhile"
            .to_owned(),
    );
    take(setup.preset.caveat.is_some(), setup.preset.caveat.unwrap_or_default().to_owned());
    take(
        spec.max_bandwidth_bytes_s.is_none() && setup.quota.is_finite(),
        format!("the VMM limits itself to {}, its default", mib(setup.quota / 100.0)),
    );
    take(
        spec.link_bytes_s.is_none(),
        format!("the link carries no more than the limit, {}", mib(setup.link)),
    );
    take(
        spec.downtime_limit_ms.is_none(),
        format!("the downtime limit begins at {} ms, the default of {policy}", setup.limit_ms),
    );
    if let (None, Clear::Chunk { chunk_bytes }) = (spec.clear, setup.clear) {
        let mib = chunk_bytes >> 20;
        take(true, format!("KVM clears the dirty log in chunks of {mib} MiB, as it is sent"));
    }
    let is_placed = !spec.zero_ranges.is_empty() || spec.zero_pages == 0;
    take(!is_placed, "zero pages lie in runs above the pages that are written".to_owned());
    take(
        spec.groups.iter().any(|it| it.order == WriteOrder::Sequential)
            && spec.engine == Engine::Replay,
        "pages written in sequence are replayed page by page".to_owned(),
    );
    let paced = spec.groups.iter().any(|it| !it.cpu_bound && it.writes_per_s > 0.0);
    take(
        paced && setup.preset.auto_converge.is_some(),
        "writers that keep their own pace are slowed only by a throttle above 85 %".to_owned(),
    );
    let is_permitted = spec.postcopy.is_some()
        && matches!(policy::policy_of(spec), StopPolicy::Kubevirt | StopPolicy::Nova);
    take(
        is_permitted,
        format!("{policy} itself decides when it switches to post-copy, not a bitmap sync"),
    );
    take(
        policy::policy_of(spec) == StopPolicy::Kubevirt && spec.postcopy.is_none(),
        "neither post-copy nor a forced pause is allowed when it takes too long".to_owned(),
    );
    taken
}
