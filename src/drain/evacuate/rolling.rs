//! Every host is emptied, rebooted and filled again in turn.

mod course;

use std::collections::{BTreeMap, BTreeSet};

use super::casting::{Casting, Verdict};
use super::fleet::Fleet;
use super::place::{Board, Options};
use super::{Roads, place, timetable};
use crate::migration::{Pacer, SpecificationError};
use crate::model::{
    Amount, Blocked, Limits, NodeName, Pace, RollingPlan, Stay, StayReason, TurnOrder, Workload,
};
use course::{Rolled, Rolling};

/// What is to be rolled, and within what.
#[derive(Clone, Copy, Debug)]
pub struct RollTask<'a> {
    /// Hosts and machines, with all that is needed filled in ([`super::fill`]).
    pub workload: &'a Workload,
    /// Hosts that have a turn, in the order in which they are listed.
    pub nodes: &'a [NodeName],
    /// In which order they have it.
    pub order: TurnOrder,
    /// How long a host is away when it is empty, milliseconds.
    pub reboot_ms: f64,
    /// Hosts that may be out at once, from the first machine that leaves to the last that returns.
    pub out: usize,
    /// What must stay free of a host's memory that says nothing itself.
    pub reserve: Amount,
    /// Migrations that may run at once.
    pub limits: Limits,
}

/// Plans a turn for every host: its machines leave it, it reboots, they return.
///
/// - A host that can't be emptied while all others are in is named, with the reason, and has no turn.
/// - A host begins when a place is free among those that are out, no machine of another is its guest,
///   and all its machines have a place: so none is moved twice before it returns.
/// - Places are looked for away from the hosts whose turn is next, if that suffices.
/// - A machine counts at both ends while it is under way.
/// - Of all paces within the limits the one is taken that leaves no host out and is done soonest.
///
/// # Errors
/// When a machine's specification makes no sense.
pub fn roll(roads: &mut Roads<'_>, task: &RollTask<'_>) -> Result<RollingPlan, SpecificationError> {
    let fleet = Fleet::of(task.workload, task.reserve);
    let mut pacer = Pacer::default();
    let prepared = Prepared::of(&fleet, roads, &mut pacer, task)?;
    let capacities = roads.capacities.clone();
    let mut tried = Vec::new();
    let mut all: Vec<Rolled> = Vec::new();
    for pace in timetable::paces(most(&fleet, &prepared, task), prepared.verdicts.len()) {
        let mut rolling = Rolling::new(&prepared, roads, task, pace);
        let rolled = rolling.run(&capacities, &mut pacer)?;
        tried.push(rolled.tried);
        all.push(rolled);
    }
    let number = timetable::best(&tried);
    let Rolled { turns, mut blocked, moves, hosts, tried: chosen } = all.swap_remove(number);
    blocked.extend(prepared.blocked);
    blocked.sort_by(|a, b| a.node.cmp(&b.node));
    let assumptions = task.workload.assumptions.clone();
    let total_ms = chosen.total_ms;
    Ok(RollingPlan { turns, blocked, moves, hosts, total_ms, chosen, tried, assumptions })
}

/// Limits, no higher than what there is to move.
fn most(fleet: &Fleet<'_>, prepared: &Prepared<'_>, task: &RollTask<'_>) -> Pace {
    let of = |host: &usize| prepared.residents(*host).len();
    let busiest = prepared.order.iter().map(of).max().unwrap_or(0).max(1);
    let out = task.out.max(1);
    let within = |limit: Option<usize>, there: usize| limit.unwrap_or(there).min(there).max(1);
    Pace {
        parallel: within(task.limits.parallel, busiest.saturating_mul(out).min(fleet.units.len())),
        per_source: within(task.limits.per_source, busiest),
        per_target: within(task.limits.per_target, busiest),
    }
}

/// What holds at every pace.
struct Prepared<'a> {
    fleet: &'a Fleet<'a>,
    /// Hosts that have a turn, in their order.
    order: Vec<usize>,
    /// Hosts for each machine that moves.
    verdicts: BTreeMap<usize, Verdict>,
    /// How long each takes alone, milliseconds.
    alone_ms: BTreeMap<usize, f64>,
    /// Machines that run on each host.
    running: Vec<Vec<usize>>,
    /// Hosts that can't be emptied at all.
    blocked: Vec<Blocked>,
}

impl<'a> Prepared<'a> {
    fn of(
        fleet: &'a Fleet<'a>,
        roads: &mut Roads<'_>,
        pacer: &mut Pacer,
        task: &RollTask<'_>,
    ) -> Result<Self, SpecificationError> {
        let mut running = vec![Vec::new(); fleet.hosts.len()];
        for (unit, it) in fleet.units.iter().enumerate() {
            if !matches!(fleet.stays(unit), Some(StayReason::Stopped)) {
                running[it.host].push(unit);
            }
        }
        let (order, verdicts) = (order(fleet, task), BTreeMap::new());
        let (alone_ms, blocked) = (BTreeMap::new(), Vec::new());
        let mut prepared = Self { fleet, order, verdicts, alone_ms, running, blocked };
        prepared.judge(&mut Casting { fleet, roads, pacer })?;
        Ok(prepared)
    }

    /// Machines that run on a host before the first turn.
    fn residents(&self, host: usize) -> &[usize] {
        &self.running[host]
    }

    /// All machines that run where they are.
    fn board(&self) -> Board<'a> {
        let mut board = Board::bare(self.fleet);
        for (host, units) in self.running.iter().enumerate() {
            for unit in units {
                board.put(*unit, host);
            }
        }
        board
    }

    /// Looks for hosts for every machine that has to move, and takes hosts that can't be emptied out.
    fn judge(&mut self, casting: &mut Casting<'_, '_>) -> Result<(), SpecificationError> {
        let board = self.board();
        let mut able = Vec::new();
        for host in std::mem::take(&mut self.order) {
            let stays = self.stays(casting, host)?;
            let options = self.options(host, |_| true);
            let homeless = place::all(&mut without(&board, &self.running[host]), &options);
            if stays.is_empty() && homeless.is_empty() {
                able.push(host);
                continue;
            }
            let refused = |unit: &usize| super::refused(&board, *unit, &self.verdicts[unit]);
            self.blocked.push(Blocked {
                node: self.fleet.hosts[host].name.clone(),
                unplaceable: homeless.iter().map(refused).collect(),
                stays,
                stuck: Vec::new(),
            });
        }
        self.order = able;
        Ok(())
    }

    /// Machines of a host that do not move wherever there is room.
    fn stays(
        &mut self,
        casting: &mut Casting<'_, '_>,
        host: usize,
    ) -> Result<Vec<Stay>, SpecificationError> {
        let mut stays = Vec::new();
        for &unit in &self.running[host] {
            let stay = |reason| Stay { machine: self.fleet.units[unit].machine, reason };
            if let Some(reason) = self.fleet.stays(unit) {
                stays.push(stay(reason));
                continue;
            }
            let verdict = casting.verdict(unit, host, &BTreeSet::new())?;
            if let Some(spec) = &verdict.hopeless {
                stays.push(stay(super::hopeless(spec)?));
                continue;
            }
            if let Some(first) = verdict.open.first() {
                let spec = casting.over(unit, host, *first).0;
                self.alone_ms.insert(unit, casting.pacer.alone(&spec)?.end_ms);
            }
            for to in &verdict.open {
                // links of the way home must be known before the first run, which takes them all
                let _known = casting.road(unit, *to, host);
            }
            self.verdicts.insert(unit, verdict);
        }
        Ok(stays)
    }

    /// Hosts that come into question for the machines of a host, as far as they may be taken.
    fn options(&self, host: usize, may_take: impl Fn(usize) -> bool) -> Options {
        let open = |unit: &usize| {
            let verdict = self.verdicts.get(unit)?;
            Some((*unit, verdict.open.iter().copied().filter(|it| may_take(*it)).collect()))
        };
        self.running[host].iter().filter_map(open).collect()
    }
}

/// A board on which these machines have no place.
fn without<'a>(board: &Board<'a>, units: &[usize]) -> Board<'a> {
    let mut board = board.clone();
    for unit in units {
        board.take(*unit);
    }
    board
}

/// Hosts that have a turn, in their order.
fn order(fleet: &Fleet<'_>, task: &RollTask<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = task.nodes.iter().filter_map(|it| fleet.host(it)).collect();
    if task.order == TurnOrder::LeastMoved {
        order.sort_by_key(|host| (fleet.hosts[*host].used, *host));
    }
    let mut seen = BTreeSet::new();
    order.retain(|host| seen.insert(*host));
    order
}
