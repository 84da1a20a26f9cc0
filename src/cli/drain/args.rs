//! Arguments of `drain`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use super::super::args::Sources;
use super::batch_args::BatchNodes;
use crate::drain::Stack;
use crate::import::VmSource;
use crate::model::{
    Amount, WriteRate, parse_amount, parse_rate, parse_size, parse_time, parse_write_rate,
};

/// `drain`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["evacuate", "rolling", "hosts", "all"]),
    group = ArgGroup::new("of-vms").args(["evacuate", "rolling"]).multiple(true),
    group = ArgGroup::new("of-jobs").args(["hosts", "all"]).multiple(true)
)]
pub struct Drain {
    /// Empty these hosts of their VMs: names, also separated by commas
    #[arg(long, value_name = "NODE", num_args = 1.., value_delimiter = ',', requires = "vms")]
    pub evacuate: Vec<String>,
    /// Empty, reboot and fill these hosts in turn; all of them if none is named, or with the word all
    #[arg(long, value_name = "NODE", num_args = 0.., value_delimiter = ',', requires = "vms")]
    pub rolling: Option<Vec<String>>,
    /// How long a host is away while it reboots, such as 10m
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "evacuate", allow_hyphen_values = true)]
    pub reboot: Option<f64>,
    /// In which order hosts have their turn; else least-moved, for batch nodes least-waste
    #[arg(long, value_enum, conflicts_with = "evacuate")]
    pub order: Option<Order>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: DrainFormat,
    /// Also draw the plan over time into a file (SVG)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "of-vms")]
    pub svg: Option<PathBuf>,
    /// Nodes of a batch system.
    #[command(flatten)]
    pub nodes: BatchNodes,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// Hosts of virtual machines.
    #[command(flatten)]
    pub machines: Machines,
}

/// Formats of `drain`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DrainFormat {
    /// A table for people.
    #[default]
    Table,
    /// JSON, schema netplan-cluster/drain/1, netplan-cluster/evacuation/1 or
    /// netplan-cluster/rolling/1.
    Json,
    /// Commands to type, in order; nothing is run.
    Commands,
}

/// How hosts of virtual machines are emptied.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Virtual machines")]
pub struct Machines {
    /// Hosts and their VMs: a workload (schema netplan-cluster/workload/1), the output of pvesh get
    /// /cluster/resources --output-format json, or NODE=FILE with that of virsh domstats of one host;
    /// - for standard input; may be given several times
    #[arg(long, value_name = "[NODE=]FILE", num_args = 1.., value_hint = ValueHint::FilePath, requires = "of-vms")]
    pub vms: Vec<VmSource>,
    /// What must stay free of a host's memory, a size or a share
    #[arg(long, value_name = "SIZE", value_parser = parse_amount, default_value = "10%", allow_hyphen_values = true, requires = "of-vms")]
    pub reserve: Amount,
    /// Memory of hosts of which no file tells it, such as 256GiB
    #[arg(long, value_name = "SIZE", value_parser = parse_size, allow_hyphen_values = true, requires = "of-vms")]
    pub host_memory: Option<u64>,
    /// How fast a VM of which no file tells it writes to its memory, such as 50MiB/s
    #[arg(long, value_name = "RATE", value_parser = parse_write_rate, default_value = "20MiB/s", allow_hyphen_values = true, requires = "of-vms")]
    pub dirty_rate: WriteRate,
    /// Whose limits and way of migrating are taken; pve for files of Proxmox VE, else libvirt
    #[arg(long, value_name = "NAME", value_parser = stacks(), requires = "of-vms")]
    pub stack: Option<Stack>,
    /// So many migrations at once at most, instead of the stack's limit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "of-vms")]
    pub parallel: Option<u32>,
    /// So many at once at most away from one host
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "of-vms")]
    pub per_source: Option<u32>,
    /// So many at once at most to one host
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "of-vms")]
    pub per_target: Option<u32>,
    /// Payload that the network carries from and to each host, such as 9.4Gbit/s, instead of what
    /// inventories tell
    #[arg(long, value_name = "RATE", value_parser = parse_rate, allow_hyphen_values = true, conflicts_with_all = ["lose", "from"], requires = "of-vms")]
    pub bandwidth: Option<f64>,
    /// Plan without this part, such as network:NAME, and tell what becomes of the plan; may be given
    /// several times
    #[arg(long, value_name = "PART", requires = "of-vms")]
    pub lose: Vec<String>,
    /// So many hosts out at once at most, from the first VM that leaves to the last that returns
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "evacuate", value_parser = clap::value_parser!(u32).range(1..), requires = "of-vms")]
    pub out: u32,
    /// Whose commands --format commands prints; those of the stack if not said
    #[arg(long, value_enum, value_name = "TOOL", requires = "of-vms")]
    pub commands: Option<CommandTool>,
}

/// In which order hosts have their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Hosts of VMs: those with least memory to move first.
    LeastMoved,
    /// Batch nodes: those whose cores stand idle least while the last job is waited for.
    LeastWaste,
    /// As they are named.
    List,
}

/// Whose commands are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CommandTool {
    /// virsh migrate.
    Virsh,
    /// qm migrate, and ha-manager migrate for VMs that it manages.
    Qm,
    /// ha-manager migrate for all.
    HaManager,
}

fn stacks() -> impl TypedValueParser<Value = Stack> {
    PossibleValuesParser::new(Stack::ALL.map(|it| it.name))
        .try_map(|name| Stack::from_name(&name).ok_or("it is none of these"))
}
