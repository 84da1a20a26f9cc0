//! Kinds of interfaces that have no kind of their own, by hardware type (`ARPHRD_*`).

use std::borrow::Cow;

use crate::model::InterfaceKind;

/// Names that iproute2 gives to hardware types (its `link_type`).
const NAMES: [(u16, &str); 51] = [
    (0, "generic"),
    (1, "ether"),
    (2, "eether"),
    (3, "ax25"),
    (4, "pronet"),
    (5, "chaos"),
    (6, "ieee802"),
    (7, "arcnet"),
    (8, "atalk"),
    (15, "dlci"),
    (19, "atm"),
    (23, "metricom"),
    (24, "ieee1394"),
    (32, "infiniband"),
    (256, "slip"),
    (257, "cslip"),
    (258, "slip6"),
    (259, "cslip6"),
    (264, "adapt"),
    (270, "rose"),
    (271, "x25"),
    (280, "can"),
    (290, "mctp"),
    (512, "ppp"),
    (513, "hdlc"),
    (516, "lapb"),
    (517, "ddcmp"),
    (518, "rawhdlc"),
    (768, "ipip"),
    (769, "tunnel6"),
    (770, "frad"),
    (771, "skip"),
    (772, "loopback"),
    (773, "ltalk"),
    (774, "fddi"),
    (776, "sit"),
    (777, "ip/ddp"),
    (778, "gre"),
    (779, "pimreg"),
    (780, "hippi"),
    (801, "ieee802.11"),
    (802, "ieee802.11/prism"),
    (803, "ieee802.11/radiotap"),
    (804, "ieee802.15.4"),
    (805, "ieee802.15.4/monitor"),
    (820, "phonet"),
    (823, "gre6"),
    (824, "netlink"),
    (825, "6lowpan"),
    (0xfffe, "none"),
    (0xffff, "void"),
];

/// The kind of an interface with this hardware type: only Ethernet (Wi-Fi is of that type too) is
/// taken for physical.
pub(super) fn kind_of_type(number: u16) -> InterfaceKind {
    let known = NAMES.iter().find(|(known, _)| *known == number);
    match known {
        Some((_, name)) => kind_of_link_type(name),
        None => InterfaceKind::Other(nameless(number)),
    }
}

/// The same by iproute2's name, which is `[NUMBER]` where it has none.
pub(crate) fn kind_of_link_type(name: &str) -> InterfaceKind {
    match name {
        "ether" => InterfaceKind::Physical,
        "infiniband" => InterfaceKind::Infiniband,
        "loopback" => InterfaceKind::Loopback,
        other => InterfaceKind::Other(without_brackets(other).into_owned()),
    }
}

fn without_brackets(name: &str) -> Cow<'_, str> {
    let number = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match number.and_then(|number| number.parse().ok()) {
        Some(number) => Cow::Owned(nameless(number)),
        None => Cow::Borrowed(name),
    }
}

fn nameless(number: u16) -> String {
    format!("arphrd-{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ethernet_is_physical() {
        assert_eq!(kind_of_type(1), InterfaceKind::Physical);
        assert_eq!(kind_of_type(32), InterfaceKind::Infiniband);
        assert_eq!(kind_of_type(772), InterfaceKind::Loopback);
        for (number, name) in [(512, "ppp"), (776, "sit"), (65534, "none"), (280, "can")] {
            assert_eq!(kind_of_type(number), InterfaceKind::Other(name.to_owned()));
        }
    }

    #[test]
    fn a_type_without_a_name_is_the_same_in_both_readers() {
        assert_eq!(kind_of_type(519), InterfaceKind::Other("arphrd-519".to_owned()));
        assert_eq!(kind_of_link_type("[519]"), kind_of_type(519));
        assert_eq!(kind_of_link_type("[x]"), InterfaceKind::Other("[x]".to_owned()));
    }
}
