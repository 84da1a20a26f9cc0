//! Neighbours out of `lldpcli -f json show neighbors`.
//!
//! The shape varies with the number of interfaces, neighbours and values, and with lldpd's version
//! (`src/client/json_writer.c` there): a list of one element may stand as that element, a value as
//! `{"value": …}`, and what has a name may be the content of a key by that name.

use std::path::Path;

use serde_json::Value;

use crate::discover::Neighbours;
use crate::model::{InterfaceName, Neighbour};

use super::ImportError;
use super::files::read_any;
use super::json::{Part, Source};

/// The neighbours in a file, or in standard input for `-`.
///
/// # Errors
/// A file that can't be read, that is no JSON, or the output of something else.
pub fn read_neighbours(path: &Path) -> Result<Neighbours, ImportError> {
    let (bytes, origin) = read_any(path)?;
    let source = Source::new(&origin, &bytes)?;
    of_output(&source.whole())
}

fn of_output(part: &Part<'_>) -> Result<Neighbours, ImportError> {
    neighbours(&part.read()?).ok_or_else(|| not_lldp(part.origin(), part.path.clone()))
}

pub(super) fn not_lldp(origin: String, path: String) -> ImportError {
    ImportError::NotLldp { origin, path }
}

/// The neighbours that the output tells; nothing for an output of something else. One that tells
/// nothing to be known by is left out.
pub(super) fn neighbours(output: &Value) -> Option<Neighbours> {
    let object = output.as_object()?;
    let lldp = match object.get("lldp") {
        Some(lldp) => lldp,
        None if object.is_empty() || object.contains_key("interface") => output,
        None => return None,
    };
    let mut found = Neighbours::new();
    for (name, body) in elements(lldp).flat_map(interfaces) {
        let seen = found.entry(InterfaceName::new(name)).or_default();
        seen.extend(elements(body).filter_map(neighbour));
    }
    found.retain(|_, seen| !seen.is_empty());
    Some(found)
}

/// Interfaces by name: each an element that has a name, or the content of a key.
fn interfaces(lldp: &Value) -> impl Iterator<Item = (&str, &Value)> {
    elements_of(lldp, "interface").flat_map(named)
}

/// An object that tells its name, or the objects by name in it.
fn named(object: &Value) -> Vec<(&str, &Value)> {
    if let Some(name) = object.get("name").and_then(text) {
        return vec![(name, object)];
    }
    let keys = object.as_object().into_iter().flatten();
    keys.map(|(name, body)| (name.as_str(), body)).collect()
}

fn neighbour(body: &Value) -> Option<Neighbour> {
    let chassis = elements_of(body, "chassis").next()?;
    let (name, chassis) = system(chassis)?;
    let identity = chassis.get("id").and_then(text).or(name)?;
    let port = elements_of(body, "port").next();
    Some(Neighbour {
        chassis: identity.to_owned(),
        name: name.map(str::to_owned),
        port: port.and_then(port_name).map(str::to_owned),
    })
}

/// A chassis and its system's name, which it may lack.
fn system(chassis: &Value) -> Option<(Option<&str>, &Value)> {
    if chassis.get("id").and_then(text).is_some() {
        return Some((chassis.get("name").and_then(text), chassis));
    }
    named(chassis).into_iter().next().map(|(name, body)| (Some(name), body))
}

/// What people call the port: its identity, unless that is a link-layer address and there is a
/// description.
fn port_name(port: &Value) -> Option<&str> {
    let id = port.get("id");
    let kind = id.and_then(|id| elements(id).next()).and_then(|id| id.get("type")).and_then(text);
    let (id, description) = (id.and_then(text), port.get("descr").and_then(text));
    if kind == Some("mac") { description.or(id) } else { id.or(description) }
}

fn elements_of<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    object.get(key).into_iter().flat_map(elements)
}

/// The elements of a list, or what stands in place of a list of one.
fn elements(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(values) => values.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// A text, bare or as `{"value": …}`.
fn text(value: &Value) -> Option<&str> {
    let value = elements(value).next()?;
    let text = value.as_str().or_else(|| value.get("value")?.as_str())?;
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `interface > chassis (name) port`, one line for each neighbour.
    fn told(output: &str) -> Vec<String> {
        let output = serde_json::from_str(output).unwrap();
        let mut lines = Vec::new();
        for (interface, seen) in neighbours(&output).unwrap() {
            for one in seen {
                let [name, port] = [one.name, one.port].map(Option::unwrap_or_default);
                lines.push(format!("{interface} > {} ({name}) {port}", one.chassis));
            }
        }
        lines
    }

    const BODY: &str = r#"{"via": "LLDP", "rid": "1", "age": "0 day, 00:10:02",
        "chassis": {"sw1": {"id": {"type": "mac", "value": "00:00:5e:00:53:01"},
            "descr": "a switch", "mgmt-ip": ["192.0.2.1", "2001:db8::1"]}},
        "port": {"id": {"type": "ifname", "value": "Ethernet1"}, "descr": "to n1", "ttl": "120"}}"#;

    #[test]
    fn one_interface_or_several_are_told() {
        let line = |interface: &str| format!("{interface} > 00:00:5e:00:53:01 (sw1) Ethernet1");
        let one = format!(r#"{{"lldp": {{"interface": {{"eth0": {BODY}}}}}}}"#);
        assert_eq!(told(&one), [line("eth0")]);
        let two = format!(r#"{{"lldp": {{"interface": {{"eth0": {BODY}, "eth1": {BODY}}}}}}}"#);
        assert_eq!(told(&two), [line("eth0"), line("eth1")]);
        let list = format!(
            r#"{{"lldp": {{"interface": [{{"eth0": {BODY}}}, {{"eth1": {BODY}}}, {{"eth0": {BODY}}}]}}}}"#
        );
        assert_eq!(told(&list), [line("eth0"), line("eth0"), line("eth1")]);
        let single = BODY.replacen('{', r#"{"name": "eth0", "#, 1);
        let single = format!(r#"{{"lldp": {{"interface": {single}}}}}"#);
        assert_eq!(told(&single), [line("eth0")]);
        let several = format!(r#"{{"lldp": {{"interface": {{"eth0": [{BODY}, {BODY}]}}}}}}"#);
        assert_eq!(told(&several).len(), 2);
    }

    #[test]
    fn the_verbose_shape_of_json0_is_told() {
        let output = r#"{"lldp": [{"interface": [{"name": "eth0", "via": "LLDP",
            "chassis": [{"id": [{"type": "mac", "value": "00:00:5e:00:53:01"}],
                "name": [{"value": "sw1"}], "descr": [{"value": "a switch"}]}],
            "port": [{"id": [{"type": "mac", "value": "00:00:5e:00:53:07"}],
                "descr": [{"value": "Port 7"}], "ttl": [{"value": "120"}]}]}]}]}"#;
        assert_eq!(told(output), ["eth0 > 00:00:5e:00:53:01 (sw1) Port 7"]);
    }

    #[test]
    fn a_chassis_may_lack_its_name_or_its_identity() {
        let of = |chassis: &str, port: &str| {
            let body = format!(r#"{{"chassis": {chassis}, "port": {port}}}"#);
            told(&format!(r#"{{"lldp": {{"interface": {{"eth0": {body}}}}}}}"#))
        };
        let nameless = r#"{"id": {"type": "mac", "value": "aa"}}"#;
        let mac = r#"{"id": {"type": "mac", "value": "bb"}}"#;
        assert_eq!(of(nameless, mac), ["eth0 > aa () bb"]);
        assert_eq!(of(r#"{"sw1": {"descr": "x"}}"#, r#"{"descr": "p"}"#), ["eth0 > sw1 (sw1) p"]);
        let called_id = format!(r#"{{"id": {nameless}}}"#);
        assert_eq!(of(&called_id, "{}"), ["eth0 > aa (id) "]);
        assert_eq!(of("{}", mac), [""; 0]);
        assert_eq!(of("5", "[]"), [""; 0]);
    }

    #[test]
    fn no_neighbours_are_none_and_other_documents_are_refused() {
        for none in [r#"{"lldp": {}}"#, "{}", r#"{"lldp": {"interface": []}}"#, r#"{"lldp": null}"#]
        {
            assert_eq!(told(none), [""; 0], "{none}");
        }
        for other in ["[]", "5", "null", r#"{"chassis": {}}"#] {
            assert_eq!(neighbours(&serde_json::from_str(other).unwrap()), None, "{other}");
        }
    }
}
