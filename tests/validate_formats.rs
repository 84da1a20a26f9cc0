//! Formats of `validate` as other programs read them.
#![expect(clippy::disallowed_methods, reason = "a test reads files and fails where it can't go on")]

mod support;

use std::fs;

use serde_json::Value;
use support::judged::{RENAMED, json, under, validate};
use support::schema::violations;

#[test]
fn sarif_has_what_its_schema_requires() {
    let policy = "[[waiver]]\nrule = \"LNK003\"\nreason = \"agreed\"\n\n[network.\"10.9.0.0/24\"]\nrole = 1\n";
    let log = json(&under("before-jumbo-mismatch", policy, &["--format", "sarif"]));
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 85);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        assert!(result["locations"][0]["logicalLocations"][0]["name"].is_string());
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(artifact.as_str().unwrap().ends_with("cluster.toml"), "{artifact}");
    }
    let unmatched = results.iter().find(|it| it["ruleId"] == "CFG001").unwrap();
    let region = &unmatched["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startLine"], 5);
    let waived = results.iter().find(|it| it["ruleId"] == "LNK003").unwrap();
    assert_eq!(waived["suppressions"][0]["justification"], "agreed");
    assert!(waived["locations"][0]["physicalLocation"]["region"].is_null());
    let plain = json(&validate("before-jumbo-mismatch", &["--format", "sarif"]));
    let location = &plain["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.ends_with("before-jumbo-mismatch/nodes"), "{uri}");
}

#[test]
fn sarif_satisfies_the_published_schema() {
    let schema = fs::read_to_string(support::fixture("sarif/sarif-schema-2.1.0.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    fs::write(&old, validate("before-mis-plugged-cable", &["--format", "json"]).stdout).unwrap();
    let policy = "[rules]\nADR001 = \"off\"\n[network.\"10.9.0.0/24\"]\nrole = 1\n\
                  [[waiver]]\nrule = \"LNK002\"\nreason = \"agreed\"\n";
    let mut results = 0;
    let cases = fs::read_dir(support::fixture("cases")).unwrap().map(|it| it.unwrap());
    for case in cases.filter(|it| it.path().join("nodes").is_dir()) {
        let name = case.file_name().into_string().unwrap();
        for more in [&[][..], &["--baseline", old.to_str().unwrap()]] {
            let log = json(&under(&name, policy, &[&["--format", "sarif"], more].concat()));
            assert_eq!(violations(&schema, &log), [] as [&str; 0], "{name}");
            results += log["runs"][0]["results"].as_array().unwrap().len();
        }
    }
    assert!(results > 100, "{results}");
}

#[test]
fn the_check_against_the_schema_finds_what_is_wrong() {
    let schema = fs::read_to_string(support::fixture("sarif/sarif-schema-2.1.0.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let sound = json(&validate("before-jumbo-mismatch", &["--format", "sarif"]));
    let wrong = |pointer: &str, value: Value| {
        let mut log = sound.clone();
        *log.pointer_mut(pointer).unwrap() = value;
        let found = violations(&schema, &log);
        assert_eq!(found.len(), 1, "{pointer}: {found:?}");
        found[0].clone()
    };
    let level = wrong("/runs/0/results/0/level", "loud".into());
    assert!(level.starts_with("$.runs[0].results[0].level: \"loud\" breaks enum"), "{level}");
    wrong("/runs/0/results/0/ruleIndex", (-2).into());
    wrong("/runs/0/columnKind", 5.into());
    wrong("/runs/0/invocations/0", serde_json::json!({}));
    wrong("/runs/0/results/0/message", serde_json::json!({}));
    let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    wrong(uri, "with space".into());
    let rules = sound.pointer("/runs/0/tool/driver/rules/0").unwrap();
    wrong("/runs/0/tool/driver/rules", serde_json::json!([rules, rules]));
}

#[test]
fn junit_is_read_back_with_its_counts() {
    let policy = "[[waiver]]\nrule = \"LNK002\"\nreason = \"agreed\"\n";
    for (case, level) in [("before-cloned-macs", "error"), ("before-proxmox", "warning")] {
        let arguments = ["--fail-on", level, "--format", "junit"];
        let text = under(case, policy, &arguments).stdout;
        let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let view = json(&under(case, policy, &["--format", "json"]));
        let of = |severity: &str| -> std::collections::BTreeSet<String> {
            let all = view["findings"].as_array().unwrap().iter();
            let of = all.filter(|it| it["severity"] == severity);
            of.map(|it| it["code"].as_str().unwrap().to_owned()).collect()
        };
        let failing = if level == "error" { of("error") } else { &of("error") | &of("warning") };
        assert_eq!((report.tests, report.failures, report.errors), (68, failing.len(), 0));
        let cases = report.test_suites.iter().flat_map(|suite| &suite.test_cases);
        let failed: Vec<&str> = cases
            .filter(|it| matches!(it.status, quick_junit::TestCaseStatus::NonSuccess { .. }))
            .map(|it| &it.name.as_str()[..6])
            .collect();
        assert!(failed.iter().copied().eq(failing.iter().map(String::as_str)), "{failed:?}");
    }
}

#[test]
fn fingerprints_tell_findings_apart_and_outlive_names() {
    let prints = |policy: &str| -> Vec<String> {
        let log = json(&under("before-cloned-macs", policy, &["--format", "sarif"]));
        let results = log["runs"][0]["results"].as_array().unwrap();
        let print =
            |it: &Value| it["partialFingerprints"]["finding/v1"].as_str().unwrap().to_owned();
        let mut all: Vec<String> = results.iter().map(print).collect();
        all.sort();
        all
    };
    let plain = prints("");
    assert_eq!((plain.len(), &plain), (3, &prints(RENAMED)));
    let absent = "[network.\"10.8.0.0/24\"]\nrole = 1\n[network.\"10.9.0.0/24\"]\nrole = 1\n";
    let mut five = prints(absent);
    five.dedup();
    assert_eq!(five.len(), 5);
}

#[test]
fn junit_and_markdown_escape_what_they_carry() {
    let inventory =
        fs::read_to_string(support::fixture("cases/before-one-nic/nodes/n1.json")).unwrap();
    let hostile = inventory.replace("\"eth0\"", "\"a<b>&|\\u0001\"");
    let arguments =
        |format| ["validate", "--today", "2026-11-21", "--from", "-", "--format", format];
    let junit = support::run_with_input(&arguments("junit"), hostile.as_bytes());
    assert!(
        junit.stdout.starts_with("<?xml") && !junit.stdout.contains("a<b>"),
        "{}",
        junit.stdout
    );
    assert!(!junit.stdout.contains('\u{1}'));
    let markdown = support::run_with_input(&arguments("markdown"), hostile.as_bytes()).stdout;
    let rows = markdown.lines().filter(|line| line.starts_with("| ") && line.contains("a&lt;b"));
    for row in rows {
        assert!(row.contains("\\|"), "{row}");
    }
}
