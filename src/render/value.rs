//! Values of the quantities of a migration: as people read them, and as options take them.

use super::measure::{rate, size, time, whole};
use crate::model::{Key, Specification, Unit};

/// Digits of a value that is to be given as it is shown.
const DIGITS: i32 = 5;

/// A value as people read it: `184 MiB`, `30,000 pages/s (117 MiB/s)`, `300 ms`.
#[must_use]
pub fn value(key: Key, value: f64, spec: &Specification) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    let page = spec.page_bytes as f64;
    match key.unit() {
        Unit::BytesPerS if value.is_infinite() => "no limit".to_owned(),
        Unit::Bytes => size(value),
        Unit::BytesPerS => rate(value),
        Unit::WritesPerS => format!("{} pages/s ({})", whole(value), rate(value * page)),
        Unit::Ms => time(value),
        Unit::Share => format!("{:.1} %", value * 100.0),
    }
}

/// A value that is a bound, with enough digits to tell it from its neighbour, cut towards a larger or
/// a smaller one: `147.66 MiB/s`, `33,154 pages/s (130 MiB/s)`.
pub(super) fn bound(key: Key, value: f64, is_up: bool, spec: &Specification) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    let page = spec.page_bytes as f64;
    let cut = |value: f64| plain(shortened(value, is_up));
    let (unit, factor) = binary(value);
    match key.unit() {
        Unit::Bytes => format!("{} {unit}", cut(value / factor)),
        Unit::BytesPerS => format!("{} {unit}/s", cut(value / factor)),
        Unit::WritesPerS if value < 100.0 => format!("{} pages/s", cut(value)),
        Unit::WritesPerS => {
            format!("{} pages/s ({})", whole(shortened(value, is_up)), rate(value * page))
        }
        Unit::Ms if value < 1000.0 => format!("{} ms", cut(value)),
        Unit::Ms => format!("{} s", cut(value / 1000.0)),
        Unit::Share => format!("{} %", cut(value * 100.0)),
    }
}

/// The largest binary unit that a size reaches, and how many bytes it has.
pub(super) fn binary(bytes: f64) -> (&'static str, f64) {
    let units = ["TiB", "GiB", "MiB", "KiB"].into_iter().zip([40, 30, 20, 10]);
    let mut units = units.map(|(unit, power)| (unit, 2f64.powi(power)));
    units.find(|(_, factor)| bytes >= *factor).unwrap_or(("B", 1.0))
}

/// A value as an option takes it, shortened to a few digits towards a larger or a smaller one:
/// `240MB/s`, `1200ms`, `30000pages/s`.
pub(super) fn typed(key: Key, value: f64, is_up: bool) -> String {
    let value = shortened(value, is_up);
    match key.unit() {
        Unit::Bytes => scaled(value),
        Unit::BytesPerS => scaled(value) + "/s",
        Unit::WritesPerS => plain(value) + "pages/s",
        Unit::Ms => plain(value) + "ms",
        Unit::Share => plain(value * 100.0) + "%",
    }
}

/// A value of a few digits that is not below (or not above) the given one.
pub(super) fn shortened(value: f64, is_up: bool) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    #[expect(clippy::cast_possible_truncation, reason = "-308 to 308")]
    let places = DIGITS - 1 - value.log10().floor() as i32;
    // powers of ten are exact above 1, so that 0.0003 is divided for and not multiplied
    let (up, down) = (10f64.powi(places.max(0)), 10f64.powi((-places).max(0)));
    let digits = value * up / down;
    let near = digits.round();
    let kept = match () {
        () if (digits - near).abs() < 1e-6 => near,
        () if is_up => digits.ceil(),
        () => digits.floor(),
    };
    kept / up * down
}

/// Bytes in powers of 1000, which every option reads.
fn scaled(bytes: f64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3)];
    let found = units.into_iter().find(|(_, factor)| bytes >= *factor);
    let (unit, factor) = found.unwrap_or(("B", 1.0));
    plain(bytes / factor) + unit
}

/// A number without needless digits.
pub(super) fn plain(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_and_typed_in_their_units() {
        let spec = Specification::new(1 << 30);
        let shown = [
            (Key::WorkingSet, 430e6, "410 MiB", "430MB"),
            (Key::Bandwidth, 1.234_56e9, "1.15 GiB/s", "1.2346GB/s"),
            (Key::DirtyRate, 30_000.0, "30,000 pages/s (117 MiB/s)", "30000pages/s"),
            (Key::DowntimeLimit, 1200.0, "1.20 s", "1200ms"),
            (Key::ZeroShare, 0.25, "25.0 %", "25%"),
        ];
        for (key, number, read, typing) in shown {
            assert_eq!(value(key, number, &spec), read);
            assert_eq!(typed(key, number, true), typing);
        }
        assert_eq!(value(Key::Cap, f64::INFINITY, &spec), "no limit");
    }

    #[test]
    fn bounds_have_five_digits() {
        let spec = Specification::new(1 << 30);
        let cases = [
            (Key::Bandwidth, 154_824_085.9, "147.66 MiB/s"),
            (Key::WorkingSet, 223_900_000.4, "213.53 MiB"),
            (Key::DirtyRate, 33_154.2, "33,155 pages/s (130 MiB/s)"),
            (Key::DowntimeLimit, 2464.25, "2.4643 s"),
        ];
        for (key, value, told) in cases {
            assert_eq!(bound(key, value, true, &spec), told);
        }
    }

    #[test]
    fn digits_are_lost_towards_the_side_that_is_asked_for() {
        assert_eq!(typed(Key::Bandwidth, 123_456_789.0, true), "123.46MB/s");
        assert_eq!(typed(Key::Bandwidth, 123_456_789.0, false), "123.45MB/s");
        assert_eq!(typed(Key::DirtyRate, 0.1, false), "0.1pages/s");
        assert!((shortened(300.0, true) - 300.0).abs() < 1e-12);
        assert!(shortened(0.0, true).abs() < 1e-12);
    }
}
