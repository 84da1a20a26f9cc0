//! Plans by which hosts are emptied: for people, as JSON, as a picture and as commands.

mod commands;
mod gantt;
mod rolling;
mod rolling_table;
mod table;
mod view;
mod words;

use super::text::list;
use crate::model::{ClusterLayout, EvacuationPlan, Limits, NetworkName, RollingPlan, Workload};

pub use commands::{CommandError, Lines};
pub use rolling::{ROLLING_SCHEMA, RollingView};
pub use view::{EVACUATION_SCHEMA, EvacuationView};
pub use words::filled_words;

/// An evacuation with what a reader wants to know besides.
#[derive(Clone, Copy, Debug)]
pub struct Evacuated<'a> {
    /// Hosts and machines.
    pub workload: &'a Workload,
    /// The plan.
    pub plan: &'a EvacuationPlan,
    /// The plan while nothing is lost, and what is lost in words, where something is.
    pub before: Option<(&'a EvacuationPlan, &'a str)>,
    /// What names its networks; absent where only a rate was told.
    pub layout: Option<&'a ClusterLayout>,
    /// Under which limits it was made.
    pub terms: Terms,
    /// What was taken for granted.
    pub notes: &'a [String],
}

/// Turns of hosts with what a reader wants to know besides.
#[derive(Clone, Copy, Debug)]
pub struct Rolled<'a> {
    /// Hosts and machines.
    pub workload: &'a Workload,
    /// The plan.
    pub plan: &'a RollingPlan,
    /// The plan while nothing is lost, and what is lost in words, where something is.
    pub before: Option<(&'a RollingPlan, &'a str)>,
    /// What names its networks; absent where only a rate was told.
    pub layout: Option<&'a ClusterLayout>,
    /// Under which limits it was made.
    pub terms: Terms,
    /// Hosts that may be out at once.
    pub out: usize,
    /// How long a reboot takes, milliseconds.
    pub reboot_ms: f64,
    /// What was taken for granted.
    pub notes: &'a [String],
}

/// Limits of migrations at once.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The stack.
    pub stack: &'static str,
    /// Where its limits come from.
    pub source: &'static str,
    /// The limits, of the stack or told.
    pub limits: Limits,
}

/// Names as a list in words.
#[must_use]
pub fn listed(names: &[&str]) -> String {
    let escaped: Vec<String> = names.iter().map(|it| super::text::escaped(it)).collect();
    list(&escaped, 5)
}

/// The name of a network by its place.
fn network(layout: Option<&ClusterLayout>, place: Option<usize>) -> Option<&NetworkName> {
    Some(&layout?.networks.get(place?)?.name)
}
