//! LNK010 flapping-link.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Counters, Fact, Interface, InterfaceKind, Locus, NetworkName, NodeName, Severity,
};
use crate::rules::phrase::{Lacking, Spot, in_command, which};
use crate::rules::{Docs, Report, Rule, Site};

use super::line::real;

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "LNK010",
    name: "flapping-link",
    severity: Severity::Warning,
    docs: Docs {
        what: "A NIC behind a member, be it a port of a bond, had more than 10 carrier changes, or \
               in one direction at least 100 errors that are more than 1 for each 10,000 frames. \
               Frames that were not sent are taken like errors; of those received at least 10,000 \
               must be dropped, and more than one in ten, since Linux also drops, and counts, frames \
               of protocols and VLANs that nobody listens to. What the idle port of an active-backup \
               bond drops does not count. Counters begin when the interface comes into being, mostly \
               at boot.",
        why: "Each flap interrupts heartbeats or makes a bond fail over, and is a loose cable or a \
              dying transceiver before it is an outage. Drops are heartbeats lost, mostly for want of \
              buffers or processor time.",
        example: "eth1 of node3 had 47 carrier changes; eno2 below bond0 received 5,000 of \
                  1,000,000 frames with errors; eth2 dropped 200,000 of them.",
        remedy: "Replace cable or transceiver, clean the fibre, and watch the counters: ip -s -s \
                 link show eth1, ethtool -S eth1. Against drops give the NIC larger rings (ethtool -G) \
                 and spread its interrupts.",
        source: "The kernel's carrier_changes and statistics of each interface; the thresholds are \
                 this program's own.",
    },
    check,
};

/// Carrier changes that booting and a few maintenances explain.
const MOST_CHANGES: u32 = 10;
/// Errors below which their share says nothing.
const LEAST_ERRORS: u64 = 100;
/// Frames for which one error is borne.
const FRAMES_PER_ERROR: u64 = 10_000;
/// Drops on receipt below which their share says nothing: on an idle network frames of unknown
/// protocols are many beside few heartbeats.
const LEAST_DROPS: u64 = 10_000;
/// Frames received for which one drop is borne.
const FRAMES_PER_DROP: u64 = 10;

fn check(site: &Site<'_>, report: &mut Report) {
    let mut counters = Lacking::new(Fact::Counters.as_str());
    let mut changes = Lacking::new("carrier changes");
    let mut found: BTreeMap<Complaint<'_>, Vec<Spot<'_>>> = BTreeMap::new();
    for ((node, name), (nic, networks)) in nics(site) {
        let hardware = matches!(nic.kind, InterfaceKind::Physical | InterfaceKind::Infiniband);
        let Some(counted) = nic.counters else {
            let gap = site.gap(node, Some(name), Fact::Counters);
            if hardware || gap.is_some_and(|gap| gap.interface.is_some()) {
                let cause = gap.map_or("not in the inventory", |gap| gap.cause.as_str());
                counters.interface(node, name, cause);
            }
            continue;
        };
        if hardware && counted.carrier_changes.is_none() {
            changes.interface(node, name, "the kernel counts none");
        }
        let (of_line, of_drops) = (complaints(&counted), drops(&counted, is_idle(site, node, nic)));
        let is_line = !of_line.is_empty();
        let all: Vec<String> = of_line.into_iter().chain(of_drops).collect();
        if !all.is_empty() {
            let only = networks.first().copied().filter(|_| networks.len() == 1);
            found.entry((only, is_line, all.join("; "))).or_default().push((node, name));
        }
    }
    for (complaint, spots) in found {
        tell(report, &complaint, &spots);
    }
    counters.tell(report);
    changes.tell(report);
}

/// Each NIC behind a member once, with the networks it serves.
fn nics<'a>(site: &Site<'a>) -> BTreeMap<Spot<'a>, (&'a Interface, BTreeSet<&'a NetworkName>)> {
    let mut nics = BTreeMap::new();
    for network in &site.layout.networks {
        for member in real(network) {
            let Some(top) = site.interface_of(member) else { continue };
            for nic in site.hardware(&member.node, top) {
                let entry = nics.entry((&member.node, &nic.name));
                let (_, networks) = entry.or_insert_with(|| (nic, BTreeSet::new()));
                networks.insert(&network.name);
            }
        }
    }
    nics
}

/// What NICs have in common: the network, when they serve a single one, whether the line is to
/// blame, and what is said of them.
type Complaint<'a> = (Option<&'a NetworkName>, bool, String);

fn tell(report: &mut Report, (network, is_line, what): &Complaint<'_>, spots: &[Spot<'_>]) {
    let spot = |(node, name): Spot<'_>| {
        let locus = Locus::interface(node, name);
        network.map_or(locus.clone(), |network| locus.on(network))
    };
    report.gather(spots, spot, |spots| {
        let nic = in_command(spots);
        let remedy = if *is_line {
            format!("replace cable or transceiver, then watch ip -s -s link show {nic}")
        } else {
            format!("give {nic} larger rings (ethtool -G), then watch ethtool -S {nic}")
        };
        (format!("{what}{}", which(spots)), remedy)
    });
}

fn complaints(counters: &Counters) -> Vec<String> {
    let mut complaints = Vec::new();
    if let Some(changes) = counters.carrier_changes.filter(|changes| *changes > MOST_CHANGES) {
        complaints.push(format!("{changes} carrier changes"));
    }
    let directions = [
        ("received", counters.rx_errors, counters.rx_packets),
        ("sent", counters.tx_errors, counters.tx_packets),
    ];
    for (verb, errors, frames) in directions {
        if are_many(errors, frames, (LEAST_ERRORS, FRAMES_PER_ERROR)) {
            complaints.push(format!("{errors} errors beside {frames} frames {verb}"));
        }
    }
    complaints
}

/// Whether the NIC is a port of a bond that another port is active of.
fn is_idle(site: &Site<'_>, node: &NodeName, nic: &Interface) -> bool {
    let bond = nic.master.as_ref().and_then(|master| site.interface(node, master)?.bond.as_ref());
    bond.and_then(|bond| bond.active.as_ref()).is_some_and(|active| *active != nic.name)
}

fn drops(counters: &Counters, idle: bool) -> Vec<String> {
    let received = if idle { 0 } else { counters.rx_dropped };
    let directions = [
        ("received", received, counters.rx_packets, (LEAST_DROPS, FRAMES_PER_DROP)),
        ("sent", counters.tx_dropped, counters.tx_packets, (LEAST_ERRORS, FRAMES_PER_ERROR)),
    ];
    let many = directions
        .into_iter()
        .filter(|(_, drops, frames, limit)| are_many(*drops, *frames, *limit));
    many.map(|(verb, drops, frames, _)| format!("{drops} drops beside {frames} frames {verb}"))
        .collect()
}

/// Whether bad frames are at least so many, and more than one for each so many frames.
fn are_many(bad: u64, frames: u64, (least, per_bad): (u64, u64)) -> bool {
    bad >= least && bad.saturating_mul(per_bad) > frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bond, InterfaceName, NodeInventory};
    use crate::rules::testing::{gap, say};
    use crate::testkit::{Node, healthy};

    fn counted(change: impl FnOnce(&mut Counters)) -> Vec<NodeInventory> {
        let mut nodes = healthy(2);
        let counters = nodes[1].interfaces[0].counters.insert(Counters {
            carrier_changes: Some(1),
            rx_packets: 1_000_000,
            tx_packets: 1_000_000,
            ..Counters::default()
        });
        change(counters);
        nodes
    }

    #[test]
    fn fires_on_carrier_changes_and_on_errors() {
        let nodes = counted(|it| it.carrier_changes = Some(47));
        assert_eq!(say(&RULE, &nodes).one(), "n2/eth0@Cluster Network 1: 47 carrier changes");
        let nodes = counted(|it| it.rx_errors = 5000);
        assert_eq!(
            say(&RULE, &nodes).one(),
            "n2/eth0@Cluster Network 1: 5000 errors beside 1000000 frames received"
        );
    }

    #[test]
    fn nics_alike_are_one_finding() {
        let mut nodes = counted(|it| it.carrier_changes = Some(47));
        nodes[0].interfaces[0].counters = nodes[1].interfaces[0].counters;
        assert_eq!(
            say(&RULE, &nodes).one(),
            "@Cluster Network 1: 47 carrier changes: n1 eth0 and n2 eth0"
        );
    }

    #[test]
    fn is_silent_on_healthy_nodes() {
        say(&RULE, &healthy(3)).silent();
    }

    #[test]
    fn thresholds_themselves_are_borne() {
        say(&RULE, &counted(|it| it.carrier_changes = Some(10))).silent();
        assert_eq!(say(&RULE, &counted(|it| it.carrier_changes = Some(11))).found.len(), 1);
        say(&RULE, &counted(|it| it.tx_errors = 100)).silent();
        assert_eq!(say(&RULE, &counted(|it| it.tx_errors = 101)).found.len(), 1);
        let few = |errors| move |it: &mut Counters| (it.rx_packets, it.rx_errors) = (10, errors);
        say(&RULE, &counted(few(99))).silent();
        assert_eq!(say(&RULE, &counted(few(100))).found.len(), 1);
    }

    #[test]
    fn drops_on_receipt_are_borne_up_to_a_tenth_and_on_sending_like_errors() {
        let received = |drops| counted(|it| it.rx_dropped = drops);
        say(&RULE, &received(100_000)).silent();
        assert_eq!(
            say(&RULE, &received(100_001)).one(),
            "n2/eth0@Cluster Network 1: 100001 drops beside 1000000 frames received"
        );
        let idle = |drops| move |it: &mut Counters| (it.rx_packets, it.rx_dropped) = (9_000, drops);
        say(&RULE, &counted(idle(9_999))).silent();
        assert_eq!(say(&RULE, &counted(idle(10_000))).found.len(), 1);
        say(&RULE, &counted(|it| it.tx_dropped = 100)).silent();
        assert_eq!(
            say(&RULE, &counted(|it| it.tx_dropped = 101)).one(),
            "n2/eth0@Cluster Network 1: 101 drops beside 1000000 frames sent"
        );
    }

    #[test]
    fn the_idle_port_of_a_bond_drops_what_it_receives() {
        let port = |nic: &mut Interface| {
            nic.master = Some("bond0".into());
            nic.counters = Some(Counters {
                carrier_changes: Some(1),
                rx_packets: 20_000,
                rx_dropped: 19_000,
                ..Counters::default()
            });
        };
        let bond = |nic: &mut Interface| {
            nic.lowers = vec!["eno1".into(), "eno2".into()];
            nic.bond = Some(Bond {
                mode: "active-backup".to_owned(),
                lacp_rate: None,
                miimon_ms: 100,
                updelay_ms: 0,
                downdelay_ms: 0,
                active: Some("eno2".into()),
            });
        };
        let node = Node::new("n1")
            .with("eno1", InterfaceKind::Physical, &[], port)
            .with("eno2", InterfaceKind::Physical, &[], port)
            .with("bond0", InterfaceKind::Bond, &["10.0.0.1/24"], bond);
        assert_eq!(
            say(&RULE, &[node.done()]).one(),
            "n1/eno2@Cluster Network 1: 19000 drops beside 20000 frames received"
        );
    }

    #[test]
    fn a_port_that_carries_two_networks_is_told_once() {
        let over = |name: &'static str| {
            move |nic: &mut Interface| nic.lowers = vec![InterfaceName::new(name)]
        };
        let node = Node::new("n1")
            .with("eno1", InterfaceKind::Physical, &[], |nic| {
                nic.counters = Some(Counters { carrier_changes: Some(99), ..Counters::default() });
            })
            .with("bond0", InterfaceKind::Bond, &["10.0.0.1/24"], over("eno1"))
            .with("bond0.7", InterfaceKind::Vlan, &["10.0.7.1/24"], over("bond0"));
        assert_eq!(say(&RULE, &[node.done()]).one(), "n1/eno1: 99 carrier changes");
    }

    #[test]
    fn counters_that_are_not_told_are_not_judged() {
        let mut nodes = healthy(1);
        nodes[0].interfaces[0].counters = None;
        nodes[0].gaps.push(gap(None, Fact::Counters));
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing, ["error counters of n1 eth0 are not known: not told"]);
    }
}
