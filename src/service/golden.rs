//! Figures and tables that are published of the systems, against profiles.

use std::collections::BTreeMap;

use super::{Setup, builtin, builtin_names, lose, rule, with_parameters};
use crate::model::NodeName;
use crate::model::service::{
    DeclaredService, FailureMode, Interval, Loss, PhaseKind, Profile, Ruling, ServiceLoss,
    StoreKind, StorePlace, Verdict,
};

fn ruling(profile: &str, mode: FailureMode) -> Ruling {
    rule(&Setup::of(&builtin(profile).unwrap()), mode.into())
}

fn is_within(found: Interval, min: f64, max: f64) -> bool {
    (found.min - min).abs() < 0.01 && (found.max - max).abs() < 0.01
}

fn torque() -> DeclaredService {
    let hosts = ["node12", "node13"].map(NodeName::new).to_vec();
    DeclaredService::new("batch", "torque-2.3", hosts)
}

fn lost(service: &DeclaredService, loss: &str) -> ServiceLoss {
    let profile = builtin(&service.profile).unwrap();
    let setup = Setup { profile: &profile, service: Some(service), state: None };
    lose(&setup, loss.parse().unwrap())
}

/// The table of failures and systems: verdict and, for takeovers, seconds.
#[test]
fn the_matrix_is_the_published_one() {
    use FailureMode::{Crash, Cut, Hang, Power, Skew, Store};
    use Verdict::{FalseTakeover, Never, NotApplicable, Split, Stays, Takeover};
    let systems = ["torque-2.3", "torque-2.4", "slurm", "openpbs", "vrrp"];
    let verdicts = [
        (Crash, [Takeover, Takeover, Takeover, Takeover, Never]),
        (Power, [Takeover; 5]),
        (Hang, [Never; 5]),
        (Cut, [Stays, Stays, Stays, Stays, Split]),
        (Store, [Never, Never, Stays, Never, NotApplicable]),
        (Skew, [Stays, FalseTakeover, Stays, Stays, Stays]),
    ];
    for (mode, verdicts) in verdicts {
        for (system, verdict) in systems.into_iter().zip(verdicts) {
            assert_eq!(ruling(system, mode).verdict, verdict, "{system} {}", mode.name());
        }
    }
    let seconds = [
        (Crash, [Some((0.0, 1.0)), Some((6.0, 18.0)), Some((120.0, 160.0)), Some((31.0, 32.0))]),
        (Power, [Some((90.0, 91.0)), Some((6.0, 18.0)), Some((90.0, 160.0)), Some((44.0, 50.0))]),
    ];
    for (mode, all) in seconds {
        for (system, seconds) in systems.into_iter().zip(all) {
            let latency = ruling(system, mode).latency_s.unwrap();
            let (min, max) = seconds.unwrap();
            assert!(is_within(latency, min, max), "{system} {}: {latency:?}", mode.name());
        }
    }
    let vrrp = ruling("vrrp", Power).latency_s.unwrap();
    assert!(vrrp.min > 3.0 && vrrp.max < 4.0);
}

#[test]
fn the_matrix_tells_conditions_and_reasons() {
    let condition = |profile, mode| ruling(profile, mode).condition.unwrap_or_default();
    let reason = |profile, mode| ruling(profile, mode).reason;
    assert!(condition("vrrp", FailureMode::Crash).contains("tracked"));
    assert!(condition("torque-2.3", FailureMode::Power).contains("NFS lease"));
    assert!(reason("openpbs", FailureMode::Hang).starts_with("probably never:"));
    assert!(reason("torque-2.3", FailureMode::Store).starts_with("both block:"));
    assert!(reason("torque-2.4", FailureMode::Store).starts_with("restarts in a loop:"));
    assert!(reason("slurm", FailureMode::Skew).starts_with("logged:"));
    assert!(reason("torque-2.3", FailureMode::Skew).starts_with("immune:"));
    assert_eq!(ruling("torque-2.4", FailureMode::Skew).from_s, Some(6.0));
}

#[test]
fn means_are_the_published_ones() {
    let mean = |profile, mode| ruling(profile, mode).latency_s.unwrap().mean;
    assert!((mean("torque-2.4", FailureMode::Crash) - 12.0).abs() < 1e-9);
    assert!((mean("slurm", FailureMode::Crash) - 140.0).abs() < 1e-9);
}

#[test]
fn a_shorter_time_out_of_slurm_shortens_all_of_it() {
    let parameters = BTreeMap::from([("timeout_s".to_owned(), 30.0)]);
    let profile = with_parameters(builtin("slurm").unwrap(), &parameters).unwrap();
    let loss = lose(&Setup::of(&profile), FailureMode::Crash.into());
    assert!(is_within(loss.ruling.latency_s.unwrap(), 30.0, 40.0));
    let clients = loss.timeline.last().unwrap();
    assert_eq!((clients.kind, clients.takes_s.max), (PhaseKind::Clients, 15.0));
    assert!(is_within(loss.clients[0].waits_s.unwrap(), 0.0, 45.0));
}

/// pve-ha-manager's own test: the network of the manager is cut at 120 s, it takes itself down at
/// 162, another is manager at 222, the fence is acknowledged at 282 and the guest starts at 301.
#[test]
fn proxmox_keeps_to_its_own_trace() {
    const CUT: f64 = 120.0;
    let profile = builtin("pve-ha").unwrap();
    let loss = lose(&Setup::of(&profile), FailureMode::Interface.into());
    let phase = |kind| loss.timeline.iter().find(|phase| phase.kind == kind).unwrap();
    let holds = |at: f64, interval: Interval| (interval.min..=interval.max).contains(&(at - CUT));
    assert!(holds(162.0, phase(PhaseKind::SelfFence).start_s));
    assert!(holds(222.0, phase(PhaseKind::Detect).end_s()));
    assert!(holds(282.0, phase(PhaseKind::Fence).end_s()));
    assert!(holds(301.0, phase(PhaseKind::Acquire).end_s()));
    // The trace renewed its locks last at 102 s, 18 s before the cut; all else follows from there.
    let renewed = super::stale_file(18.0, 120.0, 0.0, 0.0).min;
    assert!((CUT + renewed - 222.0).abs() < 1e-9);
    assert!((CUT + renewed + phase(PhaseKind::Fence).takes_s.mean - 282.0).abs() < 1e-9);
    // It is down before anybody may take its guests.
    assert!(phase(PhaseKind::SelfFence).start_s.max < phase(PhaseKind::Fence).start_s.min);
}

#[test]
fn stores_decide_when_a_lock_is_free() {
    let mut service = torque();
    let store = |kind| Some(StorePlace { kind, on: Some("nas".into()), path: None });
    service.store = store(StoreKind::Nfs3);
    assert_eq!(lost(&service, "power").ruling.verdict, Verdict::Never);
    assert_eq!(lost(&service, "crash").ruling.verdict, Verdict::Takeover);
    service.store = store(StoreKind::Nfs4);
    assert!(is_within(lost(&service, "power").ruling.latency_s.unwrap(), 90.0, 91.0));
    service.store = store(StoreKind::Local);
    assert_eq!(lost(&service, "power").ruling.verdict, Verdict::Never);
}

#[test]
fn skew_below_the_limit_does_nothing() {
    let mut service = torque();
    "torque-2.4".clone_into(&mut service.profile);
    assert_eq!(lost(&service, "skew=8s").ruling.verdict, Verdict::FalseTakeover);
    assert_eq!(lost(&service, "skew=6s").ruling.verdict, Verdict::FalseTakeover);
    assert_eq!(lost(&service, "skew=5.9s").ruling.verdict, Verdict::Stays);
}

/// A leaking server that hangs is never replaced; had it died, its supervisor would have helped.
#[test]
fn a_supervisor_helps_the_dead_and_not_the_hung() {
    let mut service = DeclaredService::new("batch", "torque-2.4", vec!["batch".into()]);
    assert_eq!(lost(&service, "crash").ruling.verdict, Verdict::Never);
    service.restart_ms = Some(5000);
    let crash = lost(&service, "crash");
    assert_eq!(crash.ruling.verdict, Verdict::Restart);
    assert!(crash.outage_s().unwrap().max < 60.0);
    let hang = lost(&service, "hang");
    assert_eq!(hang.ruling.verdict, Verdict::Never);
    assert!(hang.ruling.reason.contains("does not die"), "{}", hang.ruling.reason);
    assert!(hang.timeline.is_empty() && hang.outage_s().is_none());
}

#[test]
fn a_supervisor_slower_than_the_standby_changes_nothing() {
    let mut service = torque();
    service.restart_ms = Some(30_000);
    assert_eq!(lost(&service, "crash").ruling.verdict, Verdict::Takeover);
    "slurm".clone_into(&mut service.profile);
    assert_eq!(lost(&service, "crash").ruling.verdict, Verdict::Restart);
}

#[test]
fn fencing_ends_a_split() {
    let mut service = torque();
    "vrrp".clone_into(&mut service.profile);
    assert_eq!(lost(&service, "cut").ruling.verdict, Verdict::Split);
    service.fencing = Some(true);
    assert_eq!(lost(&service, "cut").ruling.verdict, Verdict::Takeover);
    "pacemaker".clone_into(&mut service.profile);
    service.fencing = Some(false);
    assert_eq!(lost(&service, "cut").ruling.verdict, Verdict::Split);
    service.fencing = None;
    let cut = lost(&service, "cut");
    assert!(cut.timeline.iter().any(|phase| phase.kind == PhaseKind::Fence));
}

/// Phases of every profile and failure follow each other, and what is back was noticed.
#[test]
fn every_timeline_is_in_order() {
    for name in builtin_names() {
        let profile: Profile = builtin(name).unwrap();
        for mode in FailureMode::ALL {
            let loss = lose(&Setup::of(&profile), Loss::from(mode));
            let ways = loss.timeline.iter().filter(|it| it.kind != PhaseKind::SelfFence);
            let mut now = Interval::default();
            for phase in ways {
                assert_eq!(phase.start_s, now, "{name} {}", mode.name());
                now = phase.end_s();
            }
            assert_eq!(loss.outage_s().is_some(), loss.is_back(), "{name} {}", mode.name());
        }
    }
}

#[test]
fn a_health_check_heals_a_hang_and_finds_a_dead_process() {
    let mut service = torque();
    service.health_check_ms = Some(60_000);
    let hang = lost(&service, "hang").ruling;
    assert_eq!(hang.verdict, Verdict::Restart);
    assert!(is_within(hang.latency_s.unwrap(), 0.0, 60.0));
    assert_eq!(lost(&service, "crash").ruling.verdict, Verdict::Takeover, "the lock is faster");
    service.restart_ms = Some(5000);
    assert!(is_within(lost(&service, "hang").ruling.latency_s.unwrap(), 5.0, 65.0));
    service.hosts.truncate(1);
    service.restart_ms = None;
    let crash = lost(&service, "crash").ruling;
    assert_eq!((crash.verdict, crash.latency_s.unwrap().max.round()), (Verdict::Restart, 60.0));
}
