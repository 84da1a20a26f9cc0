//! What stands still while a host is watched: the policy and the inventories of other nodes.

use anyhow::Context;

use super::super::args::{Common, Watch};
use super::super::sources;
use crate::model::{NodeInventory, NodeName, Policy};
use crate::{discover, import, store};

/// Policy, and inventories of all nodes; this host's is the last.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) policy: Policy,
    pub(super) inventories: Vec<NodeInventory>,
}

impl Inputs {
    pub(super) fn read(
        common: &Common,
        arguments: &Watch,
        live: NodeInventory,
    ) -> anyhow::Result<Self> {
        let policy = store::read_policy(&common.policy)?.policy;
        let mut inventories = if arguments.sources.from.is_empty() {
            sources::stored(&common.nodes_dir)?
        } else {
            import::read(&arguments.sources.from)?
        };
        inventories.retain(|inventory| !sources::is_this_host(inventory, &live));
        inventories.push(live);
        Ok(Self { policy, inventories })
    }

    /// This host as it is now.
    pub(super) fn set_live(&mut self, live: NodeInventory) {
        self.inventories.pop();
        self.inventories.push(live);
    }

    pub(super) fn live(&self) -> Option<&NodeInventory> {
        self.inventories.last()
    }
}

/// The name of this node.
pub(super) fn node(arguments: &Watch) -> anyhow::Result<NodeName> {
    match &arguments.node {
        Some(name) => discover::node_name(name).context("--node"),
        None => Ok(discover::local_node_name()?),
    }
}
