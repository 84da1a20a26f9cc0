//! Arguments of `failover`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use super::service::{FailoverQuestion, ServiceOptions};
use super::{Sources, ms};

/// `failover`.
#[derive(Clone, Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["lose", "all", "matrix"]),
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "A PART is network:NAME, interface:NODE/IF, device:NODE/PCI (a card with all its \
                  ports), switch:ID, node:NODE (or host:NODE), storage:NODE (its paths to storage), \
                  service:NAME or store:NAME (the store of that service).\n\
                  Examples: netplan-cluster failover --lose network:CSV@10 --return network:CSV@12\n\
                  \u{20}         netplan-cluster failover --lose service:batch --mode hang\n\
                  \u{20}         netplan-cluster failover --matrix --profile slurm --profile openpbs"
)]
pub struct Failover {
    /// A question of its own.
    #[command(subcommand)]
    pub question: Option<FailoverQuestion>,
    /// Part that is lost, and when, in seconds; may be given several times
    #[arg(long, value_name = "PART[@SECONDS]")]
    pub lose: Vec<String>,
    /// Part that comes back; may be given several times
    #[arg(long = "return", value_name = "PART@SECONDS", conflicts_with = "all")]
    pub returns: Vec<String>,
    /// Lose every network, interface, device, switch and node in turn, and rank what hurts most
    #[arg(long)]
    pub all: bool,
    /// How many are lost at once, with --all
    #[arg(short, value_name = "1|2", conflicts_with_all = ["lose", "returns"], default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub k: u8,
    /// What makes the exit status 1: nodes that are cut off, or also CSV and migration on one
    /// network, or storage I/O that stops, or any of these
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub fail_on: FailoverFailOn,
    /// What notices the loss of a network or node: wsfc-2008r2, wsfc-2016, corosync, carrier, lacp,
    /// bond or vrrp; else the policy's heartbeat, else carrier. With --hosts the system of the
    /// service, with --matrix the systems to compare: a name that `failover profiles` lists, or a
    /// file
    #[arg(long, value_name = "PROFILE")]
    pub profile: Vec<String>,
    /// How long a part must be back before it is used again, instead of the policy's
    #[arg(long, value_name = "SECONDS", value_parser = ms, allow_negative_numbers = true, conflicts_with = "all")]
    pub hold: Option<u64>,
    /// Tell why other networks were not chosen, and the smallest change that removes the worst; of
    /// services, the source of every number
    #[arg(long)]
    pub explain: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: FailoverFormat,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// Services.
    #[command(flatten)]
    pub service: ServiceOptions,
    /// Also draw a picture into a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "all")]
    pub svg: Option<PathBuf>,
}

/// Formats of `failover`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailoverFormat {
    /// A table for people.
    #[default]
    Table,
    /// JSON, schema netplan-cluster/failover/1.
    Json,
    /// A graph for Graphviz.
    Dot,
    /// A picture of nodes, networks and time.
    Svg,
}

impl FailoverFormat {
    /// Whether it is drawn.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Dot | Self::Svg)
    }
}

/// What makes a plan fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailoverFailOn {
    /// Nothing.
    #[default]
    None,
    /// Survivors that can't reach each other, or none that is left with a network.
    Partition,
    /// That, or CSV and migration on one network.
    Collision,
    /// Survivors that can't reach each other, or whose storage I/O stops.
    Storage,
    /// A service that does not come back by itself, or that is active twice.
    Service,
    /// Any of these.
    Any,
}
