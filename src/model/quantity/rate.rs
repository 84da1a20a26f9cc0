//! Bits and bytes a second, and pages a second.

use super::{QuantityError, finite, prefix, split, unknown};

const RATES: &str = "a rate such as 200MiB/s, 125MB/s or 10Gbit/s";
const WRITES: &str = "a rate such as 150MiB/s or 30000 pages/s";

/// A rate of writes to memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WriteRate {
    /// Pages a second.
    Pages(f64),
    /// Bytes of whole pages a second.
    Bytes(f64),
}

impl WriteRate {
    /// In pages of so many bytes a second.
    #[must_use]
    pub fn pages_per_s(self, page_bytes: u32) -> f64 {
        match self {
            Self::Pages(pages) => pages,
            Self::Bytes(bytes) => bytes / f64::from(page_bytes.max(1)),
        }
    }
}

/// A rate in bytes a second. Prefixes are powers of 1000 unless an `i` follows; `Gbps` and `Gb/s`
/// are bits, `GBps` and `GB/s` bytes.
///
/// # Errors
/// Text that is no rate, or one that may mean bits or bytes.
pub fn parse_rate(text: &str) -> Result<f64, QuantityError> {
    let (number, unit) = split(text, RATES)?;
    bytes_per_s(number, unit, RATES)
}

/// A rate in bytes or pages a second (`writes/s` is the same as `pages/s`).
///
/// # Errors
/// Text that is no such rate.
pub fn parse_write_rate(text: &str) -> Result<WriteRate, QuantityError> {
    let (number, unit) = split(text, WRITES)?;
    let lower = unit.to_ascii_lowercase();
    let (factor, word) = match prefix(&lower) {
        Some((power, word)) if word.trim_start() != lower && is_pages(word.trim_start()) => {
            (1000_f64.powi(power), word.trim_start())
        }
        _ => (1.0, lower.as_str()),
    };
    if is_pages(word) {
        return finite(number * factor, WRITES).map(WriteRate::Pages);
    }
    bytes_per_s(number, unit, WRITES).map(WriteRate::Bytes)
}

fn is_pages(word: &str) -> bool {
    matches!(word, "pages/s" | "page/s" | "writes/s" | "pages/sec" | "writes/sec")
}

fn bytes_per_s(number: f64, unit: &str, accepted: &'static str) -> Result<f64, QuantityError> {
    if unit.is_empty() {
        return if number > 0.0 { Err(QuantityError::NoUnit { accepted }) } else { Ok(0.0) };
    }
    let lower = unit.to_ascii_lowercase();
    let per_second = ["/sec", "/s"].into_iter().find_map(|end| lower.strip_suffix(end));
    let (stem, is_slashed) = match per_second {
        Some(stem) => (&unit[..stem.len()], true),
        None => (unit.strip_suffix("ps").unwrap_or(unit), false),
    };
    let is_per_second = is_slashed || stem.len() < unit.len();
    let (factor, word) = factor(stem);
    let divisor = match word {
        "bit" | "bits" => 8.0,
        _ if !is_per_second => return Err(unknown(unit, accepted)),
        "B" | "byte" | "bytes" => 1.0,
        "b" if !is_slashed || is_standard_bit(stem) => 8.0,
        "b" if stem.ends_with("ib") && stem.chars().all(char::is_lowercase) => 1.0,
        "b" | "" if !stem.is_empty() => {
            return Err(QuantityError::BitsOrBytes { unit: unit.to_owned(), accepted });
        }
        _ => return Err(unknown(unit, accepted)),
    };
    finite(number * factor / divisor, accepted)
}

/// As IEEE 802.3 writes it: `kb/s`, `Mb/s`, `Gb/s`.
fn is_standard_bit(stem: &str) -> bool {
    matches!(stem, "b" | "kb" | "Mb" | "Gb" | "Tb")
}

const WORDS: [&str; 4] = ["bits", "bit", "bytes", "byte"];

/// The factor of a unit's prefix, and the word behind it, in lower case but for a single `B`.
fn factor(stem: &str) -> (f64, &str) {
    let kind = |rest: &str| match rest {
        "b" => Some("b"),
        "B" => Some("B"),
        "" => Some(""),
        other => WORDS.into_iter().find(|it| it.eq_ignore_ascii_case(other)),
    };
    let lower = stem.to_ascii_lowercase();
    if let Some((power, _)) = prefix(&lower) {
        let rest = &stem[1..];
        let binary = rest.strip_prefix(['i', 'I']);
        let base: f64 = if binary.is_some() { 1024.0 } else { 1000.0 };
        return (base.powi(power), kind(binary.unwrap_or(rest)).unwrap_or("?"));
    }
    (1.0, kind(stem).unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> f64 {
        parse_rate(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn bits_and_bytes_are_told_apart() {
        let cases = [
            ("10Gbit/s", 1.25e9),
            ("10 Gbit/s", 1.25e9),
            ("10gbit", 1.25e9),
            ("1.5Gbps", 187.5e6),
            ("100mbps", 12.5e6),
            ("10Gb/s", 1.25e9),
            ("1Gibit/s", 134_217_728.0),
            ("200MiB/s", 209_715_200.0),
            ("200mib/s", 209_715_200.0),
            ("200MiBps", 209_715_200.0),
            ("125MB/s", 125e6),
            ("125MBps", 125e6),
            ("5B/s", 5.0),
            ("0", 0.0),
        ];
        for (text, bytes) in cases {
            assert!((rate(text) - bytes).abs() < 1e-6, "{text}: {}", rate(text));
        }
    }

    #[test]
    fn what_may_mean_either_is_refused() {
        let error = |text: &str| parse_rate(text).unwrap_err().to_string();
        for text in ["10gb/s", "10mb/s", "200M/s", "10Mib/s"] {
            assert!(error(text).contains("bits or bytes"), "{text}: {}", error(text));
        }
        for text in ["200M", "200MiB", "10furlongs/s", "10/s", "5pages/s", "10 GBPS", "1é/s"] {
            assert!(error(text).contains("not known"), "{text}: {}", error(text));
        }
        assert!(error("200").contains("no unit"));
        assert!(error("-3MiB/s").contains("negative"));
        assert!(error("NaN MiB/s").contains("number"));
        assert!(error("1e308PB/s").contains("too large"));
    }

    #[test]
    fn writes_are_counted_in_pages_or_bytes() {
        let pages = |text: &str| parse_write_rate(text).unwrap().pages_per_s(4096);
        for (text, wanted) in [
            ("30000 pages/s", 30_000.0),
            ("30000pages/s", 30_000.0),
            ("30k pages/s", 30_000.0),
            ("2e3 writes/s", 2000.0),
            ("150MiB/s", 38_400.0),
            ("0", 0.0),
        ] {
            assert!((pages(text) - wanted).abs() < 1e-6, "{text}: {}", pages(text));
        }
        assert!(parse_write_rate("5 pages").is_err());
    }
}
