//! What holds for every plan.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::samples::{gib, plan, rolling, workload};
use crate::model::{EvacuationPlan, Limits, MachineState, Move, TurnOrder, Workload};

/// Machines by host and size in GiB, some in groups, pinned or stopped.
fn any_workload() -> impl Strategy<Value = Workload> {
    // few sizes, so that few forecasts are made
    let size = prop::sample::select(vec![4u64, 20, 40, 85]);
    let machine = (0..5usize, size, 0..8u8, 0..12u8);
    prop::collection::vec(machine, 1..16).prop_map(|machines| {
        let places: Vec<(usize, u64)> = machines.iter().map(|it| (it.0, it.1)).collect();
        let mut workload = workload(5, &places);
        for (it, (_, _, group, odd)) in workload.machines.iter_mut().zip(&machines) {
            match odd {
                0 => it.state = MachineState::Stopped,
                1 => it.pinned = Some("why".to_owned()),
                2 => it.spec.groups[0].writes_per_s = 3e6,
                _ => {}
            }
            if *group < 2 {
                it.anti_affinity = vec![format!("g{group}")];
            }
        }
        workload
    })
}

fn any_limits() -> impl Strategy<Value = Limits> {
    let limit = || prop::option::of(1..5usize);
    (limit(), limit(), limit()).prop_map(|(parallel, per_source, per_target)| Limits {
        parallel,
        per_source,
        per_target,
    })
}

/// Most moves at once of those that count.
fn most(moves: &[Move], counts: impl Fn(&Move) -> bool) -> usize {
    let spans = moves.iter().filter(|it| counts(it)).map(|it| (it.start_ms, it.end_ms));
    super::timetable::at_once(spans)
}

fn is_within(limit: Option<usize>, number: usize) -> bool {
    limit.is_none_or(|limit| number <= limit)
}

/// Machines of a group on one host in the end are those that were there before.
fn keeps_apart(workload: &Workload, plan: &EvacuationPlan) -> bool {
    let moved: BTreeMap<usize, &str> =
        plan.moves.iter().map(|it| (it.machine, it.to.as_str())).collect();
    let mut seen: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, it) in workload.machines.iter().enumerate() {
        if it.state == MachineState::Running {
            let host = moved.get(&place).copied().unwrap_or(it.node.as_str());
            for group in &it.anti_affinity {
                seen.entry((host, group)).or_default().push(place);
            }
        }
    }
    seen.values().all(|it| it.len() < 2 || it.iter().all(|place| !moved.contains_key(place)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn plans_keep_what_they_promise(workload in any_workload(), limits in any_limits()) {
        let plan = plan(&workload, &["h00", "h01"], limits);
        // every machine of the hosts is told once
        let mut told: Vec<usize> = plan.moves.iter().map(|it| it.machine).collect();
        told.extend(plan.unplaceable.iter().map(|it| it.machine));
        told.extend(plan.stays.iter().map(|it| it.machine));
        told.sort_unstable();
        let is_left = |it: &&usize| ["h00", "h01"].contains(&workload.machines[**it].node.as_str());
        let all: Vec<usize> = (0..workload.machines.len()).collect();
        prop_assert_eq!(told, all.iter().filter(is_left).copied().collect::<Vec<_>>());
        // no target is overfilled by what comes in
        for load in &plan.targets {
            let usable = load.memory - load.reserve;
            prop_assert!(load.takes == 0 || load.peak <= usable, "{:?}", load);
        }
        prop_assert!(keeps_apart(&workload, &plan));
        // limits hold
        prop_assert!(is_within(limits.parallel, most(&plan.moves, |_| true)));
        for host in ["h00", "h01", "h02", "h03", "h04"] {
            prop_assert!(is_within(limits.per_source, most(&plan.moves, |it| it.from.as_str() == host)));
            prop_assert!(is_within(limits.per_target, most(&plan.moves, |it| it.to.as_str() == host)));
        }
        prop_assert!(plan.chosen.total_ms <= plan.single_ms());
        prop_assert!(plan.chosen.failed <= plan.tried[0].failed);
    }

    #[test]
    fn a_machine_is_without_a_place_only_where_no_host_has_room(workload in any_workload()) {
        let plan = plan(&workload, &["h00"], Limits::default());
        for it in &plan.unplaceable {
            let size = workload.machines[it.machine].memory_bytes();
            let has_rivals = !workload.machines[it.machine].anti_affinity.is_empty();
            for load in &plan.targets {
                let free = (load.memory - load.reserve).saturating_sub(load.peak);
                prop_assert!(has_rivals || free < size);
            }
        }
    }

    #[test]
    fn turns_never_overlap_more_than_allowed(workload in any_workload(), out in 1..4usize) {
        let hosts = ["h00", "h01", "h02", "h03", "h04"];
        let plan = rolling(&workload, &hosts, out, TurnOrder::LeastMoved);
        let turns = plan.turns.iter().map(|it| (it.start_ms, it.full_ms));
        prop_assert!(super::timetable::at_once(turns) <= out);
        // every host has a turn or is named
        let mut told: Vec<&str> = plan.turns.iter().map(|it| it.node.as_str()).collect();
        told.extend(plan.blocked.iter().map(|it| it.node.as_str()));
        told.sort_unstable();
        prop_assert_eq!(told, hosts);
        for load in &plan.hosts {
            let usable = load.memory - load.reserve;
            prop_assert!(load.peak <= usable.max(load.before), "{:?}", load);
            prop_assert!(load.before == load.after || !plan.holds());
        }
        // nothing arrives on a host that is out, from its first move to the end of its reboot
        for turn in &plan.turns {
            let arrives = |it: &&Move| it.to == turn.node
                && it.start_ms < turn.back_ms && it.end_ms > turn.start_ms;
            prop_assert_eq!(plan.moves.iter().filter(arrives).count(), 0);
        }
        let machines: BTreeSet<usize> = plan.moves.iter().map(|it| it.machine).collect();
        for machine in machines {
            let trips = plan.moves.iter().filter(|it| it.machine == machine).count();
            prop_assert!(trips == 2 || !plan.holds());
        }
    }
}

#[test]
fn the_fullest_cluster_that_can_be_emptied_is() {
    // three of 76 GiB and three of 38 fill one and a half hosts to the last page of 230
    let machines = [(0, 76), (0, 38), (0, 76), (0, 38)];
    let mut workload = workload(3, &machines);
    for host in &mut workload.hosts[1..] {
        host.memory_bytes = Some(gib(114));
        host.reserve_bytes = Some(0);
    }
    assert!(plan(&workload, &["h00"], Limits::default()).holds());
}
