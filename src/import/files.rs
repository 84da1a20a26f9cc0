//! Files and folders to import from.

#![expect(clippy::disallowed_methods, reason = "reads files")]

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::discover::{self, Neighbours};
use crate::model::{NodeInventory, NodeName};

use super::iproute2::{self, List, Lists};
use super::json::{LARGEST_BYTES, Source};
use super::lldp::read_neighbours;
use super::{ImportError, parse};

/// Name of standard input in errors.
const STDIN: &str = "standard input";

/// The inventories at each path: a file, a folder, or `-` for standard input.
///
/// A folder with `link.json` is one node named after the folder, from the output of iproute2 in
/// `link.json`, `addr.json`, `route.json` and `route6.json`, and that of lldpcli in `lldp.json`. Any
/// other folder holds such folders and files named `*.json`; other files and names that begin with a
/// dot are skipped. A path may itself be a pipe, what a folder holds must be regular files or links
/// to such.
///
/// # Errors
/// A path that does not exist or can't be read, and the first file that is wrong.
pub fn read(paths: &[PathBuf]) -> Result<Vec<NodeInventory>, ImportError> {
    let mut inventories = Vec::new();
    for path in paths {
        inventories.extend(read_path(path)?);
    }
    Ok(inventories)
}

/// The inventories in the folder `dir`, as [`read`] reads it; none if there is no such folder.
///
/// # Errors
/// A folder that can't be read or is none, and the first file that is wrong.
pub fn read_nodes_dir(dir: &Path) -> Result<Vec<NodeInventory>, ImportError> {
    match fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => read_folder(dir),
        Ok(_) => Err(ImportError::NotAFolder(dir.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(unreadable(dir, error)),
    }
}

fn read_path(path: &Path) -> Result<Vec<NodeInventory>, ImportError> {
    if is_stdin(path) {
        return parse(&read_stdin()?, STDIN, None);
    }
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !metadata.is_dir() {
        return read_file(path);
    }
    read_folder(path)
}

/// The content of a file, or of standard input for `-`, and its name for errors.
pub(super) fn read_any(path: &Path) -> Result<(Vec<u8>, String), ImportError> {
    read_up_to(path, LARGEST_BYTES)
}

/// The same with another limit.
pub(super) fn read_up_to(path: &Path, largest: u64) -> Result<(Vec<u8>, String), ImportError> {
    if is_stdin(path) {
        let bytes = read_limited(io::stdin().lock(), STDIN, Path::new(STDIN), largest)?;
        return Ok((bytes, STDIN.to_owned()));
    }
    Ok((read_bytes(path, largest)?, path.to_string_lossy().into_owned()))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read_stdin() -> Result<Vec<u8>, ImportError> {
    read_limited(io::stdin().lock(), STDIN, Path::new(STDIN), LARGEST_BYTES)
}

fn read_file(path: &Path) -> Result<Vec<NodeInventory>, ImportError> {
    let bytes = read_bytes(path, LARGEST_BYTES)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let node = discover::node_name(name).ok();
    parse(&bytes, &path.to_string_lossy(), node.as_ref())
}

fn read_folder(path: &Path) -> Result<Vec<NodeInventory>, ImportError> {
    if is_file(&path.join(LINK_FILE)) {
        return Ok(vec![read_node_folder(path)?]);
    }
    let mut inventories = Vec::new();
    for entry in entries(path)? {
        let metadata = fs::metadata(&entry).map_err(|error| unreadable(&entry, error))?;
        if metadata.is_dir() {
            inventories.push(read_node_folder(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            check_regular(&entry, &metadata)?;
            inventories.extend(read_file(&entry)?);
        }
    }
    Ok(inventories)
}

/// A pipe, socket or device in a folder could keep the reader waiting for ever; links are followed.
fn check_regular(path: &Path, metadata: &fs::Metadata) -> Result<(), ImportError> {
    if metadata.is_file() { Ok(()) } else { Err(ImportError::NotAFile(path.to_owned())) }
}

/// What stands in a folder, sorted by name, without what begins with a dot.
fn entries(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let failed = |error| unreadable(path, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.retain(|name| !name.as_encoded_bytes().starts_with(b"."));
    names.sort();
    Ok(names.into_iter().map(|name| path.join(name)).collect())
}

const LINK_FILE: &str = "link.json";

fn read_node_folder(path: &Path) -> Result<NodeInventory, ImportError> {
    let node = folder_name(path)?;
    let link = path.join(LINK_FILE);
    if !is_file(&link) {
        return Err(ImportError::NoLinkFile(path.to_owned()));
    }
    let lists = Lists {
        link: read_list(&link)?,
        addr: read_list_if_any(&path.join("addr.json"))?,
        route: read_list_if_any(&path.join("route.json"))?,
        route6: read_list_if_any(&path.join("route6.json"))?,
        neighbours: read_neighbours_if_any(&path.join("lldp.json"))?,
    };
    iproute2::inventory(node, &lists)
}

/// The folder's own name, also where the path ends in `.` or `..`.
fn folder_name(path: &Path) -> Result<NodeName, ImportError> {
    let whole = fs::canonicalize(path).map_err(|error| unreadable(path, error))?;
    let last = path.file_name().or(whole.file_name()).unwrap_or_default();
    discover::node_name(&last.to_string_lossy()).map_err(|source| ImportError::NodeName {
        origin: path.to_string_lossy().into_owned(),
        source,
    })
}

fn read_list_if_any<T>(path: &Path) -> Result<Option<List<T>>, ImportError>
where
    T: serde::de::DeserializeOwned,
{
    is_file(path).then(|| read_list(path)).transpose()
}

fn read_neighbours_if_any(path: &Path) -> Result<Option<Neighbours>, ImportError> {
    is_file(path).then(|| read_neighbours(path)).transpose()
}

fn read_list<T>(path: &Path) -> Result<List<T>, ImportError>
where
    T: serde::de::DeserializeOwned,
{
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    check_regular(path, &metadata)?;
    let bytes = read_bytes(path, LARGEST_BYTES)?;
    let origin = path.to_string_lossy();
    let entries = Source::new(&origin, &bytes)?.whole().read()?;
    Ok(List::new(origin.into_owned(), String::new(), entries))
}

/// Whether there is something that is no folder; a file that can't be read is one.
fn is_file(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(metadata) => !metadata.is_dir(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn read_bytes(path: &Path, largest: u64) -> Result<Vec<u8>, ImportError> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, error))?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let origin = path.to_string_lossy();
    if length > largest {
        return Err(too_large(&origin, largest));
    }
    read_limited(file, &origin, path, largest)
}

/// All of it, or an error as soon as it is too large.
fn read_limited(
    reader: impl Read,
    origin: &str,
    path: &Path,
    largest: u64,
) -> Result<Vec<u8>, ImportError> {
    let mut bytes = Vec::new();
    let mut reader = reader.take(largest + 1);
    let length = reader.read_to_end(&mut bytes).map_err(|error| unreadable(path, error))?;
    if u64::try_from(length).unwrap_or(u64::MAX) > largest {
        return Err(too_large(origin, largest));
    }
    Ok(bytes)
}

fn too_large(origin: &str, largest: u64) -> ImportError {
    ImportError::TooLarge { origin: origin.to_owned(), mib: largest >> 20 }
}

pub(super) fn unreadable(path: &Path, source: io::Error) -> ImportError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => ImportError::Missing(path),
        _ => ImportError::Unreadable { path, source },
    }
}
