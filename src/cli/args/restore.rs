//! Arguments of `restore`.

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::{Args, ValueEnum, ValueHint};
use jiff::tz::TimeZone;

use super::migrate::words;
use crate::import::{parse_instant, parse_zone};
use crate::model::{RestoreShape, RestoreSystem};

/// `restore`.
#[derive(Debug, Args)]
#[command(
    after_help = "JOBS and TASKS tell by their content what they are: CSV of Get-HpcJob and \
                  Get-HpcTask, or squeue --json and sacct --json.\n\
                  Example: netplan-cluster restore --system hpcpack-2008r2 --shape single-head \
                  --backup jobs.csv --live tasks.csv\n\
                  Exit status: 0 planned, or the log agrees; 1 the log differs; 2 wrong usage or input."
)]
pub struct Restore {
    /// Whose state is restored
    #[arg(long, value_name = "SYSTEM", value_parser = systems())]
    pub system: RestoreSystem,
    /// What is restored: the whole head node, or the state alone on a single head node or below
    /// several that take over from each other
    #[arg(long, value_name = "SHAPE", value_parser = shapes())]
    pub shape: RestoreShape,
    /// Jobs, and if they are known tasks, as the restored table has them; - for standard input
    #[arg(long, value_name = "JOBS", required = true, num_args = 1.., value_hint = ValueHint::FilePath)]
    pub backup: Vec<PathBuf>,
    /// Tasks as the nodes run them now, and if they are known jobs as somebody saw them last
    #[arg(long, value_name = "TASKS", required = true, num_args = 1.., value_hint = ValueHint::FilePath)]
    pub live: Vec<PathBuf>,
    /// Real event log to compare with the predicted lines
    #[arg(long, value_name = "EVENTLOG", value_hint = ValueHint::FilePath)]
    pub verify: Option<PathBuf>,
    /// When the restore was complete; jobs submitted since are left alone
    #[arg(long, value_name = "TIME", value_parser = parse_instant)]
    pub restored_at: Option<i64>,
    /// slurm.conf, for the names of controllers and folders in commands
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub slurm_conf: Option<PathBuf>,
    /// Azure nodes were deployed, and changed since the backup
    #[arg(long)]
    pub azure: bool,
    /// There are WCF broker nodes
    #[arg(long)]
    pub wcf: bool,
    /// The head node has the compute or broker role too
    #[arg(long)]
    pub head_runs_compute: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: RestoreFormat,
    /// How times are read.
    #[command(flatten)]
    pub times: Times,
}

/// How times in dumps are read.
#[derive(Clone, Debug, Args)]
pub struct Times {
    /// Time that counts as now, such as 2026-11-21T14:45:00Z; else that of the dump, else of the
    /// clock. In hpcpack-2008r2 ages of jobs to requeue are counted to it
    #[arg(long, value_name = "TIME", value_parser = parse_instant)]
    pub now: Option<i64>,
    /// Zone of times that name none: UTC (if not said), +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    pub timezone: Option<(TimeZone, String)>,
    /// How dates in CSV are written, in the notation of strftime, such as "%m/%d/%Y %I:%M:%S %p"; ISO
    /// 8601 if not said
    #[arg(long, value_name = "FORMAT")]
    pub date_format: Option<String>,
}

/// Formats of `restore`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RestoreFormat {
    /// All of it for people.
    #[default]
    Table,
    /// JSON, schema netplan-cluster/restore/1.
    Json,
    /// Markdown, for a change ticket.
    Markdown,
    /// The runbook alone, to print.
    Text,
}

fn systems() -> impl TypedValueParser<Value = RestoreSystem> {
    words(RestoreSystem::ALL.to_vec())
}

fn shapes() -> impl TypedValueParser<Value = RestoreShape> {
    words(RestoreShape::ALL.to_vec())
}
