//! From rules and a site to findings: selection, severities and waivers of the policy.

use super::{Report, Rule, Site, registry};
use crate::model::{Finding, Findings, Locus, NotJudged, Severity, Waived, Waiver};

/// Which rules are judged, by code, name or group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these, when there are any.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Selection {
    fn takes(&self, rule: &Rule) -> bool {
        let named = |words: &[String]| words.iter().any(|word| is_called(rule, word));
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }
}

/// Whether `word` is the rule's code, name or group, in any letter case.
pub(super) fn is_called(rule: &Rule, word: &str) -> bool {
    [rule.code, rule.name, rule.group()].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Judges a site by every rule that the selection and the policy leave on.
///
/// Findings stand with the most severe first, then by code, place and message. A waiver takes a
/// finding out of them but never out of sight; one that holds no more has no effect, and is a
/// finding of its own rule.
#[must_use]
pub fn judge(site: &Site<'_>, selection: &Selection) -> Findings {
    let mut all = Findings::default();
    for rule in registry::all().filter(|rule| selection.takes(rule)) {
        let Some(severity) = severity(rule, site) else { continue };
        let mut report = Report::default();
        (rule.check)(site, &mut report);
        for reason in &report.missing {
            let (code, name) = (rule.code, rule.name);
            all.not_judged.push(NotJudged { code, name, reason: reason.clone() });
        }
        if report.drafts.is_empty() && report.missing.is_empty() {
            all.passed.push((rule.code, rule.name));
        }
        for finding in findings(rule, severity, report) {
            match site.policy.waivers.iter().find(|waiver| holds(waiver, &finding, site)) {
                Some(waiver) => all.waived.push(waived(finding, waiver)),
                None => all.findings.push(finding),
            }
        }
    }
    all.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    all.waived.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    all.not_judged.sort();
    all
}

/// The rule's severity as the policy leaves it: `Some(None)` keeps each finding's own.
fn severity(rule: &Rule, site: &Site<'_>) -> Option<Option<Severity>> {
    let set = site.policy.severities.iter().find(|(word, _)| is_called(rule, word));
    match set {
        None => Some(None),
        Some((_, None)) => None,
        Some((_, Some(severity))) => Some(Some(*severity)),
    }
}

fn findings(rule: &Rule, set: Option<Severity>, report: Report) -> impl Iterator<Item = Finding> {
    let drafts = report.drafts.into_iter();
    drafts.map(move |draft| Finding {
        code: rule.code,
        name: rule.name,
        severity: set.or(draft.severity).unwrap_or(rule.severity),
        confidence: draft.confidence,
        locus: draft.locus,
        message: draft.message,
        remedy: draft.remedy,
        place: draft.place,
    })
}

/// Whether a waiver is not over on the day of the judgement.
pub(super) fn is_current(waiver: &Waiver, today: &str) -> bool {
    waiver.expires.as_deref().is_none_or(|last| last >= today)
}

fn holds(waiver: &Waiver, finding: &Finding, site: &Site<'_>) -> bool {
    is_current(waiver, site.today) && fits(waiver, finding.code, finding.name, &finding.locus, site)
}

/// Whether a waiver means a finding of this rule at this place.
pub(super) fn fits(
    waiver: &Waiver,
    code: &str,
    name: &str,
    locus: &Locus,
    site: &Site<'_>,
) -> bool {
    let network = || match (&waiver.network, &locus.network) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(reference), Some(name)) => site
            .layout
            .networks
            .iter()
            .any(|network| network.name == *name && crate::policy::means(reference, network)),
    };
    let is_rule = [code, name].iter().any(|known| known.eq_ignore_ascii_case(&waiver.rule));
    is_rule
        && (waiver.node.is_none() || waiver.node == locus.node)
        && (waiver.interface.is_none() || waiver.interface == locus.interface)
        && network()
}

fn waived(finding: Finding, waiver: &Waiver) -> Waived {
    Waived { finding, reason: waiver.reason.clone(), expires: waiver.expires.clone() }
}

fn order(finding: &Finding) -> impl Ord + '_ {
    let severity = std::cmp::Reverse(finding.severity);
    (severity, finding.code, &finding.locus, &finding.message, finding.place)
}
