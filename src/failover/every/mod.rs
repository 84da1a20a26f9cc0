//! What happens when each part is lost alone, or each two together.
//!
//! A failure is solved by its effect alone: how many nodes change from which usable networks to
//! which. Failures of one effect are solved once, and pairs of nodes are judged by these classes, so
//! that 1,000 nodes with thousands of parts come down to a handful of cases.

mod double;
mod field;
mod solver;

use std::sync::Arc;

use super::{Cluster, Detection};
use crate::model::{Failure, FailureOutcome, FailureSummary, Failures, LostPart};
use field::{Atom, Field};
use solver::Solver;

/// Loses every part alone, or, when `doubles`, every two parts together, of which
/// none is a part of the other (an interface of its card, both of their node).
///
/// Parts are: networks, switches, nodes, and cards and interfaces of hardware that members with
/// traffic stand on. Software (a bond, a bridge, a VLAN) fails only with what is below. Single
/// failures are told one by one; double ones are told in groups of like ones with an example.
#[must_use]
pub fn every(cluster: &Cluster<'_>, detection: &Detection<'_>, doubles: bool) -> Failures {
    let field = Field::of(cluster);
    let mut solver = Solver::new(cluster, &field);
    let found =
        if doubles { double::all(&field, &mut solver) } else { single(&field, &mut solver) };
    let outcomes: Vec<Arc<FailureOutcome>> = solver.done().into_iter().map(Arc::new).collect();
    let mut failures: Vec<Failure> = Vec::with_capacity(found.len());
    for Found { atoms, count, outcome } in found {
        let Some(outcome) = outcomes.get(outcome).map(Arc::clone) else { continue };
        let mut lost: Vec<LostPart> = atoms.into_iter().map(|atom| field.part(atom)).collect();
        lost.sort();
        let detection_ms =
            lost.iter().try_fold(0, |most, part| Some(detection.ms(part)?.max(most)));
        failures.push(Failure { lost, count, outcome, detection_ms });
    }
    failures.sort_by(|a, b| (b.harm(), &a.lost).cmp(&(a.harm(), &b.lost)));
    let left_out = if doubles { double::left_out(&field) } else { 0 };
    Failures { summary: FailureSummary { left_out, ..summary(&failures) }, failures }
}

/// Failures with the same outcome.
struct Found {
    atoms: Vec<Atom>,
    count: usize,
    outcome: usize,
}

fn single(field: &Field<'_>, solver: &mut Solver<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for atom in field.atoms() {
        let effect = solver.effect_of(&[atom]);
        found.push(Found { atoms: vec![atom], count: 1, outcome: solver.solve(effect) });
    }
    found
}

fn summary(failures: &[Failure]) -> FailureSummary {
    let count = |is: fn(&FailureOutcome) -> bool| -> usize {
        failures.iter().filter(|it| is(&it.outcome)).map(|it| it.count).sum()
    };
    let noticed = failures.iter().filter_map(|it| it.detection_ms);
    let unnoticed = failures.iter().filter(|it| it.detection_ms.is_none());
    FailureSummary {
        failures: count(|_| true),
        survived_without_partition: count(FailureOutcome::is_survived),
        nothing_left: count(|it| it.nothing_left),
        alone: count(|it| it.alone && !it.nothing_left),
        storage_stopped: count(|it| it.stopped > 0),
        storage_redirected: count(|it| it.stopped == 0 && it.redirected > 0),
        left_out: 0,
        migration_apart: count(FailureOutcome::is_apart),
        no_pair_collides: count(|it| it.colliding == 0),
        worst_detection_ms: noticed.max().unwrap_or_default(),
        undetected: unnoticed.map(|it| it.count).sum(),
    }
}

#[cfg(test)]
mod tests;
