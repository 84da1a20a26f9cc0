//! When each machine goes.

use super::fleet::Fleet;
use super::roads::Road;
use crate::migration::{Job, Pacer, Site, SpecificationError, schedule_with};
use crate::model::{Limits, Move, Pace, Schedule, Specification, Tried};

/// Totals that differ by less are as good as each other: then fewer go at once.
const AS_GOOD: f64 = 1.001;
/// From so many migrations on fewer paces are tried.
const MANY: usize = 1000;

/// A machine on its way.
pub(super) struct Carried {
    pub(super) unit: usize,
    /// Hosts that it leaves and goes to.
    pub(super) ends: [usize; 2],
    pub(super) road: Road,
    pub(super) spec: Specification,
    /// How long it takes alone.
    pub(super) alone_ms: f64,
}

/// Migrations in the order in which they are started: the longest first, of equal ones by name.
pub(super) struct Timetable<'a> {
    carried: Vec<Carried>,
    capacities: &'a [f64],
    hosts: usize,
    pacer: &'a mut Pacer,
}

/// The best pace, with what it leads to.
pub(super) struct Best {
    pub(super) chosen: Tried,
    pub(super) tried: Vec<Tried>,
    pub(super) schedule: Schedule,
    pub(super) waves_ms: f64,
}

impl<'a> Timetable<'a> {
    pub(super) fn new(
        mut carried: Vec<Carried>,
        capacities: &'a [f64],
        hosts: usize,
        pacer: &'a mut Pacer,
    ) -> Self {
        carried.sort_by(|a, b| b.alone_ms.total_cmp(&a.alone_ms).then(a.unit.cmp(&b.unit)));
        Self { carried, capacities, hosts, pacer }
    }

    /// Tries paces, from one at a time up to the limits, and takes the one that leaves fewest machines
    /// behind in the least time.
    pub(super) fn best(&mut self, limits: Limits) -> Result<Best, SpecificationError> {
        let most = self.most(limits);
        let mut all: Vec<(Tried, Schedule)> = Vec::new();
        for pace in paces(most, self.carried.len()) {
            let schedule = self.run(pace, 0..self.carried.len())?;
            all.push((tried(pace, &schedule), schedule));
        }
        let tried: Vec<Tried> = all.iter().map(|it| it.0).collect();
        let number = best(&tried);
        let (chosen, schedule) = all.swap_remove(number);
        let waves_ms = self.waves(chosen)?;
        Ok(Best { chosen, tried, schedule, waves_ms })
    }

    /// Limits, no higher than what there is to move.
    fn most(&self, limits: Limits) -> Pace {
        let busiest = |end: usize| {
            let mut counts = vec![0usize; self.hosts];
            for it in &self.carried {
                counts[it.ends[end]] += 1;
            }
            counts.into_iter().max().unwrap_or(0)
        };
        let within = |limit: Option<usize>, there: usize| limit.unwrap_or(there).min(there).max(1);
        Pace {
            parallel: within(limits.parallel, self.carried.len()),
            per_source: within(limits.per_source, busiest(0)),
            per_target: within(limits.per_target, busiest(1)),
        }
    }

    fn run(
        &mut self,
        pace: Pace,
        range: std::ops::Range<usize>,
    ) -> Result<Schedule, SpecificationError> {
        let jobs: Vec<Job<'_>> = self.carried[range]
            .iter()
            .map(|it| Job {
                spec: &it.spec,
                links: it.road.links.to_vec(),
                pools: pools(it.ends, self.hosts),
            })
            .collect();
        let pools = places(pace, self.hosts);
        schedule_with(self.pacer, &jobs, &Site { capacities: self.capacities, pools: &pools })
    }

    /// So many at once as the pace had at most, the next ones only when all of these are done.
    fn waves(&mut self, chosen: Tried) -> Result<f64, SpecificationError> {
        let (all, width) = (self.carried.len(), chosen.at_once.max(1));
        let mut total = 0.0;
        for first in (0..all).step_by(width) {
            total += self.run(chosen.pace, first..all.min(first + width))?.total_ms;
        }
        Ok(total)
    }

    /// The moves of a schedule, in the order in which they start.
    pub(super) fn moves(&self, fleet: &Fleet<'_>, schedule: &Schedule) -> Vec<Move> {
        let name = |host: usize| fleet.hosts[host].name.clone();
        let pairs = self.carried.iter().zip(&schedule.slots);
        let mut moves: Vec<(usize, Move)> = pairs
            .map(|(it, slot)| {
                let made = Move {
                    machine: fleet.units[it.unit].machine,
                    from: name(it.ends[0]),
                    to: name(it.ends[1]),
                    network: it.road.network,
                    start_ms: slot.start_ms,
                    end_ms: slot.end_ms,
                    downtime_ms: slot.downtime_ms,
                    outcome: slot.outcome,
                };
                (it.unit, made)
            })
            .collect();
        moves.sort_by(|a, b| a.1.start_ms.total_cmp(&b.1.start_ms).then(a.0.cmp(&b.0)));
        moves.into_iter().map(|(_, it)| it).collect()
    }
}

/// Pools of a migration: the cluster's, its source's and its target's.
pub(super) fn pools([from, to]: [usize; 2], hosts: usize) -> Vec<usize> {
    vec![0, 1 + from, 1 + hosts + to]
}

/// Places of all pools at a pace.
pub(super) fn places(pace: Pace, hosts: usize) -> Vec<usize> {
    let per = |places: usize| std::iter::repeat_n(places, hosts);
    std::iter::once(pace.parallel).chain(per(pace.per_source)).chain(per(pace.per_target)).collect()
}

/// Paces up to the highest, those with fewest at once first: so many in all, and so many of a host.
pub(super) fn paces(most: Pace, migrations: usize) -> Vec<Pace> {
    let in_all = steps(most.parallel, migrations);
    let of_host = steps(most.per_source, migrations);
    let mut paces: Vec<Pace> = in_all.map(|parallel| Pace { parallel, ..most }).collect();
    paces.extend(of_host.map(|per_source| Pace { per_source, ..most }));
    for it in &mut paces {
        it.per_source = it.per_source.min(it.parallel);
        it.per_target = it.per_target.min(it.parallel);
    }
    paces.sort();
    paces.dedup();
    paces
}

/// Numbers from 1 up to the most, and the most.
fn steps(most: usize, migrations: usize) -> impl Iterator<Item = usize> {
    let all = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256];
    let few = [1, 2, 4, 16, 64];
    let listed = if migrations < MANY { all.to_vec() } else { few.to_vec() };
    listed.into_iter().filter(move |it| *it < most).chain([most])
}

/// What a pace leads to.
pub(super) fn tried(pace: Pace, schedule: &Schedule) -> Tried {
    let failed = schedule.slots.iter().filter(|it| !it.outcome.is_moved()).count();
    let at_once = at_once(schedule.slots.iter().map(|it| (it.start_ms, it.end_ms)));
    Tried { pace, total_ms: schedule.total_ms, failed, at_once }
}

/// Most of these times that hold at once; one that ends when another starts does not.
pub(super) fn at_once(spans: impl Iterator<Item = (f64, f64)>) -> usize {
    let mut changes: Vec<(f64, i32)> =
        spans.flat_map(|(start, end)| [(start, 1), (end, -1)]).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut running, mut most) = (0i32, 0i32);
    for (_, change) in changes {
        running += change;
        most = most.max(running);
    }
    usize::try_from(most).unwrap_or(0)
}

/// The place of the best one: that which leaves fewest behind, then the soonest done, and of those
/// that are as good as each other the one with fewest at once. Never worse than the first.
pub(super) fn best(tried: &[Tried]) -> usize {
    let fewest = tried.iter().map(|it| it.failed).min().unwrap_or(0);
    let candidates = || tried.iter().enumerate().filter(|(_, it)| it.failed == fewest);
    let least = candidates().map(|(_, it)| it.total_ms).fold(f64::INFINITY, f64::min);
    let is_good = |(_, it): &(usize, &Tried)| it.total_ms <= least * AS_GOOD;
    candidates().find(is_good).map_or(0, |(place, _)| place)
}
