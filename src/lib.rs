//! Plans cluster networks, failover and live migration for head nodes of clusters.
//!
//! Documents flow one way: an inventory per node is observed ([`discover`], [`import`],
//! [`collect`]), the pure core makes a layout of cluster networks ([`layout`]) and assigns roles,
//! metrics and traffic ([`policy`]), and [`render`] turns views of them into text that the
//! command line ([`cli`]) writes. ARCHITECTURE.md tells the whole.

pub mod cli;
pub mod collect;
pub mod discover;
pub mod drain;
pub mod failover;
pub mod import;
pub mod layout;
pub mod migration;
pub mod model;
pub mod policy;
pub mod redact;
pub mod render;
pub mod rules;
pub mod store;
pub mod watch;

#[cfg(test)]
mod testkit;
