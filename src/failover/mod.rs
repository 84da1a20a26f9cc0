//! What happens when something is lost, and how long it takes until it is noticed.

mod detection;

pub use detection::{
    bond_detection_ms, corosync_consensus_ms, corosync_token_ms, heartbeat_interval_ms,
    lacp_detection_ms, link_detection_ms, node_detection_ms, vrrp_detection_ms,
};
