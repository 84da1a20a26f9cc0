//! Locks between processes that read and then write the same file.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::atomic::make_folder;
use super::target::{Target, folder_of, resolve};

/// An exclusive lock, held until it is dropped.
///
/// It is advisory (`flock`): it keeps out those who take it too. The lock file is left in place,
/// because a process that waits on a removed file would hold a lock that nobody else sees.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock of the file `path`: `<name>.lock` beside it, symbolic links followed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the path is no file's, or the lock file can't be made or locked.
    pub fn exclusive(path: &Path) -> Result<Self, StoreError> {
        let Target::File(file) = resolve(path)? else {
            return Err(StoreError::NoFileName { path: path.into() });
        };
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        Self::on(file.with_file_name(name))
    }

    /// Waits for the lock of the folder `path`: `.lock` in it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the folder or the lock file can't be made, or not locked.
    pub fn folder(path: &Path) -> Result<Self, StoreError> {
        Self::on(path.join(".lock"))
    }

    fn on(path: PathBuf) -> Result<Self, StoreError> {
        make_folder(folder_of(&path))?;
        match open(&path).and_then(wait) {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(StoreError::Lock { path, source }),
        }
    }
}

/// For reading alone where the lock file is another user's: that is enough to lock it.
fn open(path: &Path) -> io::Result<File> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    match opened {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            OpenOptions::new().read(true).open(path).or(Err(error))
        }
        opened => opened,
    }
}

fn wait(file: File) -> io::Result<File> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(()) => return Ok(file),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn reading(path: &Path) -> File {
        File::options().read(true).open(path).unwrap()
    }

    #[test]
    fn the_lock_of_a_link_is_the_lock_of_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        symlink("below/real.toml", &link).unwrap();
        let lock = Lock::exclusive(&link).unwrap();
        let beside = reading(&dir.path().join("below/real.toml.lock"));
        assert!(beside.try_lock().is_err());
        drop(lock);
        beside.try_lock().unwrap();
    }

    #[test]
    fn the_lock_of_a_folder_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let _lock = Lock::folder(&dir.path().join("nodes")).unwrap();
        let inside = reading(&dir.path().join("nodes/.lock"));
        assert!(inside.try_lock().is_err());
    }

    #[test]
    fn a_lock_that_cannot_be_made_is_named() {
        let error = Lock::exclusive(Path::new("/sys/policy.toml")).unwrap_err();
        assert!(error.to_string().contains("/sys/policy.toml.lock"), "{error}");
        assert!(Lock::exclusive(Path::new("/dev/null")).is_err());
    }
}
