//! `failover` from the outside: errors, JSON, pictures, exit status.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use serde_json::{Value, json};

fn failover(case: &str, arguments: &[&str]) -> support::Run {
    let nodes = support::fixture(&format!("cases/{case}/nodes"));
    let policy = support::fixture(&format!("cases/{case}/cluster.toml"));
    let (nodes, policy) = (nodes.to_str().unwrap(), policy.to_str().unwrap());
    let common = ["failover", "--from", nodes, "--policy", policy];
    support::run([&common[..], arguments].concat())
}

fn view(case: &str, arguments: &[&str]) -> Value {
    failover(case, &[arguments, &["--format", "json"]].concat()).json()
}

#[test]
fn wrong_parts_and_times_are_refused_with_what_there_is() {
    let wrong = [
        ("network:CSW", "\"CSV\""),
        ("node:node3", "there is node1, node2"),
        ("host:node3", "there is node1, node2"),
        ("interface:node1/csv1", "csv0"),
        ("device:node1/0000:01:00.0", "none is known"),
        ("switch:s", "none is known"),
        ("@abc", "--lose @abc: \"@abc\" names no part"),
        ("node:node1@1@2", "a time is one number of seconds after one @, such as @60"),
        ("csv0", "network:NAME, interface:NODE/IF, device:NODE/PCI, switch:ID"),
        ("network:CSV@-1", "is no time"),
        ("network:CSV@nan", "is no time"),
        ("network:CSV@1e400", "--lose network:CSV@1e400: \"1e400\" after the @ is no time"),
        ("network:CSV@", "is no time"),
    ];
    for (part, told) in wrong {
        let error = failover("golden-d", &["--lose", part]).failure();
        assert!(error.contains(told), "{part}: {error}");
    }
    let hold = failover("golden-d", &["--lose", "node:node1", "--hold", "-1"]).failure();
    assert!(hold.contains("give seconds"), "{hold}");
    let lone =
        failover("golden-d", &["--lose", "node:node1", "--return", "network:CSV@3"]).failure();
    assert!(lone.contains("network:CSV can't return at 3 s: it is not lost then"), "{lone}");
    let when = failover("golden-d", &["--lose", "node:node1", "--return", "node:node1"]).failure();
    assert!(when.contains("say when"), "{when}");
    let again = ["--lose", "node:node1@5", "--return", "node:node1@5"];
    let same = failover("golden-d", &again).failure();
    assert!(same.contains("it is not lost before, and at one time returns come first"), "{same}");
    let twice = failover("golden-d", &["--lose", "node:node1", "--lose", "host:node1@3"]).failure();
    assert!(twice.contains("node:node1 can't be lost at 3 s: it is lost since 0 s"), "{twice}");
    failover("golden-d", &[]).failure();
    failover("golden-d", &["--return", "node:node1@3"]).failure();
    failover("golden-d", &["--all", "-k", "3"]).failure();
    failover("golden-d", &["--lose", "node:node1", "-k", "2"]).failure();
    failover("golden-d", &["--lose", "node:node1", "--explain", "--format", "dot"]).failure();
    failover("golden-d", &["--all", "--format", "svg"]).failure();
}

#[test]
fn the_view_has_the_documented_fields() {
    let view = view("golden-d", &["--lose", "network:CSV@2", "--profile", "wsfc-2008r2"]);
    assert_eq!(view["schema"], "netplan-cluster/failover/1");
    assert_eq!(view["lost"], json!(["network:CSV"]));
    assert_eq!((&view["before"]["csv"], &view["after"]["csv"]), (&json!("CSV"), &json!("LM")));
    assert_eq!(view["after"]["live_migration"], json!(["Heartbeat", "Host Access", "LM"]));
    assert_eq!(view["after"]["networks"][2], json!({"name": "CSV", "state": "Unavailable"}));
    assert_eq!(view["pairs"][0]["nodes"], json!(["node1", "node2"]));
    assert_eq!(view["pairs"][0]["after"]["csv"], "LM");
    assert_eq!((&view["partitions"], &view["collision"]), (&json!([]), &json!(false)));
    let last = view["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["at_s"], &last["event"]), (&json!(7.0), &json!("redirected")));
}

#[test]
fn explanations_are_in_the_view_where_they_are_asked_for() {
    let lose = ["--lose", "network:CSV", "--explain"];
    let view = view("golden-d", &lose);
    let told = view["explanations"].as_array().unwrap();
    let kinds: Vec<_> = told.iter().map(|it| (&it["scope"], &it["traffic"])).collect();
    let (cluster, pairs) = (&json!("cluster"), &json!("pairs"));
    let (csv, migration) = (&json!("csv"), &json!("live_migration"));
    assert_eq!(kinds, [(cluster, csv), (cluster, migration), (pairs, csv), (pairs, migration)]);
    let first = &told[2]["candidates"][0];
    assert_eq!((&first["network"], &first["chosen"]), (&json!("LM"), &json!(true)));
    let loser = &told[2]["candidates"][1];
    assert_eq!(loser["reason"], "can't be used: down at node1, node2");
    assert_eq!(view["remedy"], Value::Null);
    assert!(self::view("golden-d", &lose[..2]).get("explanations").is_none());
    let all = self::view("golden-b", &["--all", "--explain"]);
    assert_eq!(all["remedy"]["harm"], "storage");
    assert_eq!(all["failures"][0]["storage_stopped_nodes"], 2);
}

#[test]
fn each_pair_is_listed_once() {
    let view = view("failover-sixty-four", &["--lose", "network:10.0.0.0/24"]);
    let pairs = view["pairs"].as_array().unwrap();
    // n09's link was down before: nothing changes for its pairs.
    assert_eq!(pairs.len(), 63 * 62 / 2);
    let mut nodes: Vec<&Value> = pairs.iter().map(|pair| &pair["nodes"]).collect();
    nodes.dedup();
    assert_eq!(nodes.len(), pairs.len());
}

#[test]
fn nothing_left_is_no_collision() {
    let view = view("golden-b", &["--lose", "network:Heartbeat", "--lose", "network:Host Access"]);
    assert_eq!((&view["after"]["csv"], &view["collision"]), (&Value::Null, &json!(false)));
    assert_eq!(view["partitions"], json!([["node1"], ["node2"]]));
}

#[test]
fn counts_are_those_of_the_list() {
    for k in ["1", "2"] {
        let view = view("failover-shared-card", &["--all", "-k", k]);
        let failures = view["failures"].as_array().unwrap();
        let count = |is: &dyn Fn(&Value) -> bool| -> u64 {
            failures.iter().filter(|it| is(it)).map(|it| it["count"].as_u64().unwrap()).sum()
        };
        let summary = &view["summary"];
        assert_eq!(summary["failures"], count(&|_| true));
        let whole = count(&|it| it["parted_pairs"] == 0);
        assert_eq!(summary["survived_without_partition"], whole);
        // Two nodes may be cut off from each other while both reach a third: that is one group.
        assert!(whole <= count(&|it| it["partitions"] == json!([])));
    }
}

#[test]
fn the_exit_status_follows_fail_on() {
    let status = |case, arguments: &[&str]| failover(case, arguments).code;
    assert_eq!(status("failover-shared-card", &["--all"]), Some(0));
    assert_eq!(status("failover-shared-card", &["--all", "--fail-on", "partition"]), Some(1));
    assert_eq!(status("golden-d", &["--all", "--fail-on", "collision"]), Some(0));
    assert_eq!(status("golden-b", &["--all", "--fail-on", "partition"]), Some(0));
    assert_eq!(status("golden-b", &["--all", "--fail-on", "collision"]), Some(1));
    let node = ["--lose", "node:node1", "--fail-on", "partition"];
    assert_eq!(status("golden-b", &node), Some(0));
    assert_eq!(status("golden-b", &[&node[..], &["--lose", "node:node2"]].concat()), Some(1));
    assert_eq!(status("golden-d", &["--all", "--fail-on", "storage"]), Some(1));
    let iscsi = ["--lose", "network:iSCSI", "--fail-on"];
    let of = |fail_on| status("golden-d", &[&iscsi[..], &[fail_on]].concat());
    assert_eq!(["partition", "collision", "storage", "any"].map(of), [0, 0, 1, 1].map(Some));
}

#[test]
fn pictures_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.svg");
    let lose = ["--lose", "network:CSV"];
    let drawn = ["--svg", path.to_str().unwrap()];
    failover("golden-d", &[&lose[..], &drawn[..]].concat()).success();
    let picture = std::fs::read_to_string(&path).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("CSV (new)"), "{picture}");
    let dot = failover("golden-d", &["--lose", "network:CSV", "--format", "dot"]).success();
    assert!(dot.contains("now CSV") && dot.contains("label=lost"), "{dot}");
}

#[test]
fn a_time_stands_on_one_line() {
    let mut program = support::program();
    let nodes = support::fixture("cases/failover-sixty-four/nodes");
    let lose = ["--profile", "corosync", "--lose", "switch:switch1@1004.25"];
    program.env("COLUMNS", "60").arg("failover").arg("--from").arg(nodes).args(lose);
    let text = support::Run::from(program.output().unwrap()).success();
    assert!(text.contains("\n  1004.25 s  lost        switch:switch1\n"), "{text}");
}

#[test]
fn lines_stay_within_the_width() {
    for arguments in [&["--lose", "switch:switch1"][..], &["--all"], &["--all", "-k", "2"]] {
        let mut program = support::program();
        let nodes = support::fixture("cases/failover-sixty-four/nodes");
        program.env("COLUMNS", "80").arg("failover").arg("--from").arg(nodes).args(arguments);
        let text = support::Run::from(program.output().unwrap()).success();
        let longest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(longest.chars().count() <= 80, "{longest}");
    }
}
