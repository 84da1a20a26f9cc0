//! Specifications of migrations: one, or an array of them.

use std::path::Path;
use std::thread;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ImportError;
use super::files::read_up_to;
use super::json::{Part, Source};
use crate::migration::{self, SpecificationError};
use crate::model::Specification;

/// Largest text with specifications that is read.
const LARGEST_BYTES: u64 = 1 << 30;
/// Bytes a second, for what is checked before its network is known.
const ANY_RATE: f64 = 1e9;
/// Fewer elements are not worth a thread.
const ELEMENTS_PER_THREAD: usize = 256;

/// What a text specifies.
#[derive(Clone, Debug, PartialEq)]
pub enum Specifications {
    /// One migration.
    One(Box<Specification>),
    /// An array of them, whatever its length.
    Many(Vec<Specification>),
}

/// The specifications in a file, or on standard input for `-`. All of them can be forecast.
///
/// # Errors
/// A file that can't be read, and the first place that is wrong.
pub fn read_specifications(path: &Path) -> Result<Specifications, ImportError> {
    let (bytes, origin) = read_up_to(path, LARGEST_BYTES)?;
    parse_specifications(&bytes, &origin)
}

/// The VMs that a file or standard input specifies, whose network is chosen later: what they say of
/// its rate need not suffice.
///
/// # Errors
/// A file that can't be read, and the first place that is wrong.
pub fn read_vms(path: &Path) -> Result<Vec<Specification>, ImportError> {
    let (bytes, origin) = read_up_to(path, LARGEST_BYTES)?;
    Ok(match parse(&bytes, &origin, over_any)? {
        Specifications::One(spec) => vec![*spec],
        Specifications::Many(specs) => specs,
    })
}

/// Over some network, which matters not.
pub(super) fn over_any(spec: &Specification) -> Result<(), SpecificationError> {
    let link_bytes_s = spec.link_bytes_s.or(Some(ANY_RATE));
    migration::terms(&Specification { link_bytes_s, ..spec.clone() }).map(|_| ())
}

/// The specifications in a text that errors call `origin`.
///
/// # Errors
/// The first place that is wrong.
pub fn parse_specifications(bytes: &[u8], origin: &str) -> Result<Specifications, ImportError> {
    parse(bytes, origin, |spec| migration::terms(spec).map(|_| ()))
}

/// Tells what is wrong with a specification.
type Check = fn(&Specification) -> Result<(), SpecificationError>;

fn parse(bytes: &[u8], origin: &str, check: Check) -> Result<Specifications, ImportError> {
    let whole = Source::up_to(origin, bytes, LARGEST_BYTES)?.whole();
    if !whole.text.trim_start().starts_with('[') {
        return Ok(Specifications::One(Box::new(specification(&whole, check)?)));
    }
    read_array(&whole, check).map(Specifications::Many)
}

/// The elements of an array, read by several threads where they are many.
fn read_array(whole: &Part<'_>, check: Check) -> Result<Vec<Specification>, ImportError> {
    let elements: Vec<&RawValue> = whole.read()?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = (elements.len() / ELEMENTS_PER_THREAD).clamp(1, cores);
    let size = elements.len().div_ceil(threads).max(1);
    let parts = thread::scope(|scope| {
        let workers: Vec<_> = (0..)
            .zip(elements.chunks(size))
            .map(|(number, chunk)| {
                scope.spawn(move || read_all(whole, number * size, (chunk, check)))
            })
            .collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        workers.into_iter().map(join).collect::<Result<Vec<Vec<Specification>>, _>>()
    })?;
    Ok(parts.into_iter().flatten().collect())
}

/// Elements of the array, the first of which has the place `first`.
fn read_all<'a>(
    whole: &Part<'a>,
    first: usize,
    (elements, check): (&[&'a RawValue], Check),
) -> Result<Vec<Specification>, ImportError> {
    let read = |(place, value): (usize, &&'a RawValue)| {
        specification(&whole.inner(value.get(), &format!("[{place}]")), check)
    };
    (first..).zip(elements).map(read).collect()
}

fn specification(part: &Part<'_>, check: Check) -> Result<Specification, ImportError> {
    let mut specification: Specification = part.read()?;
    let no_groups = || SpecificationError::Number {
        place: "groups".to_owned(),
        value: "[]".to_owned(),
        expected: "a list of groups; a VM that writes nothing has one with writes_per_s 0",
    };
    if specification.groups.is_empty() {
        return Err(wrong(part, no_groups()));
    }
    place_zeros(part, &mut specification)?;
    match check(&specification) {
        Ok(()) => Ok(specification),
        Err(reason) => Err(wrong(part, reason)),
    }
}

/// Where zero ranges are given and nothing is said of their number, they hold all zero pages.
fn place_zeros(part: &Part<'_>, specification: &mut Specification) -> Result<(), ImportError> {
    #[derive(Deserialize)]
    struct Said {
        zero_pages: Option<u64>,
    }
    let ranges = specification.zero_ranges.iter();
    let sum = ranges.fold(0, |sum: u64, it| sum.saturating_add(it.pages));
    if sum > 0 && specification.zero_pages == 0 && part.read::<Said>()?.zero_pages.is_none() {
        specification.zero_pages = sum;
    }
    Ok(())
}

pub(super) fn wrong(part: &Part<'_>, reason: SpecificationError) -> ImportError {
    let reason = match reason {
        SpecificationError::Number { place, value, expected } => {
            SpecificationError::Number { place: part.path_of(&place), value, expected }
        }
        SpecificationError::TooManyPages { place, pages, limit } => {
            SpecificationError::TooManyPages { place: part.path_of(&place), pages, limit }
        }
        SpecificationError::Refused { place, reason } => {
            let place = part.path_of(&place).into();
            SpecificationError::Refused { place, reason }
        }
        other => {
            return ImportError::Specification {
                origin: part.origin(),
                path: part.path_of(""),
                reason: other,
            };
        }
    };
    ImportError::Specification { origin: part.origin(), path: String::new(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"schema": "netplan-cluster/migration/1", "ram_bytes": 1073741824,
        "groups": [{"pages": 1000, "writes_per_s": 10.5}]}"#;

    fn parse(text: &str) -> Result<Specifications, ImportError> {
        parse_specifications(text.as_bytes(), "f.json")
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn one_is_one_and_an_array_is_an_array() {
        assert!(matches!(parse(ONE), Ok(Specifications::One(_))));
        for count in [0, 1, 3, 2000] {
            let text = format!(" [{}]\n", vec![ONE; count].join(","));
            match parse(&text) {
                Ok(Specifications::Many(all)) => assert_eq!(all.len(), count),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn errors_name_place_and_value() {
        let group = ONE.replace("\"pages\": 1000", "\"pages\": 0");
        assert_eq!(
            error(&format!("[{ONE}, {group}]")),
            "f.json: [1].groups[0].pages: 0 is not at least one page"
        );
        let typo = ONE.replace("writes_per_s", "writes");
        let said = error(&format!("[{ONE},\n{ONE},\n{typo}]"));
        assert!(said.starts_with("f.json: [2].groups[0].writes: unknown field `writes`"), "{said}");
        assert!(said.contains("line 6"), "{said}");
        let schema = ONE.replace("migration/1", "migration/9");
        let said = error(&format!("[{schema}]"));
        assert!(said.contains("[0]: schema \"netplan-cluster/migration/9\" is not"), "{said}");
        let many = vec![ONE; 1000].join(",") + "," + &group;
        assert!(error(&format!("[{many},{group}]")).contains("[1000].groups[0].pages"));
    }

    #[test]
    fn zero_pages_are_those_of_their_ranges_unless_said() {
        let ranges = r#""zero_ranges": [{"first_page": 5000, "pages": 10}, {"first_page": 9000, "pages": 5}]"#;
        let with = |said: &str| ONE.replacen('{', &format!("{{{said} {ranges},"), 1);
        let zeros = |text: &str| match parse(text) {
            Ok(Specifications::One(spec)) => spec.zero_pages,
            other => panic!("{other:?}"),
        };
        assert_eq!(zeros(&with("")), 15);
        assert_eq!(zeros(&with("\"zero_pages\": 100,")), 100);
        for few in [0, 14] {
            let said = error(&with(&format!("\"zero_pages\": {few},")));
            assert!(said.contains(&format!("zero_pages: {few} is not at least")), "{said}");
        }
    }

    #[test]
    fn what_the_program_does_not_know_is_refused_where_it_stands() {
        let text = ONE.replacen('{', r#"{"vmm": "xen", "multifd_channels": 2,"#, 1);
        let said = error(&format!("[{ONE},{text}]"));
        assert_eq!(said, "f.json: [1].multifd_channels: xen has no multifd channels: QEMU does");
    }

    #[test]
    fn what_is_no_specification_is_refused() {
        let with = |key: &str, value: &str| ONE.replacen('{', &format!("{{\"{key}\": {value},"), 1);
        let cases = [
            (String::new(), "EOF"),
            ("[".to_owned(), "EOF"),
            ("5".to_owned(), "invalid type: integer `5`"),
            ("[5]".to_owned(), "[0]: invalid type: integer `5`"),
            (format!("{ONE} {ONE}"), "trailing characters"),
            (with("clear", r#"{"mode": "sync", "chunk_bytes": 5}"#), "has no `chunk_bytes`"),
            (with("clear", r#"{"mode": "sync", "chunks": 5}"#), "unknown field `chunks`"),
            (with("clear", r#"{"mode": "chunk"}"#), "missing field `chunk_bytes`"),
            (with("clear", r#"{"mode": "chunk", "chunk_bytes": 4096}"#), "from 64 pages"),
            (with("time_limit_ms", "1e11"), "time_limit_ms: 100000000000 is not a time from 0"),
            (with("link_bytes_s", "1e300"), "link_bytes_s: 1e300 is not from 1024 to 10^12"),
            (with("multifd_channels", "100000"), "multifd_channels: 100000 is not a number"),
            (with("downtime_limit_ms", "2000001"), "from 0 to 2000 s"),
            (with("fixed_downtime_ms", "1e9"), "fixed_downtime_ms: 1000000000 is not a time"),
            (with("postcopy", r#"{"after_iteration": 0}"#), "after_iteration: 0 is not a bitmap"),
            (with("auto_converge", r#"{"initial": 60, "max": 50}"#), "at most auto_converge.max"),
            (with("auto_converge", r#"{"max": 100}"#), "max: 100 is not a percentage, 1 to 99"),
            (with("xbzrle", r#"{"encoded_bytes_per_page": 5000}"#), "from 0 to page_bytes"),
            (with("avail_switchover_bandwidth_bytes_s", "5"), "0 (as measured), or from 1024"),
            (ONE.replace("[{\"pages\": 1000, \"writes_per_s\": 10.5}]", "[]"), "groups: [] is not"),
            (
                ONE.replace(
                    "10.5",
                    "10.5, \"phases\": [{\"from_ms\": 5, \"writes_per_s\": 1},
                    {\"from_ms\": 5, \"writes_per_s\": 2}]",
                ),
                "groups[0].phases[1].from_ms: 5 is not later than the phase before it",
            ),
            (with("zero_pages", "-1"), "zero_pages: invalid value: integer `-1`"),
            (with("zero_pages", "NaN"), "expected value"),
            (with("link_bytes_s", "1e999"), "number out of range"),
            (with("zero_pages", "99999999999999999999"), "invalid type: floating point"),
            (
                with("zero_pages", "300000"),
                "zero_pages: 300000 pages are more than the 262144 pages",
            ),
            (
                with("link_bytes_s", "-5"),
                "link_bytes_s: -5 is not from 1024 to 10^12 bytes a second",
            ),
            (with("vmm", "\"vmware\""), "unknown variant `vmware`, expected one of `qemu-7.2`"),
            (with("policy", "\"never\""), "unknown variant `never`"),
            (with("ram_bytes", "5"), "duplicate field `ram_bytes`"),
            (r#"{"ram_bytes": 5}"#.to_owned(), "missing field `schema`"),
            ("[".repeat(100_000), "EOF"),
            ("[".repeat(100_000) + &"]".repeat(100_000), "[0]"),
        ];
        for (text, words) in cases {
            let said = error(&text);
            assert!(said.starts_with("f.json: ") && said.contains(words), "{words}: {said}");
        }
    }
}
