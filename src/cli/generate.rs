//! Files made from the definitions of arguments: completions and man pages.

use clap::CommandFactory;

use super::args::{Cli, Completions, Man};
use super::output::{self, Outcome};
use crate::store;

pub(super) fn completions(arguments: &Completions) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    clap_complete::generate(arguments.shell, &mut command, "netplan-cluster", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}

pub(super) fn man(arguments: &Man) -> anyhow::Result<Outcome> {
    let mut top = Cli::command();
    top.build();
    let pages = std::iter::once(&top).chain(top.get_subcommands());
    store::make_folder(&arguments.dir)?;
    for command in pages.filter(|command| !command.is_hide_set()) {
        let page = clap_mangen::Man::new(command.clone());
        let mut text = Vec::new();
        page.render(&mut text)?;
        let name = page.get_filename();
        store::write_atomic(&arguments.dir.join(name), &text)?;
    }
    Ok(Outcome::Done)
}
