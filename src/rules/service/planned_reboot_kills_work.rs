//! SVC012 planned-reboot-kills-work.

use super::{active, each, find, not_declared, reboots_nodes};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::holds_work;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC012",
    name: "planned-reboot-kills-work",
    severity: Severity::Warning,
    docs: Docs {
        what: "A reboot of the master on purpose reboots its compute nodes at once: they do not \
               keep work without a master (run_to_completion), or are not made orphans first \
               (orphans_first).",
        why: "Stopping the cluster's service or rebooting the master is no orphaning: nodes reboot \
               with it, and every job dies in what was meant as maintenance.",
        example: "The master gets a new kernel and is rebooted while jobs run.",
        remedy: "Turn run-to-completion on and make nodes orphans before the reboot; \
               `netplan-cluster failover --lose service:NAME --planned` prints the steps.",
        source: "The Scyld ClusterWare administrator's guide: 85run2complete, bpctl -S all -O.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site).filter(|(_, setup)| reboots_nodes(setup.profile)) {
        let (name, host) = (&service.name, active(service));
        let keeps = holds_work(service, setup.profile);
        let (what, remedy) = match (keeps, service.orphans_first) {
            (false, _) => (
                format!(
                    "nodes of {name} reboot at once when {host} goes, also when it is rebooted on purpose"
                ),
                "turn run-to-completion on, and make nodes orphans before a reboot",
            ),
            (true, Some(false)) => (
                format!(
                    "{host} is rebooted without making the nodes of {name} orphans: they reboot with it"
                ),
                "make nodes orphans first, and declare orphans_first = true",
            ),
            (true, None) => {
                let fact = "whether nodes are made orphans before a planned reboot";
                report.missing(not_declared(fact, service, "orphans_first"));
                continue;
            }
            (true, Some(true)) => continue,
        };
        find(report, service, (what, remedy.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(keeps: Option<bool>, orphans_first: Option<bool>) -> Said {
        say_of(&RULE, "scyld-7", |service| {
            (service.run_to_completion, service.orphans_first) = (keeps, orphans_first);
        })
    }

    #[test]
    fn fires_where_work_is_not_kept_or_nodes_are_no_orphans() {
        for keeps in [None, Some(false)] {
            let found = said(keeps, Some(true));
            let start = ": nodes of batch reboot at once when n1 goes";
            assert!(found.one().starts_with(start), "{:?}", found.found);
        }
        assert!(said(Some(true), Some(false)).one().starts_with(": n1 is rebooted without"));
    }

    #[test]
    fn is_silent_with_both_and_where_nodes_do_not_reboot() {
        said(Some(true), Some(true)).silent();
        say_of(&RULE, "slurm", |_| ()).silent();
    }

    #[test]
    fn is_not_judged_without_the_habit() {
        assert_eq!(said(Some(true), None).missing.len(), 1);
    }
}
