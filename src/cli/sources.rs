//! Gathering what a command works on: inventories and policy.
#![expect(clippy::disallowed_methods, reason = "an inventory is dated with the present time")]

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

use super::args::{Common, Sources};
use crate::model::{Assignment, ClusterLayout, Mac, NodeInventory, Policy};
use crate::{discover, import, layout, policy};

/// Inventories, and what the policy makes of them.
pub(super) struct Planned {
    pub(super) layout: ClusterLayout,
    pub(super) assignment: Assignment,
}

impl Planned {
    pub(super) fn of(inventories: &[NodeInventory], policy: &Policy) -> Self {
        let layout = layout::form(inventories, policy);
        let assignment = policy::assign(&layout, policy);
        Self { layout, assignment }
    }
}

/// Inventories from `--from`, else those of the nodes folder with this host's live state in place
/// of its stored one.
pub(super) fn inventories(
    common: &Common,
    sources: &Sources,
) -> anyhow::Result<Vec<NodeInventory>> {
    if !sources.from.is_empty() {
        return Ok(import::read(&sources.from)?);
    }
    let live = live()?;
    let mut all = stored(&common.nodes_dir)?;
    all.retain(|inventory| !is_this_host(inventory, &live));
    all.push(live);
    Ok(all)
}

/// Whether a stored inventory is of this host: the same name, or the same one with its domain and
/// the same link-layer addresses.
pub(super) fn is_this_host(stored: &NodeInventory, live: &NodeInventory) -> bool {
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let macs = |inventory: &NodeInventory| -> BTreeSet<Mac> {
        let macs = inventory.interfaces.iter().filter_map(|interface| interface.mac.clone());
        macs.filter(|mac| !mac.is_zero()).collect()
    };
    stored.node == live.node
        || (short(stored.node.as_str()) == short(live.node.as_str()) && macs(stored) == macs(live))
}

pub(super) fn stored(folder: &Path) -> anyhow::Result<Vec<NodeInventory>> {
    Ok(import::read_nodes_dir(folder)?)
}

fn live() -> anyhow::Result<NodeInventory> {
    let recording = discover::record(discover::local_node_name()?, now())?;
    discover::inventory(&recording).context("this host's state can't be understood")
}

/// The present time, RFC 3339 in UTC, to the second.
pub(super) fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
