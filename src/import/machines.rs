//! Reading hosts and their virtual machines: our workload document, what `virsh domstats` prints of
//! one host, and the cluster resources of Proxmox VE. Which it is, the content tells.

mod error;
mod merge;
mod pve;
mod virsh;
mod workload;

use std::path::PathBuf;
use std::str::FromStr;

use super::ImportError;
use super::files::read_any;
use super::json::{Part, Source};
use crate::discover;
use crate::model::{NodeName, Workload};

pub use error::MachineError;
pub use workload::WORKLOAD_SCHEMA;

/// A file with virtual machines, and the host that it is of where it does not say so itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmSource {
    /// The host.
    pub node: Option<NodeName>,
    /// The file, `-` for standard input.
    pub path: PathBuf,
}

impl FromStr for VmSource {
    type Err = MachineError;

    /// `FILE` or `NODE=FILE`; a path with `=` in it is written with a `/` before that.
    fn from_str(text: &str) -> Result<Self, MachineError> {
        let pair = text.split_once('=').filter(|(node, _)| !node.is_empty() && !node.contains('/'));
        let Some((node, path)) = pair else {
            return Ok(Self { node: None, path: PathBuf::from(text) });
        };
        let origin = format!("\"{text}\"");
        let node =
            discover::node_name(node).map_err(|source| ImportError::NodeName { origin, source })?;
        Ok(Self { node: Some(node), path: PathBuf::from(path) })
    }
}

/// What files tell together.
///
/// # Errors
/// A file that can't be read or is something else, values that make no sense, and files that
/// contradict each other.
pub fn read_machines(sources: &[VmSource]) -> Result<Workload, MachineError> {
    let mut found = Vec::new();
    for source in sources {
        let (bytes, origin) = read_any(&source.path)?;
        found.push(of_file(&bytes, &origin, source.node.as_ref())?);
    }
    merge::merge(found)
}

/// What one text tells, as [`read_machines`] reads it; `origin` names it in errors.
///
/// # Errors
/// As [`read_machines`].
pub fn parse_machines(
    bytes: &[u8],
    origin: &str,
    node: Option<&NodeName>,
) -> Result<Workload, MachineError> {
    merge::merge(vec![of_file(bytes, origin, node)?])
}

/// What one file tells.
struct Told {
    origin: String,
    workload: Workload,
}

fn of_file(bytes: &[u8], origin: &str, node: Option<&NodeName>) -> Result<Told, MachineError> {
    let source = Source::new(origin, bytes)?;
    let text = source.text.trim_start();
    let is_json = text.starts_with(['{', '[']);
    if let Some(node) = node.filter(|_| is_json) {
        return Err(MachineError::NodeGiven { origin: origin.to_owned(), node: node.clone() });
    }
    let is_virsh = || source.text.lines().any(|it| it.trim_start().starts_with("Domain:"));
    let workload = if text.is_empty() {
        return Err(ImportError::Empty { origin: origin.to_owned() }.into());
    } else if text.starts_with('{') && begins(&source.whole()) {
        workload::read(&source.whole())?
    } else if is_json {
        pve::read(&source.whole())?
    } else if is_virsh() {
        let node = node.ok_or_else(|| MachineError::NoNode { origin: origin.to_owned() })?;
        virsh::read(source, node)?
    } else {
        return Err(MachineError::Unknown { origin: origin.to_owned() });
    };
    Ok(Told { origin: origin.to_owned(), workload })
}

/// Whether an object is ours: it has a schema, or at least what a document of ours has.
fn begins(whole: &Part<'_>) -> bool {
    #[derive(serde::Deserialize)]
    struct Outline {
        data: Option<serde::de::IgnoredAny>,
    }
    !serde_json::from_str::<Outline>(whole.text).is_ok_and(|it| it.data.is_some())
}

/// A name that can be shown and typed.
fn check_name(part: &Part<'_>, path: &str, name: &str) -> Result<(), ImportError> {
    if !name.is_empty() && name.len() <= 255 && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(value(
        part,
        path,
        format!("{name:?}"),
        "a name of 1 to 255 bytes without control characters",
    ))
}

/// A value that stands for nothing that can be.
fn value(part: &Part<'_>, path: &str, value: String, expected: &'static str) -> ImportError {
    ImportError::Value { origin: part.origin(), path: part.path_of(path), value, expected }
}

#[cfg(test)]
mod tests;
