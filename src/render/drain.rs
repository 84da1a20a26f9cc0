//! Nodes of a batch system emptied in turn: as JSON, a table, and a list of commands.

mod commands;
mod table;

use serde::Serialize;

use super::forecast::thousandths;
use super::text::escaped;
use crate::model::{
    BatchDrain, Capacity, DrainCost, DrainMode, DrainObstacle, DrainStep, HostTurn, LawSource,
    NoTurn, Times, TooLarge, Unplanned,
};

pub use commands::drain_commands;
pub use table::drain_table;

/// Schema of the JSON of a plan that empties nodes.
pub const DRAIN_SCHEMA: &str = "netplan-cluster/drain/1";

/// Points of the capacity curve that are told.
const POINTS: usize = 201;

/// A plan that empties nodes; moments in seconds from now.
#[derive(Clone, Debug, Serialize)]
pub struct DrainView {
    /// Always [`DRAIN_SCHEMA`].
    pub schema: &'static str,
    /// Whether it can be carried out as it was asked for.
    pub holds: bool,
    /// `drain`, `reserve` or `requeue`.
    pub mode: &'static str,
    /// Nodes that may be closed at once.
    pub window: usize,
    /// All nodes.
    pub nodes: usize,
    /// Nodes out of use that have no turn.
    pub out: usize,
    /// When the last is back.
    pub finish: Option<TimesView>,
    /// Share of the cores that is busy on average, 0 to 1.
    pub mean_capacity: f64,
    /// Work lost, hours of the whole cluster.
    pub lost_cluster_hours: f64,
    /// Work of stopped jobs that is thrown away, hours of the whole cluster.
    pub stopped_cluster_hours: f64,
    /// The least that any order takes with this window.
    pub fluid_bound_s: f64,
    /// All nodes at once.
    pub full_drain: CostView,
    /// Waves of the window.
    pub waves: CostView,
    /// In the order of their turns.
    pub hosts: Vec<HostView>,
    /// Over time.
    pub capacity: Vec<CapacityView>,
    /// Steps in their order.
    pub commands: Vec<StepView>,
    /// Named nodes without a turn.
    pub unplanned: Vec<UnplannedView>,
    /// Named nodes that had their turn before.
    pub done: Vec<String>,
    /// Waiting jobs that can't start meanwhile.
    pub too_large: Vec<TooLargeView>,
    /// What stands in the way.
    pub obstacles: Vec<String>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// Quantiles of a moment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TimesView {
    /// One time in twenty it is earlier.
    pub p5: f64,
    /// Half of the times.
    pub p50: f64,
    /// One time in twenty it is later.
    pub p95: f64,
    /// Never later.
    pub bound: f64,
}

/// What a way comes to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CostView {
    /// When all are back.
    pub finish_s: f64,
    /// Work lost, hours of the whole cluster.
    pub lost_cluster_hours: f64,
}

/// A node's turn.
#[derive(Clone, Debug, Serialize)]
pub struct HostView {
    /// Which.
    pub node: String,
    /// When it takes no more jobs.
    pub start: f64,
    /// When its last job is over.
    pub empty: TimesView,
    /// When it is back.
    pub back: f64,
    /// Jobs on it now.
    pub jobs: usize,
    /// Whether it was closed before.
    pub had_begun: bool,
}

/// What is expected at a moment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CapacityView {
    /// When.
    pub t: f64,
    /// Share of the nodes that is not closed, 0 to 1.
    pub fraction: f64,
    /// Share of the cores that is busy, 0 to 1.
    pub busy: f64,
    /// Cores of the largest job that may start at all.
    pub largest_job_cores: u64,
    /// Cores of open nodes that have not had their turn.
    pub cores_before: u64,
    /// Cores of nodes that have had it; they are of the other server where nodes leave.
    pub cores_after: u64,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct StepView {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
    /// The node that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// A command that succeeds when the step may be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard: Option<String>,
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// What it does.
    pub text: String,
}

/// A node without a turn.
#[derive(Clone, Debug, Serialize)]
pub struct UnplannedView {
    /// Which.
    pub node: String,
    /// Why.
    pub reason: String,
}

/// A job that can't start meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct TooLargeView {
    /// Its identity.
    pub job: String,
    /// Cores that it needs.
    pub cores: u64,
    /// From when on it can't start.
    pub from_s: f64,
    /// Until when; null: to the end of the plan.
    pub to_s: Option<f64>,
}

/// The view that JSON is made of.
#[must_use]
pub fn drain(plan: &BatchDrain, steps: &[DrainStep]) -> DrainView {
    DrainView {
        schema: DRAIN_SCHEMA,
        holds: holds(plan),
        mode: mode(plan.mode),
        window: plan.window,
        nodes: plan.nodes,
        out: plan.out,
        finish: plan.finish.map(times),
        mean_capacity: thousandths(plan.mean_capacity),
        lost_cluster_hours: hours(plan.lost_cluster_s),
        stopped_cluster_hours: hours(plan.stopped_cluster_s),
        fluid_bound_s: thousandths(plan.fluid_s),
        full_drain: cost(plan.full_drain),
        waves: cost(plan.waves),
        hosts: plan.hosts.iter().map(host).collect(),
        capacity: thinned(&plan.curve, POINTS).into_iter().map(capacity).collect(),
        commands: steps.iter().map(step).collect(),
        unplanned: plan.unplanned.iter().map(unplanned).collect(),
        done: plan.done.iter().map(|it| escaped(it.as_str())).collect(),
        too_large: plan.too_large.iter().map(too_large).collect(),
        obstacles: plan.obstacles.iter().map(obstacle).collect(),
        assumptions: assumptions(plan),
    }
}

/// Whether a plan can be carried out as it was asked for.
pub(super) fn holds(plan: &BatchDrain) -> bool {
    let is_out = |it: &Unplanned| matches!(it.why, NoTurn::Out(_));
    plan.obstacles.is_empty() && plan.unplanned.iter().all(is_out)
}

fn mode(mode: DrainMode) -> &'static str {
    match mode {
        DrainMode::Drain => "drain",
        DrainMode::Reserve => "reserve",
        DrainMode::Requeue => "requeue",
    }
}

fn times(it: Times) -> TimesView {
    let [p5, p50, p95, bound] = [it.p5, it.p50, it.p95, it.bound].map(thousandths);
    TimesView { p5, p50, p95, bound }
}

fn hours(s: f64) -> f64 {
    thousandths(s / 3600.0)
}

fn cost(it: DrainCost) -> CostView {
    CostView { finish_s: thousandths(it.finish_s), lost_cluster_hours: hours(it.lost_cluster_s) }
}

fn host(turn: &HostTurn) -> HostView {
    HostView {
        node: escaped(turn.node.as_str()),
        start: thousandths(turn.start_s),
        empty: times(turn.empty),
        back: thousandths(turn.back_s),
        jobs: turn.jobs,
        had_begun: turn.had_begun,
    }
}

/// So many points at most: the first, the last, and evenly between.
pub(super) fn thinned(curve: &[Capacity], most: usize) -> Vec<Capacity> {
    let last = curve.len().saturating_sub(1);
    let steps = last.min(most.saturating_sub(1)).max(1);
    let place = |step: usize| step * last / steps;
    let mut places: Vec<usize> = (0..=steps).map(place).collect();
    places.dedup();
    places.into_iter().filter_map(|it| curve.get(it).copied()).collect()
}

fn capacity(it: Capacity) -> CapacityView {
    CapacityView {
        t: thousandths(it.at_s),
        fraction: thousandths(it.open),
        busy: thousandths(it.busy),
        largest_job_cores: super::forecast::whole(it.largest),
        cores_before: super::forecast::whole(it.before_cores),
        cores_after: super::forecast::whole(it.after_cores),
    }
}

fn step(step: &DrainStep) -> StepView {
    StepView {
        at_s: step.at_s.map(thousandths),
        node: step.node.as_ref().map(|it| escaped(it.as_str())),
        guard: step.guard.clone(),
        command: step.command.clone(),
        text: escaped(&step.text),
    }
}

fn unplanned(it: &Unplanned) -> UnplannedView {
    UnplannedView { node: escaped(it.node.as_str()), reason: reason(&it.why) }
}

fn too_large(it: &TooLarge) -> TooLargeView {
    TooLargeView {
        job: escaped(&it.job),
        cores: it.cores,
        from_s: thousandths(it.from_s),
        to_s: it.to_s.map(thousandths),
    }
}

/// Why a node has no turn, in words.
pub(super) fn reason(why: &NoTurn) -> String {
    match why {
        NoTurn::Out(states) => format!("out of use already ({})", escaped(states)),
        NoTurn::Endless(jobs) => format!(
            "nothing ends {} {}: no limit is known (--default-limit assumes one)",
            if jobs.len() == 1 { "job" } else { "jobs" },
            escaped(&jobs.join(", "))
        ),
        NoTurn::UnknownJobs => "it has jobs that --jobs does not tell of".to_owned(),
    }
}

/// What stands in the way, in words.
pub(super) fn obstacle(it: &DrainObstacle) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let time = |s: f64| super::measure::time(s * 1000.0);
    match it {
        DrainObstacle::NoWindow { allowed, out } => format!(
            "no node may be closed: {allowed} may be out at once, and {out} are out already; keep \
             less, or bring nodes back first"
        ),
        DrainObstacle::TooBusy { least } => format!(
            "even one node at a time leaves only {} of the cores busy: keep less",
            percent(*least)
        ),
        DrainObstacle::Late { deadline_s, window: Some(window) } => format!(
            "one time in twenty it ends after the deadline in {}; with {window} nodes at once it \
             would not",
            time(*deadline_s)
        ),
        DrainObstacle::Late { deadline_s, window: None } => format!(
            "one time in twenty it ends after the deadline in {}, and so it does with all nodes at \
             once: only --mode requeue or a later deadline helps",
            time(*deadline_s)
        ),
    }
}

/// What was taken for granted, in words.
pub(super) fn assumptions(plan: &BatchDrain) -> Vec<String> {
    let law = match plan.law {
        LawSource::History(jobs) => {
            format!("jobs run as {jobs} past ones did, by the share of their limit")
        }
        LawSource::Prior(share) => format!(
            "{:.0} % of all jobs run into their limit, the others end at any time before (--at-limit; \
             --history learns it)",
            share * 100.0
        ),
    };
    let queue = if plan.queue_is_full {
        "the queue never empties: a job that ends on an open node is followed at once (--queue)"
    } else {
        "no job follows one that ends (--queue)"
    };
    let notes = plan.notes.iter().map(|it| escaped(it));
    [law, queue.to_owned()].into_iter().chain(notes).collect()
}
