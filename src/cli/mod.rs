//! The command line: arguments, commands, exit codes.

mod args;
mod change;
mod collect;
mod discover;
mod drain;
mod explain;
mod failover;
mod generate;
mod migrate;
mod output;
mod restore;
mod service;
mod show;
mod sources;
mod validate;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use args::{Cli, Command};
pub use output::Outcome;

/// Runs the program with these arguments (the first is its own name).
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    match command(&cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => output::failure(&error),
    }
}

fn command(cli: &Cli) -> anyhow::Result<Outcome> {
    let common = &cli.common;
    match &cli.command {
        Command::Show(arguments) => show::run(common, arguments),
        Command::Validate(arguments) => validate::run(common, arguments),
        Command::Explain(arguments) => explain::run(common, arguments),
        Command::Failover(arguments) => failover::run(common, arguments),
        Command::Drain(arguments) => drain::run(common, arguments),
        Command::Set(arguments) => change::set(common, arguments),
        Command::Unset(arguments) => change::unset(common, arguments),
        Command::Pin(arguments) => change::pin(common, arguments),
        Command::Watch(arguments) => watch::run(common, arguments),
        Command::Discover(arguments) => discover::run(arguments),
        Command::Collect(arguments) => collect::run(common, arguments),
        Command::Migrate(arguments) => migrate::run(common, arguments),
        Command::Restore(arguments) => restore::run(common, arguments),
        Command::Completions(arguments) => generate::completions(arguments),
        Command::Man(arguments) => generate::man(arguments),
    }
}
