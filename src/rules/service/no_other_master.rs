//! SVC013 no-other-master.

use super::{each, find, reboots_nodes};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC013",
    name: "no-other-master",
    severity: Severity::Warning,
    docs: Docs {
        what: "Compute nodes reboot when they lose their master, and only one master is there to \
               answer their PXE boot.",
        why: "A node that reboots while the master is away finds nobody to boot from, and stays \
               down until somebody comes by, unless its BIOS tries for ever.",
        example: "A Scyld cluster with one master that is rebooted.",
        remedy: "Add a second master on the private network, or waive this where the BIOS of every \
               node tries PXE for ever.",
        source: "The Scyld ClusterWare administrator's guide: the first master that answers takes \
               the node.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let [only] = service.hosts.as_slice() else { continue };
        if reboots_nodes(setup.profile) {
            let name = &service.name;
            let what = format!(
                "nodes of {name} that reboot without {only} find no other master to boot from"
            );
            let remedy = "add a second master, or waive this where every BIOS tries PXE for ever";
            find(report, service, (what, remedy.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(profile: &str, hosts: usize) -> Said {
        say_of(&RULE, profile, |service| service.hosts.truncate(hosts))
    }

    #[test]
    fn fires_on_one_master() {
        assert_eq!(
            said("scyld-7", 1).one(),
            ": nodes of batch that reboot without n1 find no other master to boot from"
        );
    }

    #[test]
    fn is_silent_on_two_and_where_nodes_stay_up() {
        said("scyld-7", 2).silent();
        said("slurm", 1).silent();
    }
}
