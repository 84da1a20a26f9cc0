//! The smallest change to a layout that takes the harm out of a failure, found by trying and
//! verified by planning again.

mod edit;

use std::collections::BTreeSet;

use super::cluster::Losses;
use super::plan::pair_changes;
use super::{Cluster, Detection, every, groups, storage};
use crate::model::{Assignment, Edit, Failure, Harm, LostPart, PairChange, Remedy};

/// What is worst about a failure: survivors that are cut off from each other, be it from before, else storage I/O of
/// some that stops, else CSV and migration on one network that were not before; nothing where none
/// is so.
#[must_use]
pub fn harm(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Option<Harm> {
    let left = cluster.left(lost);
    let changes = pair_changes(cluster, &left);
    if changes.iter().any(PairChange::parts) || !groups(cluster, lost).is_empty() {
        return Some(Harm::Partition);
    }
    let io = |left, losses| storage::redirected(cluster, left, &losses);
    let before = io(cluster.layout, Losses::default());
    if !storage::stopped(&before, &io(&left, Losses::of(lost))).is_empty() {
        return Some(Harm::Storage);
    }
    let collide = |it: &PairChange| it.after.collides() && !it.before.collides();
    let collides = cluster.then(&left).traffic.collides() || changes.iter().any(collide);
    collides.then_some(Harm::Collision)
}

/// The smallest change after which this failure does not do what it does now, and fewer single
/// failures do harm: a metric next to another one, the order of migration, a network that the policy
/// excludes from migration or from the cluster, a wider role, at last a further network on every
/// node or a further path to the storage.
///
/// A change that gives two networks one metric is none, networks that carry storage are left alone,
/// and no role is narrowed, since somebody may need it.
#[must_use]
pub fn remedy(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>) -> Option<Remedy> {
    let harm = harm(cluster, lost)?;
    let now = harmful(cluster);
    let mends =
        |edit: &Edit| edit::with(cluster, edit, |then| mends(then, lost, harm)) == Some(true);
    let helps = |edit: &Edit| edit::with(cluster, edit, harmful).is_some_and(|then| then < now);
    let steady = |edit: &Edit| {
        edit::with(cluster, edit, |then| ties(then.assignment)) <= Some(ties(cluster.assignment))
    };
    let mut edits = edit::edits(cluster, harm).into_iter();
    let edit = edits.find(|edit| steady(edit) && mends(edit) && helps(edit))?;
    Some(Remedy { harm, edit })
}

/// Whether the failure does nothing of the kind any more, nor anything worse.
fn mends(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>, now: Harm) -> bool {
    harm(cluster, lost).is_none_or(|then| then > now)
}

/// How many single failures cut survivors off, stop storage I/O, and make CSV and migration meet.
fn harmful(cluster: &Cluster<'_>) -> (usize, usize, usize) {
    let detection = Detection::of(cluster.inventories, cluster.policy, None);
    let all = every(cluster, &detection, false).failures;
    let count = |is: fn(&&Failure) -> bool| all.iter().filter(is).count();
    (
        count(|it| it.outcome.is_parted()),
        count(|it| it.outcome.stopped > 0),
        count(|it| it.outcome.colliding > 0 || it.outcome.collides()),
    )
}

/// How many networks of role 1 and 3 have the metric of an earlier one.
fn ties(assignment: &Assignment) -> usize {
    let authorised = assignment.networks.iter().filter(|network| network.role.is_authorised());
    let metrics: Vec<_> = authorised.map(|network| network.metric).collect();
    metrics.len() - metrics.iter().collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests;
