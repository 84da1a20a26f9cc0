//! SVC011 kept-work-needs-head.

use super::{active, each, find, not_declared};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::holds_work;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC011",
    name: "kept-work-needs-head",
    severity: Severity::Warning,
    docs: Docs {
        what: "Nodes that lost their master keep their work (run to completion), and reach their \
               files through it: it serves them by NFS ($MASTER in fstab) or forwards what they \
               send.",
        why: "The nodes stay up, and their jobs hang on files that are gone: run-to-completion \
               protects nothing.",
        example: "run_to_completion = true and files_through_head = true.",
        remedy: "Serve files from a host that is no master, and let nodes reach it without one.",
        source: "The Scyld ClusterWare administrator's guide on run-to-completion.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, _) in each(site).filter(|(service, setup)| holds_work(service, setup.profile)) {
        match service.files_through_head {
            None => report.missing(not_declared(
                "whether nodes reach files through the master",
                service,
                "files_through_head",
            )),
            Some(true) => {
                let what = format!(
                    "nodes of {} keep their work without {}, and reach their files through it",
                    service.name,
                    active(service)
                );
                let remedy = "serve files from a host that is no master ($MASTER in fstab)";
                find(report, service, (what, remedy.to_owned()));
            }
            Some(false) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(keeps: Option<bool>, files: Option<bool>) -> Said {
        say_of(&RULE, "scyld-7", |service| {
            (service.run_to_completion, service.files_through_head) = (keeps, files);
        })
    }

    #[test]
    fn fires_where_files_go_with_the_master() {
        assert_eq!(
            said(Some(true), Some(true)).one(),
            ": nodes of batch keep their work without n1, and reach their files through it"
        );
    }

    #[test]
    fn is_silent_where_files_stay_or_work_does_not() {
        said(Some(true), Some(false)).silent();
        said(Some(false), Some(true)).silent();
        said(None, Some(true)).silent();
        say_of(&RULE, "slurm", |service| service.run_to_completion = Some(true)).silent();
    }

    #[test]
    fn is_not_judged_without_knowing_the_way_to_files() {
        assert_eq!(said(Some(true), None).missing.len(), 1);
    }
}
