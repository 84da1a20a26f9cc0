//! LNK013 strict-reverse-path.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::model::{
    ClusterNetwork, Fact, Interface, InterfaceName, Locus, MAIN_TABLE, Member, NodeInventory,
    NodeName, Severity, SkipReason, Subnet,
};
use crate::rules::phrase::{Lacking, Spot, in_command, spot_on, which, word};
use crate::rules::{Docs, On, Report, Rule, Site};

use super::line::real;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK013",
    name: "strict-reverse-path",
    severity: Severity::Warning,
    docs: Docs {
        what: "The reverse-path filter of IPv4 is strict (rp_filter 1) on a member of a network of \
               role 1 or 3 to which packets come that the node would answer by another interface. \
               There are two such cases: the node has another interface in the same subnet; or the \
               network is routed (the default route of a member, or a route through a gateway in \
               it) while the node's own default route leaves by another interface, and it has no \
               route through a gateway on this one.",
        why: "The kernel drops such packets without a word: heartbeats of that network are lost \
              although ping by the other interface works.",
        example: "node1 has its default route by eth2 and rp_filter 1 on eth1, in whose network \
                  10.0.1.1 routes for node2.",
        remedy: "Set the filter to loose (sysctl -w net.ipv4.conf.eth1.rp_filter=2), or give the \
                 node routes so that answers leave where the packets came in.",
        source: "The kernel's ip-sysctl documentation, which recommends the loose mode of RFC 3704 \
                 where routing is asymmetric. Routing by rules (ip rule) is not part of an \
                 inventory, so that findings are likely, not certain.",
    },
    check,
};

const STRICT: u8 = 1;

fn check(site: &Site<'_>, report: &mut Report) {
    let mut filter = Lacking::new(Fact::ReversePathFilter.as_str());
    let mut routes = Lacking::new(Fact::Routes4.as_str());
    let seconds = seconds(site);
    let gateways = gateways(site);
    for network in site.authorised() {
        let is_routed = is_routed(network.network, &gateways);
        let mut astray: Vec<Spot<'_>> = Vec::new();
        for member in real(network.network).filter(|member| is_ipv4(member)) {
            let Some(interface) = site.interface_of(member) else { continue };
            let shared = shared(site, network.network, member, &seconds);
            let elsewhere = is_routed && {
                let gap = site.gap(&member.node, Some(&member.interface), Fact::Routes4);
                if let Some(gap) = gap.filter(|_| interface.rp_filter == Some(STRICT)) {
                    routes.node(&member.node, &gap.cause);
                }
                gap.is_none() && answers_elsewhere(site, member, interface)
            };
            if shared.is_none() && !elsewhere {
                continue;
            }
            match (interface.rp_filter, shared) {
                (None, _) => note(site, member, &mut filter),
                (Some(STRICT), Some(other)) => find_shared(network, member, other, report),
                (Some(STRICT), None) => astray.push((&member.node, &member.interface)),
                (Some(_), _) => {}
            }
        }
        find_astray(network, &astray, report);
    }
    filter.tell(report);
    routes.tell(report);
}

fn note(site: &Site<'_>, member: &Member, lacking: &mut Lacking) {
    let gap = site.gap(&member.node, Some(&member.interface), Fact::ReversePathFilter);
    let cause = gap.map_or("not in the inventory", |gap| gap.cause.as_str());
    lacking.interface(&member.node, &member.interface, cause);
}

fn find_shared(on: On<'_>, member: &Member, other: &InterfaceName, report: &mut Report) {
    let (own, network) = (&member.interface, &on.network.name);
    report
        .find(
            Locus::interface(&member.node, own).on(network),
            format!("rp_filter is strict, while {other} is in the same subnet"),
            format!("{}, or bond {own} and {other}", loosen(&word(own))),
        )
        .likely();
}

fn find_astray(on: On<'_>, spots: &[Spot<'_>], report: &mut Report) {
    let what = "rp_filter is strict on a routed network, while the default route leaves elsewhere";
    let tell = |spots: &[Spot<'_>]| (format!("{what}{}", which(spots)), loosen(&in_command(spots)));
    report.gather(spots, spot_on(&on.network.name), tell).likely();
}

/// The command that makes the filter loose. In a sysctl's name a dot of an interface's is a slash.
fn loosen(interface: &str) -> String {
    format!("sysctl -w net.ipv4.conf.{}.rp_filter=2", interface.replace('.', "/"))
}

fn is_ipv4(member: &Member) -> bool {
    member.up && member.addresses.iter().any(IpNetwork::is_ipv4)
}

/// Interfaces that are further ones of their node on a network, by node and network.
type Seconds<'a> = BTreeMap<(&'a NodeName, &'a str), Vec<&'a InterfaceName>>;

fn seconds<'a>(site: &Site<'a>) -> Seconds<'a> {
    let mut seconds: Seconds<'_> = BTreeMap::new();
    for network in &site.layout.networks {
        for member in real(network).filter(|member| member.up) {
            let key = (&member.node, network.name.as_str());
            seconds.entry(key).or_default().push(&member.interface);
        }
    }
    for skipped in &site.layout.skipped {
        if let SkipReason::SecondOnNetwork { network, .. } = &skipped.reason {
            let key = (&skipped.node, network.as_str());
            seconds.entry(key).or_default().push(&skipped.interface);
        }
    }
    seconds
}

/// Another interface of the member's node that is up in one of its IPv4 subnets.
fn shared<'a>(
    site: &Site<'_>,
    network: &ClusterNetwork,
    member: &Member,
    seconds: &Seconds<'a>,
) -> Option<&'a InterfaceName> {
    let own = subnets(member.addresses.iter().copied());
    let all = seconds.get(&(&member.node, network.name.as_str()))?;
    let mut others = all.iter().copied().filter(|other| **other != member.interface);
    others.find(|other| {
        let interface = site.interface(&member.node, other).filter(|one| one.is_up());
        interface.is_some_and(|one| {
            !subnets(one.addresses.iter().map(|one| one.address)).is_disjoint(&own)
        })
    })
}

fn subnets(addresses: impl Iterator<Item = IpNetwork>) -> BTreeSet<Subnet> {
    let subnets = addresses.filter(IpNetwork::is_ipv4).map(Subnet::of);
    subnets.filter(|subnet| !subnet.is_host()).collect()
}

/// Gateways of routes other than default routes, on any node.
fn gateways(site: &Site<'_>) -> BTreeSet<IpAddr> {
    let routes = site.inventories.iter().flat_map(|inventory| &inventory.routes);
    let further = routes.filter(|route| !route.is_default() && route.destination.is_ipv4());
    let hops = further.flat_map(|route| &route.next_hops);
    hops.filter_map(|hop| hop.gateway).collect()
}

/// Whether a router stands on the network: a member's default route leaves by it, or some route
/// has its gateway there.
fn is_routed(network: &ClusterNetwork, gateways: &BTreeSet<IpAddr>) -> bool {
    let default = real(network).any(|member| member.gateways.iter().any(|gateway| !gateway.ipv6));
    let inside = |gateway: &IpAddr| network.subnets.iter().any(|one| one.contains(*gateway));
    default || gateways.iter().any(inside)
}

/// Whether the node sends what goes beyond its subnets by interfaces other than this one.
fn answers_elsewhere(site: &Site<'_>, member: &Member, interface: &Interface) -> bool {
    let Some(inventory) = site.inventory(&member.node) else { return false };
    let vrf = interface.master.as_ref().and_then(|name| site.interface(&member.node, name));
    let table = vrf.and_then(|vrf| vrf.vrf_table).unwrap_or(MAIN_TABLE);
    let best = best_default(inventory, table);
    let routed_here = inventory.routes.iter().any(|route| {
        route.table == table
            && !route.is_default()
            && route.destination.is_ipv4()
            && route.next_hops.iter().any(|hop| hop.interface == interface.name)
    });
    !best.is_empty() && !best.contains(&interface.name) && !routed_here
}

/// Interfaces by which the preferred IPv4 default route of a table leaves.
fn best_default(inventory: &NodeInventory, table: u32) -> BTreeSet<&InterfaceName> {
    let routes = || {
        let routes = inventory.routes.iter().filter(|route| route.table == table);
        routes.filter(|route| route.is_default() && route.destination.is_ipv4())
    };
    let best = routes().map(|route| route.priority).min();
    let routes = routes().filter(|route| Some(route.priority) == best);
    routes.flat_map(|route| &route.next_hops).map(|hop| &hop.interface).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn strict(filter: Option<u8>) -> impl FnOnce(&mut Interface) {
        move |nic| nic.rp_filter = filter
    }

    /// n1 has its default route by eth2, n2 by eth1, both on both networks.
    fn asymmetric(filter: Option<u8>) -> Vec<NodeInventory> {
        let node = |host: u8| {
            let physical = crate::model::InterfaceKind::Physical;
            Node::new(&format!("n{host}"))
                .with("eth1", physical.clone(), &[&format!("10.0.1.{host}/24")], strict(filter))
                .with("eth2", physical, &[&format!("192.0.2.{host}/24")], strict(Some(0)))
        };
        vec![node(1).gateway("eth2").done(), node(2).gateway("eth1").done()]
    }

    #[test]
    fn fires_where_a_routed_network_is_answered_elsewhere() {
        assert_eq!(
            say(&RULE, &asymmetric(Some(1))).one(),
            "n1/eth1@Cluster Network 1: rp_filter is strict on a routed network, \
             while the default route leaves elsewhere"
        );
    }

    #[test]
    fn fires_on_two_interfaces_in_one_subnet() {
        let mut nodes = healthy(2);
        let mut second = nodes[0].interfaces[0].clone();
        second.name = InterfaceName::new("eth9");
        second.addresses = vec![crate::testkit::address("10.0.0.99/24", &[])];
        nodes[0].interfaces.push(second);
        say(&RULE, &nodes).silent();
        nodes[0].interfaces[0].rp_filter = Some(1);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n1/eth0@Cluster Network 1: rp_filter is strict, while eth9 is in the same subnet"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes_even_where_all_filters_are_strict() {
        say(&RULE, &healthy(3)).silent();
        let mut nodes = healthy(3);
        for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            nic.rp_filter = Some(1);
        }
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn loose_and_off_are_borne() {
        say(&RULE, &asymmetric(Some(0))).silent();
        say(&RULE, &asymmetric(Some(2))).silent();
    }

    #[test]
    fn a_route_by_the_interface_makes_paths_symmetric() {
        let mut nodes = asymmetric(Some(1));
        let mut route = nodes[1].routes[0].clone();
        route.destination = "172.16.0.0/12".parse().unwrap();
        nodes[0].routes.push(route);
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn of_two_default_routes_the_preferred_one_counts() {
        let mut nodes = asymmetric(Some(1));
        let mut route = nodes[1].routes[0].clone();
        route.priority = 100;
        nodes[0].routes.push(route.clone());
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        nodes[0].routes[0].priority = 100;
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn a_filter_or_routes_that_were_not_read_are_told() {
        let told = say(&RULE, &asymmetric(None)).missing;
        assert_eq!(told, ["reverse-path filter of n1 eth1 is not known: not in the inventory"]);
        let mut nodes = asymmetric(Some(1));
        nodes[0].gaps.push(gap(None, Fact::Routes4));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["IPv4 routes of n1 are not known: not told"]);
    }
}
