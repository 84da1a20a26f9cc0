//! A batch system's tables as a load: which nodes take turns, and what runs on them.

use std::collections::{BTreeMap, BTreeSet};

use super::law::Law;
use super::load::{Job, Load, NodeLoad, Seat};
use super::remaining::Running;
use super::request::{Queue, Request};
use crate::model::{
    BatchJob, BatchNode, JobState, LawSource, Limit, NoTurn, NodeName, NodeStatus, Unplanned,
};

/// Jobs of the past that are needed to learn from them.
const ENOUGH: usize = 20;
/// Most jobs that are named as a reason.
const NAMED: usize = 5;

/// What a request comes to before nodes are put in order.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// What runs where; nodes as they were named, those that are closed already first.
    pub(super) load: Load,
    /// Names of the load's nodes.
    pub(super) names: Vec<NodeName>,
    /// How many of them were closed before.
    pub(super) begun: usize,
    /// All nodes of the cluster, those that left included.
    pub(super) nodes: usize,
    /// Nodes out of use that have no turn.
    pub(super) out: usize,
    /// Named nodes that had their turn before.
    pub(super) done: Vec<NodeName>,
    /// Named nodes without a turn.
    pub(super) unplanned: Vec<Unplanned>,
    /// How long jobs run, and where that is from.
    pub(super) law: Law,
    /// Where that is from.
    pub(super) source: LawSource,
    /// Whether other jobs follow those that end.
    pub(super) queue_is_full: bool,
    /// What was taken for granted.
    pub(super) notes: Vec<String>,
}

impl Site {
    pub(super) fn new(request: &Request<'_>) -> Self {
        let (law, source, notes) = law(request);
        let mut site = Self {
            load: Load::default(),
            names: Vec::new(),
            begun: 0,
            nodes: request.nodes.len(),
            out: 0,
            done: Vec::new(),
            unplanned: Vec::new(),
            law,
            source,
            queue_is_full: match request.queue {
                Queue::Full => true,
                Queue::Empty => false,
                Queue::AsNow => request.jobs.iter().any(|it| it.state == JobState::Queued),
            },
            notes,
        };
        let mut work = Work::new(request);
        site.take_hosts(request, &mut work);
        site.take_others(request, &work);
        site.load.jobs = work.jobs;
        site.notes.extend(work.notes);
        site
    }

    /// Named nodes: those that are closed already come first.
    fn take_hosts(&mut self, request: &Request<'_>, work: &mut Work<'_>) {
        let nodes: BTreeMap<&NodeName, &BatchNode> =
            request.nodes.iter().map(|it| (&it.name, it)).collect();
        let (mut begun, mut rest) = (Vec::new(), Vec::new());
        let done: BTreeSet<&NodeName> = request.done.iter().collect();
        for host in &request.hosts {
            let Some(node) = nodes.get(host).filter(|_| !done.contains(host)) else {
                self.nodes += usize::from(request.leaves && !nodes.contains_key(host));
                self.done.push(host.clone());
                continue;
            };
            match work.no_turn(node) {
                Some(why) => self.leave_out(node, why),
                None if is_closed(node) => begun.push(*node),
                None => rest.push(*node),
            }
        }
        self.begun = begun.len();
        begun.sort_by(|a, b| a.name.cmp(&b.name));
        for node in begun.into_iter().chain(rest) {
            self.take(node, work);
        }
    }

    fn take(&mut self, node: &BatchNode, work: &Work<'_>) {
        self.load.nodes.push(work.on(node));
        self.names.push(node.name.clone());
    }

    fn leave_out(&mut self, node: &BatchNode, why: NoTurn) {
        self.out += usize::from(!is_open(node));
        self.unplanned.push(Unplanned { node: node.name.clone(), why });
    }

    /// Nodes that were not named, and those without a turn that are open.
    fn take_others(&mut self, request: &Request<'_>, work: &Work<'_>) {
        let done: BTreeSet<&NodeName> = request.done.iter().collect();
        let named = request.hosts.iter().filter(|it| !done.contains(it));
        let named: BTreeSet<&NodeName> = named.collect();
        let unplanned: BTreeSet<&NodeName> = self.unplanned.iter().map(|it| &it.node).collect();
        let stays = |it: &&BatchNode| !named.contains(&it.name) || unplanned.contains(&it.name);
        let mut out = 0;
        for node in request.nodes.iter().filter(stays) {
            let NodeLoad { cores, seats } = work.on(node);
            if is_open(node) {
                self.load.others.cores += cores;
                self.load.others.seats.extend(seats);
            } else {
                self.load.out_cores += cores;
                out += usize::from(!named.contains(&node.name));
            }
        }
        self.out += out;
    }
}

/// Whether a node takes jobs; also one that is switched off to save power, and is started for a job.
fn is_open(node: &BatchNode) -> bool {
    use NodeStatus::{Busy, Idle, PoweredDown};
    let saves_power = node.is(Idle) && node.is(PoweredDown);
    let fits = |it: &NodeStatus| matches!(it, Idle | Busy | PoweredDown);
    node.is_open() || (saves_power && node.status.iter().all(fits))
}

/// Whether a node takes no more jobs and is up.
fn is_closed(node: &BatchNode) -> bool {
    node.is(NodeStatus::Draining) || node.is(NodeStatus::Drained)
}

/// How long jobs run: as those of the past did, else by assumption; and what is to be said of it.
fn law(request: &Request<'_>) -> (Law, LawSource, Vec<String>) {
    let share = |job: &BatchJob| match (job.elapsed_s, job.limit) {
        (Some(elapsed), Limit::Seconds(limit)) if limit > 0 && job.state.is_terminal() => {
            Some(seconds(elapsed) / seconds(limit))
        }
        _ => None,
    };
    let shares: Vec<f64> = request.history.iter().filter_map(share).collect();
    let known = shares.len();
    if let Some(law) = Law::of_history(shares).filter(|_| known >= ENOUGH) {
        return (law, LawSource::History(known), Vec::new());
    }
    let few = format!(
        "the history holds too few jobs that ended and had a limit to learn from: {known}, and \
         {ENOUGH} are needed"
    );
    let notes = (!request.history.is_empty()).then_some(few).into_iter().collect();
    (Law::uniform(request.at_limit), LawSource::Prior(request.at_limit), notes)
}

/// Jobs that run, and which node has which.
struct Work<'a> {
    jobs: Vec<Job>,
    seats: BTreeMap<&'a NodeName, Vec<Seat>>,
    /// Of each node the jobs that nothing ends.
    endless: BTreeMap<&'a NodeName, Vec<&'a str>>,
    notes: Vec<String>,
}

impl<'a> Work<'a> {
    fn new(request: &'a Request<'_>) -> Self {
        let (seats, endless) = (BTreeMap::new(), BTreeMap::new());
        let mut work = Self { jobs: Vec::new(), seats, endless, notes: Vec::new() };
        let cores: BTreeMap<&NodeName, u64> =
            request.nodes.iter().filter_map(|it| Some((&it.name, it.cores?))).collect();
        let (mut limited, mut unstarted) = (0, 0);
        for job in request.jobs.iter().filter(|it| it.state.holds_hosts()) {
            let limit = match (job.limit, request.default_limit_s) {
                (Limit::Seconds(limit), _) => Some(limit),
                (_, default) => {
                    limited += usize::from(default.is_some());
                    default
                }
            };
            let elapsed = job.elapsed_at(request.now);
            unstarted += usize::from(elapsed.is_none());
            if let Some(limit) = limit {
                work.add(job, elapsed.unwrap_or(0), limit, &cores);
            } else {
                for host in &job.hosts {
                    work.endless.entry(&host.node).or_default().push(&job.id);
                }
            }
        }
        work.note(limited, "without a limit taken to have the default");
        work.note(unstarted, "of unknown start taken to have just begun");
        work
    }

    fn note(&mut self, jobs: usize, what: &str) {
        if jobs > 0 {
            self.notes.push(format!("{jobs} {} {what}", if jobs == 1 { "job" } else { "jobs" }));
        }
    }

    fn add(
        &mut self,
        job: &'a BatchJob,
        elapsed: u64,
        limit: u64,
        cores: &BTreeMap<&NodeName, u64>,
    ) {
        let place = self.jobs.len();
        let running = Running { elapsed_s: seconds(elapsed), limit_s: seconds(limit) };
        self.jobs.push(Job { running, restarts: job.requeue == Some(true) });
        for host in &job.hosts {
            let even = job.cores.map(|it| it / u64::try_from(job.hosts.len()).unwrap_or(1).max(1));
            let known = host.cores.or(even).or_else(|| cores.get(&host.node).copied());
            let seat = Seat { job: place, cores: seconds(known.unwrap_or(1).max(1)) };
            self.seats.entry(&host.node).or_default().push(seat);
        }
    }

    /// Why a named node has no turn.
    fn no_turn(&self, node: &BatchNode) -> Option<NoTurn> {
        if !is_open(node) && !is_closed(node) || node.is(NodeStatus::Down) {
            return Some(NoTurn::Out(node.state_words.join("+")));
        }
        if let Some(jobs) = self.endless.get(&node.name) {
            let mut names: Vec<String> =
                jobs.iter().take(NAMED).map(|it| (*it).to_owned()).collect();
            if jobs.len() > NAMED {
                names.push(format!("and {} more", jobs.len() - NAMED));
            }
            return Some(NoTurn::Endless(names));
        }
        let is_used = node.cores_used.is_some_and(|it| it > 0) || !node.jobs.is_empty();
        (is_used && !self.seats.contains_key(&node.name)).then_some(NoTurn::UnknownJobs)
    }

    /// What a node has.
    fn on(&self, node: &BatchNode) -> NodeLoad {
        let seats = self.seats.get(&node.name).cloned().unwrap_or_default();
        let used: f64 = seats.iter().map(|it| it.cores).sum();
        NodeLoad { cores: node.cores.map_or(used.max(1.0), seconds), seats }
    }
}

/// Seconds and cores as numbers to calculate with.
#[expect(clippy::cast_precision_loss, reason = "times and cores are far below 2^53")]
fn seconds(number: u64) -> f64 {
    number as f64
}
