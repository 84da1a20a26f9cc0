//! Recording this host: the netlink dumps first, then the files that belong to what they told.

use std::io;
use std::path::Path;

use rtnetlink::sys::protocols::{NETLINK_GENERIC, NETLINK_ROUTE};

use crate::model::{Fact, Gap, Interface, NodeName};

use super::decode::{EAFNOSUPPORT, ENOENT, EOPNOTSUPP};
use super::error::{DiscoverError, DumpError};
use super::link::{Link, decode_links};
use super::recording::{Datagram, NetlinkDumps, Recording};
use super::request::{self, Family};
use super::selection::tables_of;
use super::socket::{Answer, Check, ask};
use super::sysfs::{Speeds, read_files};
use super::wire::messages;

const EINVAL: i32 = 22;
const ENOPROTOOPT: i32 = 92;
const CTRL_ATTR_FAMILY_ID: u16 = 1;

/// Records this host's interfaces, addresses, routes, speeds and storage sessions as they are
/// now, in the network namespace of the caller. Needs no rights.
///
/// What can't be read is a gap of the recording. It waits for the kernel with an event loop of its
/// own, so it is not for callers that run inside one.
///
/// # Errors
/// When the kernel gives no list of interfaces.
pub fn record(node: NodeName, taken_at: String) -> Result<Recording, DiscoverError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(DiscoverError::Runtime)?;
    let mut recording = Recording { taken_at: Some(taken_at), ..Recording::empty(node) };
    let interfaces = runtime.block_on(dump_all(&mut recording))?;
    recording.files = read_files(Path::new(""), &interfaces, speeds_of(&recording.netlink));
    Ok(recording)
}

/// Where speeds are told.
pub(super) fn speeds_of(netlink: &NetlinkDumps) -> Speeds {
    if netlink.speed.is_empty() { Speeds::FromFiles } else { Speeds::FromNetlink }
}

/// Fills `netlink` and `gaps`, and gives the interfaces for what else is to be read.
async fn dump_all(recording: &mut Recording) -> Result<Vec<Interface>, DiscoverError> {
    let Recording { netlink, gaps, .. } = recording;
    let links = ask_either(&request::links()).await;
    netlink.link = keep(links.map_err(DiscoverError::Links)?, Fact::Link, gaps);
    let links = decode_links(&netlink.link).map_err(DiscoverError::Decode)?;
    let interfaces: Vec<Interface> = links.into_iter().map(|link: Link| link.interface).collect();
    match ask_either(&request::addresses()).await {
        Ok(answer) => netlink.addr = keep(answer, Fact::Addresses, gaps),
        Err(error) => gaps.push(gap(Fact::Addresses, &error)),
    }
    dump_routes(netlink, &interfaces, gaps).await;
    dump_speeds(netlink, gaps).await;
    Ok(interfaces)
}

/// Strictly checked, or as before Linux 4.20 where that is refused.
pub(super) async fn ask_either(request: &[u8]) -> Result<Answer, DumpError> {
    match ask(NETLINK_ROUTE, Check::Strict, request).await {
        Err(error) if is_refused(&error, &[EINVAL, ENOPROTOOPT, EOPNOTSUPP]) => {
            ask(NETLINK_ROUTE, Check::Lenient, request).await
        }
        answer => answer,
    }
}

async fn dump_routes(netlink: &mut NetlinkDumps, interfaces: &[Interface], gaps: &mut Vec<Gap>) {
    let tables: Vec<u32> = tables_of(interfaces).into_iter().collect();
    for (family, fact, kept) in [
        (Family::V4, Fact::Routes4, &mut netlink.route4),
        (Family::V6, Fact::Routes6, &mut netlink.route6),
    ] {
        match routes_of(family, &tables, fact, gaps).await {
            Ok(datagrams) => *kept = datagrams,
            Err(error) => gaps.push(gap(fact, &error)),
        }
    }
}

/// The routes of each table, filtered by the kernel; of all tables where it can't filter. For a
/// table that does not exist, and for IPv6 that the kernel lacks, its refusal is kept as the
/// answer, which tells that there are none.
pub(super) async fn routes_of(
    family: Family,
    tables: &[u32],
    fact: Fact,
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Datagram>, DumpError> {
    let mut datagrams = Vec::new();
    for table in tables {
        let request = request::routes(family, Some(*table));
        match ask(NETLINK_ROUTE, Check::Strict, &request).await {
            Ok(answer) => datagrams.extend(keep(answer, fact, gaps)),
            Err(error) if is_refused(&error, &[ENOENT]) => datagrams.extend(refusal(error)),
            Err(error) if is_refused(&error, &[EINVAL, ENOPROTOOPT, EOPNOTSUPP]) => {
                return unfiltered_routes(family, fact, gaps).await;
            }
            Err(error) if family == Family::V6 && is_refused(&error, &[EAFNOSUPPORT]) => {
                datagrams.extend(refusal(error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(datagrams)
}

async fn unfiltered_routes(
    family: Family,
    fact: Fact,
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Datagram>, DumpError> {
    let request = request::routes(family, None);
    match ask(NETLINK_ROUTE, Check::Lenient, &request).await {
        Ok(answer) => Ok(keep(answer, fact, gaps)),
        Err(error) if family == Family::V6 && is_refused(&error, &[EAFNOSUPPORT, EOPNOTSUPP]) => {
            Ok(refusal(error).into_iter().collect())
        }
        Err(error) => Err(error),
    }
}

/// Speeds by ethtool's netlink family. A kernel without it (before Linux 5.6, or built without
/// `CONFIG_ETHTOOL_NETLINK`) leaves the dump empty.
pub(super) async fn dump_speeds(netlink: &mut NetlinkDumps, gaps: &mut Vec<Gap>) {
    let Some(family) = ethtool_family().await else {
        return;
    };
    let modes = ask(NETLINK_GENERIC, Check::Lenient, &request::link_modes(family)).await;
    if let Ok(answer) = modes {
        netlink.speed = keep(answer, Fact::Speed, gaps);
    }
}

/// The number of ethtool's family, where the kernel has it.
pub(super) async fn ethtool_family() -> Option<u16> {
    let family = ask(NETLINK_GENERIC, Check::Lenient, &request::ethtool_family()).await;
    family.ok().and_then(|answer| family_id(&answer))
}

/// Speed of one interface; nothing where its driver tells none or the interface is gone.
pub(super) async fn speed_of(family: u16, index: u32) -> Option<Datagram> {
    let request = request::link_modes_of(family, index);
    let answer = ask(NETLINK_GENERIC, Check::Lenient, &request).await;
    answer.ok().and_then(|answer| answer.datagrams.into_iter().next())
}

fn family_id(answer: &Answer) -> Option<u16> {
    let datagram = answer.datagrams.first()?;
    let message = messages(datagram.bytes()).next()?.ok()?;
    let (_, attributes) = message.payload.fixed::<4>().ok()?;
    let mut attributes = attributes.attributes().filter_map(Result::ok);
    let id = attributes.find(|attribute| attribute.kind == CTRL_ATTR_FAMILY_ID)?;
    id.u16().ok()
}

pub(super) fn keep(answer: Answer, fact: Fact, gaps: &mut Vec<Gap>) -> Vec<Datagram> {
    gaps.extend(answer.flaw.map(|flaw| Gap { interface: None, fact, cause: flaw.to_string() }));
    answer.datagrams
}

fn gap(fact: Fact, error: &DumpError) -> Gap {
    let mut cause = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        cause = format!("{cause}: {error}");
        source = error.source();
    }
    Gap { interface: None, fact, cause }
}

/// The datagram by which the kernel refused.
fn refusal(error: DumpError) -> Option<Datagram> {
    match error {
        DumpError::Refused { answer, .. } => answer,
        _ => None,
    }
}

fn is_refused(error: &DumpError, numbers: &[i32]) -> bool {
    let number = match error {
        DumpError::Refused { source, .. } => io::Error::raw_os_error(source),
        _ => None,
    };
    number.is_some_and(|number| numbers.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::super::inventory;
    use super::*;
    use crate::model::InterfaceKind;

    #[test]
    fn this_host_can_be_recorded_without_rights() {
        let taken_at = "2026-01-01T00:00:00Z".to_owned();
        let recording = record(NodeName::new("here"), taken_at).unwrap();
        let text = serde_json::to_string(&recording).unwrap();
        let replayed: Recording = serde_json::from_str(&text).unwrap();
        assert_eq!(replayed, recording);
        let inventory = inventory(&recording).unwrap();
        let kinds = inventory.interfaces.iter().map(|found| &found.kind);
        assert_eq!(kinds.filter(|kind| **kind == InterfaceKind::Loopback).count(), 1);
    }

    #[test]
    fn refusals_are_told_by_number() {
        let source = io::Error::from_raw_os_error(EINVAL);
        let refused = DumpError::Refused { source, answer: None };
        assert!(is_refused(&refused, &[ENOENT, EINVAL]) && !is_refused(&refused, &[ENOENT]));
        assert!(!is_refused(&DumpError::Timeout(1), &[EINVAL]));
        let told = gap(Fact::Routes4, &refused);
        assert!(told.cause.starts_with("refused by the kernel: Invalid argument"));
    }
}
