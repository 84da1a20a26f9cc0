//! Arguments of `drain` for the nodes of a batch system.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use jiff::tz::TimeZone;

use crate::import::{parse_instant, parse_zone};
use crate::model::{NodeName, parse_share, parse_time};

/// Emptying the nodes of a batch system in turn.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Batch nodes")]
pub struct BatchNodes {
    /// Nodes that take turns, such as n[001-100] or n1,n7; may be given several times
    #[arg(long, value_name = "EXPR", requires_all = ["jobs", "nodes"])]
    pub hosts: Vec<String>,
    /// All nodes take turns
    #[arg(long, requires_all = ["jobs", "nodes"])]
    pub all: bool,
    /// Nodes among them that had their turn before, such as those that are rebooted
    #[arg(long, value_name = "EXPR", requires = "of-jobs")]
    pub done: Vec<String>,
    /// Jobs: squeue --json, qstat -f -F json (OpenPBS), qstat -x (TORQUE); - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "of-jobs")]
    pub jobs: Vec<PathBuf>,
    /// Nodes: scontrol show nodes --json, pbsnodes -a -F json (OpenPBS), pbsnodes -x (TORQUE)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "of-jobs")]
    pub nodes: Vec<PathBuf>,
    /// Past jobs, of which it is learnt how long jobs run: sacct --json, qstat -x -f -F json
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "of-jobs")]
    pub history: Vec<PathBuf>,
    /// Share of all nodes that is not closed at any instant; those that are down count as closed
    #[arg(long, value_name = "SHARE", value_parser = parse_share, conflicts_with = "keep_busy", default_value = "80%", requires = "of-jobs")]
    pub keep: f64,
    /// Share of all cores that is busy, on average, at any instant, instead of --keep
    #[arg(long, value_name = "SHARE", value_parser = parse_share, requires = "of-jobs")]
    pub keep_busy: Option<f64>,
    /// Most nodes that are closed at once, where --keep allows more
    #[arg(long, value_name = "N", value_parser = window, requires = "of-jobs")]
    pub window: Option<usize>,
    /// How nodes are emptied
    #[arg(long, value_enum, default_value_t, requires = "of-jobs")]
    pub mode: Mode,
    /// Nodes move to another batch server once they are empty; ones that are not in --nodes any
    /// more count as moved
    #[arg(long, value_name = "server:NAME", value_parser = server, requires = "of-jobs")]
    pub to: Option<String>,
    /// When all must be back: a time from now (48h), or a moment (2026-11-24T06:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = deadline, requires = "of-jobs")]
    pub deadline: Option<Deadline>,
    /// Whether other jobs follow those that end
    #[arg(long, value_enum, default_value_t, requires = "of-jobs")]
    pub queue: Queued,
    /// Share of all jobs that runs into its limit, while no --history tells
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "20%", conflicts_with = "history", requires = "of-jobs")]
    pub at_limit: f64,
    /// Limit of jobs that have none, or whose dump does not tell it
    #[arg(long, value_name = "TIME", value_parser = limit, requires = "of-jobs")]
    pub default_limit: Option<u64>,
    /// The moment that the dumps were made at; else what they say themselves, else the present
    #[arg(long, value_name = "TIME", value_parser = parse_instant, requires = "of-jobs")]
    pub now: Option<i64>,
    /// Zone of times in dumps that do not name one
    #[arg(long, value_name = "ZONE", value_parser = parse_zone, default_value = "UTC", requires = "of-jobs")]
    pub timezone: (TimeZone, String),
}

/// When all must be back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deadline {
    /// Seconds from now.
    In(f64),
    /// Seconds since the epoch.
    At(i64),
}

/// How nodes are emptied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// No new jobs; those that run go on to their end.
    #[default]
    Drain,
    /// A reservation from the end of the last job's limit on; shorter jobs still start.
    Reserve,
    /// Jobs that may be started anew are stopped and queued again.
    Requeue,
}

/// Whether other jobs follow those that end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Queued {
    /// If any job waits now.
    #[default]
    Auto,
    /// Always.
    Full,
    /// Never.
    Empty,
}

fn seconds(text: &str) -> Result<f64, String> {
    parse_time(text).map(|ms| ms / 1000.0).map_err(|error| error.to_string())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds from 1 on")]
fn limit(text: &str) -> Result<u64, String> {
    match seconds(text)? {
        none if none < 1.0 => Err("a limit is at least a second".to_owned()),
        some => Ok(some as u64),
    }
}

fn window(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write how many nodes, from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn deadline(text: &str) -> Result<Deadline, String> {
    let from_now = seconds(text).map(Deadline::In);
    from_now.or_else(|_| parse_instant(text).map(Deadline::At)).map_err(|_| {
        "write a time from now such as 48h or 3d, or a moment such as 2026-11-24T06:00:00Z"
            .to_owned()
    })
}

fn server(text: &str) -> Result<String, String> {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.:".contains(it);
    let name = text.strip_prefix("server:").unwrap_or_default();
    match NodeName::new(name).as_str() {
        some if !some.is_empty() && !some.starts_with('-') && some.chars().all(plain) => {
            Ok(some.to_owned())
        }
        _ => Err("write server: and the host name of the other batch server".to_owned()),
    }
}
