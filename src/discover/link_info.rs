//! What `IFLA_LINKINFO` tells: the kind, and options of VLANs, VRFs and bonds.

use crate::model::Bond;

use super::wire::{Attribute, WrongLength};

const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;

const IFLA_VLAN_ID: u16 = 1;
const IFLA_VRF_TABLE: u16 = 1;

const IFLA_BOND_MODE: u16 = 1;
const IFLA_BOND_ACTIVE_SLAVE: u16 = 2;
const IFLA_BOND_MIIMON: u16 = 3;
const IFLA_BOND_UPDELAY: u16 = 4;
const IFLA_BOND_DOWNDELAY: u16 = 5;
const IFLA_BOND_AD_LACP_RATE: u16 = 21;

/// Modes of a bond by the kernel's numbers.
const BOND_MODES: [&str; 7] = [
    "balance-rr",
    "active-backup",
    "balance-xor",
    "broadcast",
    LACP_MODE,
    "balance-tlb",
    "balance-alb",
];

/// The mode in which a bond speaks LACP.
pub(crate) const LACP_MODE: &str = "802.3ad";

/// What `IFLA_LINKINFO` tells, and what of it could not be read.
#[derive(Debug, Default)]
pub(super) struct LinkInfo {
    pub(super) kind: Option<String>,
    pub(super) vlan_id: Option<u16>,
    pub(super) vrf_table: Option<u32>,
    pub(super) bond: Option<Bond>,
    pub(super) active: Option<u32>,
    pub(super) faults: Vec<String>,
}

/// Reads the kind and the options of kinds that have any of interest.
pub(super) fn decode_link_info(link_info: &Attribute<'_>) -> LinkInfo {
    let mut info = LinkInfo::default();
    let mut options = None;
    for attribute in link_info.nested() {
        match attribute {
            Ok(attribute) if attribute.kind == IFLA_INFO_KIND => {
                info.kind = Some(attribute.text()).filter(|kind| !kind.is_empty());
            }
            Ok(attribute) if attribute.kind == IFLA_INFO_DATA => options = Some(attribute),
            Ok(_) => {}
            Err(fault) => info.faults.push(fault.found.to_string()),
        }
    }
    match (info.kind.as_deref(), options) {
        (Some("vlan"), Some(options)) => info.take(&options, LinkInfo::take_vlan),
        (Some("vrf"), Some(options)) => info.take(&options, LinkInfo::take_vrf),
        (Some("bond"), Some(options)) => {
            let mut bond = BondOptions::default();
            info.take(&options, |info, option| bond.take(info, option));
            info.bond = bond.into_bond();
        }
        _ => {}
    }
    info
}

impl LinkInfo {
    fn take(
        &mut self,
        options: &Attribute<'_>,
        mut read: impl FnMut(&mut Self, &Attribute<'_>) -> Result<(), WrongLength>,
    ) {
        for option in options.nested() {
            let cause = match option {
                Ok(option) => read(self, &option).err().map(|fault| fault.to_string()),
                Err(fault) => Some(fault.found.to_string()),
            };
            self.faults.extend(cause.map(|cause| format!("option: {cause}")));
        }
    }

    fn take_vlan(&mut self, option: &Attribute<'_>) -> Result<(), WrongLength> {
        if option.kind == IFLA_VLAN_ID {
            self.vlan_id = Some(option.u16()?);
        }
        Ok(())
    }

    fn take_vrf(&mut self, option: &Attribute<'_>) -> Result<(), WrongLength> {
        if option.kind == IFLA_VRF_TABLE {
            self.vrf_table = Some(option.u32()?);
        }
        Ok(())
    }
}

/// Options of a bond as they are met.
#[derive(Default)]
struct BondOptions {
    mode: Option<u8>,
    miimon_ms: u32,
    updelay_ms: u32,
    downdelay_ms: u32,
    lacp_rate: Option<u8>,
}

impl BondOptions {
    fn take(&mut self, info: &mut LinkInfo, option: &Attribute<'_>) -> Result<(), WrongLength> {
        match option.kind {
            IFLA_BOND_MODE => self.mode = Some(option.u8()?),
            IFLA_BOND_ACTIVE_SLAVE => info.active = option.u32_or_none()?,
            IFLA_BOND_MIIMON => self.miimon_ms = option.u32()?,
            IFLA_BOND_UPDELAY => self.updelay_ms = option.u32()?,
            IFLA_BOND_DOWNDELAY => self.downdelay_ms = option.u32()?,
            IFLA_BOND_AD_LACP_RATE => self.lacp_rate = Some(option.u8()?),
            _ => {}
        }
        Ok(())
    }

    fn into_bond(self) -> Option<Bond> {
        let number = self.mode?;
        let known = BOND_MODES.get(usize::from(number));
        let mode = known.map_or_else(|| format!("mode {number}"), |name| (*name).to_owned());
        let lacp = self.lacp_rate.filter(|_| mode == LACP_MODE);
        let rate = |number| if number == 0 { "slow" } else { "fast" };
        Some(Bond {
            mode,
            lacp_rate: lacp.map(|number| rate(number).to_owned()),
            miimon_ms: self.miimon_ms,
            updelay_ms: self.updelay_ms,
            downdelay_ms: self.downdelay_ms,
            active: None,
        })
    }
}
