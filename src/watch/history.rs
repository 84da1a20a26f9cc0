//! When members of networks came back, and how often they were lost.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{ClusterLayout, ClusterNetwork, NodeName, Subnet};
use crate::policy::carries;

/// How many members are remembered; those that are gone are forgotten first.
const MOST_REMEMBERED: usize = 16_384;

/// A node's place on a network, which outlives its addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seat {
    /// Subnet under which the policy keeps the network.
    pub(super) subnet: Subnet,
    /// The node.
    pub(super) node: NodeName,
}

/// What is remembered of every seat.
#[derive(Debug, Default)]
pub(super) struct History {
    seats: BTreeMap<Seat, Past>,
}

#[derive(Clone, Copy, Debug)]
struct Past {
    up: bool,
    /// When it came back; nothing for one that was never lost.
    back: Option<Duration>,
    losses: u32,
}

impl History {
    /// Notes which seats can carry traffic at `now`.
    pub(super) fn note(&mut self, layout: &ClusterLayout, now: Duration) {
        let mut present: BTreeMap<Seat, bool> = BTreeMap::new();
        for (seat, up) in layout.networks.iter().flat_map(seats) {
            *present.entry(seat).or_default() |= up;
        }
        for (seat, past) in &mut self.seats {
            let up = present.get(seat).copied().unwrap_or_default();
            match (past.up, up) {
                (false, true) => past.back = Some(now),
                (true, false) => past.losses = past.losses.saturating_add(1),
                _ => {}
            }
            past.up = up;
        }
        for (seat, up) in present {
            self.seats.entry(seat).or_insert(Past { up, back: None, losses: 0 });
        }
        self.forget();
    }

    /// Seats that came back less than `hold` ago, with the time at which that is over.
    pub(super) fn held(&self, now: Duration, hold: Duration) -> BTreeMap<Seat, Duration> {
        let over = |past: &Past| past.back.filter(|_| past.up).map(|back| back + hold);
        let all = self.seats.iter().filter_map(|(seat, past)| Some((seat.clone(), over(past)?)));
        all.filter(|(_, over)| *over > now).collect()
    }

    /// How often the member of the network that was lost most often was lost, also one that is no
    /// member any more.
    pub(super) fn losses(&self, network: &ClusterNetwork) -> u32 {
        let Some(subnet) = network.key() else { return 0 };
        let first = Seat { subnet, node: NodeName::new("") };
        let seats = self.seats.range(first..).take_while(|(seat, _)| seat.subnet == subnet);
        seats.map(|(_, past)| past.losses).max().unwrap_or_default()
    }

    fn forget(&mut self) {
        let over = self.seats.len().saturating_sub(MOST_REMEMBERED);
        let gone = self.seats.iter().filter(|(_, past)| !past.up).map(|(seat, _)| seat.clone());
        for seat in gone.take(over).collect::<Vec<_>>() {
            self.seats.remove(&seat);
        }
    }
}

/// Seats of a network and whether they can carry traffic.
fn seats(network: &ClusterNetwork) -> impl Iterator<Item = (Seat, bool)> + '_ {
    let key = network.key();
    network.members.iter().filter_map(move |member| {
        let seat = Seat { subnet: key?, node: member.node.clone() };
        Some((seat, carries(member)))
    })
}
