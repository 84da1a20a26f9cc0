//! SVC015 failback-interrupts-again.

use super::{active, each, find};
use crate::model::Severity;
use crate::model::service::ClientRule;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC015",
    name: "failback-interrupts-again",
    severity: Severity::Info,
    docs: Docs {
        what: "A service with a standby returns to its first host by itself as soon as that is \
               back.",
        why: "Every loss interrupts clients twice, and a host that comes and goes moves the \
               service with each turn.",
        example: "VRRP with preemption: the address goes back while the first host is still \
               starting.",
        remedy: "Let it stay where it is and move it back by hand (VRRP: nopreempt; Pacemaker: \
               resource-stickiness), and declare failback = false.",
        source: "RFC 3768, Preempt_Mode; Pacemaker Explained, resource-stickiness.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site).filter(|(service, _)| service.hosts.len() > 1) {
        let has_clients = setup.profile.clients.by != ClientRule::None;
        if setup.fails_back() && has_clients {
            let (name, host) = (&service.name, active(service));
            let what = format!(
                "{name} returns to {host} by itself: a loss of it interrupts clients twice"
            );
            let remedy = "let it stay and move it back by hand where the system can, and declare \
                          failback = false";
            find(report, service, (what, remedy.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(profile: &str, failback: Option<bool>) -> Said {
        say_of(&RULE, profile, |service| service.failback = failback)
    }

    #[test]
    fn fires_where_the_service_returns() {
        assert_eq!(
            said("vrrp", None).one(),
            ": batch returns to n1 by itself: a loss of it interrupts clients twice"
        );
        assert_eq!(said("torque-2.3", Some(true)).found.len(), 1);
    }

    #[test]
    fn is_silent_where_it_stays_or_has_no_clients() {
        said("vrrp", Some(false)).silent();
        said("torque-2.3", None).silent();
        said("corosync", None).silent();
    }

    #[test]
    fn one_host_is_returned_to_by_nobody() {
        say_of(&RULE, "vrrp", |service| service.hosts.truncate(1)).silent();
    }
}
