//! SVC005 store-on-role-host.

use super::{each, not_declared};
use crate::model::service::Backing;
use crate::model::{Locus, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};
use crate::service::serves_store_to_itself;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC005",
    name: "store-on-role-host",
    severity: Severity::Warning,
    docs: Docs {
        what: "The host that serves a service's store has a further role of it, such as that of a \
               client that submits, and is no candidate.",
        why: "It is the single point of failure of them all, and a test of the failover that runs \
               from there never loses it.",
        example: "jakaa serves server_priv, submits jobs, schedules and computes.",
        remedy: "Serve the store from a host that does nothing else.",
        source: "Trials of TORQUE's high availability, of which the file server was the client.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let is_served = setup.profile.store == Backing::Shared
            && service.store.as_ref().is_some_and(|store| store.on.is_some());
        if is_served && service.roles.is_empty() {
            report.missing(not_declared("which hosts have further roles", service, "roles"));
        }
        let host = serves_store_to_itself(service, setup.profile);
        if let Some(host) = host.filter(|host| !service.hosts.contains(host)) {
            let roles = list(service.roles_of(host));
            let what =
                format!("{host} serves the store of {} and is its {roles} too", service.name);
            let remedy = "serve the store from a host that does nothing else";
            report.find(Locus::node(host), what, remedy).at(Some(service.place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::StoreKind;
    use crate::rules::testing::{Said, say_of, store};

    fn said(on: &str, role_on: Option<&str>) -> Said {
        say_of(&RULE, "torque-2.3", |service| {
            service.store = Some(store(StoreKind::Nfs4, Some(on)));
            service.roles =
                role_on.map(|it| ("submit".to_owned(), vec![it.into()])).into_iter().collect();
        })
    }

    #[test]
    fn fires_on_a_client_that_serves_the_store() {
        assert_eq!(
            said("jakaa", Some("jakaa")).one(),
            "jakaa: jakaa serves the store of batch and is its submit too"
        );
    }

    #[test]
    fn is_silent_on_other_hosts_and_leaves_candidates_to_another_rule() {
        said("filer", Some("jakaa")).silent();
        said("n1", Some("n1")).silent();
    }

    #[test]
    fn is_not_judged_without_roles() {
        assert_eq!(
            said("filer", None).missing,
            ["which hosts have further roles is not declared for batch (roles)"]
        );
    }
}
