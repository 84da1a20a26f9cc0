//! From hosts and networks that are lost to what that is for a service.

use std::collections::{BTreeMap, BTreeSet};

use super::lose::{Setup, lose, standby, told};
use crate::failover::Cluster;
use crate::model::service::{
    Backing, DeclaredService, FailureMode, Ruling, ServiceLoss, Verdict, WorkNote,
};
use crate::model::{ClusterLayout, LostPart, NodeName, Role, Scenario};
use crate::policy;

/// What is left at a time: hosts that are gone, and networks that still join the others.
#[derive(Clone, Debug, Default)]
pub struct Affair {
    /// When it is so, in seconds.
    pub at_s: f64,
    /// Hosts that are gone.
    pub gone: BTreeSet<NodeName>,
    /// Networks that each node can use: all of them, and those between nodes of the cluster.
    /// Absent where only hosts are looked at.
    pub networks: Option<Usable>,
}

/// Places of networks that nodes can use.
#[derive(Clone, Debug, Default)]
pub struct Usable {
    any: BTreeMap<NodeName, BTreeSet<usize>>,
    cluster: BTreeSet<usize>,
}

impl Usable {
    fn of(cluster: &Cluster<'_>, left: &ClusterLayout) -> Self {
        let nodes = cluster.layout.nodes.iter().map(|node| (node.clone(), BTreeSet::new()));
        let mut any: BTreeMap<NodeName, BTreeSet<usize>> = nodes.collect();
        for (place, network) in left.networks.iter().enumerate() {
            for member in network.members.iter().filter(|member| policy::carries(member)) {
                any.entry(member.node.clone()).or_default().insert(place);
            }
        }
        let roles = cluster.assignment.networks.iter().enumerate();
        let inside = roles.filter(|(_, it)| it.role != Role::None).map(|(place, _)| place);
        Self { any, cluster: inside.collect() }
    }

    /// Whether two hosts meet; a host that no inventory describes is taken as reachable.
    fn meet(&self, a: &NodeName, b: &NodeName, over: impl Fn(usize) -> bool) -> bool {
        match (self.any.get(a), self.any.get(b)) {
            _ if a == b => true,
            (Some(of_a), Some(of_b)) => of_a.intersection(of_b).any(|place| over(*place)),
            _ => true,
        }
    }
}

impl Affair {
    fn has(&self, host: &NodeName) -> bool {
        !self.gone.contains(host)
    }

    fn meet(&self, a: &NodeName, b: &NodeName) -> bool {
        self.networks.as_ref().is_none_or(|usable| usable.meet(a, b, |_| true))
    }

    fn beat(&self, a: &NodeName, b: &NodeName) -> bool {
        let inside = |usable: &Usable| usable.meet(a, b, |place| usable.cluster.contains(&place));
        self.networks.as_ref().is_none_or(inside)
    }
}

/// A host that is lost or comes back, where no inventory describes it: when, in ms, and whether it
/// comes back.
pub type HostEvent = (u64, bool, NodeName);

/// What a scenario leaves of a cluster and of hosts elsewhere, event by event.
#[must_use]
pub fn affairs(cluster: &Cluster<'_>, scenario: &Scenario, hosts: &[HostEvent]) -> Vec<Affair> {
    let times = scenario.events.iter().map(|event| event.at_ms);
    let times: BTreeSet<u64> = times.chain(hosts.iter().map(|(at_ms, ..)| *at_ms)).collect();
    let affair = |at_ms: u64| {
        let past = scenario.events.iter().filter(|event| event.at_ms <= at_ms);
        let lost: BTreeSet<LostPart> = now(past.map(|event| (event.returns, event.part.clone())));
        let left = cluster.left(&lost);
        let gone = cluster.layout.nodes.iter().filter(|node| !left.nodes.contains(node)).cloned();
        Affair {
            at_s: seconds(at_ms),
            gone: gone.chain(gone_by(hosts, at_ms)).collect(),
            networks: Some(Usable::of(cluster, &left)),
        }
    };
    times.into_iter().map(affair).collect()
}

/// What losses and returns of hosts alone leave.
#[must_use]
pub fn affairs_of_hosts(hosts: &[HostEvent]) -> Vec<Affair> {
    let times: BTreeSet<u64> = hosts.iter().map(|(at_ms, ..)| *at_ms).collect();
    let affair =
        |at_ms| Affair { at_s: seconds(at_ms), gone: gone_by(hosts, at_ms), networks: None };
    times.into_iter().map(affair).collect()
}

fn gone_by(hosts: &[HostEvent], at_ms: u64) -> BTreeSet<NodeName> {
    let past = hosts.iter().filter(|(at, ..)| *at <= at_ms);
    now(past.map(|(_, returns, host)| (*returns, host.clone())))
}

/// What is lost after losses and returns in their order.
fn now<T: Ord>(events: impl Iterator<Item = (bool, T)>) -> BTreeSet<T> {
    let mut lost = BTreeSet::new();
    for (returns, part) in events {
        if returns {
            lost.remove(&part);
        } else {
            lost.insert(part);
        }
    }
    lost
}

#[expect(clippy::cast_precision_loss, reason = "times stay far below 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

impl Setup<'_> {
    /// What comes of what is wrong with a service, told from its own beginning.
    pub(super) fn of_matter(
        &self,
        service: &DeclaredService,
        affair: &Affair,
        matter: &Matter,
    ) -> ServiceLoss {
        let mut loss = self.of_cause(service, affair, matter);
        loss.work.extend(roles_lost(service, affair));
        loss.at_s = affair.at_s;
        loss
    }

    fn of_cause(&self, service: &DeclaredService, affair: &Affair, matter: &Matter) -> ServiceLoss {
        let mode = match matter {
            Matter::Loss(mode) => *mode,
            Matter::Aside(reason) => return self.aside(reason),
        };
        let loss = lose(self, mode.into());
        let reaches_store = |host: &NodeName| {
            let store = service.store.as_ref().and_then(|store| store.on.as_ref());
            store.is_none_or(|store| affair.meet(host, store))
        };
        let to = standby(service, |host| affair.has(host) && reaches_store(host));
        match (loss.ruling.verdict, to) {
            (Verdict::Takeover, None) => told(
                self,
                mode.into(),
                Ruling {
                    verdict: Verdict::Never,
                    latency_s: None,
                    condition: None,
                    reason: "no other candidate is left".to_owned(),
                    ..loss.ruling
                },
            ),
            (Verdict::Takeover, to) => ServiceLoss { to: to.cloned(), ..loss },
            _ => loss,
        }
    }

    /// A loss that leaves the active server where it is.
    fn aside(&self, reason: &str) -> ServiceLoss {
        told(
            self,
            FailureMode::Power.into(),
            Ruling {
                verdict: Verdict::Stays,
                latency_s: None,
                from_s: None,
                condition: None,
                reason: reason.to_owned(),
                source: "the service's declaration".to_owned(),
            },
        )
    }
}

/// What is wrong with a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matter {
    /// A failure of its own.
    Loss(FailureMode),
    /// It goes on, but.
    Aside(String),
}

/// What is wrong with a service, the gravest first: its store, all candidates, the active host, the
/// way from there to the store, the way to a standby; then what it bears: a standby, a role, the way
/// of clients.
pub(super) fn matter(
    setup: &Setup<'_>,
    service: &DeclaredService,
    affair: &Affair,
) -> Option<Matter> {
    let active = service.hosts.first()?;
    let store = service.store.as_ref().and_then(|store| store.on.as_ref());
    let store = store.filter(|_| setup.profile.store == Backing::Shared);
    let standbys = || service.hosts.iter().skip(1);
    let lost = |mode| Some(Matter::Loss(mode));
    if store.is_some_and(|store| !affair.has(store)) {
        return lost(FailureMode::Store);
    }
    if !service.hosts.iter().any(|host| affair.has(host)) {
        return lost(FailureMode::Both);
    }
    if !affair.has(active) {
        return lost(FailureMode::Power);
    }
    if let Some(store) = store.filter(|store| !affair.meet(active, store)) {
        let another = standbys().any(|host| affair.has(host) && affair.meet(host, store));
        return lost(if another { FailureMode::Interface } else { FailureMode::Store });
    }
    if standbys().any(|host| affair.has(host) && !affair.beat(active, host)) {
        return lost(FailureMode::Cut);
    }
    aside(service, affair, active).map(Matter::Aside)
}

fn aside(service: &DeclaredService, affair: &Affair, active: &NodeName) -> Option<String> {
    let standbys = service.hosts.iter().skip(1);
    let gone: Vec<String> =
        standbys.filter(|host| !affair.has(host)).map(ToString::to_string).collect();
    if !gone.is_empty() {
        let left = service.hosts.len() - 1 - gone.len();
        let rest =
            if left == 0 { "nobody could take over until it is back" } else { "others still do" };
        return Some(format!("{} only stood by; {rest}", gone.join(", ")));
    }
    let mut lacks = Vec::new();
    for (role, hosts) in &service.roles {
        if hosts.iter().any(|host| !affair.has(host)) {
            lacks.push(format!("{role} is lost"));
        } else if hosts.iter().any(|host| !affair.meet(host, active)) {
            lacks.push(format!("{role} does not reach {active}"));
        }
    }
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

fn roles_lost(service: &DeclaredService, affair: &Affair) -> Option<WorkNote> {
    let lost = service.roles.iter().flat_map(|(role, hosts)| {
        let gone = hosts.iter().filter(|host| !affair.has(host));
        gone.map(move |host| format!("{role} on {host}"))
    });
    let lost: Vec<String> = lost.collect();
    (!lost.is_empty()).then_some(WorkNote::Roles(lost))
}

#[cfg(test)]
mod tests;
