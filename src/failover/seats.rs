//! Classes at the networks that they share with others.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::classes::Classes;
use super::groups::Group;
use super::view::View;
use super::web::{Piece, Web};
use crate::model::Bits;

/// One side of a meeting of two groups.
#[derive(Default)]
pub(super) struct Side {
    /// The classes, by number.
    pub(super) seats: Vec<Seat>,
    pub(super) all: Bits,
    /// Classes that no single loss of their own cuts off.
    pub(super) open: Bits,
}

/// A class: how it stands on the common networks.
pub(super) struct Seat {
    pub(super) class: usize,
    pub(super) stand: Rc<Stand>,
    /// Whether it is one node.
    is_lone: bool,
    /// Switches that other nodes use too, by number; places in the view.
    shared: Vec<(usize, usize)>,
}

/// How nodes of one shape stand, and what cuts them off without a loss of any other's.
pub(super) struct Stand {
    pub(super) view: View,
    pub(super) single: Vec<Piece>,
    pub(super) double: Vec<[Piece; 2]>,
    /// Parts, by place in the view, that may go with one of another node, and the networks that
    /// fall with each.
    pub(super) loose: Vec<(usize, Bits)>,
}

impl Side {
    /// The classes of a group at those of its networks that another group has too.
    pub(super) fn of(classes: &Classes<'_>, group: &Group, common: &[usize]) -> Self {
        let mut stands: BTreeMap<usize, Rc<Stand>> = BTreeMap::new();
        let mut side = Self { all: group.classes.clone(), ..Self::default() };
        for number in group.classes.iter() {
            let Some(class) = classes.classes.get(number) else { continue };
            let Some(shape) = classes.shapes.get(class.shape) else { continue };
            let new = || Rc::new(Stand::of(View::of(shape, common)));
            let stand = Rc::clone(stands.entry(class.shape).or_insert_with(new));
            let place = |(part, switch): &(usize, usize)| Some((*switch, stand.view.place(*part)?));
            let mut shared: Vec<(usize, usize)> = class.shared.iter().filter_map(place).collect();
            shared.sort_unstable();
            if stand.single.is_empty() {
                side.open.insert(number);
            }
            let is_lone = class.nodes.len() < 2;
            side.seats.push(Seat { class: number, stand, is_lone, shared });
        }
        side
    }

    /// The seat of a class.
    pub(super) fn seat(&self, class: usize) -> Option<&Seat> {
        let place = self.seats.binary_search_by_key(&class, |seat| seat.class).ok()?;
        self.seats.get(place)
    }
}

impl Seat {
    /// Those of some classes that a node of this one makes pairs with.
    pub(super) fn peers(&self, classes: &Bits) -> Bits {
        let own: Bits = self.is_lone.then_some(self.class).into_iter().collect();
        classes.clone().without(&own)
    }

    /// Switches that other nodes use too, and the networks that each carries.
    pub(super) fn switches(&self) -> impl Iterator<Item = (usize, &Bits)> {
        let parts = &self.stand.view.parts;
        self.shared.iter().filter_map(|(switch, at)| Some((*switch, &parts.get(*at)?.networks)))
    }

    /// Switches that both use, by their places in both views.
    pub(super) fn seams(&self, other: &Self) -> Vec<(usize, usize)> {
        let place = |switch: &usize| {
            let found = other.shared.binary_search_by_key(switch, |(switch, _)| *switch);
            found.ok().and_then(|at| other.shared.get(at)).map(|(_, part)| *part)
        };
        self.shared.iter().filter_map(|(switch, part)| Some((*part, place(switch)?))).collect()
    }

    /// The number of a part by its place in the view.
    pub(super) fn number(&self, part: usize) -> usize {
        self.stand.view.parts.get(part).map_or(0, |part| part.number)
    }
}

impl Stand {
    fn of(view: View) -> Self {
        let web = Web::from(&view);
        let single = web.single();
        let double = if single.is_empty() { web.double() } else { Vec::new() };
        let mut loose = Vec::new();
        if single.is_empty() && double.is_empty() {
            let parts = view.parts.iter().enumerate();
            let own = |(place, part)| (place, view.taken_by(part));
            loose = parts.map(own).filter(|(_, taken)| taken.len() > 1).collect();
            loose.retain(|(part, _)| !web.is_covered(Piece::Own { right: false, part: *part }));
        }
        Self { view, single, double, loose }
    }
}
