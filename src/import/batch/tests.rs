//! Every format out of `fixtures/batch`, and hostile variants of it.

use super::*;
use crate::model::{BatchFormat, BatchJob, BatchNode, JobPart, JobState, Limit, NodeStatus};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../fixtures/batch/", $name))
    };
}

fn read(bytes: &[u8]) -> BatchDump {
    parse_batch(bytes, "f", &Reading::default()).unwrap()
}

fn error(text: &str) -> String {
    parse_batch(text.as_bytes(), "f", &Reading::default()).unwrap_err().to_string()
}

fn american() -> Reading {
    Reading { date_format: Some("%m/%d/%Y %I:%M:%S %p".to_owned()), ..Reading::default() }
}

fn told(job: &BatchJob) -> String {
    let hosts: Vec<&str> = job.hosts.iter().map(|it| it.node.as_str()).collect();
    let limit = match job.limit {
        Limit::Seconds(seconds) => seconds.to_string(),
        Limit::None => "none".to_owned(),
        Limit::Unknown => "?".to_owned(),
    };
    format!(
        "{} {:?} {} cores {:?} limit {limit} from {:?} at {:?} on {}",
        job.id,
        job.state,
        job.owner.as_deref().unwrap_or("-"),
        job.cores,
        job.submitted,
        job.started,
        hosts.join(",")
    )
}

fn nodes(dump: &BatchDump) -> Vec<String> {
    let of =
        |it: &BatchNode| format!("{} {:?} {:?}/{:?}", it.name, it.status, it.cores_used, it.cores);
    dump.nodes.iter().map(of).collect()
}

#[test]
fn five_versions_of_squeue_tell_the_same() {
    let first = read(fixture!("slurm-21.08-squeue.json"));
    assert_eq!(first.format, BatchFormat::SlurmJobs);
    assert_eq!(
        first.jobs.iter().map(told).collect::<Vec<_>>(),
        [
            "4001 Running alice cores Some(16) limit 7200 from Some(1700000000) at Some(1700003600) on n001,n002",
            "4002 Queued bob cores Some(4) limit none from Some(1700001000) at None on ",
            "4003 Held alice cores Some(1) limit 3600 from Some(1700001100) at None on ",
            "4005 Running alice cores Some(1) limit 3600 from Some(1700001200) at Some(1700007000) on n003",
            "4006 Finished bob cores Some(8) limit 3600 from Some(1700000100) at Some(1700000200) on n001,n010",
        ]
    );
    let array = JobPart::Array { job: "4004".to_owned(), index: "7".to_owned() };
    assert_eq!(first.jobs[3].part_of, Some(array));
    assert_eq!(first.jobs[0].hosts[0].cores, Some(8));
    for other in [
        read(fixture!("slurm-22.05-squeue.json")),
        read(fixture!("slurm-23.02-squeue.json")),
        read(fixture!("slurm-23.11-squeue.json")),
        read(fixture!("slurm-24.11-squeue.json")),
    ] {
        assert_eq!(other.jobs, first.jobs);
    }
    assert_eq!(read(fixture!("slurm-23.02-squeue.json")).taken_at, Some(1_700_010_000));
}

#[test]
fn five_versions_of_sacct_and_of_nodes_tell_the_same() {
    let first = read(fixture!("slurm-21.08-sacct.json"));
    assert_eq!(first.format, BatchFormat::SlurmAccounting);
    assert_eq!(told(&first.jobs[0]), told(&read(fixture!("slurm-21.08-squeue.json")).jobs[0]));
    assert_eq!((first.jobs[0].elapsed_s, first.jobs[4].elapsed_s), (Some(6400), Some(300)));
    for other in [
        read(fixture!("slurm-22.05-sacct.json")),
        read(fixture!("slurm-23.02-sacct.json")),
        read(fixture!("slurm-23.11-sacct.json")),
        read(fixture!("slurm-24.11-sacct.json")),
    ] {
        assert_eq!(other.jobs, first.jobs);
    }
    let first = read(fixture!("slurm-21.08-nodes.json"));
    assert_eq!(first.format, BatchFormat::SlurmNodes);
    assert_eq!(
        nodes(&first),
        [
            "n001 [Busy] Some(8)/Some(16)",
            "n002 [Busy, Draining] Some(16)/Some(16)",
            "n003 [Idle, Drained] Some(0)/Some(16)",
            "n010 [Down] Some(0)/Some(16)",
            "n011 [Idle] Some(0)/Some(16)",
        ]
    );
    for other in [
        read(fixture!("slurm-22.05-nodes.json")),
        read(fixture!("slurm-23.02-nodes.json")),
        read(fixture!("slurm-23.11-nodes.json")),
        read(fixture!("slurm-24.11-nodes.json")),
    ] {
        assert_eq!(nodes(&other), nodes(&first));
    }
    assert!(first.nodes[4].is_open() && !first.nodes[1].is_open());
}

#[test]
fn openpbs_is_read_whatever_type_a_value_has() {
    let dump = read(fixture!("openpbs-qstat.json"));
    assert_eq!((dump.format, dump.taken_at), (BatchFormat::PbsJobs, Some(1_700_010_000)));
    assert_eq!(
        dump.jobs.iter().map(told).collect::<Vec<_>>(),
        [
            "17.pbs1 Running alice cores Some(8) limit 86400 from Some(1700000000) at Some(1700003600) on node1,node10",
            "18.pbs1 Queued bob cores Some(2) limit none from Some(1700000400) at None on ",
            "19[3].pbs1 Failed carol cores Some(1) limit 600 from Some(1700000460) at None on ",
        ]
    );
    assert_eq!(dump.notes, ["times without a zone are taken as UTC"]);
    assert_eq!((dump.jobs[0].requeue, dump.jobs[1].requeue), (Some(true), Some(false)));
    assert_eq!(dump.jobs[1].priority.as_ref().map(|it| it.rank), Some(-5));
    let array = JobPart::Array { job: "19[].pbs1".to_owned(), index: "3".to_owned() };
    assert_eq!(dump.jobs[2].part_of, Some(array));
    let dump = read(fixture!("openpbs-pbsnodes.json"));
    assert_eq!(
        nodes(&dump),
        [
            "node1 [Busy] Some(4)/Some(8)",
            "node10 [Draining] Some(4)/Some(8)",
            "node2 [Down] Some(0)/Some(8)",
        ]
    );
    assert_eq!(dump.nodes[1].jobs, ["17.pbs1"]);
}

#[test]
fn torque_is_read_from_xml() {
    let dump = read(fixture!("torque-qstat.xml"));
    assert_eq!(dump.format, BatchFormat::TorqueJobs);
    assert_eq!(
        dump.jobs.iter().map(told).collect::<Vec<_>>(),
        [
            "24.head1 Running alice cores Some(6) limit 1440000 from Some(1700000000) at Some(1700000060) on node1,node10",
            "25.head1 Queued bob cores Some(16) limit 36000 from Some(1700000100) at None on ",
            "26.head1 Failed bob cores None limit none from Some(1700000200) at None on ",
        ]
    );
    assert_eq!(dump.jobs[0].name.as_deref(), Some("R&D <run>"));
    assert_eq!(dump.jobs[0].elapsed_s, Some(335 * 3600 + 34 * 60 + 49));
    let dump = read(fixture!("torque-pbsnodes.xml"));
    assert_eq!(
        nodes(&dump),
        [
            "node1 [Busy] Some(5)/Some(8)",
            "node10 [Busy, Draining] Some(1)/Some(8)",
            "node2 [Drained, Down] Some(0)/Some(8)",
        ]
    );
    assert_eq!(dump.nodes[1].reason.as_deref(), Some("move to head2"));
}

#[test]
fn tables_of_windows_are_read() {
    let dump = parse_batch(fixture!("windows-jobs.csv"), "f", &american()).unwrap();
    assert_eq!(dump.format, BatchFormat::WindowsJobs);
    assert_eq!(
        dump.jobs.iter().map(told).collect::<Vec<_>>(),
        [
            "12 Running HPC\\alice cores None limit ? from Some(1309770000) at Some(1309770005) on ",
            "13 Queued HPC\\bob cores None limit ? from Some(1309770600) at None on ",
            "14 Finished HPC\\bob cores None limit ? from Some(1309727400) at Some(1309727460) on ",
        ]
    );
    assert_eq!(dump.jobs[0].name.as_deref(), Some("wave, long"));
    assert_eq!(dump.jobs[2].elapsed_s, Some(93_784));
    let dump = read(fixture!("windows-tasks-utf16.csv"));
    assert_eq!(dump.format, BatchFormat::WindowsTasks);
    assert_eq!(dump.tasks[1].task.as_deref(), Some("137.2"));
    assert_eq!(dump.tasks[1].node.as_ref().unwrap().as_str(), "R25-1234A1235");
    assert_eq!((dump.tasks[1].cores, dump.tasks[1].elapsed_s), (Some(4), Some(3600)));
}

#[test]
fn configuration_is_told_by_its_content() {
    let dump = read(fixture!("slurm.conf"));
    assert_eq!(dump.format, BatchFormat::SlurmConf);
    assert_eq!(dump.notes, ["f includes /etc/slurm/nodes.conf, which is not read"]);
    let dump = read(fixture!("server_name"));
    assert_eq!(dump.format, BatchFormat::ServerName);
    assert_eq!(dump.servers, ["jakaa", "node12", "node13"]);
}

#[test]
fn wrong_values_of_slurm_are_named_with_file_path_and_value() {
    let slurm = |key: &str, value: &str| {
        let rest = if key == "job_state" { "" } else { ", \"job_state\": \"RUNNING\"" };
        format!(r#"{{"jobs": [{{"job_id": 1, "{key}": {value}{rest}}}]}}"#)
    };
    let job = r#"{"job_id": 1, "job_state": "RUNNING"}"#;
    let cases = [
        (slurm("job_state", "5"), "f: jobs[0].job_state: invalid type: integer `5`"),
        (slurm("submit_time", "-5"), "f: jobs[0].submit_time: \"-5\" is not a time"),
        (slurm("submit_time", "[]"), "f: jobs[0].submit_time: invalid type: sequence"),
        (
            slurm("nodes", "\"n[1-999999999]\""),
            "f: jobs[0].nodes: \"n[1-999999999]\" is not a list",
        ),
        (slurm("nodes", "\"n1,n1\""), "is not a list that names n1 once"),
        (
            slurm("time_limit", "18446744073709551613"),
            "f: jobs[0].time_limit: 18446744073709551613",
        ),
        (slurm("name", "{}"), "f: jobs[0].name: invalid type: map"),
        (format!(r#"{{"jobs": [{job}, {job}]}}"#), "f: jobs[1]: \"1\" stands at jobs[0] already"),
        (r#"{"jobs": [{"job_id": 1}]}"#.to_owned(), "f: jobs[0]: no job_state"),
        (
            r#"{"nodes": [{"name": "a b", "state": "idle"}]}"#.to_owned(),
            "f: nodes[0].name: \"a b\"",
        ),
        (r#"{"a": 1}"#.to_owned(), "a JSON object without jobs and nodes: expected the output of"),
        ("[]".to_owned(), "f: a JSON array: expected"),
        (
            r#"{"meta": {}, "errors": [{"description": "no such node"}]}"#.to_owned(),
            "(no such node)",
        ),
        ("[".repeat(100_000), "f: a JSON array"),
        (r#"{"jobs":"#.to_owned() + &"[".repeat(100_000), "f: "),
        (r#"{"x":"#.to_owned() + &"[".repeat(100_000), "f: "),
    ];
    refused(&cases);
}

#[test]
fn wrong_values_of_pbs_are_named_with_file_path_and_value() {
    let cases = [
        (r#"{"Jobs": {"1.s": {"job_state": {}}}}"#.to_owned(), "f: Jobs.1.s: no job_state"),
        (
            r#"{"Jobs": {"1.s": {"job_state": "R", "stime": "soon"}}}"#.to_owned(),
            "Jobs.1.s.stime: \"soon\"",
        ),
        (
            r#"{"Jobs": {"1.s": {"job_state": "Q"}, "1.s": {"job_state": "Q"}}}"#.to_owned(),
            "already",
        ),
        (r#"{"Jobs": [1]}"#.to_owned(), "f: Jobs: invalid type: sequence"),
        ("<Data><Job><Job_Id>1</Job_Id></Job></Data>".to_owned(), "f: Data.Job[0]: no job_state"),
        ("<Data><Job>".to_owned(), "<Job> is not closed: the dump was cut off"),
        ("<html><body/></html>".to_owned(), "<html> stands where one <Data> should"),
        ("<Data><x/></Data>".to_owned(), "<x> is neither a <Job> nor a <Node>"),
        ("<Data><Job><a>&lol;</a></Job></Data>".to_owned(), "the entity &lol; is not known"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><Data/>".to_owned(), "a document type stands here"),
        ("<Data>".to_owned() + &"<Job>".repeat(100), "elements nest deeper"),
    ];
    refused(&cases);
}

#[test]
fn wrong_values_of_tables_are_named_with_file_line_and_value() {
    let cases = [
        ("Id,State\n1,Dancing\n".to_owned(), "f: line 2.state: \"Dancing\" is not a state"),
        ("Id,State\n1,Queued\n1,Queued\n".to_owned(), "f: line 3: \"1\" stands at line 2 already"),
        ("Id,State,SubmitTime\n1,Queued,7/4/2011\n".to_owned(), "--date-format"),
        ("Id,State\n1,Queued,3\n".to_owned(), "f: line 2: 3 values where"),
        ("Id,State\n-1,Queued\n".to_owned(), "f: line 2.id: \"-1\" is not a number"),
        ("JobId,TaskId,State\n".to_owned(), "f: line 1: tasks without the column node"),
        ("Id,State,state\n".to_owned(), "the column state stands there twice"),
        (
            "JobId,TaskId,Node,State\n1,1,,Running\n".to_owned(),
            "f: line 2.node: \"\" is not the name of the node on which the task runs",
        ),
        (
            "JobId,TaskId,Node,State\n1,1,a b,Running\n".to_owned(),
            "line 2.node: \"a b\" is not the name",
        ),
        (String::new(), "f: is empty"),
        ("hello there\nworld\n".to_owned(), "f: begins with \"hello there\": expected the output"),
    ];
    refused(&cases);
}

/// Each text is refused with words that hold these.
fn refused(cases: &[(String, &str)]) {
    for (text, words) in cases {
        let said = error(text);
        assert!(said.starts_with("f: ") && said.contains(words), "{words}\n{said}");
    }
}

#[test]
fn no_mutation_of_a_dump_makes_a_reader_panic() {
    let all: [&[u8]; 10] = [
        fixture!("slurm-21.08-squeue.json"),
        fixture!("slurm-24.11-sacct.json"),
        fixture!("slurm-23.11-nodes.json"),
        fixture!("openpbs-qstat.json"),
        fixture!("openpbs-pbsnodes.json"),
        fixture!("torque-qstat.xml"),
        fixture!("torque-pbsnodes.xml"),
        fixture!("windows-jobs.csv"),
        fixture!("windows-tasks-utf16.csv"),
        fixture!("slurm.conf"),
    ];
    let mut dice = fastrand::Rng::with_seed(7);
    let odd: [&[u8]; 8] = [b"\0", b"\xff", b"-", b"9999999999999999999", b"[", b"\"", b"&", b"e9"];
    for bytes in all {
        for _ in 0..60 {
            let mut bytes = bytes.to_vec();
            for _ in 0..dice.usize(1..4) {
                let start = dice.usize(..bytes.len());
                let end = (start + dice.usize(..4)).min(bytes.len());
                bytes.splice(start..end, dice.choice(odd).unwrap_or_default().iter().copied());
            }
            let cut = if dice.bool() { bytes.len() } else { dice.usize(..bytes.len()) };
            let _ = parse_batch(&bytes[..cut], "f", &american());
        }
    }
}

#[test]
fn states_of_all_systems_are_known() {
    let text =
        "Id,State\n1,Configuring\n2,ExternalValidation\n3,Canceling\n4,Failed\n5,Finishing\n";
    let states: Vec<JobState> = read(text.as_bytes()).jobs.iter().map(|it| it.state).collect();
    assert_eq!(
        states,
        [
            JobState::Draft,
            JobState::ExternalValidation,
            JobState::Canceling,
            JobState::Failed,
            JobState::Finishing
        ]
    );
    let waits = read(b"JobId,TaskId,Node,State\n1,1,,Queued\n1,2,,Canceled\n");
    assert!(waits.tasks.len() == 2 && waits.tasks.iter().all(|it| it.node.is_none()));
    assert!(read(b"{\"jobs\": []}").jobs.is_empty());
    assert!(!read(b"<Data></Data>").nodes.iter().any(|it| it.is(NodeStatus::Down)));
}
