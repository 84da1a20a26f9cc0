//! What a rule tells.

use crate::model::{Confidence, Locus, Place, Severity};

/// Findings of one rule, and the facts that it lacked.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) drafts: Vec<Draft>,
    pub(super) missing: Vec<String>,
}

/// A finding that its rule is still describing.
#[derive(Debug)]
pub struct Draft {
    pub(super) locus: Locus,
    pub(super) message: String,
    pub(super) remedy: String,
    pub(super) severity: Option<Severity>,
    pub(super) confidence: Confidence,
    pub(super) place: Option<Place>,
}

impl Report {
    /// Reports a finding at `locus`: what is the case, and what to do, each in one line.
    pub fn find(
        &mut self,
        locus: Locus,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> &mut Draft {
        self.drafts.push(Draft {
            locus,
            message: message.into(),
            remedy: remedy.into(),
            severity: None,
            confidence: Confidence::Certain,
            place: None,
        });
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// Says that the rule could not be judged, wholly or in part, for want of a fact.
    pub fn missing(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.missing.contains(&reason) {
            self.missing.push(reason);
        }
    }
}

impl Draft {
    /// Gives the finding another severity than the rule's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }

    /// Says that a fact which is not known could speak against the finding.
    pub fn likely(&mut self) -> &mut Self {
        self.confidence = Confidence::Likely;
        self
    }

    /// Names the place in the policy file that the finding comes from.
    pub fn at(&mut self, place: Option<Place>) -> &mut Self {
        self.place = place;
        self
    }
}
