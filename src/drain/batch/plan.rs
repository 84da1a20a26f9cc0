//! The plan.

use super::as_f64;
use super::emptying::Setting;
use super::load::Refill;
use super::order::order;
use super::request::{Keep, Request};
use super::site::Site;
use super::too_large::too_large;
use super::wholesale::waves;
use super::window::{Course, Turns, course};
use crate::model::{BatchDrain, Capacity, DrainCost, DrainObstacle, DrainOrder, HostTurn};

/// Empties nodes in turn.
///
/// The order is that of the request; the window is what is kept leaves, less what is out already.
/// A plan that can't be carried out tells what stands in its way.
#[must_use]
pub fn plan(request: &Request<'_>) -> BatchDrain {
    let mut site = Site::new(request);
    let law = site.law.clone();
    let refill = Refill::like(&site.load, &law).filter(|_| site.queue_is_full);
    let setting = Setting { law: &law, refill: refill.as_ref(), mode: request.mode };
    order(&mut site, setting, request.order);
    let planner = Planner { request, site: &site, setting };
    planner.plan()
}

struct Planner<'a> {
    request: &'a Request<'a>,
    site: &'a Site,
    setting: Setting<'a>,
}

impl Planner<'_> {
    fn plan(&self) -> BatchDrain {
        match self.window() {
            Ok(window) => self.with(window),
            Err(obstacle) => BatchDrain { obstacles: vec![obstacle], ..self.nothing() },
        }
    }

    /// How many may be closed at once.
    fn window(&self) -> Result<usize, DrainObstacle> {
        let most = self.request.window.unwrap_or(usize::MAX).min(self.site.names.len().max(1));
        let allowed = match self.request.keep {
            Keep::Busy(share) => return self.busiest(share, most),
            Keep::Open(share) => share_of(1.0 - share, self.site.nodes),
        };
        let left = allowed.saturating_sub(self.site.out).min(most);
        let none = DrainObstacle::NoWindow { allowed, out: self.site.out };
        if left > 0 || self.site.names.is_empty() { Ok(left) } else { Err(none) }
    }

    /// The most at once, up to a number, that leave a share of the cores busy at every instant.
    fn busiest(&self, share: f64, most: usize) -> Result<usize, DrainObstacle> {
        let least = |window| {
            let busy = self.course(window).curve.into_iter().map(|it| it.busy);
            busy.fold(f64::INFINITY, f64::min) / self.site.load.cores().max(1.0)
        };
        let alone = least(1);
        if alone < share && !self.site.names.is_empty() {
            return Err(DrainObstacle::TooBusy { least: alone });
        }
        Ok(last(1, most, |window| least(window) >= share))
    }

    fn turns(&self, window: usize) -> Turns<'_> {
        Turns { window, begun: self.site.begun, away_s: self.request.away_s, setting: self.setting }
    }

    fn course(&self, window: usize) -> Course {
        course(&self.site.load, &self.turns(window))
    }

    fn with(&self, window: usize) -> BatchDrain {
        let course = self.course(window);
        let cores = self.site.load.cores().max(1.0);
        let cost = |window| {
            let bulk = waves(&self.site.load, &self.turns(window));
            DrainCost { finish_s: bulk.finish_s, lost_cluster_s: bulk.lost_core_s / cores }
        };
        let curve = self.curve(&course);
        let has_turns = !self.site.names.is_empty();
        BatchDrain {
            window,
            obstacles: self.late(&course, window).into_iter().collect(),
            hosts: self.hosts(&course),
            finish: has_turns.then_some(course.finish),
            mean_capacity: mean_busy(&curve, course.finish.p50),
            lost_cluster_s: course.lost_core_s / cores,
            stopped_cluster_s: course.stopped_core_s / cores,
            fluid_s: course.fluid_s,
            full_drain: cost(self.site.names.len()),
            waves: cost(window),
            too_large: too_large(self.request.jobs, &curve),
            curve,
            ..self.nothing()
        }
    }

    /// A plan without turns.
    fn nothing(&self) -> BatchDrain {
        let site = self.site;
        BatchDrain {
            mode: self.request.mode,
            window: 0,
            nodes: site.nodes,
            cores: site.load.cores(),
            out: site.out,
            done: site.done.clone(),
            leaves: self.request.leaves,
            obstacles: Vec::new(),
            unplanned: site.unplanned.clone(),
            hosts: Vec::new(),
            finish: None,
            mean_capacity: 0.0,
            lost_cluster_s: 0.0,
            stopped_cluster_s: 0.0,
            fluid_s: 0.0,
            full_drain: DrainCost::default(),
            waves: DrainCost::default(),
            curve: Vec::new(),
            too_large: Vec::new(),
            law: site.source,
            queue_is_full: site.queue_is_full,
            notes: self.notes(),
        }
    }

    fn hosts(&self, course: &Course) -> Vec<HostTurn> {
        let turn = |(place, visit): (usize, &super::window::Visit)| HostTurn {
            node: self.site.names[place].clone(),
            start_s: visit.start_s,
            empty: visit.empty,
            back_s: visit.empty.p50 + self.request.away_s,
            jobs: self.site.load.nodes[place].seats.len(),
            had_begun: place < self.site.begun,
        };
        course.visits.iter().enumerate().map(turn).collect()
    }

    fn curve(&self, course: &Course) -> Vec<Capacity> {
        let (site, nodes) = (self.site, as_f64(self.site.nodes.max(1)));
        let cores = site.load.cores().max(1.0);
        let mine: f64 = site.load.nodes.iter().map(|it| it.cores).sum();
        let each = mine / as_f64(site.names.len().max(1));
        let point = |point: &super::window::Point| {
            let waiting = as_f64(site.names.len()) - point.back - point.closed;
            let before = site.load.others.cores + each * waiting.max(0.0);
            let after = each * point.back;
            Capacity {
                at_s: point.at_s,
                open: ((nodes - as_f64(site.out) - point.closed) / nodes).max(0.0),
                busy: point.busy / cores,
                largest: if self.request.leaves { before.max(after) } else { before + after },
                before_cores: before,
                after_cores: after,
            }
        };
        course.curve.iter().map(point).collect()
    }

    /// Whether it ends too late, and what would not.
    fn late(&self, course: &Course, window: usize) -> Option<DrainObstacle> {
        let deadline_s = self.request.deadline_s?;
        if course.finish.p95 <= deadline_s {
            return None;
        }
        let all = self.site.names.len();
        let is_late = |window| self.course(window).finish.p95 > deadline_s;
        let window = (!is_late(all)).then(|| last(window, all, is_late) + 1);
        Some(DrainObstacle::Late { deadline_s, window })
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.site.notes.clone();
        if self.request.order == DrainOrder::LeastWaste {
            notes.push(
                "the order follows the jobs of now; run again with fresh dumps as nodes come back"
                    .to_owned(),
            );
        }
        notes
    }
}

/// The last number for which something holds that holds for the first, and from some number on no
/// more.
fn last(first: usize, most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (first, most.max(first) + 1);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Whole nodes in a share of all; a share that is a hair below a whole number is that number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the nodes, from 0 to all"
)]
fn share_of(share: f64, nodes: usize) -> usize {
    (share.clamp(0.0, 1.0) * as_f64(nodes) + 1e-9) as usize
}

/// Mean of what is busy up to a moment.
fn mean_busy(curve: &[Capacity], to_s: f64) -> f64 {
    let (mut area, mut last) = (0.0, None::<&Capacity>);
    for point in curve {
        if let Some(before) = last.filter(|it| it.at_s < to_s) {
            area += (point.at_s.min(to_s) - before.at_s) * f64::midpoint(before.busy, point.busy);
        }
        last = Some(point);
    }
    match curve {
        [first, ..] if to_s <= 0.0 => first.busy,
        _ if to_s > 0.0 => area / to_s,
        _ => 0.0,
    }
}
