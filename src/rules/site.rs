//! What rules look at.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::doubt::Hidden;
pub use super::on::On;
use crate::failover::{Classes, Cuts, Parts, cuts};
use crate::model::service::{DeclaredService, Profile};
use crate::model::{
    Assignment, ClusterLayout, Fact, Gap, Interface, InterfaceKind, InterfaceName, Member,
    NodeInventory, NodeName, Policy, PolicyText, Specification,
};

/// A cluster to be judged: what was observed, what was intended, and what was made of it.
#[derive(Debug)]
pub struct Site<'a> {
    /// One inventory for each node, by node name.
    pub inventories: Vec<&'a NodeInventory>,
    /// What the administrator intends.
    pub policy: &'a Policy,
    /// Where the policy's parts stand in their file, and what is wrong there.
    pub text: &'a PolicyText,
    /// Networks and their members.
    pub layout: &'a ClusterLayout,
    /// Roles, metrics and traffic.
    pub assignment: &'a Assignment,
    /// Virtual machines that were imported, beside those that the policy declares.
    pub vms: &'a [Specification],
    /// Services that the policy declares, each with its profile.
    pub services: &'a [(DeclaredService, Profile)],
    /// The day of the judgement, `YYYY-MM-DD`; dates are compared as text.
    pub today: &'a str,
    interfaces: BTreeMap<(&'a str, &'a str), &'a Interface>,
    by_node: BTreeMap<&'a str, &'a NodeInventory>,
    parts: OnceCell<Parts<'a>>,
    cuts: OnceCell<Cuts<'a>>,
    hidden: OnceCell<Hidden<'a>>,
}

impl<'a> Site<'a> {
    /// Prepares a cluster for judgement. `inventories` are those the layout was formed of.
    #[must_use]
    pub fn new(
        inventories: Vec<&'a NodeInventory>,
        (policy, text): (&'a Policy, &'a PolicyText),
        (layout, assignment): (&'a ClusterLayout, &'a Assignment),
        today: &'a str,
    ) -> Self {
        let interfaces = inventories.iter().flat_map(|inventory| {
            let node = inventory.node.as_str();
            inventory.interfaces.iter().map(move |one| ((node, one.name.as_str()), one))
        });
        let interfaces = interfaces.collect();
        let by_node = inventories.iter().map(|one| (one.node.as_str(), *one)).collect();
        let (parts, cuts, hidden) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self {
            inventories,
            policy,
            text,
            layout,
            assignment,
            vms: &[],
            services: &[],
            today,
            interfaces,
            by_node,
            parts,
            cuts,
            hidden,
        }
    }

    /// The cluster with imported virtual machines.
    #[must_use]
    pub fn with_vms(self, vms: &'a [Specification]) -> Self {
        Self { vms, ..self }
    }

    /// The cluster with the services that its policy declares, each with its profile.
    #[must_use]
    pub fn with_services(self, services: &'a [(DeclaredService, Profile)]) -> Self {
        Self { services, ..self }
    }

    /// Every network with its assignment, in order of enumeration.
    pub fn networks(&self) -> impl Iterator<Item = On<'a>> + use<'a> {
        let pairs = self.layout.networks.iter().zip(&self.assignment.networks).enumerate();
        pairs.map(|(place, (network, assigned))| On { place, network, assigned })
    }

    /// Networks of role 1 or 3.
    pub fn authorised(&self) -> impl Iterator<Item = On<'a>> + use<'a> {
        self.networks().filter(|on| on.assigned.role.is_authorised())
    }

    /// The network at a place of the layout's list.
    #[must_use]
    pub fn network(&self, place: usize) -> Option<On<'a>> {
        self.networks().nth(place)
    }

    /// An interface of a node.
    #[must_use]
    pub fn interface(&self, node: &NodeName, name: &InterfaceName) -> Option<&'a Interface> {
        self.interfaces.get(&(node.as_str(), name.as_str())).copied()
    }

    /// The interface behind a member of a network.
    #[must_use]
    pub fn interface_of(&self, member: &Member) -> Option<&'a Interface> {
        self.interface(&member.node, &member.interface)
    }

    /// An interface and all below it, at any depth, each once.
    #[must_use]
    pub fn stack(&self, node: &NodeName, interface: &'a Interface) -> Vec<&'a Interface> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![interface];
        while let Some(one) = open.pop() {
            if seen.insert(one.name.as_str()) {
                found.push(one);
                let lowers = one.lowers.iter().rev();
                open.extend(lowers.filter_map(|lower| self.interface(node, lower)));
            }
        }
        found
    }

    /// The hardware that carries an interface; the interface itself where there is none to be seen.
    #[must_use]
    pub fn hardware(&self, node: &NodeName, interface: &'a Interface) -> Vec<&'a Interface> {
        let mut stack = self.stack(node, interface);
        stack.retain(|one| matches!(one.kind, InterfaceKind::Physical | InterfaceKind::Infiniband));
        if stack.is_empty() { vec![interface] } else { stack }
    }

    /// The inventory of a node.
    #[must_use]
    pub fn inventory(&self, node: &NodeName) -> Option<&'a NodeInventory> {
        self.by_node.get(node.as_str()).copied()
    }

    /// What each member of a network stands on: interfaces, cards, switches.
    #[must_use]
    pub fn parts(&self) -> &Parts<'a> {
        self.parts.get_or_init(|| Parts::of(&self.inventories, self.layout, self.assignment))
    }

    /// What the nodes hide, found once.
    pub(super) fn hidden(&self) -> &Hidden<'a> {
        self.hidden.get_or_init(|| Hidden::of(self))
    }

    /// Losses that part nodes, found once.
    pub fn cuts(&self) -> &Cuts<'a> {
        self.cuts.get_or_init(|| cuts(Classes::of(self.parts())))
    }

    /// The gap that hides `fact` of an interface of `node`, or of the whole node.
    #[must_use]
    pub fn gap(
        &self,
        node: &NodeName,
        interface: Option<&InterfaceName>,
        fact: Fact,
    ) -> Option<&'a Gap> {
        let gaps = &self.inventory(node)?.gaps;
        gaps.iter().find(|gap| {
            gap.fact == fact && (gap.interface.is_none() || gap.interface.as_ref() == interface)
        })
    }
}
