//! SVC010 two-nodes-without-fencing.

use super::{each, find};
use crate::model::Severity;
use crate::model::service::Detector;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC010",
    name: "two-nodes-without-fencing",
    severity: Severity::Error,
    docs: Docs {
        what: "A corosync cluster of two nodes has no fencing, or does not wait for all nodes when \
               one starts (wait_for_all, which two_node turns on unless it is set to 0).",
        why: "Two nodes have no majority. Without fencing both go on after a cut; without \
               wait_for_all a node that starts while it is cut off goes on alone, or fences the \
               other again and again.",
        example: "two_node: 1 and wait_for_all: 0 in corosync.conf, or stonith-enabled=false.",
        remedy: "Set up fencing, leave wait_for_all on, or add a third vote (a node or \
               corosync-qdevice).",
        source: "votequorum(5): two_node and wait_for_all.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let is_token = matches!(setup.profile.detector.by, Detector::Token { .. });
        let [one, other] = service.hosts.as_slice() else { continue };
        if !is_token {
            continue;
        }
        let name = &service.name;
        if !setup.fences() {
            let what =
                format!("{one} and {other} of {name} both go on after a cut: nothing is fenced");
            let remedy = "set up fencing and declare fencing = true, or add a third vote (qdevice)";
            find(report, service, (what, remedy.to_owned()));
        }
        if service.wait_for_all == Some(false) {
            let what = format!("{one} or {other} of {name}, started while cut off, goes on alone");
            let remedy = "leave wait_for_all on, as two_node has it";
            find(report, service, (what, remedy.to_owned())).severity(Severity::Warning);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(profile: &str, fencing: Option<bool>, wait_for_all: Option<bool>) -> Said {
        say_of(&RULE, profile, |service| {
            (service.fencing, service.wait_for_all) = (fencing, wait_for_all);
        })
    }

    #[test]
    fn fires_without_fencing() {
        let found = said("corosync", None, None);
        assert_eq!(found.one(), ": n1 and n2 of batch both go on after a cut: nothing is fenced");
        assert_eq!(said("pacemaker", Some(false), Some(true)).found.len(), 1);
    }

    #[test]
    fn fires_where_a_node_does_not_wait() {
        let found = said("pacemaker", None, Some(false));
        assert!(found.one().ends_with("started while cut off, goes on alone"), "{:?}", found.found);
        assert_eq!(found.severities, ["warning"]);
    }

    #[test]
    fn is_silent_with_both() {
        said("corosync", Some(true), Some(true)).silent();
        said("pacemaker", None, None).silent();
        said("slurm", Some(false), Some(false)).silent();
    }

    #[test]
    fn three_nodes_have_a_majority() {
        say_of(&RULE, "corosync", |service| service.hosts.push("n3".into())).silent();
    }
}
