//! Sizes, rates and times in units that suit them.

/// Binary units, each 1024 of the one before.
const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// A size with about three digits: `184 MiB`, `1.25 GiB`.
#[must_use]
pub fn size(bytes: f64) -> String {
    let mut value = bytes.max(0.0);
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{value:.0} B") } else { format!("{} {}", digits(value), UNITS[unit]) }
}

/// A rate: `112 MiB/s`.
pub(super) fn rate(bytes_per_s: f64) -> String {
    size(bytes_per_s) + "/s"
}

/// A time: `187 ms`, `14.2 s`, `3 min 15 s`, `2 h 5 min`, `3 days 4 h`.
pub(super) fn time(ms: f64) -> String {
    let ms = ms.max(0.0);
    let seconds = (ms / 1000.0).round();
    let pair = |big: f64, small: f64, names: [&str; 2]| {
        let (whole, rest) = ((seconds / big).floor(), ((seconds % big) / small).floor());
        if rest > 0.0 {
            format!("{whole} {} {rest} {}", names[0], names[1])
        } else {
            format!("{whole} {}", names[0])
        }
    };
    match seconds {
        _ if ms < 9.95 => format!("{ms:.1} ms"),
        _ if ms < 999.5 => format!("{ms:.0} ms"),
        _ if ms < 119_950.0 => format!("{} s", digits(ms / 1000.0)),
        few if few < 7200.0 => pair(60.0, 1.0, ["min", "s"]),
        more if more < 172_800.0 => pair(3600.0, 60.0, ["h", "min"]),
        _ => pair(86_400.0, 3600.0, ["days", "h"]),
    }
}

/// A whole number with its thousands apart: `47,200`.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// About three digits.
fn digits(value: f64) -> String {
    match value {
        small if small < 9.995 => format!("{small:.2}"),
        some if some < 99.95 => format!("{some:.1}"),
        large => format!("{large:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_suit_values() {
        let sizes = [0.0, 512.0, 4096.0, 193_331_200.0, 1.25 * 1_073_741_824.0, 1e18, 1023.0];
        assert_eq!(
            sizes.map(size).join(", "),
            "0 B, 512 B, 4.00 KiB, 184 MiB, 1.25 GiB, 888 PiB, 1.00 KiB"
        );
        let times = [0.4, 187.2, 999.7, 14_230.0, 99_960.0, 195_400.0, 7_500_000.0, 273_600_000.0];
        assert_eq!(
            times.map(time).join(", "),
            "0.4 ms, 187 ms, 1.00 s, 14.2 s, 100 s, 3 min 15 s, 2 h 5 min, 3 days 4 h"
        );
        assert_eq!(
            [0.0, 999.0, 47_200.0, 1_234_567.0].map(whole).join(" "),
            "0 999 47,200 1,234,567"
        );
    }
}
