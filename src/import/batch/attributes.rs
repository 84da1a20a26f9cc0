//! Attributes of a job or node of PBS or TORQUE, as one flat table of text.
//!
//! OpenPBS writes a value as text or as a number as it likes, and TORQUE writes nothing but text, so
//! both are brought to text here and read by the same code.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::At;
use super::time::{When, duration, of_pbs};
use super::{BatchError, Reading};

/// Attributes that are read; those within another are written with a point.
const READ: [&str; 32] = [
    "Job_Name",
    "Job_Owner",
    "job_state",
    "ctime",
    "qtime",
    "stime",
    "start_time",
    "Priority",
    "Rerunable",
    "Resource_List",
    "Resource_List.walltime",
    "Resource_List.ncpus",
    "Resource_List.nodes",
    "Resource_List.procs",
    "resources_used",
    "resources_used.walltime",
    "exec_host",
    "exec_vnode",
    "Exit_status",
    "exit_status",
    "comment",
    "state",
    "pcpus",
    "np",
    "jobs",
    "resources_available",
    "resources_available.ncpus",
    "resources_assigned",
    "resources_assigned.ncpus",
    "note",
    "array_index",
    "Job_Id",
];

/// Whether an attribute is read.
pub(super) fn is_read(key: &str) -> bool {
    READ.contains(&key)
}

/// Attributes by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes(pub(super) BTreeMap<String, String>);

impl Attributes {
    /// The text of an attribute; an empty one is none.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|it| it.trim()).filter(|it| !it.is_empty())
    }

    /// The text of an attribute that must be there.
    pub(super) fn required(&self, key: &'static str, at: At<'_>) -> Result<&str, BatchError> {
        self.text(key).ok_or_else(|| at.missing(key))
    }

    /// A whole number from 0 on.
    pub(super) fn count(&self, key: &str, at: At<'_>) -> Result<Option<u64>, BatchError> {
        let parse = |text: &str| text.parse().map_err(|_| at.wrong(key, text, "a count"));
        self.text(key).map(parse).transpose()
    }

    /// A whole number.
    pub(super) fn number(&self, key: &str, at: At<'_>) -> Result<Option<i64>, BatchError> {
        let parse = |text: &str| text.parse().map_err(|_| at.wrong(key, text, "a whole number"));
        self.text(key).map(parse).transpose()
    }

    /// A duration in seconds.
    pub(super) fn seconds(&self, key: &str, at: At<'_>) -> Result<Option<u64>, BatchError> {
        let parse = |text: &str| {
            duration(text).ok_or_else(|| at.wrong(key, text, "a time such as 12:30:00"))
        };
        self.text(key).map(parse).transpose()
    }

    /// A moment.
    pub(super) fn when(
        &self,
        key: &str,
        at: At<'_>,
        reading: &Reading,
    ) -> Result<When, BatchError> {
        let expected = "a time such as Tue Apr 28 18:43:16 2020, or seconds since 1970";
        let parse = |text: &str| of_pbs(text, reading).ok_or_else(|| at.wrong(key, text, expected));
        self.text(key).map_or(Ok(When::Never), parse)
    }

    /// Yes or no.
    pub(super) fn truth(&self, key: &str, at: At<'_>) -> Result<Option<bool>, BatchError> {
        let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "y" => Ok(true),
            "false" | "0" | "n" => Ok(false),
            _ => Err(at.wrong(key, text, "True or False")),
        };
        self.text(key).map(parse).transpose()
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Outer)
    }
}

struct Outer;

impl<'de> Visitor<'de> for Outer {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut all = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if !is_read(&key) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value()? {
                Flat::Text(text) => {
                    all.insert(key, text);
                }
                Flat::Inner(inner) => {
                    let named =
                        inner.into_iter().map(|(name, text)| (format!("{key}.{name}"), text));
                    all.extend(named.filter(|(name, _)| is_read(name)));
                }
            }
        }
        Ok(Attributes(all))
    }
}

/// A value as text, or the texts within it.
enum Flat {
    Text(String),
    Inner(Vec<(String, String)>),
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlatVisitor)
    }
}

struct FlatVisitor;

impl<'de> Visitor<'de> for FlatVisitor {
    type Value = Flat;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Flat, E> {
        Ok(Flat::Text(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Flat, E> {
        Ok(Flat::Text(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Flat, E> {
        Ok(Flat::Text(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Flat, E> {
        Ok(Flat::Text(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Flat, E> {
        Ok(Flat::Text(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Flat, E> {
        Ok(Flat::Text(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Flat, A::Error> {
        let mut texts: Vec<String> = Vec::new();
        while let Some(text) = seq.next_element()? {
            texts.push(text);
        }
        Ok(Flat::Text(texts.join(", ")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flat, A::Error> {
        let mut inner = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Scalar(Some(text)) = map.next_value()? {
                inner.push((key, text));
            }
        }
        Ok(Flat::Inner(inner))
    }
}

/// A scalar as text; nothing for what is none.
struct Scalar(Option<String>);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match deserializer.deserialize_any(FlatVisitor)? {
            Flat::Text(text) => Some(text),
            Flat::Inner(_) => None,
        };
        Ok(Self(text))
    }
}
