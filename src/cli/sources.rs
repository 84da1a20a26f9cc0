//! Gathering what a command works on: inventories and policy.
#![expect(clippy::disallowed_methods, reason = "an inventory is dated with the present time")]

use std::path::Path;

use anyhow::Context;

use super::args::{Common, Sources};
use crate::model::{Assignment, ClusterLayout, NodeInventory, Policy};
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
    all.retain(|inventory| inventory.node != live.node);
    all.push(live);
    Ok(all)
}

fn stored(folder: &Path) -> anyhow::Result<Vec<NodeInventory>> {
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
