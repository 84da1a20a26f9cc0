//! Room for a machine that found none, by moving others of the plan on (ejection chains).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::place::{Board, Measure, Options};

/// How many machines may make room for each other in a row.
const DEPTH: u32 = 4;
/// How many machines of a host may make room for one.
const VICTIMS: usize = 3;
/// How many places are tried for one machine, and for all.
const TRIES: u32 = 2_000;
const ALL_TRIES: u32 = 100_000;

/// Places machines one by one, and mends what was placed before where it must.
pub(super) struct Repair<'a> {
    options: &'a Options,
    /// Hosts that come into question for any machine.
    targets: BTreeSet<usize>,
    measure: Measure,
    tries: u32,
    left: u32,
    /// Machines that have just been moved on, which do not make room again.
    moved: Vec<usize>,
    /// Where machines were before, to undo a chain that leads nowhere.
    journal: Vec<(usize, Option<usize>)>,
}

impl<'a> Repair<'a> {
    pub(super) fn new(options: &'a Options, measure: Measure) -> Self {
        let (moved, journal) = (Vec::new(), Vec::new());
        let targets = options.values().flatten().copied().collect();
        Self { options, targets, measure, tries: 0, left: ALL_TRIES, moved, journal }
    }

    /// Whether a place was found for a machine; if not, nothing has changed.
    pub(super) fn place(&mut self, board: &mut Board<'_>, unit: usize) -> bool {
        let Some(options) = self.options.get(&unit) else { return false };
        if let Some(host) = board.best(unit, options, self.measure) {
            board.put(unit, host);
            return true;
        }
        // however machines are shifted, no more than that comes free in one place
        let free = self.targets.iter().fold(0u64, |sum, it| sum.saturating_add(board.free(*it)));
        if free < board.fleet.units[unit].size {
            return false;
        }
        self.tries = TRIES.min(self.left);
        self.moved.clear();
        self.journal.clear();
        let before = self.tries;
        let done = self.settle(board, unit, DEPTH);
        self.left -= before - self.tries;
        done
    }

    /// Puts a machine on a host with room, or on one that others leave for it.
    fn settle(&mut self, board: &mut Board<'_>, unit: usize, depth: u32) -> bool {
        let Some(options) = self.options.get(&unit) else { return false };
        if let Some(host) = board.best(unit, options, self.measure) {
            self.put(board, unit, host);
            return true;
        }
        if depth == 0 {
            return false;
        }
        let mut hosts = options.clone();
        hosts.sort_by_key(|host| (Reverse(board.free(*host)), *host));
        for host in hosts {
            if self.tries == 0 {
                return false;
            }
            self.tries -= 1;
            let Some(victims) = self.victims(board, unit, host) else { continue };
            let (mark, known) = (self.journal.len(), self.moved.len());
            for victim in &victims {
                self.take(board, *victim);
            }
            self.put(board, unit, host);
            self.moved.push(unit);
            self.moved.extend(&victims);
            if victims.iter().all(|it| self.settle(board, *it, depth - 1)) {
                return true;
            }
            self.undo(board, mark);
            self.moved.truncate(known);
        }
        false
    }

    /// Machines of the plan that must leave a host for another to fit: its rivals, then the smallest
    /// one that suffices, else the largest ones together.
    fn victims(&self, board: &Board<'_>, unit: usize, host: usize) -> Option<Vec<usize>> {
        let guests = board.guests(host);
        let may_go = |it: &usize| {
            let is_of_plan = guests.contains(it) && self.options.contains_key(it);
            is_of_plan && !self.moved.contains(it)
        };
        let mut victims: Vec<usize> = board.rivals(unit, host).map(|(_, rival)| rival).collect();
        victims.sort_unstable();
        victims.dedup();
        if !victims.iter().all(may_go) {
            return None;
        }
        let size = |unit: usize| board.fleet.units[unit].size;
        let freed: u64 = victims.iter().map(|it| size(*it)).sum();
        let mut need = size(unit).saturating_sub(board.free(host) + freed);
        if need == 0 {
            return (victims.len() <= VICTIMS).then_some(victims);
        }
        let mut others: Vec<usize> =
            guests.iter().copied().filter(|it| may_go(it) && !victims.contains(it)).collect();
        others.sort_by_key(|it| (size(*it), *it));
        if let Some(one) = others.iter().find(|it| size(**it) >= need) {
            victims.push(*one);
            return (victims.len() <= VICTIMS).then_some(victims);
        }
        for other in others.iter().rev() {
            victims.push(*other);
            need = need.saturating_sub(size(*other));
            if need == 0 || victims.len() > VICTIMS {
                break;
            }
        }
        (need == 0 && victims.len() <= VICTIMS).then_some(victims)
    }

    fn put(&mut self, board: &mut Board<'_>, unit: usize, host: usize) {
        self.journal.push((unit, board.place(unit)));
        board.put(unit, host);
    }

    fn take(&mut self, board: &mut Board<'_>, unit: usize) {
        self.journal.push((unit, board.place(unit)));
        board.take(unit);
    }

    fn undo(&mut self, board: &mut Board<'_>, mark: usize) {
        while self.journal.len() > mark {
            let Some((unit, before)) = self.journal.pop() else { return };
            board.take(unit);
            if let Some(host) = before {
                board.put(unit, host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drain::evacuate::fleet::Fleet;
    use crate::drain::evacuate::place;
    use crate::drain::evacuate::samples::{gib, workload};
    use crate::model::Amount;

    /// Machines on host 0 of so many GiB, to hosts of so much room; those without a place.
    fn homeless(sizes: &[u64], room: &[u64], rivals: &[usize]) -> BTreeSet<usize> {
        let machines: Vec<(usize, u64)> = sizes.iter().map(|size| (0, *size)).collect();
        let mut workload = workload(room.len() + 1, &machines);
        for (host, room) in workload.hosts.iter_mut().skip(1).zip(room) {
            host.memory_bytes = Some(gib(*room));
        }
        for rival in rivals {
            workload.machines[*rival].anti_affinity = vec!["apart".to_owned()];
        }
        let fleet = Fleet::of(&workload, Amount::Bytes(0));
        let mut board = Board::new(&fleet);
        let options: Options =
            (0..sizes.len()).map(|it| (it, (1..=room.len()).collect())).collect();
        let homeless = place::all(&mut board, &options);
        for (unit, size) in sizes.iter().enumerate().filter(|(unit, _)| !homeless.contains(unit)) {
            assert!(board.place(unit).is_some_and(|host| host > 0), "{unit} of {size}");
        }
        homeless
    }

    #[test]
    fn machines_of_the_plan_make_room_for_each_other() {
        // by most left 6 and 4 go apart, and 5 + 5 no longer fit; only 6 + 4 and 5 + 5 do
        assert_eq!(homeless(&[6, 5, 5, 4], &[10, 10], &[]), BTreeSet::new());
        // 7 goes to 9; 5, 5 and 4 need 14 together
        assert_eq!(homeless(&[7, 5, 5, 4], &[14, 8], &[]), BTreeSet::new());
        assert_eq!(homeless(&[4, 4, 3, 3, 3, 3], &[10, 10], &[]), BTreeSet::new());
    }

    #[test]
    fn rivals_make_room_too() {
        assert_eq!(homeless(&[8, 2, 2], &[10, 4], &[1, 2]), BTreeSet::new());
        assert_eq!(homeless(&[3, 3, 3], &[10, 10], &[0, 1, 2]).len(), 1);
    }

    #[test]
    fn what_can_not_fit_is_left_without_a_place() {
        assert_eq!(homeless(&[6, 6, 6], &[10, 10], &[]).len(), 1);
        assert_eq!(homeless(&[5, 5, 5], &[7, 7], &[]).len(), 1);
        assert_eq!(homeless(&[12, 1], &[10], &[]), BTreeSet::from([0]));
    }
}
