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
    let replays = spec.engine != Engine::Geometric;
    take(
        replays && setup.vmm != spec.vmm,
        format!(
            "the policy {policy} is that of {}, which is taken to run the VM",
            setup.vmm.name()
        ),
    );
    take(
        replays && setup.limit_ms <= 0.0 && setup.preset.runs == Loop::Windows,
        "without a downtime limit QEMU looks only once all was sent, and stops then, whatever was \
         written meanwhile"
            .to_owned(),
    );
    let caveat = setup.preset.caveat.filter(|_| replays);
    take(caveat.is_some(), caveat.unwrap_or_default().to_owned());
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
    if replays {
        replayed(setup, &mut taken);
    }
    taken
}

/// What only a replay rests on.
fn replayed(setup: &Setup<'_>, taken: &mut Vec<String>) {
    let (spec, policy) = (setup.spec, policy::policy_of(setup.spec));
    let mut take = |is_taken: bool, text: String| {
        if is_taken {
            taken.push(text);
        }
    };
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
    let is_permitted =
        spec.postcopy.is_some() && matches!(policy, StopPolicy::Kubevirt | StopPolicy::Nova);
    take(
        is_permitted,
        format!(
            "{} itself decides when it switches to post-copy, not a bitmap sync",
            policy.name()
        ),
    );
    take(
        policy == StopPolicy::Kubevirt && spec.postcopy.is_none(),
        "neither post-copy nor a forced pause is allowed when it takes too long".to_owned(),
    );
    let channels = spec.multifd_channels.unwrap_or(0);
    take(
        channels > 0,
        format!(
            "{channels} multifd channels carry no more than the link: their number counts where a bond \
             spreads them over its ports"
        ),
    );
}
