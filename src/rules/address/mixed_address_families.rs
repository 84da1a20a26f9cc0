//! ADR009 mixed-address-families.

use std::collections::BTreeMap;

use super::seats::{Seat, names, seats};
use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR009",
    name: "mixed-address-families",
    severity: Severity::Error,
    docs: Docs {
        what: "Members of one cluster network differ in the address families that they have there: \
               IPv4 only, IPv6 only, or both. Faked adapters do not count.",
        why: "A member without the family that the others speak is on the wire and can not be \
              reached; the cluster's links are made in one family each.",
        example: "eth1 of node1 has 10.0.1.1/24 and fd00::1/64, eth1 of node2 has \
                  10.0.1.2/24 only.",
        remedy: "Give every member addresses of the same families.",
        source: "Kronosnet refuses a link whose ends differ in family; Test-Cluster compares them.",
    },
    check,
};

/// Whether a member has IPv4 and IPv6.
type Families = (bool, bool);

fn check(site: &Site<'_>, report: &mut Report) {
    let seats = seats(site);
    let mut by_network: BTreeMap<usize, BTreeMap<Families, Vec<&Seat<'_>>>> = BTreeMap::new();
    for seat in seats.iter().filter(|seat| seat.counts && !seat.faked) {
        let groups = by_network.entry(seat.on.place).or_default();
        groups.entry(families(seat)).or_default().push(seat);
    }
    for groups in by_network.into_values() {
        let usual = groups.iter().max_by_key(|(families, seats)| (seats.len(), **families));
        let Some((usual, _)) = usual else { continue };
        for (families, seats) in groups.iter().filter(|(families, _)| *families != usual) {
            let (theirs, usual) = (words(*families), words(*usual));
            report.gather(seats, Seat::spot, |seats| {
                let (names, verb) = (names(seats), if seats.len() == 1 { "has" } else { "have" });
                let what = format!("{names} {verb} {theirs}, while other members have {usual}");
                (what, format!("give {names} {usual} on this network"))
            });
        }
    }
}

fn families(seat: &Seat<'_>) -> Families {
    let has = |ipv4: bool| seat.addresses.iter().any(|it| it.address.is_ipv4() == ipv4);
    (has(true), has(false))
}

fn words(families: Families) -> &'static str {
    match families {
        (true, true) => "IPv4 and IPv6",
        (true, false) => "IPv4 only",
        (false, true) => "IPv6 only",
        (false, false) => "no address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    fn node(host: u8, six: bool) -> NodeInventory {
        let (a, b) = (format!("10.0.1.{host}/24"), format!("fd00::{host}/64"));
        let all = [a.as_str(), b.as_str()];
        let addresses = if six { &all[..] } else { &all[..1] };
        Node::new(&format!("n{host}")).nic("eth1", addresses).done()
    }

    #[test]
    fn fires_on_the_member_that_differs() {
        let said = say(&RULE, &[node(1, true), node(2, true), node(3, false)]);
        assert_eq!(
            said.one(),
            "n3/eth1@Cluster Network 1: n3 eth1 has IPv4 only, while other members have IPv4 and \
             IPv6"
        );
    }

    #[test]
    fn is_silent_where_all_agree() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node(1, true), node(2, true)]).silent();
    }

    #[test]
    fn half_of_the_members_lack_a_family() {
        let said = say(&RULE, &[node(1, true), node(2, false), node(3, true), node(4, false)]);
        assert!(said.one().starts_with("@Cluster Network 1: n2 eth1 and n4 eth1 have IPv4 only"));
    }

    #[test]
    fn a_faked_adapter_does_not_count() {
        let mut policy = Policy::default();
        policy.interfaces.include.push("dummy0".parse().unwrap());
        let head = Node::new("n9").with("dummy0", InterfaceKind::Dummy, &["10.0.1.9/24"], |_| ());
        say_with(&RULE, &[node(1, true), node(2, true), head.done()], &policy).silent();
    }
}
