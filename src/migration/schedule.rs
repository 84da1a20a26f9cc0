//! Several migrations over shared links.
//!
//! A fluid approximation. At a constant rate a migration goes as its forecast at that rate. When
//! the set of running ones changes, so do the rates: the share of the first full copy that is left
//! is then copied at the new rate, and of the rounds after it the same share of those that the new
//! rate needs. That is exact for a VM that writes nothing, and for any whose rate never changes.
//!
//! A migration that does not converge at its rate makes its full copy and then waits, as a VMM that
//! never gives up does, until others end and its rate rises. When none that runs can end, the one
//! that was started last is given up.

use super::course::Course;
use super::pace::Pacer;
use super::setup::SpecificationError;
use crate::model::{Schedule, Specification, Together};

/// A migration to be scheduled.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// What it is; its limit and link are the most that it takes by itself.
    pub spec: &'a Specification,
    /// Links that it crosses, by their places among a site's capacities: those of source and target,
    /// and what lies between.
    pub links: Vec<usize>,
    /// Pools of which it needs a place each while it runs: those of source, target, the cluster.
    pub pools: Vec<usize>,
}

/// What migrations share.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Of each link, bytes a second.
    pub capacities: &'a [f64],
    /// How many migrations may run at once in each pool; 0 counts as 1.
    pub pools: &'a [usize],
}

/// When each of several migrations goes: each is started as soon as all its pools have a place for
/// it, those given first before others, and running ones share their links max-min fairly.
///
/// # Errors
/// When a specification makes no sense.
pub fn schedule(jobs: &[Job<'_>], site: &Site<'_>) -> Result<Schedule, SpecificationError> {
    schedule_with(&mut Pacer::default(), jobs, site)
}

/// The same with what is known of how VMs get on, for schedules of the same VMs after each other.
///
/// # Errors
/// When a specification makes no sense.
pub fn schedule_with(
    pacer: &mut Pacer,
    jobs: &[Job<'_>],
    site: &Site<'_>,
) -> Result<Schedule, SpecificationError> {
    let mut course = Course::new(site, pacer);
    for job in jobs {
        course.add(job)?;
    }
    while !course.is_idle() {
        course.step(f64::INFINITY)?;
    }
    let slots = (0..jobs.len()).filter_map(|job| course.slot(job)).collect();
    Ok(Schedule { slots, total_ms: course.now_ms() })
}

/// Several migrations over one link, so many at once, and one after the other.
///
/// # Errors
/// When a specification makes no sense.
pub fn together(
    specs: &[Specification],
    parallel: usize,
    link_bytes_s: f64,
) -> Result<Together, SpecificationError> {
    let job = |spec| Job { spec, links: vec![0], pools: vec![0] };
    let jobs: Vec<Job<'_>> = specs.iter().map(job).collect();
    let run = |most| schedule(&jobs, &Site { capacities: &[link_bytes_s], pools: &[most] });
    Ok(Together { parallel: run(parallel)?, single: run(1)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::forecast;
    use crate::migration::samples::{GIGABIT, busy};
    use crate::model::{Outcome, Slot};

    /// A VM of so many pages that writes nothing.
    fn idle(pages: u64) -> Specification {
        let mut spec = busy();
        spec.groups.clear();
        spec.zero_pages = 0;
        spec.ram_bytes = pages * 4096;
        spec
    }

    /// Converges over the whole link, not over half of it.
    fn demanding() -> Specification {
        let mut spec = busy();
        spec.groups[0].writes_per_s = 20_000.0;
        spec
    }

    fn is_near(value: f64, expected: f64, relative: f64) {
        assert!((value - expected).abs() <= relative * expected, "{value} {expected}");
    }

    #[test]
    fn one_alone_takes_as_long_as_its_forecast() {
        let result = together(&[busy()], 3, GIGABIT).unwrap();
        let expected = forecast(&busy()).unwrap();
        let slot = result.parallel.slots[0];
        is_near(slot.end_ms, expected.total_ms, 1e-9);
        is_near(slot.downtime_ms, expected.downtime_ms, 1e-9);
        assert_eq!((slot.outcome, slot.start_ms), (Outcome::Converged, 0.0));
        assert_eq!(result.parallel, result.single);
        assert!(together(&[], 3, GIGABIT).unwrap().parallel.slots.is_empty());
    }

    #[test]
    fn equal_ones_go_at_equal_rates_and_end_together() {
        let result = together(&[busy(), busy(), busy()], 3, GIGABIT).unwrap();
        let third = Specification { link_bytes_s: Some(GIGABIT / 3.0), ..busy() };
        for slot in &result.parallel.slots {
            is_near(slot.end_ms, forecast(&third).unwrap().total_ms, 1e-9);
            is_near(slot.rate_bytes_s, GIGABIT / 3.0, 1e-9);
        }
        is_near(result.single.total_ms, 3.0 * forecast(&busy()).unwrap().total_ms, 1e-9);
        // what is dirtied meanwhile makes going together dearer
        assert!(result.parallel.total_ms > result.single.total_ms);
    }

    #[test]
    fn a_change_of_rate_is_exact_for_an_idle_vm() {
        let result = together(&[idle(500_000), idle(2_000_000)], 2, GIGABIT).unwrap().parallel;
        let ms = |pages: f64| pages * 4104.0 / GIGABIT * 1000.0;
        is_near(result.slots[0].end_ms, ms(1_000_000.0), 0.01);
        is_near(result.slots[1].end_ms, ms(2_500_000.0), 0.01);
    }

    #[test]
    fn pools_are_never_overbooked_and_order_is_kept() {
        let specs: Vec<_> = (1..=7).map(|number| idle(number * 10_000)).collect();
        let jobs: Vec<Job<'_>> = specs
            .iter()
            .enumerate()
            .map(|(place, spec)| Job { spec, links: vec![0], pools: vec![0, 1 + place % 2] })
            .collect();
        let site = Site { capacities: &[GIGABIT], pools: &[3, 1, 5] };
        let slots = schedule(&jobs, &site).unwrap().slots;
        for slot in &slots {
            let then = |it: &&Slot| it.start_ms <= slot.start_ms && slot.start_ms < it.end_ms;
            assert!(slots.iter().filter(then).count() <= 3);
            assert!(slots.iter().step_by(2).filter(then).count() <= 1);
        }
        assert!(slots.windows(3).step_by(2).all(|it| it[0].start_ms < it[2].start_ms));
    }

    #[test]
    fn nodes_and_caps_limit_each_migration() {
        let mut capped = idle(100_000);
        capped.max_bandwidth_bytes_s = Some(1e7);
        let free = idle(100_000);
        let job = |spec, source| Job { spec, links: vec![source, 2], pools: vec![] };
        let jobs = [job(&capped, 0), job(&free, 0), job(&free, 1)];
        let site = Site { capacities: &[3e7, 9e7, 1e8], pools: &[] };
        let slots = schedule(&jobs, &site).unwrap().slots;
        is_near(slots[0].rate_bytes_s, 1e7, 1e-9);
        is_near(slots[2].rate_bytes_s, 7e7, 1e-9);
        assert!(slots[2].end_ms < slots[1].end_ms && slots[1].end_ms < slots[0].end_ms);
    }

    #[test]
    fn one_that_converges_only_alone_waits_for_the_others() {
        let specs = [demanding(), idle(800_000)];
        let slots = together(&specs, 2, GIGABIT).unwrap().parallel.slots;
        assert_eq!(slots[0].outcome, Outcome::Converged);
        assert!(slots[0].end_ms > slots[1].end_ms);
    }

    #[test]
    fn of_two_that_hold_each_other_up_the_later_is_given_up() {
        let result = together(&[demanding(), demanding(), idle(1000)], 2, GIGABIT).unwrap();
        let outcomes: Vec<_> = result.parallel.slots.iter().map(|it| it.outcome).collect();
        assert_eq!(outcomes, [Outcome::Converged, Outcome::Stalled, Outcome::Converged]);
        assert!(result.single.slots.iter().all(|it| it.outcome == Outcome::Converged));
    }

    #[test]
    fn a_link_without_capacity_moves_nothing_and_ends() {
        let slots = together(&[busy(), busy()], 2, 0.0).unwrap().parallel.slots;
        assert!(slots.iter().all(|it| it.outcome == Outcome::Stalled && it.end_ms == 0.0));
    }

    #[test]
    fn a_large_evacuation_is_scheduled() {
        let nodes = 20usize;
        let specs: Vec<_> = (0..2000u64)
            .map(|number| {
                let mut spec = busy();
                spec.groups[0].writes_per_s =
                    1000.0 + crate::migration::wire::as_f64(number * 7919 % 5000);
                spec.ram_bytes += number * 4096;
                spec
            })
            .collect();
        let capacities = vec![1.17e9; 2 * nodes];
        let mut pools = vec![3; 2 * nodes];
        pools.push(60);
        let job = |(number, spec)| {
            let (source, target) = (number % nodes, nodes + number * 13 / 7 % nodes);
            Job { spec, links: vec![source, target], pools: vec![source, target, 2 * nodes] }
        };
        let jobs: Vec<Job<'_>> = specs.iter().enumerate().map(job).collect();
        let site = Site { capacities: &capacities, pools: &pools };
        let result = schedule(&jobs, &site).unwrap();
        let total = result.slots.iter().map(|it| it.end_ms).fold(0.0, f64::max);
        assert!(result.slots.len() == 2000 && (result.total_ms - total).abs() < 1e-9);
    }
}
