//! SVC003 lock-outlives-host.

use super::{active, each, find, not_declared};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::{locks, needs_clear_lock};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC003",
    name: "lock-outlives-host",
    severity: Severity::Error,
    docs: Docs {
        what: "The state of a service that is handed over by a lock lies on NFS version 3, and \
               there is a standby.",
        why: "NFSv3 keeps the lock of a dead host until somebody clears it: when the active host \
               loses power, nobody takes over.",
        example: "server_priv of TORQUE 2.3 on NFSv3, with pbs_server --ha on two heads.",
        remedy: "Mount the store with NFSv4, whose leases run out, or fence and clear the lock \
               (for example with sm-notify) as a part of the failover.",
        source: "NFSv3 locks (NLM) have no lease; NFSv4 (RFC 7530) leases do, 90 s on most \
               servers.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site).filter(|(service, _)| service.hosts.len() > 1) {
        if locks(setup.profile) && service.store.is_none() {
            report.missing(not_declared("what the state lies on", service, "store"));
        }
        if needs_clear_lock(service, setup.profile) {
            let what = format!(
                "{name} is handed over by a lock on NFSv3: after the death of {host} it stays locked",
                name = service.name,
                host = active(service),
            );
            let remedy = "mount the store with NFSv4, or clear the lock as a part of the failover";
            find(report, service, (what, remedy.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::StoreKind;
    use crate::rules::testing::{Said, say_of, store};

    fn said(profile: &str, kind: Option<StoreKind>) -> Said {
        say_of(&RULE, profile, |service| service.store = kind.map(|kind| store(kind, None)))
    }

    #[test]
    fn fires_on_a_lock_on_nfs_3() {
        let found = said("torque-2.3", Some(StoreKind::Nfs3));
        assert_eq!(
            found.one(),
            ": batch is handed over by a lock on NFSv3: after the death of n1 it stays locked"
        );
    }

    #[test]
    fn is_silent_on_other_stores_and_without_a_lock() {
        said("torque-2.3", Some(StoreKind::Nfs4)).silent();
        said("torque-2.4", Some(StoreKind::Nfs3)).silent();
        said("slurm", None).silent();
    }

    #[test]
    fn is_silent_without_a_standby() {
        say_of(&RULE, "torque-2.3", |service| {
            service.hosts.truncate(1);
            service.store = Some(store(StoreKind::Nfs3, None));
        })
        .silent();
    }

    #[test]
    fn is_not_judged_without_a_store() {
        let told = said("torque-2.3", None);
        assert_eq!(told.missing, ["what the state lies on is not declared for batch (store)"]);
    }
}
