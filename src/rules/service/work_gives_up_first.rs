//! SVC007 work-gives-up-first.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::FailureMode;
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::{lose, planned};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC007",
    name: "work-gives-up-first",
    severity: Severity::Warning,
    docs: Docs {
        what: "Running work bears to be without its service for less time than a takeover after \
               the loss of a host, or the orderly handover, takes at most. For Slurm that is \
               SlurmdTimeout ([[service]] bears).",
        why: "Nodes are taken for dead and their jobs are killed or requeued, although all that \
               happened is a move of the controller.",
        example: "SlurmctldTimeout is 600 s and SlurmdTimeout 300 s: the backup takes over after \
               750 to 800 s.",
        remedy: "Raise SlurmdTimeout above the longest takeover, for a move by hand above the \
               longest that it may take.",
        source: "slurm.conf(5), SlurmdTimeout and SlurmctldTimeout.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let Some(bears) = setup.profile.work.bears_s else { continue };
        let takeover = lose(&setup, FailureMode::Power.into()).outage_s();
        let ways = [("a takeover", takeover), ("an orderly handover", planned(&setup).outage_s())];
        let longest = ways.into_iter().filter_map(|(way, it)| Some((way, it?.max)));
        let longest = longest.max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((way, takes)) = longest.filter(|(_, takes)| *takes > bears) {
            let name = &service.name;
            let what =
                format!("work bears {bears} s without {name}, and {way} takes up to {takes} s");
            let remedy = format!(
                "let work wait longer than {takes} s (Slurm: SlurmdTimeout), and declare it as bears"
            );
            find(report, service, (what, remedy));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(bears_ms: Option<u64>, timeout_s: f64) -> Said {
        say_of(&RULE, "slurm", |service| {
            service.bears_ms = bears_ms;
            service.parameters = [("timeout_s".to_owned(), timeout_s)].into();
        })
    }

    #[test]
    fn fires_below_the_longest_takeover() {
        assert_eq!(
            said(Some(60_000), 120.0).one(),
            ": work bears 60 s without batch, and a takeover takes up to 225 s"
        );
        assert_eq!(said(None, 600.0).found.len(), 1);
        assert_eq!(said(Some(224_999), 120.0).found.len(), 1);
    }

    #[test]
    fn is_silent_from_that_time_on() {
        said(Some(225_000), 120.0).silent();
        said(None, 120.0).silent();
    }

    #[test]
    fn is_silent_where_work_waits_for_ever() {
        say_of(&RULE, "torque-2.3", |_| ()).silent();
    }

    #[test]
    fn an_orderly_handover_counts_where_no_standby_is() {
        let found = say_of(&RULE, "slurm", |service| {
            service.hosts.truncate(1);
            service.bears_ms = Some(1);
        });
        assert!(found.one().contains("an orderly handover takes"), "{:?}", found.found);
    }
}
