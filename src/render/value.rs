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
    fn digits_are_lost_towards_the_side_that_is_asked_for() {
        assert_eq!(typed(Key::Bandwidth, 123_456_789.0, true), "123.46MB/s");
        assert_eq!(typed(Key::Bandwidth, 123_456_789.0, false), "123.45MB/s");
        assert_eq!(typed(Key::DirtyRate, 0.1, false), "0.1pages/s");
        assert!((shortened(300.0, true) - 300.0).abs() < 1e-12);
        assert!(shortened(0.0, true).abs() < 1e-12);
    }
}
