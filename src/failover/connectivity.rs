//! Which one or two losses leave some pair of surviving nodes without a network.

use super::Pairs;
use super::classes::{Class, Classes, PartKind};
use super::found::Found;
use super::groups::{Group, Groups};
use super::meeting::Meeting;
use super::seats::Side;
use crate::model::Bits;

/// Smallest sets of losses that part nodes which can talk now.
#[derive(Clone, Debug, Default)]
pub struct Cuts<'a> {
    /// The classes of nodes that the cuts speak of.
    pub classes: Vec<Class<'a>>,
    /// Losses that part some pair alone.
    pub single: Vec<Cut<'a>>,
    /// Pairs of losses that part some pair which no single loss parts.
    pub double: Vec<Cut<'a>>,
}

/// Losses that part pairs of nodes.
#[derive(Clone, Debug)]
pub struct Cut<'a> {
    /// What is lost, one or two.
    pub losses: Vec<Lost<'a>>,
    /// Classes of the nodes that each lost part belongs to; empty for networks and switches.
    pub holders: Vec<Bits>,
    /// Whether two lost parts belong to one node.
    pub same_node: bool,
    /// Parted pairs of nodes, by their classes; a class twice: nodes of it among themselves.
    pub pairs: Pairs,
}

/// Something that is lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost<'a> {
    /// A network, by its place in the layout's list.
    Network(usize),
    /// A switch that several nodes use, by identity.
    Switch(&'a str),
    /// A part of one node.
    Part {
        /// What it is.
        kind: PartKind,
        /// Its names on the nodes that may lose it.
        names: Vec<&'a str>,
    },
}

/// Finds the losses that leave two surviving nodes without a network of role 1 or 3 that both can
/// use. Pairs that have none now are in no cut; a lost node is in no pair.
///
/// Lost are: a network; an interface of hardware (a bond survives while one port does); a card,
/// with all its ports; a switch. Software (a bond, a bridge, a VLAN) fails only with what is below.
/// A loss that another loss covers is left out: where the loss of a network parts a pair, its
/// members and their cards are not named.
///
/// Classes of nodes that can use the same networks make a group. What two groups have in common is
/// a small web of paths, one for each network; a smallest cut of it is found by taking a path that
/// still holds and losing each of the parts it stands on. What a class can lose by itself, and what
/// a pair can lose between them, follows from each side alone. Pairs are enumerated only where both
/// stand on a switch that carries several of their networks.
#[must_use]
pub fn cuts(classes: Classes<'_>) -> Cuts<'_> {
    let mut found = Found::new(&classes);
    let groups = Groups::of(&classes);
    for (number, group) in groups.all.iter().enumerate() {
        for (other, common) in groups.meeting(number) {
            let Some(peer) = groups.all.get(other) else { continue };
            if let [network] = &*common {
                by_network(&classes, *network, [group, peer], &mut found);
                continue;
            }
            let left = Side::of(&classes, group, &common);
            let right = (number != other).then(|| Side::of(&classes, peer, &common));
            let right = right.as_ref().unwrap_or(&left);
            Meeting { common: &common, left: &left, right }.hold(&mut found);
        }
    }
    let (single, double) = found.done();
    Cuts { classes: classes.classes, single, double }
}

/// Parts two groups by their only common network.
fn by_network(classes: &Classes<'_>, network: usize, groups: [&Group; 2], found: &mut Found<'_>) {
    let [left, right] = groups.map(|group| &group.classes);
    let (few, many) = if left.len() > right.len() { (right, left) } else { (left, right) };
    let is_lone =
        |class: usize| classes.classes.get(class).is_none_or(|class| class.nodes.len() < 2);
    for class in few.iter() {
        let own: Bits = is_lone(class).then_some(class).into_iter().collect();
        let losses = vec![found.network(network)];
        found.add(losses, false, (class, &many.clone().without(&own)));
    }
}

impl Cuts<'_> {
    /// How many pairs of nodes a cut parts.
    #[must_use]
    pub fn parted(&self, cut: &Cut<'_>) -> usize {
        cut.pairs.nodes(|class| self.classes.get(class).map_or(0, |class| class.nodes.len()))
    }
}

#[cfg(test)]
mod oracle;

#[cfg(test)]
mod tests;
