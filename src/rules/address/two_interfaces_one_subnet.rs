//! ADR002 two-interfaces-one-subnet.

use std::collections::BTreeMap;

use super::seats::{Seat, holders, seats};
use crate::model::{Locus, MetricScheme, NodeName, Severity, StorageSession};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR002",
    name: "two-interfaces-one-subnet",
    severity: Severity::Error,
    docs: Docs {
        what: "Two or more interfaces of one node have addresses in one subnet without being ports \
               of a bond. It is information only under metric scheme 2012, which uses them all. On \
               a network of role 0 it is a warning, and information only where each of them has an \
               iSCSI session bound to it.",
        why: "Under scheme 2008r2 one of them counts and the others carry nothing. Linux sends by \
              either, and by default answers ARP for both addresses on both, so that a dead cable \
              may take both addresses away. Several paths to an iSCSI target in one subnet are usual \
              practice, but without sessions bound to interfaces all of them leave by one.",
        example: "node1 has 10.0.1.1/24 on eth1 and 10.0.1.101/24 on eth2.",
        remedy: "Join the interfaces into a bond, give one of them a subnet of its own, or exclude \
                 it in the policy; bind iSCSI sessions to interfaces (iscsiadm, iface.net_ifacename).",
        source: "Failover Clustering before 2016 uses one adapter per node and subnet; Linux's \
                 ip-sysctl documentation describes arp_ignore and arp_filter, open-iscsi's README \
                 interfaces that sessions are bound to.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    for (subnet, holders) in holders(&seats).into_iter().filter(|(subnet, _)| !subnet.is_host()) {
        for (Double { names, counting }, on_nodes) in doubles(&holders) {
            let on_nodes: Vec<&OfNode<'_, '_>> = on_nodes.iter().collect();
            let mut draft = report.gather(&on_nodes, idle_or_all, |on_nodes| {
                let what = format!(
                    "{} of {} are in one subnet, {subnet}{}",
                    list(&names),
                    list(on_nodes.iter().map(|(node, _)| *node)),
                    effect(&names, &counting)
                );
                (what, remedy(&names, is_used(on_nodes)))
            });
            draft.severity(severity(site, &on_nodes));
        }
    }
}

/// An error where the cluster uses but one of the interfaces; on a network that it leaves alone
/// they may be paths to storage.
fn severity(site: &Site<'_>, on_nodes: &[&OfNode<'_, '_>]) -> Severity {
    let seats = || on_nodes.iter().flat_map(|(_, seats)| seats);
    if site.policy.metric_scheme == MetricScheme::W2012 || seats().all(|seat| is_bound(site, seat))
    {
        return Severity::Info;
    }
    if is_used(on_nodes) { Severity::Error } else { Severity::Warning }
}

/// Whether the cluster uses the network.
fn is_used(on_nodes: &[&OfNode<'_, '_>]) -> bool {
    on_nodes.iter().flat_map(|(_, seats)| seats).any(|seat| seat.on.assigned.role.is_authorised())
}

fn remedy(names: &[&str], is_used: bool) -> String {
    let names = list(names);
    if is_used {
        format!(
            "bond {names}, give all but one another subnet, or exclude them (interfaces.exclude in \
             the policy)"
        )
    } else {
        format!(
            "bind a session to each of {names} and set net.ipv4.conf.all.arp_ignore=1, or give all \
             but one another subnet"
        )
    }
}

/// Whether an interface on a network of role 0 has a session of its own.
fn is_bound(site: &Site<'_>, seat: &Seat<'_>) -> bool {
    let sessions = site.inventory(seat.node).map_or(&[][..], |it| &it.storage_sessions);
    let own = |session: &StorageSession| session.interface.as_ref() == Some(&seat.interface.name);
    !seat.on.assigned.role.is_authorised() && sessions.iter().any(own)
}

/// Interfaces of a node in one subnet, by name, and those of them that count.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Double<'a> {
    names: Vec<&'a str>,
    counting: Vec<&'a str>,
}

type OfNode<'b, 'a> = (&'a NodeName, Vec<&'b Seat<'a>>);

/// Nodes with several of `holders`, by the names of these.
fn doubles<'b, 'a>(holders: &[&'b Seat<'a>]) -> BTreeMap<Double<'a>, Vec<OfNode<'b, 'a>>> {
    let mut by_node: BTreeMap<&NodeName, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in holders {
        by_node.entry(seat.node).or_default().push(seat);
    }
    let mut doubles: BTreeMap<Double<'_>, Vec<OfNode<'_, '_>>> = BTreeMap::new();
    for (node, mut seats) in by_node.into_iter().filter(|(_, seats)| seats.len() > 1) {
        seats.sort_by_key(|seat| &seat.interface.name);
        let name = |seat: &&Seat<'a>| seat.interface.name.as_str();
        let names = seats.iter().map(name).collect();
        let counting = seats.iter().filter(|seat| seat.counts).map(name).collect();
        doubles.entry(Double { names, counting }).or_default().push((node, seats));
    }
    doubles
}

fn effect(names: &[&str], counting: &[&str]) -> String {
    match counting {
        [] => String::new(),
        some if some.len() == names.len() => String::new(),
        some => format!(", where only {} counts", list(some)),
    }
}

/// What the interfaces that do not count have in common, or all when every one does.
fn idle_or_all((_, seats): &OfNode<'_, '_>) -> Locus {
    let spots = |seats: &mut dyn Iterator<Item = &&Seat<'_>>| -> Vec<Locus> {
        seats.map(|seat| seat.spot()).collect()
    };
    let idle = spots(&mut seats.iter().filter(|seat| !seat.counts));
    if idle.is_empty() { Locus::common(&spots(&mut seats.iter())) } else { Locus::common(&idle) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Policy, Role, StorageTransport};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    fn double(host: u8) -> NodeInventory {
        let (a, b) = (format!("10.0.1.{host}/24"), format!("10.0.1.10{host}/24"));
        Node::new(&format!("n{host}")).nic("eth1", &[&a]).nic("eth2", &[&b]).done()
    }

    #[test]
    fn fires_on_the_interface_that_does_not_count() {
        let said = say(&RULE, &[double(1), Node::new("n2").nic("eth1", &["10.0.1.2/24"]).done()]);
        assert_eq!(
            said.one(),
            "n1/eth2@Cluster Network 1: eth1 and eth2 of n1 are in one subnet, 10.0.1.0/24, where \
             only eth1 counts"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn nodes_alike_are_one_finding() {
        let said = say(&RULE, &[double(1), double(2), double(3)]);
        assert_eq!(
            said.one(),
            "@Cluster Network 1: eth1 and eth2 of n1, n2 and n3 are in one subnet, 10.0.1.0/24, \
             where only eth1 counts"
        );
    }

    #[test]
    fn several_paths_to_storage_are_no_error() {
        let session = |interface: Option<&str>| StorageSession {
            transport: StorageTransport::Iscsi,
            portal: "10.0.1.200".parse().unwrap(),
            port: Some(3260),
            target: None,
            interface: interface.map(Into::into),
        };
        let severity = |bound: &[Option<&str>]| {
            let mut node = double(1);
            node.storage_sessions = bound.iter().map(|interface| session(*interface)).collect();
            say(&RULE, &[node]).severities
        };
        assert_eq!(severity(&[]), ["error"]);
        assert_eq!(severity(&[None]), ["warning"]);
        assert_eq!(severity(&[Some("eth1")]), ["warning"]);
        assert_eq!(severity(&[Some("eth1"), Some("eth2")]), ["info"]);
        let mut policy = Policy::default();
        let entry = policy.networks.entry("10.0.1.0/24".parse().unwrap()).or_default();
        entry.role = Some(Role::Cluster);
        let mut node = double(1);
        node.storage_sessions = vec![session(Some("eth1")), session(Some("eth2"))];
        assert_eq!(say_with(&RULE, &[node], &policy).severities, ["error"]);
    }

    #[test]
    fn is_information_under_scheme_2012() {
        let policy = Policy { metric_scheme: MetricScheme::W2012, ..Policy::default() };
        let said = say_with(&RULE, &[double(1)], &policy);
        assert_eq!(said.severities, ["info"]);
        assert_eq!(
            said.one(),
            "n1@Cluster Network 1: eth1 and eth2 of n1 are in one subnet, 10.0.1.0/24"
        );
    }

    #[test]
    fn is_silent_for_bonds_and_for_neighbouring_subnets() {
        say(&RULE, &healthy(3)).silent();
        let port = |nic: &mut crate::model::Interface| nic.master = Some("bond0".into());
        let bonded = Node::new("n1")
            .with("eth1", InterfaceKind::Physical, &["10.0.1.9/24"], port)
            .with("bond0", InterfaceKind::Bond, &["10.0.1.1/24"], |_| ());
        say(&RULE, &[bonded.done()]).silent();
        let halves = Node::new("n1").nic("eth1", &["10.0.1.1/25"]).nic("eth2", &["10.0.1.129/25"]);
        say(&RULE, &[halves.done()]).silent();
    }

    #[test]
    fn an_address_alone_in_its_prefix_shares_no_subnet() {
        let node = Node::new("n1").nic("eth1", &["10.0.1.1/32"]).nic("eth2", &["10.0.1.1/32"]);
        say(&RULE, &[node.done()]).silent();
        let node = Node::new("n1").nic("eth1", &["10.0.1.0/31"]).nic("eth2", &["10.0.1.1/31"]);
        assert_eq!(say(&RULE, &[node.done()]).found.len(), 1);
    }
}
