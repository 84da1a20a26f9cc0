//! A table of file systems of compute nodes.

use std::path::Path;

use super::ImportError;
use crate::import::files::read_any;
use crate::import::json::Source;

/// Whether a file system of this table is served by the master: a line that is no comment names
/// `$MASTER` as its device.
///
/// # Errors
/// A file that can't be read or is no text.
pub fn names_master(path: &Path) -> Result<bool, ImportError> {
    let (bytes, origin) = read_any(path)?;
    Ok(says_master(Source::new(&origin, &bytes)?.text))
}

fn says_master(text: &str) -> bool {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    let mut devices = lines.filter_map(|line| line.split_whitespace().next());
    devices.any(|device| device.contains("$MASTER") || device.contains("${MASTER}"))
}

#[cfg(test)]
mod tests {
    use super::says_master;

    #[test]
    fn only_devices_of_lines_in_force_count() {
        assert!(says_master(
            "none /proc proc defaults 0 0\n  $MASTER:/home /home nfs nolock 0 0\n"
        ));
        assert!(says_master("${MASTER}:/x /x nfs"));
        assert!(!says_master("#$MASTER:/home /home nfs nolock 0 0\n10.0.0.9:/home /home nfs\n"));
        assert!(!says_master("nas:/home /home nfs x=$MASTER\n"));
        assert!(!says_master(""));
    }
}
