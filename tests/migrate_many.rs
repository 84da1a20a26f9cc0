//! `migrate` asked about measured VMs, uncertain ones and several at once.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use serde_json::{Value, json};
use support::{Run, run, run_with_input};

const RATE: [&str; 2] = ["--bandwidth", "1Gbit/s"];

fn qmp(name: &str) -> String {
    support::fixture(&format!("qemu-7.2/qmp/{name}.json")).to_str().unwrap().to_owned()
}

fn nodes(case: &str) -> String {
    support::fixture(&format!("cases/{case}/nodes")).to_str().unwrap().to_owned()
}

/// `migrate` of what one file tells, over 1 Gbit/s.
fn measured(name: &str, more: &[&str]) -> Run {
    run([&["migrate", "--dirty", &qmp(name)], &RATE[..], more].concat())
}

#[test]
fn every_measurement_of_the_corpus_describes_a_vm_or_says_why_not() {
    let folder = support::fixture("qemu-7.2/qmp");
    let mut described = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let run = measured(name, &["--memory", "512MiB", "--format", "json"]);
        if run.code == Some(2) {
            assert!(run.stderr.contains("do not tell how the VM writes"), "{name}: {}", run.stderr);
            assert!(name.starts_with("query-migrate"), "{name}");
            continue;
        }
        described += 1;
        let view: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(view["schema"], "netplan-cluster/forecast/1", "{name}");
        let fit = &view["fit"];
        assert!(!fit["measurements"].as_array().unwrap().is_empty(), "{name}");
        assert!(fit["worst_error"].as_f64().unwrap() < 0.3, "{name}: {fit}");
        let is_idle = name == "dirty-rate-idle";
        assert_eq!(fit["groups"].as_array().unwrap().is_empty(), is_idle, "{name}: {fit}");
        assert!(!run.stdout.contains("-0.0,"), "{name}");
    }
    assert_eq!(described, 8);
}

#[test]
fn a_measured_vm_is_forecast_with_its_fit() {
    let text = measured("query-migrate-u-w64-d10000-b32-dl300", &[]).success();
    assert!(text.starts_with("The VM converges in "), "{text}");
    assert!(text.contains("100,535 zero pages"), "{text}");
    for words in ["Measured, and fitted", "Interval", "466 ms  14.6 MiB", "1 group: ", "written 8,"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(text.contains("a constant rate is taken"), "{text}");
    let view = measured("dirty-rate-h-w128-d8000", &["--memory", "512MiB", "--format", "json"]);
    let view = view.json();
    let first = &view["fit"]["measurements"][0];
    assert_eq!((&first["seconds"], &first["measured_pages"]), (&json!(1.0), &json!(2688)));
    assert_eq!(first["explained"], true);
    let notes = view["assumptions"].to_string();
    assert!(notes.contains("page-sampling") && notes.contains("taken as none (--zero)"), "{notes}");
    let plain = run([&["migrate", "--memory", "1GiB", "--format", "json"], &RATE[..]].concat());
    assert_eq!(plain.json().get("fit"), None);
}

#[test]
fn several_files_and_options_describe_one_vm() {
    let (sampled, moved) =
        (qmp("dirty-rate-u-w64-d10000"), qmp("query-migrate-u-w64-d10000-b32-dl300"));
    let both = ["migrate", "--dirty", &sampled, &moved, "--name", "db", "--format", "json"];
    let view = run([&both[..], &RATE].concat()).json();
    assert_eq!(view["name"], "db");
    assert_eq!(view["fit"]["measurements"].as_array().unwrap().len(), 5);
    let zero =
        measured("query-migrate-u-w64-d10000-b32-dl300", &["--zero", "0", "--memory", "512MiB"]);
    assert!(zero.success().contains(" and 0 zero pages"));
    let text = "Domain: 'a'\n  dirtyrate.calc_status=2\n  dirtyrate.calc_start_time=1\n  \
                dirtyrate.calc_period=1\n  dirtyrate.megabytes_per_second=20\n  \
                balloon.current=1048576\n  balloon.maximum=1048576\n";
    let piped = ["migrate", "--dirty", "-", "--domain", "a", "--format", "json"];
    let view = run_with_input(&[&piped[..], &RATE].concat(), text.as_bytes()).json();
    assert_eq!(view["name"], "a");
    let other = ["migrate", "--dirty", "-", "--domain", "b"];
    let error = run_with_input(&[&other[..], &RATE].concat(), text.as_bytes()).failure();
    assert!(error.contains("not of b"), "{error}");
}

#[test]
fn bad_measurements_are_exit_2_and_say_what_is_right() {
    let said = |name: &str, more: &[&str]| measured(name, more).failure();
    let sampled = "dirty-rate-u-w64-d10000";
    assert!(said(sampled, &[]).contains("do not tell the size of memory: give --memory"));
    let moved = "query-migrate-u-w64-d10000-b32-dl300";
    let error = said(moved, &["--memory", "4GiB"]);
    assert!(error.contains("--memory 4.00 GiB is not the 513 MiB"), "{error}");
    assert!(said(moved, &["--zero", "1GiB"]).contains("--zero 1.00 GiB is more"));
    assert!(said("none", &[]).contains("none.json: no such file"));
    for option in [&["--dirty-rate", "5MiB/s"][..], &["--spec", "x.json"], &["--page-size", "4KiB"]]
    {
        let error = said(moved, option);
        assert!(error.contains("cannot be used with"), "{option:?}: {error}");
    }
    let set = said(moved, &["--working-set", "5MiB"]);
    assert!(
        set.contains("'--dirty <FILE>...' cannot be used with '--working-set <SIZE>'"),
        "{set}"
    );
    let odd = run_with_input(&["migrate", "--dirty", "-"], b"hello").failure();
    assert!(odd.contains("standard input: neither the reply"), "{odd}");
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

fn piped(input: &Value, more: &[&str]) -> Run {
    run_with_input(&[&["migrate", "--spec", "-"], more].concat(), input.to_string().as_bytes())
}

const VM: [&str; 7] =
    ["migrate", "--memory", "4GiB", "--working-set", "512MiB", "--dirty-rate", "40MiB/s"];

fn vm(more: &[&str]) -> Run {
    run([&VM[..], more].concat())
}

#[test]
fn a_band_tells_how_likely_it_converges() {
    let sure = vm(&["--bandwidth", "100MiB/s", "--uncertainty"]).success();
    assert!(sure.starts_with("The VM converges in all 200 samples, in "), "{sure}");
    for words in [" to ", "p50", "Downtime", "errs by up to 30 %", "as page-sampling does"] {
        assert!(sure.contains(words), "{words}\n{sure}");
    }
    let from = nodes("three-nodes-one-link-down");
    let named = vm(&["--uncertainty", "10%", "--from", &from]).success();
    assert!(named.lines().next().unwrap().contains("over Cluster Network 2 at"), "{named}");
    let doubtful = vm(&["--bandwidth", "44MiB/s", "--uncertainty", "30%"]);
    assert_eq!(doubtful.code, Some(1), "{}", doubtful.stdout);
    assert!(doubtful.stdout.starts_with("The VM converges with a probability of "));
    let never = vm(&["--bandwidth", "10MiB/s", "--uncertainty"]);
    assert_eq!(never.code, Some(1));
    assert!(never.stdout.starts_with("The VM never converges at "), "{}", never.stdout);
    assert!(!never.stdout.contains("p50"));
}

#[test]
fn a_band_is_json_and_drawn_by_its_seed() {
    let ask = ["--bandwidth", "100MiB/s", "--uncertainty", "20%", "--format", "json"];
    let view = vm(&ask).json();
    assert_eq!(view["schema"], "netplan-cluster/band/1");
    assert_eq!((&view["samples"], &view["probability"]), (&json!(200), &json!(1.0)));
    assert_eq!(view["spread"]["dirty_rate"], 0.2);
    assert_eq!(view["nominal"]["outcome"], "converged");
    for key in ["total_ms", "downtime_ms", "transferred_bytes"] {
        let at = |quantile: &str| view[key][quantile].as_f64().unwrap();
        assert!(at("p5") <= at("p50") && at("p50") <= at("p95"), "{key}: {view}");
    }
    assert_eq!(view, vm(&ask).json());
    assert_ne!(view, vm(&[&ask[..], &["--seed", "7"]].concat()).json());
    let exact = ["--uncertainty", "0", "--bandwidth-spread", "0", "--samples", "20"];
    let exact = piped(&spec(500.0), &exact).json();
    assert_eq!(exact["total_ms"]["p5"], exact["nominal"]["total_ms"]);
    let never = piped(&spec(1e6), &["--uncertainty"]);
    assert_eq!(never.code, Some(1));
    let never: Value = serde_json::from_str(&never.stdout).unwrap();
    assert_eq!((&never["total_ms"], &never["probability"]), (&Value::Null, &json!(0.0)));
}

#[test]
fn the_spread_follows_the_measurement() {
    let band = |name: &str| {
        measured(name, &["--memory", "512MiB", "--uncertainty", "--format", "json"]).json()
    };
    let sampled = band("dirty-rate-u-w64-d10000");
    assert_eq!(sampled["spread"]["dirty_rate"], 0.3);
    assert!(sampled["spread"]["dirty_step"].as_f64().unwrap() > 40.0, "{sampled}");
    assert!(sampled["fit"]["groups"][0]["pages"].is_u64(), "{sampled}");
    let moved = band("query-migrate-u-w64-d10000-b32-dl300");
    assert_eq!(moved["spread"]["dirty_rate"], 0.15);
    assert_eq!(band("dirty-rate-idle")["spread"]["dirty_rate"], 0.0);
}

#[test]
fn bad_spreads_are_exit_2() {
    let said = |more: &[&str]| vm(&[&RATE[..], more].concat()).failure();
    assert!(said(&["--uncertainty", "150%"]).contains("too large"));
    assert!(said(&["--uncertainty=-5%"]).contains("negative"));
    assert!(said(&["--uncertainty", "--samples", "5"]).contains("20..=100000"));
    assert!(said(&["--samples", "50"]).contains("--uncertainty"));
    for option in [&["--count", "3"][..], &["--plot", "x.svg"]] {
        let error = said(&[&["--uncertainty"], option].concat());
        assert!(error.contains("cannot be used with"), "{option:?}: {error}");
    }
    let array = piped(&json!([spec(1.0)]), &["--uncertainty"]).failure();
    assert!(array.contains("--uncertainty takes one migration, not an array"), "{array}");
}

#[test]
fn copies_are_scheduled_together_and_one_by_one() {
    let text = vm(&["--bandwidth", "100MiB/s", "--count", "6", "--parallel", "2"]).success();
    let first = text.lines().next().unwrap();
    assert!(first.starts_with("6 VMs, 2 at a time at 100 MiB/s: all are moved after "), "{text}");
    assert!(first.contains("; one at a time takes "), "{text}");
    assert!(text.contains("6 of 6") && text.matches("converged").count() == 3, "{text}");
    let from = nodes("three-nodes-one-link-down");
    let named = vm(&["--count", "2", "--max-bandwidth", "0", "--from", &from]).success();
    assert!(named.contains("over Cluster Network 2 at 1.10 GiB/s"), "{named}");
    let one = vm(&["--bandwidth", "100MiB/s", "--count", "1"]).success();
    assert!(one.starts_with("1 VM, one at a time at 100 MiB/s: moved after "), "{one}");
    let many = vm(&["--bandwidth", "1GiB/s", "--count", "300", "--parallel", "3"]).success();
    assert!(many.contains("\n… 240\n") && many.lines().count() < 40, "{many}");
}

#[test]
fn what_converges_only_alone_is_told() {
    let run = vm(&["--bandwidth", "60MiB/s", "--count", "3"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let first = run.stdout.lines().next().unwrap();
    assert!(first.contains(" of 3 are not moved; one at a time all are after "), "{first}");
    let never = vm(&["--bandwidth", "10MiB/s", "--count", "2"]);
    assert!(never.stdout.contains("one at a time 2 of 2 are not moved"), "{}", never.stdout);
}

#[test]
fn a_schedule_is_json() {
    let ask = ["--count", "5", "--parallel", "2"];
    let view = piped(&spec(500.0), &ask).json();
    assert_eq!(view["schema"], "netplan-cluster/together/1");
    assert_eq!((&view["name"], &view["count"]), (&json!("vm"), &json!(5)));
    assert_eq!((&view["parallel"], &view["link_bytes_s"]), (&json!(2), &json!(1_200_000_000)));
    let (together, single) = (&view["together"], &view["one_at_a_time"]);
    assert_eq!((&together["moved"], &single["moved"]), (&json!(5), &json!(5)));
    // each is held by its own limit, not by the link
    let ends = |course: &Value| course["migrations"][4]["end_ms"].as_f64().unwrap();
    assert!((ends(single) / ends(together) - 5.0 / 3.0).abs() < 0.01, "{view}");
    let alone = piped(&spec(500.0), &[]).json();
    assert_eq!(single["migrations"][0]["end_ms"], alone["total_ms"]);
    assert_eq!(single["migrations"][0]["downtime_ms"], alone["downtime_ms"]);
    let text = piped(&spec(500.0), &[&ask[..], &["--format", "table"]].concat()).success();
    assert!(text.starts_with("5 VMs like vm, 2 at a time at "), "{text}");
    let folder = [&ask[..], &["--format", "json"]].concat();
    let name = "query-migrate-u-w64-d10000-b32-dl300";
    assert_eq!(measured(name, &folder).json()["together"]["moved"], 5);
}

#[test]
fn a_node_is_left_for_all_others() {
    let from = nodes("before-healthy-sixteen");
    let base = ["migrate", "--memory", "8GiB", "--max-bandwidth", "0", "--from", &from];
    let ask = |more: &[&str]| run([&base[..], &["--from-node", "c01"], more].concat());
    let view = ask(&["--count", "30", "--format", "json"]).json();
    let copies = view["together"]["migrations"].as_array().unwrap();
    let targets: std::collections::BTreeSet<_> =
        copies.iter().map(|it| it["to"].as_str().unwrap()).collect();
    assert_eq!((targets.len(), targets.contains("c01")), (15, false));
    let rate = view["link_bytes_s"].as_f64().unwrap() / 30.0;
    assert!((copies[0]["rate_bytes_s"].as_f64().unwrap() / rate - 1.0).abs() < 1e-6, "{view}");
    let limited = ask(&["--count", "30", "--per-node", "2", "--format", "json"]).json();
    let at_start = limited["together"]["migrations"].as_array().unwrap().iter();
    assert_eq!(at_start.filter(|it| it["start_ms"] == 0.0).count(), 2);
    let text = ask(&["--count", "30", "--parallel", "15"]).success();
    assert!(text.contains("and 13 more") && text.contains("in turn"), "{text}");
    assert!(ask(&[]).failure().contains("--count"));
    let lost = run([&base[..], &["--from-node", "nobody", "--count", "2"]].concat()).failure();
    assert!(lost.contains("no inventory is of a node \"nobody\""), "{lost}");
}

#[test]
fn bad_counts_are_exit_2() {
    let said = |more: &[&str]| vm(&[&RATE[..], more].concat()).failure();
    assert!(said(&["--count", "0"]).contains("1..=2000"));
    assert!(said(&["--count", "5000"]).contains("5000 is not in 1..=2000"));
    assert!(said(&["--count", "2", "--parallel", "0"]).contains("--parallel"));
    assert!(said(&["--parallel", "2"]).contains("--count"));
    assert!(said(&["--per-node", "2"]).contains("--count"));
    assert!(said(&["--count", "2", "--plot", "x.svg"]).contains("cannot be used with"));
    let array = piped(&json!([spec(1.0)]), &["--count", "2"]).failure();
    assert!(array.contains("--count takes one migration, not an array"), "{array}");
}

#[test]
fn no_answer_exceeds_a_narrow_page() {
    let questions: [&[&str]; 3] = [
        &["--uncertainty"],
        &["--count", "9", "--parallel", "2"],
        &["--count", "3", "--bandwidth", "20MiB/s"],
    ];
    for question in questions {
        let rate = if question.contains(&"--bandwidth") { &[][..] } else { &RATE[..] };
        for width in [40, 60, 80] {
            let mut program = support::program();
            program.args(VM).args(rate).args(question).env("COLUMNS", width.to_string());
            let text = Run::from(program.output().unwrap()).stdout;
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width, "{question:?} {width}: {widest}\n{text}");
        }
    }
}
