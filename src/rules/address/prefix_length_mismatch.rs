//! ADR004 prefix-length-mismatch.

use std::collections::BTreeSet;

use super::seats::{Seat, holders, names, nested, seats, subnet_of};
use crate::model::{NodeName, Severity, Subnet};
use crate::rules::phrase::word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR004",
    name: "prefix-length-mismatch",
    severity: Severity::Error,
    docs: Docs {
        what: "Nodes have addresses of one range with different prefix lengths: one node has the \
               wider prefix and not the narrower, another the narrower and not the wider.",
        why: "One wire becomes two cluster networks, and neither joins all nodes; hosts that the \
              narrower prefix leaves out are sent to the gateway or nowhere.",
        example: "node1 has 10.0.1.1/24 on eth1, node2 has 10.0.1.2/25 on its eth1.",
        remedy: "Give every node the same prefix length on that wire.",
        source: "Failover Clustering identifies a network by address and mask; Test-Cluster lists \
                 the subnets that nodes do not share.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let holders = holders(&seats);
    for (wide, narrow) in nested(holders.keys().copied()) {
        let (Some(of_wide), Some(of_narrow)) = (holders.get(&wide), holders.get(&narrow)) else {
            continue;
        };
        let only_wide = without(of_wide, of_narrow);
        let only_narrow = without(of_narrow, of_wide);
        if only_wide.is_empty() || only_narrow.is_empty() {
            continue;
        }
        let few_are_wide = count(&only_wide) < count(&only_narrow);
        let (odd, usual) = if few_are_wide {
            ((wide, &*only_wide), (narrow, &*only_narrow))
        } else {
            ((narrow, &*only_narrow), (wide, &*only_wide))
        };
        report.gather(odd.1, Seat::spot, |seats| {
            let odd = (odd.0, seats);
            (message(odd, usual), remedy(odd, usual.0.prefix()))
        });
    }
}

/// The seats of nodes that have none among `others`.
fn without<'b, 'a>(seats: &[&'b Seat<'a>], others: &[&Seat<'_>]) -> Vec<&'b Seat<'a>> {
    let have: BTreeSet<&NodeName> = others.iter().map(|seat| seat.node).collect();
    seats.iter().copied().filter(|seat| !have.contains(seat.node)).collect()
}

fn count(seats: &[&Seat<'_>]) -> usize {
    seats.iter().map(|seat| seat.node).collect::<BTreeSet<_>>().len()
}

fn message(odd: (Subnet, &[&Seat<'_>]), usual: (Subnet, &[&Seat<'_>])) -> String {
    let verb = if odd.1.len() == 1 { "is" } else { "are" };
    let others = if usual.1.len() == 1 { "is" } else { "are" };
    format!(
        "{} {verb} in {}, while {} {others} in {}",
        names(odd.1),
        odd.0,
        names(usual.1),
        usual.0
    )
}

fn remedy((subnet, seats): (Subnet, &[&Seat<'_>]), prefix: u8) -> String {
    let alone = match seats {
        [seat] => seat.addresses.iter().find(|it| subnet_of(it) == subnet).map(|it| (seat, it)),
        _ => None,
    };
    match alone {
        Some((seat, address)) => {
            let (name, ip) = (word(&seat.interface.name), address.address.ip());
            format!(
                "ip address add {ip}/{prefix} dev {name} && ip address del {} dev {name}",
                address.address
            )
        }
        None => format!("give every node of that wire prefix length {prefix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn node(host: u8, address: &str) -> NodeInventory {
        Node::new(&format!("n{host}")).nic("eth1", &[address]).done()
    }

    #[test]
    fn fires_on_the_side_with_fewer_nodes() {
        let nodes = [node(1, "10.0.1.1/24"), node(2, "10.0.1.2/25"), node(3, "10.0.1.3/24")];
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            "n2/eth1@Cluster Network 2: n2 eth1 is in 10.0.1.0/25, while n1 eth1 and n3 eth1 are \
             in 10.0.1.0/24"
        );
        let nodes = [node(1, "fd00::1/48"), node(2, "fd00::2/64"), node(3, "fd00::3/64")];
        assert!(say(&RULE, &nodes).one().starts_with("n1/eth1@Cluster Network 1: "));
    }

    #[test]
    fn is_silent_where_lengths_agree() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node(1, "10.0.1.1/25"), node(2, "10.0.1.129/25")]).silent();
    }

    #[test]
    fn a_node_with_both_agrees_with_either() {
        let both = Node::new("n1").nic("eth0", &["10.0.1.1/24"]).nic("eth1", &["10.0.1.2/25"]);
        say(&RULE, &[both.done(), node(2, "10.0.1.3/24")]).silent();
    }

    #[test]
    fn a_single_address_is_a_prefix_too_but_not_beside_a_wider_one() {
        assert_eq!(say(&RULE, &[node(1, "10.0.1.1/24"), node(2, "10.0.1.2/32")]).found.len(), 1);
        let virtual_address = Node::new("n2").nic("eth1", &["10.0.1.2/24", "10.0.1.9/32"]);
        say(&RULE, &[node(1, "10.0.1.1/24"), virtual_address.done()]).silent();
    }
}
