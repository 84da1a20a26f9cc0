//! Rules that were not judged: those that could not be, and those that were not to be.

use super::findings::{FindingsView, OffView};
use crate::model::OffReason;
use crate::rules::ONE_NODE;

/// What several rules have in common that were not judged.
pub(super) struct Group<'v> {
    /// The reason.
    pub(super) reason: &'v str,
    /// Code and name of each rule.
    pub(super) rules: Vec<(&'v str, &'v str)>,
}

impl<'v> Group<'v> {
    /// Groups by reason, in the order of their first rules.
    fn all(rules: impl Iterator<Item = (&'v str, &'v str, &'v str)>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for (code, name, reason) in rules {
            match groups.iter_mut().find(|group| group.reason == reason) {
                Some(group) => group.rules.push((code, name)),
                None => groups.push(Self { reason, rules: vec![(code, name)] }),
            }
        }
        groups
    }

    /// The rule, or how many there are.
    pub(super) fn who(&self) -> String {
        match self.rules.as_slice() {
            [(code, name)] => format!("{code} {name}"),
            many => format!("{} rules", many.len()),
        }
    }

    /// Codes of the rules.
    pub(super) fn codes(&self) -> String {
        self.rules.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")
    }

    /// The reason; of several rules with their codes after a `gap`.
    pub(super) fn what(&self, gap: &str) -> String {
        match self.rules.len() {
            1 => self.reason.to_owned(),
            _ => format!("{}{gap}{}", self.reason, self.codes()),
        }
    }
}

/// Rules that could not be judged, without those that [`alone`] tells.
pub(super) fn not_judged(view: &FindingsView) -> Vec<Group<'_>> {
    let rules = view.not_judged.iter().filter(|it| it.reason != ONE_NODE);
    Group::all(rules.map(|it| (it.code, it.name, it.reason.as_str())))
}

/// Rules that were turned off by name. Those that a choice of others leaves out are counted only,
/// and those on services where there is none are not worth a word.
pub(super) fn off(view: &FindingsView) -> Vec<Group<'_>> {
    let rules = unwanted(view).filter(|it| it.reason != OffReason::NotSelected.as_str());
    Group::all(rules.map(|it| (it.code, it.name, it.reason)))
}

/// How many rules somebody turned off or left out.
pub(super) fn off_count(view: &FindingsView) -> usize {
    unwanted(view).count()
}

fn unwanted(view: &FindingsView) -> impl Iterator<Item = &OffView> {
    view.off.iter().filter(|it| it.reason != OffReason::NoService.as_str())
}

/// What a single node leaves open, in one line.
pub(super) fn alone(view: &FindingsView) -> Option<String> {
    let compare = view.not_judged.iter().filter(|it| it.reason == ONE_NODE);
    let codes: Vec<&str> = compare.map(|it| it.code).collect();
    (!codes.is_empty()).then(|| {
        format!("Only one node is known; what compares nodes is not judged: {}", codes.join(", "))
    })
}
