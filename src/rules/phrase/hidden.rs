//! Facts that gaps hide, told in a line for each fact.

use std::collections::BTreeSet;

use super::list;
use crate::model::{Fact, InterfaceName, NodeName};
use crate::rules::{Report, Site};

/// Tells which nodes and interfaces that `matters` hide a fact, all in one line.
pub(in crate::rules) fn tell_hidden(
    site: &Site<'_>,
    report: &mut Report,
    fact: Fact,
    matters: impl Fn(&NodeName, Option<&InterfaceName>) -> bool,
) {
    if let Some(line) = hidden_line(site, fact, matters) {
        report.missing(line);
    }
}

/// Which nodes and interfaces that `matters` hide a fact; nothing when none does.
pub(in crate::rules) fn hidden_line(
    site: &Site<'_>,
    fact: Fact,
    matters: impl Fn(&NodeName, Option<&InterfaceName>) -> bool,
) -> Option<String> {
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
    (!places.is_empty()).then(|| not_known(fact, &places, &causes))
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
        2 => " (and another cause)".to_owned(),
        count => format!(" (and {} other causes)", count - 1),
    };
    format!(
        "{} of {} {verb} not known: {cause}{others}",
        fact.as_str(),
        list(places.iter().map(name))
    )
}
