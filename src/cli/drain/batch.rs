//! `drain` for the nodes of a batch system.
#![expect(
    clippy::disallowed_methods,
    reason = "dumps that do not say when they were made are of now"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::super::args::Common;
use super::super::output::{self, Outcome};
use super::args::{Drain, DrainFormat, Order};
use super::batch_args::{BatchNodes, Deadline, Mode, Queued};
use crate::drain::{self, Keep, Queue, Request};
use crate::import::{self, Reading};
use crate::model::{self, BatchDump, BatchJob, BatchNode, BatchSystem, DrainPurpose, NodeName};
use crate::render;

pub(super) fn run(common: &Common, all: &Drain) -> anyhow::Result<Outcome> {
    let arguments = &all.nodes;
    if !all.sources.from.is_empty() {
        bail!("--from names inventories of hosts of VMs: batch nodes are told by --nodes");
    }
    let dumps = Dumps::read(arguments)?;
    let system = dumps.system()?;
    let mode = mode(arguments.mode);
    if let Some(why) = drain::objection(system, mode) {
        bail!("{} can't be told to empty nodes so: {why}", system.name());
    }
    let plan = drain::plan(&request(all, &dumps)?);
    let purpose = match &arguments.to {
        Some(server) => DrainPurpose::Move { server: server.clone() },
        None => DrainPurpose::Return,
    };
    let steps = drain::steps(&plan, system, &purpose);
    let view = render::drain(&plan, &steps);
    output::print(&match all.format {
        DrainFormat::Table => render::drain_table(&plan, output::page(common.color)),
        DrainFormat::Json => render::json(&view)?,
        DrainFormat::Commands => render::drain_commands(&plan, &steps),
    })?;
    Ok(if view.holds { Outcome::Done } else { Outcome::Found })
}

fn mode(mode: Mode) -> model::DrainMode {
    match mode {
        Mode::Drain => model::DrainMode::Drain,
        Mode::Reserve => model::DrainMode::Reserve,
        Mode::Requeue => model::DrainMode::Requeue,
    }
}

fn request<'a>(all: &Drain, dumps: &'a Dumps) -> anyhow::Result<Request<'a>> {
    let arguments = &all.nodes;
    let now =
        arguments.now.or(dumps.taken_at).unwrap_or_else(|| jiff::Timestamp::now().as_second());
    let deadline_s = arguments.deadline.map(|it| match it {
        Deadline::In(s) => s,
        Deadline::At(moment) => seconds_between(now, moment),
    });
    Ok(Request {
        nodes: &dumps.nodes,
        jobs: &dumps.jobs,
        history: &dumps.history,
        hosts: hosts(arguments, dumps)?,
        done: done(arguments, dumps)?,
        leaves: arguments.to.is_some(),
        now,
        keep: arguments.keep_busy.map_or(Keep::Open(arguments.keep), Keep::Busy),
        window: arguments.window,
        mode: mode(arguments.mode),
        order: match all.order {
            None | Some(Order::LeastWaste) => model::DrainOrder::LeastWaste,
            Some(Order::List) => model::DrainOrder::List,
            Some(Order::LeastMoved) => {
                bail!("--order least-moved is of hosts of VMs: write least-waste or list")
            }
        },
        away_s: all.reboot.map_or(0.0, |ms| ms / 1000.0),
        queue: match arguments.queue {
            Queued::Auto => Queue::AsNow,
            Queued::Full => Queue::Full,
            Queued::Empty => Queue::Empty,
        },
        at_limit: arguments.at_limit,
        default_limit_s: arguments.default_limit,
        deadline_s,
    })
}

#[expect(clippy::cast_precision_loss, reason = "moments are far below 2^53 seconds")]
fn seconds_between(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64
}

/// The nodes that take turns, each once.
fn hosts(arguments: &BatchNodes, dumps: &Dumps) -> anyhow::Result<Vec<NodeName>> {
    if arguments.all {
        return Ok(dumps.nodes.iter().map(|it| it.name.clone()).collect());
    }
    let hosts = names(&arguments.hosts, "--hosts")?;
    if hosts.is_empty() {
        bail!("--hosts names no node");
    }
    if arguments.to.is_none() {
        dumps.knows(&hosts, "--hosts")?;
    }
    Ok(hosts)
}

/// Nodes that had their turn before.
fn done(arguments: &BatchNodes, dumps: &Dumps) -> anyhow::Result<Vec<NodeName>> {
    let done = names(&arguments.done, "--done")?;
    if arguments.to.is_none() {
        dumps.knows(&done, "--done")?;
    }
    Ok(done)
}

/// Names of expressions, each once, in their order.
fn names(texts: &[String], option: &str) -> anyhow::Result<Vec<NodeName>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for text in texts {
        let names = import::parse_hosts(text)
            .map_err(|what| anyhow::anyhow!("{option} {text}: expected {what}"))?;
        all.extend(names.into_iter().map(NodeName::new).filter(|it| seen.insert(it.clone())));
    }
    Ok(all)
}

/// What the files tell.
struct Dumps {
    jobs: Vec<BatchJob>,
    nodes: Vec<BatchNode>,
    history: Vec<BatchJob>,
    systems: Vec<(BatchSystem, String)>,
    nodes_from: String,
    taken_at: Option<i64>,
}

impl Dumps {
    fn read(arguments: &BatchNodes) -> anyhow::Result<Self> {
        let (zone, zone_name) = arguments.timezone.clone();
        let reading = Reading { zone, zone_name, ..Reading::default() };
        let mut dumps = Self {
            jobs: Vec::new(),
            nodes: Vec::new(),
            history: Vec::new(),
            systems: Vec::new(),
            nodes_from: files(&arguments.nodes),
            taken_at: None,
        };
        for path in &arguments.jobs {
            let dump = dumps.one(path, &reading, "--jobs")?;
            if dump.jobs.is_empty() && !dump.nodes.is_empty() {
                bail!(
                    "--jobs {}: it holds nodes ({}), not jobs",
                    path.display(),
                    dump.format.name()
                );
            }
            dumps.jobs.extend(dump.jobs);
        }
        for path in &arguments.nodes {
            let dump = dumps.one(path, &reading, "--nodes")?;
            if dump.nodes.is_empty() {
                bail!("--nodes {}: it holds no node ({})", path.display(), dump.format.name());
            }
            dumps.nodes.extend(dump.nodes);
        }
        for path in &arguments.history {
            dumps.history.extend(import::read_batch(path, &reading)?.jobs);
        }
        dumps.each_once()?;
        Ok(dumps)
    }

    fn one(&mut self, path: &Path, reading: &Reading, option: &str) -> anyhow::Result<BatchDump> {
        let dump = import::read_batch(path, reading)?;
        self.systems.push((dump.format.system(), format!("{option} {}", path.display())));
        self.taken_at = self.taken_at.max(dump.taken_at);
        Ok(dump)
    }

    /// Refuses the name of a node that there is not.
    fn knows(&self, names: &[NodeName], option: &str) -> anyhow::Result<()> {
        let known: BTreeSet<&NodeName> = self.nodes.iter().map(|it| &it.name).collect();
        let Some(unknown) = names.iter().find(|it| !known.contains(it)) else { return Ok(()) };
        let distance = |it: &&&NodeName| strsim::damerau_levenshtein(it.as_str(), unknown.as_str());
        let meant = known.iter().min_by_key(distance).filter(|it| distance(it) <= 2);
        let hint = meant.map_or(String::new(), |it| format!(" (did you mean \"{it}\"?)"));
        bail!("{option}: no node \"{unknown}\" is in {}{hint}", self.nodes_from);
    }

    /// Nodes and jobs of several files must not stand twice.
    fn each_once(&self) -> anyhow::Result<()> {
        let (mut nodes, mut jobs) = (BTreeSet::new(), BTreeSet::new());
        if let Some(node) = self.nodes.iter().find(|it| !nodes.insert(&it.name)) {
            bail!("--nodes: node \"{}\" stands in several files", node.name);
        }
        if let Some(job) = self.jobs.iter().find(|it| !jobs.insert(&it.id)) {
            bail!("--jobs: job \"{}\" stands in several files", job.id);
        }
        Ok(())
    }

    /// The batch system that all are of.
    fn system(&self) -> anyhow::Result<BatchSystem> {
        let Some((first, name)) = self.systems.first() else {
            bail!("name dumps with --jobs and --nodes");
        };
        match self.systems.iter().find(|(system, _)| system != first) {
            None => Ok(*first),
            Some((other, file)) => {
                bail!("{name} is of {}, but {file} of {}", first.name(), other.name())
            }
        }
    }
}

fn files(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
    names.join(", ")
}
