//! What is different between two plans, as events.

use std::collections::BTreeSet;

use super::event::{Cause, Happening, NetworkChange, Reason, Redirection, Scope};
use super::history::History;
use super::pairs::{choice, pairs};
use super::plan::{Choice, Plan};
use super::reason::{Move, reason};
use crate::model::{ClusterNetwork, Member, NodeName};
use crate::policy::carries;

/// Two plans, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) before: &'a Plan,
    pub(super) after: &'a Plan,
    /// Networks that were held before and are not any more, by place in `after`.
    pub(super) released: &'a BTreeSet<usize>,
}

impl Step<'_> {
    /// Where a network of the plan before is in the one after.
    pub(super) fn follow(&self, place: Option<usize>) -> Option<usize> {
        let network = self.before.network(place?)?;
        self.after.place_of(&network.subnets)
    }

    /// Networks that changed, those that are gone last.
    pub(super) fn networks(&self, history: &History) -> Vec<NetworkChange> {
        let mut changes = Vec::new();
        let mut met = BTreeSet::new();
        for (place, network) in self.after.layout.networks.iter().enumerate() {
            let before = self.before.place_of(&network.subnets);
            let before = before.filter(|before| met.insert(*before));
            changes.extend(self.change((before, Some(place)), || history.losses(network)));
        }
        for (place, network) in self.before.layout.networks.iter().enumerate() {
            if !met.contains(&place) {
                changes.extend(self.change((Some(place), None), || history.losses(network)));
            }
        }
        changes
    }

    fn change(
        &self,
        (before, after): (Option<usize>, Option<usize>),
        losses: impl Fn() -> u32,
    ) -> Option<NetworkChange> {
        let causes = self.causes((before, after));
        let before = before.and_then(|place| self.before.standing(place));
        let after = after.and_then(|place| self.after.standing(place));
        let changed = before != after || !causes.is_empty();
        changed.then(|| NetworkChange { before, after, causes, losses: losses() })
    }

    /// What happened to the members of a network.
    pub(super) fn causes(&self, (before, after): (Option<usize>, Option<usize>)) -> Vec<Cause> {
        let old = before.and_then(|place| self.before.network(place));
        let new = after.and_then(|place| self.after.network(place));
        let (old, new) = (members(old), members(new));
        let mut causes = Vec::new();
        for member in old {
            let happened = self.happenings(member, find(new, member));
            causes.extend(happened.into_iter().map(|what| cause(member, what)));
        }
        for member in new.iter().filter(|member| find(old, member).is_none()) {
            let what = if carries(member) { Happening::Joined } else { Happening::JoinedDown };
            causes.push(cause(member, what));
        }
        causes
    }

    fn happenings(&self, old: &Member, new: Option<&Member>) -> Vec<Happening> {
        let Some(new) = new else {
            let exists = self.after.link(old).is_some();
            return vec![if exists { Happening::Left } else { Happening::Gone }];
        };
        let mut found = Vec::new();
        if carries(old) != carries(new) {
            found.push(match self.after.link(new) {
                _ if carries(new) => Happening::Up,
                Some(link) if !link.admin_up => Happening::SetDown,
                Some(link) if !link.carrier => Happening::NoCarrier,
                _ => Happening::NotPassing,
            });
        }
        match (old.gateways.is_empty(), new.gateways.is_empty()) {
            (true, false) => found.push(Happening::GatewayGained),
            (false, true) => found.push(Happening::GatewayLost),
            _ => {}
        }
        found
    }

    /// Redirections: that of the cluster, then those of pairs of nodes that go another way than it.
    pub(super) fn redirections(&self) -> Vec<Redirection> {
        let usual = (self.before.usual(), self.after.usual());
        let mut all: Vec<Redirection> =
            self.redirection(Scope::Cluster, usual).into_iter().collect();
        let cluster = all.first().map(|it| (it.before.clone(), it.after.clone()));
        for (nodes, peers) in pairs(self.before, self.after) {
            let (Some(a), Some(b)) = (nodes.first(), peers.last()) else { continue };
            let choices = (choice(self.before, a, b), choice(self.after, a, b));
            let own = |nodes: &[&NodeName]| nodes.iter().map(|node| (*node).clone()).collect();
            let scope = Scope::Pairs { nodes: own(&nodes), peers: own(&peers) };
            let told = self.redirection(scope, choices);
            let told =
                told.filter(|it| cluster.as_ref() != Some(&(it.before.clone(), it.after.clone())));
            all.extend(told);
        }
        joined(all)
    }

    fn redirection(&self, scope: Scope, (old, new): (Choice, Choice)) -> Option<Redirection> {
        let moved = |old: Option<usize>, new: Option<usize>| {
            (self.follow(old), old.is_some()) != (new, new.is_some())
        };
        let (csv, migration) = (moved(old.0, new.0), moved(old.1, new.1));
        if !csv && !migration {
            return None;
        }
        let mut reasons: Vec<Reason> = Vec::new();
        for (moved, kind) in [(csv, Move::Csv), (migration, Move::Migration)] {
            let reason = moved.then(|| reason(self, &scope, kind, (old, new)));
            reasons.extend(reason.filter(|reason| !reasons.contains(reason)));
        }
        let (before, after) = (self.before.carriers(old), self.after.carriers(new));
        Some(Redirection { scope, before, after, csv, migration, reasons })
    }
}

fn members(network: Option<&ClusterNetwork>) -> &[Member] {
    network.map_or(&[], |network| &network.members)
}

/// The same interface of the same node; members are sorted by both.
fn find<'a>(members: &'a [Member], wanted: &Member) -> Option<&'a Member> {
    let place = members
        .binary_search_by(|it| (&it.node, &it.interface).cmp(&(&wanted.node, &wanted.interface)));
    place.ok().and_then(|place| members.get(place))
}

fn cause(member: &Member, what: Happening) -> Cause {
    Cause { node: member.node.clone(), interface: member.interface.clone(), what }
}

/// Pairs with the same nodes on one side and the same redirection in one event.
fn joined(all: Vec<Redirection>) -> Vec<Redirection> {
    let mut kept: Vec<Redirection> = Vec::new();
    for redirection in all {
        let same = kept.iter_mut().find(|it| is_joinable(it, &redirection));
        match (same.map(|it| &mut it.scope), &redirection.scope) {
            (Some(Scope::Pairs { peers, .. }), Scope::Pairs { peers: more, .. }) => {
                peers.extend(more.iter().cloned());
                peers.sort();
            }
            _ => kept.push(redirection),
        }
    }
    kept
}

fn is_joinable(a: &Redirection, b: &Redirection) -> bool {
    match (&a.scope, &b.scope) {
        (Scope::Pairs { nodes, peers }, Scope::Pairs { nodes: more, peers: with }) => {
            let alike = (&a.before, &a.after, &a.reasons) == (&b.before, &b.after, &b.reasons);
            alike && nodes == more && nodes != peers && more != with
        }
        _ => false,
    }
}
