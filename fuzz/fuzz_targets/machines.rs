//! Any bytes as a file of hosts and machines: an error, or machines that are all on a host and can
//! be forecast.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::import::parse_machines;
use netplan_cluster::migration::terms;
use netplan_cluster::model::{NodeName, Specification};

fuzz_target!(|bytes: &[u8]| {
    let host = NodeName::new("host");
    for node in [None, Some(&host)] {
        let Ok(workload) = parse_machines(bytes, "fuzz", node) else { continue };
        for machine in &workload.machines {
            assert!(workload.hosts.iter().any(|it| it.name == machine.node), "{machine:?}");
            let link_bytes_s = Some(1e9);
            let spec = Specification { link_bytes_s, ..machine.spec.clone() };
            assert!(terms(&spec).is_ok(), "{machine:?}");
        }
    }
});
