//! Facts about hardware that are not known.

use crate::failover::{Leg, Standing};
use crate::model::{Fact, NodeName};
use crate::rules::phrase::Lacking;
use crate::rules::{Report, Site};

/// Says which members' cards are not known, of those that `wanted` takes.
pub(super) fn cards(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let mut lacking = Lacking::new("card");
    note((site, Fact::Device), &mut lacking, wanted, all, |leg| leg.card.is_none());
    lacking.tell(report);
}

/// Says which members' switches are not known, of those that `wanted` takes.
pub(super) fn switches(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let mut lacking = Lacking::new("switch");
    note((site, Fact::Neighbours), &mut lacking, wanted, live, |leg| leg.switches.is_none());
    lacking.tell(report);
}

/// Says which members' drivers are not known, of those that `wanted` takes.
pub(super) fn drivers(
    site: &Site<'_>,
    report: &mut Report,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
) {
    let mut lacking = Lacking::new("driver");
    note((site, Fact::Device), &mut lacking, wanted, all, |leg| driver(leg).is_none());
    lacking.tell(report);
}

/// Driver of the hardware at the bottom of a leg.
pub(super) fn driver<'a>(leg: &Leg<'a>) -> Option<&'a str> {
    leg.bottom?.device.as_ref()?.driver.as_deref()
}

/// Hardware is known of ports that are down too.
fn all<'s, 'a>(standing: &'s Standing<'a>) -> Vec<&'s Leg<'a>> {
    standing.legs.iter().collect()
}

/// A port that is down has no neighbour to tell of.
fn live<'s, 'a>(standing: &'s Standing<'a>) -> Vec<&'s Leg<'a>> {
    standing.live().collect()
}

/// Notes each leg that lacks the fact at its lowest interface.
fn note<'a>(
    (site, fact): (&Site<'a>, Fact),
    lacking: &mut Lacking,
    wanted: impl Fn(&NodeName, &Standing<'_>) -> bool,
    legs: for<'s> fn(&'s Standing<'a>) -> Vec<&'s Leg<'a>>,
    lacks: impl Fn(&Leg<'a>) -> bool,
) {
    for node in &site.parts().nodes {
        for standing in node.standings.iter().filter(|standing| wanted(node.node, standing)) {
            for leg in legs(standing).into_iter().filter(|leg| lacks(leg)) {
                if let Some(name) = leg.through.last() {
                    let gap = site.gap(node.node, Some(name), fact);
                    let cause = gap.map_or_else(|| untold(leg, fact), |gap| gap.cause.as_str());
                    lacking.interface(node.node, name, cause);
                }
            }
        }
    }
}

/// Why a fact is not known that nothing hides.
fn untold(leg: &Leg<'_>, fact: Fact) -> &'static str {
    let neighbours = leg.bottom.map_or(0, |bottom| bottom.neighbours.len());
    match fact {
        Fact::Neighbours if neighbours > 1 => "LLDP tells several neighbours",
        Fact::Neighbours => "no LLDP neighbour and no phys_switch_id is told",
        _ => "no device is told",
    }
}
