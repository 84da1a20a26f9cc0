//! What taking turns is compared with: all nodes at once, and waves.

use super::emptying::Emptying;
use super::load::Load;
use super::quantile::{integral, mean};
use super::window::Turns;

/// What a way of emptying nodes comes to, on average.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bulk {
    /// When all are back, seconds from now.
    pub(super) finish_s: f64,
    /// Work that closed nodes could have done and did not, core seconds.
    pub(super) lost_core_s: f64,
}

/// Nodes in waves of a window: those of a wave come back together, when the last of them is empty,
/// and then the next wave begins. A window of all nodes is a full drain.
#[must_use]
pub(super) fn waves(load: &Load, turns: &Turns<'_>) -> Bulk {
    let mut bulk = Bulk::default();
    let mut last_nodes = vec![0; load.jobs.len()];
    let places: Vec<usize> = (0..load.nodes.len()).collect();
    for wave in places.chunks(turns.window.max(1)) {
        for &place in wave {
            load.nodes[place].seats.iter().for_each(|seat| last_nodes[seat.job] = place);
        }
        let begin = |place: &usize| {
            Emptying::new((load, &last_nodes), *place, bulk.finish_s, turns.setting)
        };
        let nodes: Vec<Emptying<'_>> = wave.iter().map(begin).collect();
        let bound = nodes.iter().map(Emptying::bound_s).fold(0.0, f64::max);
        let over = |s| nodes.iter().map(|it| it.empty_but_shared_within(s)).product();
        let took_s = mean(over, bound) + turns.away_s;
        let worked: f64 = nodes.iter().map(|it| integral(|s| it.busy(s), it.bound_s())).sum();
        let could: f64 = wave.iter().map(|it| load.nodes[*it].occupied() * took_s).sum();
        bulk.lost_core_s += (could - worked).max(0.0);
        bulk.finish_s += took_s;
    }
    bulk
}
