//! Role of a network.

use crate::model::{ClusterNetwork, Policy, Role, RoleReason, Subnet};

/// The role of `network`; the first that applies: what the policy sets, 0 when it carries storage,
/// 3 when a member has a default route, else 1.
///
/// Members that disagree on the default route leave the network public: a client may come by any.
pub(super) fn role(network: &ClusterNetwork, policy: &Policy) -> (Role, RoleReason) {
    if let Some((key, role)) = set_by_policy(network, policy) {
        return (role, RoleReason::Policy(key));
    }
    let storage = network.members.iter().find_map(|member| {
        member.storage.first().map(|session| RoleReason::Storage {
            node: member.node.clone(),
            interface: member.interface.clone(),
            session: session.clone(),
        })
    });
    if let Some(reason) = storage {
        return (Role::None, reason);
    }
    match gateway_reason(network) {
        Some(reason) => (Role::ClusterAndClient, reason),
        None => (Role::Cluster, RoleReason::NoGateway),
    }
}

fn set_by_policy(network: &ClusterNetwork, policy: &Policy) -> Option<(Subnet, Role)> {
    let mut entries = network.subnets.iter().map(|key| (key, policy.networks.get(key)));
    entries.find_map(|(key, entry)| Some((*key, entry?.role?)))
}

fn gateway_reason(network: &ClusterNetwork) -> Option<RoleReason> {
    let with = || network.members.iter().filter(|member| !member.gateways.is_empty());
    with().next().map(|member| RoleReason::Gateway {
        node: member.node.clone(),
        interface: member.interface.clone(),
        with: (with().count(), network.members.len()),
    })
}

/// Whether any member of the network has a default route.
pub(super) fn has_gateway(network: &ClusterNetwork) -> bool {
    network.members.iter().any(|member| !member.gateways.is_empty())
}
