//! Every rule with every fact hidden.

use std::collections::BTreeSet;

use super::*;
use crate::model::service::DeclaredService;
use crate::model::{
    Bond, Confidence, DeclaredVm, Findings, Interface, InterfaceKind, MetricScheme, NetworkPolicy,
    NodeInventory, Place, Policy, PolicyText, Role,
};
use crate::rules::testing::{gap, services};
use crate::rules::{Selection, Site, judge, registry};
use crate::testkit::{Node, healthy};
use crate::{layout, policy};

fn judged(nodes: &[NodeInventory]) -> Findings {
    let policy = intent();
    let layout = layout::form(nodes, &policy);
    let assignment = policy::assign(&layout, &policy);
    let (all, text) = (nodes.iter().collect(), PolicyText::default());
    let services = services(&policy);
    let site = Site::new(all, (&policy, &text), (&layout, &assignment), "2026-11-01");
    judge(&site.with_services(&services), &Selection::default())
}

/// A machine to migrate, a service, a role by hand, a network out of use, and the scheme under which speed, RDMA and
/// RSS make metrics.
fn intent() -> Policy {
    let vm = DeclaredVm {
        name: "db1".to_owned(),
        memory_bytes: 1 << 30,
        working_set_bytes: None,
        pages_per_s: 10,
        vmm: None,
        policy: None,
        max_bandwidth_bytes_s: None,
        downtime_limit_ms: None,
        place: Place { line: 1, column: 1 },
    };
    let service = DeclaredService::new("batch", "slurm", vec!["n1".into(), "n2".into()]);
    let role = |role: Role| NetworkPolicy { role: Some(role), ..NetworkPolicy::default() };
    let networks = [("10.0.1.0/24", role(Role::Cluster)), ("10.0.3.0/24", role(Role::None))];
    Policy {
        metric_scheme: MetricScheme::W2012,
        networks: networks.map(|(subnet, set)| (subnet.parse().unwrap(), set)).into(),
        vms: vec![vm],
        services: vec![service],
        ..Policy::default()
    }
}

/// Three nodes on which every rule asks for all that it may ever ask for, but HBT003: networks on a
/// bond with jumbo frames, on a routed one with a strict filter, with a gateway, and out of use.
fn asking() -> Vec<NodeInventory> {
    let mut nodes = healthy(3);
    for (host, node) in (1..).zip(&mut nodes) {
        let addresses = [format!("10.0.0.{host}/24"), format!("fd00::{host}/64")];
        let addresses = [addresses[0].as_str(), addresses[1].as_str()];
        let extra = Node::new("x")
            .with("bond0", InterfaceKind::Bond, &addresses, |bond| {
                bond.lowers = vec!["eth0".into(), "eth4".into()];
                bond.bond = Some(active_backup());
                bond.mtu = 9000;
            })
            .nic("eth3", &[&format!("10.0.3.{host}/24")])
            .nic("eth4", &[])
            .done();
        node.interfaces[0].addresses.clear();
        node.interfaces[1].rp_filter = Some(1);
        node.interfaces.extend(extra.interfaces);
        for (at, lower) in [(0, "eth0"), (5, "eth4")] {
            assert_eq!(node.interfaces[at].name.as_str(), lower);
            node.interfaces[at].master = Some("bond0".into());
        }
        let wired = node.interfaces[0].clone();
        node.interfaces[5] =
            Interface { name: "eth4".into(), mac: None, permanent_mac: None, ..wired };
    }
    let hop = crate::model::NextHop {
        interface: "eth1".into(),
        gateway: Some("10.0.1.254".parse().unwrap()),
    };
    nodes[0].routes.push(crate::model::Route {
        destination: "10.9.0.0/16".parse().unwrap(),
        table: crate::model::MAIN_TABLE,
        next_hops: vec![hop],
        priority: 0,
    });
    nodes
}

/// The same with nothing but the bond in use, and no way out.
fn on_the_bond() -> Vec<NodeInventory> {
    let mut nodes = asking();
    for nic in nodes.iter_mut().flat_map(|node| &mut node.interfaces[1..3]) {
        nic.addresses.clear();
    }
    for node in &mut nodes {
        node.routes.clear();
    }
    nodes
}

fn active_backup() -> Bond {
    Bond {
        mode: "active-backup".to_owned(),
        lacp_rate: None,
        miimon_ms: 100,
        updelay_ms: 0,
        downdelay_ms: 0,
        active: None,
    }
}

/// Hides a fact of the second node.
fn hide(nodes: &mut [NodeInventory], fact: Fact) {
    let node = &mut nodes[1];
    node.gaps.push(gap(None, fact));
    let nics = &mut node.interfaces;
    match fact {
        Fact::Link | Fact::StorageSessions | Fact::Rdma => {}
        Fact::Addresses => nics.iter_mut().for_each(|nic| nic.addresses.clear()),
        Fact::Routes4 | Fact::Routes6 => node.routes.clear(),
        Fact::Speed => nics.iter_mut().for_each(|nic| (nic.speed_mbps, nic.duplex) = (None, None)),
        Fact::Device => nics.iter_mut().for_each(|nic| nic.device = None),
        Fact::Counters => nics.iter_mut().for_each(|nic| nic.counters = None),
        Fact::Bond => nics.iter_mut().for_each(|nic| nic.bond = None),
        Fact::ReversePathFilter => nics.iter_mut().for_each(|nic| nic.rp_filter = None),
        Fact::OwnName => node.own_addresses.clear(),
        Fact::Resolvers => node.resolvers.clear(),
        Fact::Neighbours => nics.iter_mut().for_each(|nic| nic.neighbours.clear()),
    }
}

/// Rules for which hiding the fact is a reason to be not judged.
fn bereft(nodes: &[NodeInventory], fact: Fact) -> BTreeSet<&'static str> {
    let before: BTreeSet<_> = judged(nodes).not_judged.into_iter().collect();
    let mut nodes = nodes.to_vec();
    hide(&mut nodes, fact);
    let after = judged(&nodes).not_judged.into_iter().filter(|it| !before.contains(it));
    after.filter(|it| it.reason.contains("not known")).map(|it| it.code).collect()
}

#[test]
fn every_rule_has_a_row() {
    let rules: Vec<&str> = registry::all().map(|rule| rule.code).collect();
    let rows: Vec<&str> = TABLE.iter().map(|(code, _)| *code).collect();
    assert_eq!(rows, rules);
    for code in OF_ONE_NODE {
        assert!(rules.contains(&code), "{code}");
    }
    let columns: BTreeSet<usize> = Fact::ALL.into_iter().map(column).collect();
    assert!(columns.into_iter().eq(0..Fact::ALL.len()));
}

/// The walk over every rule and every kind of gap: a rule that rests on what is hidden is not
/// judged, and tells so; one that does not is judged as before.
#[test]
fn what_is_hidden_is_told_by_the_rules_that_rest_on_it_and_by_no_other() {
    let mut wrong = Vec::new();
    for fact in Fact::ALL {
        let (first, second) = (bereft(&asking(), fact), bereft(&on_the_bond(), fact));
        for rule in registry::all() {
            let weight = weight(rule, fact);
            let told = [&first, &second].map(|codes| codes.contains(rule.code));
            let decided = match weight {
                Weight::Open | Weight::Both => told == [true, true],
                Weight::Told | Weight::ToldDoubtful => told.contains(&true),
                Weight::Nothing | Weight::Doubtful => told == [false, false],
            };
            if !decided {
                wrong.push(format!("{} {fact:?}: {weight:?}, told {told:?}", rule.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rules of which every finding is likely, and those of which none is, while the second node may
/// hide more of a fact than what is seen.
fn confidence(nodes: &[NodeInventory], fact: Option<Fact>) -> [BTreeSet<&'static str>; 2] {
    let mut nodes = nodes.to_vec();
    nodes[1].gaps.extend(fact.map(|fact| gap(None, fact)));
    let found = judged(&nodes).findings;
    let about =
        found.iter().filter(|it| it.locus.node.as_ref().is_none_or(|it| it.as_str() == "n2"));
    let of = |confidence: Confidence| {
        about.clone().filter(|it| it.confidence == confidence).map(|it| it.code).collect()
    };
    [of(Confidence::Likely), of(Confidence::Certain)]
}

#[test]
fn what_is_hidden_makes_findings_likely_where_it_could_speak_against_them_and_nowhere_else() {
    let mut seen = BTreeSet::new();
    for nodes in [asking(), on_the_bond(), crate::testkit::three_networks(2, &[(2, 0)])] {
        let [_, mut certain] = confidence(&nodes, None);
        certain.remove("CFG001"); // weighs its entries one by one
        for fact in Fact::ALL {
            let [likely, still] = confidence(&nodes, Some(fact));
            for code in &certain {
                let weight = weight(registry::find(code).unwrap(), fact);
                let doubtful = weight.makes_doubtful();
                let told = (likely.contains(code), still.contains(code));
                let decided = weight == Weight::Told || told == (doubtful, !doubtful);
                assert!(decided, "{code} {fact:?}: {weight:?}, likely and certain {told:?}");
                seen.insert(*code);
            }
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
}
