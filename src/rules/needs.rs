//! Facts without which rules say nothing, although they find nothing.

use super::rests::weight;
use super::{Report, Rule, Site, service};
use crate::model::Fact;

/// Why rules that compare nodes are not judged on a single one.
pub const ONE_NODE: &str = "only one node is known";

/// Why rules on services are not judged where there is none.
const NO_SERVICE: &str = "the policy declares no service ([[service]])";

/// Rules about pairs of nodes, or about what several members of a network have in common.
const SEVERAL: [&str; 21] = [
    "ADR001", "ADR004", "ADR005", "ADR007", "ADR009", "ADR016", "LNK002", "LNK003", "LNK008",
    "LNK012", "MIG002", "MIG003", "MIG004", "RED002", "RED003", "RED005", "RED006", "RED007",
    "RED009", "RED012", "ROL003",
];

/// Tells what is lacking of what the rule rests on as a whole: further nodes, and facts that a
/// node hides.
pub(super) fn tell(site: &Site<'_>, rule: &Rule, report: &mut Report) {
    if SEVERAL.contains(&rule.code) && site.inventories.len() == 1 {
        report.missing(ONE_NODE);
    }
    if lacks_service(site, rule) {
        report.missing(NO_SERVICE);
    }
    tell_facts(site, rule, report);
}

/// Whether it is a rule on services, and there is none.
pub(super) fn lacks_service(site: &Site<'_>, rule: &Rule) -> bool {
    site.services.is_empty() && rule.group() == service::GROUP
}

/// Tells facts that nodes hide and without which the rule passes nothing.
pub(super) fn tell_facts(site: &Site<'_>, rule: &Rule, report: &mut Report) {
    for fact in Fact::ALL.into_iter().filter(|fact| weight(rule, *fact).leaves_open()) {
        if let Some(line) = site.hidden().line(fact) {
            report.missing(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeInventory, Policy, PolicyText};
    use crate::rules::testing::gap;
    use crate::rules::{Selection, judge, registry};
    use crate::testkit::healthy;
    use crate::{layout, policy};

    /// Reasons why rules were not judged, and codes of those that passed.
    fn judged(nodes: &[NodeInventory]) -> (Vec<(&'static str, String)>, Vec<&'static str>) {
        let (set, text) = (Policy::default(), PolicyText::default());
        let layout = layout::form(nodes, &set);
        let assignment = policy::assign(&layout, &set);
        let all = nodes.iter().collect();
        let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
        let found = judge(&site, &Selection::default());
        let reasons = found.not_judged.into_iter().map(|it| (it.code, it.reason));
        (reasons.collect(), found.passed.into_iter().map(|(code, _)| code).collect())
    }

    #[test]
    fn one_node_alone_passes_no_comparison() {
        let (reasons, passed) = judged(&healthy(1));
        for code in SEVERAL {
            assert!(registry::find(code).is_some(), "{code}");
            assert!(reasons.contains(&(code, ONE_NODE.to_owned())), "{code}");
            assert!(!passed.contains(&code), "{code}");
        }
        assert!(passed.contains(&"LNK001"));
        let (reasons, _) = judged(&healthy(2));
        assert!(reasons.iter().all(|(_, reason)| reason != ONE_NODE), "{reasons:?}");
    }

    #[test]
    fn what_a_node_hides_is_told_by_every_rule_that_rests_on_it() {
        let mut nodes = healthy(3);
        nodes[1].gaps.push(gap(Some("eth9"), Fact::Addresses));
        let (reasons, passed) = judged(&nodes);
        let told = "addresses of n2 eth9 are not known: not told".to_owned();
        for code in ["RED006", "ROL003", "MIG002", "LNK003"] {
            assert!(reasons.contains(&(code, told.clone())), "{code}: {reasons:?}");
            assert!(!passed.contains(&code), "{code}");
        }
        assert!(passed.contains(&"ADR012"));
    }
}
