//! SVC002 stale-before-touched.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::Detector;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC002",
    name: "stale-before-touched",
    severity: Severity::Error,
    docs: Docs {
        what: "The age at which a file on the store counts as stale is not above the time between \
               two touches of it (stale <= touch; for OpenPBS: delay and veto together).",
        why: "The file of a server that is well is stale before it is touched again: the standby \
               takes over from it, or the file protects nobody.",
        example: "A lock file is touched every 10 s, and 9 s make it stale.",
        remedy: "Touch it more often, or let it grow older: three touches should fit into its age.",
        source: "The formula of stale files: the least latency is stale - touch.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let Some((touch, stale)) = ages(&setup.profile.detector.by) else { continue };
        if stale <= touch {
            let name = &service.name;
            let what = format!(
                "{name}'s file on the store is touched every {touch} s, and is stale at an age of \
                 {stale} s"
            );
            let remedy = format!("let it be stale at {} s or later", touch * TOUCHES);
            find(report, service, (what, remedy));
        }
    }
}

/// Time between two touches of the file that a detector goes by, and the age that makes it stale.
fn ages(by: &Detector) -> Option<(f64, f64)> {
    match by {
        Detector::StaleFile { touch_s, stale_s, .. } => Some((*touch_s, *stale_s)),
        Detector::Handshake { delay_s, veto_s, touch_s, .. } => Some((*touch_s, delay_s + veto_s)),
        _ => None,
    }
}

/// Touches that should fit into the age of a stale file.
const TOUCHES: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(profile: &str, parameters: &[(&str, f64)]) -> Said {
        say_of(&RULE, profile, |service| {
            service.parameters =
                parameters.iter().map(|(key, it)| ((*key).to_owned(), *it)).collect();
        })
    }

    #[test]
    fn fires_up_to_the_time_between_two_touches() {
        let found = said("torque-2.4", &[("stale_s", 3.0)]);
        assert_eq!(
            found.one(),
            ": batch's file on the store is touched every 3 s, and is stale at an age of 3 s"
        );
        assert_eq!(found.remedies, ["let it be stale at 9 s or later"]);
        said("torque-2.4", &[("stale_s", 3.5)]).silent();
    }

    #[test]
    fn fires_on_a_veto_that_protects_nobody() {
        let found = said("openpbs", &[("delay_s", 0.0), ("veto_s", 5.0)]);
        assert!(found.one().ends_with("an age of 5 s"), "{:?}", found.found);
        said("openpbs", &[("delay_s", 0.0)]).silent();
    }

    #[test]
    fn is_silent_where_no_file_is_looked_at() {
        for profile in ["torque-2.3", "torque-2.4", "slurm", "vrrp"] {
            said(profile, &[]).silent();
        }
    }
}
