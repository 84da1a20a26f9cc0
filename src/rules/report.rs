//! What a rule tells.

use std::collections::BTreeMap;

use super::waivers::Scope;
use crate::model::{Confidence, Locus, Place, Severity};

/// Findings of one rule, and the facts that it lacked.
///
/// It knows the places at which the rule is waived, so that a finding that holds at several is
/// told apart: what remains of it, and what each waiver takes out of it.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) drafts: Vec<Draft>,
    pub(super) missing: Vec<String>,
    waived: Vec<Scope>,
}

/// A finding that its rule is still describing.
#[derive(Debug)]
pub struct Draft {
    pub(super) locus: Locus,
    pub(super) spots: Vec<Locus>,
    pub(super) message: String,
    pub(super) remedy: String,
    pub(super) severity: Option<Severity>,
    pub(super) confidence: Confidence,
    pub(super) place: Option<Place>,
    /// The waiver that accepts it, by its number in the policy.
    pub(super) waiver: Option<usize>,
}

/// The finding that several places have in common, and what waivers took out of it.
#[derive(Debug)]
pub struct Gathered<'r>(&'r mut [Draft]);

impl Report {
    /// Nothing told yet; findings at places in one of the `scopes` are waived by that.
    pub(super) fn waived_at(scopes: Vec<Scope>) -> Self {
        Self { waived: scopes, ..Self::default() }
    }

    /// Reports a finding at `locus`: what is the case, and what to do, each in one line.
    pub fn find(
        &mut self,
        locus: Locus,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> &mut Draft {
        let waiver = self.waiver_of(&locus);
        self.push((vec![locus], waiver), (message.into(), remedy.into()));
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// Reports what holds of all `items` in one finding. `spot` is the place of an item; its
    /// message and remedy are what `tell` says of those items that are not waived, and likewise
    /// for those that a waiver accepts. Where `tell` says nothing, too few are left to be wrong:
    /// nothing is found, or what is left is waived with the others.
    pub fn gather<T: Copy, W: Into<Option<(String, String)>>>(
        &mut self,
        items: &[T],
        spot: impl Fn(T) -> Locus,
        tell: impl Fn(&[T]) -> W,
    ) -> Gathered<'_> {
        let start = self.drafts.len();
        for (waiver, part) in self.parts(items, &spot, |part| tell(part).into().is_some()) {
            let words = tell(&part).into().or_else(|| tell(items).into());
            if let Some(words) = words {
                let mut spots: Vec<Locus> = part.iter().copied().map(&spot).collect();
                spots.sort();
                spots.dedup();
                self.push((spots, waiver), words);
            }
        }
        Gathered(&mut self.drafts[start..])
    }

    /// Items by the waiver that accepts them. Those that none accepts stand first, unless they are
    /// no finding without the others.
    fn parts<T: Copy>(
        &self,
        items: &[T],
        spot: impl Fn(T) -> Locus,
        is_finding: impl Fn(&[T]) -> bool,
    ) -> BTreeMap<Option<usize>, Vec<T>> {
        let mut parts: BTreeMap<Option<usize>, Vec<T>> = BTreeMap::new();
        for item in items {
            parts.entry(self.waiver_of(&spot(*item))).or_default().push(*item);
        }
        if let Some(rest) = parts.remove(&None) {
            match parts.values_mut().next() {
                Some(part) if !is_finding(&rest) => part.extend(rest),
                _ => _ = parts.insert(None, rest),
            }
        }
        parts
    }

    fn waiver_of(&self, spot: &Locus) -> Option<usize> {
        self.waived.iter().find(|scope| scope.holds(spot)).map(|scope| scope.number)
    }

    fn push(
        &mut self,
        (spots, waiver): (Vec<Locus>, Option<usize>),
        (message, remedy): (String, String),
    ) {
        self.drafts.push(Draft {
            locus: Locus::common(&spots),
            spots,
            message,
            remedy,
            severity: None,
            confidence: Confidence::Certain,
            place: None,
            waiver,
        });
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

impl Gathered<'_> {
    /// Says what the finding is about as a whole, where that is not what its places share.
    pub fn about(&mut self, locus: &Locus) -> &mut Self {
        self.each(|draft| draft.locus = locus.clone())
    }

    /// As [`Draft::severity`].
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.each(|draft| _ = draft.severity(severity))
    }

    /// As [`Draft::likely`].
    pub fn likely(&mut self) -> &mut Self {
        self.each(|draft| _ = draft.likely())
    }

    /// As [`Draft::at`].
    pub fn at(&mut self, place: Option<Place>) -> &mut Self {
        self.each(|draft| _ = draft.at(place))
    }

    fn each(&mut self, change: impl Fn(&mut Draft)) -> &mut Self {
        self.0.iter_mut().for_each(change);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeName;

    fn waiver(number: usize, node: &str) -> Scope {
        Scope { number, node: Some(NodeName::new(node)), interface: None, networks: None }
    }

    /// Waivers and messages of what is found of `nodes`, of which `least` make a finding.
    fn told(waivers: Vec<Scope>, nodes: &[&str], least: usize) -> Vec<(Option<usize>, String)> {
        let mut report = Report::waived_at(waivers);
        let tell =
            |part: &[&str]| (part.len() >= least).then(|| (part.join(" "), "mend it".to_owned()));
        report.gather(nodes, |node| Locus::node(&NodeName::new(node)), tell).likely();
        let told =
            |draft: Draft| (draft.waiver, format!("{}: {}", draft.spots.len(), draft.message));
        report.drafts.into_iter().map(told).collect()
    }

    #[test]
    fn a_waiver_takes_its_spots_out_of_a_finding() {
        let all = ["n1", "n2", "n3"];
        assert_eq!(told(vec![], &all, 1), [(None, "3: n1 n2 n3".to_owned())]);
        assert_eq!(
            told(vec![waiver(4, "n2")], &all, 1),
            [(None, "2: n1 n3".to_owned()), (Some(4), "1: n2".to_owned())]
        );
        let each = ["n1", "n2"].into_iter().enumerate().map(|(at, node)| waiver(at, node));
        assert_eq!(
            told(each.collect(), &all[..2], 1),
            [(Some(0), "1: n1".to_owned()), (Some(1), "1: n2".to_owned())]
        );
        assert_eq!(told(vec![], &[], 1), []);
    }

    #[test]
    fn what_takes_two_is_no_finding_of_the_one_that_is_left() {
        let waivers = || vec![waiver(0, "n1")];
        assert_eq!(told(waivers(), &["n1", "n2"], 2), [(Some(0), "2: n1 n2".to_owned())]);
        assert_eq!(
            told(waivers(), &["n1", "n2", "n3"], 2),
            [(None, "2: n2 n3".to_owned()), (Some(0), "1: n1 n2 n3".to_owned())]
        );
        assert_eq!(told(vec![], &["n1"], 2), []);
    }
}
