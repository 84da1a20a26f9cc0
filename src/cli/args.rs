//! What may stand on the command line. Nothing is decided here.

mod failover;
mod migrate;
mod restore;
mod service;
mod sweep;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::model::seconds;

pub(super) use super::drain::args::Drain;
pub(super) use failover::{Failover, FailoverFailOn, FailoverFormat};
pub(super) use migrate::{Described, Migrate, MigrateFormat};
pub(super) use restore::{Restore, RestoreFormat, Times};
pub(super) use service::{
    Checkpoint, FailoverQuestion, FilesRoute, Orphans, Profiles, ServiceOptions, TableFormat, YesNo,
};
pub(super) use sweep::Range;
pub(super) use watch::{Watch, WatchFormat};

/// Plans cluster networks, failover and live migration.
#[derive(Debug, Parser)]
#[command(
    name = "netplan-cluster",
    version,
    about = "Plans cluster networks, failover and live migration for head nodes of clusters",
    after_help = "Exit status: 0 done; 1 findings, or a plan that does not hold; 2 wrong usage, or \
                  an operation failed.\nThis is not Canonical's netplan: it configures no interface.",
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const POLICY: &str = "/etc/netplan-cluster/cluster.toml";
const NODES_DIR: &str = "/var/lib/netplan-cluster/nodes";

/// A path; an empty one, as of a variable that is set to nothing, means the default.
fn or_default(path: OsString, default: &str) -> PathBuf {
    if path.is_empty() { PathBuf::from(default) } else { PathBuf::from(path) }
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Policy file: names, roles, metrics and exclusions; one that does not exist is empty
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        env = "NETPLAN_CLUSTER_POLICY",
        default_value = POLICY,
        value_parser = OsStringValueParser::new().map(|path| or_default(path, POLICY)),
        value_hint = ValueHint::FilePath
    )]
    pub policy: PathBuf,
    /// Folder with the inventory of each node, filled by `collect`; one that does not exist is empty
    #[arg(
        long,
        value_name = "DIR",
        global = true,
        env = "NETPLAN_CLUSTER_NODES_DIR",
        default_value = NODES_DIR,
        value_parser = OsStringValueParser::new().map(|path| or_default(path, NODES_DIR)),
        value_hint = ValueHint::DirPath
    )]
    pub nodes_dir: PathBuf,
    /// When to show colour; `auto` is on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t)]
    pub color: Color,
}

/// When to show colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where inventories come from.
#[derive(Clone, Debug, Default, Args)]
pub struct Sources {
    /// Inventories, recordings or iproute2 output instead of the nodes folder and this host: a
    /// file, a folder, or - for standard input; may be given several times
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub from: Vec<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show cluster networks, their roles and metrics, and what carries heartbeat, CSV and live
    /// migration
    Show(Show),
    /// Check cluster networks against all rules before going live
    Validate(Validate),
    /// Tell what a rule checks, why, and what to do
    Explain(Explain),
    /// Forecast a live migration: whether it converges, in how many rounds, how long, with what
    /// downtime
    #[command(
        after_help = "Example: netplan-cluster migrate --memory 16GiB --working-set 2GiB --dirty-rate \
                      150MiB/s\nExit status: 0 the VM is moved; 1 it is not; 2 wrong usage or input."
    )]
    Migrate(Box<Migrate>),
    /// Tell what happens when networks, interfaces, devices, switches or nodes are lost
    Failover(Box<Failover>),
    /// Plan how hosts are emptied: of jobs in turn while capacity is kept, or of their VMs, or all
    /// rebooted one after another
    #[command(
        after_help = "Examples: netplan-cluster drain --all --keep 80% --jobs jobs.json --nodes nodes.json\n\
                      \u{20}         netplan-cluster drain --evacuate node3 --vms resources.json --svg plan.svg\n\
                      Exit status: 0 all is emptied; 1 something stays, or the plan does not hold; 2 wrong \
                      usage or input."
    )]
    Drain(Box<Drain>),
    /// Tell what comes of jobs when the scheduler's state is restored from a backup, and what to do
    Restore(Box<Restore>),
    /// Set properties of a network: name, role, metric, description
    #[command(
        visible_alias = "override",
        after_help = "Example: netplan-cluster set \"Cluster Network 2\" metric=1001"
    )]
    Set(Set),
    /// Return properties of a network to automatic
    Unset(Unset),
    /// Freeze present names and automatic metrics, so that a network added later changes none
    Pin(Pin),
    /// Tell at once what changes: states of networks, and where heartbeat/CSV and live migration go
    #[command(
        after_help = "SIGHUP reads the policy and stored inventories again, unless standard output \
                      is a terminal.\nExample: netplan-cluster watch --exec logger --exec-arg=-t \
                      --exec-arg=cluster"
    )]
    Watch(Watch),
    /// Print this host's inventory as JSON
    Discover(Discover),
    /// Fetch inventories from nodes over ssh into the nodes folder
    Collect(Collect),
    /// Print a script that completes commands and options in a shell
    Completions(Completions),
    /// Write man pages into a folder
    Man(Man),
}

/// `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Only this network, by name or subnet
    pub network: Option<String>,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: ShowFormat,
    /// Tell for every number and choice why, which candidates lost, and the smallest change that
    /// would turn it
    #[arg(long)]
    pub explain: bool,
    /// Also list interfaces that do not count, and why (with powershell: all properties)
    #[arg(long)]
    pub all: bool,
    /// Formula of automatic metrics, instead of the policy's
    #[arg(long, value_name = "SCHEME", value_parser = ["2008r2", "2012"])]
    pub metric_scheme: Option<String>,
}

/// Formats of `show`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// A table for people.
    #[default]
    Table,
    /// JSON, schema netplan-cluster/show/1.
    Json,
    /// CSV, one row for each member, speed in Mbit/s.
    Csv,
    /// As `cluster net /prop` prints it.
    ClusterExe,
    /// As Get-ClusterNetwork prints it.
    Powershell,
}

/// `set`.
#[derive(Debug, Args)]
pub struct Set {
    /// Network, by name or subnet
    pub network: String,
    /// name=TEXT, role=0|1|3, metric=NUMBER|auto, description=TEXT
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub properties: Vec<String>,
    /// How the change is made.
    #[command(flatten)]
    pub change: Change,
}

/// `unset`.
#[derive(Debug, Args)]
pub struct Unset {
    /// Network, by name or subnet
    pub network: String,
    /// name, role, metric or description
    #[arg(required = true, value_name = "KEY", value_parser = ["name", "role", "metric", "description"])]
    pub properties: Vec<String>,
    /// How the change is made.
    #[command(flatten)]
    pub change: Change,
}

/// `pin`.
#[derive(Debug, Args)]
pub struct Pin {
    /// How the change is made.
    #[command(flatten)]
    pub change: Change,
}

/// How a change of the policy is made.
#[derive(Clone, Debug, Args)]
pub struct Change {
    /// Only show what would change, in the policy file and in what carries CSV and live migration
    #[arg(long)]
    pub dry_run: bool,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
}

/// `discover`.
#[derive(Debug, Args)]
pub struct Discover {
    /// Name of this node instead of the host's
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub node: Option<String>,
    /// Also write the raw kernel answers to a file, which can be read in place of the kernel
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "from")]
    pub recording: Option<PathBuf>,
    /// Output of lldpcli -f json show neighbors, which tells the switches that interfaces are plugged
    /// into; - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "from")]
    pub lldp: Option<PathBuf>,
    /// Replace link-layer addresses and host names by hashes, the same ones everywhere
    #[arg(long)]
    pub redact: bool,
    /// Secret that goes into the hashes, so that nobody can try addresses out
    #[arg(long, value_name = "TEXT", requires = "redact")]
    pub redact_key: Option<String>,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
}

/// `collect`.
#[derive(Debug, Args)]
pub struct Collect {
    /// Nodes, as ssh knows them: host or user@host
    #[arg(required = true, value_name = "NODE")]
    pub nodes: Vec<String>,
    /// How long one node may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
    /// How many nodes are asked at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub parallel: u32,
    /// Configuration file for ssh instead of the user's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ssh_config: Option<PathBuf>,
    /// Program that a node is asked for before iproute2, by name or path on the node
    #[arg(long, value_name = "PROGRAM", default_value = "netplan-cluster")]
    pub program: String,
    /// The ssh program
    #[arg(long, value_name = "PROGRAM", default_value = "ssh", value_hint = ValueHint::CommandName)]
    pub ssh: OsString,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// Shell
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Folder, made when it does not exist
    #[arg(value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: ValidateFormat,
    /// Lowest severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t)]
    pub fail_on: FailOn,
    /// Only these rules: codes, names or groups, separated by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules: codes, names or groups, separated by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Judge the migrations of these VMs too, beside those that the policy declares: a specification
    /// (schema netplan-cluster/migration/1) or an array of them, - for standard input; may be given
    /// several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub vms: Vec<PathBuf>,
    /// Show only what is new, changed or gone since this result of `validate --format json`; findings
    /// of rules that it did not judge stand apart
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Day on which waivers are judged instead of today, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub today: Option<jiff::civil::Date>,
}

/// Formats of `validate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// A table for people.
    #[default]
    Table,
    /// JSON, schema netplan-cluster/findings/1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for CI servers.
    Junit,
    /// Markdown, for a change review.
    Markdown,
}

/// Severities that may fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings too.
    Warning,
    /// Anything.
    Info,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Rule, by code or name, or a group, whose rules are listed
    #[arg(required_unless_present = "all")]
    pub rule: Option<String>,
    /// All rules
    #[arg(long, conflicts_with = "rule")]
    pub all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: ExplainFormat,
}

/// Formats of `explain`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Markdown, as docs/rules.md.
    Markdown,
}

/// Seconds, in ms.
fn ms(text: &str) -> Result<u64, String> {
    seconds(text).ok_or_else(|| "give seconds from 0 to 31536000, such as 60 or 0.5".to_owned())
}
