//! Collecting through an ssh that is a shell script: it plays every way a node can answer.

#![expect(clippy::disallowed_methods, reason = "tests read files, clock and environment")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::env;
use std::error::Error as _;
use std::fs;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use netplan_cluster::collect::{
    CollectError, CollectOptions, NodeError, Outcome, Progress, RemoteProgram, Stored, collect,
    parse_destination,
};
use netplan_cluster::model::Source;

/// What the fake does for each host. `$here` is its folder; `there` runs the remote command with
/// the tools of one folder in it.
const FAKE_SSH: &str = r#"
here=$(dirname "$0")
while [ "$1" != -- ]; do shift; done
there() { folder=$1; shift; PATH=$here/$folder:/usr/bin:/bin "$@"; }
[ "$#" = 3 ] || exit 99
case $2 in
good | good2) there program sh -c "$3" ;;
user@iproute) there iproute sh -c "$3" ;;
noisy) echo 'Welcome!'; printf 'no end of line'; echo 'motd' >&2; there program sh -c "$3" ;;
refused) printf 'Warning: x\r\nssh: connect to host h port 22: Connection refused\r\n' >&2; exit 255 ;;
lost) there program sh -c "$3" | sed '$d'; echo 'client_loop: send disconnect: Broken pipe' >&2; exit 255 ;;
cut) there program sh -c "$3" | sed '$d' ;;
half) there program sh -c "$3" | head -c 120 ;;
garbage) there garbage sh -c "$3" ;;
forced) echo 'only backups here' ;;
silent) ;;
nologin) echo 'This account is currently not available.'; exit 1 ;;
neither) there old sh -c "$3" ;;
rude) printf 'a\033[2J\377b\n' >&2; exit 255 ;;
endless) yes ;;
shouting) there program sh -c "yes shout | head -c 5000000 >&2; $3" ;;
shouting_only) yes shout | head -c 5000000 >&2; echo >&2; echo enough >&2; exit 255 ;;
stays) there program sh -c "$3"; exec sleep 60 ;;
shared) (trap '' HUP; exec setsid sleep 5 >/dev/null </dev/null) & there program sh -c "$3" ;;
hang) exec 3>"$here/alive"; echo here >&3; echo 'waiting for a device' >&2; trap '' TERM INT; sleep 60 & sleep 60 ;;
closed) exec 3>"$here/alive" >&-; echo here >&3; sleep 60 ;;
*) echo "unknown $2" >&2; exit 98 ;;
esac"#;

const FAKE_IP: &str =
    r#"case "$*" in "-j -d link") echo '[{"ifname":"ib0"}]' ;; *) exit 1 ;; esac"#;

struct Fake {
    dir: tempfile::TempDir,
    options: CollectOptions,
}

impl Fake {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let program = format!("echo '{}'", common::INVENTORY);
        common::script(&at("ssh"), FAKE_SSH);
        common::script(&at("program/netplan-cluster"), &program);
        common::script(&at("iproute/ip"), FAKE_IP);
        common::script(&at("garbage/netplan-cluster"), "printf '{\"\\033[2J\\377\": 1'");
        common::script(&at("old/ip"), "exit 255");
        let options = CollectOptions {
            ssh: at("ssh"),
            nodes_dir: at("nodes"),
            time_limit: Duration::from_mins(1),
            ..CollectOptions::default()
        };
        Self { dir, options }
    }

    fn ask(&self, nodes: &[&str]) -> Vec<Outcome> {
        let destinations: Vec<_> =
            nodes.iter().map(|node| parse_destination(node).unwrap()).collect();
        collect(&destinations, &self.options, common::parse, &mut |_| ()).unwrap()
    }

    fn kept(&self, node: &str) -> Stored {
        self.ask(&[node]).remove(0).result.unwrap()
    }

    fn error(&self, node: &str) -> NodeError {
        self.ask(&[node]).remove(0).result.unwrap_err()
    }

    /// What a host `hang` or `closed` holds open for writing in each process that it starts.
    fn fifo(&self) -> PathBuf {
        let fifo = self.dir.path().join("alive");
        let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        fifo
    }

    /// Ends when no process that a host `hang` or `closed` has started is left.
    fn until_nobody_lives(&self) -> JoinHandle<String> {
        let fifo = self.fifo();
        thread::spawn(move || fs::read_to_string(fifo).unwrap())
    }
}

#[test]
fn an_inventory_is_kept_under_the_name_that_was_asked() {
    let fake = Fake::new();
    let stored = fake.kept("good");
    assert_eq!(stored.path, fake.options.nodes_dir.join("good.json"));
    let text = fs::read_to_string(&stored.path).unwrap();
    assert!(text.starts_with("{\n  \"schema\"") && text.ends_with("}\n"), "{text}");
    let inventory = common::parse(text.as_bytes(), &"x".into()).unwrap();
    assert_eq!(inventory, stored.inventory);
    assert_eq!(inventory.node.as_str(), "good");
    assert_eq!(inventory.taken_at.as_deref(), Some("2025-01-02T03:04:05Z"));
}

#[test]
fn iproute2_answers_where_the_program_is_not_installed() {
    let stored = Fake::new().kept("user@iproute");
    assert!(stored.path.ends_with("nodes/iproute.json"));
    assert_eq!(stored.inventory.source, Source::Iproute2);
    assert_eq!(stored.inventory.interfaces[0].name.as_str(), "ib0");
}

#[test]
fn noise_around_an_answer_is_ignored() {
    let fake = Fake::new();
    for node in ["noisy", "shouting"] {
        assert_eq!(fake.kept(node).inventory.node.as_str(), node);
    }
}

#[test]
fn an_answer_counts_although_ssh_or_its_streams_stay() {
    let fake = Fake::new();
    let started = Instant::now();
    for node in ["stays", "shared"] {
        assert_eq!(fake.kept(node).inventory.node.as_str(), node);
    }
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn every_failure_tells_why() {
    let fake = Fake::new();
    for (node, expected) in [
        ("refused", "ssh: connect to host h port 22: Connection refused"),
        ("lost", "ssh: client_loop: send disconnect: Broken pipe"),
        ("cut", "the answer was cut off"),
        ("half", "the answer was cut off"),
        ("forced", "the node ran something else than it was asked for: only backups here"),
        ("silent", "the node ran something else than it was asked for: it said nothing"),
        (
            "nologin",
            "the node gave no inventory (exit status: 1): This account is currently not available.",
        ),
        (
            "neither",
            "the node gave no inventory (exit status: 3): neither netplan-cluster nor iproute2's \
             ip with -j is there",
        ),
        ("rude", "ssh: a\\u{1b}[2J\\xffb"),
        ("shouting_only", "ssh: enough"),
    ] {
        assert_eq!(fake.error(node).to_string(), expected, "{node}");
    }
    assert!(!fake.options.nodes_dir.exists());
}

#[test]
fn garbage_is_an_error_that_a_terminal_does_not_obey() {
    let error = Fake::new().error("garbage");
    assert!(matches!(error, NodeError::Document { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("the answer is no inventory: "), "{text}");
    assert!(!text.contains(char::is_control), "{text:?}");
}

#[test]
fn an_endless_answer_is_ended() {
    let mut fake = Fake::new();
    fake.options.answer_limit = 1_000_000;
    let text = fake.error("endless").to_string();
    assert_eq!(text, "the answer is larger than 1000000 bytes");
}

#[test]
fn a_missing_ssh_is_named() {
    let mut fake = Fake::new();
    fake.options.ssh = PathBuf::from("/nonexistent/ssh");
    let error = fake.error("good");
    assert!(error.to_string().contains("\"/nonexistent/ssh\""), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn a_node_that_fails_keeps_its_previous_inventory() {
    let fake = Fake::new();
    fs::create_dir(&fake.options.nodes_dir).unwrap();
    let nodes = ["refused", "cut", "garbage", "forced"];
    let file = |node: &str| fake.options.nodes_dir.join(format!("{node}.json"));
    for node in nodes {
        fs::write(file(node), "previous").unwrap();
    }
    assert!(fake.ask(&nodes).iter().all(|outcome| outcome.result.is_err()));
    for node in nodes {
        assert_eq!(fs::read_to_string(file(node)).unwrap(), "previous");
    }
}

#[test]
fn a_folder_that_takes_no_files_is_told_for_each_node() {
    let mut fake = Fake::new();
    fake.options.nodes_dir = PathBuf::from("/sys/kernel");
    for outcome in fake.ask(&["good", "good2"]) {
        let error = outcome.result.unwrap_err();
        assert!(matches!(error, NodeError::Store(_)), "{error:?}");
        assert!(error.to_string().contains("/sys/kernel/"), "{error}");
    }
}

#[test]
fn outcomes_are_in_the_order_asked_and_each_node_is_asked_once() {
    let mut fake = Fake::new();
    for parallel in [1, 2, 16] {
        fake.options.parallel = NonZeroUsize::new(parallel).unwrap();
        let outcomes = fake.ask(&["refused", "good2", "refused", "good", "cut", "good2"]);
        let asked: Vec<_> = outcomes
            .iter()
            .map(|outcome| (outcome.node.as_str(), outcome.result.is_ok()))
            .collect();
        let expected = [("refused", false), ("good2", true), ("good", true), ("cut", false)];
        assert_eq!(asked, expected);
    }
    let mut names: Vec<_> = fs::read_dir(&fake.options.nodes_dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".lock", "good.json", "good2.json"]);
}

#[test]
fn a_node_that_hangs_is_killed_with_its_children_and_delays_nobody() {
    let mut fake = Fake::new();
    fake.options.time_limit = Duration::from_secs(4);
    let nobody_lives = fake.until_nobody_lives();
    let destinations = ["hang", "good"].map(|node| parse_destination(node).unwrap());
    let mut done = Vec::new();
    let mut watch = |progress: Progress<'_>| {
        if let Progress::Done { outcome, .. } = progress {
            done.push(outcome.node.to_string());
        }
    };
    let started = Instant::now();
    let outcomes = collect(&destinations, &fake.options, common::parse, &mut watch).unwrap();
    assert_eq!(nobody_lives.join().unwrap(), "here\n");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(done, ["good", "hang"]);
    let error = outcomes[0].result.as_ref().unwrap_err().to_string();
    assert_eq!(error, "no complete answer within 4 s: waiting for a device");
}

#[test]
fn a_node_that_hangs_with_its_output_closed_is_killed_too() {
    let mut fake = Fake::new();
    fake.options.time_limit = Duration::from_secs(1);
    let nobody_lives = fake.until_nobody_lives();
    let error = fake.error("closed");
    assert!(matches!(error, NodeError::TimedOut { .. }), "{error:?}");
    assert_eq!(nobody_lives.join().unwrap(), "here\n");
}

/// Set to the folder of the fake in the process that is to be stopped.
const STOPPED: &str = "NETPLAN_CLUSTER_TEST_STOPPED";

/// Starts this test in a process of its own, which asks a node that hangs, and stops it.
#[test]
fn a_signal_ends_every_ssh() {
    let mut fake = Fake::new();
    if let Some(dir) = env::var_os(STOPPED) {
        fake.options.ssh = Path::new(&dir).join("ssh");
        let hang = [parse_destination("hang").unwrap()];
        let result = collect(&hang, &fake.options, common::parse, &mut |_| ());
        assert!(matches!(result, Err(CollectError::Interrupted)), "{result:?}");
        return;
    }
    let fifo = fake.fifo();
    let process = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_signal_ends_every_ssh"])
        .env(STOPPED, fake.dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut alive = fs::File::open(fifo).unwrap();
    let mut here = [0; 5];
    alive.read_exact(&mut here).unwrap();
    let number = process.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &number]).status();
    assert!(killed.unwrap().success());
    assert_eq!(alive.read_to_end(&mut Vec::new()).unwrap(), 0);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_program_with_a_path_is_asked_for() {
    let mut fake = Fake::new();
    let path = fake.dir.path().join("program/netplan-cluster");
    fake.options.program = RemoteProgram::parse(path.to_str().unwrap()).unwrap();
    assert_eq!(fake.kept("user@iproute").inventory.source, Source::Netlink);
}
