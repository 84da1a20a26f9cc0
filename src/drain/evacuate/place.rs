//! Which host takes which machine.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::fleet::Fleet;
use super::repair;
use crate::model::Rejection;

/// Hosts with what is free on them and who runs there.
#[derive(Clone)]
pub(super) struct Board<'a> {
    pub(super) fleet: &'a Fleet<'a>,
    /// Bytes of each host in use, those of machines under way at both ends.
    used: Vec<u64>,
    /// Machines of each group on each host.
    members: BTreeMap<(usize, usize), BTreeSet<usize>>,
    /// Where machines of the plan go.
    placed: BTreeMap<usize, usize>,
    /// Machines of the plan on each host.
    guests: Vec<BTreeSet<usize>>,
}

/// By which measure a host is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// It has most left: memory stays balanced.
    MostLeft,
    /// It has least left: large gaps stay for large machines.
    LeastLeft,
}

/// Hosts that come into question for machines, by machine.
pub(super) type Options = BTreeMap<usize, Vec<usize>>;

/// Places machines, the largest first; those that find no place.
///
/// First by [`Measure::MostLeft`], then, where that leaves machines without a place, by
/// [`Measure::LeastLeft`]; both with repair. The second is taken if it leaves less memory without one.
pub(super) fn all(board: &mut Board<'_>, options: &Options) -> BTreeSet<usize> {
    let mut packed = board.clone();
    let homeless = by(board, options, Measure::MostLeft);
    if homeless.is_empty() {
        return homeless;
    }
    let others = by(&mut packed, options, Measure::LeastLeft);
    let weight = |all: &BTreeSet<usize>| {
        let bytes: u64 = all.iter().map(|it| packed.fleet.units[*it].size).sum();
        (bytes, all.len())
    };
    if weight(&others) >= weight(&homeless) {
        return homeless;
    }
    *board = packed;
    others
}

fn by(board: &mut Board<'_>, options: &Options, measure: Measure) -> BTreeSet<usize> {
    let mut order: Vec<usize> = options.keys().copied().collect();
    // of equal ones the one with the smaller choice first
    order.sort_by_key(|unit| (Reverse(board.fleet.units[*unit].size), options[unit].len(), *unit));
    let mut repair = repair::Repair::new(options, measure);
    order.into_iter().filter(|unit| !repair.place(board, *unit)).collect()
}

impl<'a> Board<'a> {
    /// All machines where they are.
    pub(super) fn new(fleet: &'a Fleet<'a>) -> Self {
        let mut board = Self::bare(fleet);
        for (used, host) in board.used.iter_mut().zip(&fleet.hosts) {
            *used = host.used;
        }
        for (unit, it) in fleet.units.iter().enumerate() {
            for group in &it.groups {
                board.members.entry((it.host, *group)).or_default().insert(unit);
            }
        }
        board
    }

    /// Hosts without machines.
    pub(super) fn bare(fleet: &'a Fleet<'a>) -> Self {
        let (members, placed) = (BTreeMap::new(), BTreeMap::new());
        let guests = vec![BTreeSet::new(); fleet.hosts.len()];
        Self { fleet, used: vec![0; fleet.hosts.len()], members, placed, guests }
    }

    /// Bytes that are free of a host, with the reserve kept.
    pub(super) fn free(&self, host: usize) -> u64 {
        self.fleet.hosts[host].usable().saturating_sub(self.used[host])
    }

    /// Bytes of a host in use.
    pub(super) fn used(&self, host: usize) -> u64 {
        self.used[host]
    }

    /// Bytes that a machine holds where it is not placed, while it is under way.
    pub(super) fn hold(&mut self, unit: usize, host: usize) {
        self.used[host] = self.used[host].saturating_add(self.fleet.units[unit].size);
    }

    /// The end of [`Self::hold`].
    pub(super) fn release(&mut self, unit: usize, host: usize) {
        self.used[host] = self.used[host].saturating_sub(self.fleet.units[unit].size);
    }

    /// Where a machine of the plan goes.
    pub(super) fn place(&self, unit: usize) -> Option<usize> {
        self.placed.get(&unit).copied()
    }

    /// Machines of the plan that go to a host.
    pub(super) fn guests(&self, host: usize) -> &BTreeSet<usize> {
        &self.guests[host]
    }

    /// Puts a machine on a host.
    pub(super) fn put(&mut self, unit: usize, host: usize) {
        self.hold(unit, host);
        for group in &self.fleet.units[unit].groups {
            self.members.entry((host, *group)).or_default().insert(unit);
        }
        self.guests[host].insert(unit);
        self.placed.insert(unit, host);
    }

    /// Takes a machine of the plan from its host.
    pub(super) fn take(&mut self, unit: usize) {
        let Some(host) = self.placed.remove(&unit) else { return };
        self.release(unit, host);
        for group in &self.fleet.units[unit].groups {
            if let Some(members) = self.members.get_mut(&(host, *group)) {
                members.remove(&unit);
            }
        }
        self.guests[host].remove(&unit);
    }

    /// Machines of a machine's groups on a host.
    pub(super) fn rivals(&self, unit: usize, host: usize) -> impl Iterator<Item = (usize, usize)> {
        let groups = self.fleet.units[unit].groups.iter();
        groups.flat_map(move |group| {
            let members = self.members.get(&(host, *group)).into_iter().flatten();
            members.filter(move |it| **it != unit).map(|it| (*group, *it))
        })
    }

    /// What speaks against a host that comes into question.
    pub(super) fn against(&self, unit: usize, host: usize) -> Option<Rejection> {
        if let Some((group, with)) = self.rivals(unit, host).next() {
            let (group, with) =
                (self.fleet.group(group).to_owned(), self.fleet.units[with].machine);
            return Some(Rejection::AntiAffinity { group, with });
        }
        let free = self.free(host);
        (self.fleet.units[unit].size > free).then_some(Rejection::Full { free })
    }

    /// The best host that has room now; of equal ones the first by name.
    pub(super) fn best(&self, unit: usize, hosts: &[usize], measure: Measure) -> Option<usize> {
        let size = self.fleet.units[unit].size;
        let fits =
            |it: &&usize| self.free(**it) >= size && self.rivals(unit, **it).next().is_none();
        let open = hosts.iter().filter(fits);
        match measure {
            Measure::MostLeft => open.max_by_key(|it| (self.free(**it), Reverse(**it))).copied(),
            Measure::LeastLeft => open.min_by_key(|it| (self.free(**it), **it)).copied(),
        }
    }
}
