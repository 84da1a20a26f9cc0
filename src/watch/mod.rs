//! Watching cluster networks: which events lie between one state and the next.
//!
//! Pure: inventories and the time since watching began are passed in, events come out.

mod difference;
mod event;
mod history;
mod hold;
mod pairs;
mod plan;
mod reason;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{NodeInventory, Policy};
use crate::{layout, policy};

use difference::Step;
pub use event::{
    Beginning, Carrier, Carriers, Cause, Event, Happening, Hold, NetworkChange, NetworkStanding,
    Reason, Redirection, Scope,
};
use history::{History, Seat};
pub use plan::Plan;

/// The state of a cluster's networks and what is remembered of the past.
#[derive(Debug)]
pub struct Watch {
    policy: Policy,
    plan: Option<Plan>,
    history: History,
    held: BTreeMap<Seat, Duration>,
}

impl Watch {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, plan: None, history: History::default(), held: BTreeMap::new() }
    }

    /// Takes the inventories of all nodes as they are at `now`, which is counted from when watching
    /// began and never goes back; gives what happened since the last time.
    ///
    /// It is also called without a change when [`Self::due`] is reached.
    pub fn observe(&mut self, inventories: &[NodeInventory], now: Duration) -> Vec<Event> {
        let layout = layout::form(inventories, &self.policy);
        let mut assignment = policy::assign(&layout, &self.policy);
        self.history.note(&layout, now);
        let least = Duration::from_secs(u64::from(self.policy.failback.hold_s));
        let usual = assignment.traffic.clone();
        let (traffic, mut held) =
            hold::pass_over(&layout, &self.policy, &usual, self.history.held(now, least));
        if traffic == usual {
            held.clear();
        }
        assignment.traffic = traffic;
        let plan = Plan::new(layout, assignment, inventories);
        let events = self.events(&plan, &held, now);
        self.plan = Some(plan);
        self.held = held;
        events
    }

    /// Takes another policy, which counts from the next observation.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// When traffic may return to a network that is held, without any further event.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.held.values().min().copied()
    }

    /// The present state.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    fn events(&self, plan: &Plan, held: &BTreeMap<Seat, Duration>, now: Duration) -> Vec<Event> {
        let Some(before) = &self.plan else {
            return vec![Event::Start(beginning(plan))];
        };
        let over = self.held.keys().filter(|seat| !held.contains_key(*seat));
        let released = over.filter_map(|seat| plan.place_of(&[seat.subnet]));
        let released: BTreeSet<usize> = released.collect();
        let step = Step { before, after: plan, released: &released };
        let networks = step.networks(&self.history).into_iter().map(Event::Network);
        let redirections = step.redirections().into_iter().map(Event::Redirection);
        networks.chain(self.holds(plan, held, now)).chain(redirections).collect()
    }

    /// Seats that are held from now on, or for longer than was said.
    fn holds(
        &self,
        plan: &Plan,
        held: &BTreeMap<Seat, Duration>,
        now: Duration,
    ) -> impl Iterator<Item = Event> {
        let new = held.iter().filter(|(seat, over)| self.held.get(*seat) != Some(*over));
        let told = new.filter_map(move |(Seat { subnet, node }, over)| {
            let network = plan.network(plan.place_of(&[*subnet])?)?;
            let left = over.saturating_sub(now).as_millis();
            Some(Event::Hold(Hold {
                network: network.name.clone(),
                node: node.clone(),
                left_ms: u64::try_from(left).unwrap_or(u64::MAX),
                losses: self.history.losses(network),
            }))
        });
        told.collect::<Vec<_>>().into_iter()
    }
}

fn beginning(plan: &Plan) -> Beginning {
    let places = 0..plan.layout.networks.len();
    Beginning {
        nodes: plan.layout.nodes.clone(),
        networks: places.filter_map(|place| plan.standing(place)).collect(),
        carriers: plan.carriers(plan.usual()),
        exceptions: plan.traffic().exceptions.len(),
    }
}
