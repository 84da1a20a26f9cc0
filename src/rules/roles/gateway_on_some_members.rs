//! ROL003 gateway-on-some-members.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::model::{Fact, Locus, Member, NodeName, Severity};
use crate::rules::phrase::{Spot, list, named, tell_hidden, word};
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL003",
    name: "gateway-on-some-members",
    severity: Severity::Error,
    docs: Docs {
        what: "On a network of role 1 or 3 some members have a default gateway and others have \
               none. Faked adapters, members that are down without a gateway and second \
               interfaces of a node are not counted.",
        why: "Whether the network is private or public is then a matter of which node is asked: one \
              gateway makes it public, so its role and metric change when that node leaves, and \
              clients are served from some nodes only.",
        example: "node1 and node2 have their default route over 192.0.2.0/24, node3 was installed \
                  without one.",
        remedy: "Give every member the gateway, or none.",
        source: "Failover Clustering takes a network for public by its default gateway; \
                 Test-Cluster compares the gateways of nodes.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let mut concerned = BTreeSet::new();
    for on in site.authorised() {
        let counted = on.network.members.iter().filter(|member| !member.faked);
        concerned.extend(counted.clone().map(|member| &member.node));
        let (with, without): (Vec<&Member>, Vec<&Member>) =
            counted.partition(|member| !member.gateways.is_empty());
        if with.is_empty() {
            continue;
        }
        let nodes: BTreeSet<&NodeName> = with.iter().map(|member| &member.node).collect();
        let lacks = |one: &&Member| one.up && !nodes.contains(&one.node) && !is_hidden(site, one);
        let without: Vec<&Member> = without.into_iter().filter(lacks).collect();
        if !without.is_empty() {
            tell(site, report, &on, (&with, &without));
        }
    }
    let matters = |node: &NodeName| concerned.contains(node);
    for fact in [Fact::Routes4, Fact::Routes6] {
        tell_hidden(site, report, fact, |node, _| matters(node));
    }
}

/// Whether a route that can't be seen could be this member's gateway.
fn is_hidden(site: &Site<'_>, member: &Member) -> bool {
    let family = |ipv4: bool| member.addresses.iter().any(|one| one.is_ipv4() == ipv4);
    let hidden = |fact| site.gap(&member.node, Some(&member.interface), fact).is_some();
    family(true) && hidden(Fact::Routes4) || family(false) && hidden(Fact::Routes6)
}

fn tell(
    site: &Site<'_>,
    report: &mut Report,
    on: &On<'_>,
    (with, without): (&[&Member], &[&Member]),
) {
    let few_have = with.len() < without.len();
    let few = if few_have { with } else { without };
    let names = |members: &[&Member]| {
        list(members.iter().map(|it| format!("{} {}", it.node, it.interface)))
    };
    let spot = |it: &Member| Locus::interface(&it.node, &it.interface).on(&on.network.name);
    report.gather(few, spot, |few| {
        let (with, without) = if few_have { (few, without) } else { (with, few) };
        let what = format!("default gateway on {}, none on {}", names(with), names(without));
        (what, remedy(with, without, &elsewhere(site, without)))
    });
}

/// Interfaces of the members' nodes by which they have a default gateway on another network.
fn elsewhere<'a>(site: &Site<'a>, members: &[&Member]) -> BTreeSet<Spot<'a>> {
    let nodes: BTreeSet<&NodeName> = members.iter().map(|member| &member.node).collect();
    let all = site.layout.networks.iter().flat_map(|network| &network.members);
    let has = |it: &&'a Member| nodes.contains(&it.node) && !it.gateways.is_empty();
    all.filter(has).map(|it| (&it.node, &it.interface)).collect()
}

/// The rarer state is the odd one: members without a gateway get that of most others; a few with
/// one lose it. A node that has its gateway elsewhere gets no second one.
fn remedy(with: &[&Member], without: &[&Member], elsewhere: &BTreeSet<Spot<'_>>) -> String {
    let places = || list(with.iter().map(|it| format!("{} of {}", it.interface, it.node)));
    if !elsewhere.is_empty() && with.len() >= without.len() {
        let elsewhere: Vec<Spot<'_>> = elsewhere.iter().copied().collect();
        let tie = with.len() == without.len();
        let or = if tie { format!(", or take it from {}", places()) } else { String::new() };
        return format!(
            "have the default gateways of all nodes on one network: move that of {} to this one{or}",
            named(&elsewhere)
        );
    }
    let mut hops: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for hop in with.iter().flat_map(|member| &member.gateways).filter_map(|it| it.address) {
        *hops.entry(hop).or_default() += 1;
    }
    let usual = hops.iter().max_by_key(|(_, count)| **count);
    match (usual, without) {
        _ if with.len() < without.len() => {
            let all = if elsewhere.is_empty() { ", or give all members one" } else { "" };
            format!("remove the default route from {}{all}", places())
        }
        (Some((hop, _)), [one]) => {
            let (node, nic) = (&one.node, word(&one.interface));
            format!("ip route add default via {hop} dev {nic} on {node}, and in its configuration")
        }
        (Some((hop, _)), _) => format!("give these members the default gateway {hop} too"),
        (None, _) => "give these members the default route too".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        InterfaceKind, InterfaceName, MAIN_TABLE, NextHop, NodeInventory, Policy, Route,
    };
    use crate::rules::testing::{gap, say, say_with};
    use crate::testkit::{Node, down, healthy};

    fn node(host: u8, gateway: bool) -> NodeInventory {
        let address = format!("192.0.2.{host}/24");
        let node = Node::new(&format!("n{host}")).nic("eth2", &[&address]);
        let hop = NextHop {
            interface: InterfaceName::new("eth2"),
            gateway: Some(IpAddr::from([192, 0, 2, 254])),
        };
        let route = Route {
            destination: "0.0.0.0/0".parse().unwrap(),
            table: MAIN_TABLE,
            next_hops: vec![hop],
            priority: 0,
        };
        node.change(|it| it.routes = if gateway { vec![route] } else { vec![] }).done()
    }

    #[test]
    fn fires_on_the_member_without() {
        let nodes: Vec<NodeInventory> = (1..=9).map(|host| node(host, host != 9)).collect();
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n9/eth2@Cluster Network 1: default gateway on n1 eth2, n2 eth2, n3 eth2 and 5 more, \
             none on n9 eth2"
        );
    }

    #[test]
    fn the_few_with_a_gateway_are_the_odd_ones() {
        let nodes: Vec<NodeInventory> = (1..=9).map(|host| node(host, host == 4)).collect();
        assert!(say(&RULE, &nodes).one().starts_with("n4/eth2@Cluster Network 1: "));
        let many = [node(1, true), node(2, true), node(3, false), node(4, false)];
        assert!(say(&RULE, &many).one().starts_with("@Cluster Network 1: "));
    }

    #[test]
    fn is_silent_where_all_or_none_have_one() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &[node(1, true), node(2, true)]).silent();
        say(&RULE, &[node(1, false), node(2, false)]).silent();
    }

    #[test]
    fn one_of_two_is_enough_unless_it_is_down_or_faked() {
        let nodes = [node(1, true), node(2, false)];
        assert_eq!(say(&RULE, &nodes).found.len(), 1);
        let mut broken = nodes.clone();
        down(&mut broken[1].interfaces[0]);
        say(&RULE, &broken).silent();
        let mut faked = nodes.clone();
        faked[1].interfaces[0].kind = InterfaceKind::Dummy;
        let mut policy = Policy::default();
        policy.interfaces.include = vec!["eth2".parse().unwrap()];
        say_with(&RULE, &faked, &policy).silent();
    }

    #[test]
    fn a_second_interface_of_a_node_needs_no_gateway() {
        let mut nodes = [node(1, true), node(2, true)];
        let mut second = nodes[1].interfaces[0].clone();
        second.name = InterfaceName::new("eth3");
        second.addresses = vec![crate::testkit::address("192.0.2.77/24", &[])];
        nodes[1].interfaces.push(second);
        let policy =
            Policy { metric_scheme: crate::model::MetricScheme::W2012, ..Policy::default() };
        say_with(&RULE, &nodes, &policy).silent();
    }

    #[test]
    fn a_member_whose_routes_are_hidden_is_not_judged() {
        let mut nodes = [node(1, true), node(2, false)];
        nodes[1].gaps.push(gap(None, Fact::Routes4));
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["IPv4 routes of n2 are not known: not told"]);
    }

    #[test]
    fn the_remedy_names_the_gateway_of_the_others() {
        let (a, b) = (node(1, true), node(2, false));
        let layout = crate::layout::form(&[a, b], &Policy::default());
        let [with, without] = layout.networks[0].members.as_slice() else { panic!() };
        let said = remedy(&[with], &[without], &BTreeSet::new());
        assert!(said.starts_with("ip route add default via 192.0.2.254 dev eth2 on n2"), "{said}");
        let (node, nic) = (NodeName::new("n2"), InterfaceName::new("eth9"));
        let said = remedy(&[with], &[without], &BTreeSet::from([(&node, &nic)]));
        assert!(said.ends_with("move that of n2 eth9 to this one, or take it from eth2 of n1"));
        let said = remedy(&[with], &[without, without], &BTreeSet::from([(&node, &nic)]));
        assert_eq!(said, "remove the default route from eth2 of n1");
    }
}
