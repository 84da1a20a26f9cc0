//! Sets of pages, a bit each.

use std::ops::Range;

/// A set of pages.
#[derive(Clone, Debug)]
pub(super) struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    /// A set with room for so many pages, none of them in it.
    pub(super) fn empty(pages: u64) -> Self {
        Self { words: vec![0; index(pages.div_ceil(64))] }
    }

    /// A set that all pages are in.
    pub(super) fn full(pages: u64) -> Self {
        let mut set = Self::empty(pages);
        set.insert(0..pages);
        set
    }

    pub(super) fn set(&mut self, page: u64) {
        if let Some(word) = self.words.get_mut(index(page / 64)) {
            *word |= 1 << (page % 64);
        }
    }

    /// Puts a run of pages in.
    pub(super) fn insert(&mut self, pages: Range<u64>) {
        for (word, mask) in masks(pages) {
            self.words[word] |= mask;
        }
    }

    /// Puts each page of a run in with a probability, true to 2^-16; those that it draws into
    /// another set as well.
    pub(super) fn sprinkle(
        &mut self,
        pages: Range<u64>,
        share: f64,
        random: &mut fastrand::Rng,
        mut other: Option<&mut Self>,
    ) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 2^16"
        )]
        let digits = (share.clamp(0.0, 1.0) * 65536.0).round() as u32;
        for (word, mask) in masks(pages) {
            let drawn = drawn(digits, random) & mask;
            self.words[word] |= drawn;
            if let Some(other) = &mut other {
                other.words[word] |= drawn;
            }
        }
    }

    /// Takes those pages of a run out that are in another set.
    pub(super) fn remove(&mut self, other: &Self, pages: Range<u64>) {
        for (word, mask) in masks(pages) {
            self.words[word] &= !(other.words[word] & mask);
        }
    }

    /// Moves a run of pages from another set into this one; returns how many were new to it.
    pub(super) fn take_over(&mut self, other: &mut Self, pages: Range<u64>) -> u64 {
        let mut new = 0;
        for (word, mask) in masks(pages) {
            let moved = other.words[word] & mask;
            new += u64::from((moved & !self.words[word]).count_ones());
            self.words[word] |= moved;
            other.words[word] &= !mask;
        }
        new
    }

    /// The first page of a run that is in the set.
    pub(super) fn first(&self, pages: Range<u64>) -> Option<u64> {
        masks(pages).find_map(|(word, mask)| {
            let hit = self.words[word] & mask;
            (hit != 0).then(|| word as u64 * 64 + u64::from(hit.trailing_zeros()))
        })
    }

    /// Takes pages out of the set, lowest first, up to `room` of them; returns how many, and the
    /// page behind the last one looked at.
    pub(super) fn drain(&mut self, pages: Range<u64>, room: u64) -> (u64, u64) {
        let (mut taken, end) = (0, pages.end);
        for (word, mask) in masks(pages) {
            let hit = self.words[word] & mask;
            let count = u64::from(hit.count_ones());
            if taken + count > room {
                let kept = without_lowest(hit, room - taken);
                self.words[word] = (self.words[word] & !mask) | kept;
                return (room, word as u64 * 64 + u64::from(kept.trailing_zeros()));
            }
            self.words[word] &= !mask;
            taken += count;
        }
        (taken, end)
    }
}

/// A word of which each bit is set with a probability of so many 65536ths: the binary digits of
/// the probability, the lowest first, each with a random word.
fn drawn(digits: u32, random: &mut fastrand::Rng) -> u64 {
    if digits >= 1 << 16 {
        return u64::MAX;
    }
    let low = digits.trailing_zeros().min(16);
    (low..16).fold(0, |word, digit| {
        let noise = random.u64(..);
        if digits >> digit & 1 == 1 { word | noise } else { word & noise }
    })
}

/// The word without its lowest set bits.
fn without_lowest(word: u64, count: u64) -> u64 {
    (0..count).fold(word, |word, _| word & word.wrapping_sub(1))
}

/// The words of a run of pages, each with the bits that belong to it.
fn masks(pages: Range<u64>) -> impl Iterator<Item = (usize, u64)> {
    let words =
        pages.start / 64..if pages.is_empty() { pages.start / 64 } else { pages.end.div_ceil(64) };
    words.map(move |word| {
        let low = if word * 64 < pages.start { u64::MAX << (pages.start % 64) } else { u64::MAX };
        let over = (word + 1) * 64;
        let high = if over > pages.end { u64::MAX >> (over - pages.end) } else { u64::MAX };
        (index(word), low & high)
    })
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::Bitmap;

    #[test]
    fn a_drained_set_holds_what_was_beyond_the_room() {
        let mut set = Bitmap::full(200);
        assert_eq!(set.drain(3..150, 100), (100, 103));
        assert_eq!(set.first(3..150), Some(103));
        assert_eq!(set.drain(103..150, 100), (47, 150));
        assert_eq!(set.first(3..150), None);
        assert_eq!(set.drain(0..200, 1000), (53, 200));
    }

    #[test]
    fn a_share_of_the_pages_is_drawn() {
        let mut random = fastrand::Rng::with_seed(7);
        for share in [0.0, 0.1, 0.5, 0.9, 1.0] {
            let mut set = Bitmap::empty(1 << 20);
            set.sprinkle(0..1 << 20, share, &mut random, None);
            let (count, _) = set.drain(0..1 << 20, u64::MAX);
            let measured = f64::from(u32::try_from(count).unwrap()) / f64::from(1 << 20);
            assert!((measured - share).abs() < 2e-3, "{measured} {share}");
        }
    }

    #[test]
    fn what_moves_over_counts_once() {
        let (mut known, mut log) = (Bitmap::empty(130), Bitmap::empty(130));
        known.insert(10..20);
        log.insert(15..70);
        assert_eq!(known.take_over(&mut log, 0..130), 50);
        assert_eq!(known.take_over(&mut log, 0..130), 0);
        log.insert(0..64);
        log.remove(&known, 0..130);
        assert_eq!(known.take_over(&mut log, 0..130), 10);
    }
}
