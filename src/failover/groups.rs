//! Classes of nodes by the networks that they can use.

use std::collections::BTreeMap;

use super::classes::Classes;
use crate::model::Bits;

/// Classes that can use the same networks, by number.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) networks: Vec<usize>,
    pub(super) classes: Bits,
}

/// Groups that have networks in common, each with itself too.
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    /// Groups on each network, in order.
    on: BTreeMap<usize, Vec<usize>>,
}

impl Groups {
    pub(super) fn of(classes: &Classes<'_>) -> Self {
        let mut by_networks: BTreeMap<Vec<usize>, Bits> = BTreeMap::new();
        for (number, class) in classes.classes.iter().enumerate() {
            let sides = classes.shapes.get(class.shape).map_or(&[][..], |shape| &shape.sides);
            let networks = sides.iter().map(|side| side.network).collect();
            by_networks.entry(networks).or_default().insert(number);
        }
        let group = |(networks, classes)| Group { networks, classes };
        let all: Vec<Group> = by_networks.into_iter().map(group).collect();
        let mut on: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, group) in all.iter().enumerate() {
            for place in &group.networks {
                on.entry(*place).or_default().push(number);
            }
        }
        Self { all, on }
    }

    /// Groups from `group` on that share networks with it, and which.
    pub(super) fn meeting(&self, group: usize) -> BTreeMap<usize, Vec<usize>> {
        let mut common: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in self.all.get(group).into_iter().flat_map(|group| &group.networks) {
            let others = self.on.get(place).map_or(&[][..], Vec::as_slice);
            let from = others.partition_point(|other| *other < group);
            for other in others.iter().skip(from) {
                common.entry(*other).or_default().push(*place);
            }
        }
        common
    }
}
