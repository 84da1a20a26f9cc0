//! SVC001 skewed-clocks-take-over.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::{FailureMode, Loss, Verdict};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::{rule, seconds};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC001",
    name: "skewed-clocks-take-over",
    severity: Severity::Error,
    docs: Docs {
        what: "The clocks of a service's hosts may differ by as much as a file of the active \
               server may be old, less the time between two touches (stale - touch). The skew is \
               what the policy declares ([[service]] skew); systems that compare no clocks are \
               immune.",
        why: "A standby whose clock is ahead takes a file that was just touched for stale, and a \
               second server starts beside one that is well.",
        example: "TORQUE 2.4 touches its lock file every 3 s, 9 s make it stale, and the heads \
               differ by 6 s.",
        remedy: "Keep the clocks together with NTP or chrony, or let the file grow older before it \
               is stale.",
        source: "TORQUE 2.4's lock thread: an age is the standby's time less the file's.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let ruling = rule(&setup, skewed(None));
        let limit = ruling.from_s.filter(|it| *it > 0.0);
        let Some(limit) = limit.filter(|_| ruling.verdict == Verdict::FalseTakeover) else {
            continue;
        };
        let name = &service.name;
        let Some(skew) = service.skew_ms.map(seconds) else {
            report.missing(format!(
                "how far the clocks of {name}'s hosts may be apart is not declared (skew)"
            ));
            continue;
        };
        if rule(&setup, skewed(Some(skew))).verdict == Verdict::FalseTakeover {
            let what = format!(
                "clocks of {name}'s hosts may be {skew} s apart, and {limit} s make a server look \
                 dead that is well"
            );
            let remedy =
                format!("keep the clocks within {limit} s of each other, and declare skew");
            find(report, service, (what, remedy));
        }
    }
}

fn skewed(skew_s: Option<f64>) -> Loss {
    Loss { mode: FailureMode::Skew, skew_s }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(profile: &str, skew_ms: Option<u64>) -> Said {
        say_of(&RULE, profile, |service| service.skew_ms = skew_ms)
    }

    #[test]
    fn fires_from_stale_less_touch_on() {
        let found = said("torque-2.4", Some(6000));
        assert_eq!(
            found.one(),
            ": clocks of batch's hosts may be 6 s apart, and 6 s make a server look dead that is well"
        );
        assert_eq!(found.severities, ["error"]);
        said("torque-2.4", Some(5999)).silent();
    }

    #[test]
    fn is_silent_where_clocks_are_not_compared() {
        for profile in ["torque-2.3", "slurm", "pve-ha", "vrrp"] {
            said(profile, Some(600_000)).silent();
            said(profile, None).silent();
        }
    }

    #[test]
    fn is_not_judged_without_a_skew() {
        let told = said("torque-2.4", None);
        assert!(told.found.is_empty());
        assert!(told.missing[0].ends_with("is not declared (skew)"), "{:?}", told.missing);
    }

    #[test]
    fn a_server_without_a_standby_has_nobody_to_be_mistaken() {
        say_of(&RULE, "torque-2.4", |service| service.hosts.truncate(1)).silent();
    }
}
