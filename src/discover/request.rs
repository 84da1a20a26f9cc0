//! Requests to the kernel, ready to send.

use rtnetlink::packet_core::{
    NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use rtnetlink::packet_route::address::AddressMessage;
use rtnetlink::packet_route::link::LinkMessage;
use rtnetlink::packet_route::route::{RouteAttribute, RouteMessage, RouteType};
use rtnetlink::packet_route::{AddressFamily, RouteNetlinkMessage};

const GENL_ID_CTRL: u16 = 0x10;
const CTRL_CMD_GETFAMILY: u8 = 3;
const CTRL_ATTR_FAMILY_NAME: u16 = 2;
const ETHTOOL_MSG_LINKMODES_GET: u8 = 4;
const ETHTOOL_A_LINKMODES_HEADER: u16 = 1;
const ETHTOOL_A_HEADER_DEV_INDEX: u16 = 1;
const ETHTOOL_A_HEADER_FLAGS: u16 = 3;
const ETHTOOL_FLAG_COMPACT_BITSETS: u32 = 1;
const NLA_F_NESTED: u16 = 0x8000;

/// Families of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

/// All interfaces. No `IFLA_EXT_MASK`: virtual functions would multiply the answer.
pub(super) fn links() -> Vec<u8> {
    dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))
}

/// All addresses.
pub(super) fn addresses() -> Vec<u8> {
    dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))
}

/// Unicast routes of one table, or (without a table) all routes.
pub(super) fn routes(family: Family, table: Option<u32>) -> Vec<u8> {
    let mut message = RouteMessage::default();
    message.header.address_family = match family {
        Family::V4 => AddressFamily::Inet,
        Family::V6 => AddressFamily::Inet6,
    };
    if let Some(table) = table {
        message.header.kind = RouteType::Unicast;
        message.attributes.push(RouteAttribute::Table(table));
    }
    dump(RouteNetlinkMessage::GetRoute(message))
}

fn dump(message: RouteNetlinkMessage) -> Vec<u8> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    bytes
}

/// The number of generic netlink's `ethtool` family.
pub(super) fn ethtool_family() -> Vec<u8> {
    let name = attribute(CTRL_ATTR_FAMILY_NAME, b"ethtool\0");
    generic(GENL_ID_CTRL, NLM_F_REQUEST, CTRL_CMD_GETFAMILY, &name)
}

/// Speed and duplex of all interfaces, link modes in their short form.
pub(super) fn link_modes(family: u16) -> Vec<u8> {
    let flags = attribute(ETHTOOL_A_HEADER_FLAGS, &ETHTOOL_FLAG_COMPACT_BITSETS.to_ne_bytes());
    let header = attribute(ETHTOOL_A_LINKMODES_HEADER | NLA_F_NESTED, &flags);
    let flags = NLM_F_REQUEST | NLM_F_DUMP;
    generic(family, flags, ETHTOOL_MSG_LINKMODES_GET, &header)
}

/// Speed and duplex of one interface.
pub(super) fn link_modes_of(family: u16, index: u32) -> Vec<u8> {
    let whose = attribute(ETHTOOL_A_HEADER_DEV_INDEX, &index.to_ne_bytes());
    let flags = attribute(ETHTOOL_A_HEADER_FLAGS, &ETHTOOL_FLAG_COMPACT_BITSETS.to_ne_bytes());
    let header = attribute(ETHTOOL_A_LINKMODES_HEADER | NLA_F_NESTED, &[whose, flags].concat());
    generic(family, NLM_F_REQUEST, ETHTOOL_MSG_LINKMODES_GET, &header)
}

fn generic(kind: u16, flags: u16, command: u8, attributes: &[u8]) -> Vec<u8> {
    let mut header = NetlinkHeader::default();
    header.message_type = kind;
    header.flags = flags;
    let body = [&[command, 1, 0, 0], attributes].concat();
    let mut message = vec![0; 16];
    message.extend(body);
    header.length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    rtnetlink::packet_core::Emitable::emit(&header, &mut message);
    message
}

/// An attribute whose value needs no padding.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    [&length.to_ne_bytes(), &kind.to_ne_bytes(), value].concat()
}
