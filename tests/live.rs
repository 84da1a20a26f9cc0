//! Three network namespaces, joined by veth pairs and bridges, act as three nodes.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::process::Command;

use serde_json::Value;

/// Namespaces `n1` to `n3` and one with two switches; removed when dropped.
struct Cluster {
    prefix: String,
}

impl Cluster {
    /// Makes the cluster, or prints why this machine can't.
    fn new(name: &str) -> Option<Self> {
        let cluster = Self { prefix: format!("npc{}{name}", std::process::id()) };
        let made = cluster.build();
        if let Err(reason) = made {
            support::skip(&format!("network namespaces: {reason}"));
            return None;
        }
        Some(cluster)
    }

    fn build(&self) -> Result<(), String> {
        let switch = self.namespace("sw");
        ip(&["netns", "add", &switch])?;
        for bridge in ["br0", "br1"] {
            ip(&["-n", &switch, "link", "add", bridge, "type", "bridge"])?;
            ip(&["-n", &switch, "link", "set", bridge, "up"])?;
        }
        for node in 1..=3 {
            let namespace = self.namespace(&format!("n{node}"));
            ip(&["netns", "add", &namespace])?;
            ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
            for network in 0..2 {
                self.wire(&namespace, node, network)?;
            }
        }
        Ok(())
    }

    fn wire(&self, namespace: &str, node: u8, network: u8) -> Result<(), String> {
        let switch = self.namespace("sw");
        let (port, nic) = (format!("p{node}{network}"), format!("eth{network}"));
        let (bridge, address) = (format!("br{network}"), format!("10.77.{network}.{node}/24"));
        let pair = ["-n", &switch, "link", "add", &port, "type", "veth", "peer", "name", &nic];
        ip(&[&pair[..], &["netns", namespace]].concat())?;
        ip(&["-n", &switch, "link", "set", &port, "master", &bridge, "up"])?;
        ip(&["-n", namespace, "addr", "add", &address, "dev", &nic])?;
        ip(&["-n", namespace, "link", "set", &nic, "up"])
    }

    fn namespace(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn ip(&self, node: &str, arguments: &[&str]) {
        let namespace = self.namespace(node);
        ip(&[&["-n", namespace.as_str()][..], arguments].concat()).unwrap();
    }

    /// Runs the program inside a node's namespace.
    fn inside(&self, node: &str, arguments: &[&str]) -> support::Run {
        let program = env!("CARGO_BIN_EXE_netplan-cluster");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace(node), program]).args(arguments);
        command.env("NETPLAN_CLUSTER_POLICY", "/nonexistent/cluster.toml");
        command.env("NETPLAN_CLUSTER_NODES_DIR", "/nonexistent/nodes");
        command.output().unwrap().into()
    }

    /// `show` over the inventories that the three nodes discover of themselves.
    fn show(&self) -> Value {
        let folder = tempfile::tempdir().unwrap();
        for node in ["n1", "n2", "n3"] {
            let inventory = self.inside(node, &["discover", "--node", node]).success();
            std::fs::write(folder.path().join(format!("{node}.json")), inventory).unwrap();
        }
        let from = folder.path().to_str().unwrap();
        support::run(["show", "--from", from, "--format", "json"]).json()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for name in ["n1", "n2", "n3", "sw"] {
            let _ = ip(&["netns", "del", &self.namespace(name)]);
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

fn states(view: &Value) -> Vec<(&str, &str)> {
    let networks = view["networks"].as_array().unwrap();
    networks
        .iter()
        .map(|network| {
            (network["subnets"][0].as_str().unwrap(), network["state"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn show_sees_what_was_made_and_follows_changes() {
    let Some(cluster) = Cluster::new("a") else {
        return;
    };
    let view = cluster.show();
    assert_eq!(states(&view), [("10.77.0.0/24", "Up"), ("10.77.1.0/24", "Up")]);
    let members = view["networks"][0]["members"].as_array().unwrap();
    let nodes: Vec<&str> = members.iter().map(|it| it["node"].as_str().unwrap()).collect();
    assert_eq!(nodes, ["n1", "n2", "n3"]);
    assert_eq!(members[2]["addresses"][0], "10.77.0.3/24");
    assert_eq!(members[0]["interface"], "eth0");
    assert_eq!(view["traffic"]["csv"], "Cluster Network 1");

    cluster.ip("n3", &["link", "set", "eth0", "down"]);
    let view = cluster.show();
    assert_eq!(states(&view)[0], ("10.77.0.0/24", "Partitioned"));
    let exception = &view["traffic"]["exceptions"][0];
    assert_eq!(
        (&exception["peers"][0], &exception["csv"]),
        (&"n3".into(), &"Cluster Network 2".into())
    );

    cluster.ip("sw", &["link", "set", "p20", "down"]);
    assert_eq!(states(&cluster.show())[0], ("10.77.0.0/24", "Down"), "a peer's end is down");
}

#[test]
fn show_sees_addresses_and_default_routes_appear() {
    let Some(cluster) = Cluster::new("b") else {
        return;
    };
    cluster.ip("n1", &["addr", "add", "10.78.0.1/24", "dev", "eth1"]);
    cluster.ip("n1", &["addr", "add", "fd77::1/64", "dev", "eth1", "nodad"]);
    cluster.ip("n2", &["route", "add", "default", "via", "10.77.1.254"]);
    let view = cluster.show();
    let second = &view["networks"][1];
    assert_eq!(second["subnets"], serde_json::json!(["10.77.1.0/24", "10.78.0.0/24", "fd77::/64"]));
    assert_eq!((&second["role"], &second["gateway"]), (&3.into(), &true.into()));
    assert_eq!(second["metric"], 10_000);
    assert_eq!(second["members"][1]["gateways"][0], "10.77.1.254");
}

#[test]
fn a_recording_of_a_live_node_reads_as_the_node_did() {
    let Some(cluster) = Cluster::new("c") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recording.json");
    let path = file.to_str().unwrap();
    let live = cluster.inside("n1", &["discover", "--node", "n1", "--recording", path]).success();
    let replayed = support::run(["discover", "--from", path]).success();
    assert_eq!(live, replayed);
    let shown = cluster.inside("n1", &["show", "--format", "json"]).json();
    assert_eq!(shown["networks"].as_array().unwrap().len(), 2);

    let redacted = folder.path().join("redacted.json");
    let path = redacted.to_str().unwrap();
    cluster.inside("n1", &["discover", "--node", "n1", "--recording", path, "--redact"]).success();
    let inventory: Value = serde_json::from_str(&live).unwrap();
    let text = std::fs::read_to_string(&redacted).unwrap();
    for interface in inventory["interfaces"].as_array().unwrap() {
        let mac = interface["mac"].as_str().unwrap().replace(':', "");
        assert!(mac == "000000000000" || !text.contains(&mac), "{mac} is left in the recording");
    }
}

#[test]
fn interfaces_that_do_not_count_are_listed_with_their_reason() {
    let Some(cluster) = Cluster::new("d") else {
        return;
    };
    cluster.ip("n1", &["link", "add", "docker0", "type", "bridge"]);
    cluster.ip("n1", &["addr", "add", "172.17.0.1/16", "dev", "docker0"]);
    cluster.ip("n1", &["link", "add", "mv0", "link", "eth0", "type", "macvlan"]);
    cluster.ip("n1", &["addr", "add", "10.79.0.1/24", "dev", "mv0"]);
    cluster.ip("n1", &["link", "set", "mv0", "up"]);
    let view = cluster.inside("n1", &["show", "--format", "json"]).json();
    let skipped = view["skipped"].as_array().unwrap();
    let docker = skipped.iter().find(|it| it["interface"] == "docker0").unwrap();
    assert_eq!(docker["reason"], "bridge without a physical port");
    let networks = view["networks"].as_array().unwrap();
    assert!(networks.iter().any(|it| it["members"][0]["interface"] == "mv0"));
}

#[test]
fn a_namespace_without_routes_has_none_and_no_gap() {
    let Some(cluster) = Cluster::new("r") else { return };
    let inventory = cluster.inside("sw", &["discover", "--node", "sw"]).json();
    assert_eq!(inventory["routes"], serde_json::json!([]));
    let facts: Vec<&str> = inventory["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["fact"].as_str().unwrap())
        .collect();
    assert!(!facts.contains(&"routes4") && !facts.contains(&"routes6"), "{facts:?}");
}
