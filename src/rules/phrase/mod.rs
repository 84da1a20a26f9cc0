//! Phrases that messages of several rules share: lists of names, places, commands, and facts that
//! are not known.

mod command;
mod hidden;
mod lacking;

use std::fmt::Display;

use crate::model::{InterfaceName, Locus, NetworkName, NodeName};

pub use command::word;
pub(super) use command::{in_command, network_word, pattern, toml_string};
pub(super) use hidden::tell_hidden;
pub(super) use lacking::Lacking;

/// How many names a message lists before it counts the rest.
pub(super) const LISTED: usize = 3;

/// An interface of a node.
pub(super) type Spot<'a> = (&'a NodeName, &'a InterfaceName);

/// Names in a row: `n1`, `n1 and n2`, `n1, n2, n3 and 61 more`.
pub(super) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    let more = names.len().saturating_sub(LISTED);
    if more > 1 {
        names.truncate(LISTED);
        return format!("{} and {more} more", names.join(", "));
    }
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `n1 eth0, n2 eth0, n3 eth0 and 61 more`.
pub(super) fn named(spots: &[Spot<'_>]) -> String {
    list(spots.iter().map(|(node, interface)| format!("{node} {interface}")))
}

/// `: n1 eth0, n2 eth0, n3 eth0 and 61 more`; nothing for a single interface, which is the
/// finding's place.
pub(super) fn which(spots: &[Spot<'_>]) -> String {
    match spots {
        [_] => String::new(),
        _ => format!(": {}", named(spots)),
    }
}

/// The place of an interface on a network.
pub(super) fn spot_on(network: &NetworkName) -> impl Fn(Spot<'_>) -> Locus {
    |(node, interface)| Locus::interface(node, interface).on(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_short() {
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(list(1..=64), "1, 2, 3 and 61 more");
        assert_eq!(list([] as [&str; 0]), "");
    }

    #[test]
    fn a_single_interface_is_the_place_and_many_are_named() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let (eth0, eth1) = (InterfaceName::new("eth0"), InterfaceName::new("eth1"));
        assert_eq!(which(&[(&n1, &eth0)]), "");
        assert_eq!(which(&[(&n1, &eth0), (&n2, &eth1)]), ": n1 eth0 and n2 eth1");
        let network = NetworkName::new("LM");
        assert_eq!(spot_on(&network)((&n1, &eth0)), Locus::interface(&n1, &eth0).on(&network));
    }
}
