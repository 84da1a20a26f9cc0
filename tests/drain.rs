//! `drain` for hosts of virtual machines on the command line.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test writes files and fails where it can't go on"
)]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::{Run, fixture, run, run_with_input};

fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

/// `drain` on a case of the fixtures.
fn drain(case: &str, arguments: &[&str]) -> Run {
    let [nodes, policy, vms] = ["nodes", "cluster.toml", "workload.json"]
        .map(|it| path(&format!("cases/drain-{case}/{it}")));
    let all = ["drain", "--from", &nodes, "--policy", &policy, "--vms", &vms];
    run([&all[..], arguments].concat())
}

/// `drain` on a workload over links of 10 Gbit/s, from standard input.
fn of(workload: &Value, arguments: &[&str]) -> Run {
    let all = ["drain", "--bandwidth", "9.4Gbit/s", "--vms", "-"];
    run_with_input(&[&all[..], arguments].concat(), workload.to_string().as_bytes())
}

fn workload() -> Value {
    let host = |name: &str| json!({"name": name, "memory_bytes": 64u64 << 30});
    let vm = |name: &str, node: &str| json!({"name": name, "node": node, "memory_bytes": 8u64 << 30, "dirty_bytes_s": 1e7});
    json!({
        "schema": "netplan-cluster/workload/1",
        "nodes": [host("hv1"), host("hv2"), host("hv3")],
        "vms": [vm("a", "hv1"), vm("b; rm -rf /", "hv1"), vm("c", "hv2")],
    })
}

#[test]
fn the_json_has_what_it_promises() {
    let view =
        drain("twelve", &["--evacuate", "hv1", "--parallel", "4", "--format", "json"]).json();
    let moves = view["moves"].as_array().unwrap();
    assert_eq!((moves.len(), view["unplaceable"].as_array().unwrap().len()), (12, 0));
    for it in moves {
        assert!(it["vm"].is_string() && it["from"] == "hv1" && it["to"].is_string());
        assert!(it["start_s"].is_number() && it["duration_s"].as_f64().unwrap() > 0.0);
        assert!(it["downtime_ms"].is_number() && it["outcome"] == "converged");
    }
    let total = view["total_s"].as_f64().unwrap();
    assert!(total <= view["waves_s"].as_f64().unwrap());
    assert!(total <= view["sequential_s"].as_f64().unwrap());
}

#[test]
fn a_loss_moves_the_plan_to_the_next_network() {
    let arguments = ["--evacuate", "hv1", "--format", "json", "--lose", "network:10.0.2.0/24"];
    let view = drain("twelve", &arguments).json();
    assert_eq!(view["networks"], json!(["Cluster Network 1"]));
    assert_eq!(view["lost"]["before_networks"], json!(["Cluster Network 3"]));
    let (before, after) = (&view["lost"]["before_s"], &view["total_s"]);
    assert!(after.as_f64().unwrap() > 5.0 * before.as_f64().unwrap());
}

#[test]
fn what_stays_makes_the_exit_status_1() {
    let run = drain("left-behind", &["--evacuate", "hv1", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let view: Value = serde_json::from_str(&run.stdout).unwrap();
    let kinds: Vec<&str> =
        view["stays"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["not-converging", "pinned", "stopped"]);
    assert!(!view["unplaceable"][0]["reasons"].as_array().unwrap().is_empty());
}

#[test]
fn commands_quote_names_and_carry_the_network() {
    let text = of(&workload(), &["--evacuate", "hv1", "--format", "commands"]).success();
    assert!(text.contains(" \"--domain=b; rm -rf /\" "), "{text}");
    assert!(!text.contains("--migrateuri"), "no address is known: {text}");
    let text =
        drain("twelve", &["--evacuate", "hv1", "--format", "commands", "--stack", "pve"]).success();
    assert!(text.contains("\n# on hv1\nqm migrate 1"), "{text}");
    assert!(text.contains(" --online --migration_network 10.0.2.0/24  # "), "{text}");
    let managed = ["--evacuate", "hv1", "--format", "commands", "--commands", "ha-manager"];
    let text = drain("twelve", &managed).success();
    assert!(
        text.contains("network=10.0.2.0/24\n") && text.contains("ha-manager migrate vm:112 hv")
    );
    let error = of(&workload(), &managed).failure();
    assert!(error.contains("vm \"a\" has no id"), "{error}");
}

#[test]
fn other_formats_are_read_and_their_stack_is_taken() {
    let vms = path("machines/pve-resources.json");
    let arguments = ["drain", "--bandwidth", "10Gbit/s", "--vms", &vms, "--evacuate", "pve2"];
    let text = run(arguments).success();
    assert!(text.contains("(pve: ") && text.contains("no file tells how 3 VMs write"), "{text}");
    let [one, two] =
        ["hv1", "hv2"].map(|it| format!("{it}={}", path(&format!("machines/{it}-domstats.txt"))));
    let arguments =
        ["drain", "--bandwidth", "10Gbit/s", "--vms", &one, "--vms", &two, "--evacuate", "hv1"];
    let text = run(arguments).success();
    assert!(text.contains("hv1 is empty after") && text.contains("is an old definition"), "{text}");
}

#[test]
fn turns_are_told_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("plan.svg");
    let arguments =
        ["--rolling", "--reboot", "10m", "--svg", svg.to_str().unwrap(), "--format", "json"];
    let view = drain("rolling", &arguments).json();
    assert_eq!(view["turns"].as_array().unwrap().len(), 6);
    assert_eq!(view["moves"].as_array().unwrap().len(), 24);
    let drawn = fs::read_to_string(&svg).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("hv6: reboot, 10 min"));
    let named =
        drain("rolling", &["--rolling", "hv2,hv1", "--order", "list", "--reboot", "5m"]).success();
    assert!(named.starts_with("2 hosts have their turn"), "{named}");
}

#[test]
fn wrong_usage_is_told_with_what_to_do() {
    let error = |arguments: &[&str]| of(&workload(), arguments).failure();
    let cases: [(&[&str], &str); 11] = [
        (&["--evacuate", "hv9"], "host \"hv9\" is not there; there is hv1"),
        (&["--evacuate", "hv1,hv2,hv3"], "all 3 hosts are named, and none is left to take VMs"),
        (&["--evacuate", "hv1", "hv1"], "host \"hv1\" is named twice"),
        (&["--evacuate", "hv1", "--reboot", "5m"], "cannot be used with"),
        (&["--evacuate", "hv1", "--out", "2"], "cannot be used with"),
        (&["--rolling"], "--reboot 10m"),
        (&["--rolling", "--evacuate", "hv1"], "cannot be used with"),
        (&["--evacuate", "hv1", "--lose", "network:x"], "cannot be used with"),
        (&["--evacuate", "hv1", "--reserve", "-1GiB"], "it is negative"),
        (&["--evacuate", "hv1", "--stack", "xen"], "possible values"),
        (&[], "--evacuate"),
    ];
    for (arguments, words) in cases {
        let said = error(arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let timed =
        drain("twelve", &["--evacuate", "hv1", "--lose", "network:10.0.2.0/24@5"]).failure();
    assert!(timed.contains("leave the time out"), "{timed}");
    let itself = drain("twelve", &["--evacuate", "hv1", "--lose", "node:hv1"]).failure();
    assert!(itself.contains("nothing leaves a host that is lost"), "{itself}");
    let vms = path("cases/drain-twelve/workload.json");
    let nodes = path("cases/golden-a/nodes");
    let absent = run(["drain", "--from", &nodes, "--vms", &vms, "--evacuate", "hv1"]).failure();
    assert!(
        absent.contains("no inventory is of host hv1") && absent.contains("--bandwidth"),
        "{absent}"
    );
}

#[test]
fn silence_and_sizes_that_nothing_tells_are_refused() {
    let mut unknown = workload();
    unknown["vms"][0].as_object_mut().unwrap().remove("dirty_bytes_s");
    let error = of(&unknown, &["--evacuate", "hv1", "--dirty-rate", "0MiB/s"]).failure();
    assert!(error.contains("would be taken to write nothing"), "{error}");
    let vms = format!("hv3={}", path("machines/hv2-domstats.txt"));
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("bare.txt");
    fs::write(&bare, "Domain: 'x'\n  state.state=1\n  balloon.maximum=1048576\n").unwrap();
    let bare = format!("hv4={}", bare.display());
    let arguments = ["drain", "--bandwidth", "1GB/s", "--vms", &vms, &bare, "--evacuate", "hv3"];
    let error = run(arguments).failure();
    assert!(error.contains("no file tells the memory of hv4") && error.contains("--host-memory"));
    let told = run([&arguments[..], &["--host-memory", "64GiB"]].concat()).success();
    assert!(told.contains("no file tells the memory of 1 host: taken as 64.0 GiB"), "{told}");
}
