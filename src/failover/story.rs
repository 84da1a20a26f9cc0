//! What happens when: losses, their detection, redirections, returns and holds.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::changes;
use super::plan::State;
use super::{Cluster, Detection};
use crate::model::{Event, Happening, LostPart, Moment, PairChange};

/// One loss of a part, and what is made of it.
struct Spell<'e> {
    part: &'e LostPart,
    lost: u64,
    returned: Option<u64>,
    /// When the loss is noticed; absent when the part was back before.
    noticed: Option<u64>,
    /// When the part is used again.
    used: Option<u64>,
}

impl Spell<'_> {
    /// Whether the cluster does without the part at this time, because it is gone.
    fn is_gone(&self, at: u64) -> bool {
        self.noticed.is_some_and(|it| it <= at) && self.returned.is_none_or(|it| at < it)
    }

    /// The same, or because of the hold.
    fn is_unused(&self, at: u64) -> bool {
        self.noticed.is_some_and(|it| it <= at) && self.used.is_none_or(|it| at < it)
    }
}

/// Plays the events, which are in order of time.
pub(super) fn story(
    cluster: &Cluster<'_>,
    events: &[Event<LostPart>],
    detection: &Detection<'_>,
    hold_ms: u64,
) -> Vec<Moment> {
    let spells = spells(events, detection, hold_ms);
    let mut moments = facts(&spells, hold_ms);
    moments.extend(redirections(cluster, &Steps::through(cluster, &spells)));
    moments.sort_by_key(|moment| (moment.at_ms, rank(&moment.what)));
    moments
}

/// What comes first at one time.
fn rank(what: &Happening) -> u8 {
    match what {
        Happening::Returned(_) => 0,
        Happening::Unnoticed(_) => 1,
        Happening::Held(..) => 2,
        Happening::Lost(_) => 3,
        Happening::Noticed(..) | Happening::Undetected(_) => 4,
        Happening::Redirected { .. } => 5,
        Happening::RedirectedIo(_) => 6,
    }
}

fn spells<'e>(
    events: &'e [Event<LostPart>],
    detection: &Detection<'_>,
    hold_ms: u64,
) -> Vec<Spell<'e>> {
    let mut spells: Vec<Spell<'e>> = Vec::new();
    let mut open: BTreeMap<&LostPart, usize> = BTreeMap::new();
    for event in events {
        let (part, at) = (&event.part, event.at_ms);
        if event.returns {
            if let Some(spell) = open.remove(part).and_then(|it| spells.get_mut(it)) {
                spell.returned = Some(at);
                spell.noticed = spell.noticed.filter(|noticed| *noticed < at);
                spell.used = Some(at.saturating_add(hold_ms));
            }
        } else if !open.contains_key(part) {
            open.insert(part, spells.len());
            let noticed = detection.ms(part).map(|ms| at.saturating_add(ms));
            spells.push(Spell { part, lost: at, returned: None, noticed, used: None });
        }
    }
    join_holds(&mut spells);
    spells
}

/// A part that is lost again before its hold is over is not used in between.
fn join_holds(spells: &mut [Spell<'_>]) {
    let next: Vec<Option<(u64, u64)>> = (0..spells.len())
        .map(|at| {
            let later = spells.iter().skip(at + 1);
            let same = later.filter(|it| it.part == spells[at].part && it.noticed.is_some());
            same.map(|it| Some((it.lost, it.noticed?))).next().flatten()
        })
        .collect();
    for (spell, next) in spells.iter_mut().zip(next) {
        if let (Some(used), Some((lost, noticed))) = (spell.used, next)
            && spell.returned.is_some_and(|returned| returned < used)
            && lost < used
        {
            spell.used = Some(used.max(noticed));
        }
    }
}

fn facts(spells: &[Spell<'_>], hold_ms: u64) -> Vec<Moment> {
    let mut moments = Vec::new();
    let mut add = |at_ms, what| moments.push(Moment { at_ms, what });
    for spell in spells {
        let part = || spell.part.clone();
        add(spell.lost, Happening::Lost(part()));
        if let Some(noticed) = spell.noticed {
            add(noticed, Happening::Noticed(part(), noticed - spell.lost));
        }
        let Some(returned) = spell.returned else {
            if spell.noticed.is_none() {
                add(spell.lost, Happening::Undetected(part()));
            }
            continue;
        };
        add(returned, Happening::Returned(part()));
        if spell.noticed.is_none() {
            add(returned, Happening::Unnoticed(part()));
        } else if hold_ms > 0 {
            add(returned, Happening::Held(part(), returned.saturating_add(hold_ms)));
        }
    }
    moments
}

fn redirections(cluster: &Cluster<'_>, steps: &Steps) -> Vec<Moment> {
    let mut moments = Vec::new();
    for Step { at, old, new, .. } in steps.iter() {
        let redirected = redirected(cluster, old, new);
        let io = (old.io != new.io).then(|| Happening::RedirectedIo(new.io.clone()));
        let all = redirected.into_iter().chain(io);
        moments.extend(all.map(|what| Moment { at_ms: at, what }));
    }
    moments
}

/// Times at which the cluster may take another state, and the states.
pub(super) struct Steps {
    states: BTreeMap<BTreeSet<LostPart>, State>,
    turns: Vec<(u64, Turned)>,
}

/// What is lost in the state before and in that after, and what is gone at that time.
struct Turned {
    before: BTreeSet<LostPart>,
    after: BTreeSet<LostPart>,
    gone: BTreeSet<LostPart>,
}

/// From one state to the next.
pub(super) struct Step<'s> {
    pub(super) at: u64,
    pub(super) old: &'s State,
    pub(super) new: &'s State,
    /// The state without any hold.
    pub(super) free: &'s State,
}

impl Steps {
    /// The steps that events, which are in order of time, lead through.
    pub(super) fn of(
        cluster: &Cluster<'_>,
        events: &[Event<LostPart>],
        detection: &Detection<'_>,
        hold_ms: u64,
    ) -> Self {
        Self::through(cluster, &spells(events, detection, hold_ms))
    }

    fn through(cluster: &Cluster<'_>, spells: &[Spell<'_>]) -> Self {
        let times = spells.iter().flat_map(|it| [it.noticed, it.returned, it.used]).flatten();
        let times: BTreeSet<u64> = times.collect();
        let mut steps = Self { states: BTreeMap::new(), turns: Vec::new() };
        steps.solve(cluster, &BTreeSet::new());
        let mut now = BTreeSet::new();
        for at in times {
            let gone = parts_of(spells.iter().filter(|it| it.is_gone(at)));
            let unused = parts_of(spells.iter().filter(|it| it.is_unused(at)));
            steps.solve(cluster, &gone);
            steps.solve(cluster, &unused);
            let gives_way = gone != unused && parts(cluster, &steps.states, [&gone, &unused]);
            let after = if gives_way { gone.clone() } else { unused };
            let before = std::mem::replace(&mut now, after.clone());
            steps.turns.push((at, Turned { before, after, gone }));
        }
        steps
    }

    fn solve(&mut self, cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) {
        if !self.states.contains_key(lost) {
            self.states.insert(lost.clone(), State::of(cluster, lost));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Step<'_>> {
        let turns = self.turns.iter();
        turns.filter_map(|(at, Turned { before, after, gone })| {
            let state = |lost| self.states.get(lost);
            Some(Step { at: *at, old: state(before)?, new: state(after)?, free: state(gone)? })
        })
    }
}

fn parts_of<'s>(spells: impl Iterator<Item = &'s Spell<'s>>) -> BTreeSet<LostPart> {
    spells.map(|spell| spell.part.clone()).collect()
}

/// Whether a hold leaves two nodes without a network that have one otherwise.
fn parts(
    cluster: &Cluster<'_>,
    states: &BTreeMap<BTreeSet<LostPart>, State>,
    [gone, unused]: [&BTreeSet<LostPart>; 2],
) -> bool {
    let (Some(gone), Some(unused)) = (states.get(gone), states.get(unused)) else { return false };
    let nodes_wait = gone.left.nodes != unused.left.nodes;
    let changes = changes(&gone.left, &unused.left, &cluster.preference);
    !nodes_wait && changes.iter().any(PairChange::parts)
}

fn redirected(cluster: &Cluster<'_>, old: &State, new: &State) -> Option<Happening> {
    let changes = changes(&old.left, &new.left, &cluster.preference);
    let count = |is: fn(&PairChange) -> bool| -> usize {
        changes.iter().filter(|it| is(it)).map(PairChange::pairs).sum()
    };
    let traffic = [&old.after.traffic, &new.after.traffic];
    let csv = traffic.map(|it| it.csv);
    let migration = traffic.map(|it| it.live_migration.first().copied());
    let pairs = count(|it| it.before.moves_to(&it.after));
    let parted = count(PairChange::parts);
    let moves = pairs > 0 || csv[0] != csv[1] || migration[0] != migration[1];
    moves.then_some(Happening::Redirected { csv, migration, pairs, parted })
}
