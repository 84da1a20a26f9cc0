use std::collections::BTreeSet;

use super::samples::{gib, plan, rolling, workload};
use super::*;
use crate::model::{MachineState, Outcome, Rejection, TurnOrder};

const HOST: &str = "h00";

fn names(plan: &EvacuationPlan, workload: &Workload) -> Vec<String> {
    plan.moves.iter().map(|it| workload.machines[it.machine].name.clone()).collect()
}

#[test]
fn the_longest_goes_first_and_targets_stay_balanced() {
    let workload = workload(3, &[(0, 4), (0, 64), (0, 16), (0, 60)]);
    let plan = plan(&workload, &[HOST], Limits { parallel: Some(1), ..Limits::default() });
    assert_eq!(names(&plan, &workload), ["vm001", "vm003", "vm002", "vm000"]);
    assert!(plan.holds() && plan.tried.len() == 1);
    let taken: Vec<u64> = plan.targets.iter().map(|it| it.after).collect();
    assert_eq!(taken, [gib(68), gib(76)]);
    assert!((plan.chosen.total_ms - plan.single_ms()).abs() < 1e-9);
    assert!((plan.waves_ms - plan.single_ms()).abs() < 1e-6 * plan.waves_ms);
}

#[test]
fn stopped_and_pinned_machines_stay() {
    let mut workload = workload(2, &[(0, 4), (0, 4), (0, 4)]);
    workload.machines[0].state = MachineState::Stopped;
    workload.machines[1].pinned = Some("a licence dongle".to_owned());
    let plan = plan(&workload, &[HOST], Limits::default());
    let reasons: Vec<&StayReason> = plan.stays.iter().map(|it| &it.reason).collect();
    let pinned = StayReason::Pinned("a licence dongle".to_owned());
    assert_eq!(reasons, [&StayReason::Stopped, &pinned]);
    assert_eq!((plan.moves.len(), plan.holds()), (1, false));
}

#[test]
fn a_stopped_machine_alone_does_no_harm_and_nothing_to_do_is_a_plan() {
    let mut workload = workload(2, &[(0, 4)]);
    workload.machines[0].state = MachineState::Stopped;
    let plan = plan(&workload, &[HOST], Limits::default());
    assert!(plan.holds() && plan.moves.is_empty() && plan.chosen.total_ms < 1e-9);
}

#[test]
fn what_does_not_converge_is_named_before_anything_starts() {
    let mut workload = workload(2, &[(0, 16), (0, 4)]);
    workload.machines[0].spec.groups[0].writes_per_s = 2e6;
    workload.machines[0].spec.groups[0].pages *= 9;
    let plan = plan(&workload, &[HOST], Limits::default());
    let StayReason::NotConverging(hopeless) = &plan.stays[0].reason else { panic!() };
    assert_eq!(hopeless.forecast.outcome, Outcome::Stalled);
    assert!(!hopeless.advice.is_empty() && !plan.holds());
    assert_eq!(names(&plan, &workload), ["vm001"]);
}

#[test]
fn a_machine_without_a_place_hears_from_every_host() {
    let mut workload = workload(6, &[(0, 200), (1, 100), (2, 20)]);
    workload.hosts[3].memory_bytes = Some(gib(128));
    workload.hosts[4].is_online = false;
    workload.hosts[5].memory_bytes = None;
    for machine in [0, 2] {
        workload.machines[machine].anti_affinity = vec!["db".to_owned()];
    }
    let plan = plan(&workload, &[HOST], Limits::default());
    let reasons = &plan.unplaceable[0].reasons;
    let usable = |size| gib(size) - Amount::Share(0.1).of(gib(size));
    let host = |number| vec![NodeName::new(format!("h0{number}"))];
    assert_eq!(
        reasons[..],
        [
            (Rejection::Full { free: usable(256) - gib(100) }, host(1)),
            (Rejection::TooSmall { usable: usable(128) }, host(3)),
            (Rejection::AntiAffinity { group: "db".to_owned(), with: 2 }, host(2)),
            (Rejection::UnknownMemory, host(5)),
            (Rejection::Offline, host(4)),
        ]
    );
    assert!(plan.moves.is_empty() && !plan.holds());
}

#[test]
fn all_at_once_is_not_taken_where_it_takes_longer() {
    // one link carries all: whatever is written meanwhile goes over again
    let machines: Vec<(usize, u64)> = (0..6).map(|_| (0, 8)).collect();
    let mut workload = workload(2, &machines);
    for machine in &mut workload.machines {
        machine.spec.groups[0].writes_per_s = 30_000.0;
    }
    let plan = plan(&workload, &[HOST], Limits::default());
    assert_eq!((plan.chosen.pace.parallel, plan.chosen.at_once), (1, 1));
    assert!(plan.tried.iter().all(|it| it.total_ms >= plan.chosen.total_ms * 0.998));
}

#[test]
fn several_at_once_are_taken_where_the_vmm_holds_each_back() {
    let machines: Vec<(usize, u64)> = (0..6).map(|_| (0, 8)).collect();
    let mut workload = workload(3, &machines);
    for machine in &mut workload.machines {
        machine.spec.max_bandwidth_bytes_s = Some(128.0 * 1_048_576.0);
    }
    let limits = Limits { per_source: Some(4), ..Limits::default() };
    let plan = plan(&workload, &[HOST], limits);
    assert!(plan.chosen.at_once == 3 || plan.chosen.at_once == 4, "{:?}", plan.chosen);
    assert!(plan.chosen.total_ms < plan.single_ms() / 2.0);
    assert!(plan.waves_ms >= plan.chosen.total_ms * 0.999);
}

#[test]
fn every_host_has_its_turn_and_machines_return() {
    let workload = workload(4, &[(0, 8), (0, 8), (1, 16), (2, 4)]);
    let plan = rolling(&workload, &["h00", "h01", "h02", "h03"], 1, TurnOrder::LeastMoved);
    let order: Vec<&str> = plan.turns.iter().map(|it| it.node.as_str()).collect();
    // h03 is empty, h00 and h01 are as full as each other
    assert_eq!(order, ["h03", "h02", "h00", "h01"]);
    for pair in plan.turns.windows(2) {
        assert!(pair[0].full_ms <= pair[1].start_ms);
    }
    for turn in &plan.turns {
        assert!((turn.back_ms - turn.empty_ms - 600_000.0).abs() < 1e-6);
    }
    assert!(plan.holds() && plan.moves.len() == 8);
    assert!(plan.hosts.iter().all(|it| it.before == it.after));
}

#[test]
fn listed_hosts_keep_their_order_and_two_go_at_once() {
    let workload = workload(6, &[(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8)]);
    let listed = ["h05", "h04", "h03", "h02", "h01", "h00"];
    let one = rolling(&workload, &listed, 1, TurnOrder::Listed);
    let two = rolling(&workload, &listed, 2, TurnOrder::Listed);
    let order: Vec<&str> = one.turns.iter().map(|it| it.node.as_str()).collect();
    assert_eq!(order, listed);
    assert!(two.total_ms < one.total_ms * 0.55, "{} {}", two.total_ms, one.total_ms);
    // no machine is moved but away and home
    assert_eq!((one.moves.len(), two.moves.len()), (12, 12));
}

#[test]
fn a_host_that_can_not_be_emptied_is_named_and_the_others_go_on() {
    let mut workload = workload(3, &[(0, 200), (1, 4), (2, 100), (2, 4)]);
    workload.machines[3].pinned = Some("a GPU".to_owned());
    let plan = rolling(&workload, &["h00", "h01", "h02"], 1, TurnOrder::LeastMoved);
    let blocked: Vec<&str> = plan.blocked.iter().map(|it| it.node.as_str()).collect();
    assert_eq!(blocked, ["h02"]);
    assert_eq!(plan.turns.len(), 2);
    assert!(!plan.holds());
    let tight = super::samples::workload(2, &[(0, 200), (1, 200)]);
    let plan = rolling(&tight, &["h00", "h01"], 1, TurnOrder::LeastMoved);
    assert_eq!((plan.turns.len(), plan.blocked.len(), plan.moves.len()), (0, 2, 0));
    assert!(matches!(plan.blocked[0].unplaceable[0].reasons[0].0, Rejection::Full { .. }));
}

#[test]
fn unknown_hosts_are_told_with_what_there_is() {
    let workload = workload(2, &[]);
    assert_eq!(find_host(&workload, "h01").unwrap(), NodeName::new("h01"));
    let error = find_host(&workload, "h1").unwrap_err().to_string();
    assert_eq!(error, "host \"h1\" is not there; there is h01, h00");
}

#[test]
fn the_order_of_hosts_and_machines_does_not_matter() {
    let ordered = workload(4, &[(0, 8), (0, 64), (0, 64), (1, 30), (0, 8)]);
    let mut turned = ordered.clone();
    turned.hosts.reverse();
    turned.machines.reverse();
    let named = |workload: &Workload| {
        let plan = plan(workload, &[HOST], Limits::default());
        let row = |it: &Move| {
            let name = &workload.machines[it.machine].name;
            format!("{name} {} {:.3} {:.3}", it.to, it.start_ms, it.end_ms)
        };
        plan.moves.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(named(&ordered), named(&turned));
}

#[test]
fn nothing_goes_to_a_host_that_is_left() {
    let workload = workload(3, &[(0, 8), (1, 8), (1, 8)]);
    let plan = plan(&workload, &["h00", "h01"], Limits::default());
    let targets: BTreeSet<&str> = plan.moves.iter().map(|it| it.to.as_str()).collect();
    assert_eq!(targets, BTreeSet::from(["h02"]));
    assert_eq!(plan.leaving.len(), 2);
}
