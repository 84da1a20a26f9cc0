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

/// Nodes on both sides.
type Ends = [Arc<[NodeName]>; 2];

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
    (ends, [before, after]): (Option<Ends>, &[PairTraffic; 2]),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;
    use crate::model::{
        CsvReason, Event, LostPart, MigrationReason, NodeInventory, Policy, Profile,
    };
    use crate::testkit::healthy;

    fn told(events: &[(u64, bool, LostPart)], hold_ms: u64) -> Vec<Redirection> {
        let (nodes, policy) = (healthy(3), Policy::default());
        let layout = layout::form(&nodes, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen: Vec<&NodeInventory> = nodes.iter().collect();
        let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
        let event = |(at_ms, returns, part): &(u64, bool, LostPart)| Event {
            at_ms: *at_ms,
            returns: *returns,
            part: part.clone(),
        };
        let scenario = Scenario { events: events.iter().map(event).collect(), hold_ms };
        redirections(&cluster, &scenario, &Detection::of(&chosen, &policy, Some(Profile::Carrier)))
    }

    #[test]
    fn the_end_that_can_not_use_a_network_is_told() {
        let lost = LostPart::Interface("n3".into(), "eth0".into());
        let told = told(&[(7000, false, lost)], 0);
        assert_eq!(told.len(), 1, "the cluster as a whole stays");
        let one = &told[0];
        let [nodes, peers] = one.ends.as_ref().unwrap();
        assert_eq!((one.at_ms, nodes.len(), &**peers), (7000, 2, &["n3".into()][..]));
        assert_eq!(one.lacks, [Some(Lack::Ends([false, true])), None, None]);
        let csv = [CsvReason::NotAvailable, CsvReason::Lowest, CsvReason::Higher];
        assert_eq!(
            (one.csv.before, one.csv.after, &*one.csv.standing),
            (Some(0), Some(1), &csv[..])
        );
        assert_eq!(one.migration.after, Some(2));
        assert_eq!(one.migration.standing[1], MigrationReason::CsvLast);
    }

    #[test]
    fn a_network_that_is_back_is_held() {
        let network = LostPart::Network;
        let events = [(0, false, network(0)), (1000, true, network(0)), (2000, false, network(1))];
        let told = told(&events, 60_000);
        let at = |ms| told.iter().filter(move |it| it.at_ms == ms);
        assert_eq!(at(0).count(), 2, "of the cluster and of the pairs");
        assert!(at(0).all(|it| matches!(it.lacks[0], Some(Lack::Ends([true, true])))));
        assert!(at(2000).count() == 2 && at(2000).all(|it| it.lacks[0] == Some(Lack::Held)));
        assert!(at(61_000).all(|it| it.csv.after == Some(0) && it.lacks[0].is_none()));
    }
}
