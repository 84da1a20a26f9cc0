//! An evacuation as JSON.

use serde::Serialize;

use super::words::{name, rejection, stay, stay_kind};
use super::{Evacuated, network};
use crate::model::{
    ClusterLayout, EvacuationPlan, HostLoad, Move, Pace, Stay, StayReason, Tried, Unplaceable,
    Workload,
};
use crate::render::advice::{ChangeView, Wording, changes};
use crate::render::forecast::thousandths;
use crate::render::text::escaped;

/// Schema of the JSON of an evacuation.
pub const EVACUATION_SCHEMA: &str = "netplan-cluster/evacuation/1";

/// How hosts are emptied; times in seconds to the millisecond, but for downtimes in ms.
#[derive(Clone, Debug, Serialize)]
pub struct EvacuationView {
    /// Always [`EVACUATION_SCHEMA`].
    pub schema: &'static str,
    /// Whether every running machine leaves its host.
    pub holds: bool,
    /// Hosts that are left.
    pub leaving: Vec<String>,
    /// When all is done.
    pub total_s: f64,
    /// The same, one at a time.
    pub sequential_s: f64,
    /// The same in waves of as many as run at once.
    pub waves_s: f64,
    /// How many run at once.
    pub pace: TriedView,
    /// All paces that were tried.
    pub tried: Vec<TriedView>,
    /// Networks that carry the moves.
    pub networks: Vec<String>,
    /// In the order in which they start.
    pub moves: Vec<MoveView>,
    /// Machines that no host can take.
    pub unplaceable: Vec<UnplaceableView>,
    /// Machines that stay for another reason.
    pub stays: Vec<StayView>,
    /// Hosts that machines may go to.
    pub hosts: Vec<LoadView>,
    /// What is lost, and the plan while it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostView>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// What a pace leads to.
#[derive(Clone, Debug, Serialize)]
pub struct TriedView {
    /// At once in the cluster.
    pub parallel: usize,
    /// At once away from a host.
    pub per_source: usize,
    /// At once to a host.
    pub per_target: usize,
    /// Most that did run at once.
    pub at_once: usize,
    /// When all is done.
    pub total_s: f64,
    /// Migrations that do not reach their end.
    pub failed: usize,
}

/// A migration.
#[derive(Clone, Debug, Serialize)]
pub struct MoveView {
    /// Name of the machine.
    pub vm: String,
    /// Its number, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Its memory.
    pub memory_bytes: u64,
    /// The host that it leaves.
    pub from: String,
    /// The host that it goes to.
    pub to: String,
    /// The network, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Since the beginning.
    pub start_s: f64,
    /// From then.
    pub duration_s: f64,
    /// Downtime.
    pub downtime_ms: f64,
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
}

/// A machine that no host can take.
#[derive(Clone, Debug, Serialize)]
pub struct UnplaceableView {
    /// Name of the machine.
    pub vm: String,
    /// Its memory.
    pub memory_bytes: u64,
    /// The host that it stays on.
    pub node: String,
    /// What each other host has against it.
    pub reasons: Vec<ReasonView>,
}

/// What hosts have against a machine.
#[derive(Clone, Debug, Serialize)]
pub struct ReasonView {
    /// In words.
    pub reason: String,
    /// Hosts of which it holds.
    pub hosts: Vec<String>,
}

/// A machine that stays.
#[derive(Clone, Debug, Serialize)]
pub struct StayView {
    /// Name of the machine.
    pub vm: String,
    /// The host that it stays on.
    pub node: String,
    /// `stopped`, `pinned` or `not-converging`.
    pub kind: &'static str,
    /// Why, in words.
    pub reason: String,
    /// The cheapest changes that make it converge.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
}

/// Memory of a host, bytes.
#[derive(Clone, Debug, Serialize)]
pub struct LoadView {
    /// Name.
    pub node: String,
    /// All of it.
    pub memory_bytes: u64,
    /// What must stay free.
    pub reserve_bytes: u64,
    /// In use before.
    pub before_bytes: u64,
    /// Most in use at any time.
    pub peak_bytes: u64,
    /// In use after.
    pub after_bytes: u64,
    /// Machines that it takes in.
    pub takes: usize,
}

/// A plan while nothing is lost.
#[derive(Clone, Debug, Serialize)]
pub struct LostView {
    /// What is lost.
    pub parts: String,
    /// When all would be done with it.
    pub before_s: f64,
    /// Whether that plan holds.
    pub before_holds: bool,
    /// Networks that would carry it.
    pub before_networks: Vec<String>,
}

impl Evacuated<'_> {
    /// As JSON shows it.
    #[must_use]
    pub fn view(&self) -> EvacuationView {
        let Self { workload, plan, layout, .. } = *self;
        EvacuationView {
            schema: EVACUATION_SCHEMA,
            holds: plan.holds(),
            leaving: plan.leaving.iter().map(|it| escaped(it.as_str())).collect(),
            total_s: seconds(plan.chosen.total_ms),
            sequential_s: seconds(plan.single_ms()),
            waves_s: seconds(plan.waves_ms),
            pace: tried(&plan.chosen),
            tried: plan.tried.iter().map(tried).collect(),
            networks: networks(layout, plan),
            moves: plan.moves.iter().map(|it| moved(workload, layout, it)).collect(),
            unplaceable: plan.unplaceable.iter().map(|it| unplaceable(workload, it)).collect(),
            stays: plan.stays.iter().map(|it| stays(workload, it)).collect(),
            hosts: plan.targets.iter().map(load).collect(),
            lost: self.before.map(|(before, parts)| LostView {
                parts: escaped(parts),
                before_s: seconds(before.chosen.total_ms),
                before_holds: before.holds(),
                before_networks: networks(layout, before),
            }),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }
}

/// Milliseconds as seconds.
pub(super) fn seconds(ms: f64) -> f64 {
    thousandths(ms / 1000.0)
}

fn networks(layout: Option<&ClusterLayout>, plan: &EvacuationPlan) -> Vec<String> {
    let name = |place: &usize| network(layout, Some(*place)).map(|it| escaped(it.as_str()));
    plan.networks.iter().filter_map(name).collect()
}

pub(super) fn tried(it: &Tried) -> TriedView {
    let Pace { parallel, per_source, per_target } = it.pace;
    let (at_once, failed) = (it.at_once, it.failed);
    TriedView { parallel, per_source, per_target, at_once, total_s: seconds(it.total_ms), failed }
}

pub(super) fn moved(workload: &Workload, layout: Option<&ClusterLayout>, it: &Move) -> MoveView {
    let machine = &workload.machines[it.machine];
    MoveView {
        vm: escaped(&machine.name),
        id: machine.id,
        memory_bytes: machine.spec.ram_bytes,
        from: escaped(it.from.as_str()),
        to: escaped(it.to.as_str()),
        network: network(layout, it.network).map(|it| escaped(it.as_str())),
        start_s: seconds(it.start_ms),
        duration_s: seconds(it.end_ms - it.start_ms),
        downtime_ms: thousandths(it.downtime_ms),
        outcome: it.outcome.name(),
    }
}

pub(super) fn unplaceable(workload: &Workload, it: &Unplaceable) -> UnplaceableView {
    let machine = &workload.machines[it.machine];
    let reasons = it.reasons.iter().map(|(reason, hosts)| ReasonView {
        reason: rejection(workload, reason, hosts.len()),
        hosts: hosts.iter().map(|it| escaped(it.as_str())).collect(),
    });
    UnplaceableView {
        vm: escaped(&machine.name),
        memory_bytes: machine.spec.ram_bytes,
        node: escaped(machine.node.as_str()),
        reasons: reasons.collect(),
    }
}

pub(super) fn stays(workload: &Workload, it: &Stay) -> StayView {
    let node = &workload.machines[it.machine].node;
    let changes = match &it.reason {
        StayReason::NotConverging(why) => changes(&why.spec, &why.advice, Wording::Document),
        _ => Vec::new(),
    };
    StayView {
        vm: name(workload, it.machine),
        node: escaped(node.as_str()),
        kind: stay_kind(&it.reason),
        reason: stay(it),
        changes,
    }
}

pub(super) fn load(it: &HostLoad) -> LoadView {
    LoadView {
        node: escaped(it.node.as_str()),
        memory_bytes: it.memory,
        reserve_bytes: it.reserve,
        before_bytes: it.before,
        peak_bytes: it.peak,
        after_bytes: it.after,
        takes: it.takes,
    }
}
