//! Hosts are emptied of their virtual machines over the network for live migration.
//!
//! What stays is told first: machines that are stopped, pinned, or whose memory does not converge
//! over any way there is. The others get a place ([`place`]), the longest goes first, and as many run
//! at once as let all be done soonest ([`timetable`]).

mod casting;
mod defaults;
mod fleet;
mod place;
mod repair;
mod roads;
mod rolling;
mod stack;
mod timetable;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use defaults::{Defaults, Filled, fill};
pub use fleet::find_host;
pub use roads::{Ground, Road, Roads};
pub use rolling::{RollTask, roll};
pub use stack::{Stack, Tool};

use crate::migration::{Pacer, SpecificationError, advise};
use crate::model::{
    Amount, EvacuationPlan, Hopeless, HostLoad, Limits, Move, NodeName, Stay, StayReason,
    Unplaceable, Workload,
};
use casting::{Casting, Verdict};
use fleet::Fleet;
use place::Board;
use timetable::{Carried, Timetable};

/// What is to be emptied, and within what.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// Hosts and machines, with all that is needed filled in ([`fill`]).
    pub workload: &'a Workload,
    /// Hosts that are left.
    pub leaving: &'a BTreeSet<NodeName>,
    /// What must stay free of a host's memory that says nothing itself.
    pub reserve: Amount,
    /// Migrations that may run at once.
    pub limits: Limits,
}

/// Plans how hosts are emptied.
///
/// 1. Stopped machines stay (they hold no memory and stand through a reboot), pinned ones too.
/// 2. A machine that converges over no way to any other host stays, with the cheapest changes.
/// 3. The others get a place, the largest first, on the host with most memory left; where none is
///    left, machines of the plan make room for each other. Machines that run elsewhere are not moved.
/// 4. Of all paces within the limits the one is taken that moves most machines in the least time; one
///    at a time is among them, so that no plan is slower than that.
///
/// Machines and hosts in any order give the same plan.
///
/// # Errors
/// When a machine's specification makes no sense.
pub fn evacuate(
    roads: &mut Roads<'_>,
    task: &Task<'_>,
) -> Result<EvacuationPlan, SpecificationError> {
    let fleet = Fleet::of(task.workload, task.reserve);
    let mut pacer = Pacer::default();
    let mut casting = Casting { fleet: &fleet, roads, pacer: &mut pacer };
    let out: BTreeSet<usize> = task.leaving.iter().filter_map(|it| fleet.host(it)).collect();
    let Sorted { moving, stays } = sort(&mut casting, &out)?;
    let mut board = Board::new(&fleet);
    let options = moving.iter().map(|(unit, verdict)| (*unit, verdict.open.clone())).collect();
    let homeless = place::all(&mut board, &options);
    let mut carried = Vec::new();
    for (unit, _) in moving.iter().filter(|(unit, _)| !homeless.contains(unit)) {
        if let Some(to) = board.place(*unit) {
            carried.push(casting.carried(*unit, fleet.units[*unit].host, to)?);
        }
    }
    let verdicts = moving.iter().filter(|(unit, _)| homeless.contains(unit));
    let unplaceable = verdicts.map(|(unit, verdict)| refused(&board, *unit, verdict)).collect();
    let capacities = roads.capacities.clone();
    let mut timetable = Timetable::new(carried, &capacities, fleet.hosts.len(), &mut pacer);
    let course = timetable.best(task.limits)?;
    let moves = timetable.moves(&fleet, &course.schedule);
    Ok(EvacuationPlan {
        targets: loads(&fleet, &out, &moves),
        networks: networks(&moves),
        moves,
        unplaceable,
        stays,
        leaving: out.iter().map(|host| fleet.hosts[*host].name.clone()).collect(),
        chosen: course.chosen,
        tried: course.tried,
        waves_ms: course.waves_ms,
        assumptions: task.workload.assumptions.clone(),
    })
}

/// Machines of hosts that are left, by what becomes of them.
struct Sorted {
    moving: Vec<(usize, Verdict)>,
    stays: Vec<Stay>,
}

fn sort(
    casting: &mut Casting<'_, '_>,
    out: &BTreeSet<usize>,
) -> Result<Sorted, SpecificationError> {
    let fleet = casting.fleet;
    let (mut moving, mut stays) = (Vec::new(), Vec::new());
    for (unit, it) in fleet.units.iter().enumerate().filter(|(_, it)| out.contains(&it.host)) {
        let stay = |reason| Stay { machine: it.machine, reason };
        if let Some(reason) = fleet.stays(unit) {
            stays.push(stay(reason));
            continue;
        }
        let verdict = casting.verdict(unit, it.host, out)?;
        match verdict.hopeless {
            Some(spec) => stays.push(stay(hopeless(&spec)?)),
            None => moving.push((unit, verdict)),
        }
    }
    Ok(Sorted { moving, stays })
}

fn hopeless(spec: &crate::model::Specification) -> Result<StayReason, SpecificationError> {
    let (forecast, advice) = (crate::migration::forecast(spec)?, advise(spec)?);
    Ok(StayReason::NotConverging(Box::new(Hopeless { spec: spec.clone(), forecast, advice })))
}

/// A machine without a place, with what each host has against it.
fn refused(board: &Board<'_>, unit: usize, verdict: &Verdict) -> Unplaceable {
    let mut against = verdict.against.clone();
    let full = verdict.open.iter().filter_map(|host| Some((board.against(unit, *host)?, *host)));
    against.extend(full);
    board.fleet.unplaceable(unit, against)
}

fn networks(moves: &[Move]) -> Vec<usize> {
    let all: BTreeSet<usize> = moves.iter().filter_map(|it| it.network).collect();
    all.into_iter().collect()
}

/// Memory of hosts that are not left. They only take machines in, so that the end is the most.
fn loads(fleet: &Fleet<'_>, out: &BTreeSet<usize>, moves: &[Move]) -> Vec<HostLoad> {
    let load = |(place, host): (usize, &fleet::Host)| {
        let takes = moves.iter().filter(|it| it.to == host.name);
        let size = |it: &Move| fleet.workload.machines[it.machine].memory_bytes();
        let reserved: u64 = takes.clone().map(size).sum();
        let arrived: u64 = takes.clone().filter(|it| it.outcome.is_moved()).map(size).sum();
        let memory = host.memory.filter(|_| !out.contains(&place))?;
        Some(HostLoad {
            node: host.name.clone(),
            memory,
            reserve: host.reserve,
            before: host.used,
            peak: host.used + reserved,
            after: host.used + arrived,
            takes: takes.count(),
        })
    };
    fleet.hosts.iter().enumerate().filter_map(load).collect()
}

impl Casting<'_, '_> {
    /// A migration on its way, with how long it takes alone.
    fn carried(
        &mut self,
        unit: usize,
        from: usize,
        to: usize,
    ) -> Result<Carried, SpecificationError> {
        let (spec, road) = self.over(unit, from, to);
        let alone_ms = self.pacer.alone(&spec)?.end_ms;
        Ok(Carried { unit, ends: [from, to], road, spec, alone_ms })
    }
}
