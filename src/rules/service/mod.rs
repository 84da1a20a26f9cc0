//! Rules on services that the policy declares (SVC).
//!
//! CSV and live migration that collapse onto one network after a loss are a matter of MIG004; what
//! is to be known before nodes are drained or state is restored is told by `drain` and `restore`.

mod candidate_by_name_only;
mod failback_interrupts_again;
mod first_server_differs;
mod hang_not_noticed;
mod kept_work_needs_head;
mod kept_work_without_job_manager;
mod lock_outlives_host;
mod no_other_master;
mod nothing_restarts_process;
mod planned_reboot_kills_work;
mod skewed_clocks_take_over;
mod split_writes_one_store;
mod stale_before_touched;
mod store_on_candidate;
mod store_on_role_host;
mod two_nodes_without_fencing;
mod work_gives_up_first;

use super::report::Draft;
use super::{Report, Rule, Site};
use crate::model::service::{DeclaredService, Profile, WorkPolicy};
use crate::model::{Locus, NodeName};
use crate::service::Setup;

/// The three letters of the group.
pub(super) const GROUP: &str = "SVC";

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &skewed_clocks_take_over::RULE,
    &stale_before_touched::RULE,
    &lock_outlives_host::RULE,
    &store_on_candidate::RULE,
    &store_on_role_host::RULE,
    &hang_not_noticed::RULE,
    &work_gives_up_first::RULE,
    &candidate_by_name_only::RULE,
    &split_writes_one_store::RULE,
    &two_nodes_without_fencing::RULE,
    &kept_work_needs_head::RULE,
    &planned_reboot_kills_work::RULE,
    &no_other_master::RULE,
    &first_server_differs::RULE,
    &failback_interrupts_again::RULE,
    &nothing_restarts_process::RULE,
    &kept_work_without_job_manager::RULE,
];

/// Every service, with what is computed of it.
fn each<'a>(site: &Site<'a>) -> impl Iterator<Item = (&'a DeclaredService, Setup<'a>)> + use<'a> {
    let setup = |(service, profile): &'a (DeclaredService, Profile)| {
        (service, Setup { profile, service: Some(service), state: None })
    };
    site.services.iter().map(setup)
}

/// The host on which the service runs when all is well. The reader of policies sees to it that
/// there is one.
fn active(service: &DeclaredService) -> &str {
    service.hosts.first().map_or("its host", NodeName::as_str)
}

/// Whether compute nodes reboot by themselves when they lose their master.
fn reboots_nodes(profile: &Profile) -> bool {
    matches!(profile.work.on_loss, WorkPolicy::Reboot | WorkPolicy::HoldUntilQuiet)
}

/// Reports what is the case with a service as a whole, and what to do, at its table.
fn find<'r>(
    report: &'r mut Report,
    service: &DeclaredService,
    (what, remedy): (String, String),
) -> &'r mut Draft {
    report.find(Locus::cluster(), what, remedy).at(Some(service.place))
}

/// Why a rule is not judged for a service: the key that would tell the fact is not there.
fn not_declared(fact: &str, service: &DeclaredService, key: &str) -> String {
    format!("{fact} is not declared for {} ({key})", service.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::{StoreKind, StorePlace};
    use crate::model::{OffReason, Policy, PolicyText};
    use crate::rules::testing::services;
    use crate::rules::{Selection, judge};
    use crate::testkit::healthy;
    use crate::{layout, policy};

    fn judged(services_of: Vec<DeclaredService>, select: &[&str]) -> crate::model::Findings {
        let (nodes, text) = (healthy(2), PolicyText::default());
        let set = Policy { services: services_of, ..Policy::default() };
        let services = services(&set);
        let layout = layout::form(&nodes, &set);
        let assignment = policy::assign(&layout, &set);
        let all = nodes.iter().collect();
        let site = Site::new(all, (&set, &text), (&layout, &assignment), "2026-11-01");
        let select = select.iter().map(|word| (*word).to_owned()).collect();
        judge(&site.with_services(&services), &Selection { select, ignore: Vec::new() })
    }

    fn service(name: &str, profile: &str) -> DeclaredService {
        DeclaredService {
            store: Some(StorePlace { kind: StoreKind::Nfs4, on: Some("filer".into()), path: None }),
            roles: [("submit".to_owned(), vec!["login".into()])].into(),
            names: [("n1".into(), vec!["n1".to_owned()])].into(),
            fencing: Some(true),
            restart_ms: Some(5000),
            health_check_ms: Some(60_000),
            failback: Some(false),
            skew_ms: Some(100),
            ..DeclaredService::new(name, profile, vec!["n1".into(), "n2".into()])
        }
    }

    #[test]
    fn services_that_are_set_up_well_pass_every_rule_of_the_group() {
        let nodes = DeclaredService {
            run_to_completion: Some(true),
            files_through_head: Some(false),
            orphans_first: Some(true),
            job_manager: Some("slurm".to_owned()),
            ..service("nodes", "scyld-7")
        };
        let systems = crate::service::builtin_names().into_iter().filter(|it| *it != "scyld-7");
        let all = systems.map(|profile| service(profile, profile)).chain([nodes]).collect();
        let findings = judged(all, &[GROUP]);
        assert!(findings.findings.is_empty(), "{:#?}", findings.findings);
        assert!(findings.not_judged.is_empty(), "{:#?}", findings.not_judged);
        assert_eq!(findings.passed.len(), RULES.len());
    }

    #[test]
    fn where_no_service_is_declared_the_group_is_off_unless_it_is_asked_for() {
        let findings = judged(Vec::new(), &[]);
        let off = findings.off.iter().filter(|it| it.why == OffReason::NoService);
        assert_eq!(off.count(), RULES.len());
        assert!(findings.passed.iter().all(|(code, _)| !code.starts_with(GROUP)));
        let asked = judged(Vec::new(), &["SVC006"]);
        assert!(asked.not_judged[0].reason.contains("declares no service"));
    }
}
