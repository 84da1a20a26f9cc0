//! The `netplan-cluster` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    netplan_cluster::cli::run(std::env::args_os())
}
