//! The JSON of OpenPBS: `qstat -f -F json`, `pbsnodes -a -F json`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::attributes::Attributes;
use super::error::At;
use super::time::epoch;
use super::unique::Unique;
use super::{BatchError, Reading, pbs, pbs_node};
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat};

/// What tells OpenPBS from Slurm.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(rename = "Jobs")]
    jobs: Option<IgnoredAny>,
    pbs_version: Option<IgnoredAny>,
    pbs_server: Option<IgnoredAny>,
    #[serde(borrow)]
    nodes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Dump {
    #[serde(rename = "Jobs")]
    jobs: Option<Table>,
    nodes: Option<Table>,
    /// Some versions write what is no number.
    #[serde(default, deserialize_with = "seconds")]
    timestamp: Option<i64>,
}

/// Reads the dump; nothing if it is of another system.
///
/// # Errors
/// JSON that is broken, and the first value that is wrong.
pub(super) fn read(source: Source<'_>, reading: &Reading) -> Result<Option<BatchDump>, BatchError> {
    let whole = source.whole();
    if !source.text.trim_start().starts_with('{') {
        return Ok(None);
    }
    let outline: Outline<'_> = whole.read()?;
    let map_of_nodes = outline.nodes.is_some_and(|it| it.get().starts_with('{'));
    let told = outline.pbs_version.is_some() || outline.pbs_server.is_some();
    if outline.jobs.is_none() && !map_of_nodes && !told {
        return Ok(None);
    }
    let dump: Dump = whole.read()?;
    let format = if dump.nodes.is_some() { BatchFormat::PbsNodes } else { BatchFormat::PbsJobs };
    let mut read = BatchDump::new(source.origin, format);
    read.taken_at = dump.timestamp;
    let origin = source.origin;
    let mut ids = Unique::default();
    for (id, attributes) in dump.jobs.into_iter().flat_map(|it| it.0) {
        let path = format!("Jobs.{id}");
        ids.once(origin, &id, &path)?;
        pbs::add_job(&mut read, &id, &attributes, (At { origin, path: &path }, reading))?;
    }
    let mut names = Unique::default();
    for (name, attributes) in dump.nodes.into_iter().flat_map(|it| it.0) {
        let path = format!("nodes.{name}");
        names.once(origin, &name, &path)?;
        read.nodes.push(pbs_node::node(&name, &attributes, At { origin, path: &path })?);
    }
    Ok(Some(read))
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_i64().and_then(epoch).and_then(super::time::When::at))
}

/// Elements by name, in their order, also those that stand twice.
struct Table(Vec<(String, Attributes)>);

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = Table;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an element for each name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = map.next_entry()? {
            elements.push(element);
        }
        Ok(Table(elements))
    }
}
