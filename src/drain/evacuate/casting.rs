//! Which hosts could take a machine at all, whatever else goes there.

use std::collections::BTreeSet;

use super::fleet::Fleet;
use super::roads::{Road, Roads};
use crate::migration::{Pacer, SpecificationError, connections};
use crate::model::{Outcome, Rejection, Specification};

/// Finds out which hosts come into question.
pub(super) struct Casting<'a, 'r> {
    pub(super) fleet: &'a Fleet<'a>,
    pub(super) roads: &'a mut Roads<'r>,
    pub(super) pacer: &'a mut Pacer,
}

/// Which hosts come into question for a machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdict {
    /// Those that do.
    pub(super) open: Vec<usize>,
    /// Those that do not, and why.
    pub(super) against: Vec<(Rejection, usize)>,
    /// The migration over the fastest way, when it converges over none.
    pub(super) hopeless: Option<Specification>,
}

impl Casting<'_, '_> {
    /// Judges every host for a machine that leaves `from` while the hosts `out` are out.
    ///
    /// # Errors
    /// When its specification makes no sense.
    pub(super) fn verdict(
        &mut self,
        unit: usize,
        from: usize,
        out: &BTreeSet<usize>,
    ) -> Result<Verdict, SpecificationError> {
        let mut verdict = Verdict::default();
        let mut judged: Vec<(f64, Outcome)> = Vec::new();
        let mut fastest: Option<(f64, usize)> = None;
        for to in (0..self.fleet.hosts.len()).filter(|it| *it != from) {
            let road = match self.way(unit, (from, to), out) {
                Ok(road) => road,
                Err(reason) => {
                    verdict.against.push((reason, to));
                    continue;
                }
            };
            let known = judged.iter().find(|it| it.0.total_cmp(&road.bytes_s).is_eq());
            let outcome = if let Some((_, outcome)) = known {
                *outcome
            } else {
                let spec = self.over(unit, from, to).0;
                let outcome = self.pacer.alone(&spec)?.outcome;
                judged.push((road.bytes_s, outcome));
                outcome
            };
            if outcome.is_moved() {
                verdict.open.push(to);
                continue;
            }
            verdict.against.push((Rejection::TooSlow { bytes_s: whole(road.bytes_s) }, to));
            if fastest.is_none_or(|(best, _)| road.bytes_s > best) {
                fastest = Some((road.bytes_s, to));
            }
        }
        if let (true, Some((_, to))) = (verdict.open.is_empty(), fastest) {
            verdict.hopeless = Some(self.over(unit, from, to).0);
        }
        Ok(verdict)
    }

    /// The way to a host, or what speaks against it.
    fn way(
        &mut self,
        unit: usize,
        (from, to): (usize, usize),
        out: &BTreeSet<usize>,
    ) -> Result<Road, Rejection> {
        let host = &self.fleet.hosts[to];
        if out.contains(&to) {
            return Err(Rejection::Leaving);
        }
        if !host.is_online {
            return Err(Rejection::Offline);
        }
        if host.memory.is_none() {
            return Err(Rejection::UnknownMemory);
        }
        if self.fleet.units[unit].size > host.usable() {
            return Err(Rejection::TooSmall { usable: host.usable() });
        }
        self.road(unit, from, to).map_err(Rejection::NoWay)
    }

    /// The way between two hosts, or why there is none.
    pub(super) fn road(&mut self, unit: usize, from: usize, to: usize) -> Result<Road, String> {
        road(self.fleet, self.roads, unit, [from, to])
    }

    /// The migration over the way between two hosts.
    pub(super) fn over(&mut self, unit: usize, from: usize, to: usize) -> (Specification, Road) {
        over(self.fleet, self.roads, unit, [from, to])
    }
}

fn road(
    fleet: &Fleet<'_>,
    roads: &mut Roads<'_>,
    unit: usize,
    ends: [usize; 2],
) -> Result<Road, String> {
    let spec = &fleet.workload.machines[fleet.units[unit].machine].spec;
    let [from, to] = ends.map(|host| &fleet.hosts[host].name);
    roads.road(from, to, connections(spec))
}

/// The migration over the way between two hosts; without one, over no rate at all.
pub(super) fn over(
    fleet: &Fleet<'_>,
    roads: &mut Roads<'_>,
    unit: usize,
    ends: [usize; 2],
) -> (Specification, Road) {
    let none = Road { network: None, bytes_s: 0.0, links: [usize::MAX; 2] };
    let road = road(fleet, roads, unit, ends).unwrap_or(none);
    let spec = &fleet.workload.machines[fleet.units[unit].machine].spec;
    (Specification { link_bytes_s: Some(road.bytes_s), ..spec.clone() }, road)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate above 0, which the cast cuts to what 64 bits hold"
)]
fn whole(rate: f64) -> u64 {
    rate.round() as u64
}
