//! ADR015 name-resolves-elsewhere.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::planned::{against_policy, first_listed};
use super::seats::{Seat, seats};
use crate::model::{Fact, Locus, NodeInventory, NodeName, Severity};
use crate::rules::phrase::{list, tell_hidden};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR015",
    name: "name-resolves-elsewhere",
    severity: Severity::Warning,
    docs: Docs {
        what: "A node's own name in its /etc/hosts stands for no address that the node has on a \
               network of role 1 or 3: for a loopback address, for one on a storage network or an \
               excluded interface, or for one that is not the node's at all. Or it stands for one, \
               but the policy lists another network first for migration, or excludes this one from \
               it: that is only likely to matter, since software can be told an address.",
        why: "Software that tells its peers where to connect looks up its own name; live migration \
              then goes to the wrong network, or to the peer itself.",
        example: "In /etc/hosts of node1 there is \"127.0.1.1 node1\", as the Debian installer \
                  writes it.",
        remedy: "Let the name stand for the node's address on the network that is to be used.",
        source: "libvirt, Nova and Proxmox advertise the address of the node's own name.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let mut by_node: BTreeMap<&NodeName, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in &seats {
        by_node.entry(seat.node).or_default().push(seat);
    }
    let mut found: BTreeMap<(String, Option<&str>), Vec<&NodeInventory>> = BTreeMap::new();
    for inventory in site.inventories.iter().filter(|it| !it.own_addresses.is_empty()) {
        let on = by_node.get(&inventory.node).map(Vec::as_slice).unwrap_or_default();
        if let Some(described) = elsewhere(site, inventory, on) {
            found.entry(described).or_default().push(inventory);
        }
    }
    for ((described, key), inventories) in found {
        let spot = |inventory: &NodeInventory| Locus::node(&inventory.node);
        let mut draft = report.gather(&inventories, spot, |inventories| {
            let nodes = list(inventories.iter().map(|inventory| &inventory.node));
            let what = format!("own name of {nodes} resolves to {described}");
            (what, remedy(site, inventories, &by_node))
        });
        if let Some(key) = key {
            draft.likely().at(site.text.places.get(key).copied());
        }
    }
    tell_unknown(site, report);
}

/// Where the node's own name leads instead of its place in the plan; with the key of the policy
/// that plans otherwise, when it is that and not the name alone.
fn elsewhere(
    site: &Site<'_>,
    inventory: &NodeInventory,
    on: &[&Seat<'_>],
) -> Option<(String, Option<&'static str>)> {
    let planned: Vec<&Seat<'_>> = on.iter().copied().filter(|seat| is_planned(seat)).collect();
    let resolved = |seat: &&&Seat<'_>| inventory.own_addresses.iter().any(|ip| has(seat, *ip));
    let reached: Vec<&Seat<'_>> = planned.iter().filter(resolved).copied().collect();
    if planned.is_empty() {
        return None;
    }
    if reached.is_empty() {
        let own = inventory.own_addresses.iter();
        return Some((list(own.map(|ip| describe(*ip, inventory, on))), None));
    }
    let (why, key) = against_policy(site, &reached, on)?;
    let address = |seat: &&Seat<'_>| {
        let own = inventory.own_addresses.iter().find(|ip| has(seat, **ip));
        own.map(|ip| format!("{ip} on {}", seat.on.network.name))
    };
    Some((format!("{}, {why}", list(reached.iter().filter_map(address))), Some(key)))
}

/// Whether it is a member of a network that the plan uses.
fn is_planned(seat: &Seat<'_>) -> bool {
    seat.counts && seat.on.assigned.role.is_authorised()
}

fn has(seat: &Seat<'_>, ip: IpAddr) -> bool {
    seat.addresses.iter().any(|address| address.address.ip() == ip)
}

fn describe(ip: IpAddr, inventory: &NodeInventory, on: &[&Seat<'_>]) -> String {
    if ip.is_loopback() {
        return format!("{ip} (loopback)");
    }
    if let Some(seat) = on.iter().find(|seat| has(seat, ip)) {
        let (name, network) = (&seat.interface.name, &seat.on.network.name);
        return if seat.counts {
            format!("{ip} on {network}, which has role {}", seat.on.assigned.role.number())
        } else {
            format!("{ip} on {name}, which does not count on {network}")
        };
    }
    let owner = inventory
        .interfaces
        .iter()
        .find(|interface| interface.addresses.iter().any(|address| address.address.ip() == ip));
    match owner {
        Some(interface) => format!("{ip} on {}, which is on no cluster network", interface.name),
        None => format!("{ip}, which the node does not have"),
    }
}

/// The line for `/etc/hosts`, with the node's address on the network that is listed first for
/// migration, else on the CSV network, as far as it has one.
fn remedy(
    site: &Site<'_>,
    inventories: &[&NodeInventory],
    by_node: &BTreeMap<&NodeName, Vec<&Seat<'_>>>,
) -> String {
    let line = |inventory: &&&NodeInventory| {
        let seats = by_node.get(&inventory.node)?;
        let planned = seats.iter().copied().filter(|seat| is_planned(seat));
        let csv =
            |seat: &&Seat<'_>| (Some(seat.on.place) != site.assignment.traffic.csv, seat.on.place);
        let seat = first_listed(site, seats).or_else(|| planned.min_by_key(csv))?;
        let address = seat.addresses.first()?;
        Some(format!("\"{} {}\"", address.address.ip(), inventory.node))
    };
    match inventories.first().as_ref().and_then(line) {
        Some(line) if inventories.len() == 1 => format!("put {line} into /etc/hosts instead"),
        Some(line) => format!("put lines such as {line} into /etc/hosts of each node instead"),
        None => "put the node's address on a cluster network into /etc/hosts".to_owned(),
    }
}

/// Nodes whose own name is not known, with or without a recorded reason.
fn tell_unknown(site: &Site<'_>, report: &mut Report) {
    tell_hidden(site, report, Fact::OwnName, |_, _| true);
    let untold = site.inventories.iter().filter(|inventory| {
        inventory.own_addresses.is_empty()
            && site.gap(&inventory.node, None, Fact::OwnName).is_none()
    });
    let nodes: Vec<&NodeName> = untold.map(|inventory| &inventory.node).collect();
    if !nodes.is_empty() {
        let names = list(&nodes);
        report.missing(format!("own name's address of {names} is not known: not in the inventory"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, MigrationOrder, Policy, Role};
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, healthy};

    fn named(address: &str) -> Vec<NodeInventory> {
        let mut nodes = healthy(2);
        nodes[0].own_addresses = vec![address.parse().unwrap()];
        nodes
    }

    #[test]
    fn fires_on_a_loopback_address() {
        let mut nodes = named("127.0.1.1");
        assert_eq!(say(&RULE, &nodes).one(), "n1: own name of n1 resolves to 127.0.1.1 (loopback)");
        nodes[1].own_addresses = nodes[0].own_addresses.clone();
        assert!(say(&RULE, &nodes).one().starts_with(": own name of n1 and n2 resolves to"));
    }

    #[test]
    fn fires_on_storage_excluded_and_foreign_addresses() {
        let mut policy = Policy::default();
        policy.networks.entry("10.0.1.0/24".parse().unwrap()).or_default().role = Some(Role::None);
        assert!(
            say_with(&RULE, &named("10.0.1.1"), &policy)
                .one()
                .ends_with("10.0.1.1 on Cluster Network 2, which has role 0")
        );
        assert!(say(&RULE, &named("10.0.0.2")).one().ends_with("which the node does not have"));
        let bridge = Node::new("n1")
            .nic("eth0", &["10.0.0.1/24"])
            .with("docker0", InterfaceKind::Bridge, &["172.17.0.1/16"], |_| ())
            .change(|it| it.own_addresses = vec!["172.17.0.1".parse().unwrap()]);
        assert!(
            say(&RULE, &[bridge.done()]).one().ends_with("docker0, which is on no cluster network")
        );
    }

    #[test]
    fn is_silent_for_any_network_of_the_plan() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &named("10.0.1.1")).silent();
        say(&RULE, &named("192.0.2.1")).silent();
    }

    #[test]
    fn a_network_that_the_policy_does_not_plan_for_migration_is_likely_wrong() {
        let mut policy = Policy::default();
        policy.migration.order =
            MigrationOrder::List(vec!["10.0.9.0/24".into(), "Cluster Network 2".into()]);
        let said = say_with(&RULE, &named("10.0.0.1")[..1], &policy);
        assert_eq!(
            said.one(),
            "n1: own name of n1 resolves to 10.0.0.1 on Cluster Network 1, but the policy lists \
             Cluster Network 2 first for migration"
        );
        say_with(&RULE, &named("10.0.1.1")[..1], &policy).silent();
    }

    #[test]
    fn a_network_excluded_from_migration_is_likely_wrong() {
        let mut policy = Policy::default();
        policy.migration.exclude = vec!["10.0.0.0/24".into()];
        let said = say_with(&RULE, &named("10.0.0.1")[..1], &policy);
        assert_eq!(
            said.one(),
            "n1: own name of n1 resolves to 10.0.0.1 on Cluster Network 1, which the policy \
             excludes from migration"
        );
        say_with(&RULE, &named("10.0.1.1")[..1], &policy).silent();
        let mut both = named("10.0.0.1");
        both[0].own_addresses.push("10.0.1.1".parse().unwrap());
        say_with(&RULE, &both[..1], &policy).silent();
    }

    #[test]
    fn one_right_address_is_enough() {
        let mut nodes = named("127.0.1.1");
        nodes[0].own_addresses.push("10.0.0.1".parse().unwrap());
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn an_unknown_name_is_told() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.own_addresses.clear();
        }
        nodes[0].gaps.push(gap(None, Fact::OwnName));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(
            said.missing,
            [
                "own name's address of n1 is not known: not told",
                "own name's address of n2 is not known: not in the inventory"
            ]
        );
    }
}
