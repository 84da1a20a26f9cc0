//! A recording into an inventory: pure, and the same for live discovery and replay.

use crate::model::{Fact, Gap, NodeInventory, Source};

use super::addr::decode_addresses;
use super::error::{DecodeError, Dump};
use super::files::Files;
use super::graph::{Names, resolve};
use super::hardware::set_devices;
use super::link::decode_links;
use super::order::put_in_order;
use super::recording::{Datagram, Recording};
use super::route::decode_routes;
use super::selection::RouteSelection;
use super::speed::set_speeds;
use super::storage::sessions;
use super::wire::{NLMSG_DONE, NLMSG_ERROR, messages};

/// What the recorded node has.
///
/// Every list is sorted, whatever the kernel's order was. A fact that can't be read is a [`Gap`],
/// as are those of the recording itself.
///
/// # Errors
/// Bytes that are no netlink messages, with dump, datagram and place.
pub fn inventory(recording: &Recording) -> Result<NodeInventory, DecodeError> {
    let netlink = &recording.netlink;
    let files = Files(&recording.files);
    let mut gaps = recording.gaps.clone();
    let links = decode_links(&netlink.link)?;
    let names = Names::of(&links);
    let mut interfaces = resolve(links, &names, &mut gaps);
    decode_addresses(&netlink.addr, &mut interfaces, &mut gaps)?;
    let mut selection = RouteSelection::new(&interfaces);
    for (dump, datagrams) in [(Dump::Route4, &netlink.route4), (Dump::Route6, &netlink.route6)] {
        gaps.extend(decode_routes(dump, datagrams, &names, &mut selection)?);
    }
    set_speeds(&netlink.speed, files, &mut interfaces, &mut gaps)?;
    set_devices(files, &mut interfaces, &mut gaps);
    let storage_sessions = sessions(files, &interfaces, &mut gaps);
    gaps.extend(unfinished(recording));
    let routes = selection.finish(&mut gaps);
    let mut inventory = NodeInventory {
        taken_at: recording.taken_at.clone(),
        interfaces,
        routes,
        storage_sessions,
        gaps,
        ..NodeInventory::empty(recording.node.clone(), Source::Netlink)
    };
    put_in_order(&mut inventory);
    Ok(inventory)
}

/// Dumps that do not end as they should: without `NLMSG_DONE`, or with an error.
fn unfinished(recording: &Recording) -> Vec<Gap> {
    let netlink = &recording.netlink;
    let dumps = [
        (Fact::Link, &netlink.link),
        (Fact::Addresses, &netlink.addr),
        (Fact::Routes4, &netlink.route4),
        (Fact::Routes6, &netlink.route6),
        (Fact::Speed, &netlink.speed),
    ];
    let gap = |(fact, datagrams): (Fact, &Vec<Datagram>)| {
        let cause = ending(datagrams)?;
        Some(Gap { interface: None, fact, cause })
    };
    dumps.into_iter().filter_map(gap).collect()
}

/// What is wrong with the end of a dump; an empty one is that of an absent protocol.
fn ending(datagrams: &[Datagram]) -> Option<String> {
    let last = datagrams.last()?;
    let last = messages(last.bytes()).filter_map(Result::ok).last()?;
    match (last.kind, last.errno()) {
        (NLMSG_DONE | NLMSG_ERROR, 0) => None,
        (NLMSG_DONE | NLMSG_ERROR, errno) => {
            Some(format!("recorded answer: {}", std::io::Error::from_raw_os_error(errno)))
        }
        _ => Some("the recorded answer has no end: it may lack entries".to_owned()),
    }
}
