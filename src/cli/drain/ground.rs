//! The network that VMs go over, whole or without what is lost.

use std::collections::BTreeSet;

use anyhow::bail;

use super::super::args::Common;
use super::super::sources::{self, Planned};
use super::args::Drain;
use crate::drain::Ground;
use crate::failover::{self, Cluster};
use crate::migration::Cabling;
use crate::model::{
    Assignment, ClusterLayout, LostPart, NodeInventory, NodeName, Policy, part_and_time,
};
use crate::{layout, policy, render, store};

/// A cluster, as far as one is known.
pub(super) enum Site {
    /// Only the rate of every host.
    Rate(f64),
    /// Inventories and policy.
    Cluster(Box<Known>),
}

/// A cluster as it is planned.
pub(super) struct Known {
    inventories: Vec<NodeInventory>,
    pub(super) planned: Planned,
    pub(super) lost: Option<Lost>,
}

/// What is left of it.
pub(super) struct Lost {
    /// The parts in words.
    pub(super) words: String,
    left: ClusterLayout,
    after: Assignment,
}

/// Whether what is lost is there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    /// It is.
    Whole,
    /// It is lost.
    Left,
}

impl Site {
    pub(super) fn of(
        common: &Common,
        arguments: &Drain,
        leaving: &[NodeName],
    ) -> anyhow::Result<Self> {
        if let Some(rate) = arguments.machines.bandwidth {
            return Ok(Self::Rate(rate));
        }
        let policy = store::read_policy(&common.policy)?.policy;
        let inventories = sources::inventories(common, &arguments.sources)?;
        let planned = Planned::of(&inventories, &policy);
        if let Some(absent) = leaving.iter().find(|it| !planned.layout.nodes.contains(it)) {
            bail!(
                "no inventory is of host {absent}, so that its networks are not known: name one with \
                 --from, or give --bandwidth"
            );
        }
        let lost = lost(&inventories, &policy, &planned, (&arguments.machines.lose, leaving))?;
        Ok(Self::Cluster(Box::new(Known { inventories, planned, lost })))
    }

    /// What was lost, in words.
    pub(super) fn lost(&self) -> Option<&str> {
        match self {
            Self::Cluster(known) => known.lost.as_ref().map(|it| it.words.as_str()),
            Self::Rate(_) => None,
        }
    }

    /// Networks with their names and subnets.
    pub(super) fn layout(&self) -> Option<&ClusterLayout> {
        match self {
            Self::Cluster(known) => Some(&known.planned.layout),
            Self::Rate(_) => None,
        }
    }

    pub(super) fn with<T>(
        &self,
        state: State,
        ask: impl FnOnce(Ground<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        match self {
            Self::Rate(rate) => ask(Ground::Rate(*rate)),
            Self::Cluster(known) => {
                let inventories = &layout::chosen(&known.inventories);
                let Planned { layout, assignment } = &known.planned;
                let (layout, assignment) = match &known.lost {
                    Some(lost) if state == State::Left => (&lost.left, &lost.after),
                    _ => (layout, assignment),
                };
                ask(Ground::Cabling(Cabling { layout, assignment, inventories }))
            }
        }
    }
}

fn lost(
    inventories: &[NodeInventory],
    policy: &Policy,
    planned: &Planned,
    (told, leaving): (&[String], &[NodeName]),
) -> anyhow::Result<Option<Lost>> {
    if told.is_empty() {
        return Ok(None);
    }
    let chosen = layout::chosen(inventories);
    let cluster = Cluster::new(&chosen, policy, &planned.layout, &planned.assignment);
    let mut parts = BTreeSet::new();
    for text in told {
        let (part, time) = part_and_time(text)?;
        if time.is_some() {
            bail!(
                "--lose {text}: the plan is made without the part from the beginning: leave the time out"
            );
        }
        let part = failover::find_part(&cluster, &part)?;
        if let LostPart::Node(node) = &part
            && leaving.contains(node)
        {
            bail!("--lose {text}: {node} is to be emptied, and nothing leaves a host that is lost");
        }
        parts.insert(part);
    }
    let words: Vec<String> = parts.iter().map(|it| render::part_text(&cluster, it)).collect();
    let left = cluster.left(&parts);
    let after = policy::reassign(&left, &planned.layout, policy, &planned.assignment);
    Ok(Some(Lost { words: words.join(", "), left, after }))
}
