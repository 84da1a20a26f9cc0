//! Atomic writing and locks between processes, and processes that die or run out of space.
//!
//! A test that needs another process runs its own binary again, with its own name as the only
//! test to run and [`PATH`] set; it then does the other process's part.

#![expect(clippy::disallowed_methods, reason = "tests read files and the environment")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use netplan_cluster::store::{Lock, write_atomic};

/// Set to the file to work on in a process that a test has started.
const PATH: &str = "NETPLAN_CLUSTER_TEST_PATH";

/// A size beyond the limit of [`limited`] processes.
const TOO_MUCH: usize = 1 << 20;

fn other_process() -> Option<PathBuf> {
    env::var_os(PATH).map(PathBuf::from)
}

/// This binary with the single test `name`, started by a shell after `before`.
fn again(before: &str, name: &str, path: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{before} exec \"$@\""), "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn count_up(path: &Path) {
    let _lock = Lock::exclusive(path).unwrap();
    let count: u32 = fs::read_to_string(path).map_or(0, |text| text.parse().unwrap());
    write_atomic(path, (count + 1).to_string().as_bytes()).unwrap();
}

#[test]
fn processes_and_threads_that_count_lose_nothing() {
    if let Some(path) = other_process() {
        (0..5).for_each(|_| count_up(&path));
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("count");
    let name = "processes_and_threads_that_count_lose_nothing";
    let processes: Vec<Child> = (0..10).map(|_| again("", name, &path).spawn().unwrap()).collect();
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| (0..5).for_each(|_| count_up(&path)));
        }
    });
    for process in processes {
        assert!(process.wait_with_output().unwrap().status.success());
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "100");
}

/// Runs the test `name` again in a process that may write 4 KiB or 8 KiB to a file; `before` says
/// what becomes of it at the limit.
fn limited(before: &str, name: &str) -> (tempfile::TempDir, Output) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "old").unwrap();
    let limit = format!("{before} ulimit -c 0; ulimit -f 8;");
    let output = again(&limit, name, &path).output().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    (dir, output)
}

#[test]
fn a_process_killed_while_it_writes_leaves_the_old_file() {
    if let Some(path) = other_process() {
        return write_atomic(&path, &vec![b'x'; TOO_MUCH]).unwrap();
    }
    let (_dir, output) = limited("", "a_process_killed_while_it_writes_leaves_the_old_file");
    let sigxfsz = 25;
    assert_eq!(output.status.signal(), Some(sigxfsz), "{output:?}");
}

#[test]
fn a_file_that_finds_no_space_leaves_the_old_one_and_no_temporary() {
    if let Some(path) = other_process() {
        let error = write_atomic(&path, &vec![b'x'; TOO_MUCH]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(path.to_str().unwrap()), "{text}");
        assert!(std::error::Error::source(&error).is_some());
        return;
    }
    let name = "a_file_that_finds_no_space_leaves_the_old_one_and_no_temporary";
    let (dir, output) = limited("trap '' XFSZ;", name);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

/// A folder's mode does not bind root, so root gives that privilege up for the other process.
#[test]
fn a_folder_that_may_not_be_written_leaves_the_old_file() {
    if let Some(path) = other_process() {
        let error = write_atomic(&path, b"new").unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("denied"), "{source}");
        return;
    }
    let name = "a_folder_that_may_not_be_written_leaves_the_old_file";
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "old").unwrap();
    let close = format!("chmod 555 '{}';", dir.path().display());
    let drop_privilege =
        "[ $(id -u) != 0 ] || set -- setpriv --bounding-set=-dac_override --inh-caps=-all \"$@\";";
    let output = again(&format!("{close} {drop_privilege}"), name, &path).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
