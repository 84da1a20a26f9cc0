//! Addresses and routes.

use std::net::Ipv4Addr;

use netplan_cluster::model::AddressFlag;

use crate::wire::*;

#[test]
fn three_nics_and_a_gateway() {
    let mut recording = recording();
    let links = (2..5).map(|index| nic(index, &format!("eth{index}")));
    recording.netlink.link = dump(links);
    recording.netlink.route4 = dump(vec![
        route(2, 0, &[ip(5, "10.0.2.254"), number(4, 2), number(6, 100)]),
        route(2, 24, &[ip(1, "10.0.2.0"), number(4, 2)]),
        route(2, 8, &[ip(1, "10.0.0.0"), ip(5, "10.0.3.1"), number(4, 3)]),
        route(2, 0, &[ip(5, "10.0.9.1"), number(4, 9)]),
        route(2, 0, &[number(30, 11)]),
    ]);
    let inventory = decode(&recording);
    let told: Vec<_> = inventory
        .routes
        .iter()
        .map(|route| {
            let hop = &route.next_hops[0];
            let gateway = hop.gateway.unwrap().to_string();
            (route.destination.to_string(), hop.interface.to_string(), gateway)
        })
        .collect();
    let expected = [("0.0.0.0/0", "eth2", "10.0.2.254"), ("10.0.0.0/8", "eth3", "10.0.3.1")];
    let own = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(told, expected.map(own));
    let causes = causes(&inventory);
    assert!(causes.iter().any(|cause| cause.contains("index 9")));
    assert!(causes.iter().any(|cause| cause.contains("next-hop object 11")));
}

#[test]
fn dual_stack_flags_depend_on_the_family() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0")]);
    recording.netlink.addr = dump(vec![
        address(2, "10.0.0.2", 24, 0x81),
        address(2, "fd00::2", 64, 0x01),
        address(2, "fd00::3", 64, 0x2e8),
        address(9, "fd00::4", 64, 0x80),
        address(2, "10.0.0.9", 40, 0x80),
    ]);
    let inventory = decode(&recording);
    let flags = |place: usize| &inventory.interfaces[0].addresses[place].flags;
    assert_eq!(flags(0), &[AddressFlag::Secondary]);
    assert_eq!(flags(1), &[AddressFlag::Temporary, AddressFlag::Dynamic]);
    assert_eq!(
        flags(2),
        &[
            AddressFlag::Deprecated,
            AddressFlag::Tentative,
            AddressFlag::Dadfailed,
            AddressFlag::Noprefixroute
        ]
    );
    let causes = causes(&inventory);
    assert!(causes.iter().any(|cause| cause.contains("index 9")));
    assert!(causes.iter().any(|cause| cause.contains("prefix length 40")));
}

#[test]
fn ipv6_only_with_a_gateway_that_serves_ipv4() {
    let mut recording = recording();
    recording.netlink.link = dump(vec![nic(2, "eth0")]);
    recording.netlink.addr = dump(vec![address(2, "2001:db8::2", 64, 0x80)]);
    let via =
        [&10_u16.to_ne_bytes()[..], &"fe80::1".parse::<std::net::Ipv6Addr>().unwrap().octets()];
    recording.netlink.route4 = dump(vec![route(2, 0, &[attr(18, &via.concat()), number(4, 2)])]);
    let default6 = route(10, 0, &[ip(5, "fe80::1"), number(4, 2), number(6, 1024)]);
    // A kernel without IPv6 repeats IPv4 routes.
    let stray = route(2, 0, &[ip(5, "10.0.0.1"), number(4, 2)]);
    recording.netlink.route6 = dump(vec![default6, stray]);
    let inventory = decode(&recording);
    assert_eq!(inventory.routes.len(), 2);
    for route in &inventory.routes {
        assert_eq!(route.next_hops[0].gateway.unwrap().to_string(), "fe80::1");
    }
}

#[test]
fn many_interfaces_and_routes_stay_in_bounds() {
    let mut recording = recording();
    let links: Vec<_> = (1..=256).map(|index| nic(index, &format!("eth{index}"))).collect();
    recording.netlink.link = links.chunks(32).flat_map(|chunk| dump(chunk.to_vec())).collect();
    let routes = (0..9000_u32).map(|number| {
        let destination = Ipv4Addr::from(0x0a00_0000 + (number << 8)).to_string();
        route(2, 24, &[ip(1, &destination), ip(5, "10.0.0.1"), self::number(4, 2)])
    });
    let default = route(2, 0, &[ip(5, "10.0.0.1"), number(4, 2)]);
    let routes: Vec<_> = routes.chain([default]).collect();
    recording.netlink.route4 = dump(routes.clone());
    let inventory = decode(&recording);
    recording.netlink.route4 = dump(routes.into_iter().rev());
    assert_eq!(decode(&recording), inventory);
    assert_eq!(inventory.interfaces.len(), 256);
    assert_eq!(inventory.routes.len(), 4097);
    assert!(inventory.routes[0].is_default());
    assert!(causes(&inventory).iter().any(|cause| cause.starts_with("4904 routes left out")));
}
