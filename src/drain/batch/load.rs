//! What runs where, as far as emptying nodes needs it.

use super::as_f64;
use super::law::Law;
use super::remaining::Running;
use super::residual::{End, Residual};

/// Nodes with the jobs on them.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    /// Nodes that take turns, in this order.
    pub(super) nodes: Vec<NodeLoad>,
    /// Cores of open nodes that stay as they are, and the jobs on them.
    pub(super) others: NodeLoad,
    /// Cores of nodes that are out of use.
    pub(super) out_cores: f64,
    /// Jobs that run, each once however many nodes it is on.
    pub(super) jobs: Vec<Job>,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NodeLoad {
    /// Cores.
    pub(super) cores: f64,
    /// Jobs on it.
    pub(super) seats: Vec<Seat>,
}

/// A job's part of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seat {
    /// Place of the job in the list of jobs.
    pub(super) job: usize,
    /// Cores that it has there.
    pub(super) cores: f64,
}

/// A job that runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Job {
    /// How long it has run, and may.
    pub(super) running: Running,
    /// Whether it may be started anew.
    pub(super) restarts: bool,
}

impl NodeLoad {
    /// Cores that jobs have.
    #[must_use]
    pub(super) fn occupied(&self) -> f64 {
        self.seats.iter().map(|it| it.cores).sum()
    }

    /// Cores that the jobs of now still have after so many seconds, on average.
    #[must_use]
    pub(super) fn left(&self, jobs: &[Job], law: &Law, s: f64) -> f64 {
        let left = |it: &Seat| it.cores * (1.0 - jobs[it.job].running.over_within(law, s));
        self.seats.iter().map(left).sum()
    }
}

impl Load {
    /// Cores of all nodes.
    #[must_use]
    pub(super) fn cores(&self) -> f64 {
        self.others.cores + self.out_cores + self.nodes.iter().map(|it| it.cores).sum::<f64>()
    }

    /// Of each job the last node in turn that it is on.
    #[must_use]
    pub(super) fn last_nodes(&self) -> Vec<usize> {
        let mut last = vec![0; self.jobs.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            for seat in &node.seats {
                last[seat.job] = place;
            }
        }
        last
    }
}

/// What follows a job when the queue never empties.
#[derive(Clone, Debug)]
pub(super) struct Refill {
    /// When a job that is met on a core is done.
    pub(super) done: Residual,
    /// When its limit ends it at the latest.
    pub(super) limit: Residual,
    /// Jobs for each core in use.
    pub(super) jobs_per_core: f64,
    /// Part of the cores whose jobs may be started anew, 0 to 1.
    pub(super) restarts: f64,
    /// Limits in seconds with the cores of their jobs, shortest first.
    limits: Vec<(f64, f64)>,
}

impl Refill {
    /// Jobs like those that run now. `None` when none runs.
    #[must_use]
    pub(super) fn like(load: &Load, law: &Law) -> Option<Self> {
        let nodes = || load.nodes.iter().chain([&load.others]);
        let seats = || nodes().flat_map(|node| &node.seats);
        let job = |seat: &Seat| load.jobs[seat.job];
        let cores: f64 = seats().map(|it| it.cores).sum();
        let limits = gathered(seats().map(|it| (job(it).running.limit_s, it.cores)).collect());
        let restarting: f64 = seats().filter(|it| job(it).restarts).map(|it| it.cores).sum();
        Some(Self {
            done: Residual::new(law, &limits, End::Done)?,
            limit: Residual::new(law, &limits, End::Limit)?,
            jobs_per_core: as_f64(seats().count()) / cores,
            restarts: restarting / cores,
            limits,
        })
    }

    /// Part of the work that fits into a gap of so many seconds, 0 to 1.
    #[must_use]
    pub(super) fn fits(&self, gap_s: f64) -> f64 {
        let cores = |of: &[(f64, f64)]| of.iter().map(|it| it.1).sum::<f64>();
        let fitting = self.limits.partition_point(|it| it.0 <= gap_s);
        cores(&self.limits[..fitting]) / cores(&self.limits)
    }
}

/// Equal limits together, shortest first.
fn gathered(mut limits: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    limits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut gathered: Vec<(f64, f64)> = Vec::new();
    for (limit, cores) in limits {
        match gathered.last_mut() {
            Some(last) if last.0 >= limit => last.1 += cores,
            _ => gathered.push((limit, cores)),
        }
    }
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(jobs: &[(f64, f64, bool)]) -> Load {
        let mut load = Load::default();
        for &(cores, limit_s, restarts) in jobs {
            load.others.seats.push(Seat { job: load.jobs.len(), cores });
            load.jobs.push(Job { running: Running { elapsed_s: 0.0, limit_s }, restarts });
        }
        load
    }

    #[test]
    fn what_follows_is_like_what_runs() {
        let law = Law::uniform(0.0);
        let jobs = [(6.0, 100.0, true), (1.0, 50.0, false), (1.0, 100.0, false)];
        let refill = Refill::like(&load(&jobs), &law).unwrap();
        assert!((refill.jobs_per_core - 3.0 / 8.0).abs() < 1e-12);
        assert!((refill.restarts - 0.75).abs() < 1e-12);
        assert!((refill.done.bound_s() - 100.0).abs() < 1e-9);
        for (gap, part) in [(49.0, 0.0), (50.0, 0.125), (99.0, 0.125), (100.0, 1.0)] {
            assert!((refill.fits(gap) - part).abs() < 1e-12);
        }
        assert!(Refill::like(&load(&[]), &law).is_none());
    }
}
