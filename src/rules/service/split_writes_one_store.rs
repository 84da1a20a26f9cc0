//! SVC009 split-writes-one-store.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::{Backing, DeclaredService, Detector, FailureMode, StoreKind, Verdict};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::{Setup, rule};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC009",
    name: "split-writes-one-store",
    severity: Severity::Error,
    docs: Docs {
        what: "A cut between the candidates makes several of them active, they share a store, and \
               nothing fences the one that loses. Detectors with a token are judged by SVC010.",
        why: "Two servers write the same state: it is damaged, and comes back damaged from the \
               next backup.",
        example: "keepalived moves the address of a batch server whose spool both heads mount.",
        remedy: "Fence the host that loses, or let a lock on the store decide who is active.",
        source: "RFC 3768: a backup that hears no advertisement becomes master; VRRP moves \
               addresses only.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site).filter(|(service, setup)| shares(service, setup)) {
        let is_token = matches!(setup.profile.detector.by, Detector::Token { .. });
        let ruling = rule(&setup, FailureMode::Cut.into());
        if ruling.verdict == Verdict::Split && !is_token {
            let name = &service.name;
            let what = format!(
                "a cut between its hosts makes several servers of {name} active on one store: {}",
                ruling.reason
            );
            let remedy = "fence the host that loses and declare fencing = true, or hand over by a \
                          lock on the store";
            find(report, service, (what, remedy.to_owned()));
        }
    }
}

/// Whether candidates write the same state. A service may share more than its system knows of.
fn shares(service: &DeclaredService, setup: &Setup<'_>) -> bool {
    match &service.store {
        Some(store) => store.kind != StoreKind::Local,
        None => setup.profile.store == Backing::Shared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of, store};

    fn said(profile: &str, kind: Option<StoreKind>, fencing: Option<bool>) -> Said {
        say_of(&RULE, profile, |service| {
            service.store = kind.map(|kind| store(kind, None));
            service.fencing = fencing;
        })
    }

    #[test]
    fn fires_on_two_masters_with_one_store() {
        let found = said("vrrp", Some(StoreKind::Nfs4), None);
        let start = ": a cut between its hosts makes several servers of batch active on one store";
        assert!(found.one().starts_with(start), "{:?}", found.found);
        assert_eq!(said("vrrp", Some(StoreKind::Replicated), Some(false)).found.len(), 1);
    }

    #[test]
    fn is_silent_with_fencing_and_without_a_store() {
        said("vrrp", Some(StoreKind::Nfs4), Some(true)).silent();
        said("vrrp", None, None).silent();
        said("vrrp", Some(StoreKind::Local), None).silent();
    }

    #[test]
    fn is_silent_where_the_store_or_a_quorum_decides() {
        for profile in ["torque-2.3", "slurm", "wsfc-2016", "pve-ha"] {
            said(profile, Some(StoreKind::Nfs4), None).silent();
        }
        said("pacemaker", Some(StoreKind::Nfs4), Some(false)).silent();
    }

    #[test]
    fn one_host_is_not_parted_from_itself() {
        say_of(&RULE, "vrrp", |service| {
            service.hosts.truncate(1);
            service.store = Some(store(StoreKind::Nfs4, None));
        })
        .silent();
    }
}
