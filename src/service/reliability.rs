//! Rates of failure: second failures, yearly downtime, loading of state.

use std::collections::BTreeMap;

use crate::model::service::{FailureMode, Interval, Load, SecondFailure, StateSize};

const YEAR_S: f64 = 365.0 * 24.0 * 3600.0;

/// Chance that a further part with this mean time between failures fails while the first is being
/// mended: 1 − e^(−MTTR/MTBF). 0 where nothing fails.
#[must_use]
pub fn second_failure(repair_s: f64, mtbf_s: f64) -> f64 {
    if mtbf_s > 0.0 { -(-repair_s / mtbf_s).exp_m1() } else { 1.0 }
}

/// The chance that the next host fails too while the first is being mended, at so many failures a
/// year of each mode. Those count that strike one host: it crashes, loses power, hangs or is alone.
/// None where there are none.
#[must_use]
pub fn meanwhile(rates: &BTreeMap<FailureMode, f64>, repair_s: f64) -> Option<SecondFailure> {
    use FailureMode::{Crash, Hang, Interface, Power};
    let of_a_host = [Crash, Power, Hang, Interface];
    let a_year: f64 = of_a_host.iter().filter_map(|mode| rates.get(mode)).sum();
    let mtbf_s = YEAR_S / a_year;
    (a_year > 0.0).then(|| SecondFailure {
        repair_s,
        mtbf_s,
        chance: second_failure(repair_s, mtbf_s),
    })
}

/// Seconds a year without the service: Σ rate × mean outage, over failures a year and seconds each.
#[must_use]
pub fn yearly_downtime_s(failures: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    failures.into_iter().map(|(rate, outage_s)| rate * outage_s).sum()
}

/// Time to read the state: fixed + bytes/rate + files × time to open one.
#[must_use]
pub fn load_s(load: &Load, state: Option<&StateSize>) -> Interval {
    let Some(state) = state else { return load.fixed_s };
    #[expect(clippy::cast_precision_loss, reason = "sizes stay far below 2^53")]
    let (bytes, files) = (state.bytes as f64, state.files as f64);
    let read_s = state.bytes_per_s.filter(|it| *it > 0.0).map_or(0.0, |rate| bytes / rate);
    load.fixed_s.later(read_s + files * load.open_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    #[test]
    fn second_failures_agree_with_the_published_shares() {
        let percent = |hours: f64| 100.0 * second_failure(hours * HOUR, YEAR_S);
        for (hours, wanted) in [(4.0, 0.05), (24.0, 0.27), (72.0, 0.82)] {
            assert!((percent(hours) - wanted).abs() < 0.005, "{hours}: {}", percent(hours));
        }
        assert!(second_failure(0.0, YEAR_S).abs() < 1e-12);
        assert!((second_failure(HOUR, 0.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn failures_of_one_host_are_those_that_meet_the_next() {
        let rates = |all: &[(FailureMode, f64)]| all.iter().copied().collect::<BTreeMap<_, _>>();
        let day = 24.0 * HOUR;
        let one = meanwhile(&rates(&[(FailureMode::Power, 0.5), (FailureMode::Crash, 0.5)]), day);
        assert!((one.unwrap().chance * 100.0 - 0.27).abs() < 0.005);
        assert!((one.unwrap().mtbf_s - YEAR_S).abs() < 1e-6);
        assert!(meanwhile(&rates(&[(FailureMode::Store, 1.0)]), day).is_none());
        assert!(meanwhile(&rates(&[(FailureMode::Power, 0.0)]), day).is_none());
    }

    #[test]
    fn downtime_is_the_sum_over_failures() {
        assert!((yearly_downtime_s([(2.0, 140.0), (0.5, 125.0)]) - 342.5).abs() < 1e-9);
        assert!(yearly_downtime_s([]).abs() < 1e-12);
    }

    #[test]
    fn state_takes_its_bytes_and_its_files() {
        let fixed_s = Interval::between(1.0, 3.0);
        let load = Load { fixed_s, open_s: 0.001, source: String::new(), assumption: None };
        assert_eq!(load_s(&load, None), fixed_s);
        let state = StateSize {
            bytes: 200_000_000,
            files: 5000,
            bytes_per_s: Some(100_000_000.0),
            rate_is_assumed: false,
        };
        let found = load_s(&load, Some(&state));
        assert!((found.min - 8.0).abs() < 1e-9 && (found.max - 10.0).abs() < 1e-9);
    }
}
