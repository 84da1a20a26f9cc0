//! Names of networks: the policy's, or "Cluster Network N" by place in the order of enumeration.

use std::collections::BTreeSet;

use crate::model::{NameSource, NetworkName, NetworkPolicy, Policy, Subnet};

/// The subnet under which the policy holds an entry for a network: the first that has one.
pub(super) fn policy_key(subnets: &[Subnet], policy: &Policy) -> Option<Subnet> {
    subnets.iter().copied().find(|subnet| policy.networks.contains_key(subnet))
}

/// What the policy sets for a network with these subnets: each property by the first subnet that
/// sets it, since subnets with entries of their own may have been merged.
pub(super) fn settings(subnets: &[Subnet], policy: &Policy) -> NetworkPolicy {
    let entries = subnets.iter().filter_map(|subnet| policy.networks.get(subnet));
    entries.fold(NetworkPolicy::default(), |mut set, entry| {
        set.name = set.name.or_else(|| entry.name.clone());
        set.role = set.role.or(entry.role);
        set.metric = set.metric.or(entry.metric);
        set.pinned_metric = set.pinned_metric.or(entry.pinned_metric);
        set.description = set.description.or_else(|| entry.description.clone());
        set
    })
}

/// Names the networks with these subnets, given in order of enumeration.
///
/// A name in the policy wins. Otherwise the number is the place from 1, so that naming one network
/// renumbers no other; where `pin` keeps count, it is the next number never used. A name that the
/// policy gives to any network, present or absent, is not given again.
pub(super) fn names<'a>(
    networks: impl ExactSizeIterator<Item = &'a [Subnet]>,
    policy: &Policy,
) -> Vec<(NetworkName, NameSource)> {
    let given = policy.networks.values().filter_map(|network| network.name.as_ref());
    let mut taken: BTreeSet<u64> = given.filter_map(NetworkName::automatic_number).collect();
    let after_last = u64::try_from(networks.len()).unwrap_or(u64::MAX / 2) + 1;
    let mut next = policy.naming.next_number.unwrap_or(after_last);
    let mut names = Vec::with_capacity(networks.len());
    for (place, subnets) in (1..).zip(networks) {
        if let Some(name) = settings(subnets, policy).name {
            names.push((name, NameSource::Policy));
            continue;
        }
        let by_place = policy.naming.next_number.is_none() && !taken.contains(&place);
        let (number, source) = if by_place {
            (place, NameSource::Position)
        } else {
            while taken.contains(&next) {
                next += 1;
            }
            (next, NameSource::NextNumber)
        };
        taken.insert(number);
        names.push((NetworkName::automatic(number), source));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(policy: &Policy, subnets: &[&str]) -> Vec<String> {
        let subnets: Vec<[Subnet; 1]> =
            subnets.iter().map(|subnet| [subnet.parse().unwrap()]).collect();
        let names = names(subnets.iter().map(<[Subnet; 1]>::as_slice), policy);
        names.into_iter().map(|(name, _)| name.to_string()).collect()
    }

    fn policy(names: &[(&str, &str)], next_number: Option<u64>) -> Policy {
        let mut policy = Policy::default();
        policy.naming.next_number = next_number;
        for (subnet, name) in names {
            let entry = NetworkPolicy { name: Some(NetworkName::new(*name)), ..Default::default() };
            policy.networks.insert(subnet.parse().unwrap(), entry);
        }
        policy
    }

    #[test]
    fn a_name_renumbers_no_other_network() {
        let policy = policy(&[("10.0.1.0/24", "Storage")], None);
        let names = named(&policy, &["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]);
        assert_eq!(names, ["Cluster Network 1", "Storage", "Cluster Network 3"]);
    }

    #[test]
    fn a_number_in_use_elsewhere_is_not_given_again() {
        let policy = policy(&[("10.0.9.0/24", "cluster network 1")], None);
        let names = named(&policy, &["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(names, ["Cluster Network 3", "Cluster Network 2"]);
    }

    #[test]
    fn after_a_pin_numbers_go_on_and_are_not_reused() {
        let pinned = [("10.0.1.0/24", "Cluster Network 1"), ("10.0.2.0/24", "Cluster Network 2")];
        let names =
            named(&policy(&pinned, Some(3)), &["10.0.0.0/24", "10.0.1.0/24", "10.0.7.0/24"]);
        assert_eq!(names, ["Cluster Network 3", "Cluster Network 1", "Cluster Network 4"]);
    }

    #[test]
    fn the_greatest_numbers_end_too() {
        let last = format!("Cluster Network {}", u32::MAX);
        let names =
            named(&policy(&[("10.0.9.0/24", &last)], Some(u64::from(u32::MAX))), &["10.0.0.0/24"]);
        assert_eq!(names, ["Cluster Network 4294967296"]);
    }

    #[test]
    fn entries_of_merged_subnets_are_joined_property_by_property() {
        let mut policy = policy(&[("10.0.1.0/24", "B")], None);
        let first = policy.networks.entry("10.0.0.0/24".parse().unwrap()).or_default();
        first.description = Some("x".to_owned());
        let subnets = ["10.0.0.0/24".parse().unwrap(), "10.0.1.0/24".parse().unwrap()];
        let set = settings(&subnets, &policy);
        assert_eq!((set.name, set.description), (Some("B".into()), Some("x".to_owned())));
    }
}
