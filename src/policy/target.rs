//! Finding the network that an administrator names.

use thiserror::Error;

use super::means;
use crate::model::{ClusterLayout, NetworkName, NetworkRef, Policy, Subnet, SubnetError};

/// How many names a message suggests.
const SUGGESTIONS: usize = 3;

/// A network to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Subnet under which the policy keeps what is set for it.
    pub key: Subnet,
    /// Its place in the layout's list; absent when no node is on it now.
    pub place: Option<usize>,
}

/// A name that means no network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no cluster network is called \"{name}\"; {}", hint(nearest))]
pub struct TargetError {
    /// What was asked for.
    pub name: String,
    /// Names that come near, nearest first.
    pub nearest: Vec<String>,
}

fn hint(nearest: &[String]) -> String {
    let quoted: Vec<String> = nearest.iter().map(|name| format!("\"{name}\"")).collect();
    if quoted.is_empty() {
        "there is none: give a subnet such as 10.0.1.0/24".to_owned()
    } else {
        format!("the nearest: {}", quoted.join(", "))
    }
}

/// Finds the network that `text` means: a subnet or a name, present in the layout or only known to
/// the policy. A subnet that is nowhere yet is its own identity and so always found.
///
/// # Errors
/// When `text` is no subnet and no network has that name.
pub fn find(text: &str, layout: &ClusterLayout, policy: &Policy) -> Result<Target, TargetError> {
    let reference = NetworkRef::from(text);
    if let Some(place) = layout.networks.iter().position(|network| means(&reference, network))
        && let Some(key) = layout.networks[place].key()
    {
        return Ok(Target { key, place: Some(place) });
    }
    let known = match &reference {
        NetworkRef::Subnet(subnet) => Some(*subnet),
        NetworkRef::Name(name) => absent_of_name(name, policy),
    };
    let holds = |key: Subnet| layout.networks.iter().position(|it| it.subnets.contains(&key));
    let nearest = || match NetworkRef::read(text) {
        Err(SubnetError::HostBits { subnet, .. }) => vec![subnet.to_string()],
        _ => nearest(text, layout, policy),
    };
    known
        .map(|key| Target { key, place: holds(key) })
        .ok_or_else(|| TargetError { name: text.to_owned(), nearest: nearest() })
}

fn absent_of_name(name: &NetworkName, policy: &Policy) -> Option<Subnet> {
    let named = policy.networks.iter().find(|(_, network)| {
        network.name.as_ref().is_some_and(|given| given.matches(name.as_str()))
    });
    named.map(|(subnet, _)| *subnet)
}

fn nearest(text: &str, layout: &ClusterLayout, policy: &Policy) -> Vec<String> {
    let present = layout.networks.iter().map(|network| &network.name);
    let absent = policy.networks.values().filter_map(|network| network.name.as_ref());
    let mut names: Vec<&NetworkName> = present.chain(absent).collect();
    let distance = |name: &NetworkName| {
        strsim::damerau_levenshtein(&text.to_lowercase(), &name.as_str().to_lowercase())
    };
    names.sort_by_key(|name| (distance(name), name.as_str()));
    names.dedup();
    names.into_iter().take(SUGGESTIONS).map(ToString::to_string).collect()
}

/// The other network, by its subnet, that is already called `name`: given by the policy or shown
/// automatically now.
#[must_use]
pub fn name_owner(
    name: &NetworkName,
    target: &Target,
    layout: &ClusterLayout,
    policy: &Policy,
) -> Option<Subnet> {
    let present = layout.networks.iter().enumerate().find(|(place, network)| {
        Some(*place) != target.place && network.name.matches(name.as_str())
    });
    let given = absent_of_name(name, policy).filter(|owner| *owner != target.key);
    present.and_then(|(_, network)| network.key()).or(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterNetwork, NameSource, NetworkPolicy};

    fn layout() -> ClusterLayout {
        let network = |name: &str, subnet: &str| ClusterNetwork {
            name: NetworkName::new(name),
            name_source: NameSource::Position,
            subnets: vec![subnet.parse().unwrap()],
            policy_key: None,
            members: Vec::new(),
        };
        let networks = vec![
            network("Cluster Network 1", "10.0.0.0/24"),
            network("Live Migration", "10.0.1.0/24"),
        ];
        ClusterLayout { networks, ..Default::default() }
    }

    #[test]
    fn networks_are_found_by_name_in_any_case_and_by_subnet() {
        let policy = Policy::default();
        for (text, place) in [("cluster network 1", 0), ("10.0.1.0/24", 1)] {
            assert_eq!(find(text, &layout(), &policy).unwrap().place, Some(place));
        }
        assert_eq!(find("10.9.9.0/24", &layout(), &policy).unwrap().place, None);
    }

    #[test]
    fn an_absent_network_is_found_by_the_name_in_the_policy() {
        let mut policy = Policy::default();
        let entry = NetworkPolicy { name: Some(NetworkName::new("iSCSI")), ..Default::default() };
        policy.networks.insert("192.168.5.0/24".parse().unwrap(), entry);
        let target = find("iscsi", &layout(), &policy).unwrap();
        assert_eq!((target.key.to_string().as_str(), target.place), ("192.168.5.0/24", None));
    }

    #[test]
    fn an_unknown_name_comes_with_the_nearest() {
        let error = find("Live Migratoin", &layout(), &Policy::default()).unwrap_err();
        assert_eq!(error.nearest[0], "Live Migration");
        let host = find("10.0.0.5/24", &layout(), &Policy::default()).unwrap_err();
        assert_eq!(host.nearest, ["10.0.0.0/24"]);
        let none = find("x", &ClusterLayout::default(), &Policy::default()).unwrap_err();
        assert!(none.to_string().contains("give a subnet"));
    }

    #[test]
    fn a_name_in_use_has_an_owner() {
        let policy = Policy::default();
        let target = find("Live Migration", &layout(), &policy).unwrap();
        let owner = name_owner(&"CLUSTER network 1".into(), &target, &layout(), &policy);
        assert_eq!(owner, Some("10.0.0.0/24".parse().unwrap()));
        assert_eq!(name_owner(&"Live Migration".into(), &target, &layout(), &policy), None);
    }
}
