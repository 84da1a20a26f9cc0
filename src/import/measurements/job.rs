//! What the figures of a migration tell about dirtying.

use super::MeasurementError;
use super::told::{Ram, Rate, Told, as_f64};
use crate::model::MeasureMode;

/// Page size where it is not told: QEMU before 2.10, libvirt before 3.9.
const PAGE_BYTES: u64 = 4096;
/// QEMU computes the rate at syncs that are at least so long after the last time.
const PERIOD_S: f64 = 1.0;

/// Figures of a migration, by QEMU or libvirt.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    pub(super) ram: Option<Ram>,
    pub(super) page_bytes: Option<u64>,
    /// Pages sent as zero pages.
    pub(super) zero: Option<u64>,
    /// Pages sent whole.
    pub(super) normal: Option<u64>,
    /// Pages dirtied a second, in the last period that was looked at.
    pub(super) rate: Option<u64>,
    /// Bitmap syncs, with that of the set-up.
    pub(super) syncs: u64,
    pub(super) elapsed_ms: Option<u64>,
    pub(super) setup_ms: u64,
    /// Percent of processor time taken from the guest.
    pub(super) throttle: u64,
}

impl Job {
    /// Adds what can be used.
    ///
    /// Zero pages are known once all memory was sent; that is when the second sync is counted. A
    /// rate of 0 is no measurement: QEMU says 0 too as long as it has not computed one.
    ///
    /// # Errors
    /// When there are too many measurements.
    pub(super) fn tell(&self, told: &mut Told) -> Result<(), MeasurementError> {
        told.ram = told.ram.max(self.ram);
        told.page_bytes = self.page_bytes.or(told.page_bytes);
        let is_sent = self.syncs >= 2;
        if let Some(zero) = self.zero_pages().filter(|_| is_sent) {
            let bytes = zero.saturating_mul(self.page());
            told.zero_bytes = Some(told.zero_bytes.map_or(bytes, |it| it.min(bytes)));
        }
        match self.rate.filter(|rate| *rate > 0 && is_sent).zip(self.round_s()) {
            Some((rate, seconds)) => self.measurement(as_f64(rate), seconds, told),
            None => Ok(()),
        }
    }

    fn measurement(
        &self,
        rate: f64,
        seconds: f64,
        told: &mut Told,
    ) -> Result<(), MeasurementError> {
        let origin = &told.origin;
        let mut note = format!(
            "{origin}: a migration does not tell for how long it counted dirty pages: the length \
             of its rounds is taken"
        );
        if self.throttle > 0 {
            note += &format!("; the guest was slowed by {} % and would write more", self.throttle);
        }
        told.note(note);
        let page = as_f64(self.page());
        told.rate(Rate {
            seconds,
            bytes: rate * page * seconds,
            resolution: page * seconds,
            mode: MeasureMode::Migration,
        })
    }

    fn page(&self) -> u64 {
        self.page_bytes.unwrap_or(PAGE_BYTES)
    }

    fn pages(&self) -> Option<u64> {
        Some(self.ram?.bytes().div_ceil(self.page()))
    }

    /// Pages that are zero again when they are sent again are counted again.
    fn zero_pages(&self) -> Option<u64> {
        Some(self.zero?.min(self.pages()?))
    }

    /// How long the rounds took of which the rate tells: the first one, told from the later ones by
    /// the share of pages that it sent, or the later ones in the mean, half of the last being over.
    fn round_s(&self) -> Option<f64> {
        let all = as_f64(self.elapsed_ms?.saturating_sub(self.setup_ms)) / 1000.0;
        let used = self.pages()?.saturating_sub(self.zero_pages().unwrap_or(0));
        let sent = self.normal.unwrap_or(0).max(used).max(1);
        let first = all * as_f64(used) / as_f64(sent);
        let later = all - first;
        let is_first = self.syncs <= 2 || later <= PERIOD_S;
        let round = if is_first { first } else { later / (as_f64(self.syncs) - 1.5) };
        (round > 0.0).then_some(round)
    }
}
