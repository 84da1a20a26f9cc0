//! Waivers of the policy: where they hold, and those that match nothing.

use super::{Rule, Site, registry};
use crate::model::{Findings, InterfaceName, Locus, NetworkName, NodeName, Waiver};

/// The places that a waiver means.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The waiver's number in the policy.
    pub(super) number: usize,
    pub(super) node: Option<NodeName>,
    pub(super) interface: Option<InterfaceName>,
    /// Networks that it may mean; absent when it holds on all and on none.
    pub(super) networks: Option<Vec<NetworkName>>,
}

impl Scope {
    fn of(number: usize, waiver: &Waiver, site: &Site<'_>) -> Self {
        let named = |reference: &crate::model::NetworkRef| {
            let all = site.layout.networks.iter();
            let meant = all.filter(|network| crate::policy::means(reference, network));
            meant.map(|network| network.name.clone()).collect()
        };
        let networks = waiver.network.as_ref().map(named);
        let (node, interface) = (waiver.node.clone(), waiver.interface.clone());
        Self { number, node, interface, networks }
    }

    /// Whether the waiver means this place.
    pub(super) fn holds(&self, spot: &Locus) -> bool {
        let on = |names: &Vec<NetworkName>| {
            spot.network.as_ref().is_some_and(|network| names.contains(network))
        };
        (self.node.is_none() || self.node == spot.node)
            && (self.interface.is_none() || self.interface == spot.interface)
            && self.networks.as_ref().is_none_or(on)
    }
}

/// Where findings of `rule` are waived on the day of the judgement.
pub(super) fn scopes(rule: &Rule, site: &Site<'_>) -> Vec<Scope> {
    let all = site.policy.waivers.iter().enumerate();
    let own = all.filter(|(_, it)| names(it, rule) && is_current(it, site.today));
    own.map(|(number, waiver)| Scope::of(number, waiver, site)).collect()
}

/// Whether a waiver names the rule; a group of rules can't be waived.
pub(super) fn names(waiver: &Waiver, rule: &Rule) -> bool {
    [rule.code, rule.name].iter().any(|known| known.eq_ignore_ascii_case(&waiver.rule))
}

/// Whether a waiver is not over on the day of the judgement.
pub(super) fn is_current(waiver: &Waiver, today: &str) -> bool {
    waiver.expires.as_deref().is_none_or(|last| last >= today)
}

/// Whether a waiver matches nothing although its rule was judged in full, is for a node that is not
/// there, or means no rule.
/// One that is over is told by a rule of its own, unless it means no rule.
pub(super) fn is_idle(
    waiver: &Waiver,
    all: &Findings,
    site: &Site<'_>,
    is_judged: impl Fn(&Rule) -> bool,
) -> bool {
    let Some(rule) = registry::find(&waiver.rule) else { return true };
    let is_nowhere = waiver.node.as_ref().is_some_and(|node| site.inventory(node).is_none());
    let is_open = all.not_judged.iter().any(|not| not.code == rule.code) && !is_nowhere;
    let in_full = is_judged(rule) && !is_open;
    in_full && is_current(waiver, site.today) && !has_match(waiver, all, site)
}

/// Whether a waiver means a place of any finding, also of one that another waiver accepts.
pub(super) fn has_match(waiver: &Waiver, all: &Findings, site: &Site<'_>) -> bool {
    let Some(rule) = registry::find(&waiver.rule) else { return false };
    let scope = Scope::of(0, waiver, site);
    let accepted = all.waived.iter().map(|waived| &waived.finding);
    let mut findings = all.findings.iter().chain(accepted).filter(|it| it.code == rule.code);
    findings.any(|finding| finding.spots.iter().any(|spot| scope.holds(spot)))
}
