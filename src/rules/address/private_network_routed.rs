//! ADR013 private-network-routed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::seats::{Seat, names, seats};
use crate::model::{Fact, InterfaceName, NodeName, Role, Severity, Subnet};
use crate::rules::phrase::{list, tell_hidden};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR013",
    name: "private-network-routed",
    severity: Severity::Warning,
    docs: Docs {
        what: "A network of role 1 leads elsewhere: a node has a route by a router on it (other \
               than a default route), or a name server of a node lies in it.",
        why: "A private network is there for heartbeats and for nothing else. What is reached \
              through it competes with them, and is lost with it.",
        example: "node1 reaches 172.16.0.0/16 by the router 10.0.0.254 on eth0; 10.0.0.0/24 has \
                  role 1.",
        remedy: "Reach other subnets and name servers by the public network, or make the network \
                 public.",
        source: "KB 258750: no gateway and no name server on a private network.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut private = seats(site);
    private.retain(|seat| seat.on.assigned.role == Role::Cluster);
    if private.is_empty() {
        return;
    }
    find_routers(site, &private, report);
    find_resolvers(site, &private, report);
    tell_hidden(site, report, Fact::Resolvers, |_, _| true);
}

/// What lies behind a router, and who goes there.
#[derive(Default)]
struct Behind<'b, 'a> {
    destinations: BTreeSet<Subnet>,
    seats: BTreeMap<(&'a NodeName, &'a InterfaceName), &'b Seat<'a>>,
}

fn find_routers<'a>(site: &Site<'a>, private: &[Seat<'a>], report: &mut Report) {
    for ((_, router), behind) in routers(site, private) {
        let seats: Vec<&Seat<'_>> = behind.seats.into_values().collect();
        let destinations = list(&behind.destinations);
        report.gather(&seats, Seat::spot, |seats| {
            let verb = if seats.len() == 1 { "reaches" } else { "reach" };
            let what = format!(
                "{} {verb} {destinations} by router {router} on a private network",
                names(seats)
            );
            let remedy =
                format!("route {destinations} by a public network, or give this one role 3");
            (what, remedy)
        });
    }
}

fn routers<'b, 'a>(
    site: &Site<'a>,
    private: &'b [Seat<'a>],
) -> BTreeMap<(usize, IpAddr), Behind<'b, 'a>> {
    let by_interface: BTreeMap<(&NodeName, &InterfaceName), &Seat<'_>> =
        private.iter().map(|seat| ((seat.node, &seat.interface.name), seat)).collect();
    let mut routers: BTreeMap<(usize, IpAddr), Behind<'_, '_>> = BTreeMap::new();
    for inventory in &site.inventories {
        for route in inventory.routes.iter().filter(|route| !route.is_default()) {
            for hop in &route.next_hops {
                let place = (&inventory.node, &hop.interface);
                if let (Some(seat), Some(router)) = (by_interface.get(&place), hop.gateway) {
                    let behind = routers.entry((seat.on.place, router)).or_default();
                    behind.destinations.insert(route.destination);
                    behind.seats.insert(place, seat);
                }
            }
        }
    }
    routers
}

fn find_resolvers(site: &Site<'_>, private: &[Seat<'_>], report: &mut Report) {
    let mut by_node: BTreeMap<&NodeName, Vec<&Seat<'_>>> = BTreeMap::new();
    for seat in private {
        by_node.entry(seat.node).or_default().push(seat);
    }
    let mut found: BTreeMap<(usize, IpAddr), Vec<&Seat<'_>>> = BTreeMap::new();
    for inventory in &site.inventories {
        for server in &inventory.resolvers {
            let near = |seat: &&&Seat<'_>| seat.subnets.iter().any(|it| it.contains(*server));
            let seats = by_node.get(&inventory.node);
            if let Some(seat) = seats.into_iter().flatten().find(near) {
                found.entry((seat.on.place, *server)).or_default().push(seat);
            }
        }
    }
    for ((_, server), seats) in found {
        report.gather(&seats, Seat::spot, |seats| {
            let nodes = list(seats.iter().map(|seat| seat.node));
            let what = format!("name server {server} of {nodes} lies in a private network");
            (what, format!("ask a name server of a public network instead of {server}"))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MAIN_TABLE, NextHop, NodeInventory, Route};
    use crate::rules::testing::{gap, say};
    use crate::testkit::healthy;

    fn routed(node: &mut NodeInventory, destination: &str, interface: &str, router: Option<&str>) {
        let gateway = router.map(|router| router.parse().unwrap());
        node.routes.push(Route {
            destination: destination.parse().unwrap(),
            table: MAIN_TABLE,
            next_hops: vec![NextHop { interface: InterfaceName::new(interface), gateway }],
            priority: 0,
        });
    }

    #[test]
    fn fires_on_a_route_by_a_router() {
        let mut nodes = healthy(2);
        routed(&mut nodes[0], "172.16.0.0/16", "eth0", Some("10.0.0.254"));
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n1/eth0@Cluster Network 1: n1 eth0 reaches 172.16.0.0/16 by router 10.0.0.254 on a \
             private network"
        );
        routed(&mut nodes[1], "172.17.0.0/16", "eth0", Some("10.0.0.254"));
        assert!(say(&RULE, &nodes).one().starts_with("@Cluster Network 1: "));
    }

    #[test]
    fn fires_on_a_name_server() {
        let mut nodes = healthy(2);
        nodes[1].resolvers = vec!["10.0.1.53".parse().unwrap(), "192.0.2.53".parse().unwrap()];
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n2/eth1@Cluster Network 2: name server 10.0.1.53 of n2 lies in a private network"
        );
    }

    #[test]
    fn is_silent_on_public_networks_and_for_routes_onto_the_link() {
        let mut nodes = healthy(2);
        routed(&mut nodes[0], "172.16.0.0/16", "eth2", Some("192.0.2.254"));
        routed(&mut nodes[0], "172.16.0.0/16", "eth0", None);
        nodes[0].resolvers = vec!["192.0.2.53".parse().unwrap(), "198.51.100.53".parse().unwrap()];
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn the_subnets_last_address_is_inside_and_the_next_is_not() {
        let mut nodes = healthy(2);
        nodes[0].resolvers = vec!["10.0.2.0".parse().unwrap()];
        say(&RULE, &nodes).silent();
        nodes[0].resolvers = vec!["10.0.1.255".parse().unwrap()];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
    }

    #[test]
    fn hidden_name_servers_are_told() {
        let mut nodes = healthy(2);
        nodes[0].gaps.push(gap(None, Fact::Resolvers));
        assert_eq!(say(&RULE, &nodes).missing, ["name servers of n1 are not known: not told"]);
    }
}
