//! Several VMs at once against one after the other, as JSON.

use serde::Serialize;

use super::forecast::{thousandths, whole};
use super::text::escaped;
use crate::model::{Outcome, Schedule, Slot, Together};

/// Schema of the JSON of several VMs together.
pub const TOGETHER_SCHEMA: &str = "netplan-cluster/together/1";

/// Copies of a VM that are migrated together.
#[derive(Clone, Debug)]
pub struct Copies<'a> {
    /// Name of the VM.
    pub name: &'a str,
    /// So many at once.
    pub parallel: u32,
    /// So many at once from or to one node, where that is limited.
    pub per_node: Option<u32>,
    /// The network, where one is known.
    pub network: Option<&'a str>,
    /// What they share, bytes a second.
    pub link_bytes_s: f64,
    /// Nodes that they go to in turn; empty when all go one way.
    pub targets: Vec<String>,
    /// When each goes.
    pub together: &'a Together,
    /// What was taken for granted.
    pub notes: &'a [String],
}

/// Several VMs at once against one after the other.
#[derive(Clone, Debug, Serialize)]
pub struct TogetherView {
    /// Always [`TOGETHER_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// How many.
    pub count: usize,
    /// So many at once.
    pub parallel: u32,
    /// So many at once from or to one node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_node: Option<u32>,
    /// The network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// What they share, bytes a second.
    pub link_bytes_s: u64,
    /// At once.
    pub together: CourseView,
    /// One after the other.
    pub one_at_a_time: CourseView,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// When each VM goes.
#[derive(Clone, Debug, Serialize)]
pub struct CourseView {
    /// When all are done; null where some never are.
    pub total_ms: Option<f64>,
    /// How many are moved.
    pub moved: usize,
    /// One for each.
    pub migrations: Vec<CopyView>,
}

/// When one VM goes.
#[derive(Clone, Debug, Serialize)]
pub struct CopyView {
    /// The node that it goes to, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Since the start of the first.
    pub start_ms: f64,
    /// When it is done; null where it never is.
    pub end_ms: Option<f64>,
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
    /// Downtime.
    pub downtime_ms: f64,
    /// The rate that it has in the end, bytes a second.
    pub rate_bytes_s: u64,
}

/// Whether a migration comes to an end, be it that it is given up.
pub(super) fn ends(slot: &Slot) -> bool {
    slot.outcome != Outcome::Stalled
}

impl Copies<'_> {
    /// The view that JSON is made of.
    #[must_use]
    pub fn view(&self) -> TogetherView {
        TogetherView {
            schema: TOGETHER_SCHEMA,
            name: escaped(self.name),
            count: self.together.parallel.slots.len(),
            parallel: self.parallel,
            per_node: self.per_node,
            network: self.network.map(escaped),
            link_bytes_s: whole(self.link_bytes_s),
            together: self.course(&self.together.parallel),
            one_at_a_time: self.course(&self.together.single),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }

    fn course(&self, schedule: &Schedule) -> CourseView {
        let copy = |(place, slot): (usize, &Slot)| CopyView {
            to: self.target(place).map(escaped),
            start_ms: thousandths(slot.start_ms),
            end_ms: ends(slot).then(|| thousandths(slot.end_ms)),
            outcome: slot.outcome.name(),
            downtime_ms: thousandths(slot.downtime_ms),
            rate_bytes_s: whole(slot.rate_bytes_s),
        };
        CourseView {
            total_ms: schedule.slots.iter().all(ends).then(|| thousandths(schedule.total_ms)),
            moved: moved(schedule),
            migrations: schedule.slots.iter().enumerate().map(copy).collect(),
        }
    }

    pub(super) fn target(&self, place: usize) -> Option<&str> {
        self.targets.get(place % self.targets.len().max(1)).map(String::as_str)
    }
}

/// How many are moved.
pub(super) fn moved(schedule: &Schedule) -> usize {
    schedule.slots.iter().filter(|it| it.outcome.is_moved()).count()
}
