//! Interfaces out of `ip -j -d link`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;

use crate::discover::{LACP_MODE, kind_of_link_type, link_lowers, permanent_mac, stands_on_parent};
use crate::model::{
    Bond, Device, Fact, Gap, Interface, InterfaceKind, InterfaceName, Mac, MacError, OperState,
    SwitchPort,
};

use super::{List, Place, Seen, gap};
use crate::import::ImportError;

/// One element of the list.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(in crate::import) struct LinkEntry {
    ifindex: Option<u32>,
    ifname: Option<String>,
    flags: Option<Vec<String>>,
    mtu: Option<u32>,
    min_mtu: Option<u32>,
    max_mtu: Option<u32>,
    operstate: Option<String>,
    link_type: Option<String>,
    address: Option<LinkAddress>,
    permaddr: Option<LinkAddress>,
    master: Option<String>,
    link: Option<String>,
    link_netnsid: Option<i64>,
    linkinfo: Option<LinkInfo>,
    promiscuity: Option<u32>,
    num_tx_queues: Option<u32>,
    num_rx_queues: Option<u32>,
    parentbus: Option<String>,
    parentdev: Option<String>,
    phys_switch_id: Option<String>,
    phys_port_id: Option<String>,
    phys_port_name: Option<String>,
}

/// What `-d` adds.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct LinkInfo {
    info_kind: Option<String>,
    /// Its shape depends on the kind.
    info_data: Option<Value>,
}

/// A link-layer address; tunnels print theirs as IP addresses.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct LinkAddress(Option<Mac>);

impl TryFrom<String> for LinkAddress {
    type Error = MacError;

    fn try_from(text: String) -> Result<Self, MacError> {
        match text.parse() {
            Ok(IpAddr::V4(address)) => Ok(Self(Mac::from_bytes(&address.octets()))),
            Ok(IpAddr::V6(address)) => Ok(Self(Mac::from_bytes(&address.octets()))),
            Err(_) if text.is_empty() => Ok(Self(None)),
            Err(_) => Mac::try_from(text).map(|mac| Self(Some(mac))),
        }
    }
}

/// The interfaces in the list's order, each name and index once.
pub(super) fn interfaces(
    list: &List<LinkEntry>,
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Interface>, ImportError> {
    let mut interfaces = Vec::new();
    let mut parents = Vec::new();
    let mut detailed = false;
    let mut seen = Seen::new();
    for (place, entry) in list.places() {
        let interface = entry.interface(&place, gaps)?;
        place.once("ifname", &interface.name.as_str().into(), &mut seen)?;
        place.once("ifindex", &interface.index.into(), &mut seen)?;
        detailed |= entry.has_details();
        let stands = stands_on_parent(&interface.kind) && !interface.parent_elsewhere;
        let parent = entry.link.as_deref().filter(|_| stands);
        parents.push(parent.map(InterfaceName::from));
        interfaces.push(interface);
    }
    if !detailed && !interfaces.is_empty() {
        gaps.push(gap(
            Fact::Link,
            "no details, so bonds, bridges and VLANs look like physical interfaces: \
             take the list with ip -j -d link",
        ));
    }
    drop_strangers(&mut interfaces, &mut parents, gaps);
    link_lowers(&mut interfaces, &parents);
    Ok(interfaces)
}

/// Masters, active ports and parents that are not in the list become gaps.
fn drop_strangers(
    interfaces: &mut [Interface],
    parents: &mut [Option<InterfaceName>],
    gaps: &mut Vec<Gap>,
) {
    let known: BTreeSet<InterfaceName> =
        interfaces.iter().map(|found| found.name.clone()).collect();
    for (interface, parent) in interfaces.iter_mut().zip(parents) {
        let name = interface.name.clone();
        let mut check = |role: &str, other: &mut Option<InterfaceName>| {
            let stranger = other.take_if(|other| !known.contains(&*other));
            gaps.extend(stranger.map(|stranger| Gap {
                interface: Some(name.clone()),
                fact: Fact::Link,
                cause: format!("its {role} {stranger} is no interface of this list"),
            }));
        };
        check("master", &mut interface.master);
        check("parent", parent);
        if let Some(bond) = &mut interface.bond {
            check("active port", &mut bond.active);
        }
    }
}

impl LinkEntry {
    /// Whether the list was taken with `-d`.
    fn has_details(&self) -> bool {
        self.linkinfo.is_some() || self.promiscuity.is_some() || self.num_rx_queues.is_some()
    }

    fn interface(&self, place: &Place<'_>, gaps: &mut Vec<Gap>) -> Result<Interface, ImportError> {
        let name = place.require("ifname", self.ifname.clone())?;
        let index = place.require("ifindex", self.ifindex)?;
        let flags = place.require("flags", self.flags.as_ref())?;
        let has = |flag: &str| flags.iter().any(|found| found == flag);
        let mut interface = Interface::new(name, index, self.kind(has("LOOPBACK")));
        interface.mtu = place.require("mtu", self.mtu)?;
        interface.min_mtu = self.min_mtu.filter(|mtu| *mtu != 0);
        interface.max_mtu = self.max_mtu.filter(|mtu| *mtu != 0);
        interface.admin_up = has("UP");
        interface.carrier = interface.admin_up.then(|| has("LOWER_UP"));
        interface.oper_state = self.oper_state(place)?;
        interface.mac = self.address.clone().and_then(|address| address.0);
        let permanent = self.permaddr.clone().and_then(|address| address.0);
        interface.permanent_mac = permanent_mac(permanent, interface.mac.as_ref());
        interface.master = self.master.as_deref().map(InterfaceName::from);
        interface.parent_elsewhere =
            self.link_netnsid.is_some() && stands_on_parent(&interface.kind);
        interface.rx_queues = self.num_rx_queues;
        interface.tx_queues = self.num_tx_queues;
        interface.device = self.device();
        interface.switch = self.switch();
        self.add_options(&mut interface, place, gaps)?;
        Ok(interface)
    }

    fn kind(&self, loopback: bool) -> InterfaceKind {
        let told = self.linkinfo.as_ref().and_then(|info| info.info_kind.clone());
        match (told, self.link_type.as_deref()) {
            (Some(kind), _) => InterfaceKind::from(kind),
            (None, _) if loopback => InterfaceKind::Loopback,
            (None, Some(link_type)) => kind_of_link_type(link_type),
            // Without -d, some versions print no type; that there are no details is a gap.
            (None, None) => InterfaceKind::Physical,
        }
    }

    fn oper_state(&self, place: &Place<'_>) -> Result<OperState, ImportError> {
        match self.operstate.as_deref() {
            None | Some("UNKNOWN") => Ok(OperState::Unknown),
            Some("NOTPRESENT") => Ok(OperState::NotPresent),
            Some("DOWN") => Ok(OperState::Down),
            Some("LOWERLAYERDOWN") => Ok(OperState::LowerLayerDown),
            Some("TESTING") => Ok(OperState::Testing),
            Some("DORMANT") => Ok(OperState::Dormant),
            Some("UP") => Ok(OperState::Up),
            Some(other) => Err(place.wrong(
                "operstate",
                &Value::from(other),
                "a state such as UP, DOWN or LOWERLAYERDOWN",
            )),
        }
    }

    fn device(&self) -> Option<Device> {
        let device = Device {
            bus: self.parentbus.clone(),
            name: self.parentdev.clone(),
            ..Device::default()
        };
        Some(device).filter(|device| *device != Device::default())
    }

    fn switch(&self) -> Option<SwitchPort> {
        let switch = SwitchPort {
            switch_id: self.phys_switch_id.clone(),
            port_id: self.phys_port_id.clone(),
            port_name: self.phys_port_name.clone(),
        };
        Some(switch).filter(|switch| *switch != SwitchPort::default())
    }

    fn add_options(
        &self,
        interface: &mut Interface,
        place: &Place<'_>,
        gaps: &mut Vec<Gap>,
    ) -> Result<(), ImportError> {
        let info = self.linkinfo.as_ref();
        let options = Options {
            value: info.and_then(|info| info.info_data.as_ref()),
            place: place.below(".linkinfo.info_data"),
        };
        match &interface.kind {
            InterfaceKind::Vlan => {
                let id = options.number("id")?;
                let in_range = |id: u32| u16::try_from(id).ok().filter(|id| *id < 4096);
                interface.vlan_id = match id.map(|id| in_range(id).ok_or(id)) {
                    Some(Err(id)) => {
                        return Err(options.place.wrong("id", &id, "a number from 0 to 4095"));
                    }
                    Some(Ok(id)) => Some(id),
                    None => None,
                };
            }
            InterfaceKind::Vrf => interface.vrf_table = options.number("table")?,
            InterfaceKind::Bond => {
                interface.bond = options.bond()?;
                if interface.bond.is_none() {
                    gaps.push(Gap {
                        interface: Some(interface.name.clone()),
                        fact: Fact::Bond,
                        cause: "iproute2 tells no options of this bond".to_owned(),
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// `info_data` of one element.
struct Options<'a> {
    value: Option<&'a Value>,
    place: Place<'a>,
}

impl Options<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.value?.get(key).filter(|value| !value.is_null())
    }

    fn number(&self, key: &str) -> Result<Option<u32>, ImportError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let wrong = || self.place.wrong(key, value, "a number of 32 bits");
        number.map(Some).ok_or_else(wrong)
    }

    fn text(&self, key: &str) -> Result<Option<String>, ImportError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let wrong = || self.place.wrong(key, value, "text");
        value.as_str().map(|text| Some(text.to_owned())).ok_or_else(wrong)
    }

    fn bond(&self) -> Result<Option<Bond>, ImportError> {
        let Some(mode) = self.text("mode")? else {
            return Ok(None);
        };
        let lacp_rate = self.text("ad_lacp_rate")?;
        Ok(Some(Bond {
            lacp_rate: lacp_rate.filter(|_| mode == LACP_MODE),
            miimon_ms: self.number("miimon")?.unwrap_or(0),
            updelay_ms: self.number("updelay")?.unwrap_or(0),
            downdelay_ms: self.number("downdelay")?.unwrap_or(0),
            active: self.text("active_slave")?.map(InterfaceName::new),
            mode,
        }))
    }
}
