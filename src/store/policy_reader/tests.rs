use super::*;

fn problems(text: &str) -> Vec<String> {
    parse_policy(text).1.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_full_policy_is_read() {
    let text = r#"
schema = "netplan-cluster/policy/1"
metric_scheme = "2012"
[interfaces]
include = ["dummy0"]
exclude = ["n1/eno4", "wg*"]
ipv6_link_local = true
[migration]
order = ["LM", "10.0.2.0/24"]
exclude = ["Host Access"]
[failback]
hold_s = 30
[naming]
next_number = 7
[network."10.0.1.0/24"]
name = "LM"
role = 1
metric = 900
description = "25G"
[network."fd00::/64"]
role = 3
pinned_metric = 10000
"#;
    let (policy, PolicyText { problems, .. }) = parse_policy(text);
    assert_eq!(problems, []);
    assert_eq!(policy.metric_scheme, MetricScheme::W2012);
    assert_eq!(policy.interfaces.exclude.len(), 2);
    assert!(policy.interfaces.ipv6_link_local);
    assert!(matches!(&policy.migration.order, MigrationOrder::List(list) if list.len() == 2));
    assert_eq!((policy.failback.hold_s, policy.naming.next_number), (30, Some(7)));
    assert_eq!(policy.networks.len(), 2);
}

#[test]
fn places_are_found_in_every_notation() {
    for (text, column) in [
        ("\nnetwork.\"10.0.0.0/24\".role = 0", 23),
        ("\nnetwork.'10.0.0.0/24'.role = 0", 23),
        ("\n\"network\" . \"10.0.0.0\\u002f24\" . \"role\" = 0", 34),
        ("\nnetwork = { \"10.0.0.0/24\" = { name = \"a\", role = 0 } }", 43),
        ("\nnetwork.\"10.0.0.0/24\" = { role = 0 }", 27),
        ("[network]\n\"10.0.0.0/24\".role = 0", 15),
        ("[network.\"10.0.0.0/24\"]\nrole = 0", 1),
    ] {
        let found = parse_policy(text).1;
        let subnets = ["10.0.0.0/24".parse().unwrap()];
        let place = found.place_of_network(&subnets, "role").map(|it| (it.line, it.column));
        assert_eq!(place, Some((2, column)), "{text}");
        let line = if text.starts_with('[') && column == 1 { 1 } else { 2 };
        let entry = found.place_of_network(&subnets, "").map(|it| it.line);
        assert_eq!(entry, Some(line), "{text}");
    }
}

#[test]
fn inline_and_dotted_forms_mean_the_same() {
    let forms = [
        "network.\"10.0.0.0/24\".role = 0",
        "network = { \"10.0.0.0/24\" = { role = 0 } }",
        "[network]\n\"10.0.0.0/24\".role = 0",
    ];
    for text in forms {
        let (policy, PolicyText { problems, .. }) = parse_policy(text);
        assert_eq!(problems, [], "{text}");
        assert_eq!(policy.networks.values().next().unwrap().role, Some(Role::None));
    }
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let found = |text: &str| problems(text).join("; ");
    assert!(found("netwrk = 1").starts_with("1:1: netwrk: unknown key; known here: schema"));
    let role = found("[network.\"10.0.0.0/24\"]\nrole = 2");
    assert!(role.starts_with("2:8: network.\"10.0.0.0/24\".role: role 2 (clients only)"), "{role}");
    assert!(found("[network.\"10.0.0.0/24\"]\nmetric = 0").contains("metric 0 is outside"));
    let metric = found("[network.\"10.0.0.0/24\"]\nmetric = 268435456");
    assert!(metric.contains("metric 268435456 is outside 1 to 268435455"));
    let kind = found("[network.\"10.0.0.0/24\"]\nmetric = \"auto\"");
    assert!(kind.contains("expected a number (leave it out for auto), found string \"auto\""));
    assert!(found("[network.\"10.0.0.5/24\"]\nrole = 1").contains("subnet is 10.0.0.0/24"));
    assert!(found("[interfaces]\ninclude = [\"a***\", 5]").contains("interfaces.include[1]"));
    assert!(found("metric_scheme = \"2016\"").contains("is none of 2008r2, 2012"));
    assert!(found("[failback]\nhold_s = -1").contains("-1 is outside 0 to 4294967295"));
    assert!(found("a = ").starts_with("1:5: "));
    assert!(found("network = 5").contains("expected a table of subnets"));
    assert!(found("schema = \"x/1\"").contains("schema \"x/1\" is not this program's"));
}

#[test]
fn names_are_unique_and_sane() {
    let two = "[network.\"10.0.0.0/24\"]\nname = \"LM\"\n[network.\"10.0.1.0/24\"]\nname = \"lm\"";
    assert!(problems(two)[0].contains("10.0.0.0/24 is called \"lm\" already"), "{two}");
    for name in ["", " x", "a\\nb", "10.0.0.0/8"] {
        let text = format!("[network.\"10.0.0.0/24\"]\nname = \"{name}\"");
        assert!(problems(&text)[0].contains("can't be a network's name"), "{name}");
    }
    let notations = "[network.\"fd00::/64\"]\nrole = 1\n[network.\"FD00::/64\"]\nrole = 1";
    assert!(problems(notations)[0].contains("has two entries"));
}

#[test]
fn virtual_machines_are_declared_in_the_units_of_people() {
    let text = "[[vm]]\nname = \"db1\"\nmemory = \"64GiB\"\nworking_set = \"8GiB\"\n\
                dirty_rate = \"150MiB/s\"\nvmm = \"qemu-10\"\npolicy = \"nova\"\n\
                downtime_limit = \"0.5s\"\n";
    let (policy, PolicyText { problems, .. }) = parse_policy(text);
    assert_eq!(problems, []);
    let vm = &policy.vms[0];
    assert_eq!((vm.memory_bytes, vm.working_set_bytes), (64 << 30, Some(8 << 30)));
    assert_eq!((vm.pages_per_s, vm.downtime_limit_ms), (38_400, Some(500)));
    assert_eq!(vm.place.line, 1);
}

#[test]
fn mistakes_in_virtual_machines_are_named() {
    let found = |text: &str| problems(text).join("; ");
    assert!(found("[[vm]]\nname = \"a\"").contains("\"memory\" is missing"));
    let size = found("[[vm]]\nname = \"a\"\nmemory = \"64 apples\"");
    assert!(size.contains("vm[0].memory: \"64 apples\""), "{size}");
    assert!(found("[[vm]]\nname = \"a\"\nmemory = 5").contains("expected a string"));
    let vmm = found("[[vm]]\nname = \"a\"\nmemory = \"1G\"\nvmm = \"vbox\"");
    assert!(vmm.contains("is none of qemu-7.2"), "{vmm}");
    assert!(found("vm = 5").contains("[[vm]]"));
    let nothing = found("[[vm]]\nname = \"a\"\nmemory = \"0\"");
    assert!(nothing.contains("vm[0].memory: a size above 0"), "{nothing}");
    for wrong in [size, nothing] {
        assert!(!wrong.contains("missing"), "{wrong}");
    }
    let beyond = found("[[vm]]\nname = \"a\"\nmemory = \"1GiB\"\nworking_set = \"2GiB\"");
    assert!(beyond.contains("vm[0].working_set: the working set is larger"), "{beyond}");
    let one = "[[vm]]\nname = \"a\"\nmemory = \"1GiB\"\n";
    let twice = found(&format!("{one}{one}"));
    assert!(twice.contains("vm[1].name: the VM of line 1 is called \"a\" already"), "{twice}");
}
