//! The command line as an administrator meets it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use support::{run, run_with_input};

fn golden(name: &str) -> String {
    support::fixture(&format!("cases/{name}/nodes")).to_str().unwrap().to_owned()
}

/// A policy file of its own with arguments for a command on it.
struct Office {
    folder: tempfile::TempDir,
    from: String,
}

impl Office {
    fn new(case: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), from: golden(case) }
    }

    fn policy(&self) -> std::path::PathBuf {
        self.folder.path().join("etc/cluster.toml")
    }

    fn run(&self, arguments: &[&str]) -> support::Run {
        let policy = self.policy();
        let all =
            [arguments, &["--from", &self.from, "--policy", policy.to_str().unwrap()]].concat();
        run(all)
    }
}

#[test]
fn every_command_has_help_and_wrong_usage_is_exit_2() {
    for command in ["show", "set", "unset", "pin", "discover", "collect", "completions", "man"] {
        assert!(run([command, "--help"]).success().contains("Usage:"), "{command}");
    }
    assert!(run(["--version"]).success().starts_with("netplan-cluster "));
    for wrong in [&["nothing"][..], &[], &["show", "--format", "xml"], &["set", "x"]] {
        assert!(!run(wrong).failure().is_empty());
    }
}

#[test]
fn neighbours_come_from_lldpcli_and_stay_in_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (lldp, recording) = (path("lldp.json"), path("n1.rec.json"));
    let output = r#"{"lldp": {"interface": {"lo": {"chassis": {"sw1": {"id":
        {"type": "mac", "value": "00:00:5e:00:53:01"}}}}}}}"#;
    std::fs::write(&lldp, output).unwrap();
    let options = ["discover", "--node", "n1", "--lldp", &lldp, "--recording", &recording];
    let live = run(options).json();
    let lo = live["interfaces"].as_array().unwrap().iter().find(|one| one["name"] == "lo").unwrap();
    assert_eq!(lo["neighbours"][0]["chassis"], "00:00:5e:00:53:01");
    assert_eq!(lo["neighbours"][0]["name"], "sw1");
    assert_eq!(run(["discover", "--from", &recording]).json(), live);
    let piped = support::run_with_input(&["discover", "--lldp", "-"], output.as_bytes()).json();
    let mut interfaces = piped["interfaces"].as_array().unwrap().iter();
    assert!(interfaces.any(|one| one["neighbours"] == lo["neighbours"]), "{piped}");
    let wrong = support::run_with_input(&["discover", "--lldp", "-"], b"[]").failure();
    assert!(wrong.contains("standard input: not the output of lldpcli"), "{wrong}");
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = support::program()
        .args(["show", "--format", "json", "--from", &golden("left-out")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_habit_of_the_classic_command_works() {
    let office = Office::new("golden-a");
    office.run(&["set", "Cluster Network 1", "metric=10001"]).success();
    let changed = office.run(&["set", "Cluster Network 2", "metric=1001"]).success();
    assert!(
        changed.contains("Cluster Network 2: metric 1000 (automatic) -> 1001 (manual)"),
        "{changed}"
    );
    let listing = office.run(&["show", "Cluster Network 2", "--format", "cluster-exe"]).success();
    assert!(listing.starts_with("Listing properties for 'Cluster Network 2':\n\n"));
    assert!(listing.contains("D  Cluster Network 2    Metric                   1001 (0x3e9)\n"));
    assert!(listing.contains("D  Cluster Network 2    AutoMetric               0 (0x0)\n"));
    office.run(&["set", "cluster network 2", "metric=auto"]).success();
    let listing = office.run(&["show", "10.0.1.0/24", "--format", "cluster-exe"]).success();
    assert!(listing.contains("D  Cluster Network 2    Metric                   1000 (0x3e8)\n"));
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let office = Office::new("golden-a");
    let shown = office.run(&["set", "Cluster Network 1", "metric=5", "--dry-run"]).success();
    assert!(shown.contains("+metric = 5"), "{shown}");
    assert!(shown.contains("Heartbeat/CSV   moves from Cluster Network 2 to Cluster Network 1"));
    assert!(shown.contains("Live migration  moves from Cluster Network 1 to Cluster Network 2"));
    assert!(!office.policy().exists());
}

#[test]
fn unset_takes_back_and_names_are_kept_unique() {
    let office = Office::new("golden-a");
    office.run(&["set", "10.0.1.0/24", "name=Live", "role=3", "description=25G"]).success();
    let taken = office.run(&["set", "Cluster Network 1", "name=LIVE"]).failure();
    assert!(taken.contains("10.0.1.0/24 is called \"LIVE\" already"), "{taken}");
    let automatic = office.run(&["set", "Live", "name=cluster network 1"]).failure();
    assert!(automatic.contains("10.0.0.0/24 is called"));
    office.run(&["unset", "live", "name", "role", "description"]).success();
    let view = office.run(&["show", "--format", "json"]).json();
    assert_eq!(view["networks"][1]["name"], "Cluster Network 2");
    assert!(!fs::read_to_string(office.policy()).unwrap().contains("network."));
}

#[test]
fn an_unknown_network_is_refused_with_the_nearest_names() {
    let office = Office::new("golden-a");
    let error = office.run(&["set", "Cluster Netwrk 2", "metric=1"]).failure();
    assert!(error.contains("the nearest: \"Cluster Network 2\", \"Cluster Network 1\""), "{error}");
    assert!(!office.policy().exists());
    let absent = office.run(&["set", "10.99.0.0/24", "name=Later"]);
    assert!(absent.stderr.contains("no node is on 10.99.0.0/24 now"), "{}", absent.stderr);
    absent.success();
    office.run(&["set", "later", "metric=7"]).success();
    assert!(fs::read_to_string(office.policy()).unwrap().contains("metric = 7"));
}

#[test]
fn a_pin_holds_when_a_network_is_added() {
    let office = Office::new("golden-b");
    let before = office.run(&["show", "--format", "json"]).json();
    let pinned = office.run(&["pin"]).success();
    assert!(pinned.contains("metric 1000 (automatic) -> 1000 (pinned)"), "{pinned}");
    assert!(office.run(&["pin"]).success().contains("nothing to change"));
    let more = Office { folder: office.folder, from: golden("golden-c") };
    let after = more.run(&["show", "--format", "json"]).json();
    let find = |view: &serde_json::Value, subnet: &str| {
        let networks = view["networks"].as_array().unwrap().clone();
        networks.into_iter().find(|it| it["subnets"][0] == subnet).unwrap()
    };
    for network in before["networks"].as_array().unwrap() {
        let same = find(&after, network["subnets"][0].as_str().unwrap());
        assert_eq!((&same["name"], &same["metric"]), (&network["name"], &network["metric"]));
    }
    assert_eq!(find(&after, "10.0.1.0/24")["name"], "Cluster Network 4");
}

#[test]
fn twenty_sets_at_once_lose_none() {
    let office = Office::new("golden-a");
    let policy = office.policy();
    let set = |number: usize| {
        let subnet = format!("10.9.{number}.0/24");
        support::program()
            .args(["set", &subnet, &format!("metric={}", number + 1), "--from", &office.from])
            .arg("--policy")
            .arg(&policy)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..20).map(set).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let text = fs::read_to_string(&policy).unwrap();
    for number in 0..20 {
        assert!(text.contains(&format!("[network.\"10.9.{number}.0/24\"]")), "{number} is lost");
    }
}

#[test]
fn comments_and_layout_of_the_policy_survive() {
    let office = Office::new("golden-a");
    fs::create_dir_all(office.policy().parent().unwrap()).unwrap();
    let text = "# rack 7\n[network.\"10.0.1.0/24\"]   # ours\nmetric = 900  # agreed\n\n# end\n";
    fs::write(office.policy(), text).unwrap();
    office.run(&["set", "10.0.1.0/24", "metric=901"]).success();
    assert_eq!(fs::read_to_string(office.policy()).unwrap(), text.replace("900", "901"));
}

#[test]
fn a_wrong_policy_is_named_by_file_line_and_value_and_left_alone() {
    let office = Office::new("golden-a");
    fs::create_dir_all(office.policy().parent().unwrap()).unwrap();
    let wrong = [
        ("[network.\"10.0.1.0/24\"]\nrole = 2\n", ":2:8: network.\"10.0.1.0/24\".role: role 2"),
        ("[network.\"10.0.1.0/24\"]\nmetric = 0\n", "metric 0 is outside 1 to 268435455"),
        ("[network.\"10.0.1.0/24\"]\nmetric = 268435456\n", "268435456 is outside"),
        ("[network.\"10.0.1.0/24\"]\ncolour = 1\n", "colour: unknown key"),
        ("metric_scheme = 5\n", "expected a string, found integer 5"),
        ("[network\n", ":1:"),
        (
            "[network.\"10.0.0.0/24\"]\nname=\"A\"\n[network.\"10.0.1.0/24\"]\nname=\"a\"\n",
            "10.0.0.0/24 is called \"a\" already",
        ),
    ];
    for (text, expected) in wrong {
        fs::write(office.policy(), text).unwrap();
        for command in [&["show"][..], &["set", "10.0.1.0/24", "metric=5"], &["pin"]] {
            let error = office.run(command).failure();
            assert!(error.contains(expected) && error.contains("cluster.toml"), "{error}");
        }
        assert_eq!(fs::read_to_string(office.policy()).unwrap(), text);
    }
}

#[test]
fn a_folder_that_takes_no_file_is_named() {
    let office = Office::new("golden-a");
    let file = office.folder.path().join("file");
    fs::write(&file, "").unwrap();
    let policy = file.join("cluster.toml");
    let arguments = ["set", "10.0.1.0/24", "metric=5", "--from", &office.from, "--policy"];
    let error = run(arguments.iter().map(Path::new).chain([policy.as_path()])).failure();
    assert!(error.contains("file"), "{error}");
}

#[test]
fn missing_policies_and_folders_are_empty_but_a_missing_source_is_an_error() {
    run(["show", "--from", &golden("golden-a"), "--policy", "/nowhere/at/all.toml"]).success();
    let error = run(["show", "--from", "/nowhere/at/all"]).failure();
    assert!(error.contains("/nowhere/at/all"), "{error}");
}

#[test]
fn this_host_is_shown_without_any_argument() {
    let shown = run(["show"]).success();
    assert!(shown.starts_with("1 node"), "{shown}");
    let view = run(["show", "--format", "json", "--nodes-dir", &golden("golden-a")]).json();
    assert_eq!(view["nodes"].as_array().unwrap().len(), 3, "two stored nodes and this host");
}

#[test]
fn inventories_come_from_standard_input_too_several_at_once() {
    let text = |node: &str| {
        fs::read_to_string(support::fixture(&format!("cases/golden-a/nodes/{node}.json"))).unwrap()
    };
    let (one, two) = (text("node1"), text("node2"));
    let arguments = ["show", "--from", "-", "--format", "json"];
    let forms = [format!("{one}{two}"), format!("[{one},{two}]"), format!("{two}\n\n{one}")];
    let shown = forms.map(|form| run_with_input(&arguments, form.as_bytes()).success());
    assert!(shown[0] == shown[1] && shown[1] == shown[2]);
    assert!(shown[0].contains("node2"));
}

#[test]
fn hostile_input_is_refused_in_good_time() {
    let refused = |bytes: &[u8]| {
        let error = run_with_input(&["show", "--from", "-"], bytes).failure();
        assert!(error.len() < 2000, "an error is a message, not a copy of the input");
        error
    };
    refused(b"");
    refused(b"{");
    refused(b"nonsense");
    refused(&[0xff, 0xfe, 0x00]);
    refused(&b"[".repeat(100_000_000));
    refused(&b"{\"a\":".repeat(1_000_000));
    refused(&[&b"{\"schema\":"[..], &b"9".repeat(10_000_000)].concat());
    let unknown = refused(b"{\"schema\":\"netplan-cluster/inventory/9\",\"node\":\"n1\"}");
    assert!(unknown.contains("netplan-cluster/inventory/9"), "{unknown}");
    let node = "{\"schema\":\"netplan-cluster/inventory/1\",\"node\":\"n1\",\"source\":\"netlink\"";
    let typed = refused(format!("{node},\"interfaces\":[{{\"name\":5}}]}}").as_bytes());
    assert!(typed.contains("interfaces[0].name"), "{typed}");
    let key = refused(format!("{node},\"colour\":1}}").as_bytes());
    assert!(key.contains("colour"), "{key}");
}

#[test]
fn one_broken_file_among_good_ones_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for node in ["node1", "node2"] {
        let name = format!("{node}.json");
        let from = support::fixture(&format!("cases/golden-a/nodes/{name}"));
        fs::copy(from, folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("node3.json"), "{\"schema\": 5}").unwrap();
    let error = run(["show", "--from", folder.path().to_str().unwrap()]).failure();
    assert!(error.contains("node3.json"), "{error}");
    let error = run(["show", "--nodes-dir", folder.path().to_str().unwrap()]).failure();
    assert!(error.contains("node3.json"), "{error}");
}

#[test]
fn names_from_outside_cannot_move_the_cursor() {
    let inventory =
        fs::read_to_string(support::fixture("cases/golden-a/nodes/node1.json")).unwrap();
    let hostile = inventory.replace("eth0", "e\\u001b[2J");
    for format in ["table", "json", "csv", "cluster-exe", "powershell"] {
        let arguments = ["show", "--from", "-", "--all", "--explain", "--format", format];
        let shown = run_with_input(&arguments, hostile.as_bytes()).success();
        assert!(!shown.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn colour_is_there_when_asked_for_and_only_then() {
    let plain = run(["show", "--from", &golden("golden-a")]).success();
    assert!(!plain.contains('\u{1b}'));
    let colour = run(["show", "--color", "always", "--from", &golden("golden-a")]).success();
    assert!(colour.contains("\u{1b}[32mUp"), "{colour}");
}

#[test]
fn completions_and_man_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(["completions", shell]).success();
        assert!(script.contains("metric-scheme") && script.contains("collect"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("man1");
    run(["man", target.to_str().unwrap()]).success();
    let top = fs::read_to_string(target.join("netplan-cluster.1")).unwrap();
    assert!(top.contains("nodes\\-dir"));
    assert!(target.join("netplan-cluster-show.1").exists());
}

#[test]
fn the_other_metric_scheme_is_labelled() {
    let shown = run(["show", "--from", &golden("golden-a"), "--metric-scheme", "2012"]).success();
    assert!(shown.contains("reconstructed"), "{shown}");
}

/// An ssh that runs the script here, except for a node that refuses.
fn fake_ssh(folder: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("ssh");
    let script = "#!/bin/sh\ncase \"$*\" in *broken*) echo 'no route to host' >&2; exit 255;; esac\nexec sh -s\n";
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn collected_nodes_are_shown_and_one_that_fails_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (ssh, nodes) = (fake_ssh(folder.path()), folder.path().join("nodes"));
    let collect = |wanted: &[&str]| {
        let program = env!("CARGO_BIN_EXE_netplan-cluster");
        let mut command = support::program();
        command.arg("collect").args(wanted).args(["--program", program]).arg("--ssh").arg(&ssh);
        support::Run::from(command.arg("--nodes-dir").arg(&nodes).output().unwrap())
    };
    assert!(collect(&["alpha", "root@beta"]).success().starts_with("2 of 2 nodes collected"));
    let again = collect(&["alpha", "broken"]);
    assert!(again.stdout.starts_with("1 of 2 nodes collected"), "{}", again.stdout);
    assert!(again.failure().contains("broken: "));
    let view = run(["show", "--format", "json", "--nodes-dir", nodes.to_str().unwrap()]).json();
    let names: Vec<&str> =
        view["nodes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(names.contains(&"alpha") && names.contains(&"beta") && names.len() == 3, "{names:?}");
    for hostile in ["-oProxyCommand=x", "../etc", "a b", "$(id)", ""] {
        assert!(!collect(&["--", hostile]).failure().is_empty(), "{hostile}");
    }
}

#[test]
fn what_was_automatic_when_pinned_comes_back_when_a_manual_metric_goes() {
    let office = Office::new("golden-d");
    let metrics = || -> Vec<u64> {
        let view = office.run(&["show", "--format", "json"]).json();
        view["networks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["metric"].as_u64().unwrap())
            .collect()
    };
    let before = metrics();
    office.run(&["pin"]).success();
    assert_eq!(metrics(), before);
    office.run(&["set", "10.0.0.0/24", "metric=7"]).success();
    office.run(&["unset", "10.0.0.0/24", "metric"]).success();
    assert_eq!(metrics(), before, "the frozen metric is back");
}

#[test]
fn a_new_name_moves_nothing_and_references_follow_it() {
    let office = Office::new("golden-a");
    fs::create_dir_all(office.policy().parent().unwrap()).unwrap();
    fs::write(office.policy(), "[migration]\norder = [\"Cluster Network 2\"] # agreed\n").unwrap();
    let changed = office.run(&["set", "Cluster Network 2", "name=LM"]).success();
    assert!(changed.contains("Heartbeat/CSV   stays on LM"), "{changed}");
    assert!(changed.contains("Live migration  stays on LM"), "{changed}");
    let text = fs::read_to_string(office.policy()).unwrap();
    assert!(text.contains("order = [\"LM\"] # agreed"), "{text}");
    fs::write(office.policy(), "[migration]\nexclude = [\"iSCSII\"]\n").unwrap();
    let shown = office.run(&["show"]).success();
    assert!(
        shown.contains("the policy's migration names iSCSII: there is no such network"),
        "{shown}"
    );
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let mut command = support::program();
    command.args(["show", "--from", &golden("golden-a")]);
    command.env("NETPLAN_CLUSTER_POLICY", "").env("NETPLAN_CLUSTER_NODES_DIR", "");
    support::Run::from(command.output().unwrap()).success();
}

#[test]
fn the_table_stays_within_any_page() {
    for case in ["three-nodes-one-link-down", "golden-e", "left-out", "dual-stack"] {
        for columns in ["40", "60", "80", "132"] {
            let mut command = support::program();
            command.args(["show", "--all", "--explain", "--from", &golden(case)]);
            let shown =
                support::Run::from(command.env("COLUMNS", columns).output().unwrap()).success();
            let width: usize = columns.parse().unwrap();
            for line in shown.lines() {
                assert!(line.chars().count() <= width, "{case} at {columns}: {line}");
            }
        }
    }
}

#[test]
fn a_node_is_not_named_as_an_option_or_a_path() {
    for name in ["-oProxyCommand=x", "../x", "a/b"] {
        let refused = run(["discover", &format!("--node={name}")]).failure();
        assert!(refused.contains("--node: the node's name"), "{refused}");
    }
}
