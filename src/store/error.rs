//! What can go wrong with a file that is written.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file that could not be written or locked.
///
/// The content that was there before is still there, except after [`StoreError::SyncFolder`],
/// where the new content stands but may not survive a power failure, and after
/// [`StoreError::WriteInto`], where a device or pipe may have taken a part.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The path ends in no file name, such as `/` or `..`.
    #[error("{path:?} names no file: write a file name at its end")]
    NoFileName {
        /// The path as given.
        path: PathBuf,
    },
    /// There is a folder where the file should go.
    #[error("{path:?} is a folder: name a file in it")]
    IsFolder {
        /// The path as given.
        path: PathBuf,
    },
    /// Symbolic links that lead to each other.
    #[error("{path:?} is a chain of more than 40 symbolic links: name the file itself")]
    LinkLoop {
        /// The path as given.
        path: PathBuf,
    },
    /// The path could not be looked at.
    #[error("cannot look at {path:?}: check that its folders may be searched")]
    Inspect {
        /// The path looked at.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file should go into a folder that does not exist.
    #[error("cannot write {path:?}: there is no folder {folder:?}; make it or name another")]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder could not be made.
    #[error("cannot make the folder {path:?}: make it by hand or choose another place")]
    MakeFolder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The temporary file could not be made, filled or put in place.
    #[error("cannot write {path:?}: check the rights on its folder and the space left there")]
    Write {
        /// The file, with symbolic links followed.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A device, a pipe or an open descriptor did not take the bytes.
    #[error("cannot write into {path:?}: check what it leads to")]
    WriteInto {
        /// The path as given.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder's entry could not be forced to disk.
    #[error("cannot force the folder {path:?} to disk: check the disk")]
    SyncFolder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The lock file could not be opened or locked.
    #[error("cannot lock {path:?}: check the rights on it and that its file system has locks")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
