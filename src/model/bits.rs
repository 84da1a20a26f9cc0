//! Sets of small numbers.

/// A set of small numbers, as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number.
    pub fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    /// Adds all numbers of another set.
    pub fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (ours, theirs) in self.0.iter_mut().zip(&other.0) {
            *ours |= theirs;
        }
    }

    /// This set without the numbers of another.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        for (ours, theirs) in self.0.iter_mut().zip(&other.0) {
            *ours &= !theirs;
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    /// Whether a number is in the set.
    #[must_use]
    pub fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Whether each number of this set is in the other.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        let theirs = other.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter().zip(theirs).all(|(ours, theirs)| ours & !theirs == 0)
    }

    /// Whether each number of this set is in one of two others.
    #[must_use]
    pub fn is_within(&self, one: &Self, other: &Self) -> bool {
        let word = |set: &Self, at: usize| set.0.get(at).copied().unwrap_or_default();
        let mut words = self.0.iter().enumerate();
        words.all(|(at, ours)| ours & !(word(one, at) | word(other, at)) == 0)
    }

    /// Numbers in both sets, in order.
    pub fn common(&self, other: &Self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().zip(&other.0).map(|(ours, theirs)| ours & theirs);
        numbers(words.enumerate())
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        numbers(self.0.iter().copied().enumerate())
    }
}

/// The numbers that words at these places stand for.
fn numbers(words: impl Iterator<Item = (usize, u64)>) -> impl Iterator<Item = usize> {
    words.flat_map(|(at, word)| {
        let lower = |rest: &u64| Some(rest & rest.wrapping_sub(1)).filter(|rest| *rest != 0);
        let rest = std::iter::successors(Some(word).filter(|word| *word != 0), lower);
        rest.map(move |rest| at * 64 + rest.trailing_zeros() as usize)
    })
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut bits = Self::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in() {
        let mut set: Bits = [3, 64, 130].into_iter().collect();
        set.add(&[0, 64].into_iter().collect());
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 64, 130]);
        assert_eq!((set.len(), set.contains(64), set.contains(65)), (4, true, false));
        let other = [3, 4, 130, 700].into_iter().collect();
        assert_eq!(set.common(&other).collect::<Vec<_>>(), [3, 130]);
        let few = set.clone().without(&[130, 64].into_iter().collect());
        assert_eq!(few, [0, 3].into_iter().collect());
        assert!(few.is_subset(&set) && !set.is_subset(&few));
        assert!(few.clone().without(&few).is_empty());
    }
}
