//! The smallest change to a layout that takes the harm out of a failure, found by trying and
//! verified by planning again.

use std::collections::BTreeSet;

use super::plan::pair_changes;
use super::{Cluster, Detection, every};
use crate::model::{
    Address, Edit, Failure, Harm, Interface, InterfaceKind, LostPart, Metric, MigrationOrder,
    NodeInventory, OperState, PairChange, Policy, Remedy, Role, Scope,
};
use crate::{layout, policy};

/// Networks whose metrics are tried at most, lowest first.
const CONSIDERED: usize = 6;
/// A subnet that is enumerated after all others, so that places stay.
const SPARE_SUBNET: &str = "fdff:ffff:ffff:ffff";

/// What is worst about a failure: survivors that are cut off, else CSV and migration on one network
/// that were not before; nothing where neither is so.
#[must_use]
pub fn harm(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Option<Harm> {
    let left = cluster.left(lost);
    let changes = pair_changes(cluster, &left);
    if changes.iter().any(PairChange::parts) {
        return Some(Harm::Partition);
    }
    let after = policy::reassign(&left, cluster.policy, cluster.assignment);
    let collide = |it: &PairChange| it.after.collides() && !it.before.collides();
    let collides = after.traffic.collides() || changes.iter().any(collide);
    collides.then_some(Harm::Collision)
}

/// The smallest change after which this failure does not do what it does now, and fewer single
/// failures do harm: a metric next to another one, the order of migration, a network that the policy excludes
/// from migration or from the cluster, at last a further network on every node.
///
/// Networks that carry storage are left alone.
#[must_use]
pub fn remedy(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Option<Remedy> {
    let harm = harm(cluster, lost)?;
    let harmful = harmful(cluster);
    let mut edits = edits(cluster, harm).into_iter();
    let edit = edits.find(|edit| {
        let (then, harmful_then) = after(cluster, edit, lost).unwrap_or((Some(harm), harmful));
        harmful_then < harmful && then.is_none_or(|then| then != harm && harm == Harm::Partition)
    })?;
    Some(Remedy { harm, edit })
}

/// How many single failures cut survivors off, and how many make CSV and migration meet.
fn harmful(cluster: &Cluster<'_>) -> (usize, usize) {
    let detection = Detection::of(cluster.inventories, cluster.policy, None);
    let all = every(cluster, &detection, false).failures;
    let meet = |it: &&Failure| it.outcome.colliding > 0 || it.outcome.collides();
    let parting = all.iter().filter(|it| it.outcome.parted > 0).count();
    (parting, all.iter().filter(meet).count())
}

fn edits(cluster: &Cluster<'_>, harm: Harm) -> Vec<Edit> {
    let mut edits = Vec::new();
    if harm == Harm::Collision {
        edits.extend(metrics(cluster));
        if cluster.policy.migration.order != MigrationOrder::AvoidCsv {
            edits.push(Edit::AvoidCsv);
        }
        let excluded = cluster.layout.networks.iter().enumerate().filter(|(_, network)| {
            cluster.policy.migration.exclude.iter().any(|it| policy::means(it, network))
        });
        edits.extend(excluded.map(|(network, _)| Edit::Include { network }));
    }
    let networks = cluster.layout.networks.iter().zip(&cluster.assignment.networks).enumerate();
    let idle = networks.filter(|(_, (network, assigned))| {
        !assigned.role.is_authorised() && network.members.iter().all(|it| it.storage.is_empty())
    });
    edits.extend(idle.map(|(network, _)| Edit::Role { network, role: Role::Cluster }));
    edits.push(Edit::Network);
    edits
}

/// Metrics next to those of other networks, the smallest step first.
fn metrics(cluster: &Cluster<'_>) -> Vec<Edit> {
    let assigned = &cluster.assignment.networks;
    let mut places: Vec<usize> = (0..assigned.len()).collect();
    places.retain(|place| assigned[*place].role.is_authorised());
    places.sort_by_key(|place| (assigned[*place].metric, *place));
    places.truncate(CONSIDERED);
    let mut tries = Vec::new();
    for network in &places {
        let own = i64::from(assigned[*network].metric.get());
        for other in places.iter().filter(|other| *other != network) {
            let base = i64::from(assigned[*other].metric.get());
            tries.extend(
                [base - 1, base + 1].map(|metric| ((metric - own).abs(), metric, *network)),
            );
        }
    }
    tries.sort_unstable();
    tries.dedup();
    let edit = |(_, metric, network)| {
        Some(Edit::Metric { network, metric: Metric::try_from(metric).ok()? })
    };
    tries.into_iter().filter_map(edit).collect()
}

/// What the failure does after an edit, and how many single ones do harm then; nothing where the
/// places of networks would change.
fn after(
    cluster: &Cluster<'_>,
    edit: &Edit,
    lost: &BTreeSet<LostPart>,
) -> Option<(Option<Harm>, (usize, usize))> {
    let mut inventories: Vec<NodeInventory> =
        cluster.inventories.iter().map(|it| (*it).clone()).collect();
    let mut policy = cluster.policy.clone();
    apply(cluster, edit, &mut inventories, &mut policy);
    let layout = layout::form(&inventories, &policy);
    let mut networks = cluster.layout.networks.iter().zip(&layout.networks);
    if !networks.all(|(old, new)| old.subnets == new.subnets) {
        return None;
    }
    let assignment = policy::assign(&layout, &policy);
    let chosen = layout::chosen(&inventories);
    let edited = Cluster::new(&chosen, &policy, &layout, &assignment);
    Some((harm(&edited, lost), harmful(&edited)))
}

fn apply(
    cluster: &Cluster<'_>,
    edit: &Edit,
    inventories: &mut [NodeInventory],
    policy: &mut Policy,
) {
    let network = |place: usize| cluster.layout.networks.get(place);
    let key = |place: usize| network(place).and_then(crate::model::ClusterNetwork::key);
    match *edit {
        Edit::Metric { network, metric } => {
            if let Some(key) = key(network) {
                policy.networks.entry(key).or_default().metric = Some(metric);
            }
        }
        Edit::Role { network, role } => {
            if let Some(key) = key(network) {
                policy.networks.entry(key).or_default().role = Some(role);
            }
        }
        Edit::AvoidCsv => policy.migration.order = MigrationOrder::AvoidCsv,
        Edit::Include { network: place } => {
            let Some(network) = network(place) else { return };
            policy.migration.exclude.retain(|it| !policy::means(it, network));
        }
        Edit::Network => {
            for (number, inventory) in (1_u32..).zip(inventories) {
                inventory.interfaces.extend(spare(number, inventory));
            }
        }
    }
}

/// An interface of its own card and switch on a network that every node is on.
fn spare(number: u32, inventory: &NodeInventory) -> Option<Interface> {
    let mut name = "spare".to_owned();
    while inventory.interfaces.iter().any(|it| it.name.as_str() == name) {
        name += "+";
    }
    let mut nic = Interface::new(name, 0, InterfaceKind::Physical);
    (nic.admin_up, nic.carrier, nic.oper_state) = (true, Some(true), OperState::Up);
    let address = format!("{SPARE_SUBNET}::{number:x}/64").parse().ok()?;
    nic.addresses.push(Address { address, peer: None, scope: Scope::Global, flags: Vec::new() });
    Some(nic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::healthy;

    fn edit(inventories: &[NodeInventory], policy: &Policy, lost: &[LostPart]) -> Option<Remedy> {
        let layout = layout::form(inventories, policy);
        let assignment = policy::assign(&layout, policy);
        let chosen = layout::chosen(inventories);
        let cluster = Cluster::new(&chosen, policy, &layout, &assignment);
        remedy(&cluster, &lost.iter().cloned().collect())
    }

    #[test]
    fn what_does_no_harm_needs_no_remedy() {
        assert_eq!(edit(&healthy(2), &Policy::default(), &[LostPart::Network(0)]), None);
    }

    #[test]
    fn a_static_order_is_given_up() {
        let mut policy = Policy::default();
        policy.migration.order = MigrationOrder::Static;
        let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
        assert_eq!(found, Some(Remedy { harm: Harm::Collision, edit: Edit::AvoidCsv }));
    }

    #[test]
    fn a_network_that_migration_does_not_use_takes_csv() {
        let mut policy = Policy::default();
        policy.migration.exclude.push("Cluster Network 3".into());
        let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
        let edit = Edit::Metric { network: 2, metric: Metric::saturating(1099) };
        assert_eq!(found, Some(Remedy { harm: Harm::Collision, edit }));
    }

    #[test]
    fn an_idle_network_is_put_to_use_and_else_one_is_added() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces.pop();
        }
        let found = edit(&nodes, &Policy::default(), &[LostPart::Network(0)]);
        assert_eq!(found.map(|it| it.edit), Some(Edit::Network));
        let mut policy = Policy::default();
        let subnet = "192.0.2.0/24".parse().unwrap();
        policy.networks.entry(subnet).or_default().role = Some(Role::None);
        let found = edit(&healthy(2), &policy, &[LostPart::Network(0)]);
        let role = Edit::Role { network: 2, role: Role::Cluster };
        assert_eq!(found.map(|it| it.edit), Some(role));
    }

    #[test]
    fn a_shared_card_needs_a_network_of_its_own() {
        let mut nodes = healthy(2);
        for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            nic.device.as_mut().unwrap().pci = Some("0000:01:00.0".to_owned());
        }
        let card = LostPart::Card("n1".into(), "0000:01:00".to_owned());
        let found = edit(&nodes, &Policy::default(), &[card]);
        assert_eq!(found, Some(Remedy { harm: Harm::Partition, edit: Edit::Network }));
    }
}
