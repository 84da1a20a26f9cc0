//! Phrases and places that messages of several rules share.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{Report, Site};
use crate::model::{Fact, InterfaceName, Locus, NetworkName, NodeName};

/// How many names a message lists before it counts the rest.
const LISTED: usize = 3;

/// Names in a row: `n1`, `n1 and n2`, `n1, n2, n3 and 61 more`.
pub(super) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    let more = names.len().saturating_sub(LISTED);
    if more > 1 {
        names.truncate(LISTED);
        return format!("{} and {more} more", names.join(", "));
    }
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The node when it is the only one, else the cluster.
pub(super) fn locus_of_nodes<'a>(nodes: impl IntoIterator<Item = &'a NodeName>) -> Locus {
    let distinct: BTreeSet<&NodeName> = nodes.into_iter().collect();
    match distinct.first() {
        Some(only) if distinct.len() == 1 => Locus::node(only),
        _ => Locus::cluster(),
    }
}

/// What interfaces on a network have in common: the interface when it is the only one, else the
/// node when they are all its own, and the network.
pub(super) fn locus_on<'a>(
    spots: impl IntoIterator<Item = (&'a NodeName, &'a InterfaceName)>,
    network: &NetworkName,
) -> Locus {
    let distinct: BTreeSet<_> = spots.into_iter().collect();
    let locus = match distinct.first() {
        Some((node, interface)) if distinct.len() == 1 => Locus::interface(node, interface),
        _ => locus_of_nodes(distinct.iter().map(|(node, _)| *node)),
    };
    locus.on(network)
}

/// Tells which nodes and interfaces that `matters` hide a fact, all in one line.
pub(super) fn tell_hidden(
    site: &Site<'_>,
    report: &mut Report,
    fact: Fact,
    matters: impl Fn(&NodeName, Option<&InterfaceName>) -> bool,
) {
    let mut places: BTreeSet<(&NodeName, Option<&InterfaceName>)> = BTreeSet::new();
    let mut causes: BTreeSet<&str> = BTreeSet::new();
    for inventory in &site.inventories {
        for gap in inventory.gaps.iter().filter(|gap| gap.fact == fact) {
            let interface = gap.interface.as_ref();
            if matters(&inventory.node, interface) {
                places.insert((&inventory.node, interface));
                causes.insert(&gap.cause);
            }
        }
    }
    if !places.is_empty() {
        report.missing(not_known(fact, &places, &causes));
    }
}

fn not_known(
    fact: Fact,
    places: &BTreeSet<(&NodeName, Option<&InterfaceName>)>,
    causes: &BTreeSet<&str>,
) -> String {
    let verb = match fact {
        Fact::Speed | Fact::ReversePathFilter | Fact::OwnName => "is",
        _ => "are",
    };
    let name = |(node, interface): &(&NodeName, Option<&InterfaceName>)| match interface {
        Some(interface) => format!("{node} {interface}"),
        None => node.to_string(),
    };
    let cause = causes.first().copied().unwrap_or_default();
    let others = match causes.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} other causes)", count - 1),
    };
    format!(
        "{} of {} {verb} not known: {cause}{others}",
        fact.as_str(),
        list(places.iter().map(name))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NetworkName;

    #[test]
    fn lists_stay_short() {
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(list(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }

    #[test]
    fn a_place_is_as_narrow_as_all_its_spots() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let (eth0, eth1) = (InterfaceName::new("eth0"), InterfaceName::new("eth1"));
        let network = NetworkName::new("LM");
        assert_eq!(locus_on([(&n1, &eth0)], &network), Locus::interface(&n1, &eth0).on(&network));
        assert_eq!(locus_on([(&n1, &eth0), (&n1, &eth1)], &network), Locus::node(&n1).on(&network));
        assert_eq!(locus_on([(&n1, &eth0), (&n2, &eth0)], &network), Locus::network(&network));
    }
}
