use super::*;
use crate::migration::dirty::{HotShare, hot_cold, uniform, zipf};
use crate::migration::samples::{DIRTIED, MOMENTS};
use crate::model::MeasureMode;

const MIB_PAGES: f64 = 256.0;
const GIB_PAGES: u64 = 1 << 18;

fn exact(groups: &[Group], seconds: f64) -> Measurement {
    Measurement {
        seconds,
        unique_pages: unique(groups, seconds),
        resolution_pages: 0.0,
        mode: MeasureMode::DirtyBitmap,
        source: "test".to_owned(),
    }
}

/// As QEMU reports it: whole MiB/s, cut down.
fn reported(mib_s: f64, seconds: f64) -> Measurement {
    let of_rate = |rate: f64| rate * seconds * MIB_PAGES;
    Measurement {
        seconds,
        unique_pages: of_rate(mib_s),
        resolution_pages: of_rate(1.0),
        mode: MeasureMode::DirtyBitmap,
        source: "test".to_owned(),
    }
}

fn only(fit: &Fit) -> (f64, f64) {
    let [group] = fit.groups.as_slice() else { panic!("{:?}", fit.groups) };
    (as_f64(group.pages), group.writes_per_s)
}

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() <= relative, "{value} is not {expected}");
}

fn says(fit: &Fit, what: &str) {
    assert!(fit.assumptions.iter().any(|it| it.contains(what)), "{:?}", fit.assumptions);
}

#[test]
fn one_measurement_is_a_constant_rate_that_says_so() {
    let fit = fit(&[reported(36.0, 1.0)], 2 * GIB_PAGES);
    near(unique(&fit.groups, 1.0), 36.5 * MIB_PAGES, 1e-6);
    near(unique(&fit.groups, 4.0), 4.0 * 36.5 * MIB_PAGES, 0.03);
    assert_eq!(fit.groups[0].pages, 2 * GIB_PAGES);
    says(&fit, "one measurement can't tell");
}

#[test]
fn the_same_time_measured_twice_is_one_point() {
    let fit = fit(&[reported(30.0, 1.0), reported(40.0, 1.0)], 2 * GIB_PAGES);
    says(&fit, "one measurement can't tell");
    let rate = unique(&fit.groups, 1.0) / MIB_PAGES;
    assert!(rate > 34.0 && rate < 36.0, "{rate}");
    assert!(fit.residuals[0].relative > 0.0 && fit.residuals[1].relative < 0.0);
}

#[test]
fn two_measurements_give_the_working_set_and_its_rate() {
    let truth = uniform(65_536, 10_000.0);
    let fit = fit(&[exact(&truth, 5.0), exact(&truth, 1.0)], GIB_PAGES);
    let (pages, rate) = only(&fit);
    near(pages, 65_536.0, 1e-4);
    near(rate, 10_000.0, 1e-4);
    assert!(fit.worst < 1e-4 && fit.rms <= fit.worst);
}

#[test]
fn whole_mebibytes_give_the_working_set_within_their_error() {
    let measured = [(36.0, 1.0), (33.0, 2.0), (27.0, 5.0)].map(|(rate, t)| reported(rate, t));
    for some in [measured.to_vec(), vec![measured[0].clone(), measured[2].clone()]] {
        let fit = fit(&some, GIB_PAGES);
        let (pages, rate) = only(&fit);
        near(pages, 65_536.0, 0.1);
        near(rate, 10_000.0, 0.03);
        assert!(fit.residuals.iter().all(|it| it.is_explained), "{:?}", fit.residuals);
        assert!(fit.worst < 0.02, "{}", fit.worst);
    }
}

/// One thread, 3 million random writes a second (qemu-devel, 2023).
#[test]
fn nine_measurements_of_one_thread() {
    for (gib, rates) in DIRTIED {
        let of_rate = |(seconds, rate): (f64, f64)| Measurement {
            resolution_pages: 0.0,
            ..reported(rate, seconds)
        };
        let measured: Vec<_> = MOMENTS.into_iter().zip(rates).map(of_rate).collect();
        let fit = fit(&measured, 32 * GIB_PAGES);
        assert!(fit.worst < 0.006, "{gib} GiB: {}", fit.worst);
        let (pages, rate) = only(&fit);
        near(pages, as_f64(gib * GIB_PAGES), 0.006);
        near(rate, 3e6, 0.006);
    }
}

#[test]
fn saturation_that_errors_hide_is_doubted() {
    let sampled =
        |rate, seconds| Measurement { mode: MeasureMode::PageSampling, ..reported(rate, seconds) };
    let close = fit(&[sampled(20.0, 1.0), sampled(18.0, 3.0)], 4 * GIB_PAGES);
    says(&close, "hide whether the guest saturates");
    let far = fit(&[sampled(60.0, 1.0), sampled(18.0, 3.0)], 4 * GIB_PAGES);
    assert!(!far.assumptions.iter().any(|it| it.contains("hide")), "{far:?}");
}

#[test]
fn a_straight_line_is_a_constant_rate() {
    let fit = fit(&[reported(20.0, 1.0), reported(20.0, 10.0)], 4 * GIB_PAGES);
    says(&fit, "at a constant rate in all");
    assert_eq!(fit.groups[0].pages, 4 * GIB_PAGES);
    assert!(fit.worst < 0.05, "{fit:?}");
}

#[test]
fn a_rate_that_grows_with_time_is_not_consistent() {
    let fit = fit(&[reported(20.0, 1.0), reported(60.0, 10.0)], 4 * GIB_PAGES);
    says(&fit, "the higher rate is taken");
    near(unique(&fit.groups, 10.0), 605.0 * MIB_PAGES, 1e-6);
}

#[test]
fn nothing_in_the_shorter_time_is_not_consistent_either() {
    let fit = fit(&[reported(0.0, 1.0), reported(60.0, 10.0)], 4 * GIB_PAGES);
    says(&fit, "the higher rate is taken");
}

#[test]
fn a_working_set_that_saturates_is_written_at_any_rate() {
    let both = [(64.0, 1.0), (32.0, 2.0)]
        .map(|(rate, t)| Measurement { resolution_pages: 0.0, ..reported(rate, t) });
    let fit = fit(&both, GIB_PAGES);
    says(&fit, "how often can't be told");
    let (pages, _) = only(&fit);
    near(pages, 16_384.0, 1e-9);
    assert!(unique(&fit.groups, 0.1) > 0.98 * pages);
}

#[test]
fn fewer_pages_in_a_longer_time_are_not_consistent() {
    let fit = fit(&[reported(64.0, 1.0), reported(10.0, 2.0)], GIB_PAGES);
    says(&fit, "the larger working set is taken");
    assert!(!fit.residuals[1].is_explained);
    assert!(fit.worst > 1.0);
}

#[test]
fn a_working_set_beyond_memory_is_all_memory() {
    let truth = uniform(4 * GIB_PAGES, 50_000.0);
    let measured = [exact(&truth, 1.0), exact(&truth, 60.0)];
    let fit = fit(&measured, 2 * GIB_PAGES);
    says(&fit, "hardly show");
    assert_eq!(fit.groups[0].pages, 2 * GIB_PAGES);
}

#[test]
fn hot_and_cold_pages_are_told_apart() {
    let truth = hot_cold(200_000, 60_000.0, HotShare { pages: 0.05, writes: 0.9 });
    let times = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
    let fit = fit(&times.map(|it| exact(&truth, it)), 4 * GIB_PAGES);
    assert!(fit.worst < 0.005, "{fit:?}");
    for seconds in [0.2, 2.0, 20.0, 100.0] {
        near(unique(&fit.groups, seconds), unique(&truth, seconds), 0.03);
    }
    let rates: Vec<f64> = fit.groups.iter().map(|it| it.writes_per_s / as_f64(it.pages)).collect();
    assert!(rates.windows(2).all(|it| it[0] >= it[1]), "{rates:?}");
}

#[test]
fn a_zipf_guest_is_a_few_groups() {
    let truth = zipf(500_000, 80_000.0, 1.0);
    let times = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0];
    let fit = fit(&times.map(|it| exact(&truth, it)), 4 * GIB_PAGES);
    assert!(fit.worst < 0.01, "{fit:?}");
    near(unique(&fit.groups, 3.0), unique(&truth, 3.0), 0.01);
}

#[test]
fn groups_never_hold_more_than_memory() {
    let truth = hot_cold(200_000, 60_000.0, HotShare { pages: 0.05, writes: 0.9 });
    let measured = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0].map(|it| exact(&truth, it));
    for limit in [0, 1, 10_000, 100_000, 150_000] {
        let fit = fit(&measured, limit);
        assert!(fit.groups.iter().map(|it| it.pages).sum::<u64>() <= limit, "{limit}: {fit:?}");
        let is_less = measured.iter().any(|it| it.unique_pages > as_f64(limit));
        assert_eq!(is_less, fit.assumptions.iter().any(|it| it.contains("than the VM uses")));
    }
}

#[test]
fn an_idle_guest_writes_nothing() {
    let fit = fit(&[reported(0.0, 1.0), reported(0.0, 3.0)], GIB_PAGES);
    assert_eq!(fit.groups, []);
    assert!(fit.worst <= 0.0);
    assert!(fit.residuals.iter().all(|it| it.is_explained));
}

#[test]
fn nonsense_is_left_out() {
    let odd = [
        Measurement { seconds: f64::NAN, ..reported(5.0, 1.0) },
        Measurement { seconds: 0.0, ..reported(5.0, 1.0) },
        Measurement { seconds: -1.0, ..reported(5.0, 1.0) },
        Measurement { unique_pages: f64::INFINITY, ..reported(5.0, 1.0) },
        Measurement { unique_pages: -3.0, ..reported(5.0, 1.0) },
    ];
    assert_eq!(fit(&odd, GIB_PAGES), Fit::default());
    assert_eq!(fit(&[], GIB_PAGES), Fit::default());
}

#[test]
fn extreme_measurements_give_finite_groups() {
    let sizes = [1e-6, 1.0, 1e9, 1e15];
    let times = [1e-9, 1.0, 1e9];
    for (first, second) in sizes.iter().flat_map(|a| sizes.iter().map(move |b| (*a, *b))) {
        let measured: Vec<Measurement> = times
            .iter()
            .zip([first, second, first])
            .map(|(&seconds, pages)| Measurement { unique_pages: pages, ..reported(1.0, seconds) })
            .collect();
        for count in 1..=3 {
            let fit = fit(&measured[..count], GIB_PAGES);
            assert!(fit.groups.iter().all(|it| it.writes_per_s.is_finite()), "{fit:?}");
            assert!(fit.worst.is_finite() && fit.rms.is_finite(), "{fit:?}");
        }
    }
}
