//! Changing the text of a policy file with its comments and layout kept.

use thiserror::Error;
use toml_edit::{DocumentMut, Item, Table, TableLike, TomlError, value};

use crate::model::{Metric, NetworkName, NetworkPolicy, POLICY_SCHEMA, Role, Subnet};

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
    /// Its metric; taking it away also undoes what `pin` froze.
    Metric(Option<Metric>),
    /// Its description.
    Description(Option<String>),
}

/// The text with `edits` made to the network of `subnet`.
///
/// # Errors
/// When the text is not TOML, or something in the way is no table.
pub fn edit(text: &str, subnet: Subnet, edits: &[Edit]) -> Result<String, EditError> {
    change(text, |document| {
        let networks = table_in(document.as_table_mut(), "network", Header::Hidden)?;
        let key = key_of(networks, subnet);
        let entry = table_in(networks, &key, Header::Shown)?;
        for edit in edits {
            make(entry, edit);
        }
        if entry.is_empty() {
            networks.remove(&key);
        }
        Ok(())
    })
}

/// The text with every entry of `entries` frozen, and the next number for a network without a name.
///
/// # Errors
/// As [`edit`].
pub fn pin(
    text: &str,
    entries: &[(Subnet, NetworkPolicy)],
    next_number: u32,
) -> Result<String, EditError> {
    change(text, |document| {
        let top = document.as_table_mut();
        let naming = table_in(top, "naming", Header::Shown)?;
        put(naming, "next_number", Some(value(i64::from(next_number))));
        let networks = table_in(top, "network", Header::Hidden)?;
        for (subnet, entry) in entries {
            let key = key_of(networks, *subnet);
            let table = table_in(networks, &key, Header::Shown)?;
            put(table, "name", entry.name.as_ref().map(|name| value(name.as_str())));
            let pinned = entry.pinned_metric.map(|metric| value(i64::from(metric.get())));
            put(table, "pinned_metric", pinned);
        }
        Ok(())
    })
}

fn change(
    text: &str,
    change: impl FnOnce(&mut DocumentMut) -> Result<(), EditError>,
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    if document.is_empty() && text.trim().is_empty() {
        document.insert("schema", value(POLICY_SCHEMA));
    }
    change(&mut document)?;
    Ok(document.to_string())
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
    let written = networks.iter().map(|(key, _)| key);
    let present = written.into_iter().find(|key| key.parse() == Ok(subnet));
    present.map_or_else(|| subnet.to_string(), str::to_owned)
}

fn make(table: &mut dyn TableLike, edit: &Edit) {
    match edit {
        Edit::Name(name) => put(table, "name", name.as_ref().map(|name| value(name.as_str()))),
        Edit::Role(role) => put(table, "role", role.map(|role| value(i64::from(role.number())))),
        Edit::Metric(metric) => {
            put(table, "metric", metric.map(|metric| value(i64::from(metric.get()))));
            if metric.is_none() {
                put(table, "pinned_metric", None);
            }
        }
        Edit::Description(text) => put(table, "description", text.as_deref().map(value)),
    }
}

/// Sets or removes a key; the comment behind a value that is replaced stays.
fn put(table: &mut dyn TableLike, key: &str, new: Option<Item>) {
    let Some(mut new) = new else {
        table.remove(key);
        return;
    };
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
mod tests {
    use super::*;
    use crate::store::parse_policy;

    fn subnet(text: &str) -> Subnet {
        text.parse().unwrap()
    }

    fn metric(number: i64) -> Edit {
        Edit::Metric(Some(Metric::try_from(number).unwrap()))
    }

    #[test]
    fn the_first_edit_makes_a_readable_file() {
        let text = edit("", subnet("10.0.1.0/24"), &[metric(1001)]).unwrap();
        let expected =
            "schema = \"netplan-cluster/policy/1\"\n\n[network.\"10.0.1.0/24\"]\nmetric = 1001\n";
        assert_eq!(text, expected);
        assert!(parse_policy(&text).1.problems.is_empty());
    }

    #[test]
    fn comments_and_layout_are_kept() {
        let text = "# ours\n[network.\"10.0.1.0/24\"] # rack 7\nmetric   = 5 # why\n\n# end\n";
        let edited = edit(text, subnet("10.0.1.0/24"), &[metric(900)]).unwrap();
        assert_eq!(edited, text.replace("= 5 #", "= 900 #"));
    }

    #[test]
    fn taking_the_last_property_away_takes_the_entry_away() {
        let text = "[network.\"10.0.1.0/24\"]\nmetric = 5\npinned_metric = 1000\n";
        let edited = edit(text, subnet("10.0.1.0/24"), &[Edit::Metric(None)]).unwrap();
        assert_eq!(edited, "");
    }

    #[test]
    fn a_subnet_in_another_notation_is_the_same_entry() {
        let text = "[network.\"FD00:0::/64\"]\nrole = 1\n";
        let edited = edit(text, subnet("fd00::/64"), &[Edit::Role(Some(Role::None))]).unwrap();
        assert_eq!(edited, "[network.\"FD00:0::/64\"]\nrole = 0\n");
    }

    #[test]
    fn inline_forms_are_edited_in_place() {
        let text = "network = { \"10.0.1.0/24\" = { role = 1 } }\n";
        let edited = edit(text, subnet("10.0.1.0/24"), &[metric(7)]).unwrap();
        let (policy, source) = parse_policy(&edited);
        assert!(source.problems.is_empty() && edited.lines().count() == 1, "{edited}");
        assert_eq!(policy.networks[&subnet("10.0.1.0/24")].metric, Metric::try_from(7).ok());
    }

    #[test]
    fn a_pin_is_read_back_and_repeating_it_changes_nothing() {
        let entry = NetworkPolicy {
            name: Some(NetworkName::automatic(1)),
            pinned_metric: Metric::try_from(1000).ok(),
            ..NetworkPolicy::default()
        };
        let entries = [(subnet("10.0.1.0/24"), entry.clone())];
        let once = pin("", &entries, 2).unwrap();
        assert_eq!(parse_policy(&once).0.networks[&subnet("10.0.1.0/24")], entry);
        assert_eq!(pin(&once, &entries, 2).unwrap(), once);
    }
}
