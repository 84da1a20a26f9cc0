//! Any bytes as any netlink dump: an inventory or an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::discover::{Datagram, Recording, inventory};
use netplan_cluster::model::NodeName;

fuzz_target!(|input: (u8, Vec<Vec<u8>>)| {
    let (which, datagrams) = input;
    let mut recording = Recording::empty(NodeName::new("n1"));
    let netlink = &mut recording.netlink;
    let dump = match which % 5 {
        0 => &mut netlink.link,
        1 => &mut netlink.addr,
        2 => &mut netlink.route4,
        3 => &mut netlink.route6,
        _ => &mut netlink.speed,
    };
    dump.extend(datagrams.into_iter().map(Datagram::new));
    let _ = inventory(&recording);
});
