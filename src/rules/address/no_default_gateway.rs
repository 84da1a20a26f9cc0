//! ADR012 no-default-gateway.

use std::collections::{BTreeMap, BTreeSet};

use super::seats::seats;
use crate::model::{Fact, Locus, NodeInventory, NodeName, Severity};
use crate::rules::phrase::{list, tell_hidden};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR012",
    name: "no-default-gateway",
    severity: Severity::Warning,
    docs: Docs {
        what: "A node has no default route at all, neither IPv4 nor IPv6, in no routing table.",
        why: "Networks are public by their gateway. Without one every network of the node counts \
              as private, and clients of other subnets get no answer.",
        example: "node1 has 10.0.0.1/24 and 10.0.1.1/24, and routes to these subnets only.",
        remedy: "Add a default route on the network of the clients, or waive the rule for a \
                 cluster that nobody reaches from outside.",
        source: "Failover Clustering gives role 3 to networks with a default gateway.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let families = families(site);
    let mut lacking: BTreeMap<bool, Vec<&NodeName>> = BTreeMap::new();
    let mut unknown: BTreeSet<&NodeName> = BTreeSet::new();
    for inventory in &site.inventories {
        if inventory.routes.iter().any(crate::model::Route::is_default) {
            continue;
        }
        let node = &inventory.node;
        let hidden = hidden(inventory);
        let used = |fact: &Fact| families.get(node).is_some_and(|used| used.contains(fact));
        if hidden.len() == 2 || hidden.iter().any(used) {
            unknown.insert(node);
        } else {
            lacking.entry(hidden.is_empty()).or_default().push(node);
        }
    }
    for (certain, nodes) in lacking {
        let mut found = report.gather(&nodes, Locus::node, |nodes| {
            let verb = if nodes.len() == 1 { "has" } else { "have" };
            let remedy =
                "add a default route on the network of the clients: ip route add default via ROUTER";
            (format!("{} {verb} no default gateway", list(nodes)), remedy.to_owned())
        });
        if !certain {
            found.likely();
        }
    }
    for fact in [Fact::Routes4, Fact::Routes6] {
        tell_hidden(site, report, fact, |node, _| unknown.contains(node));
    }
}

/// Facts about routes that the node hides.
fn hidden(inventory: &NodeInventory) -> BTreeSet<Fact> {
    let facts = inventory.gaps.iter().map(|gap| gap.fact);
    facts.filter(|fact| matches!(fact, Fact::Routes4 | Fact::Routes6)).collect()
}

/// Facts about routes that matter to each node by the addresses that it has.
fn families<'a>(site: &Site<'a>) -> BTreeMap<&'a NodeName, BTreeSet<Fact>> {
    let mut families: BTreeMap<&NodeName, BTreeSet<Fact>> = BTreeMap::new();
    for seat in seats(site) {
        for address in &seat.addresses {
            let fact = if address.address.is_ipv4() { Fact::Routes4 } else { Fact::Routes6 };
            families.entry(seat.node).or_default().insert(fact);
        }
    }
    families
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MAIN_TABLE;
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn node(name: &str) -> Node {
        Node::new(name).nic("eth0", &["10.0.0.1/24"])
    }

    #[test]
    fn fires_on_a_node_without_a_default_route() {
        let nodes = [node("n1").done(), node("n2").gateway("eth0").done()];
        assert_eq!(say(&RULE, &nodes).one(), "n1: n1 has no default gateway");
        let nodes = [node("n1").done(), node("n2").route("10.9.0.0/16", "eth0", 254).done()];
        assert_eq!(say(&RULE, &nodes).one(), ": n1 and n2 have no default gateway");
    }

    #[test]
    fn is_silent_with_a_default_route_of_any_family_and_table() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node("n1").route("::/0", "eth0", MAIN_TABLE).done()]).silent();
        say(&RULE, &[node("n1").route("0.0.0.0/0", "eth0", 10).done()]).silent();
    }

    #[test]
    fn half_the_world_is_no_default_route() {
        let half = node("n1").route("0.0.0.0/1", "eth0", MAIN_TABLE).done();
        assert_eq!(say(&RULE, &[half]).found.len(), 1);
    }

    #[test]
    fn hidden_routes_of_the_nodes_family_are_told_and_others_leave_it_likely() {
        let hides = |fact| {
            let mut hiding = node("n1").done();
            hiding.gaps.push(gap(None, fact));
            say(&RULE, &[hiding])
        };
        let said = hides(Fact::Routes4);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["IPv4 routes of n1 are not known: not told"]);
        let said = hides(Fact::Routes6);
        assert_eq!((said.found.len(), said.missing.len()), (1, 0));
    }
}
