//! What comes of an effect, solved once for each.

use std::collections::BTreeMap;

use super::field::{Atom, Field};
use crate::failover::Cluster;
use crate::model::{Bits, FailureOutcome, PairTraffic};
use crate::policy::Preference;

/// A change of what a node has (see [`Field::has`]), by numbers of sets; to nothing when it is lost.
pub(super) type Change = (usize, Option<usize>);

/// How many nodes change how; nodes that keep what they have are in none.
pub(super) type Effect = BTreeMap<Change, usize>;

/// How a node reaches a storage target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Io {
    /// By itself, or it does not want to.
    Own,
    /// Through another node.
    Through,
    /// Not at all.
    Stopped,
}

/// Nodes that are alike before and after.
struct Piece {
    before: usize,
    after: usize,
    nodes: usize,
    changes: bool,
}

/// Solves effects and keeps what it found.
pub(super) struct Solver<'a> {
    preference: &'a Preference,
    field: &'a Field<'a>,
    /// What a node may have, and its number.
    sets: Vec<Bits>,
    numbers: BTreeMap<Bits, usize>,
    /// What each node has now.
    now: Vec<usize>,
    /// How many nodes have each set now.
    nodes: BTreeMap<usize, usize>,
    /// How many nodes can use each network now.
    talking: Vec<usize>,
    traffic: BTreeMap<(usize, usize), PairTraffic>,
    /// What CSV is on now, cluster-wide.
    csv: Option<usize>,
    solved: BTreeMap<Effect, usize>,
    outcomes: Vec<FailureOutcome>,
}

impl<'a> Solver<'a> {
    pub(super) fn new(cluster: &'a Cluster<'_>, field: &'a Field<'a>) -> Self {
        let mut solver = Self {
            preference: &cluster.preference,
            field,
            sets: Vec::new(),
            numbers: BTreeMap::new(),
            now: Vec::new(),
            nodes: BTreeMap::new(),
            talking: vec![0; field.networks],
            traffic: BTreeMap::new(),
            csv: None,
            solved: BTreeMap::new(),
            outcomes: Vec::new(),
        };
        for node in 0..field.seats.len() {
            let number = solver.number(field.has(node, &[]).unwrap_or_default());
            for network in networks(&solver.sets[number], field.networks) {
                solver.talking[network] += 1;
            }
            solver.now.push(number);
            *solver.nodes.entry(number).or_default() += 1;
        }
        solver.csv = solver.cluster_wide(&Effect::new()).csv;
        solver
    }

    pub(super) fn done(self) -> Vec<FailureOutcome> {
        self.outcomes
    }

    /// What a node changes to when these are lost.
    pub(super) fn change(&mut self, node: usize, lost: &[Atom]) -> Change {
        let after = self.field.has(node, lost).map(|set| self.number(set));
        (self.now.get(node).copied().unwrap_or_default(), after)
    }

    pub(super) fn effect_of(&mut self, lost: &[Atom]) -> Effect {
        let mut touched: Vec<usize> =
            lost.iter().flat_map(|atom| self.field.touched(*atom)).collect();
        touched.sort_unstable();
        touched.dedup();
        let mut effect = Effect::new();
        for node in touched {
            add(&mut effect, self.change(node, lost), 1);
        }
        effect
    }

    /// Number of the outcome.
    pub(super) fn solve(&mut self, effect: Effect) -> usize {
        if let Some(known) = self.solved.get(&effect) {
            return *known;
        }
        let outcome = self.outcome(&effect);
        let number = self.outcomes.iter().position(|it| *it == outcome).unwrap_or_else(|| {
            self.outcomes.push(outcome);
            self.outcomes.len() - 1
        });
        self.solved.insert(effect, number);
        number
    }

    fn number(&mut self, set: Bits) -> usize {
        if let Some(number) = self.numbers.get(&set) {
            return *number;
        }
        self.numbers.insert(set.clone(), self.sets.len());
        self.sets.push(set);
        self.sets.len() - 1
    }

    fn outcome(&mut self, effect: &Effect) -> FailureOutcome {
        let cluster = self.cluster_wide(effect);
        let pieces = self.pieces(effect);
        let survivors: usize = pieces.iter().map(|piece| piece.nodes).sum();
        let mut outcome = FailureOutcome {
            nothing_left: survivors == 0 || (self.csv.is_some() && cluster.csv.is_none()),
            alone: survivors == 1 && self.now.len() > 1,
            groups: self.groups(&pieces),
            csv: cluster.csv,
            live_migration: cluster.live_migration,
            ..FailureOutcome::default()
        };
        if self.field.targets > 0 {
            self.storage(&pieces, &mut outcome);
        }
        for (at, one) in pieces.iter().enumerate().take_while(|(_, piece)| piece.changes) {
            for other in pieces.iter().skip(at) {
                let pairs = if std::ptr::eq(one, other) {
                    one.nodes * (one.nodes - 1) / 2
                } else {
                    one.nodes * other.nodes
                };
                if pairs > 0 {
                    self.judge((one, other), pairs, &mut outcome);
                }
            }
        }
        outcome
    }

    fn judge(
        &mut self,
        (one, other): (&Piece, &Piece),
        pairs: usize,
        outcome: &mut FailureOutcome,
    ) {
        let before = self.between(one.before, other.before);
        let after = self.between(one.after, other.after);
        let count = |is: bool| if is { pairs } else { 0 };
        outcome.moved += count(before.moves_to(&after));
        outcome.parted += count(before.csv.is_some() && after.csv.is_none());
        outcome.colliding += count(after.collides() && !before.collides());
    }

    /// How many groups the survivors form. Nodes that have the same are one group, unless they have
    /// no network between them: then each is one.
    fn groups(&mut self, pieces: &[Piece]) -> usize {
        let mut nodes: BTreeMap<usize, usize> = BTreeMap::new();
        for piece in pieces {
            *nodes.entry(piece.after).or_default() += piece.nodes;
        }
        let mut groups = 0;
        while let Some((set, number)) = nodes.pop_first() {
            groups += if self.between(set, set).csv.is_some() { 1 } else { number };
            let mut reached = vec![set];
            while let Some(from) = reached.pop() {
                let near = |it: &usize| self.between(from, *it).csv.is_some();
                let near: Vec<usize> = nodes.keys().copied().filter(near).collect();
                nodes.retain(|it, _| !near.contains(it));
                reached.extend(near);
            }
        }
        groups
    }

    /// Nodes whose I/O to some target stops or goes through another node, and did not before.
    fn storage(&mut self, pieces: &[Piece], outcome: &mut FailureOutcome) {
        let before: Vec<usize> = self.nodes.keys().copied().collect();
        let after: Vec<usize> = pieces.iter().map(|piece| piece.after).collect();
        for piece in pieces {
            let turns: Vec<(Io, Io)> = (0..self.field.targets)
                .map(|target| {
                    (self.io(piece.before, target, &before), self.io(piece.after, target, &after))
                })
                .collect();
            if turns.iter().any(|(old, new)| *old != Io::Stopped && *new == Io::Stopped) {
                outcome.stopped += piece.nodes;
            } else if turns.contains(&(Io::Own, Io::Through)) {
                outcome.redirected += piece.nodes;
            }
        }
    }

    /// How nodes that have this set reach a target where others have those.
    fn io(&mut self, set: usize, target: usize, others: &[usize]) -> Io {
        let (own, wanted) = (self.field.own(target), self.field.wanted(target));
        if self.sets[set].contains(own) || !self.sets[set].contains(wanted) {
            return Io::Own;
        }
        let owners = others.iter().copied().filter(|it| self.sets[*it].contains(own));
        let owners: Vec<usize> = owners.collect();
        let reached = owners.into_iter().any(|owner| self.between(set, owner).csv.is_some());
        if reached { Io::Through } else { Io::Stopped }
    }

    /// All survivors; those that change come first.
    fn pieces(&self, effect: &Effect) -> Vec<Piece> {
        let mut same = self.nodes.clone();
        let mut pieces = Vec::new();
        for ((before, after), nodes) in effect {
            let (before, nodes) = (*before, *nodes);
            if let Some(count) = same.get_mut(&before) {
                *count = count.saturating_sub(nodes);
            }
            pieces.extend(after.map(|after| Piece { before, after, nodes, changes: true }));
        }
        let stays = |(set, nodes): (usize, usize)| {
            (nodes > 0).then_some(Piece { before: set, after: set, nodes, changes: false })
        };
        pieces.extend(same.into_iter().filter_map(stays));
        pieces
    }

    fn between(&mut self, one: usize, other: usize) -> PairTraffic {
        let key = (one.min(other), one.max(other));
        if let Some(known) = self.traffic.get(&key) {
            return known.clone();
        }
        let common = self.sets[one].common(&self.sets[other]);
        let common: Vec<usize> = common.take_while(|it| *it < self.field.networks).collect();
        let traffic = self.preference.between(&common);
        self.traffic.insert(key, traffic.clone());
        traffic
    }

    /// Traffic over the networks that two survivors can use, or the only one.
    fn cluster_wide(&self, effect: &Effect) -> PairTraffic {
        let mut talking = self.talking.clone();
        let mut survivors = self.now.len();
        for ((before, after), nodes) in effect {
            survivors -= if after.is_none() { *nodes } else { 0 };
            let lost = |network: &usize| after.is_none_or(|it| !self.sets[it].contains(*network));
            for network in networks(&self.sets[*before], self.field.networks).filter(lost) {
                talking[network] -= nodes;
            }
        }
        let is_available = |(network, nodes): &(usize, &usize)| match survivors {
            1 => **nodes >= 1 && !self.field.lonely.contains(*network),
            _ => **nodes >= 2,
        };
        let available = talking.iter().enumerate().filter(is_available);
        self.preference.between(&available.map(|(network, _)| network).collect::<Vec<_>>())
    }
}

/// The networks of a set, of so many that there are.
fn networks(set: &Bits, count: usize) -> impl Iterator<Item = usize> {
    set.iter().take_while(move |it| *it < count)
}

/// Adds nodes that change so, unless they stay as they are.
pub(super) fn add(effect: &mut Effect, change: Change, nodes: usize) {
    if change.1 != Some(change.0) && nodes > 0 {
        *effect.entry(change).or_default() += nodes;
    }
}

/// Takes a node away that changes so.
pub(super) fn take(effect: &mut Effect, change: Change) {
    if let Some(nodes) = effect.get_mut(&change) {
        *nodes -= 1;
        if *nodes == 0 {
            effect.remove(&change);
        }
    }
}
