//! `--sweep KEY=A..B[:STEPS]`.

use crate::migration::Spacing;
use crate::model::{
    Key, QuantityError, Unit, WriteRate, parse_rate, parse_share, parse_size, parse_time,
    parse_write_rate,
};

/// Values unless said otherwise.
const STEPS: u32 = 11;
/// Nobody reads more rows.
const MOST_STEPS: u32 = 1000;

const FORM: &str = "write KEY=A..B or KEY=A..B:STEPS, such as bandwidth=1Gbit/s..25Gbit/s:8";

/// A range of a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Which quantity.
    pub key: Key,
    from: End,
    to: End,
    /// How many values, both ends among them.
    pub steps: u32,
}

/// An end of a range; how many writes a rate of bytes is rests on the size of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Number(f64),
    Writes(WriteRate),
}

impl Range {
    /// Both ends in the unit of the key, for pages of so many bytes, and how the values lie.
    #[must_use]
    pub fn ends(self, page_bytes: u64) -> (f64, f64, Spacing) {
        let page = u32::try_from(page_bytes).unwrap_or(u32::MAX);
        let number = |end| match end {
            End::Number(number) => number,
            End::Writes(rate) => rate.pages_per_s(page),
        };
        let (from, to) = (number(self.from), number(self.to));
        (from, to, Spacing::of(from, to))
    }
}

/// Reads a range; an end without a unit has that of the other.
pub(super) fn range(text: &str) -> Result<Range, String> {
    let (name, rest) = text.split_once('=').ok_or_else(|| format!("{FORM}; {}", keys()))?;
    let name = name.trim();
    let key = Key::from_name(name).ok_or_else(|| format!("no key is \"{name}\": {}", keys()))?;
    let (ends, steps) = match rest.rsplit_once(':') {
        Some((ends, text)) => (ends, steps(text)?),
        None => (rest, STEPS),
    };
    let (from, to) = ends.split_once("..").ok_or_else(|| FORM.to_owned())?;
    let (from, to) = (from.trim(), to.trim());
    let read = |text: &str, other: &str| {
        let unit = if has_unit(text) { "" } else { unit(other) };
        let error = |error: QuantityError| format!("\"{text}\": {error}");
        end(key, &format!("{text}{unit}")).map_err(error)
    };
    let range = Range { key, from: read(from, to)?, to: read(to, from)?, steps };
    if range.from == range.to {
        return Err(format!("both ends are {from}: there is nothing between them"));
    }
    Ok(range)
}

fn keys() -> String {
    format!("the keys are {}", Key::ALL.map(Key::name).join(", "))
}

fn steps(text: &str) -> Result<u32, String> {
    let steps = text.trim().parse().ok().filter(|it| (2..=MOST_STEPS).contains(it));
    steps.ok_or_else(|| format!("\"{text}\" is no number of steps from 2 to {MOST_STEPS}"))
}

/// What follows the number.
fn unit(text: &str) -> &str {
    text.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.')
}

fn has_unit(text: &str) -> bool {
    !unit(text).is_empty()
}

fn end(key: Key, text: &str) -> Result<End, QuantityError> {
    #[expect(clippy::cast_precision_loss, reason = "sizes have few digits")]
    let bytes = |bytes: u64| bytes as f64;
    match key.unit() {
        Unit::Bytes => parse_size(text).map(bytes).map(End::Number),
        Unit::BytesPerS => parse_rate(text).map(End::Number),
        Unit::WritesPerS => parse_write_rate(text).map(End::Writes),
        Unit::Ms => parse_time(text).map(End::Number),
        Unit::Share => parse_share(text).map(End::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> (f64, f64, u32) {
        let range = range(text).unwrap();
        let (from, to, _) = range.ends(4096);
        (from, to, range.steps)
    }

    #[test]
    fn every_key_has_its_units_and_one_unit_may_do_for_both_ends() {
        let cases = [
            ("memory=1..4GiB", (1_073_741_824.0, 4_294_967_296.0, 11)),
            ("working-set=512MiB..1GiB:3", (536_870_912.0, 1_073_741_824.0, 3)),
            ("dirty-rate=4MiB/s..8MiB/s", (1024.0, 2048.0, 11)),
            ("dirty-rate=100..500 pages/s:5", (100.0, 500.0, 5)),
            ("bandwidth=8Gbit/s .. 1Gbit/s:1000", (1e9, 1.25e8, 1000)),
            ("max-bandwidth=100..200MB/s", (1e8, 2e8, 11)),
            ("downtime-limit=0.5..2s", (500.0, 2000.0, 11)),
            ("zero-share=10..80%", (0.1, 0.8, 11)),
            ("fixed-downtime=0..1s:2", (0.0, 1000.0, 2)),
        ];
        for (text, (from, to, steps)) in cases {
            let found = ends(text);
            assert!((found.0 - from).abs() < 1e-6 && (found.1 - to).abs() < 1e-6, "{text}");
            assert_eq!(found.2, steps, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_told_with_what_is() {
        let cases = [
            ("bandwidth", "the keys are memory, working-set"),
            ("bandwith=1..2Gbit/s", "no key is \"bandwith\": the keys are"),
            ("bandwidth=1Gbit/s", "KEY=A..B"),
            ("bandwidth=1..2", "no unit"),
            ("bandwidth=1..2GiB", "unit \"GiB\""),
            ("bandwidth=..2Gbit/s", "begin with a number"),
            ("bandwidth=-1..2Gbit/s", "negative"),
            ("bandwidth=1..2Gbit/s:1", "from 2 to 1000"),
            ("bandwidth=1..2Gbit/s:1001", "from 2 to 1000"),
            ("bandwidth=1..2Gbit/s:many", "from 2 to 1000"),
            ("bandwidth=1..1Gbit/s", "nothing between"),
            ("zero-share=10..180%", "too large"),
        ];
        for (text, words) in cases {
            let error = range(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
