//! What inventories come to at one moment, as it is compared with the moment before.

use std::collections::BTreeMap;

use super::event::{Carrier, Carriers, NetworkStanding};
use crate::model::{
    Assignment, ClusterLayout, ClusterNetwork, InterfaceName, Member, NetworkName, NodeInventory,
    NodeName, Subnet, Traffic,
};
use crate::policy::carries;

/// Networks, roles, metrics and traffic.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Cluster networks.
    pub layout: ClusterLayout,
    /// Roles, metrics and states as they are, with traffic as it goes: networks that are held are
    /// passed over.
    pub assignment: Assignment,
    /// How each interface is, as far as layouts do not tell.
    links: BTreeMap<(NodeName, InterfaceName), Link>,
}

/// How an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) admin_up: bool,
    pub(super) carrier: bool,
}

impl Plan {
    pub(super) fn new(
        layout: ClusterLayout,
        assignment: Assignment,
        inventories: &[NodeInventory],
    ) -> Self {
        let links = inventories.iter().flat_map(|inventory| {
            inventory.interfaces.iter().map(|interface| {
                let carrier = interface.carrier == Some(true);
                let link = Link { admin_up: interface.admin_up, carrier };
                ((inventory.node.clone(), interface.name.clone()), link)
            })
        });
        Self { links: links.collect(), layout, assignment }
    }

    pub(super) fn link(&self, member: &Member) -> Option<Link> {
        self.links.get(&(member.node.clone(), member.interface.clone())).copied()
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.assignment.traffic
    }

    /// The network at that place.
    pub(super) fn network(&self, place: usize) -> Option<&ClusterNetwork> {
        self.layout.networks.get(place)
    }

    pub(super) fn name(&self, place: usize) -> NetworkName {
        self.network(place).map_or_else(|| NetworkName::new(""), |network| network.name.clone())
    }

    pub(super) fn carriers(&self, (csv, migration): Choice) -> Carriers {
        let carrier = |place: Option<usize>| {
            let network = self.network(place?)?;
            Some(Carrier { name: network.name.clone(), key: network.key() })
        };
        Carriers { csv: carrier(csv), migration: carrier(migration) }
    }

    /// What the whole cluster uses.
    pub(super) fn usual(&self) -> Choice {
        (self.traffic().csv, self.traffic().live_migration.first().copied())
    }

    pub(super) fn standing(&self, place: usize) -> Option<NetworkStanding> {
        let network = self.network(place)?;
        let assigned = self.assignment.networks.get(place)?;
        let up = network.members.iter().filter(|member| carries(member)).count();
        Some(NetworkStanding {
            name: network.name.clone(),
            subnets: network.subnets.clone(),
            state: assigned.state,
            role: assigned.role,
            metric: assigned.metric,
            up: (up, network.members.len()),
        })
    }

    /// The network that shares a subnet with `subnets`, the first ones first.
    pub(super) fn place_of(&self, subnets: &[Subnet]) -> Option<usize> {
        let networks = &self.layout.networks;
        let holds = |subnet: &Subnet| networks.iter().position(|it| it.subnets.contains(subnet));
        subnets.iter().find_map(holds)
    }
}

/// Places of the CSV network and of live migration's first choice.
pub(super) type Choice = (Option<usize>, Option<usize>);
