//! What hurts most, as a view and for people.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::view::{FAILOVER_SCHEMA, names};
use super::words;
use crate::failover::{self, Cluster};
use crate::model::{Failure, FailureOutcome, Failures, LostPart, NodeName, Profile};
use crate::render::grid::grid;
use crate::render::text::{Page, Tone, count, escaped, list};

/// Rows that are shown at most.
const ROWS: usize = 20;

/// What happens when each part is lost alone, or each two together.
#[derive(Clone, Debug, Serialize)]
pub struct AllView {
    /// Always [`FAILOVER_SCHEMA`].
    pub schema: &'static str,
    /// How many parts are lost at once.
    pub lost_at_once: u8,
    /// By what losses are noticed.
    pub profile: &'static str,
    /// The failures, that which hurts most first.
    pub failures: Vec<FailureView>,
    /// Counts over all of them.
    pub summary: SummaryView,
}

/// Losses that happen at once.
#[derive(Clone, Debug, Serialize)]
pub struct FailureView {
    /// What is lost, as `--lose` takes it; an example where `count` is more than one.
    pub lost: Vec<String>,
    /// How many failures are like it.
    pub count: usize,
    /// Traffic then.
    pub after: AfterView,
    /// Groups of survivors that can reach each other, when there is more than one.
    pub partitions: Vec<Vec<String>>,
    /// Pairs of nodes that lose the last network between them.
    pub parted_pairs: usize,
    /// Whether CSV and live migration are on one network, cluster-wide.
    pub collision: bool,
    /// Pairs of nodes between which they newly are.
    pub colliding_pairs: usize,
    /// Pairs of nodes whose traffic moves.
    pub moved_pairs: usize,
    /// Time until all of it is noticed, in seconds.
    pub detection_s: f64,
}

/// Traffic of the cluster as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct AfterView {
    /// CSV and preferred heartbeat network.
    pub csv: Option<String>,
    /// Live migration networks that are available, first choice first.
    pub live_migration: Vec<String>,
}

/// Counts over all failures.
#[derive(Clone, Debug, Serialize)]
pub struct SummaryView {
    /// How many failures there are.
    pub failures: usize,
    /// After how many of them all survivors that could talk still can.
    pub survived_without_partition: usize,
    /// After how many of them migration has a network apart from CSV, cluster-wide.
    pub migration_apart: usize,
    /// After how many of them no pair of nodes newly shares one network for both.
    pub no_pair_collides: usize,
    /// Longest detection time, in seconds.
    pub worst_detection_s: f64,
}

/// The view of all failures.
#[must_use]
pub fn failures(cluster: &Cluster<'_>, all: &Failures, k: u8, profile: Profile) -> AllView {
    let summary = &all.summary;
    AllView {
        schema: FAILOVER_SCHEMA,
        lost_at_once: k,
        profile: profile.name(),
        failures: all.failures.iter().map(|one| failure(cluster, one)).collect(),
        summary: SummaryView {
            failures: summary.failures,
            survived_without_partition: summary.survived_without_partition,
            migration_apart: summary.migration_apart,
            no_pair_collides: summary.no_pair_collides,
            worst_detection_s: seconds(summary.worst_detection_ms),
        },
    }
}

fn failure(cluster: &Cluster<'_>, failure: &Failure) -> FailureView {
    let outcome = &failure.outcome;
    FailureView {
        lost: failure.lost.iter().map(|part| words::part_text(cluster, part)).collect(),
        count: failure.count,
        after: AfterView {
            csv: outcome.csv.map(|place| words::name(cluster, place)),
            live_migration: words::names(cluster, &outcome.live_migration),
        },
        partitions: partitions(cluster, failure).iter().map(|nodes| names(nodes)).collect(),
        parted_pairs: outcome.parted,
        collision: outcome.collides(),
        colliding_pairs: outcome.colliding,
        moved_pairs: outcome.moved,
        detection_s: seconds(failure.detection_ms),
    }
}

/// Groups of survivors where a failure parts some.
fn partitions(cluster: &Cluster<'_>, failure: &Failure) -> Vec<Vec<NodeName>> {
    if failure.outcome.parted == 0 {
        return Vec::new();
    }
    failover::groups(cluster, &failure.lost.iter().cloned().collect())
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}

/// Like failures in one row.
struct Row<'f> {
    example: &'f Failure,
    nodes: Vec<&'f NodeName>,
    count: usize,
}

/// All failures for people: counts first, then what hurts most.
#[must_use]
pub fn failures_table(
    cluster: &Cluster<'_>,
    all: &Failures,
    (k, profile): (u8, Profile),
    page: Page,
) -> String {
    let mut text = page.wrap(&verdict(all, k, page), 0) + "\n\n";
    let rows = rows(all);
    text += &grid(table(cluster, &rows, page), &[4, 1], page);
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text += &format!("and {} that hurt less\n", count(more, "row"));
    }
    text += &cut_off(cluster, &rows, page);
    let by = format!(
        "Ranked by pairs of nodes that are cut off, then by CSV and migration on one network, \
         traffic that moves, and detection time. Losses are noticed by {}.",
        words::profile(profile)
    );
    text + "\n" + &page.wrap(&by, 0) + "\n"
}

fn verdict(all: &Failures, k: u8, page: Page) -> String {
    let summary = &all.summary;
    let what = if k == 1 { "single failure" } else { "double failure" };
    let of = |good: usize, text: &str| {
        let tone = if good == summary.failures { Tone::Good } else { Tone::Warning };
        page.paint(&format!("{good} {text}"), tone)
    };
    format!(
        "{}: {}, {}, {}; the slowest is noticed after {} s",
        count(summary.failures, what),
        of(summary.survived_without_partition, "survived without partition"),
        of(summary.migration_apart, "with migration apart from CSV cluster-wide"),
        of(summary.no_pair_collides, "without a pair that newly shares one network for both"),
        words::seconds(summary.worst_detection_ms),
    )
}

/// Failures that follow each other in rank and are alike but for the node.
fn rows(all: &Failures) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for failure in &all.failures {
        let node = match &*failure.lost {
            [one] => node_of(one),
            _ => None,
        };
        let same = |row: &&mut Row<'_>| {
            node.is_some()
                && label(&row.example.lost) == label(&failure.lost)
                && row.example.detection_ms == failure.detection_ms
                && Arc::ptr_eq(&row.example.outcome, &failure.outcome)
        };
        let recent = rows.len().saturating_sub(8);
        match rows[recent..].iter_mut().find(same) {
            Some(row) => {
                row.nodes.extend(node);
                row.count += failure.count;
            }
            None => rows.push(Row {
                example: failure,
                nodes: node.into_iter().collect(),
                count: failure.count,
            }),
        }
    }
    rows
}

fn node_of(part: &LostPart) -> Option<&NodeName> {
    match part {
        LostPart::Node(node)
        | LostPart::Card(node, _)
        | LostPart::Interface(node, _)
        | LostPart::Storage(node) => Some(node),
        LostPart::Network(_) | LostPart::Switch(_) => None,
    }
}

/// What a part is called but for its node.
fn label(lost: &[LostPart]) -> (u8, &str) {
    match lost {
        [LostPart::Node(_)] => (1, ""),
        [LostPart::Card(_, card)] => (2, card),
        [LostPart::Interface(_, interface)] => (3, interface.as_str()),
        [LostPart::Storage(_)] => (4, ""),
        _ => (0, ""),
    }
}

fn title(cluster: &Cluster<'_>, row: &Row<'_>) -> String {
    let nodes = || {
        let names: Vec<String> = row.nodes.iter().map(|node| escaped(node.as_str())).collect();
        list(&names, 3)
    };
    match &*row.example.lost {
        [LostPart::Node(_)] => format!("node {}", nodes()),
        [LostPart::Card(_, card)] => format!("device {} of {}", escaped(card), nodes()),
        [LostPart::Interface(_, name)] => {
            format!("interface {} of {}", escaped(name.as_str()), nodes())
        }
        lost => {
            let parts: Vec<String> = lost.iter().map(|it| words::part_text(cluster, it)).collect();
            parts.join(" and ")
        }
    }
}

fn table(cluster: &Cluster<'_>, rows: &[Row<'_>], page: Page) -> Vec<Vec<String>> {
    let header = ["Lost", "Such", "Cut off", "CSV / migration", "Moves", "Noticed"];
    let mut cells = vec![header.map(str::to_owned).to_vec()];
    for row in rows.iter().take(ROWS) {
        let outcome = &row.example.outcome;
        let pairs = |number: usize| match number {
            0 => "-".to_owned(),
            number => count(number, "pair"),
        };
        cells.push(vec![
            title(cluster, row),
            row.count.to_string(),
            page.paint(
                &pairs(outcome.parted),
                if outcome.parted > 0 { Tone::Bad } else { Tone::Good },
            ),
            wire(cluster, outcome, page),
            pairs(outcome.moved),
            format!("{} s", words::seconds(row.example.detection_ms)),
        ]);
    }
    cells
}

fn wire(cluster: &Cluster<'_>, outcome: &FailureOutcome, page: Page) -> String {
    let csv = words::name_or_nothing(cluster, outcome.csv);
    let migration = words::name_or_nothing(cluster, outcome.live_migration.first().copied());
    if outcome.csv.is_none() {
        return page.paint("nothing is left", Tone::Bad);
    }
    if outcome.collides() {
        return page.paint(&format!("both on {csv}"), Tone::Warning);
    }
    let apart = format!("{csv} / {migration}");
    match outcome.colliding {
        0 => apart,
        pairs => {
            let text = format!("; on one for {}", count(pairs, "pair"));
            apart + &page.paint(&text, Tone::Warning)
        }
    }
}

/// Who is cut off from whom, for the worst failures.
fn cut_off(cluster: &Cluster<'_>, rows: &[Row<'_>], page: Page) -> String {
    let mut text = String::new();
    for row in rows.iter().take(ROWS / 2).filter(|row| row.example.outcome.parted > 0) {
        let groups = partitions(cluster, row.example);
        let shown: Vec<String> = groups.iter().map(|nodes| words::nodes(nodes)).collect();
        let lost: Vec<String> =
            row.example.lost.iter().map(|it| words::part_text(cluster, it)).collect();
        let groups = if shown.is_empty() {
            "reached only through others".to_owned()
        } else {
            shown.join(" | ")
        };
        text += &(page.wrap(&format!("  {}: {groups}", lost.join(" and ")), 4) + "\n");
    }
    if text.is_empty() {
        return text;
    }
    format!("\n{}\n{text}", page.paint("Cut off, each with an example", Tone::Strong))
}
