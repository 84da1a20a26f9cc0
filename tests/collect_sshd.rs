//! Collecting through the real ssh from a real sshd on the loopback address.
//!
//! One sshd plays every node: the client's configuration gives each alias a key of its own, and
//! `authorized_keys` says what may be run with that key. The present user logs in.

#![expect(clippy::disallowed_methods, reason = "tests read files and the environment")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use netplan_cluster::collect::{
    CollectOptions, NodeError, Outcome, RemoteProgram, collect, parse_destination,
};
use netplan_cluster::model::Source;

/// Ports tried before giving up: another process may take one between its choice and its use.
const PORTS: usize = 5;

struct Sshd {
    process: Child,
    dir: tempfile::TempDir,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sshd {
    /// A running sshd, or one line about why there is none; that is a failure when `CI` is set.
    fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        match prepare(dir.path()) {
            Ok(program) => Self::run(dir, &program).that_lets_in(),
            Err(reason) => {
                skip(&reason);
                None
            }
        }
    }

    fn run(dir: tempfile::TempDir, program: &Path) -> Self {
        for _ in 0..PORTS {
            let port = free_port();
            configure_client(dir.path(), port);
            if let Some(process) = listening(program, dir.path(), port) {
                return Self { process, dir };
            }
        }
        unreachable!("sshd listens on none of {PORTS} ports");
    }

    /// An account that is locked or has no login shell can't be logged in to.
    fn that_lets_in(self) -> Option<Self> {
        let config = self.dir.path().join("client.conf");
        let output = Command::new("ssh")
            .arg("-F")
            .arg(config)
            .args(["-o", "BatchMode=yes", "good", "true"])
            .output()
            .unwrap();
        if output.status.success() {
            return Some(self);
        }
        let reason = String::from_utf8_lossy(&output.stderr);
        skip(&format!("sshd lets the present user not in: {}", reason.trim()));
        None
    }

    fn options(&self) -> CollectOptions {
        let at = |name: &str| self.dir.path().join(name);
        let program = at("netplan-cluster");
        CollectOptions {
            ssh_config: Some(at("client.conf")),
            nodes_dir: at("nodes"),
            program: RemoteProgram::parse(program.to_str().unwrap()).unwrap(),
            time_limit: Duration::from_secs(10),
            ..CollectOptions::default()
        }
    }
}

/// Says what can't be tested on this machine, past the capture of output; a failure under CI.
fn skip(reason: &str) {
    assert!(env::var_os("CI").is_none(), "cannot test: {reason}");
    let mut terminal = std::io::stderr();
    writeln!(terminal, "skipped: {reason}").unwrap();
}

/// Keys and the server's configuration; the path of sshd, which wants an absolute one.
fn prepare(dir: &Path) -> Result<PathBuf, String> {
    let program = sshd_program()?;
    for name in ["host", "good", "hang", "garbage"] {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(dir.join(name))
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("ssh-keygen makes no key".to_owned());
        }
    }
    if user_is_root() && fs::create_dir_all("/run/sshd").is_err() {
        return Err("sshd as root needs /run/sshd, which can't be made".to_owned());
    }
    let program_body = format!("echo '{}'", common::INVENTORY);
    common::script(&dir.join("netplan-cluster"), &program_body);
    write_server_files(dir);
    Ok(program)
}

fn sshd_program() -> Result<PathBuf, String> {
    ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .ok_or_else(|| "sshd is not installed".to_owned())
}

fn user_is_root() -> bool {
    told("id", &["-u"]) == "0"
}

fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What hangs ends by itself once the test's folder is gone, so nothing stays after the test.
fn write_server_files(dir: &Path) {
    let at = dir.display();
    let key = |name: &str| fs::read_to_string(dir.join(format!("{name}.pub"))).unwrap();
    let keys = format!(
        "restrict {}restrict,command=\"while [ -d '{at}' ]; do sleep 1; done\" {}\
         restrict,command=\"head -c 2000 /dev/urandom\" {}",
        key("good"),
        key("hang"),
        key("garbage")
    );
    fs::write(dir.join("authorized_keys"), keys).unwrap();
    let server = format!(
        "HostKey {at}/host\nAuthorizedKeysFile {at}/authorized_keys\nPidFile none\n\
         ListenAddress 127.0.0.1\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100\n"
    );
    fs::write(dir.join("server.conf"), server).unwrap();
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// `stranger` meets a host key that is not the one it knows; nothing listens on port 1.
fn configure_client(dir: &Path, port: u16) {
    let at = dir.display();
    let key = |name: &str| fs::read_to_string(dir.join(format!("{name}.pub"))).unwrap();
    let known = format!("known {}stranger {}", key("host"), key("good"));
    fs::write(dir.join("known_hosts"), known).unwrap();
    let user = told("id", &["-un"]);
    let config = format!(
        "Host refused\n  Port 1\nHost stranger\n  HostKeyAlias stranger\n\
         Host hang\n  IdentityFile {at}/hang\nHost garbage\n  IdentityFile {at}/garbage\n\
         Host *\n  HostName 127.0.0.1\n  Port {port}\n  User {user}\n  HostKeyAlias known\n\
         \x20 IdentityFile {at}/good\n  IdentitiesOnly yes\n  IdentityAgent none\n\
         \x20 UserKnownHostsFile {at}/known_hosts\n  GlobalKnownHostsFile /dev/null\n\
         \x20 StrictHostKeyChecking yes\n"
    );
    fs::write(dir.join("client.conf"), config).unwrap();
}

/// An sshd that has said that it listens. Its further words go to a thread that drops them.
fn listening(program: &Path, dir: &Path, port: u16) -> Option<Child> {
    let mut process = Command::new(program)
        .args(["-D", "-e", "-p", &port.to_string(), "-f"])
        .arg(dir.join("server.conf"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let listens =
        lines.by_ref().map_while(Result::ok).any(|line| line.contains("Server listening on"));
    if listens {
        std::thread::spawn(move || lines.for_each(drop));
        return Some(process);
    }
    process.wait().unwrap();
    None
}

fn ask(nodes: &[&str], options: &CollectOptions) -> Vec<Outcome> {
    let destinations: Vec<_> = nodes.iter().map(|node| parse_destination(node).unwrap()).collect();
    collect(&destinations, options, common::parse, &mut |_| ()).unwrap()
}

#[test]
fn every_sort_of_node_behind_a_real_sshd() {
    let Some(sshd) = Sshd::start() else { return };
    let nodes = ["hang", "good", "refused", "garbage", "stranger", "fine"];
    let outcomes = ask(&nodes, &sshd.options());
    let [hang, good, refused, garbage, stranger, fine] = outcomes.try_into().unwrap();
    for outcome in [good, fine] {
        let stored = outcome.result.unwrap();
        assert_eq!(stored.inventory.node, outcome.node);
        assert_eq!(stored.inventory.taken_at.as_deref(), Some("2025-01-02T03:04:05Z"));
        assert!(stored.path.is_file());
    }
    let error = hang.result.unwrap_err();
    assert!(matches!(error, NodeError::TimedOut { .. }), "{error:?}");
    let error = garbage.result.unwrap_err();
    assert!(matches!(error, NodeError::NotAnswered { .. }), "{error:?}");
    let error = refused.result.unwrap_err().to_string();
    assert!(error.starts_with("ssh: ") && error.contains("port 1"), "{error}");
    let error = stranger.result.unwrap_err().to_string();
    assert_eq!(error, "ssh: Host key verification failed.");
}

#[test]
fn a_node_without_the_program_is_read_by_iproute2() {
    let Some(sshd) = Sshd::start() else { return };
    let mut options = sshd.options();
    options.program = RemoteProgram::parse("/nonexistent/netplan-cluster").unwrap();
    match ask(&["good"], &options).remove(0).result {
        Ok(stored) => {
            assert_eq!(stored.inventory.source, Source::Iproute2);
            let mut names = stored.inventory.interfaces.iter();
            assert!(names.any(|interface| interface.name.as_str() == "lo"));
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.ends_with("nor iproute2's ip with -j is there"), "{text}");
            skip(&text);
        }
    }
}
