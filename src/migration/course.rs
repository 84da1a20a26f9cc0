//! Migrations under way, step by step.

use super::pace::{Pace, Pacer};
use super::schedule::{Job, Site};
use super::setup::SpecificationError;
use super::share::{Flow, distinct, max_min};
use crate::model::Slot;

/// Migrations under way over a site; more may be added at any time.
#[derive(Debug)]
pub struct Course<'a> {
    capacities: &'a [f64],
    /// Places left in each pool.
    free: Vec<usize>,
    pacer: &'a mut Pacer,
    entries: Vec<Entry>,
    waiting: Vec<usize>,
    running: Vec<Running>,
    slots: Vec<Option<Slot>>,
    /// Those that ended in the last step.
    ended: Vec<usize>,
    now: f64,
}

/// What a course keeps of a job.
#[derive(Debug)]
struct Entry {
    kind: usize,
    /// The rate that it takes by itself, bytes a second.
    alone: f64,
    links: Vec<usize>,
    pools: Vec<usize>,
}

/// A migration under way.
#[derive(Debug)]
struct Running {
    job: usize,
    start_ms: f64,
    /// Shares left of the full copy, and of what follows it.
    first: f64,
    rest: f64,
    rate: f64,
    pace: Pace,
}

impl Running {
    /// Time to its end at its present rate.
    fn left_ms(&self) -> f64 {
        part(self.first, self.pace.first_ms) + part(self.rest, self.pace.rest_ms)
    }

    fn advance(&mut self, ms: f64) {
        let copy = part(self.first, self.pace.first_ms);
        if ms < copy {
            self.first -= ms / self.pace.first_ms;
            return;
        }
        self.first = 0.0;
        let left = part(self.rest, self.pace.rest_ms);
        if !self.pace.is_endless && left > 0.0 {
            self.rest = (self.rest * (1.0 - (ms - copy) / left)).max(0.0);
        }
    }
}

/// A share of a time that may be infinite.
fn part(share: f64, ms: f64) -> f64 {
    if share > 0.0 { share * ms } else { 0.0 }
}

impl<'a> Course<'a> {
    /// A site at rest.
    #[must_use]
    pub fn new(site: &Site<'a>, pacer: &'a mut Pacer) -> Self {
        Self {
            capacities: site.capacities,
            free: site.pools.iter().map(|places| (*places).max(1)).collect(),
            pacer,
            entries: Vec::new(),
            waiting: Vec::new(),
            running: Vec::new(),
            slots: Vec::new(),
            ended: Vec::new(),
            now: 0.0,
        }
    }

    /// Adds a migration behind those that wait; it starts as soon as its pools have a place for it.
    /// Migrations are numbered from 0 as they are added.
    ///
    /// # Errors
    /// When the specification makes no sense.
    pub fn add(&mut self, job: &Job<'_>) -> Result<usize, SpecificationError> {
        let (kind, alone) = self.pacer.kind(job.spec)?;
        let (links, pools) = (job.links.clone(), job.pools.clone());
        self.waiting.push(self.entries.len());
        self.entries.push(Entry { kind, alone, links, pools });
        self.slots.push(None);
        Ok(self.entries.len() - 1)
    }

    /// The time that it is, milliseconds since the beginning.
    #[must_use]
    pub fn now_ms(&self) -> f64 {
        self.now
    }

    /// Whether nothing runs or waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// When a migration went, once it is over.
    #[must_use]
    pub fn slot(&self, number: usize) -> Option<Slot> {
        self.slots.get(number).copied().flatten()
    }

    /// Goes on to the next end of a migration, or to `until_ms` if that comes first or nothing runs;
    /// the migrations that ended then.
    ///
    /// # Errors
    /// When a specification makes no sense.
    pub fn step(&mut self, until_ms: f64) -> Result<&[usize], SpecificationError> {
        self.ended.clear();
        self.admit();
        let most = (until_ms - self.now).max(0.0);
        if self.running.is_empty() {
            self.now += if most.is_finite() { most } else { 0.0 };
            self.arrive(until_ms);
            return Ok(&self.ended);
        }
        self.share()?;
        let ends = self.running.iter().filter(|it| !it.pace.is_endless).map(Running::left_ms);
        match ends.min_by(f64::total_cmp) {
            Some(ms) => self.advance(ms.min(most)),
            None => self.give_up(most),
        }
        self.arrive(until_ms);
        Ok(&self.ended)
    }

    /// Sums of times may miss a given one by a rounding, and whoever waits for it would wait for ever.
    fn arrive(&mut self, until_ms: f64) {
        const ROUNDING: f64 = 1e-9;
        if until_ms.is_finite() && (until_ms - self.now).abs() <= until_ms.abs() * ROUNDING {
            self.now = until_ms;
        }
    }

    /// Starts what may start.
    fn admit(&mut self) {
        let (entries, free) = (&self.entries, &mut self.free);
        let running = &mut self.running;
        let start_ms = self.now;
        self.waiting.retain(|&job| {
            let pools = &entries[job].pools;
            if pools.iter().any(|pool| free.get(*pool) == Some(&0)) {
                return true;
            }
            change(free, pools, |places| places.saturating_sub(1));
            let (rate, pace) = (0.0, Pace::NONE);
            running.push(Running { job, start_ms, first: 1.0, rest: 1.0, rate, pace });
            false
        });
    }

    /// Gives each running migration its rate.
    fn share(&mut self) -> Result<(), SpecificationError> {
        let flow = |it: &Running| Flow {
            links: &self.entries[it.job].links,
            cap: self.entries[it.job].alone,
        };
        let flows: Vec<Flow<'_>> = self.running.iter().map(flow).collect();
        let rates = max_min(&flows, self.capacities);
        for (running, rate) in self.running.iter_mut().zip(rates) {
            running.pace = self.pacer.pace(self.entries[running.job].kind, rate)?;
            running.rate = rate;
        }
        Ok(())
    }

    /// Lets time pass and ends what is done.
    fn advance(&mut self, ms: f64) {
        self.now += ms;
        for mut running in std::mem::take(&mut self.running) {
            if !running.pace.is_endless && running.left_ms() <= ms {
                self.end(&running);
            } else {
                running.advance(ms);
                self.running.push(running);
            }
        }
    }

    /// Gives up the migration that was started last, when its forecast says that it goes nowhere; or
    /// lets `most_ms` pass, if that is less.
    fn give_up(&mut self, most_ms: f64) {
        let Some(left) = self.running.last().map(Running::left_ms) else { return };
        let ms = if left.is_finite() { left } else { 0.0 };
        if ms > most_ms {
            return self.advance(most_ms);
        }
        let Some(last) = self.running.pop() else { return };
        self.now += ms;
        for running in &mut self.running {
            running.advance(ms);
        }
        self.end(&last);
    }

    fn end(&mut self, running: &Running) {
        change(&mut self.free, &self.entries[running.job].pools, |places| places + 1);
        self.ended.push(running.job);
        self.slots[running.job] = Some(Slot {
            start_ms: running.start_ms,
            end_ms: self.now,
            outcome: running.pace.outcome,
            downtime_ms: running.pace.downtime_ms,
            rate_bytes_s: running.rate,
        });
    }
}

fn change(free: &mut [usize], pools: &[usize], by: impl Fn(usize) -> usize) {
    for pool in distinct(pools) {
        if let Some(places) = free.get_mut(pool) {
            *places = by(*places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{GIGABIT, busy};
    use crate::model::Specification;

    fn idle(pages: u64) -> Specification {
        Specification { ram_bytes: pages * 4096, zero_pages: 0, groups: Vec::new(), ..busy() }
    }

    fn is_near(value: f64, expected: f64, relative: f64) {
        assert!((value - expected).abs() <= relative * expected, "{value} {expected}");
    }

    #[test]
    fn migrations_join_others_under_way_and_timers_interrupt() {
        let (first, second) = (idle(1_000_000), idle(500_000));
        let site = Site { capacities: &[GIGABIT], pools: &[2] };
        let mut pacer = Pacer::default();
        let mut course = Course::new(&site, &mut pacer);
        let job = |spec| Job { spec, links: vec![0], pools: vec![0] };
        let ms = |pages: f64| pages * 4104.0 / GIGABIT * 1000.0;
        course.add(&job(&first)).unwrap();
        assert_eq!(course.step(ms(500_000.0)).unwrap(), [] as [usize; 0]);
        is_near(course.now_ms(), ms(500_000.0), 1e-9);
        course.add(&job(&second)).unwrap();
        while !course.is_idle() {
            course.step(f64::INFINITY).unwrap();
        }
        // from the half on both have half the link: they end together
        is_near(course.slot(0).unwrap().end_ms, ms(1_500_000.0), 0.01);
        is_near(course.slot(1).unwrap().end_ms, ms(1_500_000.0), 0.01);
        course.step(1e9).unwrap();
        is_near(course.now_ms(), 1e9, 1e-9);
    }
}
