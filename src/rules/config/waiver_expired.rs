//! CFG004 waiver-expired.

use super::locus_of;
use crate::model::Severity;
use crate::rules::waivers::is_current;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "CFG004",
    name: "waiver-expired",
    severity: Severity::Warning,
    docs: Docs {
        what: "The last day of a waiver in the policy file is over.",
        why: "The risk was accepted for a time only. The waiver has no effect any more, so what it \
              waived counts again.",
        example: "A waiver of mtu-mismatch says expires = 2026-06-30, and it is July.",
        remedy: "Mend what was waived and take the waiver out, or decide anew and give it a later \
                 day.",
        source: "This program's own: waivers end so that accepted risks are decided on anew.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for waiver in &site.policy.waivers {
        let Some(last) = waiver.expires.as_deref().filter(|_| !is_current(waiver, site.today))
        else {
            continue;
        };
        report
            .find(
                locus_of(waiver, site),
                format!("the waiver of {} ended on {last}: {}", waiver.rule, waiver.reason),
                "mend what was waived, or decide anew and give the waiver a later day",
            )
            .at(Some(waiver.place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Policy, Waiver};
    use crate::rules::testing::{Said, say, say_with, waiver};
    use crate::testkit::healthy;

    fn said(waiver: Waiver) -> Said {
        let policy = Policy { waivers: vec![waiver], ..Policy::default() };
        say_with(&RULE, &healthy(2), &policy)
    }

    fn until(day: &str) -> Waiver {
        Waiver { expires: Some(day.to_owned()), ..waiver("mtu-mismatch") }
    }

    #[test]
    fn fires_after_the_last_day_at_the_waivers_place() {
        let found = said(Waiver {
            node: Some("n1".into()),
            network: Some("10.0.1.0/24".into()),
            ..until("2026-06-30")
        });
        assert_eq!(
            found.one(),
            "n1@Cluster Network 2: the waiver of mtu-mismatch ended on 2026-06-30: known"
        );
        assert_eq!(found.places, [Some(Place { line: 7, column: 1 })]);
    }

    #[test]
    fn is_silent_without_waivers_and_without_a_day() {
        say(&RULE, &healthy(2)).silent();
        said(waiver("mtu-mismatch")).silent();
    }

    #[test]
    fn a_waiver_holds_on_its_last_day() {
        said(until("2026-11-01")).silent();
        assert_eq!(said(until("2026-10-31")).found.len(), 1);
    }
}
