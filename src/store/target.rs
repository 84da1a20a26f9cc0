//! Where the bytes for a path go in the end.

#![expect(clippy::disallowed_methods, reason = "follows symbolic links")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Links followed before a path is taken for a loop; the kernel's own limit.
const MAX_LINKS: usize = 40;

/// Where the bytes for a path go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A regular file, there or yet to be made; the last part of the path is no link.
    File(PathBuf),
    /// A device, a pipe, or a descriptor of this process: it can't be replaced, only written into.
    Stream,
}

/// Follows the symbolic links at the end of `path`, also of a link whose file is not there yet.
pub(super) fn resolve(path: &Path) -> Result<Target, StoreError> {
    let mut at = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Some(kind) = kind_of(&at)? else {
            return file(path, at);
        };
        if kind.is_dir() {
            return Err(StoreError::IsFolder { path: path.into() });
        }
        if !kind.is_symlink() {
            return if kind.is_file() { file(path, at) } else { Ok(Target::Stream) };
        }
        if is_descriptor(&at) {
            return Ok(Target::Stream);
        }
        at = next(&at)?;
    }
    Err(StoreError::LinkLoop { path: path.into() })
}

fn file(given: &Path, at: PathBuf) -> Result<Target, StoreError> {
    match at.file_name() {
        Some(_) => Ok(Target::File(at)),
        None => Err(StoreError::NoFileName { path: given.into() }),
    }
}

fn kind_of(path: &Path) -> Result<Option<fs::FileType>, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::Inspect { path: path.into(), source }),
    }
}

/// Whether `link` is an entry of `/proc/<process>/fd`. What such a link says is not what it leads
/// to (`pipe:[17]`, a deleted file), and a redirected file must keep what was written before.
fn is_descriptor(link: &Path) -> bool {
    let folder = folder_of(link).canonicalize();
    folder.is_ok_and(|folder| folder.starts_with("/proc") && folder.ends_with("fd"))
}

fn next(link: &Path) -> Result<PathBuf, StoreError> {
    let to =
        fs::read_link(link).map_err(|source| StoreError::Inspect { path: link.into(), source })?;
    Ok(folder_of(link).join(to))
}

/// The folder a file lies in; `.` for a bare file name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_to_a_file_that_need_not_exist() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("real/file");
        symlink("real/file", dir.path().join("two")).unwrap();
        symlink("two", dir.path().join("one")).unwrap();
        let target = resolve(&dir.path().join("one")).unwrap();
        assert_eq!(target, Target::File(file));
    }

    #[test]
    fn a_loop_a_folder_and_no_name_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        symlink("loop", dir.path().join("loop")).unwrap();
        let refused = |path: &Path| resolve(path).unwrap_err().to_string();
        assert!(refused(&dir.path().join("loop")).contains("40 symbolic links"));
        assert!(refused(dir.path()).contains("is a folder"));
        assert!(refused(Path::new("")).contains("names no file"));
    }

    #[test]
    fn devices_and_descriptors_are_streams() {
        for path in ["/dev/full", "/dev/null", "/dev/stdout", "/dev/fd/1"] {
            assert_eq!(resolve(Path::new(path)).unwrap(), Target::Stream, "{path}");
        }
    }
}
