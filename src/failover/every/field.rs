//! Nodes and their parts by number.

use std::collections::{BTreeMap, BTreeSet};

use crate::failover::{Cluster, NodeParts, PartKind, Standing};
use crate::model::{Bits, ClusterLayout, ClusterNetwork, InterfaceName, LostPart, NodeName};

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
    /// Storage targets that some node has sessions to; all without a name are one.
    pub(super) targets: usize,
    /// Networks that only one of several nodes is on.
    pub(super) lonely: Bits,
    switches: Vec<&'a str>,
}

/// A node.
pub(super) struct Seat<'a> {
    node: &'a NodeName,
    /// Its cards and interfaces.
    pub(super) parts: Vec<(PartKind, &'a str)>,
    /// Interfaces with the card that they are on, by place in `parts`.
    on_cards: BTreeSet<(usize, usize)>,
    /// Targets that it has sessions to.
    wanted: Bits,
    /// Its members that carry traffic now.
    stands: Vec<Stand>,
}

/// A member that holds while one of its legs does.
struct Stand {
    network: usize,
    legs: Vec<Leg>,
    /// Targets that are reached over it.
    targets: Vec<usize>,
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
        let sessions = nodes.iter().flat_map(|node| &node.standings).flat_map(targets);
        let targets: BTreeSet<Option<&str>> = sessions.collect();
        let numbers = Numbers { switches: numbered(&switches), targets: numbered(&targets) };
        Self {
            seats: nodes.iter().map(|node| Seat::of(node, &numbers)).collect(),
            networks: cluster.layout.networks.len(),
            targets: targets.len(),
            lonely: lonely(cluster.layout),
            switches: switches.into_iter().collect(),
        }
    }

    /// Everything that may be lost: networks and switches that carry something, nodes, their parts.
    pub(super) fn atoms(&self) -> Vec<Atom> {
        let mut atoms = self.shared();
        for node in 0..self.seats.len() {
            atoms.extend(self.parts_of(node));
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
    pub(super) fn parts_of(&self, node: usize) -> impl Iterator<Item = Atom> {
        let parts = self.seats.get(node).map_or(0, |seat| seat.parts.len());
        [Atom::Node(node)].into_iter().chain((0..parts).map(move |part| Atom::Part(node, part)))
    }

    /// Nodes that a loss touches.
    pub(super) fn touched(&self, atom: Atom) -> Vec<usize> {
        let all = || (0..self.seats.len()).filter(|at| self.seats[*at].stands_on(atom));
        atom.node().map_or_else(|| all().collect(), |node| vec![node])
    }

    /// What a node has when these are lost, or nothing when it is lost itself: networks that it can
    /// use, then from [`Self::own`] on targets that it reaches, then from [`Self::wanted`] on those
    /// that it has sessions to.
    pub(super) fn has(&self, node: usize, lost: &[Atom]) -> Option<Bits> {
        if lost.contains(&Atom::Node(node)) {
            return None;
        }
        let seat = self.seats.get(node)?;
        let holds = |stand: &&Stand| {
            lost.iter().all(|it| *it != Atom::Network(stand.network))
                && stand.legs.iter().any(|leg| leg.holds(node, lost))
        };
        let mut has = Bits::default();
        for stand in seat.stands.iter().filter(holds) {
            has.insert(stand.network);
            stand.targets.iter().for_each(|target| has.insert(self.own(*target)));
        }
        seat.wanted.iter().for_each(|target| has.insert(self.wanted(target)));
        Some(has)
    }

    /// The number that means an own path to a target.
    pub(super) fn own(&self, target: usize) -> usize {
        self.networks + target
    }

    /// The number that means sessions to a target.
    pub(super) fn wanted(&self, target: usize) -> usize {
        self.networks + self.targets + target
    }

    /// Whether one of two parts of a node is a part of the other: of the node, or of a card.
    pub(super) fn is_within(&self, one: Atom, other: Atom) -> bool {
        match (one, other) {
            (Atom::Node(_), Atom::Part(..)) | (Atom::Part(..), Atom::Node(_)) => true,
            (Atom::Part(node, a), Atom::Part(_, b)) => self.seats.get(node).is_some_and(|seat| {
                seat.on_cards.contains(&(a, b)) || seat.on_cards.contains(&(b, a))
            }),
            _ => false,
        }
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

/// Numbers of switches and of storage targets.
struct Numbers<'n> {
    switches: BTreeMap<&'n str, usize>,
    targets: BTreeMap<Option<&'n str>, usize>,
}

fn numbered<T: Ord + Copy>(all: &BTreeSet<T>) -> BTreeMap<T, usize> {
    all.iter().enumerate().map(|(at, it)| (*it, at)).collect()
}

/// Storage targets of a member.
fn targets<'a>(standing: &Standing<'a>) -> impl Iterator<Item = Option<&'a str>> + use<'a> {
    standing.member.storage.iter().map(|session| session.target.as_deref())
}

fn lonely(layout: &ClusterLayout) -> Bits {
    let networks = layout.networks.iter().enumerate();
    let is_lonely = |network: &ClusterNetwork| {
        let nodes: BTreeSet<&NodeName> = network.members.iter().map(|it| &it.node).collect();
        layout.nodes.len() > 1 && nodes.len() < 2
    };
    networks.filter(|(_, network)| is_lonely(network)).map(|(place, _)| place).collect()
}

impl<'a> Seat<'a> {
    fn of(node: &NodeParts<'a>, numbers: &Numbers<'_>) -> Self {
        let mut seat = Self {
            node: node.node,
            parts: Vec::new(),
            on_cards: BTreeSet::new(),
            wanted: Bits::default(),
            stands: Vec::new(),
        };
        let reached = |standing| -> Vec<usize> {
            targets(standing).filter_map(|it| numbers.targets.get(&it).copied()).collect()
        };
        node.standings.iter().flat_map(reached).for_each(|target| seat.wanted.insert(target));
        for standing in node.standings.iter().filter(|standing| standing.usable) {
            let legs = standing.live().map(|leg| {
                let known = leg.switches.iter().flatten();
                let switches = known.filter_map(|it| numbers.switches.get(it).copied());
                Leg { parts: seat.leg(leg), switches: switches.collect() }
            });
            let legs = legs.collect();
            let targets = reached(standing);
            seat.stands.push(Stand { network: standing.network, legs, targets });
        }
        seat
    }

    /// Numbers of the interface and the card of a leg.
    fn leg(&mut self, leg: &crate::failover::Leg<'a>) -> Vec<usize> {
        let interface = leg.through.last().map(|it| (PartKind::Interface, it.as_str()));
        let interface = interface.map(|part| self.number(part));
        let card = leg.card.map(|it| self.number((PartKind::Card, it)));
        self.on_cards.extend(interface.zip(card));
        interface.into_iter().chain(card).collect()
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
