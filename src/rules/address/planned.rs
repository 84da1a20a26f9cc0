//! Networks that the policy plans for migration, seen from a node.

use super::seats::Seat;
use crate::model::MigrationOrder;
use crate::policy::means;
use crate::rules::Site;

/// What the policy plans for migration instead of the networks that are reached, and where.
pub(super) fn against_policy(
    site: &Site<'_>,
    reached: &[&Seat<'_>],
    on: &[&Seat<'_>],
) -> Option<(String, &'static str)> {
    let excluded = |seat: &&Seat<'_>| {
        site.policy.migration.exclude.iter().any(|it| means(it, seat.on.network))
    };
    if let Some(first) = first_listed(site, on)
        && !reached.iter().any(|seat| seat.on.place == first.on.place)
    {
        let name = &first.on.network.name;
        return Some((
            format!("but the policy lists {name} first for migration"),
            "migration.order",
        ));
    }
    let why = || "which the policy excludes from migration".to_owned();
    reached.iter().all(excluded).then(|| (why(), "migration.exclude"))
}

/// The node's seat on the first network that the policy lists for migration.
pub(super) fn first_listed<'b, 'a>(site: &Site<'_>, on: &[&'b Seat<'a>]) -> Option<&'b Seat<'a>> {
    let migration = &site.policy.migration;
    let MigrationOrder::List(listed) = &migration.order else { return None };
    let excluded = |seat: &&Seat<'_>| migration.exclude.iter().any(|it| means(it, seat.on.network));
    let open = || on.iter().copied().filter(|seat| seat.counts && !excluded(seat));
    listed.iter().find_map(|it| open().find(|seat| means(it, seat.on.network)))
}
