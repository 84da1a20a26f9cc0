//! The plan against reference figures, against a simulation, and what always holds.

use super::as_f64;
use super::request::{Keep, Queue, Request};
use super::{plan, steps};
use crate::model::{
    BatchDrain, BatchJob, BatchNode, BatchSystem, DrainMode, DrainObstacle, DrainOrder,
    DrainPurpose, HostShare, JobState, Limit, NoTurn, NodeName, NodeStatus,
};

const HOUR: f64 = 3600.0;
const DAY_S: u64 = 86_400;

pub(super) fn node(name: &str, cores: u64, status: NodeStatus) -> BatchNode {
    BatchNode {
        name: NodeName::new(name),
        status: vec![status],
        state_words: vec![format!("{status:?}").to_uppercase()],
        cores: Some(cores),
        cores_used: None,
        jobs: Vec::new(),
        reason: None,
    }
}

pub(super) fn job(id: usize, hosts: &[&str], cores: u64, elapsed_s: u64, limit: Limit) -> BatchJob {
    let share = |it: &&str| HostShare { node: NodeName::new(*it), cores: Some(cores) };
    let mut job = BatchJob::new(id.to_string(), JobState::Running, "RUNNING");
    job.hosts = hosts.iter().map(share).collect();
    (job.elapsed_s, job.limit) = (Some(elapsed_s), limit);
    job
}

pub(super) fn request<'a>(nodes: &'a [BatchNode], jobs: &'a [BatchJob]) -> Request<'a> {
    Request {
        nodes,
        jobs,
        history: &[],
        hosts: nodes.iter().map(|it| it.name.clone()).collect(),
        done: Vec::new(),
        leaves: false,
        now: 0,
        keep: Keep::Open(0.8),
        window: None,
        mode: DrainMode::Drain,
        order: DrainOrder::LeastWaste,
        away_s: 0.0,
        queue: Queue::Full,
        at_limit: 0.2,
        default_limit_s: None,
        deadline_s: None,
    }
}

/// Length of a job: one in twenty runs 24 hours, the others exponentially with a mean of 4 hours.
fn length(draw: &mut fastrand::Rng) -> f64 {
    if draw.f64() < 0.05 {
        return 24.0 * HOUR;
    }
    short(draw.f64())
}

/// Length below which so large a part of the jobs stays that don't run into their limit.
fn short(part: f64) -> f64 {
    -4.0 * HOUR * (1.0 - part * (1.0 - (-6.0_f64).exp())).ln()
}

/// 100 nodes of 8 cores with a job of one core on each, met long after the first began.
struct Reference {
    nodes: Vec<BatchNode>,
    jobs: Vec<BatchJob>,
    history: Vec<BatchJob>,
}

impl Reference {
    fn new() -> Self {
        let mut draw = fastrand::Rng::with_seed(7);
        let name = |place: usize| format!("n{place:03}");
        let nodes = (0..100).map(|it| node(&name(it), 8, NodeStatus::Busy)).collect();
        let jobs = (0..800).map(|place| {
            let elapsed = elapsed(&mut draw);
            job(place, &[&name(place / 8)], 1, elapsed, Limit::Seconds(DAY_S))
        });
        let jobs = jobs.collect();
        let past = |place: usize| {
            // evenly over all lengths, so that the law is the exact one
            let part = (as_f64(place) + 0.5) / 4000.0 / 0.95;
            let took = if part < 1.0 { short(part) } else { 24.0 * HOUR };
            let mut done = job(place, &[], 1, whole(took), Limit::Seconds(DAY_S));
            done.state = JobState::Finished;
            done
        };
        Self { nodes, jobs, history: (0..4000).map(past).collect() }
    }

    fn plan(&self, window: usize) -> BatchDrain {
        let request = Request {
            history: &self.history,
            window: Some(window),
            keep: Keep::Open(0.0),
            order: DrainOrder::List,
            ..request(&self.nodes, &self.jobs)
        };
        plan(&request)
    }

    /// When the last node is empty if lengths are drawn, and when the one of a place is.
    fn drawn(&self, window: usize, place: usize, draw: &mut fastrand::Rng) -> (f64, f64) {
        let mut lanes = vec![0.0; window];
        let (mut last, mut looked) = (0.0, 0.0);
        for (number, jobs) in self.jobs.chunks(8).enumerate() {
            lanes.sort_by(f64::total_cmp);
            let start: f64 = lanes[0];
            let mut empty = start;
            for job in jobs {
                empty = empty.max(end_after(start, job.elapsed_s.unwrap_or(0), draw));
            }
            lanes[0] = empty;
            looked = if number == place { empty } else { looked };
            last = f64::max(last, empty);
        }
        (last, looked)
    }
}

fn whole(s: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "up to a day")]
    let whole = s as u64;
    whole
}

fn elapsed(draw: &mut fastrand::Rng) -> u64 {
    let mut begun = -40.0 * 24.0 * HOUR + draw.f64() * 24.0 * HOUR;
    loop {
        let took = length(draw);
        if begun + took > 0.0 {
            return whole(-begun);
        }
        begun += took;
    }
}

/// When the job on a core ends that runs at `start`, if one followed another until then.
fn end_after(start: f64, elapsed_s: u64, draw: &mut fastrand::Rng) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "up to a day")]
    let elapsed = elapsed_s as f64;
    let mut end = loop {
        let took = length(draw);
        if took > elapsed {
            break took - elapsed;
        }
    };
    while end <= start {
        end += length(draw);
    }
    end
}

fn is_near(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected, "{value} {expected}");
}

/// 100 nodes of 8 cores, jobs of one core, 24 h limit, mean 4 h, 5 % at the limit: fluid bound
/// N·E[max]/w, cores busy on the way there, cluster-hours lost in turns and by a full drain.
#[test]
fn the_reference_figures_come_out() {
    let reference = Reference::new();
    for (window, hours, busy) in [(10, 159.0, 0.94), (20, 79.0, 0.87), (30, 53.0, 0.81)] {
        let plan = reference.plan(window);
        is_near(plan.fluid_s / HOUR, hours, 0.02);
        is_near(plan.lost_cluster_s / HOUR, 10.0, 0.02);
        is_near(1.0 - plan.lost_cluster_s / plan.fluid_s, busy, 0.01);
        is_near(plan.full_drain.lost_cluster_s / HOUR, 18.1, 0.02);
        let finish = plan.finish.unwrap();
        assert!(finish.p5 >= plan.fluid_s * 0.99 && finish.p50 > plan.fluid_s, "{finish:?}");
        assert!(plan.waves.finish_s > finish.p95 && plan.waves.lost_cluster_s > 15.0 * HOUR);
    }
}

/// The plan draws nothing; drawing lengths many times gives the same quantiles.
#[test]
fn quantiles_are_those_of_a_simulation() {
    let reference = Reference::new();
    for window in [10, 30] {
        let plan = reference.plan(window);
        let mut draw = fastrand::Rng::with_seed(1);
        let drawn = (0..200).map(|_| reference.drawn(window, 60, &mut draw));
        let (mut last, mut looked): (Vec<f64>, Vec<f64>) = drawn.unzip();
        last.sort_by(f64::total_cmp);
        looked.sort_by(f64::total_cmp);
        let finish = plan.finish.unwrap();
        is_near(finish.p50, last[100], 0.02);
        is_near(finish.p5, last[10], 0.03);
        is_near(finish.p95, last[190], 0.03);
        is_near(plan.hosts[60].empty.p50, looked[100], 0.03);
        is_near(plan.hosts[60].empty.p95, looked[190], 0.04);
        assert!(finish.bound >= last[199]);
    }
}

#[test]
fn nodes_that_are_down_count_against_the_window() {
    let mut nodes: Vec<_> =
        (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    nodes[9].status = vec![NodeStatus::Down];
    let mut request = request(&nodes, &[]);
    request.hosts.truncate(9);
    let result = plan(&request);
    assert_eq!((result.window, result.out, result.hosts.len()), (1, 1, 9));
    request.keep = Keep::Open(0.9);
    let none = plan(&request);
    assert_eq!(none.obstacles, [DrainObstacle::NoWindow { allowed: 1, out: 1 }]);
    assert!(none.hosts.is_empty() && none.finish.is_none());
    // a named node that is down has no turn, and counts once
    request.hosts.push(NodeName::new("n9"));
    request.keep = Keep::Open(0.8);
    let named = plan(&request);
    assert_eq!((named.window, named.out, named.hosts.len()), (1, 1, 9));
    assert!(matches!(named.unplanned[0].why, NoTurn::Out(_)));
}

#[test]
fn a_history_that_is_too_short_is_told() {
    let nodes = [node("n0", 4, NodeStatus::Idle), node("n1", 4, NodeStatus::Idle)];
    let mut past = job(1, &[], 1, 60, Limit::Seconds(600));
    past.state = JobState::Finished;
    let history = [past];
    let result =
        plan(&Request { history: &history, keep: Keep::Open(0.5), ..request(&nodes, &[]) });
    assert!(result.notes[0].contains("learn from: 1, and 20 are needed"), "{:?}", result.notes);
}

#[test]
fn nodes_that_are_off_to_save_power_are_no_loss() {
    let mut nodes: Vec<_> =
        (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    for node in &mut nodes[..5] {
        node.status.push(NodeStatus::PoweredDown);
    }
    nodes[9].status = vec![NodeStatus::PoweredDown, NodeStatus::Down];
    let result = plan(&request(&nodes, &[]));
    assert_eq!((result.window, result.out, result.hosts.len()), (1, 1, 9));
}

#[test]
fn idle_nodes_are_empty_at_once_and_only_wait_for_their_turn() {
    let nodes: Vec<_> = (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    let request = Request { away_s: 600.0, ..request(&nodes, &[]) };
    let result = plan(&request);
    let finish = result.finish.unwrap();
    // ten nodes, two at a time, ten minutes each
    is_near(finish.p50, 3000.0, 0.02);
    assert!((finish.bound - 3000.0).abs() < 1e-6, "{finish:?}");
    assert!((result.fluid_s - 3000.0).abs() < 1e-6 && result.lost_cluster_s.abs() < 1e-9);
}

#[test]
fn a_job_without_a_limit_keeps_its_nodes_out_unless_one_is_assumed() {
    let nodes: Vec<_> = (0..5).map(|it| node(&format!("n{it}"), 4, NodeStatus::Busy)).collect();
    let jobs =
        [job(1, &["n0", "n1"], 4, 60, Limit::None), job(2, &["n2"], 4, 60, Limit::Seconds(600))];
    let mut request = request(&nodes, &jobs);
    let result = plan(&request);
    let names: Vec<&str> = result.unplanned.iter().map(|it| it.node.as_str()).collect();
    assert_eq!(names, ["n0", "n1"]);
    assert_eq!(result.unplanned[0].why, NoTurn::Endless(vec!["1".to_owned()]));
    request.default_limit_s = Some(3600);
    let assumed = plan(&request);
    assert!(assumed.unplanned.is_empty() && assumed.notes[0].contains("1 job without a limit"));
}

#[test]
fn nodes_that_are_closed_already_come_first() {
    let mut nodes: Vec<_> =
        (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    for place in [5, 6, 7] {
        nodes[place].status = vec![NodeStatus::Draining];
    }
    let jobs = [5, 6, 7].map(|it| job(it, &[&format!("n{it}")], 4, 0, Limit::Seconds(3600)));
    let request = request(&nodes, &jobs);
    let result = plan(&request);
    let begun: Vec<&str> =
        result.hosts.iter().filter(|it| it.had_begun).map(|it| it.node.as_str()).collect();
    assert_eq!((begun, result.window), (vec!["n5", "n6", "n7"], 2));
    assert!(result.hosts[..3].iter().all(|it| it.start_s.abs() < 1e-9));
    assert!(result.hosts[3].start_s > 60.0);
}

#[test]
fn requeueing_and_reserving_trade_work_for_time() {
    let nodes: Vec<_> = (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Busy)).collect();
    let mut jobs: Vec<_> =
        (0..10).map(|it| job(it, &[&format!("n{it}")], 4, 3600, Limit::Seconds(7200))).collect();
    for job in &mut jobs {
        job.requeue = Some(true);
    }
    let of = |mode| plan(&Request { mode, away_s: 60.0, ..request(&nodes, &jobs) });
    let (drain, reserve, requeue) =
        (of(DrainMode::Drain), of(DrainMode::Reserve), of(DrainMode::Requeue));
    let finish = |it: &BatchDrain| it.finish.unwrap().p50;
    assert!(finish(&requeue) < finish(&drain) && finish(&drain) < finish(&reserve));
    assert!((requeue.hosts[0].empty.bound).abs() < 1e-9 && requeue.stopped_cluster_s > 0.0);
    assert!((reserve.hosts[0].empty.p5 - 3600.0).abs() < 1.0);
    assert!(drain.stopped_cluster_s.abs() < 1e-9);
}

#[test]
fn a_job_on_many_nodes_counts_once() {
    let names: Vec<String> = (0..8).map(|it| format!("n{it}")).collect();
    let nodes: Vec<_> = names.iter().map(|it| node(it, 4, NodeStatus::Busy)).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let one = [job(1, &all, 4, 0, Limit::Seconds(DAY_S))];
    let each: Vec<_> = (0..8).map(|it| job(it, &[all[it]], 4, 0, Limit::Seconds(DAY_S))).collect();
    let of = |jobs: &[BatchJob]| {
        plan(&Request { keep: Keep::Open(0.0), queue: Queue::Empty, ..request(&nodes, jobs) })
    };
    let (one, each) = (of(&one), of(&each));
    let median = one.hosts[0].empty.p50;
    is_near(one.finish.unwrap().p50, median, 0.03);
    is_near(one.full_drain.finish_s / HOUR, 14.4, 0.01);
    assert!(each.finish.unwrap().p50 > median * 1.2);
}

#[test]
fn a_deadline_that_is_missed_names_the_window_that_meets_it() {
    let nodes: Vec<_> = (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    let of = |deadline_s| {
        let asked = Request { away_s: 600.0, deadline_s: Some(deadline_s), ..request(&nodes, &[]) };
        plan(&asked).obstacles
    };
    assert_eq!(of(3100.0), []);
    assert_eq!(of(1900.0), [DrainObstacle::Late { deadline_s: 1900.0, window: Some(4) }]);
    assert_eq!(of(300.0), [DrainObstacle::Late { deadline_s: 300.0, window: None }]);
}

#[test]
fn what_must_stay_busy_bounds_the_window() {
    let reference = Reference::new();
    let asked = |share| Request {
        history: &reference.history,
        keep: Keep::Busy(share),
        ..request(&reference.nodes, &reference.jobs)
    };
    let result = plan(&asked(0.9));
    let least = result.curve.iter().map(|it| it.busy).fold(1.0, f64::min);
    assert!((10..20).contains(&result.window) && (0.9..0.93).contains(&least), "{least}");
    assert!(matches!(plan(&asked(0.999)).obstacles[..], [DrainObstacle::TooBusy { .. }]));
}

#[test]
fn a_waiting_job_that_is_too_large_is_named() {
    let nodes: Vec<_> = (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    let mut waiting = BatchJob::new("77", JobState::Queued, "PENDING");
    waiting.cores = Some(36);
    let jobs = [waiting];
    let result = plan(&Request { away_s: 600.0, ..request(&nodes, &jobs) });
    let told = &result.too_large[0];
    assert_eq!((told.job.as_str(), told.cores), ("77", 36));
    assert!(told.from_s.abs() < 1e-9 && told.to_s.is_some_and(|it| it > 600.0));
}

#[test]
fn configuration_management_is_paused_first_and_resumed_last() {
    let nodes: Vec<_> = (0..10).map(|it| node(&format!("n{it}"), 4, NodeStatus::Idle)).collect();
    let result = plan(&request(&nodes, &[]));
    let to = DrainPurpose::Move { server: "new".to_owned() };
    for system in [BatchSystem::Slurm, BatchSystem::OpenPbs, BatchSystem::Torque] {
        let steps = steps(&result, system, &to);
        assert!(steps[0].text.contains("pause configuration management"));
        assert!(steps[steps.len() - 1].text.contains("resume configuration management"));
        let of = |node: &str| {
            let mine =
                steps.iter().filter(|it| it.node.as_ref().is_some_and(|it| it.as_str() == node));
            mine.collect::<Vec<_>>()
        };
        assert!(of("n1")[0].command.as_ref().is_some_and(|it| it.contains("n1")));
        assert!(of("n1").iter().any(|it| it.guard.is_some()));
        assert!(steps.iter().any(|it| it.text.contains("first batch")));
    }
    assert!(steps(&result, BatchSystem::HpcPack, &to).is_empty());
}
