//! What is new, changed or gone since a stored result.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::findings::{FindingView, FindingsView, LocusView};
use super::identity::{NamedNetwork, Renaming};
use crate::model::Severity;

/// A stored result, as far as it is compared.
#[derive(Clone, Debug, Deserialize)]
pub struct Baseline {
    /// Its findings.
    pub findings: Vec<BaselineFinding>,
    /// Networks by which it tells them; results of old do not say.
    #[serde(default)]
    pub networks: Vec<NamedNetwork>,
    /// Findings that were waived.
    #[serde(default)]
    pub waived: Vec<BaselineFinding>,
    /// Rules that could not be judged, wholly or in part.
    #[serde(default)]
    pub not_judged: Vec<BaselineRule>,
    /// Rules that found nothing; results of old may not say.
    #[serde(default)]
    pub passed: Option<Vec<BaselineRule>>,
    /// What was gone, which only a comparison tells: such a result is no baseline.
    #[serde(default)]
    pub gone: Option<serde::de::IgnoredAny>,
}

/// A rule of an earlier result.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BaselineRule {
    /// Its code.
    pub code: String,
}

/// How a finding stands to the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BaselineState {
    /// It was not found then.
    New,
    /// It was found in another form.
    Changed,
    /// It is as it was.
    Unchanged,
    /// Its rule was not judged then, or not in full, so that nobody knows whether it is new.
    NotJudgedThen,
}

/// A finding of an earlier result, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BaselineFinding {
    /// Code of the rule.
    pub code: String,
    /// Name of the rule.
    pub name: String,
    /// How much it mattered.
    pub severity: String,
    /// What it was about as a whole.
    pub locus: LocusView,
    /// Places that it held at, where they were not the locus alone; results of old do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spots: Vec<LocusView>,
    /// What was the case.
    pub message: String,
}

/// What a finding was in the baseline.
#[derive(Clone, Debug, Serialize)]
pub struct WasView {
    /// How much it mattered.
    pub severity: String,
    /// What was the case.
    pub message: String,
    /// Whether it became graver: it matters more, holds at a further place, or says something else
    /// of a network or the cluster as a whole.
    pub graver: bool,
}

/// Findings of the baseline that have no counterpart yet, as they would be told today.
struct Open<'b> {
    stored: &'b [BaselineFinding],
    today: Vec<BaselineFinding>,
    /// Numbers of findings by rule and place.
    by_place: BTreeMap<(String, LocusView), Vec<usize>>,
    left: BTreeSet<usize>,
}

impl FindingsView {
    /// Keeps only findings that the baseline has not or tells otherwise, and tells which of it are
    /// gone. A finding of a rule that was not judged now, or that is waived now, is not gone; one
    /// of a rule that was not judged in full then is not called new.
    ///
    /// A finding is that of the baseline when rule, place and message are the same; networks are
    /// the same when they share a subnet, whatever they are called. Of what is left, findings of
    /// one rule that share a place are one that changed.
    #[must_use]
    pub fn since(mut self, baseline: &Baseline) -> Self {
        let mut open = Open::of(&baseline.findings, (baseline, &self.networks));
        let mut waived_then = Open::of(&baseline.waived, (baseline, &self.networks));
        let findings = std::mem::take(&mut self.findings);
        (self.unchanged, self.findings) = findings.into_iter().partition(|it| open.take_same(it));
        let waived = self.waived.iter().map(|it| &it.finding);
        let same: Vec<bool> =
            waived.map(|it| open.take_same(it) || waived_then.take_same(it)).collect();
        for finding in &mut self.findings {
            finding.was = open.take_changed(finding);
            finding.baseline = Some(baseline.state(finding));
        }
        for (waived, same) in self.waived.iter_mut().zip(same) {
            let mut was = |it: &_| open.take_changed(it).or_else(|| waived_then.take_changed(it));
            waived.finding.baseline = Some(match same {
                true => BaselineState::Unchanged,
                false if was(&waived.finding).is_some() => BaselineState::Changed,
                false => baseline.state(&waived.finding),
            });
        }
        for finding in &mut self.unchanged {
            finding.baseline = Some(BaselineState::Unchanged);
        }
        self.gone = Some(self.gone_of(&open));
        self.summary = self.counted();
        self
    }

    /// What is left of the baseline, as far as it was judged now.
    fn gone_of(&self, open: &Open<'_>) -> Vec<BaselineFinding> {
        let gone = open.left.iter().filter_map(|number| open.stored.get(*number));
        let mut gone: Vec<BaselineFinding> =
            gone.filter(|old| self.was_judged(&old.code)).cloned().collect();
        gone.sort();
        gone
    }

    /// Whether a rule was judged, and saw all that it asked for.
    fn was_judged(&self, code: &str) -> bool {
        self.judged.contains(code) && !self.not_judged.iter().any(|it| it.code == code)
    }
}

impl Baseline {
    /// What a finding is that is not there as it is now.
    fn state(&self, finding: &FindingView) -> BaselineState {
        match finding.was {
            Some(_) => BaselineState::Changed,
            None if self.knew(finding.code) => BaselineState::New,
            None => BaselineState::NotJudgedThen,
        }
    }

    /// Whether a rule was judged in full. One that is nowhere was off, or did not exist yet.
    fn knew(&self, code: &str) -> bool {
        let among = |rules: &[BaselineRule]| rules.iter().any(|it| it.code == code);
        let found = self.findings.iter().chain(&self.waived).any(|it| it.code == code);
        let Some(passed) = &self.passed else { return true };
        !among(&self.not_judged) && (found || among(passed))
    }
}

impl<'b> Open<'b> {
    fn of(
        stored: &'b [BaselineFinding],
        (baseline, networks): (&Baseline, &[NamedNetwork]),
    ) -> Self {
        let renaming = Renaming::between(&baseline.networks, networks);
        let today: Vec<BaselineFinding> = stored.iter().map(|old| old.by(&renaming)).collect();
        let mut by_place: BTreeMap<(String, LocusView), Vec<usize>> = BTreeMap::new();
        for (number, old) in today.iter().enumerate() {
            for place in old.places() {
                by_place.entry((old.code.clone(), place.clone())).or_default().push(number);
            }
        }
        let left = (0..today.len()).collect();
        Self { stored, today, by_place, left }
    }

    /// Takes the counterpart of a finding that says the same and matters as much.
    fn take_same(&mut self, finding: &FindingView) -> bool {
        let is_same = |old: &BaselineFinding| {
            old.says(finding) && old.severity == finding.severity && old.is_at(finding)
        };
        self.candidates(finding)
            .into_iter()
            .any(|number| self.today.get(number).is_some_and(is_same) && self.left.remove(&number))
    }

    /// Takes the counterpart of a finding that is not the same: one that says the same, else the
    /// one that shares most places with it. The cluster as a whole is no place to share.
    fn take_changed(&mut self, finding: &FindingView) -> Option<WasView> {
        let shared = |number: usize| {
            let old = self.today.get(number).filter(|_| self.left.contains(&number))?;
            let places = old.places().iter();
            let shared = places.filter(|place| finding.places().contains(place)).count();
            let may_be = old.says(finding) || finding.locus != LocusView::default();
            may_be.then_some((old.says(finding), shared, std::cmp::Reverse(number)))
        };
        let best = self.candidates(finding).into_iter().filter_map(shared).max()?;
        let number = best.2.0;
        self.left.remove(&number);
        let graver = self.today.get(number).is_none_or(|old| old.became_graver(finding));
        let stored = self.stored.get(number)?;
        Some(WasView { severity: stored.severity.clone(), message: stored.message.clone(), graver })
    }

    /// Findings of the same rule at any of the same places, or about the same as a whole.
    fn candidates(&self, finding: &FindingView) -> BTreeSet<usize> {
        let places = finding.places().iter().chain([&finding.locus]);
        let at = |place: &LocusView| self.by_place.get(&(finding.code.to_owned(), place.clone()));
        places.filter_map(at).flatten().copied().collect()
    }
}

impl BaselineFinding {
    fn by(&self, renaming: &Renaming) -> Self {
        Self {
            locus: renaming.locus(&self.locus),
            spots: self.spots.iter().map(|spot| renaming.locus(spot)).collect(),
            message: renaming.text(&self.message),
            ..self.clone()
        }
    }

    pub(super) fn places(&self) -> &[LocusView] {
        if self.spots.is_empty() { std::slice::from_ref(&self.locus) } else { &self.spots }
    }

    fn says(&self, finding: &FindingView) -> bool {
        self.locus == finding.locus && self.message == finding.message
    }

    /// Whether it held at the same places, as far as it tells of them.
    fn is_at(&self, finding: &FindingView) -> bool {
        self.spots.is_empty() || self.spots == finding.spots
    }

    fn became_graver(&self, finding: &FindingView) -> bool {
        let known: BTreeSet<&LocusView> = self.places().iter().collect();
        let further = finding.places().iter().any(|place| !known.contains(place));
        let as_a_whole = finding.places().iter().any(|place| place.node.is_none());
        let matters = |severity: &str| Severity::from_name(severity);
        matters(finding.severity) > matters(&self.severity)
            || further
            || as_a_whole && self.message != finding.message
    }
}
