//! Arguments of `migrate`.

mod many;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use super::Sources;
use super::sweep::{Range, range};
use crate::migration::Spread;
use crate::model::{
    Amount, Clear, Engine, Goal, StopPolicy, Vmm, WriteRate, parse_amount, parse_rate, parse_share,
    parse_size, parse_time, parse_write_rate,
};
pub(in crate::cli) use many::{Copies, Doubt};

/// `migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Specification of a migration, or an array of them, as JSON (schema
    /// netplan-cluster/migration/1) instead of options; - for standard input. The answer is JSON
    /// unless --format says otherwise
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub spec: Option<PathBuf>,
    /// Rank all cluster networks that the cluster may use for this VM
    #[arg(long, group = "question")]
    pub compare_networks: bool,
    /// What each stop policy would do with this VM, each with its own defaults
    #[arg(long, group = "question")]
    pub compare_policies: bool,
    /// Bound of a quantity up to which the VM converges within its downtime limit
    #[arg(long, value_name = "BOUND", value_parser = goals(), group = "question")]
    pub solve: Option<Goal>,
    /// What each of so many values (11 if not said) leads to, at equal distances or, over a wide
    /// range, factors; keys: memory, working-set, dirty-rate, bandwidth, max-bandwidth,
    /// downtime-limit, zero-share, fixed-downtime
    #[arg(long, value_name = "KEY=A..B[:STEPS]", value_parser = range, group = "question")]
    pub sweep: Option<Range>,
    /// Also draw the memory that is left over time into a file (SVG); with --sweep, total time and
    /// downtime over its values
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["compare_networks", "compare_policies", "solve", "uncertainty", "count"])]
    pub plot: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum)]
    pub format: Option<MigrateFormat>,
    /// Sources.
    #[command(flatten)]
    pub sources: Sources,
    /// The VM and how it is migrated.
    #[command(flatten)]
    pub vm: Described,
    /// The network.
    #[command(flatten)]
    pub route: Route,
    /// What is not known exactly.
    #[command(flatten)]
    pub doubt: Doubt,
    /// Several migrations at once.
    #[command(flatten)]
    pub copies: Copies,
}

impl Migrate {
    /// The option, if any, that asks about one migration.
    pub fn question(&self) -> Option<&'static str> {
        let asked = [
            (self.plot.is_some(), "--plot"),
            (self.compare_networks, "--compare-networks"),
            (self.compare_policies, "--compare-policies"),
            (self.solve.is_some(), "--solve"),
            (self.sweep.is_some(), "--sweep"),
            (self.doubt.uncertainty.is_some(), "--uncertainty"),
            (self.copies.count.is_some(), "--count"),
        ];
        asked.into_iter().find(|(is_asked, _)| *is_asked).map(|(_, option)| option)
    }
}

/// Formats of `migrate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MigrateFormat {
    /// Text for people.
    Table,
    /// JSON, schema netplan-cluster/forecast/1.
    Json,
}

/// A VM described by options, and how it is migrated; what is not said is the default of its VMM.
#[derive(Clone, Debug, Args)]
#[group(id = "described", multiple = true, conflicts_with = "spec")]
#[command(next_help_heading = "Virtual machine (sizes: 16G is 16GiB, 16GB is 16 × 10^9 bytes)")]
pub struct Described {
    /// Name of the VM
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Memory of the VM, such as 16GiB; with --dirty as the files tell it if not said
    #[arg(long, value_name = "SIZE", required_unless_present_any = ["spec", "dirty"], value_parser = parse_size, allow_hyphen_values = true)]
    pub memory: Option<u64>,
    /// How fast it writes to its memory, such as 150MiB/s or 30000 pages/s
    #[arg(long, value_name = "RATE", value_parser = parse_write_rate, group = "dirtying", allow_hyphen_values = true)]
    pub dirty_rate: Option<WriteRate>,
    /// What was measured of it instead: replies of QEMU's monitor to query-dirty-rate and
    /// query-migrate, output of virsh domstats --dirtyrate --balloon and of virsh domjobinfo; -
    /// for standard input
    #[arg(long, value_name = "FILE", num_args = 1.., group = "dirtying", value_hint = ValueHint::FilePath)]
    pub dirty: Vec<PathBuf>,
    /// Which VM is meant where a file tells of several
    #[arg(long, value_name = "NAME", requires = "dirty")]
    pub domain: Option<String>,
    /// Memory that it writes to; all that is not zero if not said
    #[arg(long, value_name = "SIZE", value_parser = parse_size, requires = "dirty_rate", conflicts_with = "dirty", allow_hyphen_values = true)]
    pub working_set: Option<u64>,
    /// Memory that holds only zeros, a size or a share such as 40%
    #[arg(long, value_name = "SIZE", value_parser = parse_amount, allow_hyphen_values = true)]
    pub zero: Option<Amount>,
    /// A share of the working set gets a share of the writes, such as 10%:90%
    #[arg(long, value_name = "PAGES:WRITES", value_parser = hot_cold, requires = "dirty_rate", conflicts_with = "dirty", group = "spread")]
    pub hot_cold: Option<Spread>,
    /// Writes follow a Zipf law with this exponent
    #[arg(long, value_name = "EXPONENT", value_parser = zipf, requires = "dirty_rate", conflicts_with = "dirty", group = "spread", allow_hyphen_values = true)]
    pub zipf: Option<Spread>,
    /// The working set is written from its beginning to its end, again and again
    #[arg(long, requires = "dirty_rate", conflicts_with = "dirty", group = "spread")]
    pub sequential: bool,
    /// Writes are lost when the guest is slowed, instead of made up for
    #[arg(long, requires = "dirtying")]
    pub cpu_bound: bool,
    /// Size of a page
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "4KiB", conflicts_with = "dirty", allow_hyphen_values = true)]
    pub page_size: u64,
    /// Program that migrates
    #[arg(long, value_name = "VMM", default_value = Vmm::default().name(), value_parser = vmms(), help_heading = HYPERVISOR)]
    pub vmm: Vmm,
    /// Who decides when to stop the VM and when to give up; the VMM's own rule if not said
    #[arg(long, value_name = "NAME", value_parser = policies(), help_heading = HYPERVISOR)]
    pub stop_policy: Option<StopPolicy>,
    /// Limit that the VMM sets itself, such as 128MiB/s; 0 is none
    #[arg(long, value_name = "RATE", value_parser = parse_rate, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub max_bandwidth: Option<f64>,
    /// Bandwidth that QEMU from 8.2 on takes the stop phase to have, instead of what it measures;
    /// 0 is as it measures
    #[arg(long, value_name = "RATE", value_parser = parse_rate, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub avail_switchover_bandwidth: Option<f64>,
    /// Downtime that the VMM aims at, such as 300ms; QEMU without (0) stops once all was sent,
    /// whatever was written meanwhile
    #[arg(long, value_name = "TIME", value_parser = parse_time, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub downtime_limit: Option<f64>,
    /// Slow the guest down when it does not converge
    #[arg(long, help_heading = HYPERVISOR)]
    pub auto_converge: bool,
    /// Send pages that were sent before as differences of this size, such as 500B
    #[arg(long, value_name = "SIZE", value_parser = parse_size, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub xbzrle: Option<u64>,
    /// Cache of pages sent before
    #[arg(long, value_name = "SIZE", value_parser = parse_size, requires = "xbzrle", default_value = "64MiB", allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub xbzrle_cache: u64,
    /// Send over so many connections at once: pages go in packets of 128, and a bond spreads them
    /// over its ports
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=255), help_heading = HYPERVISOR)]
    pub multifd: Option<u32>,
    /// Switch to post-copy at this bitmap sync; 2 ends the first full copy
    #[arg(long, value_name = "SYNC", num_args = 0..=1, require_equals = true, default_missing_value = "2", value_parser = clap::value_parser!(u32).range(1..), help_heading = HYPERVISOR)]
    pub postcopy: Option<u32>,
    /// When a page is watched for writes again: all at a sync, or a chunk at a time as it is sent
    #[arg(long, value_name = "sync|chunk[:SIZE]", value_parser = clear, help_heading = HYPERVISOR)]
    pub clear: Option<Clear>,
    /// Cancel after this time; 0 is never
    #[arg(long, value_name = "TIME", value_parser = parse_time, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub time_limit: Option<f64>,
    /// Part of the downtime that does not depend on memory
    #[arg(long, value_name = "TIME", value_parser = parse_time, allow_hyphen_values = true, help_heading = HYPERVISOR)]
    pub fixed_downtime: Option<f64>,
    /// How to compute: the VMM's loop in expected values, page by page, or the textbook series
    #[arg(long, value_name = "ENGINE", default_value = "replay", value_parser = engines(), help_heading = HYPERVISOR)]
    pub engine: Engine,
    /// Seed of random writes, for the engine that goes page by page, and of --uncertainty
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = HYPERVISOR)]
    pub seed: u64,
}

const HYPERVISOR: &str = "Migration (what is not said is the VMM's default)";

/// Over what the VM goes; the network that live migration takes if not said.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Network")]
pub struct Route {
    /// Payload that the network carries, such as 1.1GiB/s or 9.4Gbit/s, instead of what its
    /// interfaces tell
    #[arg(long, value_name = "RATE", value_parser = parse_rate, allow_hyphen_values = true, conflicts_with_all = ["spec", "network", "from_node", "compare_networks"])]
    pub bandwidth: Option<f64>,
    /// This network, by name or subnet
    #[arg(long, value_name = "NETWORK", conflicts_with_all = ["spec", "compare_networks"])]
    pub network: Option<String>,
    /// Node that the VM leaves; the slowest pair of nodes if not said
    #[arg(long, value_name = "NODE", requires = "away")]
    pub from_node: Option<String>,
    /// Node that it goes to
    #[arg(long, value_name = "NODE", requires = "from_node", group = "away")]
    pub to_node: Option<String>,
}

/// Words of a closed list, each with what it stands for.
pub(super) fn words<T: Copy + Send + Sync + 'static>(
    all: Vec<(&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(names).try_map(move |word| {
        let found = all.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| *value).ok_or("it is none of these")
    })
}

fn vmms() -> impl TypedValueParser<Value = Vmm> {
    words(Vmm::ALL.map(|it| (it.name(), it)).to_vec())
}

fn policies() -> impl TypedValueParser<Value = StopPolicy> {
    words(StopPolicy::ALL.map(|it| (it.name(), it)).to_vec())
}

fn engines() -> impl TypedValueParser<Value = Engine> {
    let all = [Engine::Replay, Engine::Pages, Engine::Geometric];
    words(all.map(|it| (it.name(), it)).to_vec())
}

fn goals() -> impl TypedValueParser<Value = Goal> {
    words(Goal::ALL.map(|it| (it.name(), it)).to_vec())
}

fn hot_cold(text: &str) -> Result<Spread, String> {
    let Some((pages, writes)) = text.split_once(':') else {
        return Err("write two shares, such as 10%:90%".to_owned());
    };
    let share = |text: &str| parse_share(text).map_err(|error| format!("\"{text}\": {error}"));
    let (pages, writes) = (share(pages)?, share(writes)?);
    if pages <= 0.0 {
        return Err("no page is hot: write two shares, such as 10%:90%".to_owned());
    }
    Ok(Spread::HotCold { pages, writes })
}

fn zipf(text: &str) -> Result<Spread, String> {
    match text.parse::<f64>() {
        Ok(exponent) if (0.0..=20.0).contains(&exponent) => Ok(Spread::Zipf { exponent }),
        _ => Err("write an exponent from 0 to 20, such as 0.99".to_owned()),
    }
}

fn clear(text: &str) -> Result<Clear, String> {
    match text.split_once(':') {
        None if text == "sync" => Ok(Clear::Sync),
        None if text == "chunk" => Ok(Clear::Chunk { chunk_bytes: 1 << 30 }),
        Some(("chunk", size)) => match parse_size(size) {
            Ok(chunk_bytes) => Ok(Clear::Chunk { chunk_bytes }),
            Err(error) => Err(error.to_string()),
        },
        _ => Err("write sync, chunk, or chunk:SIZE such as chunk:16MiB".to_owned()),
    }
}
