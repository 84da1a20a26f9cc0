//! Observing this host: netlink dumps and sysfs into a recording, a recording into an inventory.
//!
//! [`record()`] is the only part that touches the kernel; [`inventory`] is pure, so that a
//! recording sent by somebody else decodes as it would have there. Netlink types never leave
//! this module.

mod addr;
mod decode;
mod error;
mod files;
mod graph;
mod hardware;
mod hardware_type;
mod host;
mod link;
mod link_info;
mod live;
mod names;
mod neighbours;
mod order;
mod record;
mod recording;
mod request;
mod route;
mod rp_filter;
mod selection;
mod socket;
mod speed;
mod speedless;
mod storage;
mod sysfs;
mod wire;

pub(crate) use addr::scope_of;
pub use decode::inventory;
pub use error::{DecodeError, DiscoverError, Dump, DumpError, Malformed};
pub(crate) use graph::link_lowers;
pub(crate) use hardware_type::kind_of_link_type;
pub use host::{NodeNameError, local_node_name, node_name};
pub(crate) use link::{permanent_mac, stands_on_parent};
pub(crate) use link_info::LACP_MODE;
pub use live::{Live, LiveError, Settled, replayed};
pub use neighbours::Neighbours;
pub(crate) use neighbours::set_neighbours;
pub(crate) use order::put_in_order;
pub use record::record;
pub use recording::{Datagram, FileFact, NetlinkDumps, RECORDING_SCHEMA, Recording};
pub(crate) use selection::RouteSelection;
