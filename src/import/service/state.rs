//! The size of a state folder.
#![expect(clippy::disallowed_methods, reason = "looks at files")]

use std::fs;
use std::path::{Path, PathBuf};

use super::ImportError;
use crate::import::files::unreadable;
use crate::model::service::StateSize;

/// Bytes and regular files in a folder and those below it; links are not followed. How fast they are
/// read is not measured.
///
/// # Errors
/// A path that is no folder, and a folder that can't be read. A file that vanishes meanwhile is not
/// counted.
pub fn measure_state(folder: &Path) -> Result<StateSize, ImportError> {
    let metadata = fs::metadata(folder).map_err(|error| unreadable(folder, error))?;
    if !metadata.is_dir() {
        return Err(ImportError::NotAFolder(folder.to_owned()));
    }
    let mut size = StateSize::default();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            match fs::symlink_metadata(entry.path()) {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) if metadata.is_file() => {
                    size.bytes = size.bytes.saturating_add(metadata.len());
                    size.files += 1;
                }
                _ => {}
            }
        }
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_count_and_links_do_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("jobs")).unwrap();
        for (name, bytes) in [("serverdb", 100), ("jobs/1.JB", 20), ("jobs/2.JB", 3)] {
            fs::write(folder.path().join(name), vec![0; bytes]).unwrap();
        }
        std::os::unix::fs::symlink("..", folder.path().join("jobs/up")).unwrap();
        let size = measure_state(folder.path()).unwrap();
        assert_eq!((size.bytes, size.files), (123, 3));
        let file = measure_state(&folder.path().join("serverdb")).unwrap_err();
        assert!(file.to_string().contains("not a folder"));
        assert!(measure_state(&folder.path().join("none")).is_err());
    }
}
