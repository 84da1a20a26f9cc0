//! Any bytes as documents to import: inventories that survive being written, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::import::parse;
use netplan_cluster::model::NodeName;

fuzz_target!(|bytes: &[u8]| {
    let node = NodeName::new("n1");
    for inventory in parse(bytes, "input.json", Some(&node)).unwrap_or_default() {
        let text = serde_json::to_vec(&inventory).expect("an inventory is JSON");
        let again = parse(&text, "again.json", None).expect("what was written can be read");
        assert_eq!(again, [inventory]);
    }
});
