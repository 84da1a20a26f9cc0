//! Any bytes as notifications: what is held decodes or is an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::discover::replayed;
use netplan_cluster::model::NodeName;

fuzz_target!(|notifications: Vec<Vec<u8>>| {
    let _ = replayed(NodeName::new("n1"), &notifications);
});
