//! What is left of a cluster when something is lost, and how long it takes until it is noticed.

mod changes;
mod classes;
mod cluster;
mod connectivity;
mod detection;
mod every;
mod found;
mod groups;
mod loss;
mod meeting;
mod naming;
mod pairs;
mod parts;
mod plan;
mod profile;
mod remedy;
mod seats;
mod storage;
mod story;
mod view;
mod web;
mod why;

pub use classes::{Class, Classes, PartKind};
pub use cluster::Cluster;
pub use connectivity::{Cut, Cuts, Lost, cuts};
pub use detection::{
    bond_detection_ms, corosync_consensus_ms, corosync_token_ms, heartbeat_interval_ms,
    lacp_detection_ms, link_detection_ms, node_detection_ms, vrrp_detection_ms,
};
pub use every::every;
pub use loss::{NetworkLoss, network_losses};
pub use naming::{PartError, find_part, unknown};
pub use pairs::Pairs;
pub use parts::{Leg, NodeParts, Parts, Standing};
pub use plan::{groups, plan};
pub use profile::Detection;
pub use remedy::{harm, remedy};
pub use why::redirections;
