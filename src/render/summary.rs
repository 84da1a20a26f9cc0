//! How many findings there are of each kind.

use serde::Serialize;

use super::findings::{FindingView, FindingsView};
use crate::model::Severity;

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    /// All findings.
    #[serde(flatten)]
    pub found: Counts,
    /// Waived findings.
    pub waived: usize,
    /// Rules that could not be judged, wholly or in part.
    pub not_judged: usize,
    /// Rules that found nothing.
    pub passed: usize,
    /// Rules that were not to be judged.
    pub off: usize,
    /// Findings that are as they were in the baseline; only with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<Counts>,
    /// Those findings of which the baseline could not tell; only with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_judged_then: Option<Counts>,
}

/// Findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those of severity error.
    pub errors: usize,
    /// Those of severity warning.
    pub warnings: usize,
    /// Those of severity info.
    pub infos: usize,
}

impl Counts {
    /// Counts findings.
    pub(super) fn of<'a>(findings: impl Iterator<Item = &'a FindingView>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match Severity::from_name(finding.severity) {
                Some(Severity::Error) => counts.errors += 1,
                Some(Severity::Warning) => counts.warnings += 1,
                _ => counts.infos += 1,
            }
        }
        counts
    }

    /// Those that are not among `part` of them.
    pub(super) fn without(self, part: Self) -> Self {
        Self {
            errors: self.errors.saturating_sub(part.errors),
            warnings: self.warnings.saturating_sub(part.warnings),
            infos: self.infos.saturating_sub(part.infos),
        }
    }

    /// Whether there is none.
    pub(super) fn is_zero(self) -> bool {
        self == Self::default()
    }
}

impl FindingsView {
    /// Counts what the view holds.
    pub(super) fn counted(&self) -> Summary {
        let mut unjudged: Vec<&str> = self.not_judged.iter().map(|it| it.code).collect();
        unjudged.dedup();
        let is_compared = self.gone.is_some();
        let not_judged_then = self.findings.iter().filter(|it| it.is_of_rule_not_judged_then());
        Summary {
            found: Counts::of(self.findings.iter()),
            waived: self.waived.len(),
            not_judged: unjudged.len(),
            passed: self.passed.len(),
            off: self.off.len(),
            unchanged: is_compared.then(|| Counts::of(self.unchanged.iter())),
            not_judged_then: is_compared.then(|| Counts::of(not_judged_then)),
        }
    }
}
