//! The cuts between two groups of classes that share networks.

use std::collections::BTreeMap;

use super::found::{Found, Loss};
use super::seats::{Seat, Side};
use super::web::{Piece, Web};
use crate::model::Bits;

/// Two groups at the networks that both can use; one group once for its classes among themselves.
pub(super) struct Meeting<'m> {
    /// Places of the networks.
    pub(super) common: &'m [usize],
    pub(super) left: &'m Side,
    pub(super) right: &'m Side,
}

/// Classes of the other side that share a switch with a class, beyond what one network takes.
type Partners = BTreeMap<usize, Bits>;

/// Parts that go with one of another node, by the networks that fall with them: what they are
/// called and the classes that have them.
type Loose = BTreeMap<Bits, BTreeMap<(usize, bool), Bits>>;

impl Meeting<'_> {
    /// Finds all cuts between the groups. Pairs of classes are looked at one by one only where they
    /// share a switch that carries several of the networks.
    pub(super) fn hold(&self, found: &mut Found<'_>) {
        let partners = self.partners();
        self.alone(self.left, self.right, &partners, found);
        if !self.is_same() {
            self.alone(self.right, self.left, &partners, found);
        }
        self.loose(&partners, found);
        for seat in &self.left.seats {
            let others = partners.get(&seat.class).into_iter().flat_map(Bits::iter);
            let others = others.filter(|other| !self.is_same() || *other >= seat.class);
            for other in others.filter_map(|other| self.right.seat(other)) {
                self.together(seat, other, found);
            }
        }
    }

    fn is_same(&self) -> bool {
        std::ptr::eq(self.left, self.right)
    }

    fn partners(&self) -> Partners {
        let mut on: BTreeMap<usize, BTreeMap<&Bits, Bits>> = BTreeMap::new();
        for seat in &self.right.seats {
            for (switch, networks) in seat.switches() {
                on.entry(switch).or_default().entry(networks).or_default().insert(seat.class);
            }
        }
        let mut partners = Partners::new();
        for seat in &self.left.seats {
            let mut others = Bits::default();
            for (switch, ours) in seat.switches() {
                let on = on.get(&switch).into_iter().flatten();
                let beyond = on.filter(|(theirs, _)| ours.len() > 1 || ours != **theirs);
                beyond.for_each(|(_, classes)| others.add(classes));
            }
            partners.insert(seat.class, seat.peers(&others));
        }
        partners.retain(|_, others| !others.is_empty());
        let back: Vec<(usize, Bits)> =
            partners.iter().map(|(class, others)| (*class, others.clone())).collect();
        for (class, others) in back {
            others.iter().for_each(|other| partners.entry(other).or_default().insert(class));
        }
        partners
    }

    /// What the classes of one side lose by themselves.
    fn alone(&self, ours: &Side, theirs: &Side, but: &Partners, found: &mut Found<'_>) {
        for seat in &ours.seats {
            let all = seat.peers(&theirs.all);
            for piece in &seat.stand.single {
                found.add(vec![self.loss(*piece, [seat, seat], found)], false, (seat.class, &all));
            }
            if !seat.stand.single.is_empty() || seat.stand.double.is_empty() {
                continue;
            }
            let mut open = seat.peers(&theirs.open);
            if let Some(partners) = but.get(&seat.class) {
                open = open.without(partners);
            }
            for cut in &seat.stand.double {
                let losses = cut.iter().map(|piece| self.loss(*piece, [seat, seat], found));
                found.add(losses.collect(), true, (seat.class, &open));
            }
        }
    }

    /// What one node of each side loses at once.
    fn loose(&self, but: &Partners, found: &mut Found<'_>) {
        let left = loose(self.left, found);
        let right = if self.is_same() { Loose::new() } else { loose(self.right, found) };
        let all: Bits = (0..self.common.len()).collect();
        for (taken, ours) in &left {
            let others = if self.is_same() { &left } else { &right };
            let others = others.iter().filter(|(more, _)| !self.is_same() || taken < *more);
            for (_, theirs) in others.filter(|(more, _)| all.is_within(taken, more)) {
                for (one, classes) in ours {
                    for (other, peers) in theirs {
                        add_loose((*one, classes), (*other, peers), but, found);
                    }
                }
            }
        }
    }

    /// What two classes lose that share a switch.
    fn together(&self, ours: &Seat, theirs: &Seat, found: &mut Found<'_>) {
        let web = Web::between(&ours.stand.view, &theirs.stand.view, ours.seams(theirs));
        let single = web.single_seams();
        let pair = [ours, theirs];
        let row: Bits = [theirs.class].into_iter().collect();
        for piece in &single {
            found.add(vec![self.loss(*piece, pair, found)], false, (ours.class, &row));
        }
        if single.is_empty() && pair.iter().all(|seat| seat.stand.single.is_empty()) {
            for cut in web.double() {
                let of_one = matches!(cut, [Piece::Own { right: a, .. }, Piece::Own { right: b, .. }] if a == b);
                let losses = cut.iter().map(|piece| self.loss(*piece, pair, found)).collect();
                found.add(losses, of_one, (ours.class, &row));
            }
        }
    }

    fn loss(&self, piece: Piece, pair: [&Seat; 2], found: &Found<'_>) -> Loss {
        let [left, right] = pair;
        match piece {
            Piece::Network(at) => found.network(self.common.get(at).copied().unwrap_or_default()),
            Piece::Seam(part, _) | Piece::Own { right: false, part } => {
                found.part(left.class, left.number(part))
            }
            Piece::Own { part, .. } => found.part(right.class, right.number(part)),
        }
    }
}

fn loose(side: &Side, found: &Found<'_>) -> Loose {
    let mut loose = Loose::new();
    for seat in &side.seats {
        for (part, taken) in &seat.stand.loose {
            let loss = found.part(seat.class, seat.number(*part));
            let alike = loose.entry(taken.clone()).or_default();
            let key = (loss.lost, !loss.holders.is_empty());
            alike.entry(key).or_default().insert(seat.class);
        }
    }
    loose
}

/// Adds the loss of `one` on a class together with that of `other` on each of its peers.
fn add_loose(
    (one, classes): ((usize, bool), &Bits),
    (other, peers): ((usize, bool), &Bits),
    but: &Partners,
    found: &mut Found<'_>,
) {
    for class in classes.iter() {
        let mut peers = peers.clone();
        if let Some(partners) = but.get(&class) {
            peers = peers.without(partners);
        }
        let held = |held: bool, by: &Bits| if held { by.clone() } else { Bits::default() };
        let ours: Bits = [class].into_iter().collect();
        // Of two losses that are called alike the first is that of the first class.
        let below: Bits = peers.iter().take_while(|peer| *peer < class).collect();
        for peers in [peers.clone().without(&below), below] {
            let one = Loss { lost: one.0, holders: held(one.1, &ours) };
            let other = Loss { lost: other.0, holders: held(other.1, &peers) };
            found.add(vec![one, other], false, (class, &peers));
        }
    }
}
