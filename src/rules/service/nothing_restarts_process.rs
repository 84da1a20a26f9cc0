//! SVC016 nothing-restarts-process.

use super::{active, each, find};
use crate::model::Severity;
use crate::model::service::{FailureMode, Verdict};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::rule;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC016",
    name: "nothing-restarts-process",
    severity: Severity::Warning,
    docs: Docs {
        what: "When the server process dies nothing starts it again: the system does not, and \
               neither restart nor health_check is declared.",
        why: "After the first death nobody stands by any more, or the service stays away, although \
               its host is well.",
        example: "pbs_server --ha of TORQUE, which leaves that to the administrator.",
        remedy: "Let systemd or a supervisor start it again, and declare how long that takes \
               ([[service]] restart).",
        source: "The TORQUE administrator's guide 4.3; systemd.service(5), Restart=.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let declared = service.restart_ms.or(service.health_check_ms);
        let verdict = rule(&setup, FailureMode::Crash.into()).verdict;
        let follows = match verdict {
            _ if declared.is_some() => continue,
            Verdict::Restart | Verdict::Stays | Verdict::NotApplicable => continue,
            Verdict::Takeover => "after a takeover nobody stands by",
            _ => "the service stays away",
        };
        let (name, host) = (&service.name, active(service));
        let what =
            format!("nothing starts {name} again when its process dies on {host}: {follows}");
        let remedy = "let a supervisor start it again, and declare how long that takes: \
                      restart = \"5s\"";
        find(report, service, (what, remedy.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::say_of;

    #[test]
    fn fires_where_neither_system_nor_administrator_starts_it() {
        let found = say_of(&RULE, "torque-2.3", |_| ());
        assert_eq!(
            found.one(),
            ": nothing starts batch again when its process dies on n1: after a takeover nobody stands by"
        );
        let found = say_of(&RULE, "vrrp", |_| ());
        assert!(found.one().ends_with("the service stays away"), "{:?}", found.found);
    }

    #[test]
    fn is_silent_where_something_does() {
        say_of(&RULE, "torque-2.3", |service| service.restart_ms = Some(30_000)).silent();
        say_of(&RULE, "vrrp", |service| service.health_check_ms = Some(1000)).silent();
        say_of(&RULE, "wsfc-2016", |_| ()).silent();
    }
}
