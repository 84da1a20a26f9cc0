//! Which rules are judged: what the caller asks for, less what the policy turns off.

use super::{Rule, Site, needs, registry};
use crate::model::{OffReason, Severity};

/// Which rules are judged, by code, name or group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these, when there are any.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Selection {
    /// Whether it leaves no rule to judge.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        registry::all().all(|rule| self.leaves_out(rule).is_some())
    }

    /// Why the rule is not to be judged, when it is not.
    pub(super) fn off(&self, rule: &Rule, site: &Site<'_>) -> Option<OffReason> {
        let is_off = set_severity(rule, site).is_some_and(Option::is_none);
        let is_idle = self.select.is_empty() && needs::lacks_service(site, rule);
        self.leaves_out(rule)
            .or(is_off.then_some(OffReason::Policy))
            .or(is_idle.then_some(OffReason::NoService))
    }

    fn leaves_out(&self, rule: &Rule) -> Option<OffReason> {
        let named = |words: &[String]| words.iter().any(|word| is_called(rule, word));
        if named(&self.ignore) {
            return Some(OffReason::Ignored);
        }
        (!self.select.is_empty() && !named(&self.select)).then_some(OffReason::NotSelected)
    }
}

/// Numbers by which rules were known before they had codes.
const FORMER: [(&str, &str); 1] = [("N058", "MIG006")];

/// Whether `word` is the rule's code, name or group, in any letter case.
pub(super) fn is_called(rule: &Rule, word: &str) -> bool {
    let former = FORMER.iter().filter(|(_, code)| *code == rule.code).map(|(former, _)| *former);
    let known = [rule.code, rule.name, rule.group()].into_iter().chain(former);
    known.into_iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The severity that the policy gives all findings of the rule.
pub(super) fn severity(rule: &Rule, site: &Site<'_>) -> Option<Severity> {
    set_severity(rule, site).copied().flatten()
}

/// What the policy sets for the rule: by its code, else by its name, else by its group.
fn set_severity<'a>(rule: &Rule, site: &Site<'a>) -> Option<&'a Option<Severity>> {
    let set = |known: &'static str| settings(site, known).map(|(_, severity)| severity).next();
    set(rule.code).or_else(|| set(rule.name)).or_else(|| set(rule.group()))
}

/// A word of the policy for rules, and the severity that it sets; none turns them off.
pub(super) type Setting<'a> = (&'a str, &'a Option<Severity>);

/// What the policy sets by a code, a name or a group, in any letter case; the first counts.
pub(super) fn settings<'a>(
    site: &Site<'a>,
    known: &'static str,
) -> impl Iterator<Item = Setting<'a>> + use<'a> {
    let all = site.policy.severities.iter();
    let meant = all.filter(move |(word, _)| word.eq_ignore_ascii_case(known));
    meant.map(|(word, severity)| (word.as_str(), severity))
}
