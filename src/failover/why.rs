//! Why traffic goes where it does at every redirection of a scenario.

use std::sync::Arc;

use super::changes::changes;
use super::plan::State;
use super::story::{Step, Steps};
use super::{Cluster, Detection};
use crate::model::{
    Assignment, Bits, ClusterLayout, Lack, NodeName, PairChange, PairTraffic, Redirection,
    Scenario, Turn,
};
use crate::policy;

/// Every redirection of the scenario, of the cluster as a whole and of each group of pairs whose
/// traffic moves, with how all networks stand in it.
#[must_use]
pub fn redirections(
    cluster: &Cluster<'_>,
    scenario: &Scenario,
    detection: &Detection<'_>,
) -> Vec<Redirection> {
    let steps = Steps::of(cluster, &scenario.events, detection, scenario.hold_ms);
    let mut all = Vec::new();
    for step in steps.iter() {
        all.extend(of_cluster(cluster, &step));
        let changes = changes(&step.old.left, &step.new.left, &cluster.preference);
        let moves = changes.iter().filter(|it| it.before.moves_to(&it.after));
        all.extend(moves.map(|change| of_pairs(cluster, &step, change)));
    }
    all
}

fn of_cluster(cluster: &Cluster<'_>, step: &Step<'_>) -> Option<Redirection> {
    let traffic = |state: &State| PairTraffic {
        csv: state.after.traffic.csv,
        heartbeat: Vec::new(),
        live_migration: state.after.traffic.live_migration.clone(),
    };
    let traffic = [traffic(step.old), traffic(step.new)];
    let networks = step.new.after.networks.iter().zip(&step.free.after.networks);
    let lack = |(now, free): (&crate::model::NetworkAssignment, _)| -> Option<Lack> {
        let free: &crate::model::NetworkAssignment = free;
        let lack = if free.available { Lack::Held } else { Lack::Ends([true, true]) };
        (!now.available).then_some(lack)
    };
    let lacks = networks.map(lack).collect();
    let moves = traffic[0].moves_to(&traffic[1]);
    moves.then(|| redirection(cluster, step, (None, &traffic), (&step.new.after, lacks)))
}

fn of_pairs(cluster: &Cluster<'_>, step: &Step<'_>, change: &PairChange) -> Redirection {
    let ends = [Arc::clone(&change.nodes), Arc::clone(&change.peers)];
    let reach = |state: &State| ends.each_ref().map(|nodes| reach(&state.left, nodes.first()));
    let [now, free] = [reach(step.new), reach(step.free)];
    let lack = |place: usize| {
        let missing = now.each_ref().map(|reach| !reach.contains(place));
        let is_held = free.iter().all(|reach| reach.contains(place));
        let lack = if is_held { Lack::Held } else { Lack::Ends(missing) };
        missing.contains(&true).then_some(lack)
    };
    let lacks = (0..cluster.layout.networks.len()).map(lack).collect();
    let usable: Bits = now[0].common(&now[1]).collect();
    let assignment = policy::between(&step.new.after, &usable, &change.after);
    let traffic = [change.before.clone(), change.after.clone()];
    redirection(cluster, step, (Some(ends), &traffic), (&assignment, lacks))
}

fn redirection(
    cluster: &Cluster<'_>,
    step: &Step<'_>,
    (ends, [before, after]): (Option<[Arc<[NodeName]>; 2]>, &[PairTraffic; 2]),
    (assignment, lacks): (&Assignment, Vec<Option<Lack>>),
) -> Redirection {
    let standings = policy::standings(&step.new.left, cluster.policy, assignment);
    let first = |traffic: &PairTraffic| traffic.live_migration.first().copied();
    Redirection {
        at_ms: step.at,
        ends,
        csv: Turn { before: before.csv, after: after.csv, standing: standings.csv },
        migration: Turn {
            before: first(before),
            after: first(after),
            standing: standings.migration,
        },
        migration_order: standings.migration_order,
        lacks,
    }
}

/// Networks on which a node can pass traffic.
fn reach(left: &ClusterLayout, node: Option<&NodeName>) -> Bits {
    let networks = left.networks.iter().enumerate();
    let reached = networks.filter(|(_, network)| {
        let mut members = network.members.iter();
        members.any(|member| policy::carries(member) && Some(&member.node) == node)
    });
    reached.map(|(place, _)| place).collect()
}
