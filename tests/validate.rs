//! `validate` and `explain` as an administrator and a CI server meet them.
#![expect(clippy::disallowed_methods, reason = "a test reads files and fails where it can't go on")]

mod support;

use std::fs;

use serde_json::Value;
use support::judged::{codes, json, under, validate};
use support::run;

#[test]
fn the_exit_status_follows_the_level_that_fails() {
    let status = |case: &str, level: &str| validate(case, &["--fail-on", level]).code;
    assert_eq!(validate("before-healthy-sixteen", &[]).code, Some(0));
    assert_eq!(status("before-jumbo-mismatch", "error"), Some(1));
    assert_eq!(status("before-two-networks", "error"), Some(0));
    assert_eq!(status("before-two-networks", "warning"), Some(1));
    assert_eq!(status("before-healthy-sixteen", "info"), Some(0));
}

#[test]
fn json_has_what_it_promises() {
    let view = json(&validate("before-jumbo-mismatch", &["--format", "json"]));
    assert_eq!(view["schema"], "netplan-cluster/findings/1");
    let finding = &view["findings"][0];
    assert_eq!((&finding["code"], &finding["name"]), (&"LNK003".into(), &"mtu-mismatch".into()));
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["confidence"], "certain");
    let locus =
        serde_json::json!({"node": "n3", "interface": "eth1", "network": "Cluster Network 2"});
    assert_eq!(finding["locus"], locus);
    assert!(finding["message"].is_string() && finding["remedy"].is_string());
    assert_eq!(codes(&view, "not_judged"), ["HBT005", "HBT006", "MIG006"]);
    assert_eq!(view["passed"].as_array().unwrap().len(), 64);
    assert_eq!(view["waived"], serde_json::json!([]));
}

#[test]
fn rules_are_selected_by_code_name_and_group() {
    let judged = |arguments: &[&str]| {
        let view =
            json(&validate("before-jumbo-mismatch", &[&["--format", "json"], arguments].concat()));
        let mut all = [codes(&view, "findings"), codes(&view, "passed")].concat();
        all.sort();
        all.dedup();
        all
    };
    assert_eq!(judged(&["--select", "LNK003"]), ["LNK003"]);
    assert_eq!(judged(&["--select", "mtu-mismatch,lnk001"]), ["LNK001", "LNK003"]);
    assert_eq!(judged(&["--select", "STO", "--select", "MIG"]).len(), 6);
    assert!(!judged(&["--ignore", "LNK"]).contains(&"LNK003".to_owned()));
    let none = ["--select", "ADR", "--ignore", "ADR"];
    let none = validate("before-jumbo-mismatch", &none).failure();
    assert!(none.contains("--select and --ignore leave no rule to judge"), "{none}");
    let unknown = validate("before-jumbo-mismatch", &["--select", "LNK999"]).failure();
    assert!(unknown.contains("\"LNK999\" is no rule and no group of rules: "), "{unknown}");
    for option in ["--select", "--ignore"] {
        let near = validate("before-jumbo-mismatch", &[option, "LNK03"]).failure();
        assert!(near.contains("the nearest: LNK003 mtu-mismatch"), "{near}");
    }
}

#[test]
fn the_policy_changes_severities_and_turns_rules_off() {
    let off = under("before-jumbo-mismatch", "[rules]\nmtu-mismatch = \"off\"\n", &[]);
    assert_eq!(off.code, Some(0));
    let less = under("before-jumbo-mismatch", "[rules]\nLNK003 = \"info\"\n", &[]);
    assert!(less.code == Some(0) && less.stdout.contains("Information"), "{}", less.stdout);
    let wrong = under("before-jumbo-mismatch", "[rules]\nLNK003 = \"loud\"\n", &[]).failure();
    assert!(wrong.contains(":2:10: rules.LNK003: \"loud\" is none of error, warning"), "{wrong}");
}

#[test]
fn rules_that_are_off_are_counted_with_the_reason() {
    let policy = "[rules]\nADR = \"off\"\nLNK001 = \"off\"\n";
    let ignore = ["--ignore", "MIG006"];
    let view =
        under("before-jumbo-mismatch", policy, &[&ignore[..], &["--format", "json"]].concat());
    let view = json(&view);
    assert_eq!(
        (&view["summary"]["off"], codes(&view, "off").len()),
        (&35.into(), 35),
        "17 on services too"
    );
    let of = |code: &str| {
        let off = view["off"].as_array().unwrap().iter().find(|it| it["code"] == code);
        off.unwrap()["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(of("LNK001"), "turned off by the policy");
    assert_eq!(of("MIG006"), "left out by --ignore");
    let total = ["passed", "not_judged"].map(|list| codes(&view, list).len()).iter().sum::<usize>();
    assert_eq!(total + codes(&view, "findings").len() + 35, 85);
    let table = under("before-jumbo-mismatch", policy, &ignore).stdout;
    assert!(table.lines().next().unwrap().ends_with(" not judged, 18 off"), "{table}");
    assert!(table.contains("\nOff\n17 rules "), "{table}");
    assert!(
        table.contains("\nMIG006 migration-cannot-converge  left out by --ignore\n"),
        "{table}"
    );
    let few = validate("before-jumbo-mismatch", &["--select", "LNK003"]).stdout;
    assert!(few.contains("0 not judged, 84 off\n") && !few.contains("\nOff\n"), "{few}");
    let log = json(&under("before-jumbo-mismatch", policy, &["--format", "sarif"]));
    let overrides = log["runs"][0]["invocations"][0]["ruleConfigurationOverrides"].as_array();
    assert_eq!(overrides.unwrap().len(), 34);
    assert_eq!(overrides.unwrap()[16]["descriptor"]["id"], "LNK001");
    let junit = under("before-jumbo-mismatch", policy, &["--format", "junit"]).stdout;
    assert!(junit.contains("<skipped message=\"turned off by the policy\"/>"), "{junit}");
}

#[test]
fn waivers_hold_to_their_last_day_and_no_longer() {
    let waiver = |rest: &str| format!("[[waiver]]\nrule = \"LNK003\"\nreason = \"agreed\"\n{rest}");
    let view = |policy: &str| json(&under("before-jumbo-mismatch", policy, &["--format", "json"]));
    let today = view(&waiver("expires = \"2026-11-21\"\n"));
    assert_eq!(
        (codes(&today, "waived"), codes(&today, "findings")),
        (vec!["LNK003".to_owned()], vec![])
    );
    assert_eq!(today["waived"][0]["reason"], "agreed");
    let yesterday = view(&waiver("expires = 2026-11-20\n"));
    assert_eq!(codes(&yesterday, "findings"), ["LNK003", "CFG004"]);
    assert_eq!(yesterday["findings"][1]["policy"]["line"], 1);
    assert_eq!(json(&slow_but("n05"))["findings"][0]["spots"].as_array().unwrap().len(), 3);
    assert_eq!(codes(&json(&slow_but("n05")), "waived"), ["LNK008"]);
    assert_eq!(codes(&json(&slow_but("n04")), "findings"), ["CFG005", "LNK008"]);
    let here = view(&waiver("node = \"n3\"\nnetwork = \"10.0.1.0/24\"\n"));
    assert_eq!(codes(&here, "waived"), ["LNK003"]);
    let elsewhere = view(&waiver("node = \"n1\"\n"));
    assert_eq!(codes(&elsewhere, "findings"), ["LNK003", "CFG005"]);
    let host =
        under("before-jumbo-mismatch", &waiver("network = \"10.0.1.7/24\"\n"), &[]).failure();
    assert!(host.contains(":4:11: waiver[0].network: \"10.0.1.7/24\" has host bits set"), "{host}");
    let nameless = under("before-jumbo-mismatch", "[[waiver]]\nrule = \"LNK003\"\n", &[]).failure();
    assert!(nameless.contains(":1:1: waiver[0]: \"reason\" is missing"), "{nameless}");
    let empty = "[[waiver]]\nrule = \"LNK003\"\nreason = \"  \"\n";
    let empty = under("before-jumbo-mismatch", empty, &[]).failure();
    assert!(empty.contains(":3:10: waiver[0]: \"reason\" is empty"), "{empty}");
    let never = under("before-jumbo-mismatch", &waiver("expires = 2026-02-30\n"), &[]).failure();
    assert!(never.contains(":4:"), "{never}");
}

/// Four nodes have a slow link, and one of all is waived.
fn slow_but(node: &str) -> support::Run {
    let policy = format!("[[waiver]]\nrule = \"LNK008\"\nnode = \"{node}\"\nreason = \"x\"\n");
    let only = ["--select", "LNK008,CFG005", "--format", "json"];
    under("before-sixty-four-mixed", &policy, &only)
}

#[test]
fn every_place_of_a_finding_can_be_waived() {
    let json_of = ["--format", "json", "--fail-on", "info"];
    let mut waived = 0;
    for case in
        ["before-asymmetric-gateways", "before-one-nic", "before-proxmox", "before-ipv6-only"]
            .into_iter()
            .chain(["before-cloned-macs", "before-mis-plugged-cable", "before-sixty-four-mixed"])
    {
        for finding in json(&validate(case, &json_of))["findings"].as_array().unwrap() {
            let alone = std::slice::from_ref(&finding["locus"]);
            let spots = finding["spots"].as_array().map_or(alone, Vec::as_slice);
            let code = finding["code"].as_str().unwrap();
            for spot in spots {
                let part = |key: &str| {
                    spot[key].as_str().map_or(String::new(), |it| format!("{key} = {it:?}\n"))
                };
                let parts = ["node", "interface", "network"].map(part).concat();
                let policy = format!("[[waiver]]\nrule = \"{code}\"\nreason = \"x\"\n{parts}");
                let view = json(&under(case, &policy, &json_of));
                assert!(!codes(&view, "findings").contains(&"CFG005".to_owned()), "{policy}");
                let left = view["findings"].as_array().unwrap().iter();
                let of_rule = left.filter(|it| it["code"] == *code);
                let at = |it: &Value| {
                    it["locus"] == *spot
                        || it["spots"].as_array().is_some_and(|all| all.contains(spot))
                };
                assert_eq!(of_rule.filter(|it| at(it)).count(), 0, "{policy}");
                waived += 1;
            }
        }
    }
    assert!(waived > 20, "{waived}");
}

#[test]
fn nothing_to_judge_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = run(["validate", "--from", folder.path().to_str().unwrap()]).failure();
    assert!(error.contains("there is no inventory to judge"), "{error}");
}

#[test]
fn a_rule_named_by_itself_is_stronger_than_its_group() {
    let policy = "[rules]\nLNK = \"off\"\nmtu-mismatch = \"warning\"\n";
    let view = json(&under("before-jumbo-mismatch", policy, &["--format", "json"]));
    assert_eq!(view["findings"][0]["severity"], "warning");
    assert!(!codes(&view, "passed").contains(&"LNK001".to_owned()));
}

#[test]
fn hidden_routes_make_what_rests_on_roles_only_likely() {
    let text = fs::read_to_string(support::fixture("cases/before-one-nic/nodes/n1.json")).unwrap();
    let hidden = text.replace(
        "\"routes\": [",
        "\"gaps\": [{\"fact\": \"routes4\", \"cause\": \"denied\"}], \"routes\": [",
    );
    let arguments = ["validate", "--today", "2026-11-21", "--from", "-", "--format", "json"];
    let view = json(&support::run_with_input(&arguments, hidden.as_bytes()));
    let single = view["findings"].as_array().unwrap().iter().find(|it| it["code"] == "RED004");
    assert_eq!(single.unwrap()["confidence"], "likely");
}

#[test]
fn one_node_alone_is_told_at_the_top() {
    let only = support::fixture("cases/before-one-nic/nodes/n1.json");
    let arguments = ["validate", "--today", "2026-11-21", "--from", only.to_str().unwrap()];
    let table = run(arguments).stdout;
    let line = table.lines().nth(1).unwrap();
    assert!(line.starts_with("Only one node is known; what compares nodes is not"), "{table}");
    assert_eq!(table.matches("nly one node is known").count(), 1, "{table}");
}

#[test]
fn mistakes_that_are_findings_carry_their_line_and_column() {
    let policy = "[network.\"10.0.1.0/24\"]\nrole = 2\nmetric = 0\n\
                  [network.\"10.0.0.0/24\"]\nname = \"A\"\n[network.\"192.0.2.0/24\"]\nname = \"a\"\n";
    let run = under("before-healthy-two", policy, &["--format", "json"]);
    assert_eq!(run.code, Some(1));
    let view = json(&run);
    assert_eq!(codes(&view, "findings"), ["CFG002", "ROL004", "ROL007"]);
    let places: Vec<(u64, u64)> = view["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (it["policy"]["line"].as_u64().unwrap(), it["policy"]["column"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(places[1..], [(2, 8), (3, 10)]);
    let unreadable = under("before-healthy-two", "[network\n", &[]).failure();
    assert!(unreadable.contains("cluster.toml:1:"), "{unreadable}");
}

#[test]
fn names_in_commands_are_safe_to_paste() {
    for name in ["it's \"a\" net", "$(touch x)", "`id`; a && b", "back\\slash!"] {
        let policy = format!("[network.\"10.0.1.0/24\"]\nrole = 1\nname = {name:?}\n");
        let run =
            under("before-iscsi-on-role-1", &policy, &["--select", "STO001", "--format", "json"]);
        let remedy = json(&run)["findings"][0]["remedy"].as_str().unwrap().to_owned();
        let words = remedy.strip_prefix("netplan-cluster set ").unwrap();
        let shell = std::process::Command::new("sh")
            .args(["-c", &format!("printf '%s\\n' {words}")])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(shell.stdout).unwrap(), format!("{name}\nrole=0\n"));
    }
}

#[test]
fn a_rule_is_explained_by_code_or_name_and_an_unknown_one_suggests() {
    let by_code = run(["explain", "lnk003"]).success();
    assert_eq!(by_code, run(["explain", "mtu-mismatch"]).success());
    assert_eq!(by_code, run(["explain", " LNK003 "]).success());
    let rule = run(["explain", "LNK003", "--format", "json"]).json();
    assert_eq!(rule["name"], "mtu-mismatch");
    let all = run(["explain", "--all", "--format", "json"]).json();
    assert_eq!(all.as_array().unwrap().len(), 85);
    let error = run(["explain", "mtu-mismatsh"]).failure();
    assert!(error.contains("the nearest: LNK003 mtu-mismatch"), "{error}");
    let far = run(["explain", "completely-different"]).failure();
    assert!(far.contains("no group of rules: `explain --all` lists them"), "{far}");
}

#[test]
fn a_group_is_explained_by_a_list_of_its_rules() {
    let list = run(["explain", "lnk"]).success();
    assert_eq!(list.lines().count(), 13, "{list}");
    assert!(list.contains("LNK003 mtu-mismatch") && !list.contains("HBT001"), "{list}");
    let all = run(["explain", "LNK", "--format", "json"]).json();
    assert_eq!(all.as_array().unwrap().len(), 13);
    assert!(run(["explain", "LNX"]).failure().contains("the nearest: the group LNK"));
}

#[test]
fn the_page_of_rules_is_fresh() {
    let page = fs::read_to_string(support::fixture("../docs/rules.md")).unwrap();
    let made = run(["explain", "--all", "--format", "markdown"]).success();
    assert!(page == made, "netplan-cluster explain --all --format markdown > docs/rules.md");
}

#[test]
fn imported_vms_are_judged_as_declared_ones_are() {
    let from = support::fixture("cases/before-healthy-two/nodes");
    let base = ["validate", "--from", from.to_str().unwrap(), "--select", "MIG006"];
    let vm = |name: &str, writes: f64| {
        serde_json::json!({
            "schema": "netplan-cluster/migration/1",
            "name": name,
            "ram_bytes": 8_u64 << 30,
            "groups": [{"pages": 1 << 20, "writes_per_s": writes}],
            "max_bandwidth_bytes_s": 0,
        })
    };
    let judge = |vms: &Value| {
        let more = ["--vms", "-", "--format", "json", "--fail-on", "warning"];
        support::run_with_input(&[&base[..], &more].concat(), vms.to_string().as_bytes())
    };
    let run = judge(&serde_json::json!([vm("quiet", 10.0), vm("db1", 5e6), vm("", 5e6)]));
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let view: Value = serde_json::from_str(&run.stdout).unwrap();
    let said = view["findings"].to_string();
    assert_eq!(view["findings"].as_array().unwrap().len(), 2, "{said}");
    assert!(said.contains("db1 can't be migrated") && said.contains("VM 3 of -"), "{said}");
    let one = judge(&vm("quiet", 10.0));
    assert!(!one.success().contains("declares no virtual machine"));
    let error = judge(&serde_json::json!([vm("a", 1.0), vm("b", -1.0)])).failure();
    assert!(error.contains("standard input: [1].groups[0].writes_per_s: -1"), "{error}");
    let missing = run_all(&base, &["--vms", "/nonexistent.json"]).failure();
    assert!(missing.contains("/nonexistent.json: no such file"), "{missing}");
}

fn run_all(base: &[&str], more: &[&str]) -> support::Run {
    run([base, more].concat())
}
