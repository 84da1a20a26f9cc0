//! What holds for whatever is asked.

use proptest::prelude::*;

use super::as_f64;
use super::plan;
use super::request::{Keep, Queue, Request};
use super::tests::{job, node, request};
use crate::model::{BatchDrain, BatchJob, BatchNode, Limit, NodeStatus};

/// Hosts, cores, seconds run, limit.
type OddJob = (Vec<usize>, u64, u64, Option<u64>);

/// Nodes with a state, jobs with hosts, cores, seconds run and limit.
#[derive(Clone, Debug)]
struct Odd {
    nodes: Vec<(u64, u8)>,
    jobs: Vec<OddJob>,
    keep: f64,
    away_s: f64,
}

fn odd() -> impl Strategy<Value = Odd> {
    let job = (
        prop::collection::vec(0..12usize, 1..4),
        0..9u64,
        prop_oneof![0..100_000u64, Just(u64::MAX)],
        prop_oneof![Just(None), (0..90_000u64).prop_map(Some), Just(Some(u64::MAX))],
    );
    let nodes = prop::collection::vec((0..65u64, 0..5u8), 1..12);
    let away = prop_oneof![Just(0.0), 0.0..9000.0f64];
    (nodes, prop::collection::vec(job, 0..20), 0.0..1.0f64, away)
        .prop_map(|(nodes, jobs, keep, away_s)| Odd { nodes, jobs, keep, away_s })
}

impl Odd {
    fn nodes(&self) -> Vec<BatchNode> {
        use NodeStatus::{Busy, Down, Drained, Draining, Idle};
        let status = [Idle, Busy, Draining, Drained, Down];
        let of = |(place, it): (usize, &(u64, u8))| {
            node(&format!("n{place}"), it.0, status[usize::from(it.1)])
        };
        self.nodes.iter().enumerate().map(of).collect()
    }

    fn jobs(&self) -> Vec<BatchJob> {
        let of = |(id, (hosts, cores, elapsed, limit)): (usize, &OddJob)| {
            let mut hosts = hosts.clone();
            hosts.sort_unstable();
            hosts.dedup();
            let names: Vec<String> = hosts.iter().map(|it| format!("n{it}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            job(id, &names, *cores, *elapsed, limit.map_or(Limit::None, Limit::Seconds))
        };
        self.jobs.iter().enumerate().map(of).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Each named node is once in the plan; no instant has more closed than allowed; times are in
    /// order, and nothing ends before what it needs at least.
    #[test]
    fn whatever_is_asked_the_floor_is_kept(odd in odd(), full in any::<bool>()) {
        let (nodes, jobs) = (odd.nodes(), odd.jobs());
        let queue = if full { Queue::Full } else { Queue::Empty };
        let asked = Request {
            keep: Keep::Open(odd.keep), away_s: odd.away_s, queue, ..request(&nodes, &jobs)
        };
        let result = plan(&asked);
        if !result.obstacles.is_empty() {
            prop_assert!(result.hosts.is_empty());
            return Ok(());
        }
        prop_assert_eq!(result.hosts.len() + result.unplanned.len(), nodes.len());
        let begun = result.hosts.iter().filter(|it| it.had_begun).count();
        let floor = as_f64(nodes.len().saturating_sub(result.out + result.window.max(begun))) / as_f64(nodes.len());
        for point in &result.curve {
            prop_assert!(point.open >= floor - 1e-9 && point.busy >= -1e-9, "{point:?} {floor}");
        }
        for host in &result.hosts {
            let it = host.empty;
            prop_assert!(it.p5 <= it.p50 && it.p50 <= it.p95 && it.p95 <= it.bound + 1e-6, "{it:?}");
            prop_assert!(it.bound.is_finite() && host.start_s.is_finite());
        }
        if let Some(finish) = result.finish {
            let last = result.hosts.iter().map(|it| it.empty.bound).fold(0.0, f64::max);
            prop_assert!(finish.bound >= last && finish.p95 <= finish.bound + 1e-6, "{finish:?}");
        }
    }

    #[test]
    fn the_order_of_dumps_does_not_matter(odd in odd()) {
        let (mut nodes, mut jobs) = (odd.nodes(), odd.jobs());
        let first = plan(&Request { keep: Keep::Open(odd.keep), ..request(&nodes, &jobs) });
        nodes.reverse();
        jobs.reverse();
        let second = plan(&Request { keep: Keep::Open(odd.keep), ..request(&nodes, &jobs) });
        let names = |it: &BatchDrain| it.hosts.iter().map(|it| it.node.clone()).collect::<Vec<_>>();
        prop_assert_eq!(first.window, second.window);
        prop_assert_eq!(names(&first), names(&second));
        if let (Some(a), Some(b)) = (first.finish, second.finish) {
            prop_assert!((a.p50 - b.p50).abs() <= 1e-6 * a.p50.max(1.0), "{:?} {:?}", a, b);
        }
    }
}
