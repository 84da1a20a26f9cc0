//! Sets of pairs of groups.

use std::collections::BTreeMap;

use crate::model::Bits;

/// Unordered pairs of groups by number. A group paired with itself means its nodes among
/// themselves. Pairs stand in rows, a group and several that it is paired with, of either order.
#[derive(Clone, Debug, Default)]
pub struct Pairs(BTreeMap<usize, Bits>);

impl Pairs {
    /// Adds a pair.
    pub fn insert(&mut self, one: usize, other: usize) {
        self.0.entry(one.min(other)).or_default().insert(one.max(other));
    }

    /// Adds the pairs of a group with each of several.
    pub fn insert_row(&mut self, one: usize, others: &Bits) {
        if !others.is_empty() {
            self.0.entry(one).or_default().add(others);
        }
    }

    /// The pairs, each once, the lower group first.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let has =
            |one: &usize, other: usize| self.0.get(one).is_some_and(|row| row.contains(other));
        let each = self.0.iter().flat_map(|(one, row)| row.iter().map(move |other| (*one, other)));
        let once = each.filter(move |(one, other)| one <= other || !has(other, *one));
        once.map(|(one, other)| (one.min(other), one.max(other)))
    }

    /// Groups that are in some pair.
    #[must_use]
    pub fn groups(&self) -> Bits {
        let mut all: Bits = self.0.keys().copied().collect();
        self.0.values().for_each(|row| all.add(row));
        all
    }

    /// How many pairs of nodes these are, by the sizes of the groups.
    pub fn nodes(&self, size: impl Fn(usize) -> usize) -> usize {
        let count = |(one, other)| match size(one) {
            many if one == other => many * many.saturating_sub(1) / 2,
            many => many * size(other),
        };
        self.iter().map(count).sum()
    }

    /// Groups, not paired with themselves, that are in every pair: both of a lone pair.
    #[must_use]
    pub fn hubs(&self) -> Vec<usize> {
        let Some((one, other)) = self.iter().next() else { return Vec::new() };
        let is_hub = |hub: &usize| {
            let mut rows = self.0.iter();
            rows.all(|(one, row)| {
                row.contains(*hub) != (one == hub) && (one == hub || row.len() == 1)
            })
        };
        [one, other].into_iter().filter(|hub| one != other && is_hub(hub)).collect()
    }
}

impl FromIterator<(usize, usize)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (usize, usize)>>(pairs: I) -> Self {
        let mut all = Self::default();
        pairs.into_iter().for_each(|(one, other)| all.insert(one, other));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_count_once_whichever_way_they_were_given() {
        let mut pairs: Pairs = [(1, 0), (2, 2)].into_iter().collect();
        pairs.insert_row(1, &[0, 2].into_iter().collect());
        assert_eq!(pairs.iter().collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 2)]);
        assert_eq!(pairs.groups().iter().collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(pairs.nodes(|group| group + 1), 2 + 6 + 3);
    }

    #[test]
    fn a_hub_is_in_every_pair() {
        let hubs = |pairs: &[(usize, usize)]| pairs.iter().copied().collect::<Pairs>().hubs();
        assert_eq!(hubs(&[(0, 1)]), [0, 1]);
        assert_eq!(hubs(&[(0, 2), (1, 2)]), [2]);
        assert_eq!(hubs(&[(0, 2), (0, 1)]), [0]);
        assert_eq!(hubs(&[(0, 0), (0, 1)]), Vec::<usize>::new());
        assert_eq!(hubs(&[(0, 1), (1, 2), (0, 2)]), Vec::<usize>::new());
    }
}
