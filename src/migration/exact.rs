//! Memory page by page.

use std::ops::Range;

use super::bitmap::Bitmap;
use super::exposure::Exposure;
use super::memory::{Budget, Memory, Sent};
use super::place::{Content, Extent};
use super::wire::{Form, Wire, as_f64};
use crate::model::{Clear, Specification, WriteOrder};

/// Memory as two sets of pages: known dirty, and written since the last sync (the dirty log).
///
/// Writes are applied when someone looks: at a sync, and where a chunk is cleared.
pub(super) struct ExactMemory {
    pages: u64,
    extents: Vec<Extent>,
    known: Bitmap,
    log: Log,
    writers: Vec<Writer>,
    random: fastrand::Rng,
    wire: Wire,
    chunks: Option<Chunks>,
    cache: Option<Cache>,
    pending: u64,
    position: u64,
    has_wrapped: bool,
    syncs: u32,
    /// Draws of random numbers, for single pages and for words of pages, and words looked at.
    effort: u64,
}

/// Pages written since the last sync; and, where deltas are sent, since they were last sent.
struct Log {
    written: Bitmap,
    changed: Option<Bitmap>,
}

/// Who writes to the pages of a group.
struct Writer {
    exposure: Exposure,
    order: WriteOrder,
    pages: u64,
    runs: Vec<Extent>,
    /// Whole writes so far; more than an integer holds in a course without end.
    done: f64,
}

/// Which chunks were cleared in this round.
struct Chunks {
    pages: u64,
    cleared: Bitmap,
    count: u64,
}

/// QEMU's xbzrle cache (`page_cache.c`): a place for each page number modulo its size, given up
/// when its page was not sent in two syncs.
struct Cache {
    places: Vec<(u64, u32)>,
}

const PLACE_KEPT_FOR: u32 = 2;
/// The time of a turn of the loop is that of so many draws.
const DRAWS_PER_TURN: u64 = 32;
/// To draw a word of pages takes as long as to draw a page for every eighth of them.
const PAGES_PER_DRAW: u64 = 8;
/// A word of pages is looked at twice in the time of a draw.
const PAGES_PER_LOOK: u64 = 128;
/// To send a page by itself takes as long as so many draws.
const DRAWS_PER_PAGE: u64 = 4;
/// From one write to so many pages on, each page is drawn instead of each write.
const DENSE: u64 = 8;

impl ExactMemory {
    /// Memory in which every page is dirty, zero pages too.
    pub(super) fn new(
        spec: &Specification,
        extents: Vec<Extent>,
        clear: Clear,
        wire: Wire,
    ) -> Self {
        let pages = spec.pages();
        let writers = spec.groups.iter().enumerate().map(|(number, group)| Writer {
            exposure: Exposure::new(group),
            order: group.order,
            pages: group.pages,
            runs: extents
                .iter()
                .filter(|it| it.content == Content::Group(number))
                .copied()
                .collect(),
            done: 0.0,
        });
        Self {
            pages,
            writers: writers.collect(),
            extents,
            known: Bitmap::full(pages),
            log: Log::new(pages, spec.xbzrle.is_some()),
            random: fastrand::Rng::with_seed(spec.seed),
            wire,
            chunks: match clear {
                Clear::Sync => None,
                Clear::Chunk { chunk_bytes } => {
                    Some(Chunks::new(chunk_bytes / spec.page_bytes, pages))
                }
            },
            cache: spec.xbzrle.map(|it| Cache::new((it.cache_bytes / spec.page_bytes).min(pages))),
            pending: pages,
            position: 0,
            has_wrapped: false,
            syncs: 0,
            effort: 0,
        }
    }

    fn write_until(&mut self, now: f64) {
        for writer in &mut self.writers {
            self.effort += writer.until(now, &mut self.log, &mut self.random);
        }
    }

    /// Sends from the position to the end of its extent or chunk; whether the budget allowed all.
    fn stretch(&mut self, extent: Extent, now: f64, left: Budget) -> (Sent, bool) {
        let mut end = extent.first + extent.pages;
        if let Some(chunks) = &self.chunks {
            end = end.min((self.position / chunks.pages + 1) * chunks.pages);
        }
        let Some(first) = self.known.first(self.position..end) else {
            self.position = end;
            return (Sent::default(), true);
        };
        if left.is_used_up() {
            return (Sent::default(), false);
        }
        self.clear_chunk(now);
        let form = if extent.content == Content::Zero { Form::Zero } else { Form::Normal };
        if self.has_wrapped && self.cache.is_some() && form == Form::Normal {
            let sent = self.page(first);
            self.position = first + 1;
            return (sent, true);
        }
        let room = whole(self.wire.room(form, as_f64(end - self.position), left));
        let (pages, position) = self.known.drain(self.position..end, room);
        self.position = position;
        self.pending = self.pending.saturating_sub(pages);
        (self.wire.cost(form, as_f64(pages)), position == end && pages > 0)
    }

    /// Sends one page through the cache; not at all when it is as it was.
    fn page(&mut self, page: u64) -> Sent {
        self.known.drain(page..page + 1, 1);
        self.pending = self.pending.saturating_sub(1);
        self.effort += DRAWS_PER_PAGE;
        let syncs = self.syncs;
        let is_hit = self.cache.as_mut().is_some_and(|cache| cache.send(page, syncs));
        if !self.log.take_change(page) && is_hit {
            return Sent::default();
        }
        self.wire.cost(if is_hit { Form::Encoded } else { Form::Normal }, 1.0)
    }

    fn clear_chunk(&mut self, now: f64) {
        let position = self.position;
        let Some(chunks) = &mut self.chunks else { return };
        let chunk = position / chunks.pages;
        if chunks.cleared.first(chunk..chunk + 1).is_some() {
            return;
        }
        chunks.cleared.set(chunk);
        let run = chunk * chunks.pages..((chunk + 1) * chunks.pages).min(self.pages);
        self.write_until(now);
        self.log.written.remove(&self.known, run);
    }
}

impl Memory for ExactMemory {
    fn pending(&self) -> f64 {
        as_f64(self.pending)
    }

    fn sync(&mut self, now: f64) -> f64 {
        self.write_until(now);
        self.syncs += 1;
        let mut found = 0;
        for writer in &self.writers {
            for run in &writer.runs {
                self.effort += run.pages / PAGES_PER_LOOK;
                found +=
                    self.known.take_over(&mut self.log.written, run.first..run.first + run.pages);
            }
        }
        if let Some(chunks) = &mut self.chunks {
            chunks.cleared = Bitmap::empty(chunks.count);
        }
        self.pending += found;
        as_f64(found)
    }

    fn send(&mut self, now: f64, budget: Budget) -> Sent {
        if self.cache.is_some() {
            self.write_until(now);
        }
        let mut total = Sent::default();
        let mut place = self.extents.partition_point(|it| it.first + it.pages <= self.position);
        while self.pending > 0 {
            let Some(&extent) = self.extents.get(place) else {
                (place, self.position, self.has_wrapped) = (0, 0, true);
                continue;
            };
            let left = budget.after(&total);
            if self.cache.is_some()
                && total.bytes > 0.0
                && left.socket < self.wire.bytes(Form::Normal)
            {
                break;
            }
            let (sent, goes_on) = self.stretch(extent, now + budget.passed(&total), left);
            total.add(sent);
            if !goes_on {
                break;
            }
            if self.position >= extent.first + extent.pages {
                place += 1;
            }
        }
        total
    }

    fn throttle(&mut self, now: f64, taken: f64) {
        self.write_until(now);
        for writer in &mut self.writers {
            writer.exposure.throttle(now, taken);
        }
    }

    fn skip(&mut self, ms: f64) {
        for writer in &mut self.writers {
            writer.exposure.skip(ms);
        }
    }

    fn effort(&self) -> u64 {
        self.effort / DRAWS_PER_TURN
    }
}

impl Log {
    fn new(pages: u64, has_deltas: bool) -> Self {
        let changed = has_deltas.then(|| Bitmap::empty(pages));
        Self { written: Bitmap::empty(pages), changed }
    }

    fn set(&mut self, page: u64) {
        self.written.set(page);
        if let Some(changed) = &mut self.changed {
            changed.set(page);
        }
    }

    fn insert(&mut self, pages: Range<u64>) {
        self.written.insert(pages.clone());
        if let Some(changed) = &mut self.changed {
            changed.insert(pages);
        }
    }

    /// Writes each page of a run with a probability.
    fn sprinkle(&mut self, pages: Range<u64>, share: f64, random: &mut fastrand::Rng) {
        let Self { written, changed } = self;
        written.sprinkle(pages, share, random, changed.as_mut());
    }

    /// Whether a page has changed since it was last asked for.
    fn take_change(&mut self, page: u64) -> bool {
        self.changed.as_mut().is_none_or(|changed| changed.drain(page..page + 1, 1).0 > 0)
    }
}

impl Writer {
    /// Writes what is due until `now`; returns how many draws that took.
    fn until(&mut self, now: f64, log: &mut Log, random: &mut fastrand::Rng) -> u64 {
        self.exposure.advance(now);
        let due = self.exposure.writes(now).floor();
        self.exposure.forget(now);
        let count = whole(due - self.done);
        match self.order {
            WriteOrder::Sequential => self.sweep(count, log),
            WriteOrder::Random => self.scatter(count, log, random),
        }
        self.done = due;
        count.min(self.pages / PAGES_PER_DRAW)
    }

    fn sweep(&self, count: u64, log: &mut Log) {
        let start = whole(self.done % as_f64(self.pages));
        let first = count.min(self.pages - start);
        let again = count.min(self.pages) - first;
        for (from, pages) in [(start, first), (0, again)] {
            for run in self.parts(from, pages) {
                log.insert(run);
            }
        }
    }

    /// Pages of the group from its page `from` on, as runs of memory.
    fn parts(&self, from: u64, pages: u64) -> Vec<Range<u64>> {
        let mut before = 0;
        let mut parts = Vec::new();
        for run in &self.runs {
            let low = from.clamp(before, before + run.pages);
            let high = (from + pages).clamp(before, before + run.pages);
            if high > low {
                parts.push(run.first + low - before..run.first + high - before);
            }
            before += run.pages;
        }
        parts
    }

    fn scatter(&self, count: u64, log: &mut Log, random: &mut fastrand::Rng) {
        if count > self.pages / DENSE {
            let share = -(-as_f64(count) / as_f64(self.pages)).exp_m1();
            for run in &self.runs {
                log.sprinkle(run.first..run.first + run.pages, share, random);
            }
            return;
        }
        for _ in 0..count {
            let mut page = random.u64(0..self.pages);
            for run in &self.runs {
                if page < run.pages {
                    log.set(run.first + page);
                    break;
                }
                page -= run.pages;
            }
        }
    }
}

impl Chunks {
    fn new(pages: u64, total: u64) -> Self {
        let pages = pages.max(1);
        let count = total.div_ceil(pages);
        Self { pages, cleared: Bitmap::empty(count), count }
    }
}

impl Cache {
    fn new(places: u64) -> Self {
        let places = usize::try_from(places.max(1)).unwrap_or(usize::MAX);
        Self { places: vec![(u64::MAX, 0); places] }
    }

    /// A page is sent: whether its copy is there. If not, it gets the place if that is free.
    fn send(&mut self, page: u64, syncs: u32) -> bool {
        let place = usize::try_from(page % self.places.len() as u64).unwrap_or(0);
        let (holder, age) = &mut self.places[place];
        let is_hit = *holder == page;
        if is_hit || *holder == u64::MAX || *age + PLACE_KEPT_FOR <= syncs {
            (*holder, *age) = (page, syncs);
        }
        is_hit
    }
}

/// Whole pages or writes of a measure.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float is cut to the range of the integer"
)]
fn whole(measure: f64) -> u64 {
    measure as u64
}
