//! Subnets that share an interface become one network; networks are enumerated and named.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::Candidate;
use super::naming;
use crate::model::{
    ClusterNetwork, Member, MetricScheme, NetworkName, Policy, SkipReason, Skipped, Subnet,
};

/// Forms networks of `candidates`. Interfaces that do not count on theirs go to `skipped`.
pub(super) fn networks(
    candidates: Vec<Candidate>,
    policy: &Policy,
    skipped: &mut Vec<Skipped>,
) -> Vec<ClusterNetwork> {
    let groups = group(candidates);
    let names = naming::names(groups.iter().map(|group| group.subnets.as_slice()), policy);
    let mut networks = Vec::with_capacity(groups.len());
    for (group, (name, name_source)) in groups.into_iter().zip(names) {
        let members = match policy.metric_scheme {
            MetricScheme::W2008R2 => one_per_node(group.members, &name, skipped),
            MetricScheme::W2012 => group.members,
        };
        let policy_key = naming::policy_key(&group.subnets, policy);
        let subnets = group.subnets;
        networks.push(ClusterNetwork { name, name_source, subnets, policy_key, members });
    }
    networks
}

struct Group {
    subnets: Vec<Subnet>,
    members: Vec<Member>,
}

/// Connected components of interfaces and subnets, in order of enumeration; members by node, then
/// interface.
fn group(candidates: Vec<Candidate>) -> Vec<Group> {
    let all: BTreeSet<Subnet> =
        candidates.iter().flat_map(|candidate| candidate.subnets.iter().copied()).collect();
    let subnets: Vec<Subnet> = all.into_iter().collect();
    let place = |subnet: &Subnet| subnets.binary_search(subnet).ok();
    let mut sets = Sets::new(subnets.len());
    for candidate in &candidates {
        for pair in candidate.subnets.windows(2) {
            if let [Some(a), Some(b)] = [place(&pair[0]), place(&pair[1])] {
                sets.unite(a, b);
            }
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (number, subnet) in subnets.iter().enumerate() {
        let new = || Group { subnets: Vec::new(), members: Vec::new() };
        groups.entry(sets.first(number)).or_insert_with(new).subnets.push(*subnet);
    }
    for candidate in candidates {
        let first = candidate.subnets.first().and_then(place).map(|number| sets.first(number));
        if let Some(group) = first.and_then(|first| groups.get_mut(&first)) {
            group.members.push(candidate.member);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.members.sort_by(|a, b| (&a.node, &a.interface).cmp(&(&b.node, &b.interface)));
    }
    groups
}

/// Disjoint sets of numbers; each is known by its smallest.
struct Sets(Vec<usize>);

impl Sets {
    fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    fn first(&mut self, number: usize) -> usize {
        let mut at = number;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Keeps one interface of each node: one with a default route before one without, then by name.
fn one_per_node(
    members: Vec<Member>,
    network: &NetworkName,
    skipped: &mut Vec<Skipped>,
) -> Vec<Member> {
    let mut kept: Vec<Member> = Vec::with_capacity(members.len());
    for member in members {
        let Some(before) = kept.last_mut().filter(|before| before.node == member.node) else {
            kept.push(member);
            continue;
        };
        let better = before.gateways.is_empty() && !member.gateways.is_empty();
        let loser = if better { std::mem::replace(before, member) } else { member };
        let reason = SkipReason::SecondOnNetwork {
            network: network.clone(),
            counts: before.interface.clone(),
        };
        skipped.push(Skipped { node: loser.node, interface: loser.interface, reason });
    }
    kept
}

#[cfg(test)]
mod tests;
