use super::*;
use crate::model::{
    Address, Device, Fact, Gap, Interface, InterfaceKind, NextHop, NodeInventory, Route, Scope,
    Source, StorageSession, StorageTransport, SwitchPort,
};

const IPOIB_MAC: &str = "80:00:00:48:fe:80:00:00:00:00:00:00:0c:42:a1:03:00:6c:12:34";

fn mac(text: &str) -> Mac {
    Mac::try_from(text.to_owned()).unwrap()
}

fn address(text: &str) -> Address {
    Address { address: text.parse().unwrap(), peer: None, scope: Scope::Global, flags: Vec::new() }
}

/// A node that tells its link-layer addresses and its name in every place it can.
fn node() -> NodeInventory {
    let mut inventory = NodeInventory::empty("Head1.example.org".into(), Source::Netlink);
    let mut nic = Interface::new("enx525400aabbcc", 2, InterfaceKind::Physical);
    nic.mac = Some(mac("52:54:00:aa:bb:cc"));
    nic.permanent_mac = Some(mac("52:54:00:aa:bb:cd"));
    nic.switch = Some(SwitchPort {
        switch_id: Some("525400aabb00cafe".into()),
        port_id: Some("525400aabbcc".into()),
        port_name: Some("p0".into()),
    });
    nic.addresses = vec![
        address("10.0.0.5/24"),
        address("fe80::5054:ff:feaa:bbcc/64"),
        address("fd00::5054:ff:feaa:bbcd/64"),
        address("fd00::5/64"),
    ];
    let mut ib = Interface::new("ib0", 3, InterfaceKind::Infiniband);
    ib.mac = Some(mac(IPOIB_MAC));
    ib.addresses = vec![address("fe80::e42:a103:6c:1234/64")];
    ib.device = Some(Device { rdma: Some("ibx0c42a103006c1234".into()), ..Device::default() });
    let lo = Interface {
        mac: Some(mac("00:00:00:00:00:00")),
        ..Interface::new("lo", 1, InterfaceKind::Loopback)
    };
    inventory.interfaces = vec![lo, nic, ib];
    inventory.routes = vec![Route {
        destination: "fd01::5054:ff:feaa:bbcc/128".parse().unwrap(),
        table: 254,
        next_hops: vec![NextHop {
            interface: "enx525400aabbcc".into(),
            gateway: Some("fe80::5054:ff:feaa:bbcc".parse().unwrap()),
        }],
        priority: 0,
    }];
    inventory.storage_sessions = vec![StorageSession {
        transport: StorageTransport::Iscsi,
        portal: "10.9.0.1".parse().unwrap(),
        port: Some(3260),
        target: Some("iqn.2001-04.org.example:head1-boot".into()),
        interface: Some("enx525400aabbcc".into()),
    }];
    inventory.gaps = vec![Gap {
        interface: Some("enx525400aabbcc".into()),
        fact: Fact::Speed,
        cause: "head1: 52-54-00-AA-BB-CC (Head1-ib, HEAD1.EXAMPLE.ORG.) at \
                fe80::5054:ff:feaa:bbcc, guid 0c42:a103:006c:1234"
            .into(),
    }];
    inventory
}

fn redacted(redactor: &Redactor) -> NodeInventory {
    let mut inventory = node();
    redactor.inventory(&mut inventory);
    inventory
}

#[test]
fn nothing_of_the_original_is_left_in_the_document() {
    let inventory = redacted(&Redactor::new(None));
    let json = serde_json::to_string(&inventory).unwrap().to_lowercase();
    for secret in [
        "aa:bb", "aa-bb", "aabb", "feaa", "bbcc", "bbcd", "head1", "example", "a103", "a1:03",
        "1234", "12:34", "cafe",
    ] {
        assert!(!json.contains(secret), "{secret} in {json}");
    }
    for kept in ["10.0.0.5/24", "fd00::5/64", "10.9.0.1", "\"p0\"", "00:00:00:00:00:00"] {
        assert!(json.contains(kept), "{kept} not in {json}");
    }
}

#[test]
fn the_redacted_document_is_consistent_in_itself() {
    let inventory = redacted(&Redactor::new(None));
    let [nic, ib, _] = inventory.interfaces.as_slice() else {
        panic!("{inventory:?}");
    };
    let bytes = nic.mac.as_ref().unwrap().bytes();
    assert_eq!((bytes.len(), bytes[0] & 3), (ETHERNET, 2));
    let bare = hex_groups(bytes, ETHERNET, "");
    assert_eq!(nic.name.as_str(), format!("enx{bare}"));
    let port = nic.switch.as_ref().unwrap().port_id.as_deref();
    assert_eq!(port, Some(bare.as_str()));
    let identifier = eui64(bytes).unwrap();
    let ends_with = |address: IpAddr, identifier: &[u8]| match address {
        IpAddr::V6(address) => address.octets().ends_with(identifier),
        IpAddr::V4(_) => false,
    };
    assert!(ends_with(nic.addresses[3].address.ip(), &identifier));
    let route = &inventory.routes[0];
    assert_eq!(route.next_hops[0].interface, nic.name);
    assert!(ends_with(route.next_hops[0].gateway.unwrap(), &identifier));
    assert!(ends_with(route.destination.address(), &identifier));
    let guid = ib.mac.as_ref().unwrap().bytes().split_at(GUID_AT).1;
    assert!(ends_with(ib.addresses[0].address.ip(), guid));
    let cause = &inventory.gaps[0].cause;
    assert!(cause.contains(inventory.node.as_str()), "{cause}");
    assert!(cause.contains(&nic.addresses[3].address.ip().to_string()), "{cause}");
}

#[test]
fn the_same_address_is_the_same_in_every_inventory_and_run() {
    let redactor = Redactor::new(Some(b"key"));
    let mut other = node();
    other.node = "head2".into();
    redactor.inventory(&mut other);
    let first = redacted(&Redactor::new(Some(b"key")));
    assert_eq!(first, redacted(&redactor));
    assert_eq!(first.interfaces, other.interfaces);
    assert_ne!(first.node, other.node);
    let unkeyed = redacted(&Redactor::new(None));
    assert_ne!(first.interfaces[0].mac, unkeyed.interfaces[0].mac);
    assert_ne!(first.node, unkeyed.node);
}

#[test]
fn other_nodes_are_found_in_texts_once_learned() {
    let mut redactor = Redactor::new(None);
    let mut other = NodeInventory::empty("head2".into(), Source::Netlink);
    other.gaps = vec![Gap {
        interface: None,
        fact: Fact::Link,
        cause: "asked head1 for 52:54:00:aa:bb:cc".into(),
    }];
    redactor.learn_inventory(&node());
    redactor.inventory(&mut other);
    let nic = redactor.mac(&mac("52:54:00:aa:bb:cc"));
    let expected = format!("asked {} for {nic}", redactor.host("head1"));
    assert_eq!(other.gaps[0].cause, expected);
}

#[test]
fn addresses_keep_their_length_and_shape() {
    let redactor = Redactor::new(None);
    for kept in ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "0a:00:00:05"] {
        assert_eq!(redactor.mac(&mac(kept)), mac(kept));
    }
    let redacted = redactor.mac(&mac(IPOIB_MAC));
    let (kept, guid) = redacted.bytes().split_at(GUID_AT);
    let original = mac(IPOIB_MAC);
    assert_eq!(kept, original.bytes().split_at(GUID_AT).0);
    assert_eq!(guid.len(), 8);
    assert_ne!(guid, original.bytes().split_at(GUID_AT).1);
    let eight = redactor.mac(&mac("0c:42:a1:03:00:6c:12:34"));
    assert_eq!(eight.bytes(), guid);
}

#[test]
fn bytes_are_replaced_at_the_same_length() {
    let mut redactor = Redactor::new(None);
    let known = mac("52:54:00:aa:bb:cc");
    redactor.learn_mac(&known);
    redactor.learn_mac(&mac("00:00:00:00:00:00"));
    let message = |mac: &Mac| {
        let mut bytes = vec![0, 0, 0, 0, 0, 0, 0, 10, 0, 1, 0];
        bytes.extend(mac.bytes());
        bytes.extend([0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0]);
        bytes.extend(eui64(mac.bytes()).unwrap());
        bytes.extend(format!("enx{}\0", hex_groups(mac.bytes(), 6, "")).bytes());
        bytes
    };
    let mut bytes = message(&known);
    redactor.bytes(&mut bytes);
    assert_eq!(bytes, message(&redactor.mac(&known)));
}

#[test]
fn texts_lose_addresses_and_whole_names_only() {
    let mut redactor = Redactor::new(None);
    redactor.learn_mac(&mac("52:54:00:aa:bb:cc"));
    redactor.learn_host("n1.example");
    redactor.learn_host("192.0.2.7");
    let new = redactor.mac(&mac("52:54:00:aa:bb:cc"));
    assert_eq!(redactor.text("52:54:00:AA:bb:CC\n"), format!("{new}\n"));
    let (short, full) = (redactor.host("n1"), redactor.host("n1.example"));
    assert_eq!(
        redactor.text("N1 n1.example: n10 an1 n1-ib é192.0.2.7 fe80::1 12:30:59"),
        format!("{short} {full}: n10 an1 {short}-ib é192.0.2.7 fe80::1 12:30:59")
    );
    assert!(short.len() == 13 && short.starts_with("node-"), "{short}");
}

#[test]
fn short_identifiers_stay_different() {
    let redactor = Redactor::new(None);
    let ports: std::collections::BTreeSet<String> =
        (0..=255).map(|port| redactor.identifier(&format!("{port:02x}"))).collect();
    assert_eq!(ports.len(), 256);
}

#[test]
fn an_identifier_is_found_in_bytes_once_learned() {
    let mut redactor = Redactor::new(None);
    redactor.learn_identifier("0102030405060708");
    let mut bytes = [9, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    redactor.bytes(&mut bytes);
    let found = hex_groups(&bytes[1..9], 8, "");
    assert_eq!(found, redactor.identifier("0102030405060708"));
    assert_eq!((bytes[0], bytes[9]), (9, 9));
}

#[test]
fn storage_targets_and_routers_are_found_once_an_inventory_is_learned() {
    let mut redactor = Redactor::new(None);
    let mut inventory = node();
    let router = "fe80::0211:22ff:fe33:4455".parse().unwrap();
    inventory.routes[0].next_hops[0].gateway = Some(router);
    redactor.learn_inventory(&inventory);
    let text = redactor.text("iqn.2001-04.org.example:head1-boot\n");
    assert!(text.starts_with("iqn.1970-01.redacted:"), "{text}");
    let mut bytes = [0x00, 0x11, 0x22, 0x33, 0x44, 0x55];
    redactor.bytes(&mut bytes);
    assert_eq!(bytes, redactor.mac(&mac("00:11:22:33:44:55")).bytes());
}

#[test]
fn names_in_paths_lose_addresses_only() {
    let mut redactor = Redactor::new(None);
    redactor.learn_inventory(&node());
    let path = redactor.path("/sys/class/net/head1-br0/lower_enx525400aabbcc");
    assert!(path.starts_with("/sys/class/net/head1-br0/lower_enx"), "{path}");
    assert!(!path.contains("aabbcc") && path.len() == 46, "{path}");
}

#[test]
fn targets_keep_their_type() {
    let redactor = Redactor::new(None);
    for (name, start) in [
        ("iqn.2001-04.org.example:disk", "iqn.1970-01.redacted:"),
        ("nqn.2014-08.org.nvmexpress:uuid:x", "nqn.1970-01.redacted:"),
        ("eui.02004567A425678D", "eui."),
        ("something", "target-"),
    ] {
        let target = redactor.target(name);
        assert!(target.starts_with(start) && target.len() == start.len() + 16, "{target}");
        assert_eq!(target, redactor.target(name));
    }
}
