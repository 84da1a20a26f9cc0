//! What each stop policy would do with the same VM over the same network.

use super::abilities;
use super::forecast;
use super::key::present;
use super::policy::{policy_of, preset, runner};
use super::setup::SpecificationError;
use crate::model::{Contender, Key, Outcome, Specification, StopPolicy, Vmm};

/// Forecasts a migration under every stop policy. That in force has what the specification says;
/// each other one its own defaults: limits, downtime, slowing of the guest and post-copy of the
/// specification are put aside, memory, load, link, delta compression, fixed downtime and time limit
/// stay as far as the program knows them. A policy of another program runs on that program, and is
/// not applicable.
///
/// Where the specification names no link, the network carries what its limit allows.
///
/// The order: applicable ones first; of these converged, forced, cancelled, stalled; then the
/// shorter downtime, the shorter total, the order of [`StopPolicy::ALL`].
///
/// # Errors
/// When the specification makes no sense.
pub fn tournament(spec: &Specification) -> Result<Vec<Contender>, SpecificationError> {
    let link = spec.link_bytes_s.map_or_else(|| present(spec, Key::Cap), Ok)?;
    let own = Specification { link_bytes_s: Some(link), ..spec.clone() };
    let in_force = policy_of(spec);
    let enter = |policy| {
        let vmm = runner(policy, spec.vmm);
        let entered = if policy == in_force {
            own.clone()
        } else {
            abilities::without_unknown(under(&own, policy, vmm))
        };
        let (forecast, caveat) = (forecast(&entered)?, preset(&entered).caveat);
        Ok(Contender { policy, vmm, is_applicable: vmm == spec.vmm, caveat, forecast })
    };
    let mut all =
        StopPolicy::ALL.into_iter().map(enter).collect::<Result<Vec<_>, SpecificationError>>()?;
    all.sort_by(|a, b| {
        let rank = |it: &Contender| (!it.is_applicable, place(it.forecast.outcome));
        let (x, y) = (&a.forecast, &b.forecast);
        rank(a)
            .cmp(&rank(b))
            .then(x.downtime_ms.total_cmp(&y.downtime_ms))
            .then(x.total_ms.total_cmp(&y.total_ms))
    });
    Ok(all)
}

/// The specification as a policy finds it.
fn under(spec: &Specification, policy: StopPolicy, vmm: Vmm) -> Specification {
    Specification {
        vmm,
        policy: Some(policy),
        max_bandwidth_bytes_s: None,
        downtime_limit_ms: None,
        auto_converge: None,
        postcopy: None,
        avail_switchover_bandwidth_bytes_s: None,
        ..spec.clone()
    }
}

fn place(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Converged => 0,
        Outcome::Forced => 1,
        Outcome::Cancelled => 2,
        Outcome::Stalled => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{busy, hopeless};

    #[test]
    fn every_policy_takes_part_once() {
        for spec in [busy(), hopeless()] {
            let mut policies: Vec<_> =
                tournament(&spec).unwrap().into_iter().map(|it| it.policy).collect();
            policies.sort();
            assert_eq!(policies, StopPolicy::ALL);
        }
    }

    #[test]
    fn other_programs_are_labelled_and_come_last() {
        let foreign = [StopPolicy::CloudHypervisor, StopPolicy::Xen, StopPolicy::HyperV];
        let all = tournament(&hopeless()).unwrap();
        assert_eq!(all.iter().filter(|it| it.is_applicable).count(), 10);
        assert!(all[10..].iter().all(|it| !it.is_applicable && foreign.contains(&it.policy)));
        let mut xen = hopeless();
        xen.vmm = Vmm::Xen;
        let all = tournament(&xen).unwrap();
        let own: Vec<_> = all.iter().filter(|it| it.is_applicable).map(|it| it.policy).collect();
        assert!(own.len() == 2 && own.contains(&StopPolicy::Xen), "{own:?}");
    }

    #[test]
    fn the_policy_in_force_does_what_a_forecast_says() {
        for policy in [None, Some(StopPolicy::Kubevirt), Some(StopPolicy::Xen)] {
            let mut spec = busy();
            spec.policy = policy;
            spec.downtime_limit_ms = policy.is_none().then_some(7.0);
            spec.max_bandwidth_bytes_s = Some(0.0);
            let all = tournament(&spec).unwrap();
            let own = all.iter().find(|it| it.policy == policy_of(&spec)).unwrap();
            assert_eq!(own.forecast, forecast(&spec).unwrap());
        }
    }

    #[test]
    fn a_policy_has_its_own_defaults_and_the_vm_its_link() {
        let mut spec = busy();
        spec.downtime_limit_ms = Some(7.0);
        spec.max_bandwidth_bytes_s = Some(1e6);
        let all = tournament(&spec).unwrap();
        let proxmox = all.iter().find(|it| it.policy == StopPolicy::Proxmox).unwrap();
        let mut alone = busy();
        alone.policy = Some(StopPolicy::Proxmox);
        alone.max_bandwidth_bytes_s = None;
        assert_eq!(proxmox.forecast, forecast(&alone).unwrap());
        spec.link_bytes_s = None;
        spec.max_bandwidth_bytes_s = Some(busy().link_bytes_s.unwrap());
        let of_proxmox = |all: &[Contender]| {
            all.iter().find(|it| it.policy == StopPolicy::Proxmox).unwrap().forecast.clone()
        };
        assert_eq!(of_proxmox(&tournament(&spec).unwrap()), proxmox.forecast);
    }

    #[test]
    fn what_converges_comes_first_then_the_shortest_downtime() {
        let all = tournament(&hopeless()).unwrap();
        for pair in all.windows(2).filter(|pair| pair[0].is_applicable == pair[1].is_applicable) {
            let rank = |it: &Contender| (place(it.forecast.outcome), it.forecast.downtime_ms);
            assert!(rank(&pair[0]) <= rank(&pair[1]));
        }
    }
}
