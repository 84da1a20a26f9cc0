//! What outlives the names of networks, which change when another network comes before them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::findings::{FindingView, LocusView};

/// A network by which findings are told: its name is that of the day, its subnets are its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedNetwork {
    /// Name.
    pub name: String,
    /// Subnets, in order of enumeration.
    pub subnets: Vec<String>,
}

impl NamedNetwork {
    /// Its subnets as text, which no name of a network can be.
    fn key(&self) -> String {
        self.subnets.join("+")
    }
}

/// Names of networks and what stands in their place, longest name first.
pub(super) struct Renaming(Vec<(String, String)>);

impl Renaming {
    /// From names to subnets.
    pub(super) fn to_subnets(networks: &[NamedNetwork]) -> Self {
        Self::of(networks.iter().map(|network| (network.name.clone(), network.key())))
    }

    /// From names of the day of `old` to those of `new`, or to subnets where there is no network
    /// that shares one.
    pub(super) fn between(old: &[NamedNetwork], new: &[NamedNetwork]) -> Self {
        let shared = |one: &NamedNetwork, other: &NamedNetwork| {
            one.subnets.iter().filter(|subnet| other.subnets.contains(subnet)).count()
        };
        let now = |network: &NamedNetwork| {
            let same = new.iter().filter(|other| shared(network, other) > 0);
            let nearest = same.max_by_key(|other| shared(network, other));
            nearest.map_or_else(|| network.key(), |other| other.name.clone())
        };
        let all = Self::of(old.iter().map(|network| (network.name.clone(), now(network))));
        if all.0.iter().all(|(from, to)| from == to) { Self(Vec::new()) } else { all }
    }

    fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let mut pairs: Vec<(String, String)> = pairs.filter(|(from, _)| !from.is_empty()).collect();
        pairs.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
        Self(pairs)
    }

    /// A place with its network by what stands for it.
    pub(super) fn locus(&self, locus: &LocusView) -> LocusView {
        let found = |name: &String| self.0.iter().find(|(from, _)| from == name);
        let network = locus.network.as_ref();
        let network = network.map(|name| found(name).map_or(name, |(_, to)| to).clone());
        LocusView { network, ..locus.clone() }
    }

    /// A text with names of networks, as whole words, by what stands for them.
    pub(super) fn text(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let (mut done, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(next) = rest.chars().next() {
            let inside = done.ends_with(char::is_alphanumeric);
            let found = self.0.iter().filter(|_| !inside).find(|(from, _)| begins(rest, from));
            let plain = (&rest[..next.len_utf8()], next.len_utf8());
            let (text, taken) = found.map_or(plain, |(from, to)| (to, from.len()));
            done += text;
            rest = rest.get(taken..).unwrap_or_default();
        }
        done
    }
}

/// Whether a text begins with a name that ends there.
fn begins(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// A hash of what makes a finding itself: rule, places and message, with networks by their subnets.
pub(super) fn fingerprint(finding: &FindingView, renaming: &Renaming) -> String {
    let mut hash = Sha256::new().chain_update(finding.code);
    for place in finding.places() {
        let LocusView { node, interface, network } = renaming.locus(place);
        for part in [node, interface, network] {
            hash = hash.chain_update([0]).chain_update(part.unwrap_or_default());
        }
    }
    let digest = hash.chain_update([1]).chain_update(renaming.text(&finding.message)).finalize();
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|it| char::from_digit(it.into(), 16));
    digest.iter().take(16).flat_map(digits).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(name: &str, subnets: &[&str]) -> NamedNetwork {
        let subnets = subnets.iter().map(|it| (*it).to_owned()).collect();
        NamedNetwork { name: name.to_owned(), subnets }
    }

    #[test]
    fn names_are_replaced_at_once_and_as_whole_words() {
        let old = [
            network("Cluster Network 1", &["10.0.0.0/24"]),
            network("Cluster Network 2", &["10.0.2.0/24"]),
            network("LM", &["10.0.9.0/24"]),
        ];
        let new = [
            network("Cluster Network 1", &["10.0.0.0/24"]),
            network("Cluster Network 2", &["10.0.1.0/24"]),
            network("Cluster Network 3", &["10.0.2.0/24", "fd00::/64"]),
        ];
        let renaming = Renaming::between(&old, &new);
        assert_eq!(
            renaming.text("Cluster Network 2, \"Cluster Network 1\", Cluster Network 22, LM, LMX"),
            "Cluster Network 3, \"Cluster Network 1\", Cluster Network 22, 10.0.9.0/24, LMX"
        );
        let locus = LocusView { network: Some("LM".to_owned()), ..LocusView::default() };
        assert_eq!(renaming.locus(&locus).network.as_deref(), Some("10.0.9.0/24"));
        assert_eq!(Renaming::between(&old, &old).text("LM"), "LM");
        assert_eq!(
            Renaming::to_subnets(&new).text("on Cluster Network 3"),
            "on 10.0.2.0/24+fd00::/64"
        );
    }
}
