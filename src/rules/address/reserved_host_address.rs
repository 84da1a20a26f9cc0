//! ADR006 reserved-host-address.

use std::net::IpAddr;

use super::seats::seats;
use crate::model::{Address, Severity};
use crate::rules::phrase::word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ADR006",
    name: "reserved-host-address",
    severity: Severity::Error,
    docs: Docs {
        what: "An interface has the first address of its prefix, or the last one of an IPv4 \
               prefix. The first is IPv4's network address and IPv6's subnet-router anycast \
               address, the last is IPv4's broadcast address. /31, /32, /127 and /128 reserve \
               none.",
        why: "Neighbours treat packets to such an address as broadcasts, or any router answers in \
              the node's place.",
        example: "eth0 of node1 has 10.0.1.255/24.",
        remedy: "Give the interface an address between the first and the last of its prefix.",
        source: "RFC 1122, section 3.2.1.3; RFC 3021 for /31; RFC 4291, section 2.6.1, and RFC \
                 6164 for IPv6.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for seat in seats(site) {
        for address in &seat.addresses {
            let Some(meaning) = reserved(address) else { continue };
            let (full, name) = (address.address, word(&seat.interface.name));
            report.find(
                seat.spot(),
                format!("{full} is the {meaning} address of its subnet"),
                format!("give {name} a host address, then: ip address del {full} dev {name}"),
            );
        }
    }
}

/// What an address of its prefix is reserved for. On a point-to-point link the prefix is not its
/// own.
fn reserved(address: &Address) -> Option<&'static str> {
    let network = address.address;
    let bits = if network.is_ipv4() { 32 } else { 128 };
    if address.peer.is_some() || network.prefix() + 1 >= bits {
        return None;
    }
    match network.ip() {
        IpAddr::V4(_) if network.ip() == network.network() => Some("network"),
        IpAddr::V4(_) if network.ip() == network.broadcast() => Some("broadcast"),
        IpAddr::V6(_) if network.ip() == network.network() => Some("subnet-router anycast"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::say;
    use crate::testkit::{Node, healthy};

    fn said(address: &str) -> Vec<String> {
        say(&RULE, &[Node::new("n1").nic("eth0", &[address]).done()]).found
    }

    #[test]
    fn fires_on_the_first_and_the_last_address() {
        let place = "n1/eth0@Cluster Network 1: ";
        let of = |text: &str| vec![format!("{place}{text} address of its subnet")];
        assert_eq!(said("10.0.1.0/24"), of("10.0.1.0/24 is the network"));
        assert_eq!(said("10.0.1.255/24"), of("10.0.1.255/24 is the broadcast"));
        assert_eq!(said("fd00::/64"), of("fd00::/64 is the subnet-router anycast"));
    }

    #[test]
    fn is_silent_between_them() {
        say(&RULE, &healthy(3)).silent();
        for address in ["10.0.0.255/23", "10.0.1.0/23", "10.0.1.254/24", "fd00::ffff/112"] {
            assert!(said(address).is_empty(), "{address}");
        }
    }

    #[test]
    fn the_smallest_prefixes_reserve_nothing() {
        for address in ["10.0.1.0/31", "10.0.1.1/31", "10.0.1.0/32", "fd00::/127", "fd00::/128"] {
            assert!(said(address).is_empty(), "{address}");
        }
        for address in ["10.0.1.0/30", "10.0.1.3/30", "fd00::/126"] {
            assert_eq!(said(address).len(), 1, "{address}");
        }
        assert!(said("fd00::3/126").is_empty());
    }
}
