//! `drain`.

pub(super) mod args;
mod evacuate;
mod ground;
mod rolling;
mod task;

use super::args::Common;
use super::output::Outcome;
use args::Drain;

pub(super) fn run(common: &Common, arguments: &Drain) -> anyhow::Result<Outcome> {
    match &arguments.rolling {
        Some(nodes) => rolling::run(common, arguments, nodes),
        None => evacuate::run(common, arguments),
    }
}
