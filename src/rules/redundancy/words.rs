//! Words for nodes, parts and pairs of nodes.

use std::collections::BTreeSet;

use crate::failover::{Cut, Cuts, Lost, Pairs, PartKind};
use crate::model::Bits;
use crate::model::NodeName;
use crate::rules::Site;
use crate::rules::phrase::{LISTED, list};

/// `Cluster Network 1, Cluster Network 2 and Cluster Network 3`, by places.
pub(super) fn networks<'a>(site: &Site<'_>, places: impl IntoIterator<Item = &'a usize>) -> String {
    let network = |place: &usize| site.network(*place).map(|on| on.network.name.clone());
    list(places.into_iter().filter_map(network))
}

/// `from n3 to n1 and n2`, `between n1 and n2` or `among n1, n2 and n3`, for pairs of groups of
/// nodes; a group twice means its nodes among themselves.
pub(super) fn between<'a, N>(pairs: &Pairs, nodes: impl Fn(usize) -> N) -> String
where
    N: Iterator<Item = &'a NodeName>,
{
    let involved = pairs.groups();
    let all: Vec<&NodeName> = involved.iter().flat_map(&nodes).collect();
    if all.len() == 2 {
        return format!("between {}", first(all));
    }
    if let Some(hub) = pairs.hubs().into_iter().min_by_key(|hub| nodes(*hub).count()) {
        let others = involved.iter().filter(|group| *group != hub);
        let rest = others.flat_map(&nodes).collect();
        return format!("from {} to {}", first(nodes(hub).collect()), first(rest));
    }
    let word = if involved.len() == 1 { "among" } else { "between some of" };
    format!("{word} {}", first(all))
}

/// [`list`] of nodes, by name.
fn first(mut nodes: Vec<&NodeName>) -> String {
    if nodes.len() > LISTED + 1 {
        nodes.select_nth_unstable(LISTED);
        nodes[..LISTED].sort_unstable();
    } else {
        nodes.sort_unstable();
    }
    list(nodes)
}

/// What a cut loses, the first part on any one of `nodes`: `card 0000:01:00 of n2 and Cluster
/// Network 3`.
pub(super) fn losses(
    site: &Site<'_>,
    cuts: &Cuts<'_>,
    cut: &Cut<'_>,
    nodes: &[&NodeName],
) -> String {
    let word = |place: usize, lost: &Lost<'_>| match lost {
        Lost::Network(network) => networks(site, [network]),
        Lost::Switch(switch) => format!("switch {}", site.parts().switch_name(switch)),
        Lost::Part { kind, names } => {
            let part = match &**names {
                [name] => format!("{} {name}", kind_word(*kind)),
                _ => format!("one {} ({})", kind_word(*kind), list(names)),
            };
            if place > 0 && cut.same_node {
                return format!("{part} of the same node");
            }
            if place == 0 {
                return format!("{part} of {}", any_one(nodes));
            }
            format!("{part} of {}", any_one(&holders(cuts, cut, place)))
        }
    };
    let words: Vec<String> =
        cut.losses.iter().enumerate().map(|(place, lost)| word(place, lost)).collect();
    words.join(" and ")
}

/// `n1`, or `any one of n1, n2 and n3`.
fn any_one(nodes: &[&NodeName]) -> String {
    let any = if nodes.len() > 1 { "any one of " } else { "" };
    any.to_owned() + &list(nodes)
}

fn kind_word(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Interface => "interface",
        PartKind::Card => "card",
        PartKind::Switch => "switch",
    }
}

/// Nodes that the lost part at `place` of a cut belongs to.
pub(super) fn holders<'a>(cuts: &Cuts<'a>, cut: &Cut<'a>, place: usize) -> Vec<&'a NodeName> {
    let classes = cut.holders.get(place).into_iter().flat_map(Bits::iter);
    let nodes = classes.filter_map(|class| cuts.classes.get(class)).flat_map(|it| &it.nodes);
    let nodes: BTreeSet<&NodeName> = nodes.copied().collect();
    nodes.into_iter().collect()
}

/// Whom a cut parts.
pub(super) fn parted(cuts: &Cuts<'_>, cut: &Cut<'_>) -> String {
    let class = |class: usize| cuts.classes.get(class).into_iter().flat_map(|it| &it.nodes);
    between(&cut.pairs, |number| class(number).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(list(["a"]), "a");
        assert_eq!(list(["a", "b"]), "a and b");
        assert_eq!(list(["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(list(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }

    #[test]
    fn pairs_are_told_by_their_common_side() {
        let names: Vec<NodeName> = ["n1", "n2", "n3", "n4"].map(NodeName::new).into();
        let groups = [vec![&names[0], &names[1]], vec![&names[2]], vec![&names[3]]];
        let told = |pairs: &[(usize, usize)]| {
            between(&pairs.iter().copied().collect(), |group: usize| groups[group].iter().copied())
        };
        assert_eq!(told(&[(0, 0)]), "between n1 and n2");
        assert_eq!(told(&[(0, 1)]), "from n3 to n1 and n2");
        assert_eq!(told(&[(0, 2), (1, 2)]), "from n4 to n1, n2 and n3");
        assert_eq!(told(&[(0, 0), (0, 1)]), "between some of n1, n2 and n3");
    }
}
