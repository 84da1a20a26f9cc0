//! The view of findings that every format of `validate` is made of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::baseline::{BaselineFinding, BaselineState, WasView};
use super::identity::NamedNetwork;
use super::summary::Summary;
use super::text::escaped;
use crate::model::{Finding, Findings, Locus, NetworkName, Off, PolicyText, Severity, Subnet};

/// Schema of the JSON that `validate` prints.
pub const FINDINGS_SCHEMA: &str = "netplan-cluster/findings/1";

/// All that validation found.
#[derive(Clone, Debug, Serialize)]
pub struct FindingsView {
    /// Always [`FINDINGS_SCHEMA`].
    pub schema: &'static str,
    /// How many there are of each.
    pub summary: Summary,
    /// Findings, most severe first.
    pub findings: Vec<FindingView>,
    /// Findings of the baseline that are there no more; only with a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<Vec<BaselineFinding>>,
    /// Findings that the policy waives.
    pub waived: Vec<WaivedView>,
    /// Rules that could not be judged.
    pub not_judged: Vec<NotJudgedView>,
    /// Rules that found nothing.
    pub passed: Vec<RuleView>,
    /// Rules that were not to be judged.
    pub off: Vec<OffView>,
    /// Networks by which findings are told; a later result is compared by their subnets.
    pub networks: Vec<NamedNetwork>,
    /// Codes of rules that were judged, in whole or in part.
    #[serde(skip)]
    pub(super) judged: BTreeSet<&'static str>,
    /// Findings that are as they were in the baseline.
    #[serde(skip)]
    pub(super) unchanged: Vec<FindingView>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct FindingView {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// `certain` or `likely`.
    pub confidence: &'static str,
    /// What it is about as a whole.
    pub locus: LocusView,
    /// Places that it holds at, where they are not the locus alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spots: Vec<LocusView>,
    /// What is the case.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Where in the policy file it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyPlaceView>,
    /// How it stands to the baseline; only with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineState>,
    /// What it was in the baseline; only with one that tells it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<WasView>,
}

impl FindingView {
    /// Every place that it holds at.
    pub(super) fn places(&self) -> &[LocusView] {
        if self.spots.is_empty() { std::slice::from_ref(&self.locus) } else { &self.spots }
    }

    /// Whether the baseline could not tell of it, since its rule was not judged in full then.
    pub(super) fn is_of_rule_not_judged_then(&self) -> bool {
        self.baseline == Some(BaselineState::NotJudgedThen)
    }
}

/// What a finding is about; nothing for the cluster as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LocusView {
    /// Node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Cluster network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// A place in the policy file.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyPlaceView {
    /// The file, as it was given.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1.
    pub column: usize,
}

/// A waived finding.
#[derive(Clone, Debug, Serialize)]
pub struct WaivedView {
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingView,
    /// Why it is waived.
    pub reason: String,
    /// Last day on which the waiver holds.
    pub expires: Option<String>,
}

/// A rule that could not be judged.
#[derive(Clone, Debug, Serialize)]
pub struct NotJudgedView {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub name: &'static str,
    /// What is missing.
    pub reason: String,
}

/// A rule that found nothing.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RuleView {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
}

/// A rule that was not to be judged.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OffView {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Who wanted it so.
    pub reason: &'static str,
}

/// Builds the view; `text` is that of the policy.
#[must_use]
pub fn findings(findings: &Findings, text: &PolicyText) -> FindingsView {
    let view = |it: &Finding| finding(it, text);
    let waived = findings.waived.iter().map(|waived| WaivedView {
        finding: view(&waived.finding),
        reason: escaped(&waived.reason),
        expires: waived.expires.clone(),
    });
    let not_judged = findings.not_judged.iter().map(|it| NotJudgedView {
        code: it.code,
        name: it.name,
        reason: escaped(&it.reason),
    });
    let mut view = FindingsView {
        schema: FINDINGS_SCHEMA,
        summary: Summary::default(),
        findings: findings.findings.iter().map(view).collect(),
        gone: None,
        waived: waived.collect(),
        not_judged: not_judged.collect(),
        passed: findings.passed.iter().map(|(code, name)| RuleView { code, name }).collect(),
        off: findings.off.iter().map(off).collect(),
        networks: findings.networks.iter().map(named).collect(),
        judged: judged(findings),
        unchanged: Vec::new(),
    };
    view.summary = view.counted();
    view
}

fn off(off: &Off) -> OffView {
    OffView { code: off.code, name: off.name, reason: off.why.as_str() }
}

fn named((name, subnets): &(NetworkName, Vec<Subnet>)) -> NamedNetwork {
    let subnets = subnets.iter().map(ToString::to_string).collect();
    NamedNetwork { name: escaped(name.as_str()), subnets }
}

fn judged(findings: &Findings) -> BTreeSet<&'static str> {
    let found = findings.findings.iter().map(|it| it.code);
    let waived = findings.waived.iter().map(|it| it.finding.code);
    found.chain(waived).chain(findings.passed.iter().map(|(code, _)| *code)).collect()
}

fn finding(finding: &Finding, text: &PolicyText) -> FindingView {
    FindingView {
        code: finding.code,
        name: finding.name,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        locus: locus(&finding.locus),
        spots: spots(finding),
        message: escaped(&finding.message),
        remedy: escaped(&finding.remedy),
        policy: finding.place.map(|place| PolicyPlaceView {
            file: escaped(&text.path),
            line: place.line,
            column: place.column,
        }),
        baseline: None,
        was: None,
    }
}

/// A finding at a single place is about that.
fn spots(finding: &Finding) -> Vec<LocusView> {
    let all = if finding.spots == [finding.locus.clone()] { &[][..] } else { &finding.spots };
    all.iter().map(locus).collect()
}

fn locus(locus: &Locus) -> LocusView {
    LocusView {
        node: locus.node.as_ref().map(|node| escaped(node.as_str())),
        interface: locus.interface.as_ref().map(|interface| escaped(interface.as_str())),
        network: locus.network.as_ref().map(|network| escaped(network.as_str())),
    }
}

impl LocusView {
    /// The place in words: `n1 eth0 on LM`; `cluster` for the whole.
    #[must_use]
    pub fn words(&self) -> String {
        let inside: Vec<&str> =
            [&self.node, &self.interface].into_iter().flatten().map(String::as_str).collect();
        match (inside.join(" "), &self.network) {
            (inside, None) if inside.is_empty() => "cluster".to_owned(),
            (inside, None) => inside,
            (inside, Some(network)) if inside.is_empty() => network.clone(),
            (inside, Some(network)) => format!("{inside} on {network}"),
        }
    }
}

impl FindingsView {
    /// Whether any finding is at or above a severity; of those that the baseline has in another
    /// form, those that became graver. What it could not tell of counts: nobody has looked at it.
    #[must_use]
    pub fn reaches(&self, severity: Severity) -> bool {
        let at = |it: &&FindingView| Severity::from_name(it.severity) >= Some(severity);
        let counts = |it: &FindingView| it.was.as_ref().is_none_or(|was| was.graver);
        self.findings.iter().filter(at).any(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_in_words() {
        let part = |text: &str| Some(text.to_owned());
        let all = LocusView { node: part("n1"), interface: part("eth0"), network: part("LM") };
        assert_eq!(all.words(), "n1 eth0 on LM");
        assert_eq!(LocusView { network: part("LM"), ..LocusView::default() }.words(), "LM");
        assert_eq!(LocusView::default().words(), "cluster");
    }
}
