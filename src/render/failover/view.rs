//! The view that JSON is made of.

use std::time::Duration;

use serde::Serialize;

use super::remedy::RemedyView;
use super::why::ExplanationView;
use super::words;
use crate::failover::Cluster;
use crate::model::{
    Assignment, FailoverPlan, NodeName, PairChange, PairTraffic, RedirectedIo, Timeline,
};
use crate::render::service::PhaseView;
use crate::render::text::escaped;

/// Schema of the JSON that `failover` prints.
pub const FAILOVER_SCHEMA: &str = "netplan-cluster/failover/1";

/// What happens in a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct FailoverView {
    /// Always [`FAILOVER_SCHEMA`].
    pub schema: &'static str,
    /// What is lost at the end, as `--lose` takes it.
    pub lost: Vec<String>,
    /// Traffic before.
    pub before: StateView,
    /// Traffic at the end.
    pub after: StateView,
    /// Every pair of survivors for which something changes.
    pub pairs: Vec<PairView>,
    /// Groups of survivors that can reach each other, when there is more than one.
    pub partitions: Vec<Vec<String>>,
    /// Whether CSV and live migration are on one network, cluster-wide.
    pub collision: bool,
    /// Nodes whose storage is reached through others, or no longer.
    pub redirected_io: Vec<IoView>,
    /// Survivors whose storage I/O stops and went before.
    pub stopped_io: Vec<String>,
    /// By what losses are noticed.
    pub profile: &'static str,
    /// What happens when, with the hold.
    pub timeline: Vec<MomentView>,
    /// How often traffic moves in it.
    pub redirections: usize,
    /// Parts that come back, and how often.
    pub flaps: Vec<FlapView>,
    /// The same without the hold; null when there is none.
    pub without_hold: Option<WithoutHoldView>,
    /// Why traffic goes where it does, where that is asked for.
    #[serde(flatten)]
    pub explained: Option<Explained>,
}

/// What `--explain` adds.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// Every redirection of the timeline, with the candidates that lost and why.
    pub explanations: Vec<ExplanationView>,
    /// What would mend what is lost at the end; null when it does no harm.
    pub remedy: Option<RemedyView>,
}

/// Traffic of the cluster as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct StateView {
    /// CSV and preferred heartbeat network.
    pub csv: Option<String>,
    /// Heartbeat networks that are available, by metric.
    pub heartbeat: Vec<String>,
    /// Live migration networks that are available, first choice first.
    pub live_migration: Vec<String>,
    /// All networks.
    pub networks: Vec<NetworkStateView>,
}

/// A network's state.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkStateView {
    /// Name.
    pub name: String,
    /// `Up`, `Partitioned`, `Down` or `Unavailable`.
    pub state: &'static str,
}

/// Two nodes between which traffic changes.
#[derive(Clone, Debug, Serialize)]
pub struct PairView {
    /// The two, by name.
    pub nodes: [String; 2],
    /// Traffic before.
    pub before: PairTrafficView,
    /// Traffic after.
    pub after: PairTrafficView,
}

/// Traffic between two nodes.
#[derive(Clone, Debug, Serialize)]
pub struct PairTrafficView {
    /// CSV and preferred heartbeat network.
    pub csv: Option<String>,
    /// Heartbeat networks, by metric.
    pub heartbeat: Vec<String>,
    /// Live migration networks, first choice first.
    pub live_migration: Vec<String>,
}

/// Nodes that lost their own path to a storage target.
#[derive(Clone, Debug, Serialize)]
pub struct IoView {
    /// The nodes.
    pub nodes: Vec<String>,
    /// The target, or null when its name is not known.
    pub target: Option<String>,
    /// Network that carries the I/O; null when it stops.
    pub network: Option<String>,
    /// Node that does it; null when it stops.
    pub through: Option<String>,
}

/// Something that happens.
#[derive(Clone, Debug, Serialize)]
pub struct MomentView {
    /// When, in seconds.
    pub at_s: f64,
    /// `lost`, `detected`, `undetected`, `unnoticed`, `returned`, `held`, `redirected` or `storage`;
    /// `service` for its verdict, or the name of its phase.
    pub event: &'static str,
    /// What exactly.
    pub detail: String,
    /// The phase that begins, where it is one of a service.
    #[serde(flatten)]
    pub phase: Option<PhaseView>,
}

/// A part that comes back.
#[derive(Clone, Debug, Serialize)]
pub struct FlapView {
    /// The part, as `--lose` takes it.
    pub part: String,
    /// How often.
    pub count: usize,
}

/// What happens without the hold.
#[derive(Clone, Debug, Serialize)]
pub struct WithoutHoldView {
    /// What happens when.
    pub timeline: Vec<MomentView>,
    /// How often traffic moves in it.
    pub redirections: usize,
}

/// The view of a plan, with explanations where they are asked for.
#[must_use]
pub fn failover(
    cluster: &Cluster<'_>,
    plan: &FailoverPlan,
    explained: Option<Explained>,
) -> FailoverView {
    let without_hold = plan.without_hold.as_ref().map(|timeline| WithoutHoldView {
        timeline: moments(cluster, timeline),
        redirections: timeline.redirections(),
    });
    FailoverView {
        schema: FAILOVER_SCHEMA,
        lost: plan.lost.iter().map(|part| words::part_text(cluster, part)).collect(),
        before: state(cluster, &plan.before),
        after: state(cluster, &plan.after),
        pairs: pairs(cluster, &plan.changes),
        partitions: plan.partitions.iter().map(|nodes| names(nodes)).collect(),
        collision: plan.after.traffic.collides(),
        redirected_io: plan.redirected_io.iter().map(|one| io(cluster, one)).collect(),
        stopped_io: names(&plan.stopped_io),
        profile: plan.profile.name(),
        timeline: moments(cluster, &plan.timeline),
        redirections: plan.timeline.redirections(),
        flaps: flaps(cluster, &plan.timeline),
        without_hold,
        explained,
    }
}

pub(super) fn names(nodes: &[NodeName]) -> Vec<String> {
    nodes.iter().map(|node| escaped(node.as_str())).collect()
}

fn state(cluster: &Cluster<'_>, assignment: &Assignment) -> StateView {
    let traffic = &assignment.traffic;
    let networks = assignment.networks.iter().enumerate();
    StateView {
        csv: traffic.csv.map(|place| words::name(cluster, place)),
        heartbeat: words::names(cluster, &traffic.heartbeat),
        live_migration: words::names(cluster, &traffic.live_migration),
        networks: networks
            .map(|(place, network)| NetworkStateView {
                name: words::name(cluster, place),
                state: network.state.name(),
            })
            .collect(),
    }
}

fn pairs(cluster: &Cluster<'_>, changes: &[PairChange]) -> Vec<PairView> {
    let mut pairs = Vec::with_capacity(changes.iter().map(PairChange::pairs).sum());
    for change in changes {
        let (before, after) = (traffic(cluster, &change.before), traffic(cluster, &change.after));
        let among = change.nodes == change.peers;
        for (at, node) in change.nodes.iter().enumerate() {
            for peer in change.peers.iter().skip(if among { at + 1 } else { 0 }) {
                let nodes = [node.min(peer), node.max(peer)].map(|it| escaped(it.as_str()));
                pairs.push(PairView { nodes, before: before.clone(), after: after.clone() });
            }
        }
    }
    pairs.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    pairs
}

fn traffic(cluster: &Cluster<'_>, traffic: &PairTraffic) -> PairTrafficView {
    PairTrafficView {
        csv: traffic.csv.map(|place| words::name(cluster, place)),
        heartbeat: words::names(cluster, &traffic.heartbeat),
        live_migration: words::names(cluster, &traffic.live_migration),
    }
}

fn io(cluster: &Cluster<'_>, io: &RedirectedIo) -> IoView {
    IoView {
        nodes: names(&io.nodes),
        target: io.target.as_deref().map(escaped),
        network: io.through.as_ref().map(|(_, network)| words::name(cluster, *network)),
        through: io.through.as_ref().map(|(owner, _)| escaped(owner.as_str())),
    }
}

fn flaps(cluster: &Cluster<'_>, timeline: &Timeline) -> Vec<FlapView> {
    let flaps = timeline.flaps().into_iter();
    flaps.map(|(part, count)| FlapView { part: words::part_text(cluster, part), count }).collect()
}

fn moments(cluster: &Cluster<'_>, timeline: &Timeline) -> Vec<MomentView> {
    let moments = timeline.moments.iter().map(|moment| {
        let (event, detail) = words::happening(cluster, &moment.what);
        let at_s = Duration::from_millis(moment.at_ms).as_secs_f64();
        MomentView { at_s, event, detail, phase: None }
    });
    moments.collect()
}
