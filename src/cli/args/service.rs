//! Arguments of `failover` that are about services.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::model::service::{FailureMode, Loss, StoreKind, StorePlace};
use crate::model::{NodeName, parse_rate, parse_share, parse_size, parse_time};

/// A service on the command line, and how it is lost.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Services")]
pub struct ServiceOptions {
    /// How a service is lost: crash, power, hang, cut, store, both, network, interface or skew=TIME
    #[arg(long, value_name = "MODE", requires = "lose", conflicts_with = "all")]
    pub mode: Option<Loss>,
    /// Print the orderly way of moving the service instead
    #[arg(long, requires = "lose", conflicts_with_all = ["all", "mode", "returns"])]
    pub planned: bool,
    /// Compare what each failure does to the services of the policy, or to systems named with
    /// --profile, or to all that are known
    #[arg(long, conflicts_with_all = ["svg", "hold", "returns", "from"])]
    pub matrix: bool,
    /// Hosts of a service that the policy does not declare, the active one first; --profile names
    /// its system
    #[arg(long, value_name = "HOST", value_delimiter = ',', conflicts_with = "all")]
    pub hosts: Vec<String>,
    /// Its store: nfs3, nfs4, cluster, local or replicated, and the host that serves it
    #[arg(long, value_name = "KIND[:HOST]", value_parser = store, requires = "hosts")]
    pub store: Option<StorePlace>,
    /// A host that the service needs for something else, such as submit=desk; may be given several
    /// times
    #[arg(long, value_name = "ROLE=HOST", value_parser = role, requires = "hosts")]
    pub role: Vec<(String, NodeName)>,
    /// A parameter of its detector, such as `timeout_s=30`; may be given several times
    #[arg(long, value_name = "NAME=NUMBER", value_parser = parameter, requires = "hosts")]
    pub set: Vec<(String, f64)>,
    /// A supervisor starts its process again so long after its death
    #[arg(long, value_name = "TIME", value_parser = time_s, requires = "hosts")]
    pub restart: Option<f64>,
    /// Whether a lost host is fenced, instead of what the profile has
    #[arg(long, value_name = "YES|NO", value_enum, requires = "hosts")]
    pub fencing: Option<YesNo>,
    /// Folder with the state that a standby reads, to be measured
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with_all = ["state_bytes", "state_files"])]
    pub state_dir: Option<PathBuf>,
    /// Size of the state that a standby reads
    #[arg(long, value_name = "SIZE", value_parser = parse_size, requires = "rate")]
    pub state_bytes: Option<u64>,
    /// Files of the state
    #[arg(long, value_name = "N", requires = "state_bytes")]
    pub state_files: Option<u64>,
    /// How fast the state is read; 100MiB/s is assumed for a measured folder
    #[arg(long, value_name = "RATE", value_parser = parse_rate)]
    pub rate: Option<f64>,
    /// Failures a year, such as crash=2,power=0.5: the matrix tells the downtime
    #[arg(long, value_name = "MODE=N", value_delimiter = ',', value_parser = failures, requires = "matrix")]
    pub rates: Vec<(FailureMode, f64)>,
    /// Time until somebody mends what failed: what nobody takes over lasts so long, and meanwhile a
    /// second host may fail
    #[arg(long, value_name = "TIME", value_parser = time_s, requires = "rates")]
    pub repair: Option<f64>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Questions beside what is lost.
#[derive(Clone, Debug, Subcommand)]
pub enum FailoverQuestion {
    /// List the systems that are known, or show one with the source of every number
    Profiles(Profiles),
    /// Tell when nodes that lost their master reboot, and which jobs live
    #[command(
        after_help = "Example: netplan-cluster failover orphans --samples cpu.csv --jobs jobs.csv\n\
                      cpu.csv has the columns node,seconds,percent; jobs.csv has job,node,ends."
    )]
    Orphans(Orphans),
    /// Tell how often a job should save itself
    #[command(
        after_help = "Example: netplan-cluster failover checkpoint --cost 5m --mtbf 1y --nodes 64"
    )]
    Checkpoint(Checkpoint),
}

/// `failover profiles`.
#[derive(Clone, Debug, Args)]
pub struct Profiles {
    /// Profile, by name or as a file
    pub name: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// `failover orphans`.
#[derive(Clone, Debug, Args)]
pub struct Orphans {
    /// CPU usage: a table with the columns node, seconds (since the node lost its master) and percent
    /// (of one CPU, since the sample before); - for standard input
    #[arg(long, value_name = "CSV", value_hint = ValueHint::FilePath)]
    pub samples: PathBuf,
    /// Jobs: a table with the columns job, node and ends (seconds since the loss, or empty)
    #[arg(long, value_name = "CSV", value_hint = ValueHint::FilePath)]
    pub jobs: Option<PathBuf>,
    /// A node is idle below this share of one CPU
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "1%")]
    pub threshold: f64,
    /// A node reboots when it has been idle for so long
    #[arg(long, value_name = "TIME", value_parser = time_s, default_value = "300s")]
    pub quiet: f64,
    /// Nodes do not reboot by themselves
    #[arg(long, conflicts_with_all = ["threshold", "quiet"])]
    pub by_hand: bool,
    /// Table of file systems of the nodes: whether it names $MASTER is looked up
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub fstab: Option<PathBuf>,
    /// How nodes reach their file server
    #[arg(long, value_name = "HOW", value_enum, default_value_t)]
    pub files: FilesRoute,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// How nodes reach their file server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FilesRoute {
    /// Without the master.
    #[default]
    Direct,
    /// The master is the file server.
    MasterServes,
    /// The master forwards packets to it.
    MasterForwards,
}

/// `failover checkpoint`.
#[derive(Clone, Debug, Args)]
pub struct Checkpoint {
    /// Time that a checkpoint takes
    #[arg(long, value_name = "TIME", value_parser = positive_s)]
    pub cost: f64,
    /// Mean time between failures of a node
    #[arg(long, value_name = "TIME", value_parser = positive_s)]
    pub mtbf: f64,
    /// Nodes whose failure kills the job; count the master where its failure does
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000), default_value_t = 1)]
    pub nodes: u64,
    /// Time from a failure until the job computes again
    #[arg(long, value_name = "TIME", value_parser = time_s, default_value = "0s")]
    pub restart: f64,
    /// The loss that one can live with
    #[arg(long, value_name = "TIME", value_parser = positive_s)]
    pub bearable: Option<f64>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// A table or JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A table for people.
    #[default]
    Table,
    /// JSON.
    Json,
}

fn time_s(text: &str) -> Result<f64, String> {
    parse_time(text).map(|ms| ms / 1000.0).map_err(|error| error.to_string())
}

fn positive_s(text: &str) -> Result<f64, String> {
    let seconds = time_s(text)?;
    if seconds > 0.0 { Ok(seconds) } else { Err("it must be more than nothing".to_owned()) }
}

/// A share in percent; a number alone could mean a share or percent.
fn percent(text: &str) -> Result<f64, String> {
    if !text.trim_end().ends_with('%') {
        return Err("it has no unit: write percent of one CPU, such as 1%".to_owned());
    }
    parse_share(text).map(|share| share * 100.0).map_err(|error| error.to_string())
}

fn store(text: &str) -> Result<StorePlace, String> {
    let (kind, on) = text.split_once(':').map_or((text, None), |(kind, on)| (kind, Some(on)));
    let kinds = || StoreKind::ALL.map(StoreKind::name).join(", ");
    let kind =
        StoreKind::from_name(kind).ok_or_else(|| format!("the kind is one of {}", kinds()))?;
    match on {
        Some("") => Err("no host stands after the colon".to_owned()),
        on => Ok(StorePlace { kind, on: on.map(NodeName::new), path: None }),
    }
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let [name, value] = [name, value].map(str::trim);
    (!name.is_empty() && !value.is_empty()).then_some((name, value))
}

fn role(text: &str) -> Result<(String, NodeName), String> {
    let (role, host) = pair(text).ok_or("write ROLE=HOST, such as submit=desk")?;
    Ok((role.to_owned(), NodeName::new(host)))
}

fn parameter(text: &str) -> Result<(String, f64), String> {
    let wrong = "write NAME=NUMBER, such as timeout_s=30";
    let (name, value) = pair(text).ok_or(wrong)?;
    let number: Option<f64> = value.parse().ok().filter(|it: &f64| it.is_finite());
    Ok((name.to_owned(), number.ok_or(wrong)?))
}

fn failures(text: &str) -> Result<(FailureMode, f64), String> {
    let wrong = || {
        let known = FailureMode::ALL.map(FailureMode::name).join(", ");
        format!("write MODE=FAILURES A YEAR, such as crash=2; modes are {known}")
    };
    let (mode, number) = pair(text).ok_or_else(wrong)?;
    let mode = FailureMode::from_name(mode).ok_or_else(wrong)?;
    let number: Option<f64> = number.parse().ok().filter(|it| (0.0..=1e9).contains(it));
    Ok((mode, number.ok_or_else(wrong)?))
}
