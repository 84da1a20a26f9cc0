//! Which documents a text holds, and what each becomes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::discover::{self, RECORDING_SCHEMA, Recording};
use crate::model::{INVENTORY_SCHEMA, NodeInventory, NodeName};

use super::ImportError;
use super::iproute2::{self, Output};
use super::json::{Part, Source};

/// Schema of a document that holds the output of iproute2.
pub const IPROUTE2_SCHEMA: &str = "netplan-cluster/iproute2/1";

/// Schemas that are read.
pub(super) const SCHEMAS: [&str; 3] = [INVENTORY_SCHEMA, RECORDING_SCHEMA, IPROUTE2_SCHEMA];

/// The inventories in `bytes`: JSON documents one after the other, or arrays of them.
///
/// A document is an inventory, a recording (which is decoded) or the output of iproute2
/// (`{"node": NAME, "link": …, "addr": …, "route": …, "route6": …, "lldp": …}`, all but link
/// optional; lldp is the output of lldpcli). Every list in an inventory is sorted. `origin` names
/// the text in errors; `fallback_node` is the node of a document without a name.
///
/// # Errors
/// Text that is no such document, with its place; a document that names no node when there is no
/// `fallback_node`.
pub fn parse(
    bytes: &[u8],
    origin: &str,
    fallback_node: Option<&NodeName>,
) -> Result<Vec<NodeInventory>, ImportError> {
    let source = Source::new(origin, bytes)?;
    if let Some(inventory) = only_inventory(&source) {
        return Ok(vec![checked(&source.whole(), inventory)?]);
    }
    let mut inventories = Vec::new();
    for document in documents(source)? {
        inventories.push(read_document(&document, fallback_node)?);
    }
    if inventories.is_empty() {
        return Err(ImportError::Empty { origin: origin.to_owned() });
    }
    Ok(inventories)
}

/// The inventory, when the text is one and nothing else: what a nodes folder holds by the thousand,
/// and so read in one pass. What is wrong with any other text is found out by the longer way.
fn only_inventory(source: &Source<'_>) -> Option<NodeInventory> {
    let text = source.text.trim_start();
    begins_with_schema(text, INVENTORY_SCHEMA).then(|| serde_json::from_str(text).ok()).flatten()
}

/// The documents of a text, those inside arrays too.
fn documents(source: Source<'_>) -> Result<Vec<Part<'_>>, ImportError> {
    let whole = source.whole();
    let mut documents = Vec::new();
    let values = serde_json::Deserializer::from_str(source.text).into_iter::<&RawValue>();
    for value in values {
        let value = value.map_err(|error| whole.error("", &error))?;
        let part = whole.inner(value.get(), "");
        if part.text.starts_with('[') {
            let elements: Vec<&RawValue> = part.read()?;
            let elements = elements.into_iter().enumerate();
            documents.extend(
                elements.map(|(place, value)| whole.inner(value.get(), &format!("[{place}]"))),
            );
        } else {
            documents.push(part);
        }
    }
    Ok(documents)
}

/// What tells documents apart.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    schema: Option<Cow<'a, str>>,
    link: Option<IgnoredAny>,
}

fn read_document(
    document: &Part<'_>,
    fallback_node: Option<&NodeName>,
) -> Result<NodeInventory, ImportError> {
    if begins_with_schema(document.text, INVENTORY_SCHEMA) {
        return read_inventory(document);
    }
    let not_a_document =
        || ImportError::NotADocument { origin: document.origin(), line: document.line() };
    if !document.text.starts_with('{') {
        return Err(not_a_document());
    }
    let outline: Outline<'_> = document.read()?;
    match outline.schema.as_deref() {
        Some(INVENTORY_SCHEMA) => read_inventory(document),
        Some(RECORDING_SCHEMA) => read_recording(document),
        Some(IPROUTE2_SCHEMA) => read_output(document, fallback_node),
        Some(schema) => {
            Err(ImportError::UnknownSchema { origin: document.origin(), schema: schema.to_owned() })
        }
        None if outline.link.is_some() => read_output(document, fallback_node),
        None => Err(not_a_document()),
    }
}

/// Whether the schema is the first key, as this program writes it; saves reading the outline.
fn begins_with_schema(text: &str, schema: &str) -> bool {
    let quoted = |text: &str| {
        let text = text.trim_start().strip_prefix('"')?;
        text.split_once('"').map(|(word, rest)| (word.to_owned(), rest.to_owned()))
    };
    let head: String = text.chars().take(128).collect();
    let head = head.strip_prefix('{').and_then(quoted);
    let Some((key, rest)) = head else {
        return false;
    };
    let value = rest.trim_start().strip_prefix(':').and_then(quoted);
    key == "schema" && value.is_some_and(|(value, _)| value == schema)
}

fn read_inventory(document: &Part<'_>) -> Result<NodeInventory, ImportError> {
    checked(document, document.read()?)
}

/// The inventory with what its types do not tell checked, and its lists in order.
fn checked(
    document: &Part<'_>,
    mut inventory: NodeInventory,
) -> Result<NodeInventory, ImportError> {
    check_name(document, inventory.node.as_str())?;
    check_names_differ(document, &inventory)?;
    set_to_utc(document, &mut inventory.taken_at)?;
    discover::put_in_order(&mut inventory);
    Ok(inventory)
}

fn read_recording(document: &Part<'_>) -> Result<NodeInventory, ImportError> {
    let mut recording: Recording = document.read()?;
    check_name(document, recording.node.as_str())?;
    set_to_utc(document, &mut recording.taken_at)?;
    discover::inventory(&recording).map_err(|source| ImportError::Recording {
        origin: document.origin(),
        node: recording.node.to_string(),
        source,
    })
}

fn read_output(
    document: &Part<'_>,
    fallback_node: Option<&NodeName>,
) -> Result<NodeInventory, ImportError> {
    let output: Output = document.read()?;
    let node = output.node.as_ref().or(fallback_node).cloned();
    let node = node.ok_or_else(|| ImportError::NoNode { origin: document.origin() })?;
    check_name(document, node.as_str())?;
    iproute2::inventory(node, &output.lists(document)?)
}

fn check_name(document: &Part<'_>, name: &str) -> Result<(), ImportError> {
    match discover::node_name(name) {
        Ok(_) => Ok(()),
        Err(source) => Err(ImportError::NodeName { origin: document.origin(), source }),
    }
}

fn check_names_differ(document: &Part<'_>, inventory: &NodeInventory) -> Result<(), ImportError> {
    let mut places = BTreeMap::new();
    for (place, interface) in inventory.interfaces.iter().enumerate() {
        if let Some(first) = places.insert(&interface.name, place) {
            return Err(ImportError::Twice {
                origin: document.origin(),
                path: document.path_of(&format!("interfaces[{place}].name")),
                value: format!("\"{}\"", interface.name),
                first: document.path_of(&format!("interfaces[{first}].name")),
            });
        }
    }
    Ok(())
}

/// A time in UTC to the second, whatever its zone and precision: times are compared as text.
fn set_to_utc(document: &Part<'_>, time: &mut Option<String>) -> Result<(), ImportError> {
    if let Some(time) = time {
        let parsed =
            time.parse().and_then(|time: Timestamp| Timestamp::from_second(time.as_second()));
        let parsed = parsed.map_err(|_| ImportError::Value {
            origin: document.origin(),
            path: document.path_of("taken_at"),
            value: format!("{time:?}"),
            expected: "a time such as \"2026-11-01T08:00:00Z\"",
        })?;
        *time = parsed.to_string();
    }
    Ok(())
}
