//! What hurts most, for people.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::all::partitions;
use super::words;
use crate::failover::{self, Cluster};
use crate::model::{Failure, FailureOutcome, Failures, LostPart, NodeName, Profile};
use crate::render::grid::grid;
use crate::render::text::{Page, Tone, count, escaped, list};

/// Rows that are shown at most.
const ROWS: usize = 20;

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
    let before = failover::groups(cluster, &BTreeSet::new()).len();
    let mut text = page.wrap(&verdict(all, k, page), 0) + "\n";
    if before > 1 {
        let parted = format!("The nodes are in {before} groups already, before anything is lost.");
        text += &(page.wrap(&page.paint(&parted, Tone::Bad), 0) + "\n");
    }
    text += "\n";
    let rows = rows(all);
    text += &table(cluster, &rows, page);
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text += &format!("and {} that hurt less\n", count(more, "row"));
    }
    text += &cut_off(cluster, &rows, before, page);
    let mut by = format!(
        "Ranked by whether anything is left, pairs of nodes that are cut off, storage I/O that stops, \
         one node left alone, CSV and migration on one network, storage I/O that is redirected, \
         traffic that moves, and detection time. Losses are noticed by {}.",
        words::profile(profile)
    );
    if all.summary.left_out > 0 {
        let pairs = count(all.summary.left_out, "further pair");
        by += &format!(" Left out: {pairs} of parts of which one is a part of the other.");
    }
    text + "\n" + &page.wrap(&by, 0) + "\n"
}

fn verdict(all: &Failures, k: u8, page: Page) -> String {
    let summary = &all.summary;
    let what = if k == 1 { "single failure" } else { "double failure" };
    let of = |good: usize, text: &str| {
        let tone = if good == summary.failures { Tone::Good } else { Tone::Warning };
        page.paint(&format!("{good} {text}"), tone)
    };
    let text = format!(
        "{}: {}, {}, {}",
        count(summary.failures, what),
        of(summary.survived_without_partition, "survived without partition"),
        of(summary.migration_apart, "with migration apart from CSV cluster-wide"),
        of(summary.no_pair_collides, "without a pair that newly shares one network for both"),
    );
    let more = [
        (summary.nothing_left, "nothing is left", Tone::Bad),
        (summary.storage_stopped, "storage I/O stops", Tone::Bad),
        (summary.storage_redirected, "storage I/O is redirected", Tone::Warning),
        (summary.alone, "one node is left alone", Tone::Warning),
    ];
    let more = more.into_iter().filter(|(number, ..)| *number > 0);
    let more = more.map(|(number, what, tone)| {
        format!("; {}", page.paint(&format!("after {number}, {what}"), tone))
    });
    text + &more.collect::<String>() + &slowest(all)
}

fn slowest(all: &Failures) -> String {
    let slowest = words::seconds(all.summary.worst_detection_ms);
    match all.summary.undetected {
        0 => format!("; the slowest is noticed after {slowest} s"),
        1 => format!("; 1 is never noticed, the slowest of the others after {slowest} s"),
        never => {
            format!("; {never} are never noticed, the slowest of the others after {slowest} s")
        }
    }
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

/// Names of columns that a narrow page may lose, first one first.
const EXPENDABLE: [&str; 3] = ["Moves", "Such", "Noticed"];

fn table(cluster: &Cluster<'_>, rows: &[Row<'_>], page: Page) -> String {
    let shown = || rows.iter().take(ROWS).map(|row| &row.example.outcome);
    let has_storage = shown().any(|it| it.stopped + it.redirected > 0);
    let header = ["Lost", "Such", "Cut off", "Storage", "CSV", "Migration", "Moves", "Noticed"];
    let is_shown = |name: &&str| *name != "Storage" || has_storage;
    let header: Vec<&str> = header.into_iter().filter(is_shown).collect();
    let place = |name: &&str| header.iter().position(|it| it == name);
    let expendable: Vec<usize> = EXPENDABLE.iter().filter_map(place).collect();
    let mut cells = vec![header.iter().map(|name| (*name).to_owned()).collect()];
    for row in rows.iter().take(ROWS) {
        cells.push(line(cluster, row, page, has_storage));
    }
    grid(cells, &expendable, page)
}

fn line(cluster: &Cluster<'_>, row: &Row<'_>, page: Page, has_storage: bool) -> Vec<String> {
    let outcome = &row.example.outcome;
    let mut cells = vec![title(cluster, row), row.count.to_string(), cut_off_cell(outcome, page)];
    if has_storage {
        cells.push(storage(outcome, page));
    }
    let network = |place: Option<usize>| match place {
        None => page.paint("nothing", Tone::Bad),
        Some(place) => words::name(cluster, place),
    };
    cells.push(network(outcome.csv));
    let migration = network(outcome.live_migration.first().copied());
    cells.push(match outcome.colliding {
        _ if outcome.collides() => page.paint("the same", Tone::Warning),
        0 => migration,
        shared => {
            let text = format!("({} on one)", pairs(shared));
            format!("{migration} {}", page.paint(&text, Tone::Warning))
        }
    });
    cells.push(pairs(outcome.moved));
    cells.push(match row.example.detection_ms {
        Some(ms) => format!("{} s", words::seconds(ms)),
        None => "never".to_owned(),
    });
    cells
}

fn pairs(number: usize) -> String {
    if number == 0 { "-".to_owned() } else { count(number, "pair") }
}

fn cut_off_cell(outcome: &FailureOutcome, page: Page) -> String {
    match outcome {
        it if it.nothing_left => page.paint("all", Tone::Bad),
        it if it.parted > 0 => page.paint(&pairs(it.parted), Tone::Bad),
        it if it.groups > 1 => page.paint(&format!("{} groups", it.groups), Tone::Bad),
        it if it.alone => page.paint("one left", Tone::Warning),
        _ => page.paint("-", Tone::Good),
    }
}

fn storage(outcome: &FailureOutcome, page: Page) -> String {
    match (outcome.stopped, outcome.redirected) {
        (0, 0) => "-".to_owned(),
        (0, nodes) => page.paint(&format!("{} redirected", count(nodes, "node")), Tone::Warning),
        (nodes, _) => page.paint(&format!("{} stopped", count(nodes, "node")), Tone::Bad),
    }
}

/// Who is cut off from whom, for the worst failures; groups that are as many as before are left out.
fn cut_off(cluster: &Cluster<'_>, rows: &[Row<'_>], before: usize, page: Page) -> String {
    let mut text = String::new();
    let is_told = |it: &FailureOutcome| it.parted > 0 || it.groups > before.max(1);
    for row in rows.iter().take(ROWS / 2).filter(|row| is_told(&row.example.outcome)) {
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
