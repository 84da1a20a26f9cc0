//! A plan for people: the verdict first, then what changes.

use std::collections::BTreeSet;
use std::time::Duration;

use super::words;
use crate::failover::{self, Cluster};
use crate::model::service::ServiceLoss;
use crate::model::{FailoverPlan, NetworkState, PairChange, PairTraffic, Timeline};
use crate::render::grid::grid;
use crate::render::service::entries;
use crate::render::text::{Page, Tone, count, escaped, list};

/// Rows of pairs that are shown at most.
const ROWS: usize = 24;

/// Stands for a space at which no line is broken.
const UNBROKEN: &str = "\u{e000}";

/// The plan as text; its timeline goes on with what comes of it for services.
#[must_use]
pub fn failover_table(
    cluster: &Cluster<'_>,
    plan: &FailoverPlan,
    services: &[ServiceLoss],
    page: Page,
) -> String {
    let mut text = page.wrap(&verdict(cluster, plan, page), 0) + "\n\n";
    text += &traffic(cluster, plan, page);
    text += &section("Networks", &networks(cluster, plan, page), page);
    text += &section("Pairs of nodes", &pairs(cluster, plan, page), page);
    text += &section("Cut off", &cut_off(plan, page), page);
    text += &section("CSV and migration on one network", &collisions(cluster, plan, page), page);
    text += &section("Storage", &storage(cluster, plan, page), page);
    text + &timelines(cluster, plan, services, page)
}

fn section(title: &str, body: &str, page: Page) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("\n{}\n{body}", page.paint(title, Tone::Strong))
}

fn verdict(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let lost: Vec<String> = plan.lost.iter().map(|it| words::part_text(cluster, it)).collect();
    let lost = if lost.is_empty() { "at the end nothing".to_owned() } else { list(&lost, 4) };
    if plan.left.nodes.is_empty() {
        return format!("{lost} lost: {}", page.paint("no node is left", Tone::Bad));
    }
    let moved = match sum(plan, |it| it.before.moves_to(&it.after)) {
        0 => "no traffic moves".to_owned(),
        pairs => format!("traffic of {} moves", count(pairs, "pair")),
    };
    let before = failover::groups(cluster, &BTreeSet::new()).len();
    let all = [Some(cut_off_verdict(plan, before, page)), storage_verdict(plan, page)];
    let all = all.into_iter().flatten().chain([wire_verdict(plan, page), moved]);
    format!("{lost} lost: {}", all.collect::<Vec<_>>().join("; "))
}

fn sum(plan: &FailoverPlan, is: impl Fn(&PairChange) -> bool) -> usize {
    plan.changes.iter().filter(|it| is(it)).map(PairChange::pairs).sum()
}

/// Who is cut off, of nodes that were in so many groups before; one group counts as none.
fn cut_off_verdict(plan: &FailoverPlan, before: usize, page: Page) -> String {
    let was_more = plan.before_nodes > 1;
    match (sum(plan, PairChange::parts), plan.partitions.len(), &*plan.left.nodes) {
        (0, 0, [node]) if was_more => {
            let text = format!("{} is left alone", escaped(node.as_str()));
            page.paint(&text, Tone::Warning)
        }
        (0, 0, _) => page.paint("nobody is cut off", Tone::Good),
        (0, groups, _) if groups <= before => {
            page.paint(&format!("{groups} groups as before"), Tone::Warning)
        }
        (0, groups, _) => {
            page.paint(&format!("{groups} groups that can't reach each other"), Tone::Bad)
        }
        (pairs, 0, _) => page.paint(&format!("{} cut off", count(pairs, "pair")), Tone::Bad),
        (pairs, groups, _) => {
            let text =
                format!("{groups} groups that can't reach each other, {}", count(pairs, "pair"));
            page.paint(&text, Tone::Bad)
        }
    }
}

/// Nothing where every node reaches its storage by itself.
fn storage_verdict(plan: &FailoverPlan, page: Page) -> Option<String> {
    if !plan.stopped_io.is_empty() {
        let text = format!("storage I/O of {} stops", words::nodes(&plan.stopped_io));
        return Some(page.paint(&text, Tone::Bad));
    }
    let through = plan.redirected_io.iter().filter(|io| io.through.is_some());
    let mut nodes: Vec<_> = through.flat_map(|io| io.nodes.iter().cloned()).collect();
    nodes.sort();
    nodes.dedup();
    let text = format!("storage I/O of {} is redirected", words::nodes(&nodes));
    (!nodes.is_empty()).then(|| page.paint(&text, Tone::Warning))
}

fn wire_verdict(plan: &FailoverPlan, page: Page) -> String {
    let after = &plan.after.traffic;
    let colliding = sum(plan, |it| it.after.collides());
    if plan.before.traffic.csv.is_none() && after.csv.is_none() {
        return page.paint("nothing carries CSV, as before", Tone::Warning);
    }
    if after.csv.is_none() {
        return page.paint("nothing is left for CSV", Tone::Bad);
    }
    if plan.left.nodes.len() == 1 && plan.before_nodes > 1 {
        return page.paint("there is no node to migrate to", Tone::Warning);
    }
    if after.collides() {
        return page.paint("CSV and migration share a network", Tone::Warning);
    }
    if colliding > 0 {
        let text = format!("CSV and migration share a network for {}", count(colliding, "pair"));
        return page.paint(&text, Tone::Warning);
    }
    page.paint("CSV and migration stay apart", Tone::Good)
}

fn traffic(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let (before, after) = (&plan.before.traffic, &plan.after.traffic);
    let order = |places: &[usize]| match places {
        [] => "nothing".to_owned(),
        places => words::names(cluster, places).join(", "),
    };
    let row = |what: &str, old: String, new: String| {
        let tone = if old == new { Tone::Faint } else { Tone::Strong };
        vec![what.to_owned(), old, page.paint(&new, tone)]
    };
    let csv = |place| words::name_or_nothing(cluster, place);
    let rows = vec![
        row("", "Before".to_owned(), "After".to_owned()),
        row("CSV", csv(before.csv), csv(after.csv)),
        row("Heartbeat", order(&before.heartbeat), order(&after.heartbeat)),
        row("Live migration", order(&before.live_migration), order(&after.live_migration)),
    ];
    grid(rows, &[], page)
}

fn networks(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let mut rows = vec![["Name", "Role", "Metric", "Before", "After"].map(str::to_owned).to_vec()];
    let states = plan.before.networks.iter().zip(&plan.after.networks).enumerate();
    for (place, (before, after)) in states {
        let tone = match after.state {
            NetworkState::Up => Tone::Good,
            NetworkState::Partitioned => Tone::Warning,
            NetworkState::Down | NetworkState::Unavailable => Tone::Bad,
        };
        rows.push(vec![
            words::name(cluster, place),
            before.role.number().to_string(),
            before.metric.to_string(),
            before.state.name().to_owned(),
            page.paint(after.state.name(), tone),
        ]);
    }
    grid(rows, &[1, 2], page)
}

fn pairs(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    if plan.changes.is_empty() {
        return String::new();
    }
    let header = ["Nodes", "With", "Pairs", "CSV", "Live migration"].map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    for change in plan.changes.iter().take(ROWS) {
        let among = change.nodes == change.peers;
        let peers = if among { "each other".to_owned() } else { words::nodes(&change.peers) };
        let first = |traffic: &PairTraffic| traffic.live_migration.first().copied();
        rows.push(vec![
            words::nodes(&change.nodes),
            peers,
            change.pairs().to_string(),
            turn(cluster, [change.before.csv, change.after.csv]),
            turn(cluster, [first(&change.before), first(&change.after)]),
        ]);
    }
    let mut text = grid(rows, &[2], page);
    if let Some(more) = plan.changes.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text += &format!("and {more} more groups: --format json lists every pair\n");
    }
    text
}

fn turn(cluster: &Cluster<'_>, [old, new]: [Option<usize>; 2]) -> String {
    let to = words::name_or_nothing(cluster, new);
    if old == new {
        return format!("{to} as before");
    }
    format!("{} -> {to}", words::name_or_nothing(cluster, old))
}

fn cut_off(plan: &FailoverPlan, page: Page) -> String {
    let group = |nodes: &Vec<_>| page.wrap(&format!("  {}", words::nodes(nodes)), 4) + "\n";
    let mut text: String = plan.partitions.iter().take(ROWS).map(group).collect();
    if plan.partitions.is_empty() {
        for change in plan.changes.iter().filter(|it| it.parts()).take(ROWS) {
            let line = format!("  {}", ends(change));
            text += &(page.wrap(&line, 4) + "\n");
        }
    }
    if let Some(more) = plan.partitions.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text += &format!("  and {more} more groups\n");
    }
    text
}

fn ends(change: &PairChange) -> String {
    if change.nodes == change.peers {
        return format!("{} with each other", words::nodes(&change.nodes));
    }
    format!("{} with {}", words::nodes(&change.nodes), words::nodes(&change.peers))
}

fn collisions(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let mut text = String::new();
    for change in plan.changes.iter().filter(|it| it.after.collides()).take(ROWS) {
        let on = words::name_or_nothing(cluster, change.after.csv);
        text += &(page.wrap(&format!("  {}: {on}", ends(change)), 4) + "\n");
    }
    text
}

fn storage(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let line = |io| page.wrap(&format!("  {}", words::redirected_io(cluster, io)), 4) + "\n";
    plan.redirected_io.iter().map(line).collect()
}

fn timelines(
    cluster: &Cluster<'_>,
    plan: &FailoverPlan,
    services: &[ServiceLoss],
    page: Page,
) -> String {
    let moves = |timeline: &Timeline| count(timeline.redirections(), "redirection");
    let held = match &plan.without_hold {
        Some(_) => format!("Timeline with the hold: {}", moves(&plan.timeline)),
        None => format!("Timeline: {}", moves(&plan.timeline)),
    };
    let mut text = section(&held, &timeline(cluster, &plan.timeline, services, page), page);
    if let Some(free) = &plan.without_hold {
        let title = format!("Timeline without the hold: {}", moves(free));
        text += &section(&title, &timeline(cluster, free, &[], page), page);
    }
    for (part, times) in plan.timeline.flaps() {
        let line = format!("{} comes back {}", words::part_text(cluster, part), count_times(times));
        text += &format!("\n{}\n", page.wrap(&line, 0));
    }
    let by = format!("Losses are noticed by {}.", words::profile(plan.profile));
    text + "\n" + &page.wrap(&by, 0) + "\n"
}

/// Happenings of networks and of services by their time; at one time, networks come first.
fn timeline(
    cluster: &Cluster<'_>,
    timeline: &Timeline,
    services: &[ServiceLoss],
    page: Page,
) -> String {
    let at = |when: &str| format!("{UNBROKEN}{UNBROKEN}{}", when.replace(' ', UNBROKEN));
    let networks = timeline.moments.iter().map(|moment| {
        let (event, detail) = words::happening(cluster, &moment.what);
        let when = at(&format!("{} s", words::seconds(moment.at_ms)));
        let at_s = Duration::from_millis(moment.at_ms).as_secs_f64();
        (at_s, vec![when, event.to_owned(), escaped(&detail)])
    });
    let services = entries(services).into_iter();
    let services = services.map(|it| (it.at_s, vec![at(&it.when), it.event.to_owned(), it.detail]));
    let mut rows: Vec<(f64, Vec<String>)> = networks.chain(services).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    grid(rows.into_iter().map(|(_, row)| row).collect(), &[], page).replace(UNBROKEN, " ")
}

fn count_times(times: usize) -> String {
    if times == 1 { "once".to_owned() } else { count(times, "time") }
}
