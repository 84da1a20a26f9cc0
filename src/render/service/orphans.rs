//! Nodes that lost their master.

use serde::Serialize;

use super::rows::rows;
use super::words::moment;
use crate::model::service::{JobFate, NodeFate, Orphans, Reboot, Route};
use crate::render::forecast::thousandths;
use crate::render::text::{Page, Tone, count, escaped};

/// Schema of what becomes of orphaned nodes.
pub const ORPHANS_SCHEMA: &str = "netplan-cluster/orphans/1";

/// Rows that are shown at most.
const ROWS: usize = 40;

/// What becomes of orphaned nodes.
#[derive(Clone, Debug, Serialize)]
pub struct OrphansView {
    /// Always [`ORPHANS_SCHEMA`].
    pub schema: &'static str,
    /// How files are reached: `direct`, `master-serves` or `master-forwards`.
    pub files: &'static str,
    /// Each node.
    pub nodes: Vec<NodeView>,
    /// Each job.
    pub jobs: Vec<JobView>,
    /// What the loss of the master costs.
    pub blast_radius: RadiusView,
}

/// What becomes of a node.
#[derive(Clone, Debug, Serialize)]
pub struct NodeView {
    /// The node.
    pub node: String,
    /// `reboots`, `reboots-if-idle`, `busy` or `by-hand`.
    pub fate: &'static str,
    /// When it reboots, or would at the earliest; null for by hand.
    pub reboot_s: Option<f64>,
    /// The last time at which the timer was set back.
    pub last_busy_s: Option<f64>,
    /// How often it was.
    pub resets: usize,
    /// Times without a sample that are longer than usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapView>,
}

/// A time without a sample.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct GapView {
    /// The sample before.
    pub from_s: f64,
    /// The sample that counts for all of it.
    pub until_s: f64,
}

/// What becomes of a job.
#[derive(Clone, Debug, Serialize)]
pub struct JobView {
    /// The job.
    pub job: String,
    /// `lives`, `dies`, `hangs` or `unknown`.
    pub fate: &'static str,
    /// The node whose reboot kills it.
    pub node: Option<String>,
    /// When that is.
    pub at_s: Option<f64>,
}

/// What the loss of the master costs, with and without run-to-completion.
#[derive(Clone, Debug, Serialize)]
pub struct RadiusView {
    /// Nodes that lose their master.
    pub nodes: usize,
    /// Nodes that compute at that time.
    pub busy_nodes: usize,
    /// Jobs.
    pub jobs: usize,
    /// With run-to-completion.
    pub with: LostView,
    /// Without: every node reboots at once.
    pub without: LostView,
}

/// Losses of work.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LostView {
    /// Nodes that reboot while they compute.
    pub busy_nodes_rebooted: usize,
    /// Jobs lost.
    pub jobs_lost: usize,
    /// Jobs of which it can't be told.
    pub jobs_unknown: usize,
}

/// The view of orphans.
#[must_use]
pub fn orphans(told: &Orphans) -> OrphansView {
    let radius = &told.radius;
    OrphansView {
        schema: ORPHANS_SCHEMA,
        files: match told.route {
            Route::Direct => "direct",
            Route::MasterServes => "master-serves",
            Route::MasterForwards => "master-forwards",
        },
        nodes: told.nodes.iter().map(node).collect(),
        jobs: told.jobs.iter().map(|(name, fate)| job(name, fate)).collect(),
        blast_radius: RadiusView {
            nodes: radius.nodes,
            busy_nodes: radius.busy_nodes,
            jobs: radius.jobs,
            with: LostView {
                busy_nodes_rebooted: 0,
                jobs_lost: radius.jobs_lost,
                jobs_unknown: radius.jobs_unknown,
            },
            without: LostView {
                busy_nodes_rebooted: radius.busy_nodes,
                jobs_lost: radius.jobs,
                jobs_unknown: 0,
            },
        },
    }
}

fn node(fate: &NodeFate) -> NodeView {
    let (word, reboot_s) = match fate.reboot {
        Reboot::At(at) => ("reboots", Some(at)),
        Reboot::IfIdleFrom(at) => ("reboots-if-idle", Some(at)),
        Reboot::AfterIdle(at) => ("busy", Some(at)),
        Reboot::ByHand => ("by-hand", None),
    };
    NodeView {
        node: escaped(fate.node.as_str()),
        fate: word,
        reboot_s: reboot_s.map(thousandths),
        last_busy_s: fate.last_busy_s.map(thousandths),
        resets: fate.resets,
        gaps: fate.gaps.iter().map(gap).collect(),
    }
}

fn gap(&(from, until): &(f64, f64)) -> GapView {
    GapView { from_s: thousandths(from), until_s: thousandths(until) }
}

fn job(name: &str, fate: &JobFate) -> JobView {
    let (word, node, at_s) = match fate {
        JobFate::Lives => ("lives", None, None),
        JobFate::Dies(node, at) => ("dies", Some(node), Some(*at)),
        JobFate::Hangs => ("hangs", None, None),
        JobFate::Unknown => ("unknown", None, None),
    };
    JobView {
        job: escaped(name),
        fate: word,
        node: node.map(|it| escaped(it.as_str())),
        at_s: at_s.map(thousandths),
    }
}

/// Orphans for people.
#[must_use]
pub fn orphans_table(told: &Orphans, page: Page) -> String {
    let mut text = page.wrap(&verdict(told, page), 0) + "\n";
    if let Some(flag) = flag(told.route) {
        text += &format!("\n{}\n", page.wrap(&page.paint(flag, Tone::Bad), 0));
    }
    let nodes = told.nodes.iter().take(ROWS).map(|fate| {
        let busy = match (fate.last_busy_s, fate.resets) {
            _ if fate.reboot == Reboot::ByHand => String::new(),
            (None, _) => "never busy".to_owned(),
            (Some(at), 1) => format!("busy once, at {}", moment(at)),
            (Some(at), times) => format!("busy {times} times, last at {}", moment(at)),
        };
        vec![escaped(fate.node.as_str()), reboot(fate), busy + &gaps(fate)]
    });
    text += &section("Nodes", &rows(nodes.collect(), &[], page), told.nodes.len(), page);
    let jobs =
        told.jobs.iter().take(ROWS).map(|(name, fate)| vec![escaped(name), job_words(fate, page)]);
    text += &section("Jobs", &rows(jobs.collect(), &[], page), told.jobs.len(), page);
    text + &radius(told, page)
}

/// Times without samples, which may hide work.
fn gaps(fate: &NodeFate) -> String {
    match fate.gaps.as_slice() {
        _ if fate.reboot == Reboot::ByHand => String::new(),
        [] => String::new(),
        [(from, until)] => {
            format!("; no sample from {} to {}", moment(*from), moment(*until))
        }
        [(from, until), more @ ..] => format!(
            "; no sample from {} to {}, and in {}",
            moment(*from),
            moment(*until),
            count(more.len(), "further gap")
        ),
    }
}

fn section(title: &str, body: &str, all: usize, page: Page) -> String {
    if all == 0 {
        return String::new();
    }
    let more = all.saturating_sub(ROWS);
    let rest = if more > 0 {
        format!("  and {more} more: --format json lists all\n")
    } else {
        String::new()
    };
    format!("\n{}\n{body}{rest}", page.paint(title, Tone::Strong))
}

fn verdict(told: &Orphans, page: Page) -> String {
    let fates = || told.nodes.iter().map(|fate| fate.reboot);
    let reboots = fates().filter(|it| matches!(it, Reboot::At(_))).count();
    let busy = fates().filter(|it| matches!(it, Reboot::AfterIdle(_))).count();
    let rule = told.quiet.map_or_else(
        || "they reboot only by hand".to_owned(),
        |quiet| {
            let (percent, span) = (quiet.threshold_percent, moment(quiet.span_s));
            format!("a node reboots after {span} below {percent} % of one CPU")
        },
    );
    let nodes = count(told.nodes.len(), "orphaned node");
    let verb = if reboots == 1 { "reboots" } else { "reboot" };
    let text = format!("{reboots} {verb}, {busy} still busy at the end");
    format!("{nodes}: {}; {rule}", page.paint(&text, Tone::Strong))
}

fn flag(route: Route) -> Option<&'static str> {
    match route {
        Route::Direct => None,
        Route::MasterServes => Some(
            "Run-to-completion is defeated: the master is the file server ($MASTER in fstab), so that \
             jobs that need files hang with it. Let a server of its own serve them.",
        ),
        Route::MasterForwards => Some(
            "Run-to-completion is defeated: the file server is reached through the master, so that \
             jobs that need files hang with it. Give nodes a way of their own to it.",
        ),
    }
}

fn reboot(fate: &NodeFate) -> String {
    match fate.reboot {
        Reboot::At(at) => format!("reboots at {}", moment(at)),
        Reboot::IfIdleFrom(at) => format!("reboots at {} if it stays as idle", moment(at)),
        Reboot::AfterIdle(at) => format!("busy: not before {}", moment(at)),
        Reboot::ByHand => "stays up until somebody reboots it".to_owned(),
    }
}

fn job_words(fate: &JobFate, page: Page) -> String {
    match fate {
        JobFate::Lives => page.paint("lives", Tone::Good),
        JobFate::Dies(node, at) => {
            let text =
                format!("dies with {}, which reboots at {}", escaped(node.as_str()), moment(*at));
            page.paint(&text, Tone::Bad)
        }
        JobFate::Hangs => page.paint("hangs: its files are gone with the master", Tone::Bad),
        JobFate::Unknown => "can't be told: its end, or samples until then, are missing".to_owned(),
    }
}

fn radius(told: &Orphans, page: Page) -> String {
    let radius = &told.radius;
    let jobs = |lost: usize| match radius.jobs {
        0 => String::new(),
        all => format!(", {lost} of {} lost", count(all, "job")),
    };
    let all = count(radius.nodes, "node");
    let unknown = match radius.jobs_unknown {
        0 => String::new(),
        some => format!(", {some} unknown"),
    };
    let with = match told.route {
        Route::Direct => "computing nodes stay up".to_owned(),
        _ => "computing nodes stay up, but their files are gone".to_owned(),
    };
    let lines = [
        format!("  with run-to-completion     {with}{}{unknown}", jobs(radius.jobs_lost)),
        format!(
            "  without run-to-completion  all of {all} reboot at once, {} of them computing{}",
            radius.busy_nodes,
            jobs(radius.jobs)
        ),
    ];
    let lines = lines.map(|line| page.wrap(&line, 4));
    format!("\n{}\n{}\n", page.paint("Loss of the master", Tone::Strong), lines.join("\n"))
}
