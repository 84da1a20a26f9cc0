//! Why traffic goes where it does at every redirection, as a view and for people.

use std::time::Duration;

use serde::Serialize;

use super::view::names;
use super::words;
use crate::failover::Cluster;
use crate::model::{CsvReason, Lack, MigrationReason, NodeName, OrderKind, Redirection, Turn};
use crate::render::reason;
use crate::render::text::{Page, Tone, list};

/// Redirections that are told to people at most.
const TOLD: usize = 24;

/// One class of traffic that goes another way, with all candidates.
#[derive(Clone, Debug, Serialize)]
pub struct ExplanationView {
    /// When, in seconds.
    pub at_s: f64,
    /// `cluster` or `pairs`.
    pub scope: &'static str,
    /// Nodes on one side; empty for the cluster.
    pub nodes: Vec<String>,
    /// Nodes on the other, the same where it holds among them.
    pub peers: Vec<String>,
    /// `csv` or `live_migration`.
    pub traffic: &'static str,
    /// Network before, or null.
    pub before: Option<String>,
    /// Network then, or null.
    pub after: Option<String>,
    /// Every network, the chosen one first.
    pub candidates: Vec<CandidateView>,
}

/// A network that may carry traffic.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateView {
    /// Its name.
    pub network: String,
    /// Its metric.
    pub metric: u32,
    /// Whether it was chosen.
    pub chosen: bool,
    /// Why, or why not.
    pub reason: String,
}

/// Every redirection, with the candidates that lost and why.
#[must_use]
pub fn explanations(cluster: &Cluster<'_>, all: &[Redirection]) -> Vec<ExplanationView> {
    all.iter().flat_map(|one| explanation(cluster, one)).collect()
}

/// The same for people. Pairs of nodes are told on their own where they go another way than the
/// cluster.
#[must_use]
pub fn explanations_text(cluster: &Cluster<'_>, all: &[Redirection], page: Page) -> String {
    let told: Vec<&Redirection> = all.iter().filter(|one| !follows(one, all)).collect();
    let mut text = String::new();
    for view in told.iter().take(TOLD).flat_map(|one| explanation(cluster, one)) {
        text += &paragraph(&view, page);
    }
    if let Some(more) = told.len().checked_sub(TOLD).filter(|more| *more > 0) {
        text += &format!("\nand {more} more: --format json tells all\n");
    }
    text
}

/// Whether the cluster as a whole does the same at the same time.
fn follows(one: &Redirection, all: &[Redirection]) -> bool {
    let turns =
        |it: &Redirection| (it.csv.before, it.csv.after, it.migration.before, it.migration.after);
    let same =
        |it: &Redirection| it.ends.is_none() && it.at_ms == one.at_ms && turns(it) == turns(one);
    one.ends.is_some() && all.iter().any(same)
}

fn explanation(cluster: &Cluster<'_>, one: &Redirection) -> Vec<ExplanationView> {
    let csv =
        |place: usize| one.csv.standing.get(place).map(|it| csv_reason(cluster, one, place, *it));
    let migration = |place: usize| {
        let standing = one.migration.standing.get(place)?;
        Some(migration_reason(cluster, one, place, *standing))
    };
    let mut views = Vec::new();
    if one.csv.moves() {
        views.push(view(cluster, one, ("csv", &one.csv), csv));
    }
    if one.migration.moves() {
        views.push(view(cluster, one, ("live_migration", &one.migration), migration));
    }
    views
}

fn view<R>(
    cluster: &Cluster<'_>,
    one: &Redirection,
    (traffic, turn): (&'static str, &Turn<R>),
    why: impl Fn(usize) -> Option<String>,
) -> ExplanationView {
    let networks = &cluster.assignment.networks;
    let mut order: Vec<usize> = (0..networks.len()).collect();
    order.sort_by_key(|place| (Some(*place) != turn.after, networks[*place].metric, *place));
    let candidate = |place: usize| {
        Some(CandidateView {
            network: words::name(cluster, place),
            metric: networks[place].metric.get(),
            chosen: Some(place) == turn.after,
            reason: why(place)?,
        })
    };
    let [nodes, peers] = match &one.ends {
        Some(ends) => ends.each_ref().map(|nodes| names(nodes)),
        None => [Vec::new(), Vec::new()],
    };
    ExplanationView {
        at_s: Duration::from_millis(one.at_ms).as_secs_f64(),
        scope: if one.ends.is_some() { "pairs" } else { "cluster" },
        nodes,
        peers,
        traffic,
        before: turn.before.map(|place| words::name(cluster, place)),
        after: turn.after.map(|place| words::name(cluster, place)),
        candidates: order.into_iter().filter_map(candidate).collect(),
    }
}

fn csv_reason(cluster: &Cluster<'_>, one: &Redirection, place: usize, why: CsvReason) -> String {
    match (why, lack(cluster, one, place)) {
        (CsvReason::NotAvailable, Some(lack)) => lack,
        _ => reason::csv(why).to_owned(),
    }
}

fn migration_reason(
    cluster: &Cluster<'_>,
    one: &Redirection,
    place: usize,
    why: MigrationReason,
) -> String {
    let is_csv = one.csv.after == Some(place);
    match (why, lack(cluster, one, place)) {
        (MigrationReason::NotAvailable, Some(lack)) => lack,
        (MigrationReason::First, _)
            if is_csv && one.migration_order == OrderKind::AvoidCsv && one.ends.is_some() =>
        {
            "it carries CSV, and nothing else is left between them".to_owned()
        }
        _ => reason::migration(why, is_csv, one.migration_order).to_owned(),
    }
}

/// Why a network can't be used.
fn lack(cluster: &Cluster<'_>, one: &Redirection, place: usize) -> Option<String> {
    let lack = (*one.lacks.get(place)?)?;
    let of = &cluster.layout.networks.get(place)?.members;
    let Lack::Ends(missing) = lack else {
        return Some("held: it is back, and not yet for as long as the hold says".to_owned());
    };
    let Some(ends) = &one.ends else {
        return Some("not available: no two nodes can use it".to_owned());
    };
    let missing = ends.iter().zip(missing).filter(|(_, missing)| *missing);
    let mut nodes: Vec<NodeName> = missing.flat_map(|(nodes, _)| nodes.iter().cloned()).collect();
    nodes.sort();
    nodes.dedup();
    let is_member = |node: &NodeName| of.iter().any(|member| member.node == *node);
    let (members, others): (Vec<NodeName>, Vec<NodeName>) = nodes.into_iter().partition(is_member);
    let tell = |nodes: &[NodeName], what: &str| {
        (!nodes.is_empty()).then(|| format!("{what} {}", words::nodes(nodes)))
    };
    let all = [tell(&members, "down at"), tell(&others, "not on it:")];
    Some(format!("can't be used: {}", all.into_iter().flatten().collect::<Vec<_>>().join("; ")))
}

fn paragraph(view: &ExplanationView, page: Page) -> String {
    let what = if view.traffic == "csv" { "CSV" } else { "migration" };
    let shown = |name: &Option<String>| match name {
        Some(name) => words::quoted(name),
        None => "nothing".to_owned(),
    };
    let whom = match (&*view.nodes, &*view.peers) {
        ([], _) => "cluster-wide".to_owned(),
        (nodes, peers) if nodes == peers => format!("{} with each other", list(nodes, 4)),
        (nodes, peers) => format!("{} with {}", list(nodes, 4), list(peers, 4)),
    };
    let title = format!(
        "At {} s, {whom}: {what} goes from {} to {}",
        view.at_s,
        shown(&view.before),
        shown(&view.after)
    );
    let mut text = format!("\n{}\n", page.paint(&page.wrap(&title, 2), Tone::Strong));
    for CandidateView { network, metric, reason, .. } in &view.candidates {
        text += &(page.wrap(&format!("  {network} ({metric}): {reason}"), 4) + "\n");
    }
    text
}
