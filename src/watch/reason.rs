//! Why traffic goes another way.

use super::difference::Step;
use super::event::{Cause, Reason, Scope};
use super::plan::{Choice, Plan};
use crate::model::NodeName;
use crate::policy::carries;

/// Classes of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Csv,
    Migration,
}

/// Why a class of traffic left one network for another.
pub(super) fn reason(
    step: &Step<'_>,
    scope: &Scope,
    kind: Move,
    (old, new): (Choice, Choice),
) -> Reason {
    let (from, to) = match kind {
        Move::Csv => (old.0, new.0),
        Move::Migration => (old.1, new.1),
    };
    let kept = step.follow(from);
    let usable = |place: Option<usize>| place.is_some_and(|it| is_usable(step.after, scope, it));
    if let Some(place) = from.filter(|_| !usable(kept)) {
        let causes = concerning(scope, step.causes((from, kept)));
        return Reason::Lost { network: step.before.name(place), causes };
    }
    if kind == Move::Migration {
        if let Some(place) = kept.filter(|kept| Some(*kept) == new.0) {
            return Reason::CsvTookIt { network: step.after.name(place) };
        }
        if let Some(place) = to.filter(|to| Some(*to) == step.follow(old.0)) {
            return Reason::CsvLeftIt { network: step.after.name(place) };
        }
    }
    better(step, scope, to)
}

/// Why the network at that place is preferred now.
fn better(step: &Step<'_>, scope: &Scope, to: Option<usize>) -> Reason {
    let Some(place) = to else { return Reason::Order };
    let network = step.after.name(place);
    if step.released.contains(&place) {
        return Reason::HoldOver { network };
    }
    let earlier =
        step.after.network(place).and_then(|network| step.before.place_of(&network.subnets));
    if earlier.is_some_and(|earlier| is_usable(step.before, scope, earlier)) {
        return Reason::Order;
    }
    Reason::Back { network, causes: concerning(scope, step.causes((earlier, to))) }
}

/// Whether those concerned can use the network.
fn is_usable(plan: &Plan, scope: &Scope, place: usize) -> bool {
    let Scope::Pairs { nodes, peers } = scope else {
        return plan.assignment.networks.get(place).is_some_and(|network| network.available);
    };
    let carried = |node: Option<&NodeName>| {
        let members = plan.network(place).into_iter().flat_map(|network| &network.members);
        members.filter(|member| carries(member)).any(|member| Some(&member.node) == node)
    };
    carried(nodes.first()) && carried(peers.last())
}

/// What happened to those concerned.
fn concerning(scope: &Scope, mut causes: Vec<Cause>) -> Vec<Cause> {
    if let Scope::Pairs { nodes, peers } = scope {
        causes.retain(|cause| nodes.contains(&cause.node) || peers.contains(&cause.node));
    }
    causes
}
