//! `restore` from the outside: JSON, formats, exit status, and input that is wrong or hostile.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test writes files and fails where it can't go on"
)]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::Run;

const COMMON: [&str; 5] = ["restore", "--system", "hpcpack-2008r2", "--shape", "single-head"];

fn case(file: &str) -> String {
    support::fixture(&format!("cases/{file}")).to_string_lossy().into_owned()
}

fn windows(arguments: &[&str]) -> Run {
    let (jobs, tasks) = (case("restore-hpcpack/jobs.csv"), case("restore-hpcpack/tasks.csv"));
    let files = ["--backup", &jobs, "--live", &tasks];
    support::run([&COMMON[..], &files, arguments].concat())
}

/// A folder with files of these contents.
fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let paths = files.iter().map(write).collect();
    (folder, paths)
}

fn of_files(jobs: &[u8], tasks: &[u8], arguments: &[&str]) -> Run {
    let (_folder, paths) = folder(&[("jobs", jobs), ("tasks", tasks)]);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (jobs, tasks) = (text(&paths[0]), text(&paths[1]));
    let files = ["--backup", &jobs, "--live", &tasks];
    support::run([&COMMON[..], &files, arguments].concat())
}

const JOBS: &[u8] = b"Id,State\n1,Running\n";
const TASKS: &[u8] = b"JobId,TaskId,Node,State,Cores,RunTime\n1,1,n1,Running,4,01:00:00\n";

#[test]
fn the_view_has_the_documented_fields() {
    let view: Value = windows(&["--format", "json"]).json();
    assert_eq!(view["schema"], "netplan-cluster/restore/1");
    assert_eq!((&view["classes"]["match"], &view["classes"]["orphan"]), (&json!(3), &json!(1)));
    assert_eq!(view["destroyed_core_hours"], json!(184.0));
    assert_eq!((&view["cancelled_jobs"], &view["stopped_tasks"]), (&json!(11), &json!(5)));
    assert_eq!(view["events"].as_array().unwrap().len(), 7);
    assert_eq!(view["duplicates"][0], json!({"id": "15", "risk": "certain", "by": "requeue"}));
    let step = &view["runbook"][2];
    assert_eq!((&step["step"], &step["where"]), (&json!(3), &json!("head node")));
    assert!(step["command"].as_str().unwrap().contains("sc config hpcsdm start= disabled\n"));
    assert!(view["runbook"][1]["guard"].is_string() && view["runbook"][1].get("command").is_none());
    let classes = view["classes"].as_object().unwrap().values();
    let jobs: u64 = classes.filter_map(Value::as_u64).sum();
    assert_eq!(jobs, view["jobs"].as_array().unwrap().len() as u64);
}

#[test]
fn a_log_that_differs_makes_the_exit_status_1() {
    let agrees = windows(&["--verify", &case("restore-hpcpack/events.log"), "--format", "json"]);
    assert_eq!(agrees.json()["verification"]["agrees"], true);
    let differs =
        windows(&["--verify", &case("restore-hpcpack/events-differ.log"), "--format", "json"]);
    assert_eq!(differs.code, Some(1));
    let view: Value = serde_json::from_str(&differs.stdout).unwrap();
    let found = view["verification"]["differences"].as_array().unwrap();
    let kinds: Vec<&str> = found.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, ["missing", "count", "unexpected", "order"]);
}

#[test]
fn options_of_the_other_system_and_other_files_are_refused() {
    let (backup, live) = (case("restore-slurm/backup.json"), case("restore-slurm/live.json"));
    let slurm = |arguments: &[&str]| {
        let files = ["--backup", &backup, "--live", &live, "--shape", "ha-cluster"];
        support::run([&["restore", "--system", "slurm"], &files[..], arguments].concat()).failure()
    };
    let zone = ["--timezone", "UTC"];
    for option in [&["--azure"][..], &["--wcf"], &["--head-runs-compute"], &zone] {
        let (said, option) = (slurm(option), option[0]);
        assert!(said.contains(option) && said.contains("hpcpack-2008r2 only"), "{said}");
    }
    assert!(slurm(&["--verify", &live]).contains("only hpcpack-2008r2 logs"));
    assert!(slurm(&["--slurm-conf", &live]).contains("is squeue --json, not slurm.conf"));
    assert!(windows(&["--slurm-conf", &live]).failure().contains("--system slurm only"));
    let foreign = ["--backup", &backup, "--live", &live];
    let said = support::run([&COMMON[..], &foreign].concat()).failure();
    assert!(said.contains("is squeue --json of Slurm, not of Windows HPC Server"), "{said}");
    assert!(of_files(TASKS, TASKS, &[]).failure().contains("--backup tells tasks only"));
    assert!(of_files(JOBS, JOBS, &[]).failure().contains("--live tells jobs only"));
    assert!(windows(&["--now", "soon"]).failure().contains("no such time"));
    assert!(windows(&["--timezone", "Mars"]).failure().contains("no such zone"));
    let twice = case("restore-hpcpack/jobs.csv");
    let tasks = case("restore-hpcpack/tasks.csv");
    let files = ["--backup", &twice, &twice, "--live", &tasks];
    let said = support::run([&COMMON[..], &files].concat()).failure();
    assert!(said.contains("job 9 stands in"), "{said}");
}

#[test]
fn clock_zone_and_date_format_are_those_that_are_told() {
    let (_folder, paths) = folder(&[("empty.json", b"{\"jobs\": []}")]);
    let (empty, live) =
        (paths[0].to_str().unwrap(), support::fixture("batch/slurm-21.08-squeue.json"));
    let files = ["--backup", empty, "--live", live.to_str().unwrap(), "--format", "json"];
    let slurm = ["restore", "--system", "slurm", "--shape", "single-head", "--now", "@1700010800"];
    let view = support::run([&slurm[..], &files].concat()).json();
    // 16 cores since 7,200 s and one core since 3,800 s.
    assert_eq!(view["destroyed_core_hours"], json!(33.056));
    assert_eq!((&view["classes"]["orphan"], &view["classes"]["forgotten"]), (&json!(2), &json!(3)));
    let jobs = b"Id,State,SubmitTime\n1,Queued,04.07.2011 17:23:11\n";
    let format = ["--date-format", "%d.%m.%Y %H:%M:%S", "--timezone", "+02:00", "--format", "json"];
    let view = of_files(jobs, TASKS, &format).json();
    assert_eq!(view["jobs"][0]["submitted"], "2011-07-04T15:23:11Z");
    let notes = view["notes"].to_string();
    assert!(notes.contains("times without a zone are taken as +02:00"), "{notes}");
    assert!(of_files(jobs, TASKS, &[]).failure().contains("--date-format"));
}

#[test]
fn hostile_input_is_an_error_with_file_place_and_value() {
    let cases: [(&[u8], &[u8], &str); 9] = [
        (b"", TASKS, "jobs: is empty"),
        (b"Id,State\n1,Running\0\n", TASKS, "jobs: byte 18 is NUL"),
        (b"Id,State\n1,\xff\n", TASKS, "jobs: byte 11 is neither UTF-8 nor UTF-16"),
        (b"Id,State\n99999999999999999999,Queued\n", TASKS, "line 2.id: \"99999999999999999999\""),
        (b"Id,State,RunTime\n1,Queued,-00:10:00\n", TASKS, "line 2.runtime: \"-00:10:00\""),
        (b"Id,State\n1,Queued\n1,Queued\n", TASKS, "\"1\" stands at line 2 already"),
        (JOBS, b"JobId,TaskId,Node,State\n1,1,\x1b[31m,Running\n", "line 2.node"),
        (JOBS, b"<!DOCTYPE a [<!ENTITY b \"c\">]><Data/>", "a document type stands here"),
        (JOBS, b"hello\nthere", "tasks: begins with \"hello\": expected the output of squeue"),
    ];
    for (jobs, tasks, words) in cases {
        let said = of_files(jobs, tasks, &[]).failure();
        assert!(said.contains(words), "{words}: {said}");
        assert!(!said.contains('\x1b'), "{said:?}");
    }
    assert!(
        support::run([&COMMON[..], &["--backup", "/nonexistent", "--live", "x"]].concat())
            .failure()
            .contains("/nonexistent: no such file")
    );
}

#[test]
fn names_from_outside_stay_text() {
    let jobs = "Id,State,Owner\n1,Running,\"a\u{1b}]0;x\u{7}|`b`\"\n";
    for format in ["table", "markdown", "text"] {
        let said = of_files(jobs.as_bytes(), TASKS, &["--format", format]).success();
        assert!(!said.contains('\u{1b}') && !said.contains('\u{7}'), "{said:?}");
    }
}

#[test]
fn a_table_of_any_width_keeps_its_commands_whole() {
    for width in [40, 80, 120] {
        let (jobs, tasks) = (case("restore-hpcpack/jobs.csv"), case("restore-hpcpack/tasks.csv"));
        let output = support::program()
            .args(COMMON)
            .args(["--backup", &jobs, "--live", &tasks])
            .env("COLUMNS", width.to_string())
            .output()
            .unwrap();
        let said = Run::from(output).success();
        assert!(said.contains(
            "      reg add HKLM\\Software\\Microsoft\\HPC /v Restore /t REG_DWORD /d 1 /f\n"
        ));
        let prose = said.lines().filter(|it| !it.starts_with("      ") && !it.starts_with('{'));
        for line in prose.filter(|it| !it.contains('/')) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}
