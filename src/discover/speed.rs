//! Speed and duplex: out of ethtool's netlink answers, or of sysfs where those are missing.

use std::collections::BTreeMap;

use crate::model::{Duplex, Fact, Gap, Interface, InterfaceKind};

use super::decode::NOT_RECORDED;
use super::error::{DecodeError, Dump};
use super::files::{Files, Unread, check_namespace, net_path};
use super::recording::Datagram;
use super::wire::{Attribute, Fault, Message, for_each_message};

const ETHTOOL_MSG_LINKMODES_GET_REPLY: u8 = 4;
const ETHTOOL_A_LINKMODES_HEADER: u16 = 1;
const ETHTOOL_A_LINKMODES_SPEED: u16 = 5;
const ETHTOOL_A_LINKMODES_DUPLEX: u16 = 6;
const ETHTOOL_A_HEADER_DEV_INDEX: u16 = 1;

const DUPLEX_HALF: u8 = 0;
const DUPLEX_FULL: u8 = 1;

/// `EINVAL` and `EOPNOTSUPP`: the driver has no speed to tell, which is no failure.
const NO_SPEED: [i32; 2] = [22, 95];

/// What is known of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    speed_mbps: Option<u32>,
    duplex: Option<Duplex>,
}

/// Sets speed and duplex of interfaces with carrier; a line without carrier has neither. Where
/// neither an answer nor any file tells of speeds, that is one gap.
///
/// # Errors
/// Bytes that are no netlink messages.
pub(super) fn set_speeds(
    dump: &[Datagram],
    files: Files<'_>,
    interfaces: &mut [Interface],
    gaps: &mut Vec<Gap>,
) -> Result<(), DecodeError> {
    let lines = decode_lines(dump, gaps)?;
    if dump.is_empty() && !files.any_speed() && interfaces.iter().any(has_speed_file) {
        let known = |gap: &Gap| gap.fact == Fact::Speed && gap.interface.is_none();
        if !gaps.iter().any(known) {
            let cause = NOT_RECORDED.to_owned();
            gaps.push(Gap { interface: None, fact: Fact::Speed, cause });
        }
        return Ok(());
    }
    for interface in interfaces {
        if interface.carrier != Some(true) {
            continue;
        }
        let line = if !dump.is_empty() {
            lines.get(&interface.index).copied().unwrap_or_default()
        } else if has_speed_file(interface) {
            line_from_files(files, interface).unwrap_or_else(|cause| {
                gaps.push(Gap {
                    interface: Some(interface.name.clone()),
                    fact: Fact::Speed,
                    cause,
                });
                Line::default()
            })
        } else {
            Line::default()
        };
        interface.speed_mbps = line.speed_mbps;
        interface.duplex = line.duplex;
    }
    Ok(())
}

/// Whether the speed is read from sysfs when ethtool's netlink family is missing: interfaces with
/// carrier that may form a network, which leaves out the many ends of container pairs.
pub(super) fn has_speed_file(interface: &Interface) -> bool {
    let kind = matches!(
        interface.kind,
        InterfaceKind::Physical
            | InterfaceKind::Infiniband
            | InterfaceKind::Bond
            | InterfaceKind::Team
            | InterfaceKind::Bridge
            | InterfaceKind::Vlan
            | InterfaceKind::Macvlan
            | InterfaceKind::Ipvlan
    );
    kind && interface.carrier == Some(true)
}

fn decode_lines(
    dump: &[Datagram],
    gaps: &mut Vec<Gap>,
) -> Result<BTreeMap<u32, Line>, DecodeError> {
    let mut lines = BTreeMap::new();
    for_each_message(Dump::Speed, dump, |message| {
        let (index, line, cause) = decode_line(message)?;
        lines.extend(index.map(|index| (index, line)));
        gaps.extend(cause.map(|cause| Gap { interface: None, fact: Fact::Speed, cause }));
        Ok(())
    })?;
    Ok(lines)
}

/// Index of the interface that an answer tells of.
pub(super) fn index_of(message: Message<'_>) -> Option<u32> {
    decode_line(message).ok().and_then(|(index, _, _)| index)
}

fn decode_line(message: Message<'_>) -> Result<(Option<u32>, Line, Option<String>), Fault> {
    let ([command, ..], attributes) = message.payload.fixed::<4>()?;
    let (mut index, mut line, mut wrong) = (None, Line::default(), None);
    if *command != ETHTOOL_MSG_LINKMODES_GET_REPLY {
        return Ok((index, line, None));
    }
    for attribute in attributes.attributes() {
        let attribute = attribute?;
        let taken = match attribute.kind {
            ETHTOOL_A_LINKMODES_HEADER => {
                index = index_in(&attribute)?;
                Ok(())
            }
            ETHTOOL_A_LINKMODES_SPEED => attribute.u32().map(|speed| {
                line.speed_mbps = known_speed(speed.cast_signed());
            }),
            ETHTOOL_A_LINKMODES_DUPLEX => {
                attribute.u8().map(|duplex| line.duplex = duplex_of(duplex))
            }
            _ => Ok(()),
        };
        wrong = wrong.or(taken.err());
    }
    Ok((index, line, wrong.map(|wrong| wrong.to_string())))
}

fn index_in(header: &Attribute<'_>) -> Result<Option<u32>, Fault> {
    let mut index = None;
    for attribute in header.nested() {
        let attribute = attribute?;
        if attribute.kind == ETHTOOL_A_HEADER_DEV_INDEX {
            index = attribute.u32().ok();
        }
    }
    Ok(index)
}

fn duplex_of(number: u8) -> Option<Duplex> {
    match number {
        DUPLEX_HALF => Some(Duplex::Half),
        DUPLEX_FULL => Some(Duplex::Full),
        _ => None,
    }
}

/// −1 and 0 stand for a speed that is not known.
fn known_speed(speed: i32) -> Option<u32> {
    u32::try_from(speed).ok().filter(|speed| *speed > 0)
}

fn line_from_files(files: Files<'_>, interface: &Interface) -> Result<Line, String> {
    check_namespace(files, interface)?;
    let speed = read(files, interface, "speed").map_err(|error| error.to_string())?;
    let duplex = read(files, interface, "duplex").map_err(|error| error.to_string())?;
    Ok(Line {
        speed_mbps: speed.and_then(|text| text.parse().ok()).and_then(known_speed),
        duplex: match duplex {
            Some("half") => Some(Duplex::Half),
            Some("full") => Some(Duplex::Full),
            _ => None,
        },
    })
}

fn read<'a>(
    files: Files<'a>,
    interface: &Interface,
    file: &str,
) -> Result<Option<&'a str>, Unread> {
    let text = files.text(&net_path(&interface.name, file));
    match text {
        Err(error) if error.errno.is_some_and(|errno| NO_SPEED.contains(&errno)) => Ok(None),
        other => other,
    }
}
