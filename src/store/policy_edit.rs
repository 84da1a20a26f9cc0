//! Changing the text of a policy file with its comments and layout kept.

use thiserror::Error;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, TomlError, value};

use super::policy_text::{Original, drop_entry, insert_before_trailing, remove_line};
use crate::model::{Metric, MetricScheme, NetworkName, NetworkPolicy, POLICY_SCHEMA, Role, Subnet};

/// Why a policy text can't be changed. A text that reads as a policy has neither fault.
#[derive(Debug, Error)]
pub enum EditError {
    /// It is not TOML.
    #[error("the policy file is not TOML")]
    Syntax(#[from] TomlError),
    /// A key that should hold a table holds something else.
    #[error("\"{0}\" in the policy file is not a table: make it one")]
    NotATable(String),
}

/// A change of one property of a network; `None` takes the property away, so that it is automatic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Its name.
    Name(Option<NetworkName>),
    /// Its role.
    Role(Option<Role>),
    /// Its metric. Taking away one set by hand brings back what `pin` froze; taking away that too
    /// has it computed again.
    Metric(Option<Metric>),
    /// Its description.
    Description(Option<String>),
}

/// The text with `edits` made to the network of `subnet`.
///
/// # Errors
/// When the text is not TOML, or something in the way is no table.
pub fn edit(text: &str, subnet: Subnet, edits: &[Edit]) -> Result<String, EditError> {
    let original = Original::of(text);
    let mut text = original.plain.clone();
    for edit in edits {
        text = match edit {
            Edit::Name(Some(name)) => set(&text, subnet, "name", value(name.as_str()))?,
            Edit::Name(None) => unset(&text, subnet, "name")?,
            Edit::Role(Some(role)) => set(&text, subnet, "role", value(i64::from(role.number())))?,
            Edit::Role(None) => unset(&text, subnet, "role")?,
            Edit::Metric(Some(metric)) => {
                set(&text, subnet, "metric", value(i64::from(metric.get())))?
            }
            Edit::Metric(None) if has(&text, subnet, "metric")? => unset(&text, subnet, "metric")?,
            Edit::Metric(None) => unset(&text, subnet, "pinned_metric")?,
            Edit::Description(Some(words)) => set(&text, subnet, "description", value(words))?,
            Edit::Description(None) => unset(&text, subnet, "description")?,
        };
    }
    Ok(original.restored(&text))
}

/// The text with every reference to a network called `old` in the migration order and exclusions
/// and in waivers changed to `new`.
///
/// # Errors
/// As [`edit`].
pub fn rename(text: &str, old: &NetworkName, new: &str) -> Result<String, EditError> {
    let original = Original::of(text);
    let mut document: DocumentMut = original.plain.parse()?;
    if let Some(migration) = document.get_mut("migration").and_then(Item::as_table_like_mut) {
        for key in ["order", "exclude"] {
            for reference in migration
                .get_mut(key)
                .and_then(Item::as_array_mut)
                .into_iter()
                .flat_map(toml_edit::Array::iter_mut)
            {
                rename_value(reference, old, new);
            }
        }
    }
    for waiver in document
        .get_mut("waiver")
        .and_then(Item::as_array_of_tables_mut)
        .into_iter()
        .flat_map(toml_edit::ArrayOfTables::iter_mut)
    {
        if let Some(network) = waiver.get_mut("network").and_then(Item::as_value_mut) {
            rename_value(network, old, new);
        }
    }
    Ok(original.restored(&document.to_string()))
}

fn rename_value(reference: &mut toml_edit::Value, old: &NetworkName, new: &str) {
    if reference.as_str().is_some_and(|name| old.matches(name)) {
        let decor = reference.decor().clone();
        *reference = new.into();
        *reference.decor_mut() = decor;
    }
}

/// The text with every entry of `entries` frozen under `scheme`, and the next number for a network
/// without a name.
///
/// # Errors
/// As [`edit`].
pub fn pin(
    text: &str,
    entries: &[(Subnet, NetworkPolicy)],
    next_number: u64,
    scheme: MetricScheme,
) -> Result<String, EditError> {
    let original = Original::of(text);
    let pinned = change(&original.plain, |document| {
        let top = document.as_table_mut();
        let naming = table_in(top, "naming", Header::Shown)?;
        put(naming, "next_number", value(i64::try_from(next_number).unwrap_or(i64::MAX)));
        put(naming, "pinned_scheme", value(scheme.name()));
        let networks = table_in(top, "network", Header::Hidden)?;
        for (subnet, entry) in entries {
            let key = key_of(networks, *subnet);
            let table = table_in(networks, &key, Header::Shown)?;
            if let Some(name) = &entry.name {
                put(table, "name", value(name.as_str()));
            }
            if let Some(metric) = entry.pinned_metric {
                put(table, "pinned_metric", value(i64::from(metric.get())));
            }
        }
        Ok(())
    })?;
    Ok(original.restored(&pinned))
}

fn set(text: &str, subnet: Subnet, key: &str, new: Item) -> Result<String, EditError> {
    change(text, |document| {
        let networks = table_in(document.as_table_mut(), "network", Header::Hidden)?;
        let entry = key_of(networks, subnet);
        put(table_in(networks, &entry, Header::Shown)?, key, new);
        Ok(())
    })
}

/// Whether the entry of `subnet` has a key.
fn has(text: &str, subnet: Subnet, key: &str) -> Result<bool, EditError> {
    let document = Document::parse(text)?;
    Ok(entry_of(document.as_table(), subnet).is_some_and(|entry| entry.contains_key(key)))
}

fn entry_of(top: &Table, subnet: Subnet) -> Option<&dyn TableLike> {
    let networks = top.get("network")?.as_table_like()?;
    networks.get(&key_of(networks, subnet))?.as_table_like()
}

/// Takes a key away: its line, with comments around it kept; then the entry, when nothing is left
/// in it and nothing is said about it.
fn unset(text: &str, subnet: Subnet, key: &str) -> Result<String, EditError> {
    let document = Document::parse(text)?;
    let Some(entry) = entry_of(document.as_table(), subnet).filter(|it| it.contains_key(key))
    else {
        return Ok(text.to_owned());
    };
    let spans =
        entry.key(key).and_then(toml_edit::Key::span).zip(entry.get(key).and_then(Item::span));
    let by_line = spans.and_then(|(key, value)| remove_line(text, key.start..value.end));
    let shorter = match by_line {
        Some(shorter) => shorter,
        None => change(text, |document| {
            let networks = table_in(document.as_table_mut(), "network", Header::Hidden)?;
            let name = key_of(networks, subnet);
            table_in(networks, &name, Header::Shown)?.remove(key);
            Ok(())
        })?,
    };
    without_empty_entry(&shorter, subnet)
}

fn without_empty_entry(text: &str, subnet: Subnet) -> Result<String, EditError> {
    let document = Document::parse(text)?;
    let Some(entry) = entry_of(document.as_table(), subnet).filter(|entry| entry.is_empty()) else {
        return Ok(text.to_owned());
    };
    let networks = document.get("network").and_then(Item::as_table_like);
    let span = networks.and_then(|it| it.get(&key_of(it, subnet))).and_then(Item::span);
    let is_headed =
        entry.is_empty() && span.clone().is_some_and(|span| text[span].starts_with('['));
    if is_headed {
        return Ok(span.map_or_else(|| text.to_owned(), |span| drop_entry(text, span)));
    }
    change(text, |document| {
        let networks = table_in(document.as_table_mut(), "network", Header::Hidden)?;
        let key = key_of(networks, subnet);
        networks.remove(&key);
        Ok(())
    })
}

fn change(
    text: &str,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), EditError>,
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    if document.is_empty() {
        document.insert("schema", value(POLICY_SCHEMA));
    }
    change(&mut document)?;
    Ok(insert_before_trailing(text, &trailing, document.to_string()))
}

/// Whether a new table gets a header line of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Shown,
    Hidden,
}

/// The table under `key`, made when it is not there.
fn table_in<'a>(
    parent: &'a mut dyn TableLike,
    key: &str,
    header: Header,
) -> Result<&'a mut dyn TableLike, EditError> {
    let new = || {
        let mut table = Table::new();
        table.set_implicit(header == Header::Hidden);
        Item::Table(table)
    };
    let item = parent.entry(key).or_insert_with(new);
    item.as_table_like_mut().ok_or_else(|| EditError::NotATable(key.to_owned()))
}

/// The key under which the file has the subnet already, in whatever notation, else its own text.
fn key_of(networks: &dyn TableLike, subnet: Subnet) -> String {
    let mut written = networks.iter().map(|(key, _)| key);
    let present = written.find(|key| key.parse() == Ok(subnet));
    present.map_or_else(|| subnet.to_string(), str::to_owned)
}

/// Sets a key; the comment behind a value that is replaced stays.
fn put(table: &mut dyn TableLike, key: &str, mut new: Item) {
    if let Some(old) = table.get(key).and_then(Item::as_value)
        && let Some(value) = new.as_value_mut()
    {
        *value.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key) {
        Some(place) => *place = new,
        None => {
            table.insert(key, new);
        }
    }
}

#[cfg(test)]
mod tests;
