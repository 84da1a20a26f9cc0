//! Arguments of `watch`.

use std::ffi::OsString;

use clap::{Args, ValueEnum, ValueHint};

use super::{Sources, ms};

/// `watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// Name of this node instead of the host's
    #[arg(long, value_name = "NAME")]
    pub node: Option<String>,
    /// How to print; by default a screen on a terminal and lines of text elsewhere
    #[arg(long, value_enum)]
    pub format: Option<WatchFormat>,
    /// End after so many events, the first line not counted; those of one moment are told together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// End after so many seconds, such as 60 or 0.5
    #[arg(long = "for", value_name = "SECONDS", value_parser = ms, allow_negative_numbers = true)]
    pub for_ms: Option<u64>,
    /// Program to run on each redirection, with the event as JSON on its standard input; no shell,
    /// one at a time
    #[arg(long, value_name = "PROGRAM", value_hint = ValueHint::CommandName)]
    pub exec: Option<OsString>,
    /// Argument for that program; may be given several times
    #[arg(long, value_name = "ARG", requires = "exec", allow_hyphen_values = true)]
    pub exec_arg: Vec<OsString>,
    /// How long that program may run before it is killed, in seconds
    #[arg(long, value_name = "SECONDS", requires = "exec", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub exec_timeout: u32,
    /// Receive buffer for the kernel's notifications, in bytes; the kernel gives no more than
    /// `net.core.rmem_max` to those who are not root
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub receive_buffer: u32,
}

/// Formats of `watch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A line for each event.
    Text,
    /// A line of JSON for each event, schema netplan-cluster/event/1.
    Json,
    /// A screen that is updated in place; lines of text where there is no terminal.
    Screen,
}
