//! `drain`.

pub(super) mod args;
mod batch;
mod batch_args;
mod evacuate;
mod ground;
mod rolling;
mod task;

use super::args::Common;
use super::output::Outcome;
use args::Drain;

pub(super) fn run(common: &Common, arguments: &Drain) -> anyhow::Result<Outcome> {
    if arguments.nodes.all || !arguments.nodes.hosts.is_empty() {
        return batch::run(common, arguments);
    }
    match &arguments.rolling {
        Some(nodes) => rolling::run(common, arguments, nodes),
        None => evacuate::run(common, arguments),
    }
}
