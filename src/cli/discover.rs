//! `discover`.

use std::path::Path;

use anyhow::Context;

use super::args::Discover;
use super::output::{self, Outcome};
use super::sources;
use crate::discover::{self, Recording};
use crate::model::NodeInventory;
use crate::redact::Redactor;
use crate::{import, render, store};

pub(super) fn run(arguments: &Discover) -> anyhow::Result<Outcome> {
    let mut inventories = if arguments.sources.from.is_empty() {
        vec![live(arguments)?]
    } else {
        import::read(&arguments.sources.from)?
    };
    if arguments.redact {
        let mut redactor = redactor(arguments);
        for inventory in &inventories {
            redactor.learn_inventory(inventory);
        }
        for inventory in &mut inventories {
            redactor.inventory(inventory);
        }
    }
    let text = match inventories.as_slice() {
        [one] => render::json(one)?,
        several => render::json(&several)?,
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

fn redactor(arguments: &Discover) -> Redactor {
    Redactor::new(arguments.redact_key.as_deref().map(str::as_bytes))
}

fn live(arguments: &Discover) -> anyhow::Result<NodeInventory> {
    let node = match &arguments.node {
        Some(name) => discover::node_name(name).context("--node")?,
        None => discover::local_node_name()?,
    };
    let neighbours = arguments.lldp.as_deref().map(import::read_neighbours).transpose()?;
    let recording = discover::record(node, sources::now())?;
    let recording = Recording { neighbours, ..recording };
    let inventory =
        discover::inventory(&recording).context("this host's state can't be understood")?;
    if let Some(path) = &arguments.recording {
        save(arguments, recording, &inventory, path)?;
    }
    Ok(inventory)
}

fn save(
    arguments: &Discover,
    mut recording: Recording,
    inventory: &NodeInventory,
    path: &Path,
) -> anyhow::Result<()> {
    if arguments.redact {
        redactor(arguments).recording(&mut recording, inventory);
    }
    let text = serde_json::to_string(&recording)? + "\n";
    Ok(store::write_atomic(path, text.as_bytes())?)
}
