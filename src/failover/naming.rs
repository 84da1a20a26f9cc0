//! Finding the part that a person names.

use std::collections::BTreeSet;

use thiserror::Error;

use super::Cluster;
use super::parts::{card, switches_seen};
use crate::model::{LostPart, NodeInventory, NodeName, PartRef};
use crate::policy::{self, TargetError};

/// How many names a message lists.
const LISTED: usize = 5;

/// A name that means no part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartError {
    /// No such network.
    #[error(transparent)]
    Network(#[from] TargetError),
    /// A subnet that no node is on.
    #[error("no node is on {0} now: there is nothing to lose")]
    Absent(String),
    /// No such node, interface, device or switch.
    #[error("{what} \"{name}\" is not there; {}", hint(*.of, nearest))]
    Unknown {
        /// What was asked for, such as `interface of n1`.
        what: String,
        /// Its name.
        name: String,
        /// How many there are.
        of: usize,
        /// Those whose names come nearest, nearest first.
        nearest: Vec<String>,
    },
    /// A name that several switches have.
    #[error(
        "\"{name}\" is the name of several switches: give an identity, such as {one} or {other}"
    )]
    Ambiguous {
        /// The name.
        name: String,
        /// Identity of a switch of that name.
        one: String,
        /// That of another.
        other: String,
    },
    /// A node without storage sessions.
    #[error("{0} has no storage session that an interface of a cluster network carries")]
    NoStorage(NodeName),
}

fn hint(of: usize, nearest: &[String]) -> String {
    match of.saturating_sub(nearest.len()) {
        _ if nearest.is_empty() => "none is known".to_owned(),
        0 => format!("there is {}", nearest.join(", ")),
        more => format!("the nearest: {}, and there are {more} more", nearest.join(", ")),
    }
}

/// Finds the part that `reference` means: a network by name or subnet, a node, an interface or a
/// device by exact name (a function of a card means the card), a switch by name or identity.
///
/// # Errors
/// When there is none; the error tells what there is.
pub fn find_part(cluster: &Cluster<'_>, reference: &PartRef) -> Result<LostPart, PartError> {
    match reference {
        PartRef::Network(name) => network(cluster, name),
        PartRef::Switch(name) => switch(cluster, name),
        PartRef::Node(name) => Ok(LostPart::Node(node(cluster, name)?.node.clone())),
        PartRef::Storage(name) => storage(cluster, name),
        PartRef::Interface(name, interface) => {
            let node = node(cluster, name)?;
            let names = || node.interfaces.iter().map(|one| one.name.as_str());
            if names().any(|it| it == interface.as_str()) {
                return Ok(LostPart::Interface(node.node.clone(), interface.clone()));
            }
            Err(unknown(format!("interface of {name}"), interface.as_str(), names()))
        }
        PartRef::Device(name, device) => {
            let node = node(cluster, name)?;
            let cards: BTreeSet<&str> = node.interfaces.iter().filter_map(card).collect();
            let whole = device.rsplit_once('.').map(|(card, _)| card);
            let mut names = [Some(device.as_str()), whole].into_iter().flatten();
            match names.find_map(|it| cards.get(it)) {
                Some(card) => Ok(LostPart::Card(node.node.clone(), (*card).to_owned())),
                None => Err(unknown(format!("device of {name}"), device, cards.into_iter())),
            }
        }
    }
}

fn network(cluster: &Cluster<'_>, name: &str) -> Result<LostPart, PartError> {
    let target = policy::find(name, cluster.layout, cluster.policy)?;
    let place = target.place.ok_or_else(|| PartError::Absent(target.key.to_string()))?;
    Ok(LostPart::Network(place))
}

fn node<'a>(cluster: &Cluster<'a>, name: &NodeName) -> Result<&'a NodeInventory, PartError> {
    let found = cluster.inventories.iter().find(|inventory| inventory.node == *name);
    let names = || cluster.inventories.iter().map(|inventory| inventory.node.as_str());
    found.copied().ok_or_else(|| unknown("node".to_owned(), name.as_str(), names()))
}

fn switch(cluster: &Cluster<'_>, name: &str) -> Result<LostPart, PartError> {
    let seen = switches_seen(cluster.inventories);
    let is_called = |identity: &str| cluster.parts.switch_name(identity) == name;
    let is_meant = |identity: &&&str| **identity == name || is_called(identity);
    let mut meant = seen.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(identity), None) => Ok(LostPart::Switch((*identity).to_owned())),
        (Some(one), Some(other)) => {
            let [name, one, other] = [name, one, other].map(str::to_owned);
            Err(PartError::Ambiguous { name, one, other })
        }
        (None, _) => {
            let names = seen.iter().map(|identity| cluster.parts.switch_name(identity));
            Err(unknown("switch".to_owned(), name, names))
        }
    }
}

fn storage(cluster: &Cluster<'_>, name: &NodeName) -> Result<LostPart, PartError> {
    let node = node(cluster, name)?;
    let members = cluster.layout.networks.iter().flat_map(|network| &network.members);
    let mut own = members.filter(|member| member.node == node.node);
    if own.any(|member| !member.storage.is_empty()) {
        return Ok(LostPart::Storage(node.node.clone()));
    }
    Err(PartError::NoStorage(node.node.clone()))
}

/// The error about a name that is none of these, with those that come nearest; `what` tells what it
/// should name.
pub fn unknown<'n>(what: String, name: &str, names: impl Iterator<Item = &'n str>) -> PartError {
    let mut names: Vec<&str> = names.collect();
    let distance = |other: &str| strsim::damerau_levenshtein(name, other);
    names.sort_by_cached_key(|other| (distance(other), (*other).to_owned()));
    names.dedup();
    let nearest = names.iter().take(LISTED).map(|it| (*it).to_owned()).collect();
    PartError::Unknown { what, name: name.to_owned(), of: names.len(), nearest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Policy;
    use crate::testkit::healthy;
    use crate::{layout, policy};

    fn found(text: &str) -> Result<LostPart, String> {
        let (inventories, policy) = (healthy(3), Policy::default());
        let layout = layout::form(&inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen = layout::chosen(&inventories);
        let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
        find_part(&cluster, &text.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn parts_are_found_by_every_name() {
        assert_eq!(found("network:10.0.1.0/24"), Ok(LostPart::Network(1)));
        assert_eq!(found("network:cluster network 2"), Ok(LostPart::Network(1)));
        let card = LostPart::Card("n2".into(), "0000:01:00".to_owned());
        assert_eq!(found("device:n2/0000:01:00.0"), Ok(card.clone()));
        assert_eq!(found("device:n2/0000:01:00"), Ok(card));
        let switch = LostPart::Switch("mac 02:00:00:00:00:02".to_owned());
        assert_eq!(found("switch:switch2"), Ok(switch.clone()));
        assert_eq!(found("switch:mac 02:00:00:00:00:02"), Ok(switch));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let error = |text| found(text).unwrap_err();
        assert_eq!(error("node:n9"), "node \"n9\" is not there; there is n1, n2, n3");
        assert_eq!(
            error("interface:n1/eth9"),
            "interface of n1 \"eth9\" is not there; there is eth0, eth1, eth2"
        );
        assert!(error("device:n1/0000:09:00.0").contains("0000:01:00"));
        assert!(error("switch:switch9").contains("switch1"));
        assert!(error("network:x").contains("Cluster Network 1"));
        assert!(error("network:10.9.0.0/24").contains("no node is on"));
        assert!(error("storage:n1").contains("no storage session"));
    }
}
