//! SVC014 first-server-differs.

use std::collections::BTreeMap;

use super::{each, not_declared};
use crate::model::service::{ClientRule, DeclaredService};
use crate::model::{Locus, NodeName, Severity};
use crate::rules::phrase::{LISTED, list};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC014",
    name: "first-server-differs",
    severity: Severity::Warning,
    docs: Docs {
        what: "The lists of server names that nodes have begin with different names. The lists are \
               those that the policy declares ([[service]] names); only systems whose clients try \
               servers in order have them.",
        why: "Names of jobs hold the first server's name, so that one job has two names; and some \
               clients always try the standby first.",
        example: "server_name of node1 begins with node12, that of node2 with node13.",
        remedy: "Write the same list in the same order on every node.",
        source: "The TORQUE administrator's guide 4.3: server_name and PBS_DEFAULT.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for (service, setup) in each(site) {
        let is_list = matches!(setup.profile.clients.by, ClientRule::List { .. });
        if is_list && service.names.is_empty() && service.hosts.len() > 1 {
            report.missing(not_declared("which servers nodes try in order", service, "names"));
        }
        let nodes: Vec<&NodeName> = service.names.keys().collect();
        report.gather(&nodes, Locus::node, |nodes| tell(service, nodes)).at(Some(service.place));
    }
}

/// What is wrong with the lists of these nodes, if anything is.
fn tell(service: &DeclaredService, nodes: &[&NodeName]) -> Option<(String, String)> {
    let mut by_first: BTreeMap<&str, Vec<&NodeName>> = BTreeMap::new();
    for node in nodes {
        let first = service.names.get(*node).and_then(|names| names.first());
        by_first.entry(first.map_or("", String::as_str)).or_default().push(node);
    }
    if by_first.len() < 2 {
        return None;
    }
    let each = by_first.iter().map(|(first, nodes)| match *first {
        "" => format!("none on {}", list(nodes)),
        first => format!("{first} on {}", list(nodes)),
    });
    let mut each: Vec<String> = each.collect();
    let more = each.len().saturating_sub(LISTED);
    if more > 0 {
        each.truncate(LISTED);
        each.push(format!("{more} more"));
    }
    let what = format!("the first server of {} differs: {}", service.name, each.join("; "));
    Some((what, "write the same list in the same order on every node".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Said, say_of};

    fn said(lists: &[(&str, &[&str])]) -> Said {
        say_of(&RULE, "torque-2.3", |service| {
            let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            service.names =
                lists.iter().map(|(node, names)| ((*node).into(), text(names))).collect();
        })
    }

    #[test]
    fn fires_on_other_first_names() {
        let found = said(&[("c1", &["n1", "n2"]), ("c2", &["n2", "n1"]), ("c3", &["n1"])]);
        assert_eq!(found.one(), ": the first server of batch differs: n1 on c1 and c3; n2 on c2");
        let found = said(&[("c1", &["n1"]), ("c2", &[])]);
        assert_eq!(found.one(), ": the first server of batch differs: none on c2; n1 on c1");
    }

    #[test]
    fn the_rest_of_the_list_may_differ() {
        said(&[("c1", &["n1", "n2"]), ("c2", &["n1"])]).silent();
        said(&[("c1", &["n1", "n2"])]).silent();
    }

    #[test]
    fn is_not_judged_without_lists_where_clients_have_them() {
        assert_eq!(said(&[]).missing.len(), 1);
        say_of(&RULE, "slurm", |_| ()).silent();
    }
}
