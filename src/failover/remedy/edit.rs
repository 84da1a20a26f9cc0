//! Changes to a layout that may be tried, and the layout with one.

use crate::failover::Cluster;
use crate::model::{
    Address, ClusterNetwork, Edit, Harm, Interface, InterfaceKind, Metric, MigrationOrder,
    NodeInventory, OperState, Policy, Role, Scope, StorageSession,
};
use crate::{layout, policy};

/// Networks whose metrics are tried at most, lowest first.
const CONSIDERED: usize = 6;
/// A subnet that is enumerated after all others, so that places stay.
const SPARE_SUBNET: &str = "fdff:ffff:ffff:ffff";

/// What may mend such a harm, the smallest change first.
pub(super) fn edits(cluster: &Cluster<'_>, harm: Harm) -> Vec<Edit> {
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
    edits.extend(roles(cluster));
    edits.push(Edit::Network);
    if harm == Harm::Storage {
        edits.push(Edit::StoragePath);
    }
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

/// Wider roles of networks without storage.
fn roles(cluster: &Cluster<'_>) -> Vec<Edit> {
    let networks = cluster.layout.networks.iter().zip(&cluster.assignment.networks).enumerate();
    let free = networks.filter(|(_, (it, _))| it.members.iter().all(|it| it.storage.is_empty()));
    let wider = free.flat_map(|(network, (_, assigned))| {
        let roles: &[Role] = match assigned.role {
            Role::None => &[Role::Cluster, Role::ClusterAndClient],
            Role::Cluster => &[Role::ClusterAndClient],
            Role::ClusterAndClient => &[],
        };
        roles.iter().map(move |role| Edit::Role { network, role: *role })
    });
    wider.collect()
}

/// Looks at the cluster after an edit; nothing where the places of networks would change.
pub(super) fn with<T>(
    cluster: &Cluster<'_>,
    edit: &Edit,
    look: impl FnOnce(&Cluster<'_>) -> T,
) -> Option<T> {
    if let Edit::Network | Edit::StoragePath = edit {
        return rebuilt(cluster, edit, look);
    }
    let policy = changed(cluster, edit);
    let assignment = policy::assign(cluster.layout, &policy);
    Some(look(&Cluster::new(cluster.inventories, &policy, cluster.layout, &assignment)))
}

/// The policy after an edit of it.
fn changed(cluster: &Cluster<'_>, edit: &Edit) -> Policy {
    let mut policy = cluster.policy.clone();
    let network = |place: usize| cluster.layout.networks.get(place);
    let key = |place: usize| network(place).and_then(ClusterNetwork::key);
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
            if let Some(network) = network(place) {
                policy.migration.exclude.retain(|it| !policy::means(it, network));
            }
        }
        Edit::Network | Edit::StoragePath => {}
    }
    policy
}

/// Looks at the cluster after an edit of its nodes.
fn rebuilt<T>(
    cluster: &Cluster<'_>,
    edit: &Edit,
    look: impl FnOnce(&Cluster<'_>) -> T,
) -> Option<T> {
    let nodes = (1_u32..).zip(cluster.inventories);
    let spared = |(number, it): (u32, &&NodeInventory)| with_spare(number, it, edit);
    let inventories: Vec<NodeInventory> = nodes.map(spared).collect();
    let layout = layout::form(&inventories, cluster.policy);
    let mut networks = cluster.layout.networks.iter().zip(&layout.networks);
    if !networks.all(|(old, new)| old.subnets == new.subnets) {
        return None;
    }
    let assignment = policy::assign(&layout, cluster.policy);
    let chosen = layout::chosen(&inventories);
    Some(look(&Cluster::new(&chosen, cluster.policy, &layout, &assignment)))
}

/// A node with an interface of its own card and switch, on a network that every node is on, or that
/// every node with storage sessions is on and all of these go over too.
fn with_spare(number: u32, node: &NodeInventory, edit: &Edit) -> NodeInventory {
    let mut node = node.clone();
    if *edit == Edit::StoragePath {
        if node.storage_sessions.is_empty() {
            return node;
        }
        let portal = format!("{SPARE_SUBNET}:ffff::").parse().ok();
        let further = node.storage_sessions.iter().filter_map(|session| {
            Some(StorageSession { portal: portal?, interface: None, ..session.clone() })
        });
        let further: Vec<StorageSession> = further.collect();
        node.storage_sessions.extend(further);
    }
    let mut name = "spare".to_owned();
    while node.interfaces.iter().any(|it| it.name.as_str() == name) {
        name += "+";
    }
    let mut nic = Interface::new(name, 0, InterfaceKind::Physical);
    (nic.admin_up, nic.carrier, nic.oper_state) = (true, Some(true), OperState::Up);
    if let Ok(address) = format!("{SPARE_SUBNET}::{number:x}/64").parse() {
        let (peer, scope, flags) = (None, Scope::Global, Vec::new());
        nic.addresses.push(Address { address, peer, scope, flags });
    }
    node.interfaces.push(nic);
    node
}
