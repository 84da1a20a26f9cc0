//! `validate --baseline`: what is new, changed or gone since a stored result.
#![expect(clippy::disallowed_methods, reason = "a test reads files and fails where it can't go on")]

mod support;

use std::fs;

use serde_json::Value;
use support::judged::{RENAMED, codes, json, under, validate};

#[test]
fn a_baseline_leaves_what_is_new_and_tells_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let stored = validate("before-jumbo-mismatch", &["--format", "json"]).stdout;
    fs::write(&old, &stored).unwrap();
    let old = old.to_str().unwrap();
    let same = validate("before-jumbo-mismatch", &["--baseline", old]);
    assert!(same.code == Some(0) && same.stdout.starts_with("No new finding"), "{}", same.stdout);
    let unchanged = "(1 error, 0 warnings, 0 for information unchanged)";
    assert!(same.stdout.contains(unchanged), "{}", same.stdout);
    let counted = validate("before-jumbo-mismatch", &["--baseline", old, "--format", "json"]);
    assert_eq!(json(&counted)["summary"]["unchanged"]["errors"], 1);
    let other = validate("before-cloned-macs", &["--baseline", old, "--format", "json"]);
    let view = json(&other);
    assert_eq!(codes(&view, "findings"), ["LNK002", "LNK002", "LNK002"]);
    assert_eq!(codes(&view, "gone"), ["LNK003"]);
    let compared = folder.path().join("compared.json");
    fs::write(&compared, &other.stdout).unwrap();
    let compared = ["--baseline", compared.to_str().unwrap()];
    let refused = validate("before-jumbo-mismatch", &compared).failure();
    assert!(refused.contains("it is itself a comparison"), "{refused}");
    let missing = validate("before-jumbo-mismatch", &["--baseline", "/nowhere.json"]).failure();
    assert!(missing.contains("baseline /nowhere.json: can't be read"), "{missing}");
    fs::write(old, "{\"schema\":\"x\",\"findings\":[]}").unwrap();
    let foreign = validate("before-jumbo-mismatch", &["--baseline", old]).failure();
    assert!(foreign.contains("schema \"x\" is not netplan-cluster/findings/1"), "{foreign}");
    for (text, complaint) in [
        ("[]", "it has no schema: store what validate --format json prints"),
        ("No finding", "is not JSON: expected value"),
        ("{\"schema\":\"netplan-cluster/inventory/1\"}", "\"netplan-cluster/inventory/1\" is not"),
        ("{\"schema\":\"netplan-cluster/findings/1\"}", "missing field `findings`"),
    ] {
        fs::write(old, text).unwrap();
        let error = validate("before-jumbo-mismatch", &["--baseline", old]).failure();
        assert!(error.contains(complaint), "{error}");
    }
}

#[test]
fn a_baseline_tells_a_further_node_and_a_graver_case_but_not_what_was_not_judged() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let stored = validate("before-cloned-macs", &["--format", "json"]).stdout;
    let mut other: Value = serde_json::from_str(&stored).unwrap();
    other["findings"][0]["message"] = "2 nodes have it: n8 eth0 and n9 eth0".into();
    for (at, node) in ["n8", "n9"].into_iter().enumerate() {
        other["findings"][0]["spots"][at]["node"] = node.into();
    }
    fs::write(&old, other.to_string()).unwrap();
    let path = old.to_str().unwrap();
    let view = json(&validate("before-cloned-macs", &["--baseline", path, "--format", "json"]));
    assert_eq!(
        (codes(&view, "findings"), codes(&view, "gone")),
        (vec!["LNK002".to_owned()], vec!["LNK002".to_owned()])
    );
    fs::write(&old, stored.replace("\"error\"", "\"warning\"")).unwrap();
    let graver = validate("before-cloned-macs", &["--baseline", path]);
    assert_eq!(graver.code, Some(1));
    assert!(graver.stdout.starts_with("3 new or changed errors"), "{}", graver.stdout);
    assert!(graver.stdout.contains("was warning: 2 nodes have"), "{}", graver.stdout);
    fs::write(&old, stored).unwrap();
    let narrow = ["--select", "ADR", "--baseline", path, "--format", "json"];
    assert_eq!(codes(&json(&validate("before-cloned-macs", &narrow)), "gone"), [] as [&str; 0]);
}

#[test]
fn a_baseline_knows_networks_by_their_subnets() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let stored = under("before-cloned-macs", RENAMED, &["--format", "json"]).stdout;
    assert!(stored.contains("\"network\": \"Blue\""), "{stored}");
    fs::write(&old, &stored).unwrap();
    let path = old.to_str().unwrap();
    let same = validate("before-cloned-macs", &["--baseline", path, "--fail-on", "info"]);
    assert!(same.code == Some(0) && !same.stdout.contains("Gone"), "{}", same.stdout);
    let mut bare: Value = serde_json::from_str(&stored).unwrap();
    bare.as_object_mut().unwrap().remove("networks");
    for finding in bare["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("spots");
    }
    fs::write(&old, bare.to_string()).unwrap();
    let of_old = validate("before-cloned-macs", &["--baseline", path, "--format", "json"]);
    let view = json(&of_old);
    assert_eq!((codes(&view, "findings"), codes(&view, "gone")), twice("LNK002", 1));
    let same = under("before-cloned-macs", RENAMED, &["--baseline", path]);
    assert!(same.code == Some(0) && !same.stdout.contains("Gone"), "{}", same.stdout);
}

fn twice(code: &str, times: usize) -> (Vec<String>, Vec<String>) {
    (vec![code.to_owned(); times], vec![code.to_owned(); times])
}

#[test]
fn a_finding_at_fewer_places_changed_but_is_nothing_to_fail_for() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let only = ["--select", "LNK008", "--fail-on", "warning"];
    let arguments = |more: &[&'static str]| [&only[..], more].concat();
    let stored = under("before-sixty-four-mixed", "", &arguments(&["--format", "json"]));
    assert_eq!(stored.code, Some(1));
    assert_eq!(json(&stored)["findings"][0]["spots"].as_array().unwrap().len(), 4);
    fs::write(&old, &stored.stdout).unwrap();
    let waiver = "[[waiver]]\nrule = \"LNK008\"\nreason = \"agreed\"\n";
    let policy = format!("{waiver}node = \"n05\"\n");
    let path = ["--baseline", old.to_str().unwrap(), "--format", "json"];
    let fewer = under("before-sixty-four-mixed", &policy, &[&only[..], &path].concat());
    let view = json(&fewer);
    assert_eq!((fewer.code, codes(&view, "findings").len()), (Some(0), 1));
    assert_eq!(view["findings"][0]["was"]["graver"], false);
    assert_eq!(codes(&view, "gone").len(), 0);
    let plain = under("before-sixty-four-mixed", &policy, &arguments(&["--format", "json"]));
    fs::write(&old, plain.stdout.replace("\"n21\"", "\"n22\"")).unwrap();
    let more = under("before-sixty-four-mixed", &policy, &[&only[..], &path].concat());
    assert_eq!((more.code, &json(&more)["findings"][0]["was"]["graver"]), (Some(1), &true.into()));
}

#[test]
fn what_the_baseline_did_not_judge_is_told_apart_and_counts() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let path = old.to_str().unwrap();
    let judge =
        |format: &str| validate("before-jumbo-mismatch", &["--baseline", path, "--format", format]);
    let narrow = validate("before-jumbo-mismatch", &["--select", "ADR", "--format", "json"]).stdout;
    fs::write(&old, narrow).unwrap();
    let table = judge("table");
    assert_eq!(table.code, Some(1));
    let verdict = "No new finding, and 1 error, 0 warnings, 0 for information of rules that the \
                   baseline did not judge; ";
    assert!(table.stdout.starts_with(verdict), "{}", table.stdout);
    assert!(table.stdout.contains("\nErrors of rules that the baseline did not judge\nLNK003 "));
    let view = json(&judge("json"));
    assert_eq!(view["findings"][0]["baseline"], "not-judged-then");
    assert_eq!(view["summary"]["not_judged_then"]["errors"], 1);
    assert_eq!(view["summary"]["errors"], 1);
    let full = validate("before-jumbo-mismatch", &["--format", "json"]);
    let mut partly = json(&full);
    let finding = partly["findings"].as_array_mut().unwrap().pop().unwrap();
    let state = |stored: &Value| {
        fs::write(&old, stored.to_string()).unwrap();
        json(&judge("json"))["findings"][0]["baseline"].clone()
    };
    let mut knew = partly.clone();
    let rule = serde_json::json!({"code": finding["code"], "name": finding["name"]});
    knew["passed"].as_array_mut().unwrap().push(rule.clone());
    assert_eq!(state(&knew), "new");
    let mut unsure = knew.clone();
    unsure["not_judged"].as_array_mut().unwrap().push(rule);
    assert_eq!(state(&unsure), "not-judged-then");
    let mut waived = partly.clone();
    waived["waived"].as_array_mut().unwrap().push(finding);
    assert_eq!(state(&waived), "new");
    partly.as_object_mut().unwrap().remove("passed");
    assert_eq!(state(&partly), "new", "a result of old does not say what passed");
}

#[test]
fn sarif_tells_how_each_result_stands_to_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    let stored = under("before-cloned-macs", WAIVED, &["--format", "json"]).stdout;
    let mut stored: Value = serde_json::from_str(&stored).unwrap();
    let findings = stored["findings"].as_array_mut().unwrap();
    assert_eq!(findings.len(), 2);
    let mut gone = findings[0].clone();
    gone["message"] = "once upon a time".into();
    gone["locus"] = serde_json::json!({"node": "n9"});
    findings[0]["severity"] = "warning".into();
    findings.push(gone);
    fs::write(&old, stored.to_string()).unwrap();
    let arguments = ["--baseline", old.to_str().unwrap(), "--format", "sarif"];
    let states = |policy: &str| -> Vec<String> {
        let log = json(&under("before-cloned-macs", policy, &arguments));
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|it| it["baselineState"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(WAIVED), ["updated", "unchanged", "unchanged", "absent"]);
    assert_eq!(states(""), ["new", "updated", "unchanged", "absent"]);
    let without = json(&validate("before-cloned-macs", &["--format", "sarif"]));
    assert!(without["runs"][0]["results"][0]["baselineState"].is_null());
}

/// A waiver of one of the cloned link-layer addresses.
const WAIVED: &str =
    "[[waiver]]\nrule = \"LNK002\"\nnetwork = \"10.0.0.0/24\"\nreason = \"agreed\"\n";
