//! CFG005 waiver-unmatched.

use super::absent::absent;
use super::locus_of;
use crate::model::{Severity, Waiver};
use crate::rules::suggest::nearest_rule;
use crate::rules::{Docs, Report, Rule, Site, registry};

/// The rule. It is judged in [`crate::rules::judge`] after all others, for it needs their findings;
/// its own check does nothing.
pub(in crate::rules) static RULE: Rule = Rule {
    code: "CFG005",
    name: "waiver-unmatched",
    severity: Severity::Warning,
    docs: Docs {
        what: "A waiver in the policy file that is not over matches no finding at any of the \
               places that it holds at, or any waiver names a rule that does not exist. It is not \
               judged where its rule was not selected, is turned off, or could not be judged in \
               full, unless it is for a node that is not there.",
        why: "What it waived is mended or was never meant so; left in place it hides the next \
              finding that happens to match.",
        example: "A waiver of mtu-mismatch for node1 is still there after the MTU was set right.",
        remedy: "Take the waiver out, or correct its rule or place.",
        source: "This program's own; rustc's unfulfilled_lint_expectations is the same idea.",
    },
    check: |_, _| (),
};

/// Describes a waiver that matches no finding.
pub(in crate::rules) fn draft(waiver: &Waiver, site: &Site<'_>, report: &mut Report) {
    let rule = &waiver.rule;
    let (what, remedy) = if registry::find(rule).is_none() && !registry::meant(rule).is_empty() {
        let what = format!("the waiver names {rule}, which is a group of rules");
        (
            what,
            format!("write a waiver for each rule that is meant: netplan-cluster explain {rule}"),
        )
    } else if registry::find(rule).is_none() {
        let what = format!("the waiver names {rule}, which is no rule");
        (what, suggestion(nearest_rule(rule), "name a rule: netplan-cluster explain --all"))
    } else if let Some(absent) = absent(waiver, site) {
        let (place, reason) = (absent.what, &waiver.reason);
        let what = format!("the waiver of {rule} is for {place}, which is not there: {reason}");
        (what, suggestion(absent.nearest.as_deref(), "correct its place"))
    } else {
        let what = format!("the waiver of {rule} matches no finding: {}", waiver.reason);
        (what, "take the waiver out, or correct its place".to_owned())
    };
    report.find(locus_of(waiver, site), what, remedy).at(Some(waiver.place));
}

fn suggestion(nearest: Option<&str>, otherwise: &str) -> String {
    match nearest {
        Some(name) => format!("write {name} if that is meant, or take the waiver out"),
        None => format!("take the waiver out, or {otherwise}"),
    }
}
