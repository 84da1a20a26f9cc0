//! `migrate` as an administrator and a program meet it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use serde_json::{Value, json};
use support::{run, run_with_input};

const VM: [&str; 7] =
    ["migrate", "--memory", "4GiB", "--working-set", "512MiB", "--dirty-rate", "40MiB/s"];

fn nodes(case: &str) -> String {
    support::fixture(&format!("cases/{case}/nodes")).to_str().unwrap().to_owned()
}

fn vm(more: &[&str]) -> support::Run {
    run([&VM[..], more].concat())
}

fn spec(writes_per_s: f64) -> Value {
    json!({
        "schema": "netplan-cluster/migration/1",
        "name": "vm",
        "ram_bytes": 1_u64 << 30,
        "groups": [{"pages": 20_000, "writes_per_s": writes_per_s}],
        "max_bandwidth_bytes_s": 100e6,
        "link_bytes_s": 1.2e9,
    })
}

fn piped(input: &Value, more: &[&str]) -> support::Run {
    run_with_input(&[&["migrate", "--spec", "-"], more].concat(), input.to_string().as_bytes())
}

#[test]
fn the_verdict_comes_first_and_decides_the_exit_status() {
    let good = vm(&["--bandwidth", "1GiB/s", "--max-bandwidth", "0"]).success();
    let first = good.lines().next().unwrap();
    assert!(
        first.starts_with("The VM converges in ") && first.contains(" at 1.00 GiB/s"),
        "{good}"
    );
    assert!(first.contains("downtime"), "{first}");
    assert!(good.contains("Round") && good.contains('█') && good.contains("stop below"), "{good}");
    let bad = vm(&["--bandwidth", "20MiB/s"]);
    assert_eq!(bad.code, Some(1), "{}", bad.stderr);
    assert!(bad.stdout.starts_with("The VM never converges: settles at "), "{}", bad.stdout);
    assert!(bad.stdout.contains("dirty pages ("), "{}", bad.stdout);
    let timed = vm(&["--bandwidth", "20MiB/s", "--time-limit", "30s"]);
    assert_eq!(timed.code, Some(1));
    assert!(timed.stdout.contains("does not converge within"), "{}", timed.stdout);
}

#[test]
fn the_rate_is_that_of_the_network_that_show_chose() {
    let from = nodes("three-nodes-one-link-down");
    let shown = vm(&["--max-bandwidth", "0", "--from", &from]).success();
    assert!(shown.contains("over Cluster Network 2 at 1.10 GiB/s"), "{shown}");
    assert!(shown.contains("has 10 Gbit/s, of which TCP over IPv4 with an MTU of 1500"), "{shown}");
    assert!(shown.contains("94.1 %"), "{shown}");
    let pair = ["--from", &from, "--from-node", "n1", "--to-node", "n3"];
    let shown = vm(&[&pair[..], &["--format", "json"]].concat()).json();
    let first = shown["assumptions"][0].as_str().unwrap();
    assert!(first.starts_with("Cluster Network 3 carries"), "{first}");
    let named = vm(&["--from", &from, "--network", "10.0.0.0/24"]).success();
    assert!(named.contains("over Cluster Network 1 at"), "{named}");
}

#[test]
fn what_tells_no_rate_asks_for_it() {
    let from = nodes("three-nodes-one-link-down");
    let error = |more: &[&str]| vm(&[more, &["--from", &from]].concat()).failure();
    let down = error(&["--network", "Cluster Network 1", "--from-node", "n1", "--to-node", "n3"]);
    assert!(
        down.contains("node n3 can't use \"Cluster Network 1\"") && down.contains("--bandwidth")
    );
    assert!(error(&["--from-node", "n1", "--to-node", "n9"]).contains("of a node \"n9\""));
    assert!(error(&["--from-node", "n1", "--to-node", "n1"]).contains("both source and target"));
    assert!(error(&["--network", "Cluster Netwrk 1"]).contains("the nearest"));
    assert!(error(&["--from-node", "n1"]).contains("--to-node"));
}

#[test]
fn networks_are_ranked() {
    let from = nodes("three-nodes-one-link-down");
    let compare = ["--compare-networks", "--max-bandwidth", "0", "--from", &from];
    let text = vm(&compare).success();
    assert!(
        text.starts_with("Cluster Network 2, which live migration takes, is the best\n"),
        "{text}"
    );
    let view = vm(&[&compare[..], &["--format", "json"]].concat()).json();
    assert_eq!(view["schema"], "netplan-cluster/migration-networks/1");
    assert_eq!(view["networks"].as_array().unwrap().len(), 3);
    assert_eq!(view["networks"][0]["chosen"], true);
    assert_eq!(view["networks"][0]["outcome"], "converged");
}

#[test]
fn one_is_answered_by_one_and_an_array_by_an_array() {
    let one = piped(&spec(500.0), &[]).json();
    assert_eq!(one["schema"], "netplan-cluster/forecast/1");
    assert_eq!((&one["name"], &one["outcome"]), (&json!("vm"), &json!("converged")));
    for key in ["total_ms", "downtime_ms", "blackout_ms", "transferred_bytes", "precopy_bytes"] {
        assert!(one[key].as_f64().unwrap() > 0.0, "{key}");
    }
    assert!(one["rounds"][0]["sent_bytes"].is_u64(), "{one}");
    assert!(one.get("plateau_pages").is_none());
    for count in [0, 1, 3] {
        let all = piped(&Value::Array(vec![spec(500.0); count]), &[]).json();
        assert_eq!(all, Value::Array(vec![one.clone(); count]));
    }
}

#[test]
fn a_batch_keeps_its_order_and_fails_when_any_does() {
    let names = |all: &Value| -> Vec<String> {
        all.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut specs = Vec::new();
    for number in 0..700 {
        let mut one = spec(f64::from(number % 7) * 100.0);
        one["name"] = json!(format!("vm{number}"));
        specs.push(one);
    }
    let input = Value::Array(specs.clone());
    let first = piped(&input, &[]).success();
    assert_eq!(first, piped(&input, &[]).success());
    assert_eq!(names(&serde_json::from_str(&first).unwrap()), names(&input));
    specs[699] = spec(1e6);
    let mixed = piped(&Value::Array(specs), &["--format", "table"]);
    assert_eq!(mixed.code, Some(1));
    assert!(mixed.stdout.starts_with("699 of 700 migrations reach the target\n"));
    assert!(mixed.stdout.trim_end().lines().last().unwrap().contains("never converges"));
}

#[test]
fn a_specification_is_read_from_a_file_and_matches_options() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vm.json");
    let document = json!({
        "schema": "netplan-cluster/migration/1",
        "ram_bytes": 4_u64 << 30,
        "groups": [{"pages": 131_072, "writes_per_s": 10_240}],
        "link_bytes_s": 104_857_600,
    });
    std::fs::write(&path, document.to_string()).unwrap();
    let by_file = run(["migrate", "--spec", path.to_str().unwrap()]).json();
    assert_eq!(by_file, vm(&["--bandwidth", "100MiB/s", "--format", "json"]).json());
}

#[test]
fn every_option_reaches_the_forecast() {
    let base = ["--bandwidth", "60MiB/s"];
    let plain = vm(&[&base[..], &["--format", "json"]].concat()).json();
    let options: [&[&str]; 14] = [
        &["--zero", "25%"],
        &["--zero", "1GiB"],
        &["--hot-cold", "10%:90%"],
        &["--zipf", "0.99"],
        &["--sequential"],
        &["--vmm", "qemu-7.2", "--multifd", "4"],
        &["--stop-policy", "proxmox"],
        &["--max-bandwidth", "400Mbit/s"],
        &["--downtime-limit", "2s"],
        &["--clear", "sync"],
        &["--clear", "chunk:16MiB"],
        &["--fixed-downtime", "100ms"],
        &["--postcopy"],
        &["--xbzrle", "400B", "--xbzrle-cache", "1GiB"],
    ];
    for option in options {
        let run = vm(&[&base[..], option, &["--format", "json"]].concat());
        assert!(matches!(run.code, Some(0 | 1)), "{option:?}: {}", run.stderr);
        assert_ne!(serde_json::from_str::<Value>(&run.stdout).unwrap(), plain, "{option:?}");
    }
}

#[test]
fn bad_options_are_exit_2_and_say_what_is_right() {
    let said = |arguments: &[&str]| run([&["migrate"], arguments].concat()).failure();
    let rate = ["--bandwidth", "1GiB/s"];
    let cases: [(&[&str], &str); 23] = [
        (&[], "--memory"),
        (&["--memory", "0"], "--memory: 0 is not a size"),
        (&["--memory", "-1GiB"], "negative"),
        (&["--memory", "NaN"], "number"),
        (&["--memory", "16"], "no unit"),
        (&["--memory", "16Gbit"], "unit \"Gbit\""),
        (&["--memory", "999999999999TiB"], "too large"),
        (&["--memory", "17PiB"], "--memory"),
        (&["--memory", "1GiB", "--working-set", "1MiB"], "--dirty-rate"),
        (&["--memory", "1GiB", "--dirty-rate", "5"], "no unit"),
        (&["--memory", "1GiB", "--dirty-rate", "-5MiB/s"], "negative"),
        (&["--memory", "1GiB", "--dirty-rate", "5MiB/s", "--working-set", "2GiB"], "--working-set"),
        (&["--memory", "1GiB", "--dirty-rate", "5MiB/s", "--working-set", "0"], "empty"),
        (&["--memory", "0", "--dirty-rate", "5MiB/s"], "--memory: 0 is not a size"),
        (
            &["--memory", "1GiB", "--dirty-rate", "5MiB/s", "--zero", "100%"],
            "--zero leaves nothing",
        ),
        (&["--memory", "1GiB", "--zero", "2GiB"], "--zero 2.00 GiB is more"),
        (&["--memory", "1GiB", "--zero", "120%"], "too large"),
        (&["--memory", "1GiB", "--page-size", "3000B"], "--page-size: 3000 is not a power of two"),
        (&["--memory", "1GiB", "--bandwidth", "10mb/s"], "bits or bytes"),
        (&["--memory", "1GiB", "--bandwidth", "0"], "--bandwidth"),
        (&["--memory", "1GiB", "--downtime-limit", "300"], "no unit"),
        (&["--memory", "1GiB", "--vmm", "vmware"], "qemu-8.2"),
        (&["--memory", "1GiB", "--spec", "x.json"], "cannot be used with"),
    ];
    for (arguments, words) in cases {
        let has_rate = arguments.contains(&"--bandwidth") || arguments.contains(&"--spec");
        let all = if has_rate { arguments.to_vec() } else { [arguments, &rate[..]].concat() };
        let error = said(&all);
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
    let both = ["--hot-cold", "10%:90%", "--zipf", "1"];
    assert!(vm(&both).failure().contains("cannot be used with"));
}

#[test]
fn bad_specifications_are_exit_2_with_their_place_and_print_nothing() {
    let mut empty = spec(1.0);
    empty["groups"][0]["pages"] = json!(0);
    let run = piped(&json!([spec(1.0), empty]), &[]);
    assert_eq!(run.stdout, "");
    let error = run.failure();
    assert!(
        error.contains("standard input: [1].groups[0].pages: 0 is not at least one"),
        "{error}"
    );
    let mut beyond = spec(1.0);
    beyond["groups"][0]["pages"] = json!(300_000);
    let error = piped(&beyond, &[]).failure();
    assert!(error.contains("groups[0]: 300000 pages are more than the 262144"), "{error}");
    let missing = run_with_input(&["migrate", "--spec", "/nonexistent.json"], b"").failure();
    assert!(missing.contains("/nonexistent.json: no such file"), "{missing}");
    let array = piped(&json!([spec(1.0)]), &["--plot", "/nonexistent/x.svg"]).failure();
    assert!(array.contains("not an array"), "{array}");
}

#[test]
fn the_plot_is_written_and_is_xml() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("course.svg");
    let draw = ["--bandwidth", "100MiB/s", "--name", "a & <b>", "--plot", path.to_str().unwrap()];
    vm(&draw).success();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("<svg ") && text.contains("a &amp; &lt;b"), "{text}");
    let mut open = Vec::new();
    for tag in text.split('<').skip(1) {
        let (tag, rest) = tag.split_once('>').unwrap();
        assert!(!rest.contains(['<', '>']), "{rest}");
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{tag}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split_whitespace().next().unwrap()),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    vm(&draw).success();
    assert_eq!(text, std::fs::read_to_string(&path).unwrap());
}

#[test]
fn a_narrow_page_is_not_exceeded() {
    for width in [40, 60, 80] {
        let mut program = support::program();
        program.args(VM).args(["--bandwidth", "20MiB/s"]).env("COLUMNS", width.to_string());
        let text = support::Run::from(program.output().unwrap()).stdout;
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{width}: {widest}\n{text}");
    }
}

#[test]
fn what_does_not_converge_is_told_what_makes_it_and_that_holds() {
    let slow = ["--bandwidth", "20MiB/s"];
    let text = vm(&slow).stdout;
    let lines = text.lines().skip_while(|line| !line.starts_with("What makes it converge"));
    let lines: Vec<&str> = lines.skip(1).take_while(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines.iter().all(|line| line.contains(": converges in ")), "{text}");
    let view: Value =
        serde_json::from_str(&vm(&[&slow[..], &["--format", "json"]].concat()).stdout).unwrap();
    for change in view["changes"].as_array().unwrap() {
        let words: Vec<&str> = change["change"].as_str().unwrap().split(' ').collect();
        let mut all = ["migrate", "--memory", "4GiB", "--format", "json"].to_vec();
        all.extend(&words);
        let base = [["--working-set", "512MiB"], ["--dirty-rate", "40MiB/s"], slow];
        all.extend(base.iter().filter(|it| !words.contains(&it[0])).flatten());
        let then = run(all).json();
        assert_eq!(then["outcome"], "converged", "{change}");
        let near = |key: &str| {
            let (found, told) = (then[key].as_f64().unwrap(), change["then"][key].as_f64());
            (found / told.unwrap() - 1.0).abs() < 1e-6
        };
        assert!(near("total_ms") && near("downtime_ms"), "{change}\n{then}");
    }
    let fine = vm(&["--bandwidth", "1GiB/s", "--format", "json"]).json();
    assert!(fine.get("changes").is_none());
}

#[test]
fn a_document_is_told_its_own_members() {
    let stalled = piped(&spec(1e6), &[]);
    assert_eq!(stalled.code, Some(1));
    let view: Value = serde_json::from_str(&stalled.stdout).unwrap();
    let first = view["changes"][0]["change"].as_str().unwrap();
    assert!(first.starts_with('"') && !first.contains("--"), "{view}");
    let text = piped(&spec(1e6), &["--format", "table"]).stdout;
    assert!(text.contains(&format!("  {first}")), "{text}");
}

#[test]
fn policies_are_compared_and_the_one_in_force_decides() {
    let from = nodes("three-nodes-one-link-down");
    let compare = ["--compare-policies", "--from", &from];
    let text = vm(&compare).success();
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with("The VM") && first.contains("qemu, in force, converges in "),
        "{text}"
    );
    assert!(text.contains("qemu (in force)") && text.contains("hyper-v ~ (another VMM)"), "{text}");
    assert!(text.contains("Cluster Network 2 carries") && text.contains("~ hyper-v: "), "{text}");
    let view = vm(&[&compare[..], &["--format", "json"]].concat()).json();
    assert_eq!(view["schema"], "netplan-cluster/policies/1");
    let policies = view["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 13);
    let own: Vec<_> = policies.iter().filter(|it| it["in_force"] == true).collect();
    assert_eq!((own.len(), &own[0]["policy"]), (1, &json!("qemu")));
    let hopeless = piped(&spec(1e6), &["--compare-policies"]);
    assert_eq!(hopeless.code, Some(1), "{}", hopeless.stderr);
    let view: Value = serde_json::from_str(&hopeless.stdout).unwrap();
    let own = view["policies"].as_array().unwrap().iter().find(|it| it["in_force"] == true);
    assert_eq!(
        (&own.unwrap()["outcome"], &own.unwrap()["total_ms"]),
        (&json!("stalled"), &json!(null))
    );
}

#[test]
fn bounds_are_found_and_hold() {
    let base = ["--bandwidth", "100MiB/s"];
    for (goal, first) in [
        ("min-bandwidth", "The VM converges with a bandwidth of at least "),
        ("min-downtime-limit", "The VM converges with a downtime limit of at least "),
        ("max-dirty-rate", "The VM converges with a dirty rate of at most "),
        ("max-working-set", "The VM converges with every working set up to 4 GiB;"),
    ] {
        let ask = [&base[..], &["--solve", goal]].concat();
        let text = vm(&ask).success();
        assert!(text.starts_with(first) && text.contains("; now it is "), "{text}");
        assert!(text.contains(" (suffices)") && text.contains(" (now)"), "{text}");
        let view = vm(&[&ask[..], &["--format", "json"]].concat()).json();
        assert_eq!(view["schema"], "netplan-cluster/solution/1");
        assert_eq!(view["suffices"]["forecast"]["outcome"], "converged");
        let is_bound = view["answer"] == "bound";
        assert_eq!((view["value"].is_null(), view["fails"].is_null()), (!is_bound, !is_bound));
    }
    let text = vm(&[&base[..], &["--solve", "min-bandwidth"]].concat()).success();
    let words: Vec<&str> = text.split([' ', ';']).collect();
    let place = words.iter().position(|it| *it == "least").unwrap();
    let rate = words[place + 1..place + 3].concat();
    let held = vm(&["--bandwidth", &rate, "--max-bandwidth", &rate]).success();
    assert!(held.starts_with("The VM converges in "), "{held}");
}

#[test]
fn what_has_no_bound_is_told() {
    let from_document = piped(&spec(500.0), &["--solve", "max-dirty-rate"]).json();
    assert_eq!(
        (&from_document["name"], &from_document["unit"]),
        (&json!("vm"), &json!("writes/s"))
    );
    let idle =
        run(["migrate", "--memory", "1GiB", "--bandwidth", "1GiB/s", "--solve", "max-dirty-rate"]);
    assert!(idle.failure().contains("needs a VM that writes to its memory"));
    let mut strict = spec(1e9);
    strict["time_limit_ms"] = json!(1.0);
    let never = piped(&strict, &["--solve", "max-working-set", "--format", "table"]);
    assert_eq!(never.code, Some(1), "{}", never.stderr);
    assert!(
        never.stdout.starts_with("vm converges with no working set down to "),
        "{}",
        never.stdout
    );
}

#[test]
fn one_question_at_a_time() {
    let questions: [&[&str]; 4] = [
        &["--compare-networks"],
        &["--compare-policies"],
        &["--solve", "min-bandwidth"],
        &["--sweep", "bandwidth=1..2GB/s"],
    ];
    for (place, one) in questions.iter().enumerate() {
        for other in &questions[place + 1..] {
            let error = vm(&[*one, *other].concat()).failure();
            assert!(error.contains("cannot be used with"), "{error}");
        }
        if one[0] != "--sweep" {
            let error = vm(&[*one, &["--plot", "/nonexistent/x.svg"]].concat()).failure();
            assert!(error.contains("cannot be used with"), "{error}");
        }
        let array = piped(&json!([spec(1.0)]), one).failure();
        assert!(array.contains(one[0]) && array.contains("not an array"), "{array}");
    }
    assert!(vm(&["--solve", "min-memory"]).failure().contains("max-working-set"));
}

#[test]
fn a_range_is_swept() {
    let base = ["--bandwidth", "100MiB/s"];
    let sweep = [&base[..], &["--sweep", "bandwidth=20..320MiB/s:5"]].concat();
    let text = vm(&sweep).success();
    let first = text.lines().next().unwrap();
    assert!(
        first.starts_with("The VM gets to the target with 4 of 5 values of the bandwidth"),
        "{text}"
    );
    assert!(
        text.contains(" 320 MiB/s  converged") && text.contains("20.0 MiB/s    stalled"),
        "{text}"
    );
    let view = vm(&[&sweep[..], &["--format", "json"]].concat()).json();
    assert_eq!(
        (&view["schema"], &view["spacing"]),
        (&json!("netplan-cluster/sweep/1"), &json!("log"))
    );
    let rows = view["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["total_ms"]), (5, &Value::Null));
    let plain = vm(&["--bandwidth", "320MiB/s", "--max-bandwidth", "320MiB/s", "--format", "json"]);
    assert_eq!(rows[4]["total_ms"], plain.json()["total_ms"]);
    let lost = vm(&[&base[..], &["--sweep", "bandwidth=10..20MiB/s:2"]].concat());
    assert_eq!(lost.code, Some(1), "{}", lost.stderr);
    let document = piped(&spec(500.0), &["--sweep", "downtime-limit=100ms..1s"]).json();
    assert_eq!((&document["name"], &document["unit"]), (&json!("vm"), &json!("ms")));
    for key in [
        "memory=2..4GiB",
        "working-set=1..2GiB",
        "zero-share=0..50%",
        "max-bandwidth=1..2GB/s",
        "dirty-rate=1..2MiB/s",
        "fixed-downtime=0..1s",
    ] {
        vm(&[&base[..], &["--sweep", &format!("{key}:2")]].concat()).success();
    }
}

#[test]
fn a_bad_range_is_told() {
    let said = |range: &str| vm(&["--bandwidth", "1GiB/s", "--sweep", range]).failure();
    for (range, words) in [
        ("speed=1..2", "the keys are memory, working-set"),
        ("bandwidth=1..2Gbit/s:5000", "from 2 to 1000"),
        ("bandwidth=1..2", "no unit"),
        ("working-set=1GiB..1TiB", "--sweep, working-set "),
        ("memory=1MiB..1GiB", "--sweep, memory 1.00 MiB"),
        ("bandwidth=0..1Gbit/s", "--sweep, bandwidth 0 B/s"),
    ] {
        let error = said(range);
        assert!(error.contains(words), "{range}: {error}");
    }
}

#[test]
fn a_sweep_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    for (name, range) in [
        ("log", "bandwidth=20..320MiB/s"),
        ("linear", "bandwidth=90..110MiB/s:3"),
        ("lost", "bandwidth=10..20MiB/s"),
        ("down", "downtime-limit=2s..0s:4"),
    ] {
        let path = folder.path().join(name);
        let draw = ["--bandwidth", "100MiB/s", "--name", "a<b", "--sweep", range, "--plot"];
        let run = vm(&[&draw[..], &[path.to_str().unwrap()]].concat());
        assert_eq!(run.code, Some(i32::from(name == "lost")), "{}", run.stderr);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("<svg ") && text.contains("a&lt;b"), "{text}");
        assert_eq!(text.contains("total time"), name != "lost", "{text}");
        assert_eq!(text.contains("does not get to the target"), matches!(name, "log" | "lost"));
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn what_a_program_does_not_have_is_refused_by_the_name_of_its_option() {
    let cases: [(&[&str], &str); 7] = [
        (&["--vmm", "xen", "--xbzrle", "500B"], "--xbzrle: xen sends no differences of pages"),
        (&["--vmm", "xen", "--auto-converge"], "--auto-converge: xen does not slow"),
        (
            &["--vmm", "cloud-hypervisor", "--postcopy"],
            "--postcopy: cloud-hypervisor has no post-copy",
        ),
        (
            &["--xbzrle", "500B", "--multifd", "4"],
            "--xbzrle: QEMU sends no differences over multifd",
        ),
        (&["--postcopy", "--multifd", "4"], "--multifd: qemu-8.2 has no multifd together with"),
        (
            &["--vmm", "qemu-7.2", "--avail-switchover-bandwidth", "1GB/s"],
            "--avail-switchover-bandwidth: qemu-7.2 does not know it, QEMU 8.2 does",
        ),
        (&["--stop-policy", "proxmox", "--postcopy"], "--postcopy: the policy proxmox never asks"),
    ];
    for (options, said) in cases {
        let run = vm(&[&["--bandwidth", "1GiB/s"], options].concat());
        assert_eq!(run.code, Some(2), "{options:?}");
        assert!(run.stderr.contains(said) && run.stdout.is_empty(), "{}", run.stderr);
    }
}

#[test]
fn the_bandwidth_of_the_switchover_decides_how_much_may_be_left() {
    let options =
        ["--bandwidth", "1GiB/s", "--max-bandwidth", "10MiB/s", "--downtime-limit", "600ms"];
    assert_eq!(vm(&options).code, Some(1));
    let told = vm(&[&options[..], &["--avail-switchover-bandwidth", "1GiB/s"]].concat()).success();
    assert!(told.starts_with("The VM converges in ") && told.contains("614 MiB"), "{told}");
}

#[test]
fn a_plot_makes_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mistyped/plan.svg");
    let run = vm(&["--bandwidth", "1GiB/s", "--plot", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("there is no folder") && run.stderr.contains("mistyped"));
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn a_time_limit_of_weeks_is_answered_at_once() {
    let mut input = spec(1e12);
    input["link_bytes_s"] = json!(1024.0);
    input["time_limit_ms"] = json!(1e10);
    let run = piped(&input, &["--format", "table"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.starts_with("vm never converges: settles at "), "{}", run.stdout);
}
