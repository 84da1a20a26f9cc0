//! Nodes that take turns, so many at once.
//!
//! When a node is closed is not certain, since it waits for others to be empty. The expected number
//! of nodes that are back grows with time; the next node is closed when it reaches the next whole
//! number, half a node early, since the k-th of many events comes, on average, when k − ½ are
//! expected. What varies about that moment has the variance of the turns before it, over the window
//! squared, as of the events of renewal processes side by side. No random numbers are drawn; a test
//! compares with a simulation that draws them.

use super::as_f64;
use super::emptying::{Emptying, Setting};
use super::finish::{Table, times};
use super::lanes::Lanes;
use super::load::{Load, NodeLoad};
use super::quantile::integral;
use super::sample::Sample;
use crate::model::Times;

/// Steps of the time that is expected.
const STEPS: f64 = 500.0;
/// Growth of a step when no node waits any more.
const GROWTH: f64 = 1.01;
/// Chance from which on a node counts as back.
const CERTAIN: f64 = 1.0 - 1e-9;

/// How nodes take turns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns<'a> {
    /// So many are closed at once, at least 1.
    pub(super) window: usize,
    /// So many of the first nodes are closed already, however many that is.
    pub(super) begun: usize,
    /// Seconds that each is away once it is empty.
    pub(super) away_s: f64,
    /// How they are emptied.
    pub(super) setting: Setting<'a>,
}

/// Nodes that took turns.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// One for each node, in order.
    pub(super) visits: Vec<Visit>,
    /// Nodes and cores over time.
    pub(super) curve: Vec<Point>,
    /// When the last node is back.
    pub(super) finish: Times,
    /// Work that closed nodes could have done and did not, core seconds on average.
    pub(super) lost_core_s: f64,
    /// Work that is thrown away with stopped jobs, core seconds on average.
    pub(super) stopped_core_s: f64,
    /// The least that any order takes: the mean times of all nodes together, over the window.
    pub(super) fluid_s: f64,
}

/// One node's turn; seconds from now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Visit {
    /// When it is closed, on average.
    pub(super) start_s: f64,
    /// When it is empty.
    pub(super) empty: Times,
}

/// What is expected at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// Seconds from now.
    pub(super) at_s: f64,
    /// Nodes that are closed.
    pub(super) closed: f64,
    /// Nodes that have had their turn.
    pub(super) back: f64,
    /// Cores that are busy on all nodes.
    pub(super) busy: f64,
}

/// Takes all nodes in turn.
#[must_use]
pub(super) fn course(load: &Load, turns: &Turns<'_>) -> Course {
    let mut march = March::new(load, turns);
    while march.step() {}
    march.end()
}

/// The course under way.
struct March<'a> {
    load: &'a Load,
    turns: &'a Turns<'a>,
    last_nodes: Vec<usize>,
    /// Cores that jobs have now on each node, and on those that stay.
    occupied: Vec<f64>,
    others: f64,
    lanes: Lanes,
    /// Under way, and the number that were.
    active: Vec<Active<'a>>,
    retired: usize,
    /// Cores of those that are back.
    again: f64,
    /// Seconds, and nodes that are expected to be back then.
    now: f64,
    back: f64,
    step_s: f64,
    /// Variance of each turn, and of the next start.
    variances: Vec<f64>,
    spread: f64,
    /// When the last is back.
    last: Table,
    course: Course,
}

/// A node under way.
struct Active<'a> {
    place: usize,
    start_s: f64,
    emptying: Emptying<'a>,
    back: f64,
}

impl Active<'_> {
    fn back_at(&self, s: f64, away_s: f64) -> f64 {
        self.emptying.empty_within(s - self.start_s - away_s)
    }
}

impl<'a> March<'a> {
    fn new(load: &'a Load, turns: &'a Turns<'a>) -> Self {
        let mut march = Self {
            load,
            turns,
            last_nodes: load.last_nodes(),
            occupied: load.nodes.iter().map(NodeLoad::occupied).collect(),
            others: load.others.occupied(),
            lanes: Lanes::new(turns.window.max(turns.begun).min(load.nodes.len())),
            active: Vec::new(),
            retired: 0,
            again: 0.0,
            now: 0.0,
            back: 0.0,
            step_s: 1.0,
            variances: Vec::new(),
            spread: 0.0,
            last: Table::default(),
            course: Course::default(),
        };
        march.step_s = (march.expected_s() / STEPS).max(1.0);
        march
    }

    /// About how long all will take, seconds.
    fn expected_s(&self) -> f64 {
        let later = self.turns.setting.refill.map_or(0.0, |it| it.done.bound_s());
        let mean = |place| {
            let at = |start_s| self.emptying(place, start_s).about_s();
            at(0.0).max(at(later)) + self.turns.away_s
        };
        let means = (0..self.load.nodes.len()).map(mean);
        let (sum, longest) = means.fold((0.0, 0.0), |it, mean| (it.0 + mean, f64::max(it.1, mean)));
        sum / self.window() + 2.0 * longest
    }

    fn window(&self) -> f64 {
        as_f64(self.turns.window.max(1))
    }

    fn emptying(&self, place: usize, start_s: f64) -> Emptying<'a> {
        Emptying::new((self.load, &self.last_nodes), place, start_s, self.turns.setting)
    }

    /// Whether all nodes have begun their turn.
    fn all_began(&self) -> bool {
        self.course.visits.len() == self.load.nodes.len()
    }

    /// Goes on to the next moment; whether there is another.
    fn step(&mut self) -> bool {
        let to = if self.course.curve.is_empty() { 0.0 } else { self.now + self.step_s };
        let away_s = self.turns.away_s;
        for active in &mut self.active {
            active.back = active.back_at(to, away_s);
        }
        let mut back = as_f64(self.retired) + self.active.iter().map(|it| it.back).sum::<f64>();
        while let Some(start_s) = self.next_start(to, back) {
            back += self.begin(start_s, to);
        }
        (self.now, self.back) = (to, back);
        self.look();
        self.retire();
        if self.all_began() {
            self.step_s *= GROWTH;
        }
        !(self.all_began() && self.active.is_empty())
    }

    /// When the next node is closed, if that is before a moment with so many nodes back.
    fn next_start(&self, to: f64, back: f64) -> Option<f64> {
        let begun = self.course.visits.len();
        if self.all_began() {
            return None;
        }
        if begun < self.turns.window.max(self.turns.begun).max(1) {
            return Some(0.0);
        }
        let needed = as_f64(begun) + 0.5 - self.window();
        let part = (needed - self.back) / (back - self.back).max(f64::MIN_POSITIVE);
        (back >= needed).then(|| self.now + (to - self.now) * part.clamp(0.0, 1.0))
    }

    /// Closes the next node; the chance that it is back at a moment.
    fn begin(&mut self, start_s: f64, to: f64) -> f64 {
        let (place, window, away_s) = (self.course.visits.len(), self.window(), self.turns.away_s);
        let emptying = self.emptying(place, start_s);
        if let Some(before) = place.checked_sub(self.turns.window.max(1)) {
            self.spread += self.variances[before] / (window * window);
        }
        let turn = Turn::of(&emptying);
        self.variances.push(turn.variance);
        let latest = self.lanes.take(turn.bound_s + away_s);
        let bound = (latest + turn.bound_s).max(start_s);
        let empty = if self.spread > 0.0 {
            times(|s| turn.sample.over(s - start_s), self.spread, bound)
        } else {
            times(|s| emptying.empty_within(s - start_s), 0.0, bound)
        };
        self.course.visits.push(Visit { start_s, empty });
        self.tally(place, &turn, emptying.stopped_core_s());
        let mut active = Active { place, start_s, emptying, back: 0.0 };
        active.back = active.back_at(to, away_s);
        let back = active.back;
        self.active.push(active);
        back
    }

    /// Counts a turn's work.
    fn tally(&mut self, place: usize, turn: &Turn, stopped_core_s: f64) {
        let (course, away_s) = (&mut self.course, self.turns.away_s);
        let could = self.occupied[place] * (turn.mean_s + away_s);
        course.lost_core_s += (could - turn.work_core_s).max(0.0);
        course.stopped_core_s += stopped_core_s;
        course.fluid_s += (turn.mean_s + away_s) / as_f64(self.turns.window.max(1));
        course.finish.bound = course.finish.bound.max(course.visits[place].empty.bound + away_s);
    }

    /// Notes what is expected now.
    fn look(&mut self) {
        let begun = self.course.visits.len();
        let closed = (as_f64(begun) - self.back).min(self.window());
        let point = Point { at_s: self.now, closed, back: self.back, busy: self.busy() };
        self.course.curve.push(point);
        if self.all_began() {
            let (now, away_s) = (self.now, self.turns.away_s);
            let over =
                |it: &Active<'_>| it.emptying.empty_but_shared_within(now - it.start_s - away_s);
            self.last.push(self.now, self.active.iter().map(over).product());
        }
    }

    /// Cores that are busy on all nodes, on average.
    fn busy(&self) -> f64 {
        let begun = self.course.visits.len();
        let closed = self.active.iter().map(|it| it.emptying.busy(self.now - it.start_s));
        let Setting { law, refill, .. } = self.turns.setting;
        let open: f64 = if refill.is_some() {
            let again = self.active.iter().map(|it| it.back * self.occupied[it.place]);
            self.others
                + self.again
                + again.sum::<f64>()
                + self.occupied[begun..].iter().sum::<f64>()
        } else {
            let open = self.load.nodes[begun..].iter().chain([&self.load.others]);
            open.map(|it| it.left(&self.load.jobs, law, self.now)).sum()
        };
        closed.sum::<f64>() + open
    }

    /// Lets go of nodes that are back.
    fn retire(&mut self) {
        let (occupied, again) = (&self.occupied, &mut self.again);
        let before = self.active.len();
        self.active.retain(|it| {
            let stays = it.back < CERTAIN;
            if !stays {
                *again += occupied[it.place];
            }
            stays
        });
        self.retired += before - self.active.len();
    }

    fn end(mut self) -> Course {
        let bound = self.course.finish.bound;
        let last = &self.last;
        let found = times(|s| last.over(s), self.spread, bound.max(self.now));
        // the table's steps may end a hair after the bound
        let [p5, p50, p95] = [found.p5, found.p50, found.p95].map(|it| it.min(bound));
        self.course.finish = Times { p5, p50, p95, bound };
        self.course
    }
}

/// A node's way to be empty: when, and the work that is done meanwhile.
struct Turn {
    sample: Sample,
    mean_s: f64,
    variance: f64,
    work_core_s: f64,
    bound_s: f64,
}

impl Turn {
    fn of(emptying: &Emptying<'_>) -> Self {
        let bound_s = emptying.bound_s();
        let sample = Sample::of(|s| emptying.empty_within(s), bound_s);
        let (mean_s, variance) = sample.moments();
        let work_core_s = integral(|s| emptying.busy(s), bound_s);
        Self { sample, mean_s, variance, work_core_s, bound_s }
    }
}
