//! Times and durations as batch systems and people write them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::temporal::DateTimeParser};

use super::Reading;

/// The last second of the year 9999; a later time is a mistake.
const LAST: i64 = 253_402_300_799;
/// Longest duration: a thousand years, beyond which something else was meant.
const LONGEST_S: u64 = 31_557_600_000;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What a field for a time says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Nothing.
    Never,
    /// A time with its zone.
    At(i64),
    /// A time that was taken to be in the zone of the [`Reading`].
    Assumed(i64),
}

impl When {
    pub(super) fn at(self) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::At(time) | Self::Assumed(time) => Some(time),
        }
    }
}

/// Seconds since the epoch, if they are within the years 1970 to 9999; 0 is never.
pub(super) fn epoch(seconds: i64) -> Option<When> {
    match seconds {
        0 => Some(When::Never),
        1..=LAST => Some(When::At(seconds)),
        _ => None,
    }
}

/// Seconds since the epoch in digits, or what `ctime` prints, without a zone: of PBS and TORQUE.
pub(super) fn of_pbs(text: &str, reading: &Reading) -> Option<When> {
    match text.parse() {
        Ok(seconds) => epoch(seconds),
        Err(_) => local(ctime(text)?, reading),
    }
}

/// A time in ISO 8601, or as the format of the [`Reading`] says; the first year of .NET is never.
pub(super) fn of_windows(text: &str, reading: &Reading) -> Option<When> {
    let text = text.trim();
    if text.is_empty() {
        return Some(When::Never);
    }
    let date = match &reading.date_format {
        Some(format) => DateTime::strptime(format, text).ok()?,
        None => match text.parse::<Timestamp>() {
            Ok(time) => return epoch(time.as_second()),
            Err(_) => text.parse().ok()?,
        },
    };
    if date.year() <= 1 { Some(When::Never) } else { local(date, reading) }
}

fn local(date: DateTime, reading: &Reading) -> Option<When> {
    let time = reading.zone.to_timestamp(date).ok()?;
    let time = epoch(time.as_second())?;
    Some(time.at().map_or(When::Never, When::Assumed))
}

/// `Tue Apr 28 18:43:16 2020`.
fn ctime(text: &str) -> Option<DateTime> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let &[_, month, day, time, year] = words.as_slice() else { return None };
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    let clock: Vec<i8> = time.split(':').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let &[hour, minute, second] = clock.as_slice() else { return None };
    DateTime::new(year.parse().ok()?, month, day.parse().ok()?, hour, minute, second, 0).ok()
}

/// A duration in seconds: `90`, `335:34:49`, `2:00:00:00`, `1.02:03:04.5000000`; parts of a second
/// are cut off.
pub(super) fn duration(text: &str) -> Option<u64> {
    let text = text.trim();
    let (days, clock) = match (text.find('.'), text.find(':')) {
        (Some(point), Some(colon)) if point < colon => (whole(&text[..point])?, &text[point + 1..]),
        _ => (0, text),
    };
    let clock = match clock.rsplit_once('.') {
        Some((clock, part)) if part.bytes().all(|it| it.is_ascii_digit()) => clock,
        Some(_) => return None,
        None => clock,
    };
    let parts: Vec<u64> = clock.split(':').map(whole).collect::<Option<_>>()?;
    let factors: &[u64] = match parts.len() {
        1 => &[1],
        2 => &[60, 1],
        3 => &[3600, 60, 1],
        4 => &[86_400, 3600, 60, 1],
        _ => return None,
    };
    let mut seconds = days.checked_mul(86_400)?;
    for (part, factor) in parts.iter().zip(factors) {
        seconds = seconds.checked_add(part.checked_mul(*factor)?)?;
    }
    (seconds <= LONGEST_S).then_some(seconds)
}

fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A zone as people name it: `UTC`, `+02:00`, `Europe/Berlin`.
///
/// # Errors
/// A name that is no zone; the text says what is accepted.
pub fn parse_zone(text: &str) -> Result<(TimeZone, String), String> {
    let zone = DateTimeParser::new().parse_time_zone(text);
    zone.map(|zone| (zone, text.to_owned()))
        .map_err(|_| "no such zone: write UTC, +02:00, or a name such as Europe/Berlin".to_owned())
}

/// A moment as people write it, in seconds since the epoch: `2026-11-21T14:45:00Z`,
/// `2026-11-21 14:45` (in UTC), or `@1795272300`.
///
/// # Errors
/// Text that is no moment; it says what is accepted.
pub fn parse_instant(text: &str) -> Result<i64, String> {
    let wrong = || {
        "no such time: write 2026-11-21T14:45:00Z, 2026-11-21 14:45 (in UTC), or @ and seconds since \
         1970"
            .to_owned()
    };
    let seconds = match text.strip_prefix('@') {
        Some(seconds) => seconds.parse().map_err(|_| wrong())?,
        None => {
            text.parse::<Timestamp>().or_else(|_| in_utc(text)).map_err(|_| wrong())?.as_second()
        }
    };
    epoch(seconds).and_then(When::at).ok_or_else(wrong)
}

fn in_utc(text: &str) -> Result<Timestamp, jiff::Error> {
    TimeZone::UTC.to_timestamp(text.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_notation() {
        let cases = [
            ("90", 90),
            ("0", 0),
            ("10:00", 600),
            ("335:34:49", 335 * 3600 + 34 * 60 + 49),
            ("2:00:00:00", 172_800),
            ("1.02:03:04", 86_400 + 7384),
            ("02:03:04.5670000", 7384),
            ("1.02:03:04.5", 86_400 + 7384),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for text in ["", "-5", "1:2:3:4:5", "1:x", "1e9", "18446744073709551615", "9999999999:0:0"]
        {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn times_without_a_zone_are_in_the_one_that_is_told() {
        let utc = Reading::default();
        let text = "Tue Apr 28 18:43:16 2020";
        assert_eq!(of_pbs(text, &utc), Some(When::Assumed(1_588_099_396)));
        let (zone, zone_name) = parse_zone("+02:00").unwrap();
        let east = Reading { zone, zone_name, date_format: None };
        assert_eq!(of_pbs(text, &east), Some(When::Assumed(1_588_099_396 - 7200)));
        assert_eq!(of_pbs("Fri Feb  3 10:41:52 2023", &utc), Some(When::Assumed(1_675_420_912)));
        assert_eq!(of_pbs("1588099396", &east), Some(When::At(1_588_099_396)));
        assert_eq!(of_pbs("0", &utc), Some(When::Never));
        for wrong in ["-1", "Tue Foo 28 18:43:16 2020", "Tue Feb 30 1:1:1 2020", "253402300800"] {
            assert_eq!(of_pbs(wrong, &utc), None, "{wrong}");
        }
    }

    #[test]
    fn dates_of_windows_need_their_format() {
        let mut reading = Reading::default();
        assert_eq!(of_windows("7/4/2011 5:23:11 PM", &reading), None);
        assert_eq!(of_windows("2011-07-04T17:23:11Z", &reading), Some(When::At(1_309_800_191)));
        assert_eq!(of_windows("2011-07-04 17:23:11", &reading), Some(When::Assumed(1_309_800_191)));
        for (format, text) in [
            ("%m/%d/%Y %I:%M:%S %p", "7/4/2011 5:23:11 PM"),
            ("%d.%m.%Y %H:%M:%S", "04.07.2011 17:23:11"),
        ] {
            reading.date_format = Some(format.to_owned());
            assert_eq!(of_windows(text, &reading), Some(When::Assumed(1_309_800_191)), "{text}");
            assert_eq!(of_windows("", &reading), Some(When::Never));
            assert_eq!(of_windows("2011-07-04", &reading), None);
        }
        assert_eq!(of_windows("01.01.0001 00:00:00", &reading), Some(When::Never));
    }

    #[test]
    fn moments_are_read_as_people_write_them() {
        for text in ["2026-11-21T14:45:00Z", "2026-11-21 14:45", "@1795272300"] {
            assert_eq!(parse_instant(text), Ok(1_795_272_300), "{text}");
        }
        for text in ["", "now", "@-5", "@99999999999999", "14:45"] {
            assert!(parse_instant(text).is_err(), "{text}");
        }
        assert!(parse_zone("Mars/Olympus").is_err());
    }
}
