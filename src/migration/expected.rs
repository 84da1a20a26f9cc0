//! Memory as groups of pages, in expected values.

use std::collections::VecDeque;

use super::exposure::Exposure;
use super::memory::{Budget, Memory, Sent};
use super::place::{Content, Extent};
use super::wire::{Form, Wire, as_f64};
use super::xbzrle::Cache;
use crate::model::{Clear, Specification};

/// A sync looks at so many segments in the time of a turn of the loop.
const SEGMENTS_PER_TURN: u64 = 8;

/// Memory as a ring of segments, the next one to be swept in front.
///
/// Pages of a group are alike, so a segment holds only the share of its pages that is known dirty.
/// What the sweep passes goes to the back of the ring; a segment splits where the sweep stops, and
/// neighbours melt at the next sync. So the ring stays short whatever the size of the VM, except
/// that with clearing per chunk a segment ends where its chunk does.
pub(super) struct ExpectedMemory {
    ring: VecDeque<Segment>,
    spare: VecDeque<Segment>,
    groups: Vec<Exposure>,
    /// Writes to a page of each group, and the probability of any, between the last two syncs.
    since: Vec<(f64, f64)>,
    chunks: Option<Chunks>,
    wire: Wire,
    cache: Option<Cache>,
    pending: f64,
    synced: f64,
    /// Pages of each group that went through the cache since the last sync.
    cached: Vec<f64>,
    /// Pages until the sweep has passed the end of memory for the first time.
    until_wrap: f64,
    /// Segments looked at by syncs.
    looked_at: u64,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    content: Content,
    pages: f64,
    /// Share of the pages known to be dirty; of a swept segment, the share that was sent.
    dirty: f64,
    chunk: usize,
    swept: bool,
    /// Share of the pages that are dirty, but as they were when they were sent.
    stale: f64,
    /// Writes to a page until the sweep passed.
    passed_at: f64,
}

/// How dirty pages of a segment go over, as shares; the rest goes whole.
#[derive(Clone, Copy, Default)]
struct Shares {
    encoded: f64,
    /// Not at all: the copy in the cache is the same.
    skipped: f64,
}

/// What a sync makes of a segment, as shares of its pages.
struct After {
    dirty: f64,
    newly: f64,
    stale: f64,
}

/// When each chunk was cleared in this round.
struct Chunks {
    cleared: Vec<Option<f64>>,
}

impl ExpectedMemory {
    /// Memory in which every page is dirty, zero pages too.
    pub(super) fn new(spec: &Specification, extents: &[Extent], clear: Clear, wire: Wire) -> Self {
        let pages = as_f64(spec.pages());
        let chunk = match clear {
            Clear::Sync => None,
            Clear::Chunk { chunk_bytes } => {
                Some(coarse(chunk_bytes / spec.page_bytes, spec.pages()))
            }
        };
        let groups: Vec<Exposure> = spec.groups.iter().map(Exposure::new).collect();
        Self {
            ring: segments(extents, chunk),
            spare: VecDeque::new(),
            since: vec![(0.0, 0.0); groups.len()],
            groups,
            chunks: chunk.map(|size| Chunks::new(spec.pages().div_ceil(size))),
            wire,
            cache: Cache::new(spec),
            pending: pages,
            synced: 0.0,
            cached: vec![0.0; spec.groups.len()],
            until_wrap: pages,
            looked_at: 0,
        }
    }

    /// Sends up to `room` dirty pages of the segment in front and moves what was swept to the back.
    fn sweep(&mut self, mut front: Segment, room: f64, now: f64) -> (f64, bool) {
        let dirty = front.pages * front.dirty;
        let is_whole = room >= dirty;
        let passed = if is_whole { front.pages } else { front.pages * (room / dirty) };
        if dirty > 0.0
            && let Some(chunks) = &mut self.chunks
        {
            chunks.clear(front.chunk, now);
        }
        let passed_at = self.passed_at(front.content, now);
        self.back(Segment { pages: passed, swept: true, passed_at, ..front });
        if !is_whole {
            front.pages -= passed;
            self.ring.push_front(front);
        }
        self.until_wrap -= passed;
        (if is_whole { dirty } else { room }, is_whole)
    }

    /// Adds a swept segment, to the last one if it is of the same kind.
    fn back(&mut self, segment: Segment) {
        if let Some(last) = self.ring.back_mut()
            && last.swept
            && last.content == segment.content
            && last.chunk == segment.chunk
        {
            melt(last, &segment);
        } else {
            self.ring.push_back(segment);
        }
    }

    /// Writes to a page of a group until now, where the cache asks for it.
    fn passed_at(&self, content: Content, now: f64) -> f64 {
        match content {
            Content::Group(group) if self.is_cached() => self.groups[group].at(now),
            _ => f64::NAN,
        }
    }

    /// Whether pages go through the xbzrle cache: from the second pass on.
    fn is_cached(&self) -> bool {
        self.cache.is_some() && self.until_wrap <= 0.0
    }

    /// How dirty pages of a segment go over at `now`.
    fn shares(&self, segment: &Segment, now: f64) -> Shares {
        match (&self.cache, segment.content) {
            (Some(cache), Content::Group(group)) if self.is_cached() && segment.dirty > 0.0 => {
                let exposed = &self.groups[group];
                let since = exposed.at(now) - exposed.at(self.synced);
                let stale = (segment.stale / segment.dirty * (-since).exp()).min(1.0);
                let skipped = stale * cache.kept(group);
                Shares { skipped, encoded: (cache.hit(group) - skipped).max(0.0) }
            }
            _ => Shares::default(),
        }
    }

    fn pages_for(&self, segment: &Segment, shares: Shares, left: Budget) -> f64 {
        let pages = segment.pages * segment.dirty;
        let bytes = self.wire.bytes(Form::Normal);
        let saved =
            bytes * shares.skipped + (bytes - self.wire.bytes(Form::Encoded)) * shares.encoded;
        let share = if saved > 0.0 { (bytes - saved).max(1.0) / bytes } else { 1.0 };
        self.wire.room(form(segment.content), pages * share, left) / share
    }

    fn cost(&self, content: Content, shares: Shares, pages: f64) -> Sent {
        let whole = 1.0 - shares.encoded - shares.skipped;
        let mut sent = self.wire.cost(form(content), pages * whole);
        if shares.encoded > 0.0 {
            sent.add(self.wire.cost(Form::Encoded, pages * shares.encoded));
        }
        sent
    }

    /// What is dirty of a segment after a sync. A page that was sent is dirty again when it was
    /// written since it was cleared; it is stale when all of that was before it was sent.
    fn after(&self, segment: &Segment) -> After {
        let Content::Group(group) = segment.content else {
            let dirty = if segment.swept { 0.0 } else { segment.dirty };
            return After { dirty, newly: 0.0, stale: 0.0 };
        };
        let (writes, any) = self.since[group];
        if !segment.swept {
            let newly = (1.0 - segment.dirty) * any;
            let stale = segment.stale * (-writes).exp();
            return After { dirty: segment.dirty + newly, newly, stale };
        }
        let exposed = &self.groups[group];
        let start = exposed.at(self.synced);
        let cleared = self.chunks.as_ref().and_then(|it| it.cleared[segment.chunk]);
        let hidden = match cleared {
            Some(at) if at > self.synced => exposed.at(at) - start,
            _ => 0.0,
        };
        let again = -(-(writes - hidden)).exp_m1();
        let newly = segment.dirty * again + (1.0 - segment.dirty) * any;
        let stale = if segment.passed_at.is_nan() {
            0.0
        } else {
            let passed = segment.passed_at - start;
            segment.dirty * -(-(passed - hidden).max(0.0)).exp_m1() * (passed - writes).exp()
        };
        After { dirty: newly, newly, stale }
    }
}

impl Memory for ExpectedMemory {
    fn pending(&self) -> f64 {
        self.pending
    }

    fn sync(&mut self, now: f64) -> f64 {
        for (group, since) in self.groups.iter_mut().zip(&mut self.since) {
            group.advance(now);
            let writes = group.at(now) - group.at(self.synced);
            *since = (writes, -(-writes).exp_m1());
        }
        let mut found = 0.0;
        self.pending = 0.0;
        self.looked_at += self.ring.len() as u64;
        let mut old = std::mem::take(&mut self.ring);
        let mut new = std::mem::take(&mut self.spare);
        for segment in old.drain(..) {
            let After { dirty, newly, stale } = self.after(&segment);
            found += newly * segment.pages;
            self.pending += dirty * segment.pages;
            let is_over = !matches!(segment.content, Content::Group(_)) && dirty <= 0.0;
            let content = if is_over { Content::Cold } else { segment.content };
            place(&mut new, Segment { content, dirty, stale, ..segment });
        }
        for segment in &mut new {
            segment.swept = false;
            segment.passed_at = f64::NAN;
        }
        (self.ring, self.spare) = (new, old);
        if let Some(chunks) = &mut self.chunks {
            chunks.cleared.fill(None);
        }
        if let Some(cache) = &mut self.cache {
            for (sent, group) in self.cached.iter_mut().zip(&self.groups) {
                *sent = (*sent / group.pages()).min(1.0);
            }
            cache.round(&self.cached);
            self.cached.fill(0.0);
        }
        for group in &mut self.groups {
            group.forget(now);
        }
        self.synced = now;
        found
    }

    fn send(&mut self, now: f64, budget: Budget) -> Sent {
        let mut total = Sent::default();
        while self.pending > 0.0 {
            let Some(front) = self.ring.pop_front() else { break };
            if front.swept {
                self.ring.push_front(front);
                self.pending = 0.0;
                break;
            }
            if front.dirty <= 0.0 {
                self.sweep(front, 0.0, now);
                continue;
            }
            let (left, at) = (budget.after(&total), now + budget.passed(&total));
            let shares = self.shares(&front, at);
            let room = self.pages_for(&front, shares, left);
            if room <= 0.0 {
                self.ring.push_front(front);
                break;
            }
            let (pages, is_whole) = self.sweep(front, room, at);
            total.add(self.cost(front.content, shares, pages));
            self.pending = (self.pending - pages).max(0.0);
            if let Content::Group(group) = front.content
                && self.is_cached()
            {
                self.cached[group] += pages;
            }
            if !is_whole {
                break;
            }
        }
        total
    }

    fn throttle(&mut self, now: f64, taken: f64) {
        for group in &mut self.groups {
            group.throttle(now, taken);
        }
    }

    fn skip(&mut self, ms: f64) {
        for group in &mut self.groups {
            group.skip(ms);
        }
    }

    fn effort(&self) -> u64 {
        self.looked_at / SEGMENTS_PER_TURN
    }
}

impl Chunks {
    fn new(count: u64) -> Self {
        Self { cleared: vec![None; usize::try_from(count).unwrap_or(usize::MAX)] }
    }

    fn clear(&mut self, chunk: usize, now: f64) {
        if let Some(cleared @ None) = self.cleared.get_mut(chunk) {
            *cleared = Some(now);
        }
    }
}

/// More chunks tell a page's time of clearing no better: so many divide the time of a pass finely.
const MOST_CHUNKS: u64 = 65_536;

/// Pages of a chunk, several of QEMU's together where there are too many.
fn coarse(chunk: u64, pages: u64) -> u64 {
    let chunk = chunk.max(1);
    chunk * pages.div_ceil(chunk).div_ceil(MOST_CHUNKS).max(1)
}

fn form(content: Content) -> Form {
    if content == Content::Zero { Form::Zero } else { Form::Normal }
}

/// Extents as segments, cut at the ends of chunks.
fn segments(extents: &[Extent], chunk: Option<u64>) -> VecDeque<Segment> {
    let mut ring = VecDeque::new();
    for extent in extents {
        let (mut first, end) = (extent.first, extent.first + extent.pages);
        while first < end {
            let number = chunk.map_or(0, |size| first / size);
            let stop = chunk.map_or(end, |size| end.min((number + 1) * size));
            ring.push_back(Segment {
                content: extent.content,
                pages: as_f64(stop - first),
                dirty: 1.0,
                chunk: usize::try_from(number).unwrap_or(usize::MAX),
                swept: false,
                stale: 0.0,
                passed_at: f64::NAN,
            });
            first = stop;
        }
    }
    ring
}

/// Adds a segment behind the last one, or to it where both are of one kind.
fn place(ring: &mut VecDeque<Segment>, segment: Segment) {
    if let Some(last) = ring.back_mut()
        && last.content == segment.content
        && last.chunk == segment.chunk
        && last.swept == segment.swept
    {
        melt(last, &segment);
    } else {
        ring.push_back(segment);
    }
}

fn melt(into: &mut Segment, other: &Segment) {
    let (a, b) = (into.pages * into.dirty, other.pages * other.dirty);
    let pages = into.pages + other.pages;
    if a + b > 0.0 && !into.passed_at.is_nan() {
        into.passed_at = (into.passed_at * a + other.passed_at * b) / (a + b);
    }
    if pages > 0.0 {
        into.stale = (into.stale * into.pages + other.stale * other.pages) / pages;
        into.dirty = (a + b) / pages;
    }
    into.pages = pages;
}
