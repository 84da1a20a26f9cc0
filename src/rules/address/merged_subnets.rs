//! ADR001 merged-subnets.

use std::collections::{BTreeMap, BTreeSet};

use super::seats::{Seat, holders, names, seats};
use crate::model::{NodeName, Severity, Subnet};
use crate::rules::phrase::{list, word};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR001",
    name: "merged-subnets",
    severity: Severity::Error,
    docs: Docs {
        what: "An interface has addresses in two subnets and so joins them into one cluster \
               network, while other interfaces are in only one of the two each. IPv4 and IPv6 \
               count as kept apart when one node has them on different interfaces.",
        why: "Two wires are planned as if they were one: role and metric hold for both, and a \
              failure of one is not seen as the loss of a network.",
        example: "eth0 of node1 has 10.0.1.1/24 and 10.0.2.1/24, while node2 has 10.0.1.2/24 on \
                  eth0 and 10.0.2.2/24 on eth1.",
        remedy: "Move one of the addresses to the interface that is wired to its subnet.",
        source: "Failover Clustering forms networks by subnet; on Azure Local such a merger \
                 blocks updates.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let holders = holders(&seats);
    for ((first, second), joining) in joined(&seats) {
        let (Some(of_first), Some(of_second)) = (holders.get(&first), holders.get(&second)) else {
            continue;
        };
        let only_first = without(of_first, second);
        let only_second = without(of_second, first);
        if !kept_apart((first, &only_first), (second, &only_second)) {
            continue;
        }
        let apart = nodes(&only_first).chain(nodes(&only_second)).collect::<BTreeSet<_>>();
        let apart = list(apart);
        report.gather(&joining, Seat::spot, |joining| {
            let what = format!(
                "{} joins {first} and {second}, which are apart on {apart}",
                names(joining)
            );
            (what, remedy(joining, second))
        });
    }
}

/// Pairs of subnets that an interface joins, with these interfaces.
fn joined<'b, 'a>(seats: &'b [Seat<'a>]) -> BTreeMap<(Subnet, Subnet), Vec<&'b Seat<'a>>> {
    let mut joined: BTreeMap<(Subnet, Subnet), Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in seats {
        for (place, first) in seat.subnets.iter().enumerate() {
            for second in &seat.subnets[place + 1..] {
                joined.entry((*first, *second)).or_default().push(seat);
            }
        }
    }
    joined
}

fn without<'b, 'a>(seats: &[&'b Seat<'a>], subnet: Subnet) -> Vec<&'b Seat<'a>> {
    seats.iter().copied().filter(|seat| !seat.subnets.contains(&subnet)).collect()
}

/// Whether both subnets have interfaces of their own: anywhere when they are of one family, else
/// on one node, since nodes that lack a family are another rule's concern.
fn kept_apart((first, a): (Subnet, &[&Seat<'_>]), (second, b): (Subnet, &[&Seat<'_>])) -> bool {
    if first.is_ipv4() == second.is_ipv4() {
        return !a.is_empty() && !b.is_empty();
    }
    let of_first: BTreeSet<&NodeName> = nodes(a).collect();
    nodes(b).any(|node| of_first.contains(node))
}

fn nodes<'b>(seats: &'b [&Seat<'_>]) -> impl Iterator<Item = &'b NodeName> {
    seats.iter().map(|seat| seat.node)
}

fn remedy(joining: &[&Seat<'_>], subnet: Subnet) -> String {
    let own = |seat: &&&Seat<'_>| joining.len() == 1 && seat.subnets.contains(&subnet);
    let found = joining.first().filter(own).and_then(|seat| {
        let mut addresses = seat.addresses.iter();
        let address = addresses.find(|it| super::seats::subnet_of(it) == subnet)?;
        Some((address.address, seat))
    });
    match found {
        Some((address, seat)) => format!(
            "move {address} to the interface on that wire: ip address del {address} dev {}",
            word(&seat.interface.name)
        ),
        None => format!("move the addresses of {subnet} to an interface of their own on each node"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn apart(name: &str, host: u8) -> crate::model::NodeInventory {
        let (a, b) = (format!("10.0.1.{host}/24"), format!("10.0.2.{host}/24"));
        Node::new(name).nic("eth0", &[&a]).nic("eth1", &[&b]).done()
    }

    #[test]
    fn fires_on_the_interface_that_joins() {
        let joins = Node::new("n1").nic("eth0", &["10.0.1.1/24", "10.0.2.1/24"]).done();
        let said = say(&RULE, &[joins, apart("n2", 2), apart("n3", 3)]);
        assert_eq!(
            said.one(),
            "n1/eth0@Cluster Network 1: n1 eth0 joins 10.0.1.0/24 and 10.0.2.0/24, which are apart \
             on n2 and n3"
        );
    }

    #[test]
    fn is_silent_where_all_join_or_none_does() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[apart("n1", 1), apart("n2", 2)]).silent();
        let both = |name: &str, host: u8| {
            let (a, b) = (format!("10.0.1.{host}/24"), format!("fd00::{host}/64"));
            Node::new(name).nic("eth0", &[&a, &b]).done()
        };
        say(&RULE, &[both("n1", 1), both("n2", 2)]).silent();
    }

    #[test]
    fn one_missing_address_keeps_nothing_apart() {
        let joins = Node::new("n1").nic("eth0", &["10.0.1.1/24", "10.0.2.1/24"]).done();
        let lacks = Node::new("n2").nic("eth0", &["10.0.1.2/24"]).done();
        say(&RULE, &[joins.clone(), lacks.clone()]).silent();
        let other = Node::new("n3").nic("eth0", &["10.0.2.3/24"]).done();
        assert_eq!(say(&RULE, &[joins, lacks, other]).found.len(), 1);
    }

    #[test]
    fn families_are_kept_apart_on_one_node_only() {
        let joins = Node::new("n1").nic("eth0", &["10.0.1.1/24", "fd00::1/64"]).done();
        let four = Node::new("n2").nic("eth0", &["10.0.1.2/24"]).done();
        let six = Node::new("n3").nic("eth0", &["fd00::3/64"]).done();
        say(&RULE, &[joins.clone(), four, six]).silent();
        let apart = Node::new("n2").nic("eth0", &["10.0.1.2/24"]).nic("eth1", &["fd00::2/64"]);
        assert_eq!(say(&RULE, &[joins, apart.done()]).found.len(), 1);
    }

    #[test]
    fn hidden_addresses_are_told() {
        use crate::rules::testing::gap;
        let mut nodes = healthy(2);
        nodes[1].gaps.push(gap(None, crate::model::Fact::Addresses));
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing, ["addresses of n2 are not known: not told"]);
    }
}
