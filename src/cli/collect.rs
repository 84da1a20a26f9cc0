//! `collect`.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Collect, Common};
use super::output::{self, Outcome};
use crate::collect::{
    self, CollectOptions, Destination, Progress, RemoteProgram, parse_destination,
};
use crate::import;
use crate::model::{NodeInventory, NodeName};
use crate::render;

pub(super) fn run(common: &Common, arguments: &Collect) -> anyhow::Result<Outcome> {
    let nodes = arguments.nodes.iter().map(|node| parse_destination(node));
    let nodes = nodes.collect::<Result<Vec<Destination>, _>>()?;
    let bar = bar(nodes.len());
    let mut show = |progress: Progress<'_>| {
        if let Progress::Done { done, .. } = progress {
            bar.set_position(done as u64);
        }
    };
    let outcomes = collect::collect(&nodes, &options(common, arguments)?, parse, &mut show);
    bar.finish_and_clear();
    report(&outcomes?)
}

fn options(common: &Common, arguments: &Collect) -> anyhow::Result<CollectOptions> {
    let parallel = usize::try_from(arguments.parallel)?;
    Ok(CollectOptions {
        ssh: PathBuf::from(&arguments.ssh),
        ssh_config: arguments.ssh_config.clone(),
        program: RemoteProgram::parse(&arguments.program)?,
        nodes_dir: common.nodes_dir.clone(),
        time_limit: Duration::from_secs(u64::from(arguments.timeout)),
        parallel: NonZeroUsize::new(parallel).unwrap_or(NonZeroUsize::MIN),
        ..CollectOptions::default()
    })
}

/// Reads the one document that a node must have answered with.
fn parse(
    bytes: &[u8],
    node: &NodeName,
) -> Result<NodeInventory, Box<dyn std::error::Error + Send + Sync>> {
    let mut inventories = import::parse(bytes, "its answer", Some(node))?.into_iter();
    match (inventories.next(), inventories.next()) {
        (Some(inventory), None) => Ok(inventory),
        _ => Err("its answer is not one inventory".into()),
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(nodes: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(nodes as u64);
    let style = ProgressStyle::with_template("asking nodes {bar:30} {pos}/{len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn report(outcomes: &[collect::Outcome]) -> anyhow::Result<Outcome> {
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    let mut text = format!("{} of {} nodes collected\n", outcomes.len() - failed, outcomes.len());
    for outcome in outcomes {
        let node = render::escaped(outcome.node.as_str());
        match &outcome.result {
            Ok(stored) => text += &format!("  {node}: {}\n", stored.path.display()),
            Err(error) => output::note(&format!("{node}: {}", output::chain(error))),
        }
    }
    output::print(&text)?;
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Failed })
}
