//! One run of all turns at a pace.

use std::collections::BTreeSet;

use super::super::casting::over;
use super::super::place::{self, Board};
use super::super::{Roads, timetable};
use super::{Prepared, RollTask, without};
use crate::migration::{Course, Job, Pacer, Site, SpecificationError};
use crate::model::{Blocked, HostLoad, HostReturn, Move, Pace, Tried};

/// What a run comes to.
pub(super) struct Rolled {
    pub(super) turns: Vec<HostReturn>,
    pub(super) blocked: Vec<Blocked>,
    pub(super) moves: Vec<Move>,
    pub(super) hosts: Vec<HostLoad>,
    pub(super) tried: Tried,
}

/// A run under way.
pub(super) struct Rolling<'p, 'r, 'g> {
    prepared: &'p Prepared<'p>,
    roads: &'r mut Roads<'g>,
    task: &'p RollTask<'p>,
    pace: Pace,
    board: Board<'p>,
    /// Hosts whose turn is to come, in order.
    waiting: Vec<usize>,
    out: Vec<Out>,
    trips: Vec<Trip>,
    peaks: Vec<u64>,
    takes: Vec<usize>,
    turns: Vec<(usize, HostReturn)>,
    blocked: Vec<Blocked>,
}

/// A host that has its turn.
struct Out {
    host: usize,
    phase: Phase,
    turn: HostReturn,
    /// Machines whose migration did not end.
    stuck: Vec<usize>,
    /// Machines that are away from it.
    away: BTreeSet<usize>,
}

/// What is awaited.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// So many machines have to leave.
    Emptying(usize),
    /// The reboot ends at this time.
    Rebooting(f64),
    /// So many machines have to return.
    Filling(usize),
}

/// A migration.
struct Trip {
    unit: usize,
    from: usize,
    to: usize,
    home: usize,
    network: Option<usize>,
}

impl<'p, 'r, 'g> Rolling<'p, 'r, 'g> {
    pub(super) fn new(
        prepared: &'p Prepared<'p>,
        roads: &'r mut Roads<'g>,
        task: &'p RollTask<'p>,
        pace: Pace,
    ) -> Self {
        let hosts = prepared.fleet.hosts.len();
        let board = prepared.board();
        Self {
            peaks: (0..hosts).map(|host| board.used(host)).collect(),
            takes: vec![0; hosts],
            waiting: prepared.order.clone(),
            board,
            prepared,
            roads,
            task,
            pace,
            out: Vec::new(),
            trips: Vec::new(),
            turns: Vec::new(),
            blocked: Vec::new(),
        }
    }

    /// Goes on until nothing is left to do.
    pub(super) fn run(
        &mut self,
        capacities: &[f64],
        pacer: &mut Pacer,
    ) -> Result<Rolled, SpecificationError> {
        let pools = timetable::places(self.pace, self.prepared.fleet.hosts.len());
        let mut course = Course::new(&Site { capacities, pools: &pools }, pacer);
        self.begin(&mut course)?;
        while !self.out.is_empty() {
            let timers = self.out.iter().filter_map(|it| match it.phase {
                Phase::Rebooting(until) => Some(until),
                _ => None,
            });
            let until = timers.fold(f64::INFINITY, f64::min);
            for trip in course.step(until)?.to_vec() {
                self.arrive(&mut course, trip);
            }
            if self.turn_over(&mut course)? {
                self.begin(&mut course)?;
            }
        }
        Ok(self.rolled(&course))
    }

    /// Lets hosts begin as far as they can.
    fn begin(&mut self, course: &mut Course<'_>) -> Result<(), SpecificationError> {
        let mut place = 0;
        while self.out.len() < self.task.out.max(1) && place < self.waiting.len() {
            let host = self.waiting[place];
            match self.places(host) {
                Some(board) => {
                    self.waiting.remove(place);
                    self.empty(course, host, &board)?;
                }
                None => place += 1,
            }
        }
        if self.out.is_empty() {
            // guests that did not get home keep the others from their turn
            for host in std::mem::take(&mut self.waiting) {
                let guests = self.guests(host);
                self.block(host, &guests);
            }
        }
        Ok(())
    }

    /// A board on which all machines of a host have a place elsewhere, if there is one now: away from
    /// hosts that are next, else anywhere.
    fn places(&self, host: usize) -> Option<Board<'p>> {
        if !self.guests(host).is_empty() {
            return None;
        }
        let next = self.task.out.saturating_sub(1);
        let soon: Vec<usize> =
            self.waiting.iter().copied().filter(|it| *it != host).take(next).collect();
        let is_in = |it: usize| it != host && !self.out.iter().any(|out| out.host == it);
        let found = |may_take: &dyn Fn(usize) -> bool| {
            let options = self.prepared.options(host, may_take);
            let mut board = without(&self.board, self.prepared.residents(host));
            place::all(&mut board, &options).is_empty().then_some(board)
        };
        let spared = found(&|it| is_in(it) && !soon.contains(&it));
        spared.or_else(|| if soon.is_empty() { None } else { found(&is_in) })
    }

    /// Machines of other hosts that are on a host.
    fn guests(&self, host: usize) -> Vec<usize> {
        let home = |unit: &usize| self.prepared.fleet.units[*unit].host;
        self.board.guests(host).iter().copied().filter(|it| home(it) != host).collect()
    }

    fn empty(
        &mut self,
        course: &mut Course<'_>,
        host: usize,
        places: &Board<'_>,
    ) -> Result<(), SpecificationError> {
        let units = self.longest_first(self.prepared.residents(host).iter().copied());
        let now = course.now_ms();
        self.out.push(Out {
            host,
            phase: Phase::Emptying(units.len()),
            turn: HostReturn {
                node: self.prepared.fleet.hosts[host].name.clone(),
                machines: units.len(),
                bytes: units.iter().map(|it| self.prepared.fleet.units[*it].size).sum(),
                start_ms: now,
                empty_ms: now,
                back_ms: now,
                full_ms: now,
            },
            stuck: Vec::new(),
            away: BTreeSet::new(),
        });
        for unit in units {
            if let Some(to) = places.place(unit) {
                self.send(course, unit, [host, to])?;
            }
        }
        Ok(())
    }

    fn longest_first(&self, units: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut units: Vec<usize> = units.collect();
        let ms = |unit: &usize| self.prepared.alone_ms.get(unit).copied().unwrap_or(0.0);
        units.sort_by(|a, b| ms(b).total_cmp(&ms(a)).then(a.cmp(b)));
        units
    }

    /// A machine takes memory at both ends from now on.
    fn send(
        &mut self,
        course: &mut Course<'_>,
        unit: usize,
        [from, to]: [usize; 2],
    ) -> Result<(), SpecificationError> {
        let fleet = self.prepared.fleet;
        let (spec, road) = over(fleet, self.roads, unit, [from, to]);
        let pools = timetable::pools([from, to], fleet.hosts.len());
        course.add(&Job { spec: &spec, links: road.links.to_vec(), pools })?;
        self.board.take(unit);
        self.board.hold(unit, from);
        self.board.put(unit, to);
        self.peaks[to] = self.peaks[to].max(self.board.used(to));
        self.takes[to] += 1;
        let home = fleet.units[unit].host;
        self.trips.push(Trip { unit, from, to, home, network: road.network });
        Ok(())
    }

    /// A migration is over.
    fn arrive(&mut self, course: &mut Course<'_>, number: usize) {
        let Some(slot) = course.slot(number) else { return };
        let Trip { unit, from, to, home, .. } = self.trips[number];
        self.board.release(unit, from);
        if !slot.outcome.is_moved() {
            self.board.take(unit);
            self.board.put(unit, from);
        }
        let Some(out) = self.out.iter_mut().find(|it| it.host == home) else { return };
        if !slot.outcome.is_moved() {
            out.stuck.push(self.prepared.fleet.units[unit].machine);
        } else if to == home {
            out.away.remove(&unit);
        } else {
            out.away.insert(unit);
        }
        match &mut out.phase {
            Phase::Emptying(left) | Phase::Filling(left) => *left -= 1,
            Phase::Rebooting(_) => {}
        }
    }

    /// Hosts whose phase is over go on to the next; whether one of them is back among the others.
    fn turn_over(&mut self, course: &mut Course<'_>) -> Result<bool, SpecificationError> {
        let now = course.now_ms();
        let mut is_in = false;
        for mut out in std::mem::take(&mut self.out) {
            if out.phase == Phase::Emptying(0) {
                out.turn.empty_ms = now;
                out.turn.back_ms = now + self.task.reboot_ms;
                // one that could not be emptied is not rebooted
                let until = if out.stuck.is_empty() { out.turn.back_ms } else { now };
                out.phase = Phase::Rebooting(until);
            }
            if matches!(out.phase, Phase::Rebooting(until) if until <= now) {
                let units = self.longest_first(out.away.iter().copied());
                out.phase = Phase::Filling(units.len());
                for unit in units {
                    if let Some(from) = self.board.place(unit) {
                        self.send(course, unit, [from, out.host])?;
                    }
                }
            }
            if out.phase == Phase::Filling(0) {
                out.turn.full_ms = now;
                is_in = true;
                self.finish(out);
            } else {
                self.out.push(out);
            }
        }
        Ok(is_in)
    }

    fn finish(&mut self, out: Out) {
        if out.stuck.is_empty() {
            self.turns.push((self.turns.len(), out.turn));
        } else {
            self.blocked.push(Blocked {
                node: out.turn.node,
                unplaceable: Vec::new(),
                stays: Vec::new(),
                stuck: out.stuck,
            });
        }
    }

    fn block(&mut self, host: usize, guests: &[usize]) {
        let machine = |unit: &usize| self.prepared.fleet.units[*unit].machine;
        self.blocked.push(Blocked {
            node: self.prepared.fleet.hosts[host].name.clone(),
            unplaceable: Vec::new(),
            stays: Vec::new(),
            stuck: guests.iter().map(machine).collect(),
        });
    }

    fn rolled(&mut self, course: &Course<'_>) -> Rolled {
        let mut turns = std::mem::take(&mut self.turns);
        turns.sort_by(|a, b| a.1.start_ms.total_cmp(&b.1.start_ms).then(a.0.cmp(&b.0)));
        let moves = self.moves(course);
        let failed = moves.iter().filter(|it| !it.outcome.is_moved()).count() + self.blocked.len();
        let spans = moves.iter().map(|it| (it.start_ms, it.end_ms));
        let at_once = timetable::at_once(spans);
        let total_ms = course.now_ms();
        Rolled {
            turns: turns.into_iter().map(|(_, turn)| turn).collect(),
            blocked: std::mem::take(&mut self.blocked),
            hosts: self.loads(),
            tried: Tried { pace: self.pace, total_ms, failed, at_once },
            moves,
        }
    }

    fn moves(&self, course: &Course<'_>) -> Vec<Move> {
        let fleet = self.prepared.fleet;
        let name = |host: usize| fleet.hosts[host].name.clone();
        let made = |(number, trip): (usize, &Trip)| {
            let slot = course.slot(number)?;
            Some(Move {
                machine: fleet.units[trip.unit].machine,
                from: name(trip.from),
                to: name(trip.to),
                network: trip.network,
                start_ms: slot.start_ms,
                end_ms: slot.end_ms,
                downtime_ms: slot.downtime_ms,
                outcome: slot.outcome,
            })
        };
        let mut moves: Vec<Move> = self.trips.iter().enumerate().filter_map(made).collect();
        moves.sort_by(|a, b| a.start_ms.total_cmp(&b.start_ms));
        moves
    }

    fn loads(&self) -> Vec<HostLoad> {
        let load = |(place, host): (usize, &super::super::fleet::Host)| {
            Some(HostLoad {
                node: host.name.clone(),
                memory: host.memory?,
                reserve: host.reserve,
                before: host.used,
                peak: self.peaks[place],
                after: self.board.used(place),
                takes: self.takes[place],
            })
        };
        self.prepared.fleet.hosts.iter().enumerate().filter_map(load).collect()
    }
}
