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

/// Loses every part alone, or, when `doubles`, every two parts together.
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
        let detection_ms = lost.iter().map(|part| detection.ms(part)).max().unwrap_or_default();
        failures.push(Failure { lost, count, outcome, detection_ms });
    }
    failures.sort_by(|a, b| (harm(b), &a.lost).cmp(&(harm(a), &b.lost)));
    Failures { summary: summary(&failures), failures }
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

/// What is greater hurts more.
fn harm(failure: &Failure) -> (usize, bool, usize, usize, u64) {
    let outcome = &failure.outcome;
    let collides = outcome.collides();
    (outcome.parted, collides, outcome.colliding, outcome.moved, failure.detection_ms)
}

fn summary(failures: &[Failure]) -> FailureSummary {
    let count = |is: fn(&FailureOutcome) -> bool| -> usize {
        failures.iter().filter(|it| is(&it.outcome)).map(|it| it.count).sum()
    };
    FailureSummary {
        failures: count(|_| true),
        survived_without_partition: count(|it| it.parted == 0),
        migration_apart: count(FailureOutcome::is_apart),
        no_pair_collides: count(|it| it.colliding == 0),
        worst_detection_ms: failures.iter().map(|it| it.detection_ms).max().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
