//! SVC008 candidate-by-name-only.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::each;
use crate::model::service::DeclaredService;
use crate::model::{Fact, Locus, NodeName, Severity};
use crate::rules::phrase::{Lacking, list};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "SVC008",
    name: "candidate-by-name-only",
    severity: Severity::Info,
    docs: Docs {
        what: "A candidate of a service stands in its own /etc/hosts with no address, as its \
               inventory tells; a candidate that is written as an address needs no entry. Without \
               an inventory of the candidate that is not known.",
        why: "Servers find each other by name: when the name servers are lost with the same \
               network, no standby finds the active host, and clients find neither.",
        example: "SlurmctldHost=head2, and only the name server knows its address.",
        remedy: "Put name and address of every candidate into /etc/hosts of all nodes.",
        source: "Usual practice for cluster nodes; Pacemaker and Failover Clustering advise it \
               too.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut unknown = Lacking::new("address");
    let mut alone: BTreeMap<&NodeName, Vec<&DeclaredService>> = BTreeMap::new();
    for (service, _) in each(site) {
        let named = service.hosts.iter().filter(|host| host.as_str().parse::<IpAddr>().is_err());
        for host in named {
            match entry(site, host) {
                Ok(true) => {}
                Ok(false) => alone.entry(host).or_default().push(service),
                Err(cause) => unknown.node(host, cause),
            }
        }
    }
    let hosts: Vec<&NodeName> = alone.keys().copied().collect();
    let place = alone.values().flatten().map(|service| service.place).min();
    if !hosts.is_empty() {
        report.gather(&hosts, Locus::node, |hosts| tell(&alone, hosts)).at(place);
    }
    unknown.tell(report);
}

fn tell(
    alone: &BTreeMap<&NodeName, Vec<&DeclaredService>>,
    hosts: &[&NodeName],
) -> (String, String) {
    let services = hosts.iter().filter_map(|host| alone.get(host)).flatten();
    let services: BTreeSet<&str> = services.map(|service| service.name.as_str()).collect();
    let what = format!(
        "{} of {} {} in no /etc/hosts of its own: known by name only",
        list(hosts),
        list(services),
        if hosts.len() == 1 { "is" } else { "are" },
    );
    (what, "put name and address of every candidate into /etc/hosts of all nodes".to_owned())
}

/// Whether a host's own name has an address.
///
/// # Errors
/// Why that is not known.
fn entry(site: &Site<'_>, host: &NodeName) -> Result<bool, String> {
    let inventory = site.inventory(host).ok_or("no inventory describes it")?;
    match site.gap(host, None, Fact::OwnName) {
        Some(gap) if inventory.own_addresses.is_empty() => Err(gap.cause.clone()),
        _ => Ok(!inventory.own_addresses.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeInventory, Policy};
    use crate::rules::testing::{Said, gap, say_with};
    use crate::testkit::healthy;

    fn said(hosts: &[&str], change: impl FnOnce(&mut [NodeInventory])) -> Said {
        let mut nodes = healthy(2);
        change(&mut nodes);
        let hosts = hosts.iter().map(|host| NodeName::new(*host)).collect();
        let policy = Policy {
            services: vec![DeclaredService::new("batch", "slurm", hosts)],
            ..Policy::default()
        };
        say_with(&RULE, &nodes, &policy)
    }

    #[test]
    fn fires_on_hosts_without_an_entry() {
        let found = said(&["n1", "n2"], |nodes| nodes[1].own_addresses.clear());
        assert_eq!(
            found.one(),
            "n2: n2 of batch is in no /etc/hosts of its own: known by name only"
        );
        let found = said(&["n1", "n2"], |nodes| {
            for node in nodes.iter_mut() {
                node.own_addresses.clear();
            }
        });
        assert!(found.one().starts_with(": n1 and n2 of batch are in no"), "{:?}", found.found);
    }

    #[test]
    fn is_silent_on_entries_and_addresses() {
        said(&["n1", "n2"], |_| ()).silent();
        said(&["10.0.0.1", "fd00::2"], |_| ()).silent();
    }

    #[test]
    fn is_not_judged_where_the_entry_is_not_known() {
        let told = said(&["n1", "n2"], |nodes| {
            nodes[1].own_addresses.clear();
            nodes[1].gaps.push(gap(None, Fact::OwnName));
        });
        assert!(told.found.is_empty());
        assert_eq!(told.missing, ["address of n2 is not known: not told"]);
        let told = said(&["n1", "head"], |_| ());
        assert_eq!(told.missing, ["address of head is not known: no inventory describes it"]);
    }
}
