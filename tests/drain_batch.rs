//! `drain` for the nodes of a batch system from the outside: JSON, exit status, input that is wrong.
#![expect(
    clippy::disallowed_methods,
    reason = "a test writes files and fails where it can't go on"
)]

mod support;

use serde_json::{Value, json};
use support::Run;

fn fixture(file: &str) -> String {
    support::fixture(file).to_string_lossy().into_owned()
}

fn slurm(arguments: &[&str]) -> Run {
    let (jobs, nodes) = (fixture("drain/squeue.json"), fixture("drain/nodes.json"));
    let history = fixture("drain/sacct.json");
    let files = ["drain", "--jobs", &jobs, "--nodes", &nodes, "--history", &history];
    support::run([&files[..], arguments].concat())
}

fn torque(arguments: &[&str]) -> Run {
    let jobs = fixture("drain/torque-qstat.xml");
    let nodes = fixture("drain/torque-pbsnodes.xml");
    let files = ["drain", "--jobs", &jobs, "--nodes", &nodes, "--now", "@1700000000"];
    support::run([&files[..], arguments].concat())
}

fn error(run: &Run, words: &[&str]) {
    assert_eq!(run.code, Some(2), "{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
fn the_view_has_the_documented_fields() {
    let view: Value = slurm(&["--all", "--keep", "80%", "--format", "json"]).json();
    assert_eq!(view["schema"], "netplan-cluster/drain/1");
    assert_eq!((&view["window"], &view["holds"]), (&json!(20), &json!(true)));
    let hours = |it: &Value| it.as_f64().unwrap() / 3600.0;
    let finish = &view["finish"];
    let [p5, p50, p95, bound] = ["p5", "p50", "p95", "bound"].map(|it| hours(&finish[it]));
    assert!(p5 < p50 && p50 < p95 && p95 < bound && p50 > hours(&view["fluid_bound_s"]));
    assert!((85.0..97.0).contains(&p50), "{p50}");
    assert!((9.5..10.5).contains(&view["lost_cluster_hours"].as_f64().unwrap()));
    assert!((0.87..0.91).contains(&view["mean_capacity"].as_f64().unwrap()));
    assert!((17.0..19.0).contains(&view["full_drain"]["lost_cluster_hours"].as_f64().unwrap()));
    assert!(
        hours(&view["full_drain"]["finish_s"]) < 24.1 && hours(&view["waves"]["finish_s"]) > p50
    );
    let hosts = view["hosts"].as_array().unwrap();
    assert_eq!(hosts.len(), 100);
    for field in ["node", "start", "empty", "back"] {
        assert!(hosts[0].get(field).is_some(), "{field}");
    }
    let capacity = view["capacity"].as_array().unwrap();
    assert!(capacity.iter().all(|it| it["fraction"].as_f64().unwrap() >= 0.8));
    assert_eq!(view["too_large"][0]["job"], "5002");
    assert!(view["commands"].as_array().unwrap().len() > 200);
}

#[test]
fn the_same_question_has_the_same_answer() {
    let ask = || slurm(&["--all", "--format", "json"]).success();
    assert_eq!(ask(), ask());
}

#[test]
fn a_fresh_dump_goes_on_where_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(fixture("drain/torque-pbsnodes.xml")).unwrap();
    let rest = text.lines().filter(|line| !line.contains("<name>node3</name>")).collect::<String>();
    let nodes = folder.path().join("nodes");
    std::fs::write(&nodes, rest).unwrap();
    let jobs = fixture("drain/torque-qstat.xml");
    let arguments = ["drain", "--hosts", "node[1-6]", "--to", "server:new", "--format", "json"];
    let files = ["--jobs", &jobs, "--nodes", nodes.to_str().unwrap(), "--now", "@1700000000"];
    let view = support::run([&arguments[..], &files].concat()).json();
    assert_eq!((&view["done"], &view["nodes"]), (&json!(["node3"]), &json!(60)));
    assert_eq!(view["hosts"].as_array().unwrap().len(), 5);
    let rebooted = slurm(&["--all", "--done", "n[001-090]", "--format", "json"]).json();
    assert_eq!(rebooted["hosts"].as_array().unwrap().len(), 10);
    assert_eq!((&rebooted["nodes"], rebooted["done"].as_array().unwrap().len()), (&json!(100), 90));
}

#[test]
fn a_plan_that_does_not_hold_is_told() {
    let none = torque(&["--all", "--keep", "99%"]);
    assert_eq!(none.code, Some(1));
    assert!(none.stdout.contains("0 may be out at once, and 1 are out already"), "{}", none.stdout);
    let late = slurm(&["--all", "--deadline", "10h"]);
    assert_eq!(late.code, Some(1));
    assert!(late.stdout.contains("so it does with all nodes at once"), "{}", late.stdout);
    let moment = slurm(&["--all", "--deadline", "2023-11-20T00:00:00Z"]);
    assert_eq!(moment.code, Some(0), "{}", moment.stdout);
}

#[test]
fn wrong_usage_says_what_to_do() {
    error(&slurm(&["--hosts", "n999"]), &["n999", "nodes.json"]);
    error(&slurm(&["--hosts", "n00"]), &["did you mean"]);
    error(&slurm(&["--hosts", "n[1-"]), &["n[1-", "not closed"]);
    error(&slurm(&["--hosts", "n[1-999999999]"]), &["--hosts"]);
    error(&slurm(&["--all", "--done", "n999"]), &["--done", "n999"]);
    error(&slurm(&["--all", "--parallel", "3"]), &["--parallel"]);
    error(&slurm(&["--all", "--order", "least-moved"]), &["least-waste"]);
    error(&slurm(&["--all", "--from", "/tmp"]), &["--from"]);
    error(&slurm(&["--all", "--window", "0"]), &["from 1 on"]);
    error(&slurm(&["--all", "--keep", "150%"]), &["--keep"]);
    error(&slurm(&["--all", "--to", "new"]), &["server:"]);
    error(&slurm(&["--all", "--to", "server:a;b"]), &["server:"]);
    error(&slurm(&["--all", "--deadline", "soon"]), &["48h"]);
    error(&slurm(&["--all", "--at-limit", "5%"]), &["--history"]);
    error(&slurm(&[]), &["--hosts"]);
    error(&torque(&["--all", "--mode", "reserve"]), &["TORQUE", "setres"]);
    let (jobs, nodes) = (fixture("drain/squeue.json"), fixture("drain/torque-pbsnodes.xml"));
    let mixed = ["drain", "--all", "--jobs", &jobs, "--nodes", &nodes];
    error(&support::run(mixed), &["Slurm", "TORQUE"]);
    let swapped = ["drain", "--all", "--jobs", &nodes, "--nodes", &jobs];
    error(&support::run(swapped), &["holds nodes"]);
    let twice = ["drain", "--all", "--jobs", &jobs, "--jobs", &jobs, "--nodes", &nodes];
    error(&support::run(twice), &["stands in several files"]);
    error(&support::run(["drain", "--all", "--jobs", "nowhere", "--nodes", &nodes]), &["nowhere"]);
}
