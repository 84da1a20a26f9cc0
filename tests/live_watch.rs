//! `watch` in a network namespace whose links, addresses and routes change.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use netplan_cluster::model::{Interface, InterfaceKind, NodeInventory, NodeName, Source};
use serde_json::Value;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A namespace with `eth0` and `eth1`, and one with their other ends `p0` and `p1`, which acts as
/// the switches. Two more nodes exist as inventories only.
struct Host {
    prefix: String,
    folder: tempfile::TempDir,
}

impl Host {
    /// Makes the host, or prints why this machine can't.
    fn new(name: &str) -> Option<Self> {
        let prefix = format!("npw{}{name}", std::process::id());
        let host = Self { prefix, folder: tempfile::tempdir().unwrap() };
        if let Err(reason) = host.build() {
            support::skip(&format!("network namespaces: {reason}"));
            return None;
        }
        for node in [2, 3] {
            let text = serde_json::to_string(&other(node)).unwrap();
            std::fs::write(host.folder.path().join(format!("n{node}.json")), text).unwrap();
        }
        Some(host)
    }

    fn build(&self) -> Result<(), String> {
        for namespace in [self.here(), self.peer()] {
            ip(&["netns", "add", &namespace])?;
        }
        // The kernel is slow to tell of a pair whose ends have the same index.
        for bridge in ["b0", "b1", "b2"] {
            ip(&["-n", &self.peer(), "link", "add", bridge, "type", "bridge"])?;
        }
        for network in 0..2 {
            let (port, nic) = (format!("p{network}"), format!("eth{network}"));
            let peer = self.peer();
            let pair = ["-n", &peer, "link", "add", &port, "type", "veth", "peer", "name", &nic];
            ip(&[&pair[..], &["netns", &self.here()]].concat())?;
            ip(&["-n", &self.peer(), "link", "set", &port, "up"])?;
            let address = format!("10.77.{network}.1/24");
            ip(&["-n", &self.here(), "addr", "add", &address, "dev", &nic])?;
            ip(&["-n", &self.here(), "link", "set", &nic, "up"])?;
        }
        Ok(())
    }

    fn here(&self) -> String {
        format!("{}-h", self.prefix)
    }

    fn peer(&self) -> String {
        format!("{}-p", self.prefix)
    }

    fn ip(&self, arguments: &[&str]) {
        ip(&[&["-n", &self.here()][..], arguments].concat()).unwrap();
    }

    fn peer_ip(&self, arguments: &[&str]) {
        ip(&[&["-n", &self.peer()][..], arguments].concat()).unwrap();
    }

    /// Many changes by one process, so that they come fast.
    fn batch(&self, lines: &[String]) {
        let mut command = Command::new("ip");
        command.args(["-n", &self.here(), "-batch", "-"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "a line of the batch failed");
    }

    /// Starts `watch` and waits until it has seen both networks up.
    fn watch(&self, arguments: &[&str]) -> Watching {
        let mut first = self.start(&[]);
        while first.networks.values().any(|network| network["state"] != "Up") {
            first.next().expect("not the end");
        }
        self.start(arguments)
    }

    /// Starts `watch`, which refuses to; gives the reason.
    fn start_failing(&self, arguments: &[&str]) -> String {
        let run = support::Run::from(self.command(arguments).output().unwrap());
        assert_eq!((run.code, &*run.stdout), (Some(2), ""));
        run.stderr
    }

    /// Starts `watch` as node n1 among n2 and n3, as JSON, and takes its first line.
    fn start(&self, arguments: &[&str]) -> Watching {
        Watching::of(self.command(arguments).spawn().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.here(), env!("CARGO_BIN_EXE_netplan-cluster")])
            .args(["watch", "--node", "n1", "--format", "json", "--from"])
            .arg(self.folder.path())
            .args(arguments)
            .env("NETPLAN_CLUSTER_POLICY", self.policy())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn policy(&self) -> std::path::PathBuf {
        self.folder.path().join("cluster.toml.policy")
    }

    /// The networks as a `watch` that starts now sees them.
    fn fresh(&self) -> BTreeMap<String, Value> {
        self.start(&["--for", "0"]).networks.clone()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for namespace in [self.here(), self.peer()] {
            let _ = ip(&["netns", "del", &namespace]);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}

/// A node with `eth0` and `eth1` up.
fn other(node: u8) -> NodeInventory {
    let name = NodeName::new(format!("n{node}"));
    let mut inventory = NodeInventory::empty(name, Source::Netlink);
    for network in 0..2_u8 {
        let kind = InterfaceKind::Physical;
        let mut nic = Interface::new(format!("eth{network}"), u32::from(network) + 2, kind);
        (nic.admin_up, nic.carrier) = (true, Some(true));
        nic.oper_state = netplan_cluster::model::OperState::Up;
        let address = format!("10.77.{network}.{node}/24");
        nic.addresses.push(netplan_cluster::model::Address {
            address: address.parse().unwrap(),
            peer: None,
            scope: netplan_cluster::model::Scope::Global,
            flags: Vec::new(),
        });
        inventory.interfaces.push(nic);
    }
    inventory
}

/// A `watch` at work, with the networks as its events tell them.
struct Watching {
    child: Child,
    lines: Option<Receiver<String>>,
    networks: BTreeMap<String, Value>,
}

impl Watching {
    fn of(mut child: Child) -> Self {
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut watching = Self { child, lines: Some(lines), networks: BTreeMap::new() };
        let start = watching.next().expect("a first line");
        assert_eq!(start["kind"], "start", "{start}");
        for network in start["networks"].as_array().unwrap() {
            watching.networks.insert(key(network), network.clone());
        }
        watching
    }

    /// The next event; nothing after the last.
    fn next(&mut self) -> Option<Value> {
        let line = self.lines.as_ref().unwrap().recv_timeout(PATIENCE);
        let line = match line {
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("nothing more is told"),
            line => line.ok()?,
        };
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["schema"], "netplan-cluster/event/1");
        if event["kind"] == "network" {
            if let Some(before) = event.get("before").filter(|it| !it.is_null()) {
                assert_eq!(self.networks.remove(&key(before)).as_ref(), Some(before), "{event}");
            }
            if let Some(after) = event.get("after").filter(|it| !it.is_null()) {
                self.networks.insert(key(after), after.clone());
            }
        }
        Some(event)
    }

    /// The next event of that kind.
    fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().expect("not the end");
            if event["kind"] == kind {
                return event;
            }
        }
    }

    /// Reads events until the networks are these.
    fn until(&mut self, networks: &BTreeMap<String, Value>) {
        while self.networks != *networks {
            self.next().expect("not the end");
        }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Exit status and standard error once it has ended, and the last event.
    fn end(mut self) -> (Option<i32>, String, Option<Value>) {
        let mut last = None;
        if self.lines.is_some() {
            while let Some(event) = self.next() {
                last = Some(event);
            }
        }
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text, last)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn key(network: &Value) -> String {
    network["subnets"].to_string()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn a_carrier_loss_and_its_return_are_told() {
    let Some(host) = Host::new("a") else { return };
    let mut watching = host.watch(&[]);
    host.peer_ip(&["link", "set", "p0", "down"]);
    let event = watching.next().unwrap();
    assert_eq!((&event["kind"], &event["name"]), (&"network".into(), &"Cluster Network 1".into()));
    assert_eq!(event["before"]["state"], "Up");
    assert_eq!(event["after"]["state"], "Partitioned");
    let cause = serde_json::json!([{"node": "n1", "interface": "eth0", "what": "no-carrier"}]);
    assert_eq!(event["causes"], cause);
    let event = watching.next().unwrap();
    assert_eq!((&event["kind"], &event["scope"]), (&"redirection".into(), &"pairs".into()));
    let sides = (&event["nodes"], &event["peers"]);
    assert_eq!(sides, (&serde_json::json!(["n1"]), &serde_json::json!(["n2", "n3"])));
    assert_eq!(event["before"]["csv"], "Cluster Network 1");
    assert_eq!(event["after"]["csv"], "Cluster Network 2");
    assert_eq!(event["collision"], true);
    assert!(event["reasons"][0].as_str().unwrap().contains("n1 eth0 has no carrier"));

    host.peer_ip(&["link", "set", "p0", "up"]);
    assert_eq!(watching.next_of("network")["after"]["state"], "Up");
    let event = watching.next_of("redirection");
    assert_eq!(event["after"]["csv"], "Cluster Network 1");
    assert!(event["reasons"][0].as_str().unwrap().starts_with("Cluster Network 1 is back"));
}

#[test]
fn an_address_that_is_removed_takes_the_node_off_its_network() {
    let Some(host) = Host::new("b") else { return };
    let mut watching = host.watch(&[]);
    host.ip(&["addr", "del", "10.77.1.1/24", "dev", "eth1"]);
    let event = watching.next_of("network");
    assert_eq!(event["causes"][0]["what"], "left");
    assert_eq!((&event["before"]["members"], &event["after"]["members"]), (&3.into(), &2.into()));
    host.ip(&["link", "set", "eth0", "down"]);
    let mut event = watching.next_of("redirection");
    while !event["after"]["csv"].is_null() {
        event = watching.next_of("redirection");
    }
    assert_eq!(event["before"]["csv"], "Cluster Network 1");
    assert!(event["reasons"][0].as_str().unwrap().contains("n1 eth0 is set down"), "{event}");
    host.ip(&["link", "del", "eth0"]);
    let event = watching.next_of("network");
    assert_eq!(event["causes"][0]["what"], "gone");
}

#[test]
fn after_an_overrun_everything_is_read_again() {
    let Some(host) = Host::new("c") else { return };
    let mut watching = host.watch(&["--receive-buffer", "1"]);
    host.ip(&["link", "add", "d0", "type", "bridge"]);
    let add = |n: usize| format!("addr add 10.80.{}.{}/32 dev d0", n / 250, n % 250 + 1);
    let mut lines: Vec<String> = (0..2000).map(add).collect();
    lines.insert(1000, "addr del 10.77.1.1/24 dev eth1".to_owned());
    lines.insert(1500, "route add default via 10.77.0.254".to_owned());
    host.batch(&lines);
    let event = watching.next_of("resync");
    assert!(event["overruns"].as_u64().unwrap() > 0);
    let fresh = host.fresh();
    assert_eq!(fresh[r#"["10.77.0.0/24"]"#]["role"], 3);
    watching.until(&fresh);
    watching.signal("-TERM");
    assert_eq!(watching.end().0, Some(0));
}

#[test]
fn after_many_changes_the_state_is_that_of_a_fresh_start() {
    let Some(host) = Host::new("d") else { return };
    let mut watching = host.watch(&[]);
    let steps: [&[&str]; 10] = [
        &["route add default via 10.77.1.254", "addr add 10.78.0.1/24 dev eth1"],
        &[
            "link add mv0 link eth1 type macvlan",
            "addr add 10.79.5.1/24 dev mv0",
            "link set mv0 up",
        ],
        &["route replace default nexthop via 10.77.0.254 nexthop via 10.77.1.254"],
        &["link set eth1 down"],
        &["link set eth1 up", "route add default via 10.77.1.253 metric 5"],
        &["nexthop add id 7 via 10.77.0.253 dev eth0", "route add default nhid 7 metric 9"],
        &["nexthop del id 7", "route del default via 10.77.1.253 metric 5"],
        &["addr flush dev eth0", "addr add fd77::1/64 dev eth0 nodad"],
        &["route add default via fd77::fe", "route append default via fd77::ff"],
        &["link del mv0", "link set eth0 down", "link set eth0 name nic0", "link set nic0 up"],
    ];
    for step in steps {
        host.batch(&step.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        let fresh = host.fresh();
        assert!(!fresh.is_empty());
        watching.until(&fresh);
    }
}

#[test]
fn signals_end_it_cleanly_and_a_closed_pipe_is_success() {
    let Some(host) = Host::new("e") else { return };
    for signal in ["-TERM", "-INT"] {
        let watching = host.watch(&[]);
        watching.signal(signal);
        let (code, stderr, last) = watching.end();
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert_eq!(last.unwrap()["kind"], "end");
    }
    let mut watching = host.watch(&[]);
    watching.signal("-HUP");
    assert_eq!(watching.next().unwrap()["kind"], "reload");

    let mut command = Command::new("sh");
    let watch = format!(
        "ip netns exec {} {} watch --node n1 2>&1 | head -n 1; echo ${{PIPESTATUS[0]}}",
        host.here(),
        env!("CARGO_BIN_EXE_netplan-cluster")
    );
    let output = command.args(["-c", &format!("exec bash -c '{watch}'")]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("\n0\n"), "{text}");
}

#[test]
fn a_count_bounds_the_events_and_cuts_no_moment() {
    let Some(host) = Host::new("f") else { return };
    let mut watching = host.watch(&["--count", "1"]);
    host.peer_ip(&["link", "set", "p0", "down"]);
    assert_eq!(watching.next().unwrap()["kind"], "network");
    assert_eq!(watching.next().unwrap()["kind"], "redirection");
    assert_eq!(watching.next().unwrap()["kind"], "end");
    assert_eq!(watching.end().0, Some(0));
}

#[test]
fn a_program_runs_on_each_redirection_and_is_killed_when_it_takes_too_long() {
    let Some(host) = Host::new("g") else { return };
    let told = host.folder.path().join("told");
    let script = format!("cat >> {}; exit 3", told.display());
    let exec = ["--exec", "sh", "--exec-arg=-c", "--exec-arg", &script, "--count", "2"];
    let watching = host.watch(&exec);
    host.peer_ip(&["link", "set", "p0", "down"]);
    let (code, stderr, _) = watching.end();
    assert_eq!(code, Some(0));
    assert_eq!(stderr, "--exec sh: failed with exit status: 3\n");
    let event: Value = serde_json::from_str(&read(&told)).unwrap();
    assert_eq!((&event["kind"], &event["nodes"][0]), (&"redirection".into(), &"n1".into()));

    let nothing = host.start_failing(&["--exec", "/nonexistent/program"]);
    assert!(nothing.contains("--exec: there is no program \"/nonexistent/program\""), "{nothing}");

    let exec = ["--exec", "sleep", "--exec-arg", "600", "--exec-timeout", "1", "--count", "3"];
    let mut watching = host.start(&exec);
    host.peer_ip(&["link", "set", "p0", "up"]);
    watching.next_of("redirection");
    host.peer_ip(&["link", "set", "p0", "down"]);
    let (code, stderr, _) = watching.end();
    assert_eq!(code, Some(0));
    assert!(stderr.contains("--exec"), "{stderr}");
}

#[test]
fn a_network_that_is_back_is_held_for_as_long_as_the_policy_wants() {
    let Some(host) = Host::new("h") else { return };
    std::fs::write(host.policy(), "[failback]\nhold_s = 1\n").unwrap();
    let mut watching = host.watch(&[]);
    host.peer_ip(&["link", "set", "p0", "down"]);
    assert_eq!(watching.next_of("redirection")["after"]["csv"], "Cluster Network 2");
    host.peer_ip(&["link", "set", "p0", "up"]);
    let event = watching.next_of("hold");
    assert_eq!((&event["network"], &event["losses"]), (&"Cluster Network 1".into(), &1.into()));
    let event = watching.next().unwrap();
    assert_eq!(
        (&event["kind"], &event["after"]["csv"]),
        (&"redirection".into(), &"Cluster Network 1".into())
    );
    assert_eq!(event["reasons"][0], "Cluster Network 1 has been back long enough");
}

#[test]
fn it_fails_with_the_reason_when_the_kernel_can_not_be_asked_any_more() {
    let Some(host) = Host::new("i") else { return };
    let watching = host.watch(&[]);
    let pid = watching.child.id().to_string();
    let limited = Command::new("prlimit").args(["--pid", &pid, "--nofile=3:3"]).status();
    if !limited.is_ok_and(|status| status.success()) {
        return support::skip("prlimit is missing");
    }
    host.ip(&["link", "set", "eth0", "down"]);
    let (code, stderr, last) = watching.end();
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("Too many open files"), "{stderr}");
    assert_eq!(last.unwrap()["kind"], "end");
}
