//! Many interfaces to which the same applies, in one finding.

use std::fmt::Display;

use crate::model::{InterfaceName, Locus, NetworkName, NodeName};

/// How many names are written out.
const SHOWN: usize = 3;

/// An interface of a node.
pub(super) type Spot<'a> = (&'a NodeName, &'a InterfaceName);

/// The place of a finding on `spots` of a network: the interface when it is a single one.
pub(super) fn locus(spots: &[Spot<'_>], network: &NetworkName) -> Locus {
    match spots {
        [(node, interface)] => Locus::interface(node, interface).on(network),
        _ => Locus::network(network),
    }
}

/// `: n1 eth0, n2 eth0, n3 eth0 and 61 more`; nothing for a single interface, which is the
/// finding's place.
pub(super) fn which(spots: &[Spot<'_>]) -> String {
    match spots {
        [_] => String::new(),
        _ => format!(": {}", named(spots)),
    }
}

/// `n1 eth0, n2 eth0, n3 eth0 and 61 more`.
pub(super) fn named(spots: &[Spot<'_>]) -> String {
    listed(spots.iter().map(|(node, interface)| format!("{node} {interface}")))
}

/// Names in a row: `a`, `a and b`, `a, b, c and 61 more`.
pub(super) fn listed<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut names: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more > 1 {
        names.truncate(SHOWN);
        return format!("{} and {more} more", names.join(", "));
    }
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// The interface in a command for `spots`: its name when all have the same, else `IFACE`.
pub(super) fn in_command(spots: &[Spot<'_>]) -> String {
    match spots {
        [(_, first), rest @ ..] if rest.iter().all(|(_, other)| other == first) => {
            first.to_string()
        }
        _ => "IFACE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(["a"]), "a");
        assert_eq!(listed(["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(listed(1..=64), "1, 2, 3 and 61 more");
    }

    #[test]
    fn a_single_interface_is_the_place_and_many_are_named() {
        let (n1, n2) = (NodeName::new("n1"), NodeName::new("n2"));
        let (eth0, eth1) = (InterfaceName::new("eth0"), InterfaceName::new("eth1"));
        let net = NetworkName::new("LM");
        assert_eq!(locus(&[(&n1, &eth0)], &net), Locus::interface(&n1, &eth0).on(&net));
        assert_eq!(which(&[(&n1, &eth0)]), "");
        let two = [(&n1, &eth0), (&n2, &eth1)];
        assert_eq!(locus(&two, &net), Locus::network(&net));
        assert_eq!(which(&two), ": n1 eth0 and n2 eth1");
        assert_eq!(in_command(&two), "IFACE");
        assert_eq!(in_command(&[(&n1, &eth0), (&n2, &eth0)]), "eth0");
    }
}
