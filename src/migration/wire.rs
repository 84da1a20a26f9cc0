//! What a page costs on the wire and in time.

use super::memory::{Budget, Sent};
use super::socket::WRITE_PER_MS;
use super::version::Version;
use crate::model::Specification;

/// Flags and offset before every page (`save_page_header`), once the block is known.
const PAGE_HEADER: f64 = 8.0;
/// Zero pages that one processor finds in a millisecond (measured on QEMU 7.2).
const ZERO_PAGES_PER_MS: f64 = 1300.0;
/// Pages of a multifd packet.
const PACKET_PAGES: f64 = 128.0;
/// Header of a multifd packet, with room for 128 offsets.
const PACKET_HEADER: f64 = 320.0 + 8.0 * PACKET_PAGES;
/// Encoding and length of an xbzrle page, behind its header.
const XBZRLE_HEADER: f64 = 3.0;
/// Header and footer of a section, around each slice.
const SECTION: f64 = 10.0;
/// How many pages a slice sends between two looks at the clock.
const PAGES_BETWEEN_LOOKS: f64 = 64.0;

/// How a page is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole.
    Normal,
    /// As a mark that it is all zeros.
    Zero,
    /// As a delta against the copy sent before.
    Encoded,
}

/// Cost of pages in each form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    /// Bytes and milliseconds of a page: normal, zero, encoded.
    costs: [(f64, f64); 3],
    /// Pages that are handed over, and counted by the limiter, together.
    batch: f64,
    /// Sent at the end of each slice.
    slice_end: f64,
}

impl Wire {
    /// The costs of a specification, over a link of so many bytes a millisecond.
    pub(super) fn new(spec: &Specification, version: Version, link_per_ms: f64) -> Self {
        let page = as_f64(spec.page_bytes);
        let channels = f64::from(spec.multifd_channels.unwrap_or(0));
        let parallel = channels > 0.0;
        let normal =
            if parallel { page + PACKET_HEADER / PACKET_PAGES } else { page + PAGE_HEADER };
        let zero = PAGE_HEADER + 1.0;
        let delta = spec.xbzrle.map_or(page, |it| it.encoded_bytes_per_page);
        let encoded = (PAGE_HEADER + XBZRLE_HEADER + delta).min(normal);
        let write = WRITE_PER_MS.max(link_per_ms);
        let scan = 1.0 / ZERO_PAGES_PER_MS;
        Self {
            costs: [
                (normal, normal / write),
                (zero, (zero / write).max(scan)),
                (encoded, encoded / write),
            ],
            batch: if parallel { PACKET_PAGES } else { 1.0 },
            slice_end: slice_end(version, channels),
        }
    }

    /// Bytes at the end of each slice.
    pub(super) fn slice_end(&self) -> f64 {
        self.slice_end
    }

    /// Bytes of whole pages that a limiter lets go in a window with such a quota: it notices with
    /// the batch that exceeds it.
    pub(super) fn window(&self, quota: f64) -> f64 {
        let batch = self.bytes(Form::Normal) * self.batch;
        ((quota / batch).floor() + 1.0) * batch + self.slice_end
    }

    /// Bytes of a page.
    pub(super) fn bytes(&self, form: Form) -> f64 {
        self.costs[form as usize].0
    }

    /// How many of so many pages of a form may still be sent: the limiter notices with the batch
    /// that exceeds its bytes, the clock is looked at every 64 pages.
    pub(super) fn room(&self, form: Form, pages: f64, left: Budget) -> f64 {
        if left.is_used_up() {
            return 0.0;
        }
        let (bytes, ms) = self.costs[form as usize];
        let all = bytes * pages;
        if all < left.quota && all < left.socket && ms * pages < left.ms && pages < left.pages {
            return f64::INFINITY;
        }
        let batch = if form == Form::Normal { self.batch } else { 1.0 };
        let begun = if batch > 1.0 { left.normal % batch } else { 0.0 };
        let by_quota =
            (((left.quota + begun * bytes) / (bytes * batch)).floor() + 1.0) * batch - begun;
        let by_time = (left.ms / ms / PAGES_BETWEEN_LOOKS).ceil().max(1.0) * PAGES_BETWEEN_LOOKS;
        let by_socket = (left.socket / bytes).floor().max(1.0);
        by_quota.min(by_time).min(by_socket).min(left.pages)
    }

    /// What so many pages of a form cost.
    pub(super) fn cost(&self, form: Form, pages: f64) -> Sent {
        let (bytes, ms) = self.costs[form as usize];
        let mut sent = Sent { bytes: bytes * pages, ms: ms * pages, ..Sent::default() };
        match form {
            Form::Normal => sent.normal = pages,
            Form::Zero => sent.zero = pages,
            Form::Encoded => sent.encoded = pages,
        }
        sent
    }
}

/// An end mark; of some versions a packet without pages over each multifd channel as well.
fn slice_end(version: Version, channels: f64) -> f64 {
    let mark = SECTION + 8.0;
    if version.flushes_slices { mark + channels * PACKET_HEADER } else { mark }
}

/// A whole number as a measure; exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "pages and bytes stay far below 2^53")]
pub(super) fn as_f64(number: u64) -> f64 {
    number as f64
}
