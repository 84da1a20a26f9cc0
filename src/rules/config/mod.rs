//! Rules on the policy file and the inventories (CFG).

mod absent;
mod duplicate_network_name;
mod inventory_conflict;
mod policy_entry_unmatched;
mod rule_set_twice;
mod waiver_expired;
mod waiver_unmatched;

use super::{Rule, Site};
use crate::model::{Locus, Waiver};

pub(super) use waiver_unmatched::{RULE as WAIVER_UNMATCHED, draft as draft_unmatched};

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &policy_entry_unmatched::RULE,
    &duplicate_network_name::RULE,
    &inventory_conflict::RULE,
    &waiver_expired::RULE,
    &waiver_unmatched::RULE,
    &rule_set_twice::RULE,
];

/// The place that a waiver means, as far as it is there.
fn locus_of(waiver: &Waiver, site: &Site<'_>) -> Locus {
    let network = waiver.network.as_ref().and_then(|reference| {
        let mut networks = site.layout.networks.iter();
        networks.find(|network| crate::policy::means(reference, network))
    });
    Locus {
        node: waiver.node.clone(),
        interface: waiver.interface.clone(),
        network: network.map(|network| network.name.clone()),
    }
}
