//! Services in `failover` from the outside: errors, JSON, options that are refused.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::fs;

use serde_json::{Value, json};

fn policy(case: &str) -> String {
    support::fixture(&format!("cases/{case}/cluster.toml")).to_str().unwrap().to_owned()
}

fn failover(arguments: &[&str]) -> support::Run {
    support::run([&["failover"][..], arguments].concat())
}

fn declared(arguments: &[&str]) -> support::Run {
    failover(&[&["--policy", &policy("service-torque-test")][..], arguments].concat())
}

/// A service of flags.
const SLURM: [&str; 6] = ["--lose", "service:ctl", "--profile", "slurm", "--hosts", "a,b"];

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let wrong: [(&[&str], &str); 10] = [
        (&["--lose", "service:bat"], "service \"bat\" is not there; there is batch"),
        (&["--lose", "service:batch", "--mode", "crsh"], "write crash, power"),
        (&["--lose", "service:batch", "--mode", "skew"], "skew=8s"),
        (&["--lose", "host:jakaa", "--mode", "hang"], "goes with service:NAME"),
        (&["--lose", "store:batch", "--mode", "power"], "is lost as store"),
        (&["--lose", "host:jakaa", "--return", "service:batch@5"], "name a host"),
        (&["--lose", "host:jakaa", "--return", "host:jakaa"], "say when"),
        (&["--lose", "host:node13", "--planned"], "not the active host"),
        (&["--lose", "service:"], "names no part"),
        (&["--lose", "host:zz"], "services need jakaa, node12, node13"),
    ];
    for (arguments, told) in wrong {
        let error = declared(arguments).failure();
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
    let none = failover(&["--lose", "service:x"]).failure();
    assert!(none.contains("[[service]]") && none.contains("--hosts"), "{none}");
}

#[test]
fn options_without_effect_are_refused_with_the_reason() {
    let wrong: [(&[&str], &str); 14] = [
        (&["--lose", "service:batch", "--format", "svg"], "a picture shows networks"),
        (&["--lose", "service:batch", "--hold", "5"], "--hold"),
        (&["--lose", "service:batch", "--fail-on", "partition"], "--fail-on service"),
        (&["--lose", "service:batch", "--profile", "slurm"], "--profile goes with --hosts"),
        (&["--lose", "service:batch", "--rate", "1MB/s"], "--state-dir or --state-bytes"),
        (&["--lose", "service:batch", "--state-bytes", "1GiB"], "--rate"),
        (&["--lose", "service:batch", "--store", "nfs4:x"], "--hosts"),
        (&["--lose", "service:batch", "--repair", "4h"], "--rates"),
        (&["--lose", "service:batch@5", "--planned"], "leave out the time"),
        (&["--lose", "store:batch", "--planned"], "moves a service"),
        (&["--matrix", "--format", "dot"], "a table or JSON"),
        (&["--matrix", "--fail-on", "service"], "a matrix is none"),
        (&["--matrix", "--rates", "crash=1,crash=2"], "crash twice"),
        (&["--matrix", "--rates", "crush=1"], "modes are crash"),
    ];
    for (arguments, told) in wrong {
        let error = declared(arguments).failure();
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
}

#[test]
fn a_service_of_flags_is_checked() {
    let with = |more: &[&str]| failover(&[&SLURM[..], more].concat());
    assert!(with(&["--set", "poll_s=3"]).failure().contains("it has heartbeat_s"));
    assert!(with(&["--set", "timeout_s=nan"]).failure().contains("timeout_s=30"));
    assert!(with(&["--set", "timeout_s=x"]).failure().contains("timeout_s=30"));
    assert!(with(&["--store", "nfs5:x"]).failure().contains("nfs3, nfs4"));
    assert!(with(&["--role", "submit"]).failure().contains("ROLE=HOST"));
    assert!(with(&["--profile", "openpbs"]).failure().contains("one --profile"));
    let unknown = failover(&["--lose", "service:x", "--profile", "slrm", "--hosts", "a,b"]);
    assert!(unknown.failure().contains("no profile is called \"slrm\""));
    let twice = failover(&["--lose", "service:x", "--profile", "slurm", "--hosts", "a,a"]);
    assert!(twice.failure().contains("named twice"));
    let one = failover(&["--lose", "host:a", "--profile", "slurm", "--hosts", "a"]).success();
    assert!(one.contains("never replaced: no candidate is left"), "{one}");
}

#[test]
fn a_profile_of_a_file_is_used_and_its_mistakes_have_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let text = include_str!("../src/service/profiles/slurm.toml");
    let own = text.replacen("\"slurm\"", "\"own\"", 1).replace("timeout_s = 120", "timeout_s = 30");
    fs::write(&path, &own).unwrap();
    let file = path.to_str().unwrap();
    let lose = ["--lose", "service:ctl", "--profile", file, "--hosts", "a,b"];
    let told = failover(&lose).success();
    assert!(told.contains("ctl (own), daemon crash: b takes over after 30-40 s"), "{told}");
    assert!(failover(&["profiles", file]).success().starts_with("own: "));
    fs::write(&path, own.replace("ping-veto", "ping-vote")).unwrap();
    let error = failover(&lose).failure();
    assert!(error.contains("own.toml: ") && error.contains("ping-veto"), "{error}");
    assert!(error.contains("detector.by"), "{error}");
}

#[test]
fn timelines_and_matrices_have_the_documented_fields() {
    let view = declared(&["--lose", "host:node12@5", "--format", "json"]).json();
    assert_eq!(view["schema"], "netplan-cluster/services/1");
    let detect = &view["timeline"][0];
    assert_eq!(detect["phase"], "detect");
    assert_eq!(detect["start_s"], json!({"min": 5.0, "mean": 5.0, "max": 5.0}));
    assert!(detect["source"].is_string() && detect.get("assumption").is_none());
    assert!(view["timeline"][1]["assumption"].is_string());
    assert_eq!(view["services"][0]["verdict"], "takeover");
    assert_eq!(view["services"][0]["single_points"][0]["host"], "jakaa");

    let matrix = failover(&["--matrix", "--profile", "torque-2.4", "--format", "json"]).json();
    let row = |mode: &str| -> Value {
        let rows = matrix["matrix"].as_array().unwrap().iter();
        rows.clone().find(|row| row["mode"] == mode).unwrap().clone()
    };
    assert_eq!(row("crash")["latency_s"], json!({"min": 6.0, "mean": 12.0, "max": 18.0}));
    assert_eq!((&row("hang")["verdict"], row("hang").get("latency_s")), (&json!("never"), None));
    assert_eq!(row("skew")["from_skew_s"], 6.0);
    assert_eq!(matrix["matrix"].as_array().unwrap().len(), 9);

    let rates = ["--matrix", "--rates", "power=1", "--repair", "24h", "--format", "json"];
    let second = &failover(&rates).json()["second_failure"];
    assert_eq!((&second["repair_s"], &second["chance"]), (&json!(86400.0), &json!(0.002_736)));

    let checkpoint =
        failover(&["checkpoint", "--cost", "5m", "--mtbf", "24h", "--format", "json"]).json();
    let daly = checkpoint["daly_s"].as_f64().unwrap();
    assert!((daly / 60.0 - 116.7).abs() < 0.05 && checkpoint["young_s"] == 7200.0);
    assert!(checkpoint["overhead"].is_f64() && checkpoint["expected_loss_s"].is_f64());
}

#[test]
fn each_failure_names_what_is_lost_then() {
    let told =
        declared(&["--lose", "host:node12@0", "--lose", "host:node13@400", "--format", "json"]);
    let services = &told.json()["services"];
    assert_eq!(services[0]["lost"], "host:node12");
    assert_eq!(services[1]["lost"], "host:node12, host:node13");
}

#[test]
fn questions_beside_losses_refuse_what_makes_no_sense() {
    let wrong: [(&[&str], &str); 6] = [
        (&["checkpoint", "--cost", "0s", "--mtbf", "1y"], "more than nothing"),
        (&["checkpoint", "--cost", "5", "--mtbf", "1y"], "no unit"),
        (&["checkpoint", "--cost", "5m", "--mtbf", "1y", "--nodes", "0"], "--nodes"),
        (&["orphans", "--samples", "/nonexistent/cpu.csv"], "no such file"),
        (&["orphans", "--samples", "x", "--threshold", "1"], "such as 1%"),
        (&["profiles", "torque"], "there is torque-2.3"),
    ];
    for (arguments, told) in wrong {
        let error = failover(arguments).failure();
        assert!(error.contains(told), "{arguments:?}: {error}");
    }
    let none = failover(&[]).failure();
    assert!(none.contains("--lose") && none.contains("--matrix"), "{none}");
}

#[test]
fn measured_state_makes_the_takeover_longer() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("job"), vec![0; 1 << 20]).unwrap();
    let state = folder.path().to_str().unwrap();
    let with = ["--state-dir", state, "--rate", "128KiB/s", "--format", "json"];
    let view = declared(&[&["--lose", "service:batch"][..], &with].concat()).json();
    let load = &view["timeline"][1];
    assert_eq!((&load["phase"], &load["takes_s"]["min"]), (&json!("load"), &json!(9.001)));
    let assumed = declared(&["--lose", "service:batch", "--state-dir", state]).success();
    assert!(assumed.contains("100 MiB/s: --rate"), "{assumed}");
}

#[test]
fn names_from_outside_are_escaped_and_quoted() {
    let hosts = "a b,x\u{1b}[31m";
    let told = failover(&[
        "--lose",
        "service:s",
        "--profile",
        "torque-2.3",
        "--hosts",
        hosts,
        "--planned",
    ]);
    let told = told.success();
    assert!(!told.contains('\u{1b}'), "{told}");
    assert!(told.contains("qterm -t quick \"a b\""), "{told}");
}
