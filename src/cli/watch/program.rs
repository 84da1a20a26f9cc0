//! Whether the program of `--exec` can be run, before it is needed.
#![expect(clippy::disallowed_methods, reason = "looks programs up as the system does")]

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use thiserror::Error;

/// Where programs are looked up when nothing says where.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// A program that can't be run.
#[derive(Debug, Error)]
pub(super) enum ProgramError {
    /// No such file.
    #[error("there is no program \"{}\": name a file, or a program that PATH leads to", .0.display())]
    Missing(PathBuf),
    /// It is there, and can't be run.
    #[error("\"{}\" can't be run: it is no executable file (chmod +x makes it one)", .0.display())]
    NotExecutable(PathBuf),
}

/// Looks for a program as the system does that runs it: a name with a slash is a path, another one
/// is looked up in the folders of `PATH`.
///
/// # Errors
/// When there is none, or it may not be run.
pub(super) fn check(name: &OsStr) -> Result<(), ProgramError> {
    let path = Path::new(name);
    let is_path = path.components().count() != 1 || name.as_encoded_bytes().contains(&b'/');
    let folders = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    let candidates: Vec<PathBuf> = if is_path {
        vec![path.to_owned()]
    } else {
        env::split_paths(&folders).map(|folder| folder.join(path)).collect()
    };
    if candidates.iter().any(|it| is_executable(it)) {
        return Ok(());
    }
    match candidates.into_iter().find(|it| it.exists()) {
        Some(found) => Err(ProgramError::NotExecutable(found)),
        None => Err(ProgramError::Missing(path.to_owned())),
    }
}

fn is_executable(path: &Path) -> bool {
    let allowed: io::Result<()> = access(path, Access::EXEC_OK).map_err(Into::into);
    allowed.is_ok() && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_the_system_finds_them() {
        let told = |name: &str| check(OsStr::new(name)).map_err(|error| error.to_string());
        assert_eq!((told("sh"), told("/bin/sh")), (Ok(()), Ok(())));
        for missing in ["no-such-program", "./no-such-program", ""] {
            assert!(told(missing).unwrap_err().starts_with("there is no program"), "{missing}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert!(check(folder.path().as_os_str()).is_err(), "a folder is no program");
        let file = folder.path().join("script");
        std::fs::write(&file, "#!/bin/sh\n").unwrap();
        let error = check(file.as_os_str()).unwrap_err().to_string();
        assert!(error.ends_with("it is no executable file (chmod +x makes it one)"), "{error}");
    }
}
