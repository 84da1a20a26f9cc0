//! A plan that empties nodes, for people.

use super::{assumptions, holds, obstacle, reason, thinned};
use crate::model::{BatchDrain, Capacity, DrainMode, HostTurn, Times, TooLarge};
use crate::render::figures::{bars, figures};
use crate::render::measure;
use crate::render::text::{Page, Tone, count, escaped, list};

/// Turns that are shown from the beginning, where there are more than can be read.
const SHOWN: usize = 20;
/// Bars of the capacity curve.
const BARS: usize = 13;
/// Nodes that a line names.
const NAMED: usize = 5;

/// The verdict, what other ways come to, the turns, the capacity over time, and what was taken for
/// granted.
#[must_use]
pub fn drain_table(plan: &BatchDrain, page: Page) -> String {
    let mut text = format!("{}\n", page.wrap(&verdict(plan, page), 0));
    for obstacle in plan.obstacles.iter().map(obstacle) {
        text += &format!("{}\n", page.wrap(&format!("  {obstacle}"), 2));
    }
    text += &left_out(plan, page);
    if !plan.hosts.is_empty() {
        text += &format!("\n{}", figures(&ways(plan), &[], page));
        text += &format!("\n{}", figures(&turns(plan), &[2, 3], page));
        text += &more(plan);
        text += &format!("\n{}\n{}", curve_title(plan, page), bars(&curve(plan), page));
    }
    for job in &plan.too_large {
        text += &format!("{}\n", page.wrap(&too_large(job), 2));
    }
    text += "\n";
    for line in assumptions(plan) {
        text += &format!("{}\n", page.wrap(&format!("Assumed: {line}."), 9));
    }
    text
}

fn time(s: f64) -> String {
    if s < 0.5 { "now".to_owned() } else { measure::time(s * 1000.0) }
}

fn verdict(plan: &BatchDrain, page: Page) -> String {
    let no = |words: &str| page.paint(words, Tone::Bad);
    let Some(finish) = plan.finish else {
        return match (plan.obstacles.is_empty(), plan.done.len()) {
            (false, _) => no("There is no plan:"),
            (true, 0) => "There is nothing to empty.".to_owned(),
            (true, done) => format!("All is done: {} had their turn.", count(done, "node")),
        };
    };
    let nodes = count(plan.hosts.len(), "node");
    let tone = if holds(plan) { Tone::Good } else { Tone::Warning };
    let when = page
        .paint(&format!("{nodes} {} done after {}", are(plan.hosts.len()), time(finish.p50)), tone);
    let holds = if holds(plan) { "" } else { " The plan does not hold:" };
    format!(
        "{when} ({}), {} closed at once; {:.1} % of the cores stay busy.{holds}",
        range(finish),
        if plan.window == 1 { "one".to_owned() } else { format!("up to {}", plan.window) },
        plan.mean_capacity * 100.0
    )
}

fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn range(it: Times) -> String {
    format!("median; 95 %: {}; never after {}", time(it.p95), time(it.bound))
}

/// Named nodes that have no turn.
fn left_out(plan: &BatchDrain, page: Page) -> String {
    let mut text = String::new();
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for it in &plan.unplanned {
        let (reason, node) = (reason(&it.why), escaped(it.node.as_str()));
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, nodes)) => nodes.push(node),
            None => reasons.push((reason, vec![node])),
        }
    }
    for (reason, nodes) in reasons {
        let line = format!("  No turn for {}: {reason}.", list(&nodes, NAMED));
        text += &format!("{}\n", page.wrap(&line, 4));
    }
    if !plan.done.is_empty() && plan.finish.is_some() {
        let names: Vec<String> = plan.done.iter().map(|it| escaped(it.as_str())).collect();
        let line =
            format!("  Done before: {} ({}).", count(names.len(), "node"), list(&names, NAMED));
        text += &format!("{}\n", page.wrap(&line, 4));
    }
    text
}

/// This plan against the others.
fn ways(plan: &BatchDrain) -> Vec<Vec<String>> {
    let row = |name: String, finish: f64, lost: f64| {
        vec![name, time(finish), format!("{:.2}", lost / 3600.0)]
    };
    let finish = plan.finish.map_or(0.0, |it| it.p50);
    let mut rows = vec![
        vec!["Way".to_owned(), "Done after".to_owned(), "Cluster-hours lost".to_owned()],
        row(format!("this plan, {} at once", plan.window), finish, plan.lost_cluster_s),
        vec!["at least, in any order".to_owned(), time(plan.fluid_s), String::new()],
        row(format!("waves of {}", plan.window), plan.waves.finish_s, plan.waves.lost_cluster_s),
        row("all at once".to_owned(), plan.full_drain.finish_s, plan.full_drain.lost_cluster_s),
    ];
    if plan.mode == DrainMode::Requeue {
        rows.push(row("(thrown away with stopped jobs)".to_owned(), 0.0, plan.stopped_cluster_s));
        if let Some(cell) = rows.last_mut().and_then(|it| it.get_mut(1)) {
            cell.clear();
        }
    }
    rows
}

fn turns(plan: &BatchDrain) -> Vec<Vec<String>> {
    let header = [
        "Node",
        "Closed",
        "Jobs",
        "Empty (median)",
        "Empty (95 %)",
        "Never after",
        "Back (median)",
    ];
    let row = |turn: &HostTurn| {
        vec![
            escaped(turn.node.as_str()),
            if turn.had_begun { "before".to_owned() } else { time(turn.start_s) },
            turn.jobs.to_string(),
            time(turn.empty.p50),
            time(turn.empty.p95),
            time(turn.empty.bound),
            time(turn.back_s),
        ]
    };
    let shown = if plan.hosts.len() <= SHOWN + 5 { plan.hosts.len() } else { SHOWN };
    let rows = plan.hosts.iter().take(shown).map(row);
    std::iter::once(header.map(str::to_owned).to_vec()).chain(rows).collect()
}

fn more(plan: &BatchDrain) -> String {
    match plan.hosts.len() {
        all if all <= SHOWN + 5 => String::new(),
        all => format!("… and {} more (--format json or commands has all)\n", all - SHOWN),
    }
}

fn curve_title(plan: &BatchDrain, page: Page) -> String {
    let least = plan.curve.iter().map(|it| it.open).fold(1.0, f64::min);
    page.paint(
        &format!(
            "Busy cores over time, and cores open to one job (nodes not closed: never below {:.1} %)",
            least * 100.0
        ),
        Tone::Strong,
    )
}

fn curve(plan: &BatchDrain) -> Vec<(String, Option<(f64, String)>)> {
    let sides = |it: &Capacity| {
        if plan.leaves {
            format!("{:.0} old, {:.0} new", it.before_cores, it.after_cores)
        } else {
            format!("{:.0}", it.largest)
        }
    };
    let bar = |it: Capacity| {
        let words = format!("{:.1} %  {}", it.busy * 100.0, sides(&it));
        (time(it.at_s), Some((it.busy, words)))
    };
    thinned(&plan.curve, BARS).into_iter().map(bar).collect()
}

fn too_large(job: &TooLarge) -> String {
    let until = job
        .to_s
        .map_or(String::from("as long as the plan goes on"), |it| format!("until {}", time(it)));
    format!(
        "Job {} needs {} cores and can't start from {} {until}: not as many are open together.",
        escaped(&job.job),
        job.cores,
        time(job.from_s)
    )
}
