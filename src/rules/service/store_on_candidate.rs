//! SVC004 store-on-candidate.

use super::{active, each, find, not_declared};
use crate::model::service::{Backing, DeclaredService, Profile, StoreKind};
use crate::model::{Locus, NodeName, Severity};
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::head_stores_for_itself;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC004",
    name: "store-on-candidate",
    severity: Severity::Warning,
    docs: Docs {
        what: "The one store of a service that has a standby is served by a host that may be the \
               active one. It is an error where the state lies on a local disk, since no standby \
               ever reaches that.",
        why: "The store goes down with the host that others should replace: then none can.",
        example: "node12 runs pbs_server, and exports server_priv to node13 by NFS.",
        remedy: "Put the store on a host or appliance of its own, or on a file system that is \
               redundant itself.",
        source: "The TORQUE administrator's guide: the shared file system has to be redundant \
               itself.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site).filter(|(service, _)| service.hosts.len() > 1) {
        if setup.profile.store != Backing::Shared {
            continue;
        }
        match service.store.as_ref().map(|store| (store.kind, &store.on)) {
            None => report.missing(not_declared("where the state lies", service, "store")),
            Some((StoreKind::Nfs3 | StoreKind::Nfs4, None)) => {
                report.missing(not_declared("which host serves the store", service, "store.on"));
            }
            Some((StoreKind::Local, on)) => {
                let host = on.as_ref().map_or(active(service), NodeName::as_str);
                let name = &service.name;
                let what =
                    format!("{name}'s state lies on a disk of {host}: no standby reaches it");
                let remedy = "put the state on a store that every candidate mounts".to_owned();
                find(report, service, (what, remedy)).severity(Severity::Error);
            }
            Some(_) => served(service, setup.profile, report),
        }
    }
}

fn served(service: &DeclaredService, profile: &Profile, report: &mut Report) {
    if let Some(host) = head_stores_for_itself(service, profile) {
        let what = format!(
            "{host}, a candidate of {}, serves its store: when it is lost nobody can take over",
            service.name
        );
        let remedy = "serve the store from another host, or from one that is redundant itself";
        report.find(Locus::node(host), what, remedy).at(Some(service.place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of, store};

    fn said(kind: StoreKind, on: Option<&str>) -> Said {
        say_of(&RULE, "torque-2.3", |service| service.store = Some(store(kind, on)))
    }

    #[test]
    fn fires_on_every_candidate() {
        for host in ["n1", "n2"] {
            let found = said(StoreKind::Nfs4, Some(host));
            let start = format!("{host}: {host}, a candidate of batch, serves its store");
            assert!(found.one().starts_with(&start), "{:?}", found.found);
            assert_eq!(found.severities, ["warning"]);
        }
    }

    #[test]
    fn a_local_disk_is_an_error() {
        let found = said(StoreKind::Local, None);
        assert_eq!(found.one(), ": batch's state lies on a disk of n1: no standby reaches it");
        assert_eq!(found.severities, ["error"]);
    }

    #[test]
    fn is_silent_on_another_host_a_cluster_file_system_and_copies() {
        said(StoreKind::Nfs4, Some("filer")).silent();
        said(StoreKind::Cluster, None).silent();
        said(StoreKind::Replicated, Some("n1")).silent();
        say_of(&RULE, "vrrp", |_| ()).silent();
    }

    #[test]
    fn is_silent_without_a_standby() {
        say_of(&RULE, "torque-2.3", |service| {
            service.hosts.truncate(1);
            service.store = Some(store(StoreKind::Nfs4, Some("n1")));
        })
        .silent();
    }

    #[test]
    fn is_not_judged_without_the_host_of_the_store() {
        let told = said(StoreKind::Nfs4, None);
        assert_eq!(
            told.missing,
            ["which host serves the store is not declared for batch (store.on)"]
        );
        assert_eq!(say_of(&RULE, "torque-2.3", |_| ()).missing.len(), 1);
    }
}
