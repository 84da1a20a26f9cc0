//! SVC017 kept-work-without-job-manager.

use super::{each, find, not_declared};
use crate::model::Severity;
use crate::model::service::{FailureMode, Verdict};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::{holds_work, rule};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC017",
    name: "kept-work-without-job-manager",
    severity: Severity::Warning,
    docs: Docs {
        what: "Nodes keep their work when they lose their master (run to completion), and the \
               service that manages their jobs (job_manager) has no standby that takes over when \
               its host is lost.",
        why: "Jobs run to their end, and nobody is left to take notice of it: they are lost to the \
               queue, or run again.",
        example: "run_to_completion = true, and the batch server runs on the master alone.",
        remedy: "Give the job manager a standby on another host.",
        source: "The Scyld ClusterWare administrator's guide: a job manager has to survive the \
               master too.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, _) in each(site).filter(|(service, setup)| holds_work(service, setup.profile)) {
        let Some(manager) = &service.job_manager else {
            report.missing(not_declared("which service manages the jobs", service, "job_manager"));
            continue;
        };
        let Some((_, setup)) = each(site).find(|(it, _)| it.name == *manager) else { continue };
        let ruling = rule(&setup, FailureMode::Power.into());
        if !matches!(ruling.verdict, Verdict::Takeover | Verdict::Stays) {
            let what = format!(
                "nodes of {} keep their work, and nobody takes over {manager}, which manages it: {}",
                service.name, ruling.reason
            );
            let remedy = format!("give {manager} a standby on another host that takes over");
            find(report, service, (what, remedy));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::DeclaredService;
    use crate::model::{NodeName, Policy};
    use crate::rules::testing::{Said, say_with};
    use crate::testkit::healthy;

    fn said(profile: &str, hosts: &[&str], manager: Option<&str>) -> Said {
        let hosts = hosts.iter().map(|host| NodeName::new(*host)).collect();
        let mut master = DeclaredService::new("compute", profile, vec!["n1".into(), "n2".into()]);
        master.run_to_completion = Some(true);
        master.job_manager = manager.map(str::to_owned);
        let services = vec![master, DeclaredService::new("batch", "slurm", hosts)];
        say_with(&RULE, &healthy(2), &Policy { services, ..Policy::default() })
    }

    #[test]
    fn fires_on_a_job_manager_that_is_alone() {
        assert_eq!(
            said("scyld-7", &["n1"], Some("batch")).one(),
            ": nodes of compute keep their work, and nobody takes over batch, which manages it: there \
             is no other candidate"
        );
    }

    #[test]
    fn is_silent_where_it_is_taken_over_and_where_no_work_is_kept() {
        said("scyld-7", &["n1", "n2"], Some("batch")).silent();
        said("slurm", &["n1"], Some("batch")).silent();
    }

    #[test]
    fn is_not_judged_without_a_job_manager() {
        assert_eq!(
            said("scyld-7", &["n1", "n2"], None).missing,
            ["which service manages the jobs is not declared for compute (job_manager)"]
        );
    }
}
