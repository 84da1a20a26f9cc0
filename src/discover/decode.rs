//! A recording into an inventory: pure, and the same for live discovery and replay.

use crate::model::{Fact, Gap, NodeInventory, Source};

use super::addr::decode_addresses;
use super::error::{DecodeError, Dump};
use super::files::Files;
use super::graph::{Names, resolve};
use super::hardware::set_devices;
use super::link::decode_links;
use super::names::{own_addresses, resolvers};
use super::neighbours::set_neighbours;
use super::order::put_in_order;
use super::recording::{Datagram, Recording};
use super::route::decode_routes;
use super::rp_filter::set_filters;
use super::selection::RouteSelection;
use super::speed::set_speeds;
use super::speedless::tell_unknown_speeds;
use super::storage::sessions;
use super::wire::{NLMSG_DONE, NLMSG_ERROR, messages};

/// No such table.
pub(super) const ENOENT: i32 = 2;
/// No such request in this family.
pub(super) const EOPNOTSUPP: i32 = 95;
/// No such family.
pub(super) const EAFNOSUPPORT: i32 = 97;

/// Why nothing is known: a recording that somebody cut down, since the kernel's answer is never
/// empty.
pub(super) const NOT_RECORDED: &str = "the answer is not in the recording";

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
    gaps.extend(unfinished(recording));
    set_speeds(&netlink.speed, files, &mut interfaces, &mut gaps)?;
    set_filters(files, &mut interfaces, &mut gaps);
    set_neighbours(recording.neighbours.as_ref(), &mut interfaces, &mut gaps);
    tell_unknown_speeds(&interfaces, &mut gaps);
    set_devices(files, &mut interfaces, &mut gaps);
    let own_addresses = own_addresses(files, &recording.node, &mut gaps);
    let resolvers = resolvers(files, &mut gaps);
    let storage_sessions = sessions(files, &interfaces, &mut gaps);
    let routes = selection.finish(&mut gaps);
    let mut inventory = NodeInventory {
        taken_at: recording.taken_at.clone(),
        interfaces,
        routes,
        own_addresses,
        resolvers,
        storage_sessions,
        gaps,
        ..NodeInventory::empty(recording.node.clone(), Source::Netlink)
    };
    put_in_order(&mut inventory);
    Ok(inventory)
}

/// Dumps that are not there, and that do not end as they should: without `NLMSG_DONE`, or with an
/// error. Where speeds are not told by ethtool they may stand in files.
fn unfinished(recording: &Recording) -> Vec<Gap> {
    let netlink = &recording.netlink;
    let dumps = [
        (Fact::Link, &netlink.link),
        (Fact::Addresses, &netlink.addr),
        (Fact::Routes4, &netlink.route4),
        (Fact::Routes6, &netlink.route6),
        (Fact::Speed, &netlink.speed),
    ];
    let explained =
        |fact| recording.gaps.iter().any(|gap| gap.fact == fact && gap.interface.is_none());
    let gap = |(fact, datagrams): (Fact, &Vec<Datagram>)| {
        let cause = match datagrams.last() {
            Some(last) => ending(fact, last)?,
            None if fact == Fact::Speed || explained(fact) => return None,
            None => NOT_RECORDED.to_owned(),
        };
        Some(Gap { interface: None, fact, cause })
    };
    dumps.into_iter().filter_map(gap).collect()
}

/// What is wrong with the end of a dump.
fn ending(fact: Fact, last: &Datagram) -> Option<String> {
    let last = messages(last.bytes()).filter_map(Result::ok).last();
    match last.map(|last| (last.kind, last.errno())) {
        Some((NLMSG_DONE | NLMSG_ERROR, 0)) => None,
        Some((NLMSG_DONE | NLMSG_ERROR, errno)) if tells_of_none(fact, errno) => None,
        Some((NLMSG_DONE | NLMSG_ERROR, errno)) => {
            Some(format!("recorded answer: {}", std::io::Error::from_raw_os_error(errno)))
        }
        _ => Some("the recorded answer has no end: it may lack entries".to_owned()),
    }
}

/// Whether the kernel's refusal says that there are no routes: the table does not exist (it is made
/// for its first route), or the kernel has no IPv6.
fn tells_of_none(fact: Fact, errno: i32) -> bool {
    match fact {
        Fact::Routes4 => errno == ENOENT,
        Fact::Routes6 => [ENOENT, EOPNOTSUPP, EAFNOSUPPORT].contains(&errno),
        _ => false,
    }
}
