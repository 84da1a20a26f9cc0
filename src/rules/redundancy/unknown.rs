//! Facts about hardware that are not known.

use std::collections::BTreeMap;

use super::words::some;
use crate::failover::{Leg, Standing};
use crate::model::{Fact, InterfaceName, NodeName};
use crate::rules::{Report, Site};

/// Says which members' cards are not known, of those that `wanted` takes.
pub(super) fn cards(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let lacking = collect(site, wanted, all, |leg| leg.card.is_none());
    tell(site, report, ("card", Fact::Device), &lacking);
}

/// Says which members' switches are not known, of those that `wanted` takes.
pub(super) fn switches(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let lacking = collect(site, wanted, live, |leg| leg.switches.is_none());
    tell(site, report, ("switch", Fact::Neighbours), &lacking);
}

/// Says which members' drivers are not known, of those that `wanted` takes.
pub(super) fn drivers(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let lacking = collect(site, wanted, all, |leg| driver(leg).is_none());
    tell(site, report, ("driver", Fact::Device), &lacking);
}

/// Driver of the hardware at the bottom of a leg.
pub(super) fn driver<'a>(leg: &Leg<'a>) -> Option<&'a str> {
    leg.bottom?.device.as_ref()?.driver.as_deref()
}

/// Interfaces that lack a fact, and how many LLDP neighbours each has.
type Lacking<'a> = BTreeMap<(&'a NodeName, &'a InterfaceName), usize>;

/// Hardware is known of ports that are down too.
fn all<'s, 'a>(standing: &'s Standing<'a>) -> Vec<&'s Leg<'a>> {
    standing.legs.iter().collect()
}

/// A port that is down has no neighbour to tell of.
fn live<'s, 'a>(standing: &'s Standing<'a>) -> Vec<&'s Leg<'a>> {
    standing.live().collect()
}

fn collect<'a>(
    site: &Site<'a>,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
    legs: for<'s> fn(&'s Standing<'a>) -> Vec<&'s Leg<'a>>,
    lacks: impl Fn(&Leg<'a>) -> bool,
) -> Lacking<'a> {
    let mut lacking = BTreeMap::new();
    for node in &site.parts().nodes {
        for standing in node.standings.iter().filter(|standing| wanted(node.node, standing)) {
            for leg in legs(standing).into_iter().filter(|leg| lacks(leg)) {
                let neighbours = leg.bottom.map_or(0, |bottom| bottom.neighbours.len());
                let name = leg.through.last().copied();
                lacking.extend(name.map(|name| ((node.node, name), neighbours)));
            }
        }
    }
    lacking
}

/// One reason for all, with the cause of the first.
fn tell(site: &Site<'_>, report: &mut Report, (word, fact): (&str, Fact), lacking: &Lacking<'_>) {
    let Some(((node, interface), neighbours)) = lacking.first_key_value() else { return };
    let gap = site.gap(node, Some(interface), fact);
    let cause = match (gap, fact) {
        (Some(gap), _) => gap.cause.clone(),
        (None, Fact::Neighbours) if *neighbours > 1 => "LLDP tells several neighbours".to_owned(),
        (None, Fact::Neighbours) => "no LLDP neighbour and no phys_switch_id is told".to_owned(),
        (None, _) => "no device is told".to_owned(),
    };
    let names = some(lacking.keys().map(|(node, interface)| format!("{node} {interface}")));
    report.missing(match lacking.len() {
        1 => format!("{word} of {names} is not known: {cause}"),
        count => format!("{word} of {count} interfaces is not known ({names}): {cause}"),
    });
}
