//! Files, folders and documents as they are imported, right and wrong ones.

#![expect(clippy::disallowed_methods, reason = "writes files to import")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use netplan_cluster::import::{ImportError, parse, read, read_neighbours, read_nodes_dir};
use netplan_cluster::model::{
    AddressFlag, Device, Fact, Interface, InterfaceKind, InterfaceName, NodeInventory, NodeName,
    Scope, Source,
};
use serde_json::Value;

const SHAPES: [&str; 4] = ["docker", "mixed", "proxmox", "vrf"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn one(text: &str) -> NodeInventory {
    let mut all = parse(text.as_bytes(), "n1.json", Some(&NodeName::new("n1"))).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn error(text: &str) -> String {
    parse(text.as_bytes(), "n1.json", Some(&NodeName::new("n1"))).unwrap_err().to_string()
}

/// Without what iproute2 can't tell.
fn comparable(mut inventory: NodeInventory) -> NodeInventory {
    inventory.source = Source::Iproute2;
    inventory.taken_at = None;
    inventory.gaps.clear();
    inventory.own_addresses.clear();
    inventory.resolvers.clear();
    for interface in &mut inventory.interfaces {
        interface.speed_mbps = None;
        interface.duplex = None;
        interface.counters = None;
        interface.rp_filter = None;
        let device = interface.device.take();
        interface.device =
            device.map(|device| Device { bus: device.bus, name: device.name, ..Device::default() });
    }
    inventory
}

#[test]
fn netlink_and_iproute2_tell_the_same() {
    for shape in SHAPES {
        let netlink = fixtures().join("netlink").join(shape).join("recording.json");
        let iproute2 = fixtures().join("iproute2").join(shape);
        let inventories = read(&[netlink, iproute2]).unwrap();
        let [netlink, iproute2] = <[_; 2]>::try_from(inventories).unwrap();
        assert_eq!(netlink.node.as_str(), shape);
        assert!(netlink.interfaces.len() > 4);
        assert_eq!(comparable(netlink), comparable(iproute2), "{shape}");
    }
}

#[test]
fn an_inventory_survives_being_written_and_read() {
    for inventory in read(&[fixtures().join("iproute2")]).unwrap() {
        let text = serde_json::to_string(&inventory).unwrap();
        assert_eq!(one(&text), inventory);
    }
}

#[test]
fn what_iproute2_can_not_tell_is_one_gap_each() {
    let inventory = read(&[fixtures().join("iproute2/proxmox")]).unwrap().remove(0);
    let facts: Vec<Fact> = inventory.gaps.iter().map(|gap| gap.fact).collect();
    assert_eq!(
        facts,
        [
            Fact::Speed,
            Fact::Device,
            Fact::Rdma,
            Fact::Counters,
            Fact::StorageSessions,
            Fact::ReversePathFilter,
            Fact::OwnName,
            Fact::Resolvers,
            Fact::Neighbours,
        ]
    );
    assert!(inventory.gaps.iter().all(|gap| gap.interface.is_none()));
}

const NIC: &str = r#"{"ifindex":2,"ifname":"eth0","flags":["UP","LOWER_UP"],"mtu":1500,
    "operstate":"UP","link_type":"ether","address":"52:54:00:00:00:01","promiscuity":0}"#;

const LLDP: &str = r#"{"lldp":{"interface":{"eth0":{"via":"LLDP","chassis":{"sw1":{"id":
    {"type":"mac","value":"00:00:5e:00:53:01"}}},"port":{"id":{"type":"ifname","value":"Eth1/7"}}}}}}"#;

#[test]
fn neighbours_are_told_by_the_output_of_lldpcli() {
    let seen = |inventory: &NodeInventory| {
        let gaps = inventory.gaps.iter().filter(|gap| gap.fact == Fact::Neighbours).count();
        (inventory.interfaces[0].neighbours.clone(), gaps)
    };
    let (neighbours, gaps) = seen(&one(&format!(r#"{{"link":[{NIC}],"lldp":{LLDP}}}"#)));
    assert_eq!((neighbours[0].chassis.as_str(), gaps), ("00:00:5e:00:53:01", 0));
    assert_eq!(neighbours[0].name.as_deref(), Some("sw1"));
    assert_eq!(neighbours[0].port.as_deref(), Some("Eth1/7"));
    assert_eq!(seen(&one(&format!(r#"{{"link":[{NIC}],"lldp":null}}"#))), (vec![], 1));
    assert_eq!(seen(&one(&format!(r#"{{"link":[{NIC}],"lldp":{{"lldp":{{}}}}}}"#))), (vec![], 0));

    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("n1");
    fs::create_dir(&node).unwrap();
    fs::write(node.join("link.json"), format!("[{NIC}]")).unwrap();
    fs::write(node.join("lldp.json"), LLDP).unwrap();
    assert_eq!(seen(&read(std::slice::from_ref(&node)).unwrap()[0]), (neighbours.clone(), 0));
    let told = read_neighbours(&node.join("lldp.json")).unwrap();
    assert_eq!(told[&InterfaceName::new("eth0")], neighbours);
    fs::write(node.join("lldp.json"), "[]").unwrap();
    let wrong = read(&[node]).unwrap_err().to_string();
    assert!(
        wrong.ends_with(
            "n1/lldp.json: not the output of lldpcli -f json show neighbors, which has the key lldp"
        ),
        "{wrong}"
    );
}

#[test]
fn missing_lists_are_gaps() {
    let inventory = one(&format!(r#"{{"link":[{NIC}],"route":null}}"#));
    for fact in [Fact::Addresses, Fact::Routes4, Fact::Routes6] {
        let gaps = inventory.gaps.iter().filter(|gap| gap.fact == fact);
        assert_eq!(gaps.count(), 1, "{fact:?}");
    }
}

#[test]
fn a_list_without_details_is_a_gap() {
    let plain = r#"{"link":[{"ifindex":2,"ifname":"eth0","flags":[],"mtu":1500}]}"#;
    let inventory = one(plain);
    assert!(inventory.gaps.iter().any(|gap| gap.fact == Fact::Link));
    let detailed = one(&format!(r#"{{"link":[{NIC}]}}"#));
    assert!(!detailed.gaps.iter().any(|gap| gap.fact == Fact::Link));
}

#[test]
fn empty_objects_and_unknown_keys_are_skipped() {
    let inventory = one(&format!(
        r#"{{"link":[{{}},{NIC},{{}}],
            "addr":[{{}},{{"ifindex":2,"ifname":"eth0","new":1,"addr_info":[{{}},
              {{"family":"inet","local":"10.0.0.1","prefixlen":32,"address":"10.0.0.2",
                "scope":"253","dynamic":true,"noprefixroute":true}}]}}],
            "route":[{{}}],"route6":[]}}"#
    ));
    let address = &inventory.interfaces[0].addresses[0];
    assert_eq!(address.peer.unwrap().to_string(), "10.0.0.2/32");
    assert_eq!(address.scope, Scope::Link);
    assert_eq!(address.flags, [AddressFlag::Dynamic, AddressFlag::Noprefixroute]);
}

fn vrf_host(routes: &str) -> NodeInventory {
    one(&format!(
        r#"{{"link":[{NIC},{{"ifindex":3,"ifname":"mgmt","flags":["UP"],"mtu":1500,
            "linkinfo":{{"info_kind":"vrf","info_data":{{"table":100}}}}}}],
            "route":{routes},"route6":[]}}"#
    ))
}

#[test]
fn tables_are_told_by_name_and_number() {
    let inventory = vrf_host(
        r#"[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","table":"main"},
            {"dst":"default","gateway":"192.0.2.2","dev":"eth0","table":"100"},
            {"dst":"default","gateway":"192.0.2.3","dev":"eth0","table":100,"metric":7},
            {"dst":"default","gateway":"192.0.2.4","dev":"eth0","table":"default"},
            {"dst":"default","gateway":"192.0.2.5","dev":"eth0","table":"mgmt"},
            {"dst":"10.0.0.1","via":{"family":"inet6","host":"fe80::1"},"dev":"eth0"},
            {"type":"blackhole","dst":"default","metric":9},
            {"type":"local","dst":"127.0.0.1","dev":"lo","table":"local"}]"#,
    );
    let told: Vec<_> = inventory
        .routes
        .iter()
        .map(|route| (route.table, route.destination.to_string(), route.priority))
        .collect();
    let expected = [
        (100, "0.0.0.0/0", 0),
        (100, "0.0.0.0/0", 7),
        (254, "0.0.0.0/0", 0),
        (254, "10.0.0.1/32", 0),
    ];
    let expected = expected.map(|(table, subnet, metric)| (table, subnet.to_owned(), metric));
    assert_eq!(told, expected);
    let gaps = inventory.gaps.iter().filter(|gap| gap.fact == Fact::Routes4);
    let causes: Vec<_> = gaps.map(|gap| gap.cause.as_str()).collect();
    assert_eq!(causes.len(), 1);
    assert!(causes[0].contains("\"mgmt\""), "{causes:?}");
}

#[test]
fn routes_of_the_main_table_only_are_a_gap_where_vrfs_are() {
    let inventory = vrf_host(r#"[{"dst":"default","gateway":"192.0.2.1","dev":"eth0"}]"#);
    let gap = inventory.gaps.iter().find(|gap| gap.fact == Fact::Routes4);
    assert!(gap.unwrap().cause.contains("show table all"));
}

#[test]
fn ipv6_routes_of_the_first_list_count_once() {
    let route =
        r#"{"dst":"default","dev":"eth0","metric":1024,"pref":"medium","gateway":"fe80::1"}"#;
    let both = format!(r#"{{"link":[{NIC}],"route":[{route}],"route6":[{route}]}}"#);
    assert_eq!(one(&both).routes.len(), 1);
    let first = one(&format!(r#"{{"link":[{NIC}],"route":[{route}]}}"#));
    assert_eq!(first.routes.len(), 1);
    assert!(!first.gaps.iter().any(|gap| gap.fact == Fact::Routes6));
}

#[test]
fn kinds_parents_and_hardware_types_are_told() {
    let inventory = one(r#"{"link":[
        {"ifindex":1,"ifname":"lo","flags":["LOOPBACK"],"mtu":65536,"link_type":"loopback"},
        {"ifindex":2,"ifname":"ib0","flags":["UP"],"mtu":2044,"link_type":"infiniband","address":
         "80:00:00:48:fe:80:00:00:00:00:00:00:e4:1d:2d:03:00:a5:f0:51"},
        {"ifindex":3,"ifname":"tunl0","flags":[],"mtu":1480,"link":null,"link_type":"ipip",
         "address":"0.0.0.0","linkinfo":{"info_kind":"ipip"}},
        {"ifindex":4,"ifname":"eth0.5","flags":[],"mtu":1500,"link_index":9,"link_netnsid":0,
         "linkinfo":{"info_kind":"vlan","info_data":{"id":5}}},
        {"ifindex":5,"ifname":"v0","flags":[],"mtu":1500,"link":"ib0",
         "linkinfo":{"info_kind":"veth"}},
        {"ifindex":6,"ifname":"mv0","flags":[],"mtu":1500,"link":"ib0","master":"br7",
         "linkinfo":{"info_kind":"macvlan"}}]}"#);
    let [vlan, ib0, lo, macvlan, tunl0, veth] =
        <[Interface; 6]>::try_from(inventory.interfaces).unwrap();
    assert_eq!((lo.kind, ib0.kind), (InterfaceKind::Loopback, InterfaceKind::Infiniband));
    assert_eq!(ib0.mac.unwrap().bytes().len(), 20);
    assert_eq!(tunl0.mac.unwrap().bytes(), [0; 4]);
    assert!(vlan.parent_elsewhere && vlan.lowers.is_empty());
    assert_eq!(vlan.vlan_id, Some(5));
    assert!(veth.lowers.is_empty());
    assert_eq!(macvlan.lowers[0].as_str(), "ib0");
    assert_eq!(macvlan.master, None);
    assert!(inventory.gaps.iter().any(|gap| gap.cause.contains("br7")));
}

#[test]
fn only_ethernet_without_a_kind_is_physical() {
    let kind = |link_type: &str| {
        let inventory = one(&format!(
            r#"{{"link":[{{"ifindex":2,"ifname":"x0","flags":["UP"],"mtu":1500,
                "link_type":"{link_type}","promiscuity":0}}]}}"#
        ));
        inventory.interfaces[0].kind.as_str().to_owned()
    };
    assert_eq!(kind("ether"), "physical");
    assert_eq!(kind("[519]"), "arphrd-519");
    for same in ["ppp", "none", "sit", "tunnel6", "infiniband", "loopback"] {
        assert_eq!(kind(same), same);
    }
}

#[test]
fn documents_may_stand_one_after_the_other_or_in_an_array() {
    let inventory = |node: &str| {
        format!(r#"{{"schema":"netplan-cluster/inventory/1","node":"{node}","source":"netlink"}}"#)
    };
    let text = format!(
        "\u{feff}{}\n[{},{}]\n{{\"node\":\"d\",\"link\":[]}}\n",
        inventory("a"),
        inventory("b"),
        inventory("c")
    );
    let all = parse(text.as_bytes(), "all.json", None).unwrap();
    let names: Vec<_> = all.iter().map(|inventory| inventory.node.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
}

#[test]
fn errors_name_file_path_place_and_value() {
    let text = r#"{
 "schema": "netplan-cluster/inventory/1",
 "node": "n1",
 "source": "netlink",
 "interfaces": [
  {"name": "eth0", "index": 2, "kind": "physical", "mtu": "x"}]}"#;
    let expected = "n1.json: interfaces[0].mtu: invalid type: string \"x\", expected u32 \
                    at line 6 column 62";
    assert_eq!(error(text).split(" at line").next(), expected.split(" at line").next());
    assert!(error(text).contains("at line 6 column "), "{}", error(text));
    let nested = format!("\n[{{\"link\":[]}},\n {text}]");
    assert!(error(&nested).starts_with("n1.json: [1].interfaces[0].mtu: "), "{}", error(&nested));
    assert!(error(&nested).contains("at line 8 column "), "{}", error(&nested));
}

#[test]
fn wrong_values_of_iproute2_output_are_named() {
    let cases = [
        (r#"{"link":[{"ifindex":"2"}]}"#, r#"link[0].ifindex: invalid type: string "2""#),
        (r#"{"link":[{"ifindex":2}]}"#, r#"link[0]: no "ifname""#),
        (
            r#"{"link":[{"ifname":"a","ifindex":2,"flags":[],"mtu":1,"operstate":"GONE"}]}"#,
            r#"link[0].operstate: "GONE" is not a state"#,
        ),
        (
            r#"{"link":[{"ifname":"a","ifindex":2,"flags":[],"mtu":1,"address":"5g"}]}"#,
            r#"link[0].address: "5g" is not a link-layer address"#,
        ),
        (
            r#"{"link":[{"ifname":"a","ifindex":2,"flags":[],"mtu":1,"linkinfo":{"info_kind":"vlan","info_data":{"id":4096}}}]}"#,
            "link[0].linkinfo.info_data.id: 4096 is not a number from 0 to 4095",
        ),
        (r#"{"link":[],"route":[{"dst":"10.0.0.0/33"}]}"#, r#"route[0].dst: "10.0.0.0/33" is not"#),
        (r#"{"link":[],"route":[{"dev":"eth0"}]}"#, r#"route[0]: no "dst""#),
        (r#"{"link":[],"adress":[]}"#, "unknown field `adress`"),
        (r#"{"link":[],"lldp":7}"#, "n1.json: lldp: not the output of lldpcli"),
        (r#"{"link":{}}"#, "link: invalid type: map, expected a sequence"),
    ];
    for (text, expected) in cases {
        assert!(error(text).contains(expected), "{}", error(text));
    }
    let addr = |info: &str| {
        error(&format!(r#"{{"link":[{NIC}],"addr":[{{"ifindex":2,"addr_info":[{info}]}}]}}"#))
    };
    let bad = addr(r#"{"family":"inet","local":"10.0.0","prefixlen":24}"#);
    assert!(bad.contains(r#"addr[0].addr_info[0].local: "10.0.0" is not an IP address"#), "{bad}");
    let long = addr(r#"{"family":"inet","local":"10.0.0.1","prefixlen":33}"#);
    assert!(long.contains("prefixlen: 33 is not a prefix length"), "{long}");
}

#[test]
fn what_is_no_document_is_refused() {
    assert!(error("").contains("holds no document"));
    assert!(error("[]").contains("holds no document"));
    assert!(error("5").contains("neither an inventory"));
    assert!(error(r#"[{"ifname":"eth0"}]"#).contains("link.json"));
    let unknown = error(r#"{"schema":"netplan-cluster/inventory/9"}"#);
    assert!(unknown.contains("inventory/9") && unknown.contains("netplan-cluster/recording/1"));
    let nameless = parse(b"{\"link\":[]}", "-", None).unwrap_err();
    assert!(matches!(nameless, ImportError::NoNode { .. }), "{nameless}");
    let empty = error(r#"{"schema":"netplan-cluster/inventory/1","node":"","source":"netlink"}"#);
    assert_eq!(empty, "n1.json: no usable name of a node");
    for name in ["-oProxyCommand=x", "../x", ".", "..", "a/b"] {
        let refused = error(&format!(r#"{{"node":"{name}","link":[]}}"#));
        assert_eq!(refused, "n1.json: no usable name of a node");
    }
    let unknown =
        error(r#"{"schema":"netplan-cluster/inventory/1","node":"a","source":"netlink","x":1}"#);
    assert!(unknown.contains("unknown field `x`"), "{unknown}");
}

fn taken_at(time: &str) -> String {
    format!(
        r#"{{"schema":"netplan-cluster/inventory/1","node":"a","source":"netlink","taken_at":"{time}"}}"#
    )
}

#[test]
fn times_are_brought_to_utc_seconds() {
    let same = [
        "2026-11-01T08:00:00Z",
        "2026-11-01T08:00:00.999Z",
        "2026-11-01T09:00:00+01:00",
        "2026-11-01t03:30:00-04:30",
    ];
    for time in same {
        assert_eq!(one(&taken_at(time)).taken_at.unwrap(), same[0]);
        let recording = format!(
            r#"{{"schema":"netplan-cluster/recording/1","node":"a","netlink":{{}},"taken_at":"{time}"}}"#
        );
        assert_eq!(one(&recording).taken_at.unwrap(), same[0]);
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for time in ["", "yesterday", "2026-11-01", "2026-11-01T08:00:00", "2026-13-01T08:00:00Z"] {
        let expected = format!(
            "n1.json: [0].taken_at: {time:?} is not a time such as \"2026-11-01T08:00:00Z\""
        );
        assert_eq!(error(&format!("[{}]", taken_at(time))), expected);
        let recording = taken_at(time)
            .replace("inventory", "recording")
            .replace(r#""source":"netlink""#, r#""netlink":{}"#);
        assert_eq!(error(&recording), expected.replace("[0].", ""));
    }
}

#[test]
fn nothing_stands_twice() {
    let eth0 =
        r#"{"name":"eth0","index":1,"kind":"physical","mtu":1,"admin_up":true,"oper_state":"up"}"#;
    let inventory = format!(
        r#"{{"schema":"netplan-cluster/inventory/1","node":"a","source":"netlink",
            "interfaces":[{eth0},{},{eth0}]}}"#,
        eth0.replace("eth0", "eth1")
    );
    assert_eq!(
        error(&inventory),
        "n1.json: interfaces[2].name: \"eth0\" stands at interfaces[0].name already"
    );
    let link = |name: &str, index: u32| {
        format!(r#"{{"ifindex":{index},"ifname":"{name}","flags":[],"mtu":1500}}"#)
    };
    let lists = |a: String, b: String| error(&format!(r#"{{"link":[{{}},{a},{b}]}}"#));
    assert_eq!(
        lists(link("eth0", 2), link("eth0", 3)),
        "n1.json: link[2].ifname: \"eth0\" stands at link[1].ifname already"
    );
    assert_eq!(
        lists(link("eth0", 2), link("eth1", 2)),
        "n1.json: link[2].ifindex: 2 stands at link[1].ifindex already"
    );
    let addr = r#"{"ifindex":2,"ifname":"eth0","addr_info":[]}"#;
    assert_eq!(
        error(&format!(r#"{{"link":[{NIC}],"addr":[{addr},{addr}]}}"#)),
        "n1.json: addr[1].ifindex: 2 stands at addr[0].ifindex already"
    );
}

/// Turns every list around but those in which places mean something: none do in these documents.
fn turned_around(value: &mut Value) {
    match value {
        Value::Array(values) => {
            values.reverse();
            values.iter_mut().for_each(turned_around);
        }
        Value::Object(fields) => fields.values_mut().for_each(turned_around),
        _ => {}
    }
}

#[test]
fn the_order_in_a_document_does_not_matter() {
    for shape in SHAPES {
        let list = |file: &str| -> Value {
            let path = fixtures().join("iproute2").join(shape).join(file);
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
        };
        let mut output = serde_json::json!({
            "link": list("link.json"), "addr": list("addr.json"),
            "route": list("route.json"), "route6": list("route6.json"),
        });
        let inventory = one(&output.to_string());
        turned_around(&mut output);
        assert_eq!(one(&output.to_string()), inventory, "{shape}");
        let mut document = serde_json::to_value(&inventory).unwrap();
        assert_eq!(one(&document.to_string()), inventory, "{shape}");
        turned_around(&mut document);
        assert_eq!(one(&document.to_string()), inventory, "{shape}");
    }
}

#[test]
fn hostile_text_is_refused() {
    assert!(error(&"[".repeat(1 << 20)).contains("EOF"));
    let deep = format!("{}{}", r#"{"link":"#.repeat(5000), "}".repeat(5000));
    assert!(!error(&deep).is_empty());
    let deep = format!("[{}{}]", "[".repeat(5000), "]".repeat(5000));
    assert!(!error(&deep).is_empty());
    assert!(!error(r#"{"link":[{"ifindex":1e999}]}"#).is_empty());
    assert!(error(r#"{"link":[{"ifindex":99999999999}]}"#).contains("99999999999"));
    let not_text = parse(&[b'{', 0xff], "x", None).unwrap_err();
    assert!(matches!(not_text, ImportError::NotText { offset: 1, .. }));
    let large = parse(&vec![b'['; (64 << 20) + 1], "x", None).unwrap_err();
    assert!(large.to_string().contains("64 MiB"));
}

#[test]
fn truncated_text_is_an_error_at_every_length() {
    let text = fs::read_to_string(fixtures().join("iproute2/vrf/link.json")).unwrap();
    let text = format!(r#"{{"node":"n","link":{}}}"#, text.trim_end());
    for end in 1..text.len() {
        assert!(parse(&text.as_bytes()[..end], "n.json", None).is_err(), "{end}");
    }
}

#[test]
fn folders_are_read_in_order() {
    let root = tempfile::tempdir().unwrap();
    let nodes = root.path().join("nodes");
    let link = format!("[{NIC}]");
    fs::create_dir_all(nodes.join("n2")).unwrap();
    fs::write(nodes.join("n2/link.json"), &link).unwrap();
    fs::write(nodes.join("n2/notes.txt"), "x").unwrap();
    fs::write(nodes.join("n1.json"), format!(r#"{{"link":{link}}}"#)).unwrap();
    fs::write(nodes.join(".n0.json"), "broken").unwrap();
    fs::write(nodes.join("README"), "x").unwrap();
    let names = |paths: &[PathBuf]| -> Vec<String> {
        let all = read(paths).unwrap();
        all.iter().map(|inventory| inventory.node.to_string()).collect()
    };
    assert_eq!(names(std::slice::from_ref(&nodes)), ["n1", "n2"]);
    assert_eq!(names(&[nodes.join("n2/")]), ["n2"]);
    assert_eq!(names(&[nodes.join("n2/.")]), ["n2"]);
    assert_eq!(names(&[nodes.join("n2/../n2")]), ["n2"]);
    assert_eq!(names(&[nodes.join("n1.json")]), ["n1"]);
    assert_eq!(read_nodes_dir(&nodes).unwrap().len(), 2);
    assert!(read_nodes_dir(&root.path().join("none")).unwrap().is_empty());
    let missing = read(&[root.path().join("none")]).unwrap_err();
    assert!(missing.to_string().ends_with("none: no such file or folder"));
    fs::create_dir(nodes.join("n3")).unwrap();
    let no_link = read(std::slice::from_ref(&nodes)).unwrap_err();
    assert!(no_link.to_string().contains("n3: no link.json"), "{no_link}");
    assert_eq!(names(&[nodes.join("n3")]), [] as [&str; 0]);
    fs::write(nodes.join("n3/link.json"), r#"[{"ifindex":1,"ifname":3}]"#).unwrap();
    let wrong = read(&[nodes]).unwrap_err().to_string();
    assert!(wrong.contains("n3/link.json: [0].ifname: invalid type"), "{wrong}");
}

#[test]
fn pipes_are_read_when_named_but_not_out_of_a_folder() {
    let root = tempfile::tempdir().unwrap();
    let nodes = root.path().join("nodes");
    fs::create_dir_all(nodes.join("n2")).unwrap();
    let pipe = nodes.join("n1.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let refused = read(std::slice::from_ref(&nodes)).unwrap_err().to_string();
    assert!(refused.ends_with("nodes/n1.json: is not a regular file"), "{refused}");

    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::write(pipe, format!(r#"{{"link":[{NIC}]}}"#)).unwrap()
    });
    assert_eq!(read(std::slice::from_ref(&pipe)).unwrap()[0].node.as_str(), "n1");
    writer.join().unwrap();

    fs::rename(&pipe, nodes.join("n2/link.json")).unwrap();
    let refused = read_nodes_dir(&nodes).unwrap_err().to_string();
    assert!(refused.ends_with("n2/link.json: is not a regular file"), "{refused}");

    fs::remove_file(nodes.join("n2/link.json")).unwrap();
    fs::write(root.path().join("list"), format!("[{NIC}]")).unwrap();
    std::os::unix::fs::symlink("../../list", nodes.join("n2/link.json")).unwrap();
    assert_eq!(read_nodes_dir(&nodes).unwrap()[0].node.as_str(), "n2");
}

#[test]
fn a_file_in_place_of_the_nodes_folder_is_told() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("a.json");
    fs::write(&file, "{}").unwrap();
    let refused = read_nodes_dir(&file).unwrap_err().to_string();
    assert!(refused.ends_with("a.json: is not a folder"), "{refused}");
    let below = read_nodes_dir(&file.join("b")).unwrap_err().to_string();
    assert!(below.ends_with("a.json/b: can't be read"), "{below}");
}
