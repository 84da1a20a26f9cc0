//! Writing a file so that every reader sees the old content or the new, never a part.

#![expect(clippy::disallowed_methods, reason = "writes files")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::StoreError;
use super::target::{Target, folder_of, resolve};

/// Mode of a new file before the umask is taken off, as of any other program's.
const NEW_FILE_MODE: u32 = 0o666;
/// Mode of the temporary file while it waits to get the mode of the file that it replaces.
const PRIVATE_MODE: u32 = 0o600;

/// Replaces the content of `path` by `bytes`, wholly or not at all.
///
/// Its folder must be there: one that is mistyped is not made. A symbolic link stays and its target is written. A file
/// that is there keeps its mode, and its owner and group where the process may give them; a new
/// file gets what the umask leaves of 0666. The bytes and the folder's entry are forced to disk
/// before it returns. A device, a pipe or a descriptor (`/dev/stdout`) is written into instead.
///
/// Hard links to the file are not kept: the other names stay with the old content.
///
/// # Errors
///
/// [`StoreError`] with the path and the cause; the old content is then still there and no
/// temporary file is left, with the exceptions that [`StoreError`] names.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    match resolve(path)? {
        Target::Stream => write_into(path, bytes),
        Target::File(file) => {
            let folder = folder_of(&file);
            if !folder.exists() {
                let folder = folder.into();
                return Err(StoreError::NoFolder { path: file, folder });
            }
            replace(&file, bytes)
                .map_err(|source| StoreError::Write { path: file.clone(), source })?;
            sync_folder(folder_of(&file))
        }
    }
}

/// Appending, so that a descriptor onto a file keeps what was written before.
fn write_into(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let written =
        OpenOptions::new().append(true).open(path).and_then(|mut stream| stream.write_all(bytes));
    written.map_err(|source| StoreError::WriteInto { path: path.into(), source })
}

/// Makes a folder that is this program's own, with those above it.
///
/// # Errors
///
/// [`StoreError::MakeFolder`] with the folder and the cause.
pub fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder)
        .map_err(|source| StoreError::MakeFolder { path: folder.into(), source })
}

/// The temporary file is removed when it is dropped, so on every error.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = temporary_for(file)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    Ok(())
}

/// Its mode is right before the first byte is in it, so that nobody reads what the mode forbids.
fn temporary_for(file: &Path) -> io::Result<NamedTempFile> {
    let old = match fs::metadata(file) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mode = old.as_ref().map_or(NEW_FILE_MODE, |_| PRIVATE_MODE);
    let temporary = Builder::new()
        .prefix(".tmp-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder_of(file))
        .map_err(|error| without_path(&error))?;
    if let Some(old) = old {
        keep_owner(temporary.as_file(), &old)?;
        temporary.as_file().set_permissions(old.permissions())?;
    }
    Ok(temporary)
}

/// The cause without the temporary file's name, which tells nobody anything.
fn without_path(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::from(error.kind()),
    }
}

/// Gives the old file's owner and group, or its group alone where the process may not give the
/// owner; where it may give neither, the new content is the writer's.
fn keep_owner(file: &File, old: &fs::Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    let given = fchown(file, Some(old.uid()), Some(old.gid()))
        .or_else(|_| fchown(file, None, Some(old.gid())));
    match given {
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => Err(error),
        _ => Ok(()),
    }
}

/// File systems that know no forcing of folders say "invalid" or "not supported": nothing is lost.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    match synced {
        Err(source)
            if !matches!(
                source.kind(),
                io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
                    | io::ErrorKind::PermissionDenied
            ) =>
        {
            Err(StoreError::SyncFolder { path: folder.into(), source })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let names = fs::read_dir(folder).unwrap().map(name);
        names.map(|name| name.into_string().unwrap()).collect()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn in_dir(name: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        (dir, path)
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_not_made() {
        let (dir, path) = in_dir("a/b/new.json");
        let said = write_atomic(&path, b"one\n").unwrap_err().to_string();
        assert!(said.contains("there is no folder") && said.contains("a/b\""), "{said}");
        assert!(names_in(dir.path()).is_empty());
    }

    #[test]
    fn a_new_file_gets_an_ordinary_mode() {
        let (dir, path) = in_dir("a/b/new.json");
        make_folder(path.parent().unwrap()).unwrap();
        write_atomic(&path, b"one\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        let ordinary = dir.path().join("ordinary");
        File::create(&ordinary).unwrap();
        assert_eq!(mode(&path), mode(&ordinary));
        assert_eq!(names_in(path.parent().unwrap()), ["new.json"]);
    }

    #[test]
    fn a_file_that_is_there_keeps_its_mode() {
        let (_dir, path) = in_dir("secret");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"new".to_vec(), 0o640));
    }

    #[test]
    fn a_file_that_is_there_keeps_its_owner_where_that_is_permitted() {
        let (_dir, path) = in_dir("theirs");
        fs::write(&path, "old").unwrap();
        let theirs = (12345, 54321);
        let given = std::os::unix::fs::chown(&path, Some(theirs.0), Some(theirs.1));
        write_atomic(&path, b"new").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        if given.is_ok() {
            assert_eq!((metadata.uid(), metadata.gid()), theirs);
        }
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_link_stays_a_link() {
        let (dir, path) = in_dir("real.toml");
        let link = dir.path().join("link.toml");
        symlink("real.toml", &link).unwrap();
        for content in ["first", "second"] {
            write_atomic(&link, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("real.toml"));
    }

    #[test]
    fn a_full_device_is_written_into_and_named() {
        let error = write_atomic(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(error.to_string().contains("\"/dev/full\""), "{error}");
        let source = error.source().unwrap().to_string();
        assert!(source.contains("No space left"), "{source}");
        write_atomic(Path::new("/dev/null"), b"x").unwrap();
    }

    #[test]
    fn a_folder_that_takes_no_files_is_an_error_with_its_cause() {
        let error = write_atomic(Path::new("/sys/new.json"), b"x").unwrap_err();
        assert!(matches!(error, StoreError::Write { .. }), "{error:?}");
        assert!(error.to_string().contains("\"/sys/new.json\""), "{error}");
        assert!(!error.source().unwrap().to_string().contains(".tmp-"));
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_named() {
        let (_dir, path) = in_dir("file");
        fs::write(&path, "old").unwrap();
        let error = write_atomic(&path.join("below/x.json"), b"x").unwrap_err();
        assert!(error.source().is_some());
        assert!(error.to_string().contains("file/below"), "{error}");
    }
}
