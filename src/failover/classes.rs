//! Nodes whose members stand on parts in the same way: what holds for one pair of two classes
//! holds for all.

use std::collections::BTreeMap;

use super::{Leg, NodeParts, Parts};
use crate::model::NodeName;

/// Nodes that use the same networks through parts arranged alike, and the same switches.
#[derive(Clone, Debug)]
pub struct Class<'a> {
    /// The nodes, by name.
    pub nodes: Vec<&'a NodeName>,
    /// Its shape's place in [`Classes::shapes`].
    pub(super) shape: usize,
    /// Switches that other nodes use too: number of the part, number of the switch.
    pub(super) shared: Vec<(usize, usize)>,
    /// Names of the parts, for each node.
    pub(super) names: Vec<Vec<&'a str>>,
}

/// The classes of a cluster's nodes.
#[derive(Clone, Debug, Default)]
pub struct Classes<'a> {
    /// Classes, by their first node.
    pub classes: Vec<Class<'a>>,
    pub(super) shapes: Vec<Shape>,
    /// Identities of switches that several nodes use.
    pub(super) switches: Vec<&'a str>,
}

/// What sort of part of a node it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// Interface of the hardware.
    Interface,
    /// Card with one or more ports.
    Card,
    /// Switch.
    Switch,
}

/// How the usable members of a node stand on its parts; these are numbered as they are met.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    /// Usable networks of role 1 and 3, in the layout's order.
    pub(super) sides: Vec<Side>,
    /// Kind of each part.
    pub(super) kinds: Vec<PartKind>,
}

/// A node's side of a network: it holds while one of its legs does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    /// Place of the network.
    pub(super) network: usize,
    /// Parts of each leg; it holds while all of them do.
    pub(super) legs: Vec<Vec<usize>>,
}

/// A node's shape with the names of its parts.
#[derive(Default)]
struct Sketch<'a> {
    shape: Shape,
    names: Vec<&'a str>,
    numbers: BTreeMap<(PartKind, &'a str), usize>,
}

impl<'a> Classes<'a> {
    /// The classes of the nodes of `parts`, by networks of role 1 and 3 that they can use now.
    ///
    /// A switch that only one node uses is a part of that node, so that racks of the same build
    /// keep one shape.
    #[must_use]
    pub fn of(parts: &Parts<'a>) -> Self {
        let switches = shared_switches(parts);
        let mut by_shape: BTreeMap<Shape, BTreeMap<Vec<(usize, usize)>, Class<'a>>> =
            BTreeMap::new();
        for node in &parts.nodes {
            let sketch = Sketch::of(node);
            let shared = sketch.shared(&switches);
            let alike = by_shape.entry(sketch.shape).or_default();
            let new =
                || Class { nodes: Vec::new(), shape: 0, shared: shared.clone(), names: Vec::new() };
            let class = alike.entry(shared.clone()).or_insert_with(new);
            class.nodes.push(node.node);
            class.names.push(sketch.names);
        }
        let mut all = Self { switches: switches.into_keys().collect(), ..Self::default() };
        for (number, (shape, alike)) in by_shape.into_iter().enumerate() {
            all.shapes.push(shape);
            all.classes.extend(alike.into_values().map(|class| Class { shape: number, ..class }));
        }
        all.classes.sort_by(|a, b| a.nodes.cmp(&b.nodes));
        all
    }
}

/// Switches that more than one node uses, numbered.
fn shared_switches<'a>(parts: &Parts<'a>) -> BTreeMap<&'a str, usize> {
    let mut users: BTreeMap<&str, (&NodeName, bool)> = BTreeMap::new();
    for node in &parts.nodes {
        let legs = node.usable().flat_map(super::Standing::live);
        for switch in legs.flat_map(|leg| leg.switches.iter().flatten()) {
            let user = users.entry(switch).or_insert((node.node, false));
            user.1 |= user.0 != node.node;
        }
    }
    let shared = users.into_iter().filter(|(_, (_, several))| *several);
    shared.enumerate().map(|(number, (switch, _))| (switch, number)).collect()
}

impl<'a> Sketch<'a> {
    fn of(node: &NodeParts<'a>) -> Self {
        let mut sketch = Self::default();
        for standing in node.usable() {
            let legs: Vec<Vec<usize>> = standing.live().map(|leg| sketch.leg(leg)).collect();
            let network = standing.network;
            match sketch.shape.sides.last_mut().filter(|side| side.network == network) {
                Some(side) => side.legs.extend(legs),
                None => sketch.shape.sides.push(Side { network, legs }),
            }
        }
        sketch
    }

    fn leg(&mut self, leg: &Leg<'a>) -> Vec<usize> {
        let interface = leg.through.last().map(|name| (PartKind::Interface, name.as_str()));
        let card = leg.card.map(|card| (PartKind::Card, card));
        let switches = leg.switches.iter().flatten().map(|switch| (PartKind::Switch, *switch));
        let parts = interface.into_iter().chain(card).chain(switches);
        parts.map(|part| self.number(part)).collect()
    }

    fn number(&mut self, part: (PartKind, &'a str)) -> usize {
        let next = self.names.len();
        let number = *self.numbers.entry(part).or_insert(next);
        if number == next {
            self.names.push(part.1);
            self.shape.kinds.push(part.0);
        }
        number
    }

    fn shared(&self, switches: &BTreeMap<&str, usize>) -> Vec<(usize, usize)> {
        let parts = self.shape.kinds.iter().zip(&self.names).enumerate();
        let known = parts.filter(|(_, (kind, _))| **kind == PartKind::Switch);
        known.filter_map(|(number, (_, name))| Some((number, *switches.get(name)?))).collect()
    }
}
