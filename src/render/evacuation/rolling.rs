//! Turns of hosts as JSON.

use serde::Serialize;

use super::Rolled;
use super::view::{
    LoadView, MoveView, StayView, TriedView, UnplaceableView, load, moved, seconds, stays, tried,
    unplaceable,
};
use super::words::name;
use crate::model::{Blocked, HostReturn, Workload};
use crate::render::text::escaped;

/// Schema of the JSON of turns.
pub const ROLLING_SCHEMA: &str = "netplan-cluster/rolling/1";

/// Every host emptied, rebooted and filled again in turn; times in seconds to the millisecond.
#[derive(Clone, Debug, Serialize)]
pub struct RollingView {
    /// Always [`ROLLING_SCHEMA`].
    pub schema: &'static str,
    /// Whether every host has its turn, and every machine is at home in the end.
    pub holds: bool,
    /// Hosts that may be out at once.
    pub out: usize,
    /// How long a reboot takes.
    pub reboot_s: f64,
    /// When the last host is filled again.
    pub total_s: f64,
    /// The same with one migration at a time.
    pub sequential_s: f64,
    /// How many run at once.
    pub pace: TriedView,
    /// All paces that were tried.
    pub tried: Vec<TriedView>,
    /// In the order in which hosts are emptied.
    pub turns: Vec<TurnView>,
    /// Hosts that can't be emptied.
    pub blocked: Vec<BlockedView>,
    /// In the order in which they start.
    pub moves: Vec<MoveView>,
    /// All hosts.
    pub hosts: Vec<LoadView>,
    /// What is lost, and how long it takes while it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<RollingLostView>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// The turn of a host.
#[derive(Clone, Debug, Serialize)]
pub struct TurnView {
    /// The host.
    pub node: String,
    /// Machines that leave and return.
    pub vms: usize,
    /// Their memory.
    pub memory_bytes: u64,
    /// When the first leaves.
    pub start_s: f64,
    /// When the last has left.
    pub empty_s: f64,
    /// When it has been rebooted.
    pub back_s: f64,
    /// When all have returned.
    pub full_s: f64,
}

/// A host that can't be emptied.
#[derive(Clone, Debug, Serialize)]
pub struct BlockedView {
    /// The host.
    pub node: String,
    /// Machines that no other host can take.
    pub unplaceable: Vec<UnplaceableView>,
    /// Machines that stay for another reason.
    pub stays: Vec<StayView>,
    /// Machines whose migration does not end beside the others.
    pub stuck: Vec<String>,
}

/// The plan while nothing is lost.
#[derive(Clone, Debug, Serialize)]
pub struct RollingLostView {
    /// What is lost.
    pub parts: String,
    /// When all would be done with it.
    pub before_s: f64,
    /// Whether that plan holds.
    pub before_holds: bool,
}

impl Rolled<'_> {
    /// As JSON shows it.
    #[must_use]
    pub fn view(&self) -> RollingView {
        let Self { workload, plan, layout, .. } = *self;
        RollingView {
            schema: ROLLING_SCHEMA,
            holds: plan.holds(),
            out: self.out,
            reboot_s: seconds(self.reboot_ms),
            total_s: seconds(plan.total_ms),
            sequential_s: seconds(plan.single_ms()),
            pace: tried(&plan.chosen),
            tried: plan.tried.iter().map(tried).collect(),
            turns: plan.turns.iter().map(turn).collect(),
            blocked: plan.blocked.iter().map(|it| blocked(workload, it)).collect(),
            moves: plan.moves.iter().map(|it| moved(workload, layout, it)).collect(),
            hosts: plan.hosts.iter().map(load).collect(),
            lost: self.before.map(|(before, parts)| RollingLostView {
                parts: escaped(parts),
                before_s: seconds(before.total_ms),
                before_holds: before.holds(),
            }),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }
}

fn turn(it: &HostReturn) -> TurnView {
    TurnView {
        node: escaped(it.node.as_str()),
        vms: it.machines,
        memory_bytes: it.bytes,
        start_s: seconds(it.start_ms),
        empty_s: seconds(it.empty_ms),
        back_s: seconds(it.back_ms),
        full_s: seconds(it.full_ms),
    }
}

fn blocked(workload: &Workload, it: &Blocked) -> BlockedView {
    BlockedView {
        node: escaped(it.node.as_str()),
        unplaceable: it.unplaceable.iter().map(|it| unplaceable(workload, it)).collect(),
        stays: it.stays.iter().map(|it| stays(workload, it)).collect(),
        stuck: it.stuck.iter().map(|it| name(workload, *it)).collect(),
    }
}
