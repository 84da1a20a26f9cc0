//! Who stops the VM, and when: presets as data.

use super::wire::as_f64;
use crate::model::{AutoConverge, Specification, StopPolicy, Vmm};

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trigger {
    /// So many milliseconds after the start.
    At(f64),
    /// After this bitmap sync; that of the set-up is the first.
    AfterSync(u32),
    /// When what is left has not been less than before for so many milliseconds.
    NoProgress(f64),
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    /// The downtime limit is set, in milliseconds.
    Limit(f64),
    /// The VM is moved before its memory.
    Postcopy,
    /// The migration is given up.
    Cancel,
}

/// A limit that doubles when it does not help (Proxmox VE's `QemuMigrate.pm`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Doubling {
    /// How often the remainder is looked at.
    pub(super) poll_ms: f64,
    /// After more than so many looks at which it had grown, or was nothing.
    pub(super) looks: u32,
    /// Up to here.
    pub(super) max_ms: f64,
}

/// A loop that sends everything that is dirty before it looks again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RoundLimits {
    /// Stops the VM after so many rounds, whatever is left.
    pub(super) rounds: Option<u32>,
    /// Stops it when fewer pages are dirty.
    pub(super) pages: f64,
    /// Stops it when the rest takes no longer at the last round's bandwidth; the downtime limit.
    pub(super) within_limit: bool,
}

/// Which loop copies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Loop {
    /// QEMU's, in windows of a tenth of a second.
    Windows,
    /// Round by round.
    Rounds(RoundLimits),
}

/// A policy with all its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Preset {
    pub(super) runs: Loop,
    pub(super) limit_ms: f64,
    /// The VMM's own limit, bytes a second; 0 is none.
    pub(super) max_bandwidth: f64,
    pub(super) steps: Vec<(Trigger, Action)>,
    pub(super) doubling: Option<Doubling>,
    pub(super) auto_converge: Option<AutoConverge>,
    /// What is not certain about it.
    pub(super) caveat: Option<&'static str>,
}

const MIB: f64 = 1_048_576.0;
const GIB: f64 = 1024.0 * MIB;
const SECOND: f64 = 1000.0;

/// QEMU's own limit since 5.2.
const QEMU_BANDWIDTH: f64 = 128.0 * MIB;
/// QEMU's and Cloud Hypervisor's.
const LIMIT: f64 = 300.0;
/// Silence that clients' TCP connections bear before users notice.
const TCP_TOLERANCE: f64 = 3.0 * SECOND;

/// The preset of a policy for a VM.
pub(super) fn preset(spec: &Specification) -> Preset {
    let gib = as_f64(spec.ram_bytes) / GIB;
    let plain = plain(spec.auto_converge);
    let ovirt_limits = [100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 5000.0];
    match policy_of(spec) {
        StopPolicy::Qemu | StopPolicy::Postcopy => qemu(plain),
        StopPolicy::QemuAutoConverge => slowed(qemu(plain)),
        StopPolicy::CloudHypervisor => Preset {
            steps: vec![(Trigger::At(3600.0 * SECOND), Action::Cancel)],
            ..rounds(plain, None)
        },
        StopPolicy::Xen => Preset {
            runs: Loop::Rounds(RoundLimits { rounds: Some(5), pages: 50.0, within_limit: false }),
            ..plain
        },
        StopPolicy::Kubevirt => {
            Preset { limit_ms: 900.0, steps: kubevirt(gib, spec.postcopy.is_some()), ..plain }
        }
        StopPolicy::Nova => {
            Preset { limit_ms: 50.0, steps: nova(gib.max(2.0), spec.postcopy.is_some()), ..plain }
        }
        StopPolicy::OvirtMinimalDowntime => ovirt(&plain, &ovirt_limits[..6]),
        StopPolicy::OvirtSuspend => ovirt(&plain, &ovirt_limits),
        StopPolicy::OvirtPostcopy => ovirt_postcopy(&plain),
        StopPolicy::Proxmox => Preset {
            limit_ms: 100.0,
            max_bandwidth: 16.0 * GIB,
            doubling: Some(Doubling { poll_ms: SECOND, looks: 5, max_ms: 2000.0 * SECOND }),
            ..plain
        },
        StopPolicy::HyperV => Preset {
            caveat: Some(
                "Hyper-V publishes neither its loop nor its limits: at most 10 rounds and a stop \
                 below the downtime limit are an approximation",
            ),
            ..rounds(plain, Some(10))
        },
        StopPolicy::Tcp => Preset { limit_ms: TCP_TOLERANCE, ..rounds(plain, None) },
    }
}

/// QEMU's loop without a limit of its own, as libvirt starts it.
fn plain(auto_converge: Option<AutoConverge>) -> Preset {
    Preset {
        runs: Loop::Windows,
        limit_ms: LIMIT,
        max_bandwidth: 0.0,
        steps: Vec::new(),
        doubling: None,
        auto_converge,
        caveat: None,
    }
}

fn qemu(preset: Preset) -> Preset {
    Preset { max_bandwidth: QEMU_BANDWIDTH, ..preset }
}

fn slowed(preset: Preset) -> Preset {
    Preset { auto_converge: Some(preset.auto_converge.unwrap_or_default()), ..preset }
}

/// Round by round until the rest goes over within the downtime limit.
fn rounds(preset: Preset, most: Option<u32>) -> Preset {
    let limits = RoundLimits { rounds: most, pages: 1.0, within_limit: true };
    Preset { runs: Loop::Rounds(limits), ..preset }
}

/// The policy, or the VMM's own.
pub(super) fn policy_of(spec: &Specification) -> StopPolicy {
    spec.policy.unwrap_or(match spec.vmm {
        Vmm::Qemu72 | Vmm::Qemu82 | Vmm::Qemu10 if spec.postcopy.is_some() => StopPolicy::Postcopy,
        Vmm::Qemu72 | Vmm::Qemu82 | Vmm::Qemu10 if spec.auto_converge.is_some() => {
            StopPolicy::QemuAutoConverge
        }
        Vmm::Qemu72 | Vmm::Qemu82 | Vmm::Qemu10 => StopPolicy::Qemu,
        Vmm::CloudHypervisor => StopPolicy::CloudHypervisor,
        Vmm::Xen => StopPolicy::Xen,
        Vmm::HyperV => StopPolicy::HyperV,
    })
}

/// `KubeVirt`: no progress for 150 s, or 150 s for each GiB, and it gives up; or it switches to
/// post-copy where that is allowed (`progressTimeout`, `completionTimeoutPerGiB`).
fn kubevirt(gib: f64, may_post_copy: bool) -> Vec<(Trigger, Action)> {
    let late = if may_post_copy { Action::Postcopy } else { Action::Cancel };
    vec![(Trigger::NoProgress(150.0 * SECOND), late), (Trigger::At(150.0 * SECOND * gib), late)]
}

/// Whether a migration may be switched to post-copy: it is asked for and its policy knows it, or its
/// policy does it by itself.
pub(super) fn may_postcopy(spec: &Specification) -> bool {
    match policy_of(spec) {
        StopPolicy::Postcopy | StopPolicy::OvirtPostcopy => true,
        StopPolicy::Qemu
        | StopPolicy::QemuAutoConverge
        | StopPolicy::Kubevirt
        | StopPolicy::Nova => spec.postcopy.is_some(),
        _ => false,
    }
}

/// The program that runs a policy: the VM's own where it knows it.
pub(super) fn runner(policy: StopPolicy, own: Vmm) -> Vmm {
    match policy {
        StopPolicy::Tcp => own,
        StopPolicy::CloudHypervisor => Vmm::CloudHypervisor,
        StopPolicy::Xen => Vmm::Xen,
        StopPolicy::HyperV => Vmm::HyperV,
        _ if own.is_qemu() => own,
        _ => Vmm::default(),
    }
}

/// Nova's `downtime_steps`: from a tenth of the maximum to the maximum in ten steps; after 800 s
/// for each GiB it is given up, or switched to post-copy where that is allowed
/// (`live_migration_permit_post_copy`, `live_migration_timeout_action`).
fn nova(gib: f64, may_post_copy: bool) -> Vec<(Trigger, Action)> {
    let mut steps: Vec<_> = nova_schedule(gib, 500.0, 10, 75.0)
        .into_iter()
        .map(|(at_s, limit)| (Trigger::At(at_s * SECOND), Action::Limit(limit)))
        .collect();
    let late = if may_post_copy { Action::Postcopy } else { Action::Cancel };
    steps.push((Trigger::At(800.0 * SECOND * gib), late));
    steps
}

/// Nova's steps: seconds after the start, and the limit in milliseconds from then on.
/// Source: `nova/virt/libvirt/migration.py`, `downtime_steps`.
pub(super) fn nova_schedule(gib: f64, max_ms: f64, steps: u32, delay_s: f64) -> Vec<(f64, f64)> {
    let base = max_ms / f64::from(steps);
    let step = (max_ms - base) / f64::from(steps);
    (0..=steps).map(f64::from).map(|i| (delay_s * gib * i, base + step * i)).collect()
}

/// vdsm's convergence schedule: the first limit at once, one more after each of these syncs, then
/// the migration is given up.
fn ovirt(plain: &Preset, limits: &[f64]) -> Preset {
    const SYNCS: [u32; 7] = [1, 2, 3, 4, 6, 7, 8];
    let mut steps: Vec<(Trigger, Action)> = limits[1..]
        .iter()
        .zip(SYNCS)
        .map(|(limit, sync)| (Trigger::AfterSync(sync + 1), Action::Limit(*limit)))
        .collect();
    let last = SYNCS[limits.len() - 1];
    steps.push((Trigger::AfterSync(last + 1), Action::Cancel));
    let max_bandwidth = 52.0 * MIB;
    slowed(Preset { limit_ms: limits[0], max_bandwidth, steps, ..plain.clone() })
}

fn ovirt_postcopy(plain: &Preset) -> Preset {
    let after = Trigger::AfterSync;
    Preset {
        steps: vec![
            (after(2), Action::Limit(150.0)),
            (after(3), Action::Limit(200.0)),
            (after(4), Action::Postcopy),
        ],
        ..ovirt(plain, &[100.0])
    }
}

#[cfg(test)]
mod tests {
    use super::nova_schedule;

    /// vdsm's `exponential_downtime`, in milliseconds: slow at first, the maximum in the last step.
    /// Source: `vdsm/virt/migration.py`. Its schedule today is [`super::ovirt`]'s.
    fn vdsm_exponential(max_ms: f64, steps: u32) -> Vec<f64> {
        let offset = max_ms / f64::from(steps);
        let base = (max_ms - offset).powf(1.0 / f64::from(steps - 1).max(1.0));
        (0..steps).map(|i| (offset + base.powf(f64::from(i)) + 1e-9).trunc()).collect()
    }

    #[test]
    fn nova_goes_from_a_tenth_to_the_maximum() {
        let steps = nova_schedule(3.0, 400.0, 10, 30.0);
        let near = |(at, limit): (f64, f64), (a, b): (f64, f64)| {
            assert!((at - a).abs() < 1e-6 && (limit - b).abs() < 1e-6, "{at} {limit}");
        };
        assert_eq!(steps.len(), 11);
        near(steps[0], (0.0, 40.0));
        near(steps[1], (90.0, 76.0));
        near(steps[10], (900.0, 400.0));
    }

    #[test]
    fn vdsm_is_slow_at_first() {
        assert_eq!(vdsm_exponential(500.0, 5), [101.0, 104.0, 120.0, 189.0, 500.0]);
    }
}
