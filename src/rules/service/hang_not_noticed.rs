//! SVC006 hang-not-noticed.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::{FailureMode, Verdict};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::rule;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC006",
    name: "hang-not-noticed",
    severity: Severity::Warning,
    docs: Docs {
        what: "Nobody replaces or restarts a server that lives and does nothing: its sign of life \
               comes from the host, from the process or from another thread, and no health_check \
               is declared. A server without memory counts as hung.",
        why: "A hung server is the failure that lasts: a crash would have been noticed within \
               seconds, a hang when users call.",
        example: "A batch server leaks memory, answers nobody for a night, and its lock thread \
               goes on.",
        remedy: "Let something ask the service itself and start it again when it does not answer, \
               and declare how often ([[service]] health_check).",
        source: "How each system's sign of life is made: `netplan-cluster failover profiles NAME`.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let ruling = rule(&setup, FailureMode::Hang.into());
        if ruling.verdict == Verdict::Never {
            let unless = ruling.condition.map_or(String::new(), |it| format!(" ({it})"));
            let what = format!(
                "nobody replaces {} while it hangs: {}{unless}",
                service.name, ruling.reason
            );
            let remedy = "let something ask the service itself and start it again, and declare how \
                          often: health_check = \"1m\"";
            find(report, service, (what, remedy.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::say_of;

    #[test]
    fn fires_where_the_sign_of_life_goes_on() {
        let found = say_of(&RULE, "torque-2.3", |service| service.restart_ms = Some(5000));
        let start = ": nobody replaces batch while it hangs: the process lives";
        assert!(found.one().starts_with(start), "{:?}", found.found);
        let found = say_of(&RULE, "vrrp", |_| ());
        assert!(found.one().ends_with("(unless a script checks the service)"), "{:?}", found.found);
    }

    #[test]
    fn is_silent_where_something_asks_the_service() {
        say_of(&RULE, "torque-2.3", |service| service.health_check_ms = Some(60_000)).silent();
        for profile in ["wsfc-2016", "pacemaker", "scyld-7"] {
            say_of(&RULE, profile, |_| ()).silent();
        }
    }
}
