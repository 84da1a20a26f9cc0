//! Nodes and their parts by number.

use std::collections::{BTreeMap, BTreeSet};

use crate::failover::{Bits, Cluster, NodeParts, PartKind, Standing};
use crate::model::{InterfaceName, LostPart, NodeName};

/// A part that may be lost, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    Network(usize),
    Switch(usize),
    Node(usize),
    /// A card or an interface: node, part of it.
    Part(usize, usize),
}

impl Atom {
    /// The node that it belongs to.
    pub(super) fn node(self) -> Option<usize> {
        match self {
            Self::Node(node) | Self::Part(node, _) => Some(node),
            Self::Network(_) | Self::Switch(_) => None,
        }
    }
}

/// The nodes with what their members stand on.
pub(super) struct Field<'a> {
    pub(super) seats: Vec<Seat<'a>>,
    pub(super) networks: usize,
    switches: Vec<&'a str>,
}

/// A node.
pub(super) struct Seat<'a> {
    node: &'a NodeName,
    /// Its cards and interfaces.
    pub(super) parts: Vec<(PartKind, &'a str)>,
    /// Its members that carry traffic now.
    stands: Vec<Stand>,
}

/// A member that holds while one of its legs does.
struct Stand {
    network: usize,
    legs: Vec<Leg>,
}

/// Parts of the node and switches, by number; all must hold.
struct Leg {
    parts: Vec<usize>,
    switches: Vec<usize>,
}

impl<'a> Field<'a> {
    pub(super) fn of(cluster: &Cluster<'a>) -> Self {
        let nodes = &cluster.parts.nodes;
        let stands = nodes.iter().flat_map(|node| &node.standings).filter(|it| it.usable);
        let legs = stands.flat_map(Standing::live);
        let switches: BTreeSet<&str> =
            legs.flat_map(|leg| leg.switches.iter().flatten().copied()).collect();
        let numbers = switches.iter().enumerate().map(|(at, it)| (*it, at)).collect();
        let seats = nodes.iter().map(|node| Seat::of(node, &numbers)).collect();
        let switches = switches.into_iter().collect();
        Self { seats, networks: cluster.layout.networks.len(), switches }
    }

    /// Everything that may be lost: networks and switches that carry something, nodes, their parts.
    pub(super) fn atoms(&self) -> Vec<Atom> {
        let mut atoms = self.shared();
        for node in 0..self.seats.len() {
            atoms.extend(self.own(node));
        }
        atoms
    }

    /// Networks and switches.
    pub(super) fn shared(&self) -> Vec<Atom> {
        let stands = self.seats.iter().flat_map(|seat| &seat.stands);
        let networks: BTreeSet<usize> = stands.map(|stand| stand.network).collect();
        let switches = (0..self.switches.len()).map(Atom::Switch);
        networks.into_iter().map(Atom::Network).chain(switches).collect()
    }

    /// A node and its parts.
    pub(super) fn own(&self, node: usize) -> impl Iterator<Item = Atom> {
        let parts = self.seats.get(node).map_or(0, |seat| seat.parts.len());
        [Atom::Node(node)].into_iter().chain((0..parts).map(move |part| Atom::Part(node, part)))
    }

    /// Nodes that a loss touches.
    pub(super) fn touched(&self, atom: Atom) -> Vec<usize> {
        let all = || (0..self.seats.len()).filter(|at| self.seats[*at].stands_on(atom));
        atom.node().map_or_else(|| all().collect(), |node| vec![node])
    }

    /// Networks that a node can use when these are lost; none when it is lost itself.
    pub(super) fn usable(&self, node: usize, lost: &[Atom]) -> Option<Bits> {
        if lost.contains(&Atom::Node(node)) {
            return None;
        }
        let stands = self.seats.get(node).map_or(&[][..], |seat| &seat.stands);
        let holds = |stand: &&Stand| {
            lost.iter().all(|it| *it != Atom::Network(stand.network))
                && stand.legs.iter().any(|leg| leg.holds(node, lost))
        };
        Some(stands.iter().filter(holds).map(|stand| stand.network).collect())
    }

    /// What sort of part it is; networks and switches are each their own.
    pub(super) fn kind(&self, atom: Atom) -> (Option<PartKind>, Option<Atom>) {
        match atom {
            Atom::Network(_) | Atom::Switch(_) => (None, Some(atom)),
            Atom::Node(_) => (None, None),
            Atom::Part(node, part) => {
                (self.seats.get(node).and_then(|seat| Some(seat.parts.get(part)?.0)), None)
            }
        }
    }

    pub(super) fn part(&self, atom: Atom) -> LostPart {
        let node = |node: usize| match self.seats.get(node) {
            Some(seat) => seat.node.clone(),
            None => NodeName::new(""),
        };
        match atom {
            Atom::Network(place) => LostPart::Network(place),
            Atom::Switch(at) => {
                LostPart::Switch(self.switches.get(at).copied().unwrap_or_default().to_owned())
            }
            Atom::Node(at) => LostPart::Node(node(at)),
            Atom::Part(at, part) => match self.seats.get(at).and_then(|it| it.parts.get(part)) {
                Some((PartKind::Card, name)) => LostPart::Card(node(at), (*name).to_owned()),
                Some((_, name)) => LostPart::Interface(node(at), InterfaceName::new(*name)),
                None => LostPart::Node(node(at)),
            },
        }
    }
}

impl<'a> Seat<'a> {
    fn of(node: &NodeParts<'a>, switches: &BTreeMap<&str, usize>) -> Self {
        let mut seat = Self { node: node.node, parts: Vec::new(), stands: Vec::new() };
        for standing in node.standings.iter().filter(|standing| standing.usable) {
            let legs = standing.live().map(|leg| {
                let interface = leg.through.last().map(|it| (PartKind::Interface, it.as_str()));
                let parts = interface.into_iter().chain(leg.card.map(|it| (PartKind::Card, it)));
                let parts = parts.map(|part| seat.number(part)).collect();
                let known = leg.switches.iter().flatten();
                Leg { parts, switches: known.filter_map(|it| switches.get(it).copied()).collect() }
            });
            let legs = legs.collect();
            seat.stands.push(Stand { network: standing.network, legs });
        }
        seat
    }

    fn number(&mut self, part: (PartKind, &'a str)) -> usize {
        self.parts.iter().position(|it| *it == part).unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        })
    }

    fn stands_on(&self, atom: Atom) -> bool {
        match atom {
            Atom::Network(place) => self.stands.iter().any(|stand| stand.network == place),
            Atom::Switch(at) => {
                self.stands.iter().flat_map(|it| &it.legs).any(|leg| leg.switches.contains(&at))
            }
            Atom::Node(_) | Atom::Part(..) => false,
        }
    }
}

impl Leg {
    fn holds(&self, node: usize, lost: &[Atom]) -> bool {
        !lost.iter().any(|atom| match *atom {
            Atom::Switch(at) => self.switches.contains(&at),
            Atom::Part(of, part) => of == node && self.parts.contains(&part),
            Atom::Network(_) | Atom::Node(_) => false,
        })
    }
}
