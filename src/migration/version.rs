//! What the loop of QEMU does otherwise from version to version.

use crate::model::Vmm;

/// Decisions of a version (`migration_iteration_run`, `migration/cpu-throttle.c`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of decisions")]
pub(super) struct Version {
    /// Stops when what is left is the threshold, too, not only below it: QEMU 10.1.
    pub(super) stops_at_threshold: bool,
    /// Looks whether post-copy was asked for before it looks whether little enough is left for a
    /// stop: QEMU 10.1.
    pub(super) prefers_postcopy: bool,
    /// With auto-converge syncs where none happened between two ticks of a clock: QEMU 9.2.
    pub(super) ticks: bool,
    /// Sends a packet without pages over each multifd channel at the end of a slice: before 8.1
    /// (`multifd-flush-after-each-section`).
    pub(super) flushes_slices: bool,
    /// Can be told the bandwidth of the stop phase (`avail-switchover-bandwidth`): QEMU 8.2.
    pub(super) knows_switchover: bool,
    /// Runs post-copy and multifd together: QEMU 10.1.
    pub(super) joins_postcopy_and_multifd: bool,
}

impl Version {
    /// The decisions of a program; of one that is not QEMU those of 7.2, which it does not meet.
    pub(super) fn of(vmm: Vmm) -> Self {
        let is_10 = vmm == Vmm::Qemu10;
        Self {
            stops_at_threshold: is_10,
            prefers_postcopy: is_10,
            ticks: is_10,
            flushes_slices: vmm == Vmm::Qemu72,
            knows_switchover: is_10 || vmm == Vmm::Qemu82,
            joins_postcopy_and_multifd: is_10,
        }
    }

    /// Whether little enough is left for a stop; bytes.
    pub(super) fn stops(self, pending: f64, threshold: f64) -> bool {
        let at = self.stops_at_threshold && pending <= threshold;
        pending <= 0.0 || pending < threshold || at
    }
}

/// The clock by which QEMU makes a sync where the guest would else not be slowed for long: at each
/// tick, every 5 s, when there was none since the tick before; not before the full copy is done
/// (`cpu_throttle_dirty_sync_timer_tick`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticks {
    next_ms: f64,
    syncs: u32,
}

const TICK_MS: f64 = 5000.0;

impl Ticks {
    pub(super) fn new() -> Self {
        Self { next_ms: TICK_MS, syncs: 0 }
    }

    /// When it ticks next, if that may lead to anything after so many syncs.
    pub(super) fn next(&self, syncs: u32) -> Option<f64> {
        (syncs > 1).then_some(self.next_ms)
    }

    /// Whether a sync is due now, after so many syncs.
    pub(super) fn is_due(&mut self, now: f64, syncs: u32) -> bool {
        if now < self.next_ms {
            return false;
        }
        let is_due = syncs > 1 && syncs == self.syncs;
        self.next_ms = ((now / TICK_MS).floor() + 1.0) * TICK_MS;
        self.syncs = syncs + u32::from(is_due);
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::forecast;
    use crate::migration::samples::{busy, group, hopeless};
    use crate::model::{AutoConverge, Outcome, Postcopy, Specification};

    const QEMU: [Vmm; 3] = [Vmm::Qemu72, Vmm::Qemu82, Vmm::Qemu10];

    #[test]
    fn only_the_newest_stops_at_the_threshold() {
        for vmm in QEMU {
            let version = Version::of(vmm);
            assert!(version.stops(4096.0, 4097.0) && !version.stops(4097.0, 4096.0));
            assert_eq!(version.stops(4096.0, 4096.0), vmm == Vmm::Qemu10);
            assert!(version.stops(0.0, 0.0));
        }
    }

    #[test]
    fn a_told_bandwidth_takes_the_place_of_the_measured_one() {
        let mut spec = hopeless();
        spec.link_bytes_s = Some(1.2e9);
        spec.max_bandwidth_bytes_s = Some(64e6);
        for vmm in [Vmm::Qemu82, Vmm::Qemu10] {
            spec.vmm = vmm;
            spec.avail_switchover_bandwidth_bytes_s = None;
            assert_eq!(forecast(&spec).unwrap().outcome, Outcome::Stalled);
            spec.avail_switchover_bandwidth_bytes_s = Some(1.2e9);
            let it = forecast(&spec).unwrap();
            assert_eq!(it.outcome, Outcome::Converged);
            assert!((it.threshold_bytes - 1.2e9 * 0.3).abs() < 1.0, "{}", it.threshold_bytes);
            assert!(it.downtime_ms > 100.0 && it.downtime_ms < 302.0, "{}", it.downtime_ms);
        }
    }

    #[test]
    fn only_the_newest_syncs_in_rounds_of_more_than_five_seconds() {
        let mut spec = Specification::new(8 << 30);
        spec.link_bytes_s = Some(50e6);
        spec.groups = vec![group(1 << 20, 20_000.0)];
        spec.groups[0].cpu_bound = true;
        spec.auto_converge = Some(AutoConverge::default());
        let [old, middle, new] = QEMU.map(|vmm| forecast(&Specification { vmm, ..spec.clone() }));
        let (old, middle, new) = (old.unwrap(), middle.unwrap(), new.unwrap());
        let longest = |it: &crate::model::Forecast| {
            it.rounds[1..].iter().fold(0.0f64, |most, round| most.max(round.duration_ms))
        };
        assert!(longest(&new) < 10_200.0 && longest(&middle) > 20_000.0, "{}", longest(&new));
        assert!(new.total_ms < middle.total_ms, "{} {}", new.total_ms, middle.total_ms);
        assert_eq!(old.dirty_sync_count, middle.dirty_sync_count);
        // without auto-converge there is no clock
        spec.auto_converge = None;
        spec.time_limit_ms = Some(900_000.0);
        let [_, middle, new] = QEMU.map(|vmm| forecast(&Specification { vmm, ..spec.clone() }));
        assert_eq!(middle.unwrap().dirty_sync_count, new.unwrap().dirty_sync_count);
    }

    #[test]
    fn only_the_newest_switches_to_post_copy_where_a_stop_would_do() {
        let mut spec = busy();
        spec.groups = vec![group(1000, 50.0)];
        spec.postcopy = Some(Postcopy { after_iteration: 2, max_bandwidth_bytes_s: None });
        for vmm in QEMU {
            spec.vmm = vmm;
            let bytes = forecast(&spec).unwrap().downtime_bytes;
            assert_eq!(bytes > 0.0, vmm != Vmm::Qemu10, "{bytes}");
        }
    }

    #[test]
    fn ticks_sync_only_where_there_was_none_since_the_last() {
        let mut ticks = Ticks::new();
        // the full copy
        assert!(!ticks.is_due(5000.0, 1) && !ticks.is_due(10_000.0, 1));
        assert_eq!((ticks.next(1), ticks.next(2)), (None, Some(15_000.0)));
        // one sync since the last tick
        assert!(!ticks.is_due(15_000.0, 2));
        assert!(!ticks.is_due(19_999.0, 2));
        assert!(ticks.is_due(20_000.0, 2));
        // its own counts
        assert!(ticks.is_due(25_050.0, 3));
        assert_eq!(ticks.next(4), Some(30_000.0));
    }
}
