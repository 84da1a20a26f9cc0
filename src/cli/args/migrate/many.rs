//! Questions about many runs of one migration.

use clap::Args;

use crate::model::parse_share;

/// Most copies of a VM that are scheduled.
const MOST_COPIES: i64 = 2000;

/// What is not known exactly.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Uncertainty")]
pub struct Doubt {
    /// Tell how likely it converges, and between what its figures lie, when the dirty rate errs by
    /// up to SPREAD either way; if not said as much as its measurement does, 30% where it is not
    /// known how it was measured
    #[arg(long, value_name = "SPREAD", num_args = 0..=1, group = "question", value_parser = parse_share)]
    #[expect(clippy::option_option, reason = "an option with an optional value")]
    pub uncertainty: Option<Option<f64>>,
    /// By how much the bandwidth of the network errs
    #[arg(long, value_name = "SPREAD", requires = "uncertainty", default_value = "5%", value_parser = parse_share, allow_hyphen_values = true)]
    pub bandwidth_spread: f64,
    /// How many samples are forecast; --seed draws others
    #[arg(long, value_name = "N", requires = "uncertainty", default_value_t = 200, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub samples: u32,
}

/// Several migrations at once.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Several VMs")]
pub struct Copies {
    /// Migrate so many VMs like this one together; --from-node without --to-node spreads them over
    /// all other nodes of the network
    #[arg(long, value_name = "N", groups = ["question", "away"], value_parser = clap::value_parser!(u32).range(1..=MOST_COPIES))]
    pub count: Option<u32>,
    /// So many at once; all if not said
    #[arg(long, value_name = "K", requires = "count", value_parser = clap::value_parser!(u32).range(1..))]
    pub parallel: Option<u32>,
    /// So many at once from or to one node; no limit if not said
    #[arg(long, value_name = "M", requires = "count", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_node: Option<u32>,
}
