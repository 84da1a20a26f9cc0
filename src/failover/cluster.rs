//! A cluster as losses see it, and the layout that they leave.

use std::collections::BTreeSet;

use super::{NodeParts, Parts, Standing};
use crate::model::{
    Assignment, ClusterLayout, InterfaceName, LostPart, NodeInventory, NodeName, Policy,
};
use crate::policy::{self, Preference};

/// A cluster that may lose parts.
pub struct Cluster<'a> {
    /// One inventory for each node, by node name.
    pub inventories: &'a [&'a NodeInventory],
    /// What the administrator intends.
    pub policy: &'a Policy,
    /// Networks and their members.
    pub layout: &'a ClusterLayout,
    /// Roles, metrics and traffic.
    pub assignment: &'a Assignment,
    /// What the members stand on.
    pub parts: Parts<'a>,
    pub(super) preference: Preference,
}

impl<'a> Cluster<'a> {
    /// Prepares a cluster. `inventories` are those the layout was formed of.
    #[must_use]
    pub fn new(
        inventories: &'a [&'a NodeInventory],
        policy: &'a Policy,
        layout: &'a ClusterLayout,
        assignment: &'a Assignment,
    ) -> Self {
        let parts = Parts::of(inventories, layout, assignment);
        let preference = Preference::of(layout, policy, &assignment.networks);
        Self { inventories, policy, layout, assignment, parts, preference }
    }

    /// The layout without what is lost: members that lose all they stand on are down, lost nodes
    /// are gone. Names and places of networks stay.
    #[must_use]
    pub fn left(&self, lost: &BTreeSet<LostPart>) -> ClusterLayout {
        let losses = Losses::of(lost);
        let fallen = self.fallen(&losses);
        let mut left = self.layout.clone();
        left.nodes.retain(|node| !losses.nodes.contains(node.as_str()));
        for (place, network) in left.networks.iter_mut().enumerate() {
            network.members.retain(|member| !losses.nodes.contains(member.node.as_str()));
            for member in network.members.iter_mut().filter(|member| member.up) {
                member.up = !losses.networks.contains(&place)
                    && !fallen.contains(&(place, &member.node, &member.interface));
            }
        }
        left
    }

    /// Roles, metrics and traffic of what is left.
    pub(super) fn then(&self, left: &ClusterLayout) -> Assignment {
        policy::reassign(left, self.layout, self.policy, self.assignment)
    }

    fn fallen(&self, losses: &Losses<'_>) -> BTreeSet<(usize, &NodeName, &InterfaceName)> {
        if losses.hits_no_leg() {
            return BTreeSet::new();
        }
        let standings = |node: &'_ NodeParts<'a>| -> Vec<_> {
            let falls = |it: &&Standing<'a>| losses.fells(node.node, it);
            let fallen = node.standings.iter().filter(falls);
            fallen.map(|it| (it.network, &it.member.node, &it.member.interface)).collect()
        };
        self.parts.nodes.iter().flat_map(standings).collect()
    }
}

/// Losses by kind, for looking them up.
#[derive(Debug, Default)]
pub(super) struct Losses<'l> {
    pub(super) networks: BTreeSet<usize>,
    pub(super) nodes: BTreeSet<&'l str>,
    pub(super) storage: BTreeSet<&'l str>,
    switches: BTreeSet<&'l str>,
    cards: BTreeSet<(&'l str, &'l str)>,
    interfaces: BTreeSet<(&'l str, &'l str)>,
}

impl<'l> Losses<'l> {
    pub(super) fn of(lost: &'l BTreeSet<LostPart>) -> Self {
        let mut all = Self::default();
        for part in lost {
            let _ = match part {
                LostPart::Network(place) => all.networks.insert(*place),
                LostPart::Switch(identity) => all.switches.insert(identity),
                LostPart::Node(node) => all.nodes.insert(node.as_str()),
                LostPart::Card(node, card) => all.cards.insert((node.as_str(), card)),
                LostPart::Interface(node, interface) => {
                    all.interfaces.insert((node.as_str(), interface.as_str()))
                }
                LostPart::Storage(node) => all.storage.insert(node.as_str()),
            };
        }
        all
    }

    fn hits_no_leg(&self) -> bool {
        self.switches.is_empty() && self.cards.is_empty() && self.interfaces.is_empty()
    }

    /// Whether every leg that carries a member is lost.
    fn fells(&self, node: &NodeName, standing: &Standing<'_>) -> bool {
        let node = node.as_str();
        standing.live().all(|leg| {
            leg.through.iter().any(|name| self.interfaces.contains(&(node, name.as_str())))
                || leg.card.is_some_and(|card| self.cards.contains(&(node, card)))
                || leg.switches.iter().flatten().any(|switch| self.switches.contains(switch))
        })
    }
}
