//! Netlink answers of hosts that this machine is not: synthetic, recorded, cut off and mutated.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod files;
mod hostile;
mod links;
mod recorded;
mod routes;
mod wire;
