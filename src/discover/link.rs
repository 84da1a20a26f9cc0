//! Interfaces out of `RTM_GETLINK` answers, one attribute at a time.

use crate::model::{
    Bond, Counters, Device, Fact, Gap, Interface, InterfaceKind, InterfaceName, Mac, OperState,
    SwitchPort,
};

use super::error::{DecodeError, Dump, Malformed};
use super::hardware_type::kind_of_type;
use super::link_info::{LinkInfo, decode_link_info};
use super::recording::Datagram;
use super::wire::{Attribute, Fault, Message, WrongLength, for_each_message};

pub(super) const RTM_NEWLINK: u16 = 16;

pub(super) const IFF_UP: u32 = 1;
const IFF_LOOPBACK: u32 = 1 << 3;
pub(super) const IFF_LOWER_UP: u32 = 1 << 16;

const IFLA_ADDRESS: u16 = 1;
pub(super) const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
pub(super) const IFLA_LINK: u16 = 5;
pub(super) const IFLA_MASTER: u16 = 10;
const IFLA_OPERSTATE: u16 = 16;
pub(super) const IFLA_LINKINFO: u16 = 18;
const IFLA_STATS64: u16 = 23;
const IFLA_NUM_TX_QUEUES: u16 = 31;
const IFLA_NUM_RX_QUEUES: u16 = 32;
const IFLA_PHYS_PORT_ID: u16 = 34;
const IFLA_CARRIER_CHANGES: u16 = 35;
const IFLA_PHYS_SWITCH_ID: u16 = 36;
const IFLA_LINK_NETNSID: u16 = 37;
const IFLA_PHYS_PORT_NAME: u16 = 38;
const IFLA_MIN_MTU: u16 = 50;
const IFLA_MAX_MTU: u16 = 51;
const IFLA_PERM_ADDRESS: u16 = 54;
const IFLA_PARENT_DEV_NAME: u16 = 56;
const IFLA_PARENT_DEV_BUS_NAME: u16 = 57;

/// One interface, with the indices that are names only once all interfaces are known.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) interface: Interface,
    /// Parent (`IFLA_LINK`), for kinds that stand on one.
    pub(super) parent: Option<u32>,
    pub(super) master: Option<u32>,
    /// Active port of a bond.
    pub(super) active: Option<u32>,
    pub(super) gaps: Vec<Gap>,
}

/// All interfaces of a dump in its order, each name once. One that is told twice keeps its first
/// place and its last description.
///
/// # Errors
/// Bytes that are no netlink messages, and an interface without a name. An attribute whose value
/// can't be read is a gap of its interface instead.
pub(super) fn decode_links(datagrams: &[Datagram]) -> Result<Vec<Link>, DecodeError> {
    let mut links: Vec<Link> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for_each_message(Dump::Link, datagrams, |message| {
        if message.kind != RTM_NEWLINK {
            return Ok(());
        }
        let link = decode_link(message)?;
        let place = *places.entry(link.interface.index).or_insert(links.len());
        match links.get_mut(place) {
            Some(earlier) => *earlier = link,
            None => links.push(link),
        }
        Ok(())
    })?;
    drop_namesakes(&mut links);
    Ok(links)
}

/// Of two interfaces with one name, as a dump may tell while one takes the place of the other, the
/// one with the higher index stays: it is the newer one.
fn drop_namesakes(links: &mut Vec<Link>) {
    let mut newest = std::collections::BTreeMap::<InterfaceName, u32>::new();
    for link in &*links {
        let index = newest.entry(link.interface.name.clone()).or_default();
        *index = link.interface.index.max(*index);
    }
    let mut older = Vec::new();
    links.retain(|link| {
        let Interface { name, index, .. } = &link.interface;
        let stays = newest.get(name) == Some(index);
        if !stays {
            older.push((name.clone(), *index));
        }
        stays
    });
    for (name, index) in older {
        let cause = format!("another interface, with index {index}, has the same name");
        if let Some(newer) = links.iter_mut().find(|link| link.interface.name == name) {
            newer.gaps.push(Gap { interface: Some(name), fact: Fact::Link, cause });
        }
    }
}

fn decode_link(message: Message<'_>) -> Result<Link, Fault> {
    let (header, attributes) = message.payload.fixed::<16>()?;
    let [_, _, t0, t1, i0, i1, i2, i3, f0, f1, f2, f3, ..] = *header;
    let index = u32::from_ne_bytes([i0, i1, i2, i3]);
    let flags = u32::from_ne_bytes([f0, f1, f2, f3]);
    let hardware = u16::from_ne_bytes([t0, t1]);
    let mut facts = Facts::default();
    let mut faults = Vec::new();
    for attribute in attributes.attributes() {
        let attribute = attribute?;
        if let Err(fault) = facts.take(&attribute) {
            faults.push(fault.to_string());
        }
    }
    if facts.name.is_empty() {
        return Err(Fault { offset: message.payload.at, found: Malformed::Nameless(index) });
    }
    let kind = kind_of(&facts.info, flags, hardware);
    Ok(facts.into_link(index, kind, flags, faults))
}

/// The kernel's word for it, else what flags and hardware type say.
fn kind_of(info: &LinkInfo, flags: u32, hardware: u16) -> InterfaceKind {
    if let Some(kind) = &info.kind {
        return InterfaceKind::from(kind.clone());
    }
    if flags & IFF_LOOPBACK != 0 { InterfaceKind::Loopback } else { kind_of_type(hardware) }
}

/// Attributes as they are met.
#[derive(Default)]
struct Facts {
    name: String,
    mac: Option<Mac>,
    permanent_mac: Option<Mac>,
    mtu: u32,
    min_mtu: Option<u32>,
    max_mtu: Option<u32>,
    oper_state: Option<OperState>,
    link: Option<u32>,
    link_elsewhere: bool,
    master: Option<u32>,
    rx_queues: Option<u32>,
    tx_queues: Option<u32>,
    device: Device,
    switch: SwitchPort,
    carrier_changes: Option<u32>,
    stats: Option<Counters>,
    info: LinkInfo,
}

impl Facts {
    fn take(&mut self, attribute: &Attribute<'_>) -> Result<(), WrongLength> {
        match attribute.kind {
            IFLA_IFNAME => self.name = attribute.text(),
            IFLA_ADDRESS => self.mac = Mac::from_bytes(attribute.value.bytes),
            IFLA_PERM_ADDRESS => self.permanent_mac = Mac::from_bytes(attribute.value.bytes),
            IFLA_MTU => self.mtu = attribute.u32()?,
            IFLA_MIN_MTU => self.min_mtu = attribute.u32_or_none()?,
            IFLA_MAX_MTU => self.max_mtu = attribute.u32_or_none()?,
            IFLA_OPERSTATE => self.oper_state = Some(oper_state(attribute.u8()?)),
            IFLA_LINK => self.link = attribute.u32_or_none()?,
            IFLA_LINK_NETNSID => self.link_elsewhere = true,
            IFLA_MASTER => self.master = attribute.u32_or_none()?,
            IFLA_NUM_RX_QUEUES => self.rx_queues = Some(attribute.u32()?),
            IFLA_NUM_TX_QUEUES => self.tx_queues = Some(attribute.u32()?),
            IFLA_CARRIER_CHANGES => self.carrier_changes = Some(attribute.u32()?),
            IFLA_STATS64 => self.stats = Some(counters(&attribute.array::<64>()?)),
            IFLA_LINKINFO => self.info = decode_link_info(attribute),
            IFLA_PARENT_DEV_NAME => self.device.name = Some(attribute.text()),
            IFLA_PARENT_DEV_BUS_NAME => self.device.bus = Some(attribute.text()),
            IFLA_PHYS_SWITCH_ID => self.switch.switch_id = Some(attribute.hex()),
            IFLA_PHYS_PORT_ID => self.switch.port_id = Some(attribute.hex()),
            IFLA_PHYS_PORT_NAME => self.switch.port_name = Some(attribute.text()),
            _ => {}
        }
        Ok(())
    }

    fn into_link(
        self,
        index: u32,
        kind: InterfaceKind,
        flags: u32,
        mut faults: Vec<String>,
    ) -> Link {
        faults.extend(self.info.faults.iter().cloned());
        let mut gaps = gaps_of(&self.name, faults);
        gaps.extend(bond_gap(&self.name, &kind, self.info.bond.as_ref()));
        let stands_on_parent = stands_on_parent(&kind);
        let parent = self.link.filter(|_| stands_on_parent);
        let mut interface = Interface::new(self.name, index, kind);
        interface.parent_elsewhere = parent.is_some() && self.link_elsewhere;
        interface.permanent_mac = permanent_mac(self.permanent_mac, self.mac.as_ref());
        interface.mac = self.mac;
        interface.mtu = self.mtu;
        interface.min_mtu = self.min_mtu;
        interface.max_mtu = self.max_mtu;
        interface.admin_up = flags & IFF_UP != 0;
        interface.carrier = interface.admin_up.then_some(flags & IFF_LOWER_UP != 0);
        interface.oper_state = self.oper_state.unwrap_or(OperState::Unknown);
        interface.vlan_id = self.info.vlan_id;
        interface.vrf_table = self.info.vrf_table;
        interface.rx_queues = self.rx_queues;
        interface.tx_queues = self.tx_queues;
        interface.device = Some(self.device).filter(|device| *device != Device::default());
        interface.switch = Some(self.switch).filter(|switch| *switch != SwitchPort::default());
        interface.counters = self
            .stats
            .map(|counters| Counters { carrier_changes: self.carrier_changes, ..counters });
        interface.bond = self.info.bond;
        Link {
            parent: parent.filter(|_| !self.link_elsewhere),
            master: self.master,
            active: self.info.active,
            interface,
            gaps,
        }
    }
}

fn gaps_of(name: &str, causes: Vec<String>) -> Vec<Gap> {
    let gap = |cause| Gap { interface: Some(InterfaceName::new(name)), fact: Fact::Link, cause };
    causes.into_iter().map(gap).collect()
}

fn bond_gap(name: &str, kind: &InterfaceKind, bond: Option<&Bond>) -> Option<Gap> {
    (*kind == InterfaceKind::Bond && bond.is_none()).then(|| Gap {
        interface: Some(InterfaceName::new(name)),
        fact: Fact::Bond,
        cause: "the kernel tells no options of this bond".to_owned(),
    })
}

/// The burnt-in address, where it says more than the present one.
pub(crate) fn permanent_mac(permanent: Option<Mac>, present: Option<&Mac>) -> Option<Mac> {
    permanent.filter(|mac| !mac.is_zero() && Some(mac) != present)
}

/// Kinds whose `IFLA_LINK` is the interface below; for others it is the peer of a pair or the way
/// out of a tunnel.
pub(crate) fn stands_on_parent(kind: &InterfaceKind) -> bool {
    match kind {
        InterfaceKind::Vlan
        | InterfaceKind::Macvlan
        | InterfaceKind::Ipvlan
        | InterfaceKind::Infiniband => true,
        InterfaceKind::Other(name) => {
            ["macvtap", "ipvtap", "macsec", "dsa", "rmnet"].contains(&name.as_str())
        }
        _ => false,
    }
}

/// The kernel's `IF_OPER_*`; numbers it does not have yet are unknown.
fn oper_state(number: u8) -> OperState {
    match number {
        1 => OperState::NotPresent,
        2 => OperState::Down,
        3 => OperState::LowerLayerDown,
        4 => OperState::Testing,
        5 => OperState::Dormant,
        6 => OperState::Up,
        _ => OperState::Unknown,
    }
}

/// The first eight numbers of `struct rtnl_link_stats64`.
fn counters(stats: &[u8; 64]) -> Counters {
    let (numbers, _) = stats.as_chunks::<8>();
    let number = |place: usize| numbers.get(place).map_or(0, |raw| u64::from_ne_bytes(*raw));
    Counters {
        carrier_changes: None,
        rx_packets: number(0),
        tx_packets: number(1),
        rx_errors: number(4),
        tx_errors: number(5),
        rx_dropped: number(6),
        tx_dropped: number(7),
    }
}
