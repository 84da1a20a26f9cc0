//! Which one or two losses leave some pair of surviving nodes without a network.

use std::collections::{BTreeMap, BTreeSet};

use super::classes::{Class, Classes, PartKind, Shape, Side};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    /// What is lost, one or two.
    pub losses: Vec<Lost<'a>>,
    /// Classes of the nodes that each lost part belongs to; empty for networks and switches.
    pub holders: Vec<BTreeSet<usize>>,
    /// Whether two lost parts belong to one node.
    pub same_node: bool,
    /// Parted pairs of nodes, by their classes; a class twice: nodes of it among themselves.
    pub pairs: BTreeSet<(usize, usize)>,
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
/// Each pair of node classes is a small web of paths, one for each common network; a smallest cut
/// is found by taking a path that still holds and losing each of the parts it stands on. Webs that
/// are alike are solved once, so neither pairs of failures nor pairs of nodes are enumerated.
#[must_use]
pub fn cuts<'a>(classes: Classes<'a>) -> Cuts<'a> {
    let mut solved: BTreeMap<(usize, usize, Seams), Solution> = BTreeMap::new();
    let mut single = BTreeMap::new();
    let mut double = BTreeMap::new();
    let lost: Vec<Vec<Lost<'a>>> =
        classes.classes.iter().map(|class| lost_parts(class, &classes)).collect();
    for (left, a) in classes.classes.iter().enumerate() {
        for (right, b) in classes.classes.iter().enumerate().skip(left) {
            if left == right && a.nodes.len() < 2 {
                continue;
            }
            let shapes = [&classes.shapes[a.shape], &classes.shapes[b.shape]];
            let key = (a.shape, b.shape, seams(a, b));
            let solution = solved.entry(key).or_insert_with_key(|key| solve(shapes, &key.2));
            let tell = |cuts: &[Vec<Piece>], found: &mut BTreeMap<_, Cut<'a>>| {
                for pieces in cuts {
                    add(found, pieces, (left, right), &lost);
                }
            };
            tell(&solution.single, &mut single);
            tell(&solution.double, &mut double);
        }
    }
    let (single, double) = (single.into_values().collect(), double.into_values().collect());
    Cuts { classes: classes.classes, single, double }
}

/// Switches that two classes share, by their numbers in both shapes.
type Seams = Vec<(usize, usize)>;

fn seams(a: &Class<'_>, b: &Class<'_>) -> Seams {
    let mut seams = Vec::new();
    for (left, switch) in &a.shared {
        let same = b.shared.iter().filter(|(_, other)| other == switch);
        seams.extend(same.map(|(right, _)| (*left, *right)));
    }
    seams
}

/// What the loss of each part of a class is called.
fn lost_parts<'a>(class: &Class<'a>, classes: &Classes<'a>) -> Vec<Lost<'a>> {
    let kinds = classes.shapes[class.shape].kinds.iter().enumerate();
    kinds
        .map(|(number, kind)| {
            let shared = class.shared.iter().find(|(part, _)| *part == number);
            if let Some((_, switch)) = shared {
                return Lost::Switch(classes.switches[*switch]);
            }
            let names = class.names.iter().filter_map(|names| names.get(number).copied());
            let names: BTreeSet<&str> = names.collect();
            Lost::Part { kind: *kind, names: names.into_iter().collect() }
        })
        .collect()
}

type Found<'a> = BTreeMap<(Vec<Lost<'a>>, bool), Cut<'a>>;

fn add<'a>(found: &mut Found<'a>, pieces: &[Piece], pair: (usize, usize), lost: &[Vec<Lost<'a>>]) {
    let class = |right: bool| if right { pair.1 } else { pair.0 };
    let mut named: Vec<(Lost<'a>, Option<usize>)> = pieces
        .iter()
        .map(|piece| match *piece {
            Piece::Network(place) => (Lost::Network(place), None),
            Piece::Seam(left, _) => (lost[pair.0][left].clone(), None),
            Piece::Own { right, number } => {
                (lost[class(right)][number].clone(), Some(class(right)))
            }
        })
        .collect();
    named.sort();
    let same_node = matches!(
        pieces,
        [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a == b
    );
    let losses: Vec<Lost<'a>> = named.iter().map(|(lost, _)| lost.clone()).collect();
    let new = || Cut {
        losses: losses.clone(),
        holders: vec![BTreeSet::new(); losses.len()],
        same_node,
        pairs: BTreeSet::new(),
    };
    let cut = found.entry((losses.clone(), same_node)).or_insert_with(new);
    cut.pairs.insert(pair);
    for (holders, (lost, class)) in cut.holders.iter_mut().zip(&named) {
        if matches!(lost, Lost::Part { .. }) {
            holders.extend(class);
        }
    }
}

/// Something that a pair of nodes may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// A network, by place.
    Network(usize),
    /// A switch that both use, by its numbers on the left and on the right.
    Seam(usize, usize),
    /// A part that one of them uses.
    Own { right: bool, number: usize },
}

/// The smallest cuts of a web, of one size.
#[derive(Clone, Debug, Default)]
struct Solution {
    single: Vec<Vec<Piece>>,
    double: Vec<Vec<Piece>>,
}

fn solve(shapes: [&Shape; 2], seams: &Seams) -> Solution {
    let web = Web::of(shapes, seams);
    if web.paths.is_empty() {
        return Solution::default();
    }
    let single = web.single(shapes);
    let double = if single.is_empty() { web.double() } else { Vec::new() };
    Solution { single, double }
}

/// Paths between two nodes, one for each common network: a path holds while on both sides a leg
/// does, and a leg while none of its pieces is lost.
#[derive(Default)]
struct Web {
    /// Pieces and the legs that stand on each.
    pieces: BTreeMap<Piece, BTreeSet<usize>>,
    /// Pieces of each leg.
    legs: Vec<Vec<Piece>>,
    /// Legs of each path, on the left and on the right.
    paths: Vec<[std::ops::Range<usize>; 2]>,
}

impl Web {
    fn of([left, right]: [&Shape; 2], seams: &Seams) -> Self {
        let mut web = Self::default();
        for side in &left.sides {
            let other = right.sides.binary_search_by_key(&side.network, |side| side.network);
            let Some(other) = other.ok().and_then(|at| right.sides.get(at)) else { continue };
            let ours = web.side(side, |number| {
                let seam = seams.iter().find(|seam| seam.0 == number);
                seam.map_or(Piece::Own { right: false, number }, |(a, b)| Piece::Seam(*a, *b))
            });
            let theirs = web.side(other, |number| {
                let seam = seams.iter().find(|seam| seam.1 == number);
                seam.map_or(Piece::Own { right: true, number }, |(a, b)| Piece::Seam(*a, *b))
            });
            web.paths.push([ours, theirs]);
        }
        web
    }

    fn side(&mut self, side: &Side, piece: impl Fn(usize) -> Piece) -> std::ops::Range<usize> {
        let start = self.legs.len();
        for leg in &side.legs {
            let own = leg.iter().map(|number| piece(*number));
            let pieces: Vec<Piece> = own.chain([Piece::Network(side.network)]).collect();
            for piece in &pieces {
                self.pieces.entry(*piece).or_default().insert(self.legs.len());
            }
            self.legs.push(pieces);
        }
        start..self.legs.len()
    }

    /// The first path that holds when `lost` is.
    fn holding(&self, lost: &[Piece]) -> Option<&[std::ops::Range<usize>; 2]> {
        let leg_holds = |leg: &Vec<Piece>| !leg.iter().any(|piece| lost.contains(piece));
        self.paths
            .iter()
            .find(|path| path.iter().all(|side| self.legs[side.clone()].iter().any(leg_holds)))
    }

    /// Pieces of which one must be lost before the path is.
    fn pieces_of(&self, path: &[std::ops::Range<usize>; 2]) -> BTreeSet<Piece> {
        let legs = path.iter().flat_map(|side| &self.legs[side.clone()]);
        legs.flatten().copied().collect()
    }

    /// Pieces whose loss leaves no path: the network where there is only one, else all, but not the
    /// card of an interface that does so already.
    fn single(&self, shapes: [&Shape; 2]) -> Vec<Vec<Piece>> {
        let Some(first) = self.holding(&[]) else { return Vec::new() };
        let mut found: Vec<Piece> = self.pieces_of(first).into_iter().collect();
        found.retain(|piece| self.holding(&[*piece]).is_none());
        if let Some(Piece::Network(place)) = found.first() {
            return vec![vec![Piece::Network(*place)]];
        }
        let is = |piece: &Piece, wanted: PartKind, on: bool| match *piece {
            Piece::Own { right, number } => {
                right == on && shapes[usize::from(right)].kinds.get(number) == Some(&wanted)
            }
            _ => false,
        };
        let all = found.clone();
        for on in [false, true] {
            if all.iter().any(|piece| is(piece, PartKind::Interface, on)) {
                found.retain(|piece| !is(piece, PartKind::Card, on));
            }
        }
        found.into_iter().map(|piece| vec![piece]).collect()
    }

    /// Pairs of pieces whose loss leaves no path, of those that no other piece covers. Cuts
    /// through parts of both nodes are left out where one through parts of one node does as well.
    fn double(&self) -> Vec<Vec<Piece>> {
        let uncovered: BTreeSet<Piece> =
            self.pieces.keys().copied().filter(|piece| !self.is_covered(*piece)).collect();
        let choices = |lost: &[Piece]| -> Vec<Piece> {
            let pieces = self.holding(lost).map(|path| self.pieces_of(path)).unwrap_or_default();
            pieces.intersection(&uncovered).copied().collect()
        };
        let mut found: BTreeSet<[Piece; 2]> = BTreeSet::new();
        for one in choices(&[]) {
            for other in choices(&[one]) {
                if self.holding(&[one, other]).is_none() {
                    found.insert([one.min(other), one.max(other)]);
                }
            }
        }
        let is_mixed = |cut: &[Piece; 2]| matches!(cut, [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a != b);
        if !found.iter().all(is_mixed) {
            found.retain(|cut| !is_mixed(cut));
        }
        found.into_iter().map(Vec::from).collect()
    }

    /// Whether the loss of another piece takes every leg that the loss of this one does. Of two
    /// that take the same legs the first in order stays.
    fn is_covered(&self, piece: Piece) -> bool {
        let Some(legs) = self.pieces.get(&piece) else { return true };
        self.pieces.iter().any(|(other, more)| {
            *other != piece && legs.is_subset(more) && (legs.len() < more.len() || *other < piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failover::Parts;
    use crate::model::{Interface, InterfaceKind, NodeInventory, Policy};
    use crate::testkit::{Node, down, healthy};
    use crate::{layout, policy};

    /// Cuts as text: what is lost, of whom, and the parted classes by their first nodes.
    fn told(inventories: &[NodeInventory]) -> (Vec<String>, Vec<String>) {
        let policy = Policy::default();
        let layout = layout::form(inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen: Vec<&NodeInventory> = inventories.iter().collect();
        let parts = Parts::of(&chosen, &layout, &assignment);
        let cuts = cuts(Classes::of(&parts));
        let lost = |lost: &Lost<'_>| match lost {
            Lost::Network(place) => format!("network {place}"),
            Lost::Switch(switch) => format!("switch {switch}"),
            Lost::Part { kind, names } => format!("{kind:?} {}", names.join("|")),
        };
        let text = |cut: &Cut<'_>| {
            let losses: Vec<String> = cut.losses.iter().map(lost).collect();
            let first = |class: &usize| cuts.classes[*class].nodes[0].to_string();
            let pairs: Vec<String> =
                cut.pairs.iter().map(|(a, b)| first(a) + "-" + &first(b)).collect();
            format!("{}: {}", losses.join(" + "), pairs.join(" "))
        };
        (cuts.single.iter().map(text).collect(), cuts.double.iter().map(text).collect())
    }

    fn card(node: &mut NodeInventory, interface: usize, function: &str) {
        let device = node.interfaces[interface].device.as_mut().unwrap();
        device.pci = Some(function.to_owned());
    }

    fn without(count: u8, interface: usize) -> Vec<NodeInventory> {
        let mut nodes = healthy(count);
        for node in &mut nodes {
            node.interfaces.remove(interface);
        }
        nodes
    }

    #[test]
    fn three_independent_networks_survive_any_two_losses() {
        assert_eq!(told(&healthy(4)), (Vec::new(), Vec::new()));
    }

    #[test]
    fn two_networks_survive_one_loss() {
        let (single, double) = told(&without(4, 1));
        assert_eq!(single, Vec::<String>::new());
        assert_eq!(double, ["network 0 + network 1: n1-n1"]);
    }

    #[test]
    fn the_only_network_is_named_and_not_what_it_stands_on() {
        let mut nodes = without(3, 1);
        down(&mut nodes[2].interfaces[0]);
        let (single, double) = told(&nodes);
        assert_eq!(single, ["network 1: n1-n3"]);
        assert_eq!(double, ["network 0 + network 1: n1-n1"]);
    }

    #[test]
    fn one_node_has_no_pairs_and_strangers_no_cut() {
        assert_eq!(told(&healthy(1)), (Vec::new(), Vec::new()));
        let apart = [
            Node::new("n1").nic("eth0", &["10.0.0.1/24"]).done(),
            Node::new("n2").nic("eth0", &["10.0.1.1/24"]).done(),
        ];
        assert_eq!(told(&apart), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_card_under_all_networks_of_a_node_cuts_it_off() {
        let mut nodes = healthy(3);
        for place in 0..3 {
            card(&mut nodes[1], place, &format!("0000:09:00.{place}"));
        }
        let (single, double) = told(&nodes);
        assert_eq!(single, ["Card 0000:09:00: n1-n2"]);
        assert_eq!(double, Vec::<String>::new());
    }

    #[test]
    fn a_card_under_two_of_three_networks_cuts_with_the_third() {
        let mut nodes = healthy(2);
        card(&mut nodes[0], 1, "0000:01:00.1");
        let (single, double) = told(&nodes);
        assert_eq!(single, Vec::<String>::new());
        assert_eq!(double, ["network 2 + Card 0000:01:00: n1-n2"]);
    }

    #[test]
    fn one_switch_for_all_networks_is_a_single_cut() {
        let mut nodes = healthy(2);
        for interface in nodes.iter_mut().flat_map(|node| &mut node.interfaces) {
            interface.neighbours[0].chassis = "sw".to_owned();
        }
        assert_eq!(told(&nodes).0, ["switch sw: n1-n1"]);
    }

    #[test]
    fn racks_with_their_own_switch_keep_apart() {
        let mut nodes = healthy(4);
        for (number, node) in nodes.iter_mut().enumerate() {
            for interface in &mut node.interfaces {
                interface.neighbours[0].chassis = format!("rack{}", number / 2);
            }
        }
        assert_eq!(told(&nodes).0, ["switch rack0: n1-n1 n1-n3", "switch rack1: n1-n3 n3-n3"]);
    }

    /// Two networks as VLANs on a bond of two ports.
    fn on_bond(name: &str, host: u8, cards: [&str; 2]) -> NodeInventory {
        let mut node = Node::new(name);
        for (place, function) in cards.into_iter().enumerate() {
            node = node.with(&format!("eth{place}"), InterfaceKind::Physical, &[], |nic| {
                nic.master = Some("bond0".into());
                let device =
                    crate::model::Device { pci: Some(function.to_owned()), ..Default::default() };
                nic.device = Some(device);
            });
        }
        let over = |names: &'static [&str]| {
            move |nic: &mut Interface| nic.lowers = names.iter().map(|it| (*it).into()).collect()
        };
        node.with("bond0", InterfaceKind::Bond, &[], over(&["eth0", "eth1"]))
            .with("v10", InterfaceKind::Vlan, &[&format!("10.0.0.{host}/24")], over(&["bond0"]))
            .with("v20", InterfaceKind::Vlan, &[&format!("10.0.1.{host}/24")], over(&["bond0"]))
            .done()
    }

    #[test]
    fn a_bond_survives_one_port_but_not_its_only_card() {
        let two = ["0000:01:00.0", "0000:02:00.0"];
        let nodes = [on_bond("n1", 1, two), on_bond("n2", 2, two)];
        let (single, double) = told(&nodes);
        assert_eq!(single, Vec::<String>::new());
        assert_eq!(
            double,
            ["network 0 + network 1: n1-n1", "Interface eth0 + Interface eth1: n1-n1"]
        );
        let nodes = [on_bond("n1", 1, two), on_bond("n2", 2, ["0000:01:00.0", "0000:01:00.1"])];
        assert_eq!(told(&nodes).0, ["Card 0000:01:00: n1-n2"]);
    }

    #[test]
    fn a_bond_with_one_port_left_is_a_single_interface() {
        let two = ["0000:01:00.0", "0000:02:00.0"];
        let mut nodes = [on_bond("n1", 1, two), on_bond("n2", 2, two)];
        down(&mut nodes[0].interfaces[1]);
        assert_eq!(told(&nodes).0, ["Interface eth0: n1-n2"]);
    }

    #[test]
    fn many_shapes_stay_cheap() {
        let nodes: Vec<NodeInventory> = (0..256_u32)
            .map(|number| {
                let mut node = Node::new(&format!("n{number:03}"));
                for place in 0..8 {
                    let address = format!("10.{place}.0.{}/16", number % 250 + 1);
                    let change = |nic: &mut Interface| {
                        if number >> place & 1 == 1 {
                            down(nic);
                        }
                    };
                    let name = format!("eth{place}");
                    node = node.with(&name, InterfaceKind::Physical, &[&address], change);
                }
                node.done()
            })
            .collect();
        let (single, double) = told(&nodes);
        assert_eq!((single.len(), double.len()), (8, 28));
    }
}
